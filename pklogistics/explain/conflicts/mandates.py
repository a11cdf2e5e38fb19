"""The mandates of a mission: rows of the tables that say what has to be, whenever they hold."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.explain.limits.sentences import when_of
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.shortfalls.reasons import out_of_reach
from pklogistics.explain.tolerances import NOTHING
from pklogistics.model.force.reasons import kept_away
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.plan.mention import mention

_OF_LINES = ("row", "stands", "rule", "column", "weight", "number")
"""Columns of the lines of mandates that are no labels."""


@dataclass(frozen=True)
class Mandate:
    """A mandate: what one row of a table asks.

    Attributes
    ----------
    number : by which `Mandates` knows it
    rule : its name
    labels : a line for each period, or sector, that it holds for
    columns : those that say how far it is broken in each
    ratio : of what each is broken by for as much of the number in the table as one of the first
    row : position of its row in its table, -1 where it is told by labels alone
    people : by how many the plan breaks it in all
    amount : how far the plan breaks it, in units of the first column
    """

    number: int
    rule: str
    labels: pd.DataFrame
    columns: Ints
    ratio: Floats
    row: int
    people: float
    amount: float


class Mandates:
    """The mandates of a compiled mission, by number: those that the plan breaks, and the others."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        parts = [_stood(questions, frame) for frame in questions.model.assembly.broken if len(frame)]
        lines = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["stands", "column"])
        lines["number"] = pd.factorize(lines["stands"])[0]
        self._lines = lines.sort_values("column", kind="stable", ignore_index=True)
        self.columns: Ints = self._lines["column"].to_numpy(np.int64)
        self._numbers: Ints = self._lines["number"].to_numpy(np.int64)

    @property
    def numbers(self) -> Ints:
        """All of them."""
        return np.unique(self._numbers)

    def numbers_of(self, columns: Ints) -> Ints:
        """Return the mandates that say something in these columns."""
        return np.unique(self._numbers[np.isin(self.columns, columns)])

    def columns_of(self, numbers: Ints) -> Ints:
        """Return the columns that say how far these mandates are broken."""
        return self.columns[np.isin(self._numbers, numbers)]

    def mandate(self, number: int) -> Mandate:
        """Return a mandate by its number."""
        lines = self._lines[self._numbers == number]
        first = lines.iloc[0]
        columns, rule = lines["column"].to_numpy(np.int64), str(first["rule"])
        labels = lines.drop(columns=list(_OF_LINES)).fillna("")
        ratio = np.ones(len(lines))
        if rule == "Q1":
            people = np.array([smallest_group(self._questions, str(sector)) for sector in labels["sector"]])
            ratio = people / people[0]
        broken = self._questions.x[columns]
        return Mandate(
            number=number,
            rule=rule,
            labels=labels,
            columns=columns,
            ratio=ratio,
            row=int(first["row"]),
            people=float(broken @ lines["weight"].to_numpy(float)),
            amount=float((broken / ratio).max()),
        )

    def broken(self) -> list[Mandate]:
        """Return the mandates that the plan breaks, the gravest first."""
        numbers = self.numbers_of(self.columns[self._questions.x[self.columns] > 0])
        broken = [self.mandate(int(number)) for number in numbers]
        return sorted((each for each in broken if each.people > NOTHING), key=lambda each: -each.people)


def _stood(questions: Questions, frame: pd.DataFrame) -> pd.DataFrame:
    """Return lines of broken mandates with ``stands``, the same for those of one row, and its ``row``."""
    assembly = questions.model.assembly
    labels, rule = assembly.labelled(frame), str(frame["rule"].iloc[0])
    row = np.full(len(frame), -1, dtype=np.int64)
    if rule == "N3":
        row = _of_period(questions, "needs", labels, ["site", "activity", "period"])
    elif rule == "S1":
        row = _of_period(questions, "stock_targets", labels, ["depot", "commodity", "period"])
    elif rule == "T3":
        row = frame["rule_row"].to_numpy(np.int64)
    elif rule == "C9":
        row = np.array([_in_force(questions, line) for line in labels.to_dict("records")], dtype=np.int64)
    stands: list[Hashable] = [(rule, int(at)) for at in row]
    if rule == "C6":
        keys = labels[["organisation", "site", "activity"]].astype(str)
        stands = [(rule, *key) for key in keys.itertuples(index=False, name=None)]
    told = labels.astype(object).assign(row=row, stands=pd.Series(stands, dtype=object), rule=rule)
    return told.assign(column=frame["column"].to_numpy(), weight=frame["weight"].to_numpy())


