"""What could be given more of: the rows of a program that stand for a number or a rule of the tables.

A *limit* is what a row of a table says: a fund's amount, a pool of units, a cap on organisations. Each has a
kind, the labels of its table row, and the rows of the program that say it; to relax it means to let these
rows be broken, or to change the row of the table. Other rows (balances, what follows from a presence) are how
the world works, and are never relaxed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pklogistics.explain.kinds import BY_NAME, IN_PARTS, KINDS, Kind
from pklogistics.explain.relaxation import more_stock, without_rules
from pklogistics.instance.mission import Mission
from pklogistics.instance.schema import TABLES
from pklogistics.model.build import Model
from pklogistics.model.program import Bools, Floats, Group, Ints
from pklogistics.model.sets import BLANK

NONE = -1
"""Limit number of rows that are no limit."""

EMPTY: Ints = np.zeros(0, dtype=np.int64)
"""No limits, or no columns."""


@dataclass(frozen=True)
class Limits:
    """The limits of a program.

    Attributes
    ----------
    table : a line per limit: kind, reluctance, and its labels (see `LABELS`), "" or 0 where not named
    of_row : limit of each row of the program, ``NONE`` for others, shape (rows,)
    of_column : limit that a column's upper bound says by itself, ``NONE`` for others, shape (columns,)
    rises, falls : whether a row may be broken above its upper and below its lower side, shape (rows,)
    """

    table: pd.DataFrame
    of_row: Ints
    of_column: Ints
    rises: np.ndarray
    falls: np.ndarray

    def rows(self, limit: int) -> Ints:
        """Return the rows of the program that say a limit."""
        return np.flatnonzero(self.of_row == limit)

    def in_parts(self, limits: Ints) -> Bools:
        """Say of which limits the amounts of their rows add up, shape (limits,); of refusals none do."""
        return np.isin(limits, self._of_parts)

    @cached_property
    def _of_parts(self) -> Ints:
        return np.flatnonzero(self.table["kind"].isin(IN_PARTS))


LABELS = (
    *("fund", "account", "organisation", "unit", "activity", "sector", "site", "region", "depot", "place"),
    *("origin", "destination", "mode", "vehicle", "commodity", "group", "row", "period"),
)
"""Labels that a limit may have, in the words of the tables."""

_NUMBERS = ("account", "row", "period")


def limits_of(model: Model) -> Limits:
    """Return the limits of a compiled mission."""
    program = model.program
    of_row = np.full(program.rows, NONE, dtype=np.int64)
    rises, falls = np.zeros(program.rows, dtype=bool), np.zeros(program.rows, dtype=bool)
    parts: list[pd.DataFrame] = []
    count = 0
    for kind in KINDS:
        groups = [group for group in program.row_groups if group.name in kind.rows and len(group.keys)]
        labels = pd.concat([_labels(model, kind, group) for group in groups]) if groups else None
        if labels is None or labels.empty:
            continue
        at = labels.index.to_numpy(np.int64)
        # Rows with the same labels say the same thing in several forms: they are one limit.
        numbers, distinct = pd.factorize(pd.MultiIndex.from_frame(labels))
        first = pd.Series(np.arange(len(labels))).groupby(numbers).first().to_numpy()
        of_row[at] = count + numbers
        rises[at], falls[at] = kind.side != "lower", kind.side != "upper"
        parts.append(labels.iloc[first].assign(kind=kind.name, reluctance=kind.reluctance))
        count += len(distinct)
    free = _free_options(model)
    of_column = np.full(program.columns, NONE, dtype=np.int64)
    if len(free):
        kind = BY_NAME["max_people"]
        of_column[free.index] = count + np.arange(len(free))
        parts.append(free.assign(kind=kind.name, reluctance=kind.reluctance))
    columns = [*LABELS, "kind", "reluctance"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return Limits(table[columns], of_row, of_column, rises, falls)


def _labels(model: Model, kind: Kind, group: Group) -> pd.DataFrame:
    """Return the labels of a group's rows, by row of the program; rows that are no limit are left out."""
    keys = group.keys
    columns = {name: _column(keys, name) for name in LABELS}
    result = pd.DataFrame(columns, index=pd.RangeIndex(group.start, group.start + len(keys)))
    if kind.name == "stock":
        depots = model.assembly.sets.names.labels["depot"]
        result["depot"] = result["place"]
        # Stock of any age is one limit for a depot and a commodity.
        result = result[result["place"].isin(depots) & _at_start(model, keys)].assign(place="", period=0)
    if kind.name == "max_people":
        result = result[_limited(model, group)]
    return result


