"""Where limits stand: the rows of the tables that say them.

A row of a table may be said by many rows of a program, one for each period or site that it holds for.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pklogistics.explain.kinds import Kind
from pklogistics.instance.mission import Mission
from pklogistics.instance.schema import TABLES

Rows = tuple[int, ...]
"""Positions of rows of a table."""


def column_of(rows: Iterable[Rows]) -> np.ndarray:
    """Return rows as a column of a frame: an array of tuples."""
    told = list(rows)
    column = np.empty(len(told), dtype=object)
    column[:] = told
    return column


def standing(mission: Mission, kind: Kind, labels: pd.DataFrame) -> list[Rows]:
    """Return the rows of its table that say each line of a kind, none where no single cell does.

    ``labels`` are those of `LABELS`; the period counts where rows of the table hold for some periods only.
    """
    if kind.keys == ("row",):
        return [(int(row),) for row in labels["row"]]
    if kind.table not in TABLES or not kind.column or not mission.has(kind.table):
        return [()] * len(labels)
    frame = _frame(mission, kind)
    if not set(kind.keys) <= set(frame.columns):
        return [()] * len(labels)
    asked = labels[list(dict.fromkeys([*kind.keys, "period"]))].astype(object)
    line, each = pd.factorize(pd.MultiIndex.from_frame(asked))
    distinct = pd.DataFrame(list(each), columns=asked.columns, dtype=object).reset_index(names="line")
    found = distinct.merge(frame, on=list(kind.keys), suffixes=("", "_of_row"))
    if "from" in frame:
        when = found["period"].astype(int)
        found = found[(when == 0) | ((found["from"] <= when) & (when <= found["until"]))]
    rows = {int(str(at)): tuple(sorted(set(each))) for at, each in found.groupby("line")["position"]}
    return [rows.get(int(at), ()) for at in line]


def _frame(mission: Mission, kind: Kind) -> pd.DataFrame:
    """Return the keys of a kind's table, its dates, and ``position``; a line per period where it counts."""
    if "period" in kind.keys:
        frame = mission.by_period(kind.table).rename(columns={"row": "position"})
    else:
        frame = mission.frame(kind.table)
        frame = frame.assign(position=np.arange(len(frame)))
        frame = frame[frame["status"] == kind.status] if kind.status else frame
    names = [name for name in (*kind.keys, "from", "until", "position") if name in frame]
    keys = frame[[name for name in kind.keys if name in frame]].astype(object)
    return frame[names].assign(**{str(name): keys[name].where(keys[name].notna(), "") for name in keys})
