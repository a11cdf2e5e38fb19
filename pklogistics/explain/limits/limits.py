"""What could be given more of: the rows of a program that stand for a number or a rule of the tables.

A *limit* is what a row of a table says: a fund's amount, a pool of units, a cap on organisations, whatever
the sites and periods that it holds for. Each has a kind, the labels of its table row, and the *places* in the
program that say it; to relax it means to let these be broken, or to change the row of the table. Other rows
(balances, what follows from a presence) are how the world works, and are never relaxed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pklogistics.explain.limits.kinds import BY_NAME, IN_PARTS, KINDS, Kind
from pklogistics.explain.limits.places import BLANKS, EMPTY, LABELS, Rows, column_of, places_of, table_rows
from pklogistics.explain.limits.relaxation import more_stock, without_rows
from pklogistics.instance.mission import Mission
from pklogistics.model.build import Model
from pklogistics.model.program import Bools, Floats, Ints

NONE = -1
"""Limit number of rows that are no limit."""


@dataclass(frozen=True)
class Limits:
    """The limits of a program.

    A place is told by a number: that of a row of the program, or, behind them, of a column whose upper bound
    is the limit.

    Attributes
    ----------
    table : a line per limit: kind, reluctance, ``rows``, positions in its table of the rows that say it, and
        the ``period`` that these are of, 0 if they are of all
    labels : the labels of each place that is of a limit (see `LABELS`), "" or 0 where not named, by place
    of_row : limit of each row of the program, ``NONE`` for others, shape (rows,)
    of_column : limit that a column's upper bound says by itself, ``NONE`` for others, shape (columns,)
    said : what that bound is, shape (columns,); infinite for others
    each : how much of a row one unit of its limit is, shape (rows,)
    rises, falls : whether a row may be broken above its upper and below its lower side, shape (rows,)
    """

    table: pd.DataFrame
    labels: pd.DataFrame
    of_row: Ints
    of_column: Ints
    said: Floats
    each: Floats
    rises: Bools
    falls: Bools

    def places(self, limit: int) -> Ints:
        """Return the places that say a limit."""
        order, limits = self._by_limit
        first, last = np.searchsorted(limits, [limit, limit + 1])
        return order[first:last]

    @cached_property
    def _by_limit(self) -> tuple[Ints, Ints]:
        """The places in the order of their limits, and the limit of each."""
        limits = np.concatenate([self.of_row, self.of_column])
        order = np.argsort(limits, kind="stable")
        return order, limits[order]

    def in_parts(self, limits: Ints) -> Bools:
        """Say of which limits the amounts of their rows add up, shape (limits,)."""
        return np.isin(limits, self._of_parts)

    @cached_property
    def _of_parts(self) -> Ints:
        return np.flatnonzero(self.table["kind"].isin(IN_PARTS))

    def labels_of(self, places: Ints) -> pd.DataFrame:
        """Return the labels of places, each of several that have the same once."""
        lines, values = self._lines
        told = list(dict.fromkeys(map(tuple, values[lines[places]])))
        # Objects as they are: to look for types of their own takes longer than all else that is told.
        return pd.DataFrame(np.array(told, dtype=object).reshape(-1, len(LABELS)), columns=list(LABELS))

    @cached_property
    def _lines(self) -> tuple[Ints, np.ndarray]:
        """The line of labels of each place, and the labels: many are looked up, a few at a time."""
        lines = np.full(len(self.of_row) + len(self.of_column), NONE, dtype=np.int64)
        lines[self.labels.index.to_numpy(np.int64)] = np.arange(len(self.labels))
        return lines, self.labels.to_numpy(object)

    def told(self, limit: int) -> pd.Series:
        """Return kind, reluctance, rows and labels of a limit: those that tell its rows of the tables."""
        line = self.table.iloc[limit]
        keys = BY_NAME[str(line["kind"])].keys
        labels = alike(self.labels_of(self.places(limit))).where(BLANKS.index.isin(keys), BLANKS)
        told: pd.Series = pd.concat([line, labels.drop("period")])
        return told


def alike(labels: pd.DataFrame) -> pd.Series:
    """Return the labels that all lines have, blank where they differ."""
    values = labels.to_numpy(object)
    same = (values == values[0]).all(axis=0)
    return pd.Series(np.where(same, values[0], BLANKS.to_numpy(object)), index=BLANKS.index)


def limits_of(model: Model, refused: Bools) -> Limits:
    """Return the limits of a compiled mission; ``refused`` are columns that its refusals forbid."""
    program, mission = model.program, model.assembly.mission
    said = np.full(program.columns, np.inf)
    parts: list[pd.DataFrame] = []
    for kind, labels in places_of(model, refused, said):
        parts.append(labels.assign(kind=kind.name, rows=column_of(_rows(mission, kind, labels))))
    found = pd.concat(parts) if parts else pd.DataFrame(columns=[*LABELS, "kind", "rows"], index=EMPTY)
    number, first = _numbered(found)
    limit = np.full(program.rows + program.columns, NONE, dtype=np.int64)
    limit[found.index.to_numpy(np.int64)] = number
    table = found.iloc[first][["kind", "rows"]].reset_index(drop=True)
    table["reluctance"] = [BY_NAME[name].reluctance for name in table["kind"]]
    table["period"] = _periods(mission, found.iloc[first])
    side = np.append([BY_NAME[name].side for name in table["kind"]], "")[limit[: program.rows]]
    return Limits(
        table=table,
        labels=found[list(LABELS)],
        of_row=limit[: program.rows],
        of_column=limit[program.rows :],
        said=said,
        each=_each(model, table, limit[: program.rows]),
        rises=np.isin(side, ("upper", "both")),
        falls=np.isin(side, ("lower", "both")),
    )


def _rows(mission: Mission, kind: Kind, labels: pd.DataFrame) -> list[Rows]:
    """Return the rows of the tables of each line: those that it names itself, or those of its keys."""
    return labels["rows"].tolist() if "rows" in labels else table_rows(mission, kind, labels)


def _numbered(found: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return the number of the limit of each line, and the first line of each.

    What the same rows of a table say is one limit; where none says it alone, what has the same keys.
    """
    keys = pd.DataFrame(index=range(len(found)), columns=["kind", "rows", *LABELS], data="", dtype=object)
    keys["kind"], keys["rows"] = found["kind"].to_numpy(), found["rows"].to_numpy()
    lost = np.array([not rows for rows in found["rows"]], dtype=bool)
    for kind in found["kind"].unique():
        chosen = lost & (found["kind"] == kind).to_numpy()
        for name in BY_NAME[kind].keys:
            keys.loc[chosen, name] = found[name].to_numpy(object)[chosen]
    number, _ = pd.factorize(pd.MultiIndex.from_frame(keys))
    first = pd.Series(np.arange(len(found))).groupby(number).first().to_numpy(np.int64)
    return number.astype(np.int64), first


