"""The index sets of a mission, as integer-coded tables that every family joins by.

Sets and symbols
    s site, a activity, o organisation, h capability row (an *option*), t period, u unit
    n   one need: a (s, a, t) with people > 0
    p   one possible presence: an (o, n) that some option allows and nobody refuses
    b   one possible base: an (o, s, t) with at least one presence

Labels become positions here, once, and turn back into labels in the program's groups and in the plan.
A blank reference is coded ``BLANK``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.model.program import Ints

BLANK = -1
"""Code of a blank reference: it names nothing, and so restricts nothing."""

CARGOES = ("any", "unescorted")
"""Cargo classes: goods for organisations that accept armed escort, and for those that do not."""


@dataclass(frozen=True)
class Names:
    """The labels of a mission and their codes: position in the table that declares them."""

    labels: dict[str, pd.Index]

    @classmethod
    def of(cls, mission: Mission) -> Names:
        """Collect the labels that the mission's tables declare."""
        declared = {
            "site": "sites",
            "activity": "activities",
            "organisation": "organisations",
            "unit": "units",
            "fund": "funds",
            "commodity": "commodities",
            "depot": "depots",
        }
        labels = {key: pd.Index(mission.frame(table)[key]) for key, table in declared.items()}
        # Depots and sites share one name space: a place is coded depots first.
        labels["place"] = labels["depot"].append(labels["site"])
        labels["cargo"] = pd.Index(CARGOES)
        labels["region"] = _distinct(mission.frame("sites")["region"])
        labels["sector"] = _distinct(mission.frame("activities")["sector"])
        return cls(labels)

    @cached_property
    def _dtypes(self) -> dict[str, pd.CategoricalDtype]:
        return {kind: pd.CategoricalDtype(labels) for kind, labels in self.labels.items()}

    def codes(self, kind: str, values: Iterable[str] | pd.Series[str]) -> Ints:
        """Return the codes of labels; a label that is not declared (or blank) is ``BLANK``."""
        return np.asarray(self.labels[kind].get_indexer(pd.Index(values)), dtype=np.int64)

    def count(self, kind: str) -> int:
        """Return how many labels of this kind there are."""
        return len(self.labels[kind])

    def keys(self, frame: pd.DataFrame, **columns: str) -> pd.DataFrame:
        """Return the key columns of a coded frame with labels in place of codes.

        ``columns`` maps a key of the result to the kind of its labels, or to "" to pass values on.
        """
        if not len(frame):  # as most are, because most missions have few of the rules
            return self._no_keys(tuple(columns.items()))
        result = {}
        for column, kind in columns.items():
            values = frame[column]
            result[column] = (
                pd.Categorical.from_codes(values.to_numpy(), dtype=self._dtypes[kind])
                if kind
                else values.to_numpy()
            )
        return pd.DataFrame(result, index=pd.RangeIndex(len(frame)))

    @cached_property
    def _nothing(self) -> dict[tuple[tuple[str, str], ...], pd.DataFrame]:
        return {}

    def _no_keys(self, columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
        if columns not in self._nothing:
            self._nothing[columns] = pd.DataFrame(
                {
                    column: pd.Series([], dtype=self._dtypes[kind] if kind else "int64")
                    for column, kind in columns
                }
            )
        return self._nothing[columns].copy(deep=False)


def _distinct(column: pd.Series[str]) -> pd.Index:
    distinct: pd.Index = pd.Index(column[column != ""]).unique()
    return distinct


@dataclass(frozen=True)
class Sets:
    """The coded tables of one mission. Each is computed when first asked for, and never changed.

    ``apart``: each rule speaks for itself, also where two could be said as one; see `compile_mission`.
    """

    mission: Mission
    names: Names
    apart: bool = False

    @classmethod
    def of(cls, mission: Mission, *, apart: bool = False) -> Sets:
        """Return the sets of a mission."""
        return cls(mission, Names.of(mission), apart)

    @property
    def periods(self) -> Ints:
        """The periods 1..T."""
        return np.arange(1, self.mission.T + 1, dtype=np.int64)

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Sites in order: ``region`` coded, ``required`` security points (0 without units, T4)."""
        frame = self.mission.frame("sites").copy()
        frame["region"] = self.names.codes("region", frame["region"])
        by_threat = np.asarray(self.mission.header.policy.security_by_threat, dtype=float)
        by_policy = pd.Series(by_threat[frame["threat"].to_numpy(np.int64)], index=frame.index)
        required = frame["security_required"].astype(float).fillna(by_policy)
        frame["required"] = required if self.mission.has("units") else 0.0
        return frame

    @cached_property
    def activities(self) -> pd.DataFrame:
        """Activities in order: sector coded, ``cap``, ``share``, ``force``, ``whole`` resolved by policy.

        An activity that is served whole or not at all by at most one organisation is served whole by
        that one: its smallest share is then 1 (N2 with C3 implies it, and C2 is the tighter way to say it).
        That is so unless a presence is of use that serves nobody (C5, C6, C7).
        """
        policy = self.mission.header.policy
        frame = self.mission.frame("activities").copy()
        default_cap = np.inf if policy.max_organisations is None else float(policy.max_organisations)
        frame["sector"] = self.names.codes("sector", frame["sector"])
        frame["cap"] = frame["max_organisations"].astype(float).fillna(default_cap)
        frame["force"] = frame["provider"] == "force"
        share = frame["min_share"].astype(float).fillna(policy.min_share)
        single = frame["all_or_nothing"] & (frame["cap"] <= 1) & ~frame["force"] & (not self.apart)
        single &= ~frame["continuous"] & (not self._idle_presence_counts)
        frame["share"] = np.where(single, 1.0, share)
        frame["whole"] = frame["all_or_nothing"] & ~single
        return frame

    @property
    def _idle_presence_counts(self) -> bool:
        """Whether somebody may have to be present, agreed or as a partner, who serves nobody."""
        agreed = self.mission.frame("presence")["status"] == "agreed"
        partner = self.mission.frame("rules")["rule"] == "partner"
        needed = self.mission.frame("organisations")["needs_local_partner"]
        return bool(agreed.any() or partner.any() or needed.any())

    @cached_property
    def needs(self) -> pd.DataFrame:
        """Needs n with people > 0: site, activity, period, people, covered, net, weight, floor.

        ``covered`` people are served outside this plan, ``net`` remain; ``weight`` is per unmet person.
        """
        frame = self.mission.by_period("needs")
        frame = frame[frame["people"] > 0].reset_index(drop=True)
        factors = np.array([1.0, *self.mission.header.policy.severity_weights])
        grade = frame["severity"].astype(float).fillna(0).to_numpy().astype(np.int64)
        needs = pd.DataFrame(
            {
                "site": self.names.codes("site", frame["site"]),
                "activity": self.names.codes("activity", frame["activity"]),
                "period": frame["period"].to_numpy(np.int64),
                "people": frame["people"].to_numpy(float),
                "severity": grade,
                "weight": frame["weight"].to_numpy(float) * factors[grade],
                "floor": frame["min_coverage"].astype(float).fillna(0.0).to_numpy(),
            }
        )
        needs["covered"] = np.minimum(needs["people"], self._covered_by_others(needs))
        needs["net"] = needs["people"] - needs["covered"]
        for column in ("sector", "cap", "share", "force", "whole", "continuous"):
            needs[column] = self.activities[column].to_numpy()[needs["activity"]]
        needs["region"] = self.sites["region"].to_numpy()[needs["site"]]
        return needs

    def number_of(self, labels: pd.Series) -> int:
        """Return the number n of the need at a site for an activity in a period, told by their labels."""
        here = self.needs["period"] == labels["period"]
        for key in ("site", "activity"):
            here &= self.needs[key] == self.names.codes(key, [str(labels[key])])[0]
        return int(np.flatnonzero(here)[0])

    def _covered_by_others(self, needs: pd.DataFrame) -> np.ndarray:
        if not self.mission.has("coverage"):
            return np.zeros(len(needs))
        frame = self.mission.by_period("coverage")
        coded = pd.DataFrame(
            {
                "site": self.names.codes("site", frame["site"]),
                "activity": self.names.codes("activity", frame["activity"]),
                "period": frame["period"],
                "people": frame["people"],
            }
        )
        total = coded.groupby(["site", "activity", "period"], as_index=False)["people"].sum()
        keys = needs[["site", "activity", "period"]]
        return keys.merge(total, how="left")["people"].fillna(0.0).to_numpy()

    @cached_property
    def capabilities(self) -> pd.DataFrame:
        """Capability rows h with coded keys; a blank site or region is ``BLANK``."""
        frame = self.mission.frame("capabilities").copy()
        for kind in ("organisation", "activity", "site", "region"):
            frame[kind] = self.names.codes(kind, frame[kind])
        frame["scope"] = np.select(
            [frame["site"] != BLANK, frame["region"] != BLANK], ["site", "region"], "anywhere"
        )
        return frame

    @cached_property
    def organisations(self) -> pd.DataFrame:
        """Organisations in order."""
        return self.mission.frame("organisations")


def grouped(frame: pd.DataFrame, by: list[str]) -> tuple[Ints, pd.DataFrame]:
    """Number the groups of equal ``by`` columns (whole numbers) in order of their sorted keys.

    Returns the group number of each line, shape (len(frame),), and one line of keys per group.
    """
    if not len(frame):
        return np.zeros(0, dtype=np.int64), pd.DataFrame({column: frame[column].array[:0] for column in by})
    # One mixed-radix number a line sorts as the columns do, and much faster than a multi-column group.
    number, size = np.zeros(len(frame), dtype=np.int64), 1
    for column in by:
        values = frame[column].to_numpy(np.int64)
        low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
        if high > low:
            number = number * (high - low + 1) + (values - low)
            size *= high - low + 1
    first, numbers = _distinct_numbers(number, size)
    keys = pd.DataFrame({column: frame[column].to_numpy()[first] for column in by})
    return numbers, keys


def _distinct_numbers(number: Ints, size: int) -> tuple[Ints, Ints]:
    """Return where each distinct number stands first, in order, and which of them each number is.

    Numbers are below ``size``; where that is no more than there are of them, they need no sorting.
    """
    if size > len(number):
        _, first, numbers = np.unique(number, return_index=True, return_inverse=True)
        return first.astype(np.int64), numbers.astype(np.int64)
    where = np.full(size, BLANK, dtype=np.int64)
    where[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    first = where[where != BLANK]
    where[number[first]] = np.arange(len(first))
    return first, where[number]
