"""Missions in which a limit is relaxed: by the amount that a shortfall asks for; a rule is lifted.

What an explanation says of the rows of the program is so said of the tables, where anybody can try it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.instance.changes import Change, changed
from pklogistics.instance.mission import Mission
from pklogistics.instance.schema import TABLES

_MARGIN = 1.001
"""Amounts are rounded up by a thousandth, so that a solver's rounding does not stand in the way."""

_STORED = (("depots", "depot"), ("commodities", "commodity"))
"""Tables of what is kept and where, and their keys."""

Line = Mapping[Any, Any]
"""What an explanation tells of a limit, by the names of `LIMIT_COLUMNS`."""

Relaxation = Callable[[Mission, Line], Mission]
"""The mission in which the limit of a line is relaxed; if no table row says it alone, its rule as a whole."""


def set_to(value: str) -> Relaxation:
    """Return a relaxation that sets the column in the rows of the line."""
    return lambda mission, line: _with(mission, line, value)


def more(mission: Mission, line: Line) -> Mission:
    """Add what is missing to the column in the rows of the line."""
    whole, amount = TABLES[line["table"]].by_name[line["column"]].kind == "int", float(line["amount"])
    by = max(1, math.ceil(amount - 1e-6)) if whole else amount * _MARGIN
    return _with(mission, line, f"+{by:.9g}")


def _with(mission: Mission, line: Line, value: str) -> Mission:
    """Return the mission with the column changed in the rows of a line."""
    return changed(mission, [Change(line["table"], key, line["column"], value) for key in line["keys"]])


def without(*keys: str, **fixed: str) -> Relaxation:
    """Return a relaxation that takes away the rows with the keys of the line."""

    def relaxation(mission: Mission, line: Line) -> Mission:
        frame = mission.tables[line["table"]]
        gone = pd.Series(data=True, index=frame.index)
        for name in keys:
            cells = frame[name].fillna("").astype(str)
            # A row that leaves the key blank holds for this one too.
            gone &= (cells == str(line[name])) | (cells == "")
        for name, value in fixed.items():
            gone &= frame[name] == value
        return _kept(mission, line["table"], ~gone)

    return relaxation


def without_partner(mission: Mission, line: Line) -> Mission:
    """Take away the rules that let an organisation come only with a partner."""
    rules = mission.tables["rules"]
    first = rules["organisations"].astype(str).str.split(";").str[0].str.strip()
    return _kept(mission, "rules", ~((rules["rule"] == "partner") & (first == line["organisation"])))


def without_rows(mission: Mission, table: str, rows: set[int]) -> Mission:
    """Take away the rows of a table with these numbers."""
    if not rows:
        return mission
    return _kept(mission, table, ~np.isin(np.arange(len(mission.tables[table])), list(rows)))


def _kept(mission: Mission, table: str, kept: pd.Series | np.ndarray) -> Mission:
    """Return the mission with these rows of a table; without the table, if that is none."""
    return mission.replace(tables={table: mission.tables[table][kept] if kept.any() else None})


def another_fund(mission: Mission, line: Line) -> Mission:
    """Add money without an earmark: nothing that is there may pay."""
    # A shortfall may lack money for several things, each of which asks for a fund of its own.
    name = f"unearmarked {len(mission.tables['funds']) + 1}"
    row = {"fund": name, "amount": float(line["amount"]) * _MARGIN}
    return _with_row(mission, "funds", mission.tables["funds"], row)


def more_stock(mission: Mission, line: Line) -> Mission:
    """Add stock of no given expiry to what there is."""
    keys = ("depot", "commodity")
    amount = float(line["amount"])
    more = max(amount, min(amount * _MARGIN, _room(mission, line)))
    row = {**{name: line[name] for name in keys}, "quantity": more}
    if not mission.has("stock"):
        return mission.replace(tables={"stock": [row]})
    stock = mission.tables["stock"]
    same = (stock[list(keys)] == [line[name] for name in keys]).all(axis=1)
    same &= stock["expires"].fillna("").astype(str) == ""
    row["quantity"] += float(stock.loc[same, "quantity"].sum())
    return _with_row(mission, "stock", stock[~same], row)


def _room(mission: Mission, line: Line) -> float:
    """Return how much more of a commodity has room in its depot at the start."""
    depots, goods = (mission.frame(name).set_index(key) for name, key in _STORED)
    stock = mission.frame("stock")
    here = stock[stock["depot"] == line["depot"]]
    room = math.inf
    for measure, unit in (("t", "weight_t"), ("m3", "volume_m3")):
        capacity = float(depots[f"capacity_{measure}"][line["depot"]])
        size = float(goods[unit][line["commodity"]])
        if math.isfinite(capacity) and size > 0:
            held = float((here["quantity"] * here["commodity"].map(goods[unit])).sum())
            room = min(room, (capacity - held) / size)
    return room


def _with_row(mission: Mission, table: str, rows: pd.DataFrame, row: dict[str, Any]) -> Mission:
    """Return the mission with one more than these rows of a table."""
    return mission.replace(tables={table: pd.concat([rows, pd.DataFrame([row])], ignore_index=True)})


def storage(mission: Mission, line: Line) -> Mission:
    """Lift what a depot, or a site, can hold; of a site that leaves it blank it is nothing."""
    return _with(mission, line, "none" if line["table"] == "depots" else "+1e9")