def _periods(mission: Mission, lines: pd.DataFrame) -> list[int]:
    """Return the period that the rows of each line are of, 0 if they are of all."""
    periods = []
    for name, rows, period in zip(lines["kind"], lines["rows"], lines["period"], strict=True):
        kind = BY_NAME[name]
        cell = mission.frame(kind.table)["period"].iloc[rows[0]] if "period" in kind.keys and rows else period
        periods.append(int(cell) if "period" in kind.keys and cell == cell else 0)
    return periods


def _each(model: Model, table: pd.DataFrame, of_row: Ints) -> Floats:
    """Return how much of a row one unit of its limit is, 1 for most: a vehicle has hours, a share people."""
    each = np.ones(len(of_row))
    frames = model.assembly.mission
    for kind in (kind for kind in KINDS if kind.per):
        of_kind = np.flatnonzero(np.append(table["kind"].to_numpy() == kind.name, False)[of_row])
        rows = [table["rows"].iloc[limit][0] for limit in of_row[of_kind]]
        each[of_kind] = frames.frame(kind.table)[kind.per].to_numpy(float)[rows]
    presence = model.assembly.presence
    for group in model.program.row_groups:
        if group.name == "C2" and len(group.keys):
            # The rows are of those presences that have a smallest share, in their order.
            net = presence.loc[presence["share"] > 0, "net"].to_numpy(float)
            each[group.index] = net if len(net) == len(group.keys) else 1.0
    return each


def relaxed(mission: Mission, limits: pd.DataFrame) -> Mission:
    """Return the mission with these limits relaxed; ``limits`` are lines of `Explanation.limits`.

    Raises
    ------
    MissionError
        If the mission does not hold together without a rule.
    """
    lines = [(BY_NAME[str(line["kind"])].relaxation, line) for line in limits.to_dict("records")]
    # Rows of rules are told by their numbers, which hold as long as none is gone.
    for table in ("rules", "unit_rules"):
        rows = {
            int(line["row"]) for relaxation, line in lines if relaxation is None and line["table"] == table
        }
        mission = without_rows(mission, table, rows)
    # More stock comes last: there has to be room for it.
    for relaxation, line in sorted(lines, key=lambda each: each[0] is more_stock):
        mission = mission if relaxation is None else relaxation(mission, line)
    return mission