def _of_period(questions: Questions, table: str, labels: pd.DataFrame, keys: list[str]) -> Ints:
    """Return the rows of a table that hold for each line of labels in its period."""
    every = questions.model.assembly.mission.by_period(table)[[*keys, "row"]]
    rows = labels[keys].astype({"period": np.int64}).merge(every, on=keys, how="left")["row"]
    return rows.to_numpy(np.int64)


def _in_force(questions: Questions, label: dict[Hashable, Any]) -> int:
    """Return the row of handover that is in force in a period: the latest so far."""
    frame = questions.model.assembly.mission.frame("handover")
    since = frame["period"].fillna(1)
    own = since <= int(str(label["period"]))
    for key in ("activity", "sector"):
        own &= frame[key].fillna("").astype(str) == str(label.get(key) or "")
    return int(since[own].sort_values(kind="stable").index[-1]) if own.any() else -1


def smallest_group(questions: Questions, sector: str) -> float:
    """Return the people of the smallest group of a sector, whom impartiality is measured by (Q1)."""
    sets = questions.model.assembly.sets
    group = sets.sites["group"].to_numpy()[sets.needs["site"]]
    needs = sets.needs.assign(group=group, named=sets.names.labels["sector"].to_numpy()[sets.needs["sector"]])
    needs = needs[(needs["named"] == sector) & (needs["group"] != "") & (needs["people"] > 0)]
    return float(needs.groupby("group")["people"].sum().min())


def served_of(questions: Questions, label: pd.Series) -> Ints:
    """Return the columns of service in which the share of a line of handover is counted (C9)."""
    assembly = questions.model.assembly
    needs, names = assembly.sets.needs, assembly.sets.names
    key = "activity" if said(label.get("activity")) else "sector"
    of = (needs[key] == names.codes(key, [str(label[key])])[0]) & (needs["period"] == int(label["period"]))
    service = assembly.service
    return service.loc[service["n"].isin(np.flatnonzero(of)), "served"].to_numpy(np.int64)


def impossible(questions: Questions, mandate: Mandate) -> tuple[str, str] | None:
    """Return the table and the words of why nobody, or no unit, could keep a mandate; None if some could."""
    sets = questions.model.assembly.sets
    for _, label in mandate.labels.iterrows():
        if mandate.rule == "N3":
            kinds, words = out_of_reach(questions.model, np.array([sets.number_of(label)]))
            if kinds[0]:
                when = when_of([label["period"]], questions.model.assembly.mission.T)
                return "needs", str(words[0]).replace(" in this period", when)
        elif mandate.rule == "T3":
            unit, period = str(label["unit"]), int(label["period"])
            inside = np.flatnonzero(_inside(questions, label))
            why = kept_away(questions.model.assembly, sets.names.codes("unit", [unit]), inside, period)
            if why is not None:
                return "units", f"no {mention('unit', unit)} could be there in period {period}{why}"
    return None


def _inside(questions: Questions, label: pd.Series) -> Bools:
    """Say which sites a post is asked for at."""
    table = questions.model.assembly.mission.frame("sites")
    inside = np.ones(len(table), dtype=bool)
    for key in ("site", "region"):
        inside &= (table[key] == label[key]).to_numpy(bool) if said(label[key]) else True
    return inside


def said(label: object) -> bool:
    """Say whether a label is not blank."""
    return str(label) not in ("", "nan", "None")