def _at_start(model: Model, keys: pd.DataFrame) -> np.ndarray:
    """Say in which rows of balance more stock at the start could be counted.

    In the first of their goods (the same, of one expiry, at a place), if it lasts as long as they do.
    """
    goods = model.assembly.goods
    assert goods is not None, "there are rows of balance"
    of_lot = keys.groupby(["place", "commodity", "cargo", "expires"], dropna=False, observed=True)["period"]
    names = model.assembly.sets.names.labels["commodity"]
    life = pd.Series(goods.supplies.commodities["life"].to_numpy(float), index=pd.Index(names))
    lasting = keys["commodity"].astype(object).map(life) >= keys["expires"].astype(float).fillna(np.inf)
    return np.asarray((keys["period"] == of_lot.transform("min")) & lasting)


def _column(keys: pd.DataFrame, name: str) -> np.ndarray | str | int:
    """Return a column of labels, blank where a line or the group does not have it."""
    blank: str | int = 0 if name in _NUMBERS else ""
    if name not in keys:
        return blank
    values = keys[name].astype(object)
    return np.asarray(values.where(values.notna(), blank), dtype=object)


def _limited(model: Model, group: Group) -> np.ndarray:
    """Say which rows of presence are narrower than the need because ``max_people`` says so."""
    if group.name != "C1":
        return np.ones(len(group.keys), dtype=bool)
    presence, able = model.assembly.presence, presence_capacity(model)
    narrow = able < presence["net"].to_numpy(float) * (1 - 1e-9)
    return np.asarray(narrow & (able > 0), dtype=bool)


def _free_options(model: Model) -> pd.DataFrame:
    """Return the labels of options without a presence that ``max_people`` limits, by their column."""
    options = model.assembly.options
    able, net = option_capacity(model), model.assembly.sets.needs["net"].to_numpy(float)[options["n"]]
    chosen = options[(options["presence"] == BLANK).to_numpy() & (able < net) & (able > 0)]
    keys = model.assembly.labelled(chosen[["organisation", "activity", "site", "period"]])
    columns = {name: _column(keys, name) for name in LABELS}
    return pd.DataFrame(columns, index=pd.Index(chosen["served"].to_numpy(np.int64)))


def option_capacity(model: Model) -> Floats:
    """Return the most people whom each option may serve at its site, staff and totals left aside.

    Shape (options,); 0 where the goods that it hands out cannot come.
    """
    options, sets = model.assembly.options, model.assembly.sets
    most = sets.capabilities["max_people"].astype(float).fillna(np.inf).to_numpy()[options["h"]]
    net = sets.needs["net"].to_numpy(float)[options["n"]]
    able: Floats = np.where(options["limit"] > 0, np.minimum(most, net), 0.0)
    return able


def presence_capacity(model: Model) -> Floats:
    """Return the same of each presence, all its options together, shape (presence,)."""
    options, presence = model.assembly.options, model.assembly.presence
    tied = (options["presence"] != BLANK).to_numpy()
    total = np.bincount(
        options["presence"].to_numpy(np.int64)[tied],
        weights=option_capacity(model)[tied],
        minlength=len(presence),
    )
    return np.minimum(total, presence["net"].to_numpy(float)) if len(presence) else np.zeros(0)


def period_of(model: Model, limits: pd.DataFrame) -> pd.Series:
    """Return the period of each limit, 0 where its row of the tables holds for every period."""
    mission = model.assembly.mission
    standing = [kind.name for kind in KINDS if kind.every_period or _blank_period(mission, kind.table)]
    return limits["period"].where(~limits["kind"].isin(standing), 0)


def _blank_period(mission: Mission, table: str) -> bool:
    """Say whether a row of a table holds for every period because it leaves the period blank."""
    periodic = table in TABLES and "period" in TABLES[table].by_name
    return periodic and bool(mission.frame(table)["period"].isna().any())


def relaxed(mission: Mission, limits: pd.DataFrame) -> Mission:
    """Return the mission with these limits relaxed; ``limits`` are lines of `Explanation.limits`.

    Raises
    ------
    MissionError
        If the mission does not hold together without a rule.
    """
    lines = [(BY_NAME[str(line["kind"])].relaxation, line) for line in limits.to_dict("records")]
    # Rows of rules are told by their numbers, which hold as long as none is gone.
    mission = without_rules(mission, {int(line["row"]) for relaxation, line in lines if relaxation is None})
    # More stock comes last: there has to be room for it.
    for relaxation, line in sorted(lines, key=lambda each: each[0] is more_stock):
        mission = mission if relaxation is None else relaxation(mission, line)
    return mission
