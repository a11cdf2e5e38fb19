"""The mission in which a limit is relaxed: by the amount that a shortfall asks for; a rule is lifted.

What an explanation says of the rows of the program is so said of the tables, where anybody can try it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from pklogistics.instance.changes import Change, changed
from pklogistics.instance.mission import Mission
from pklogistics.instance.schema import TABLES

_MARGIN = 1.001
"""Amounts are rounded up by a thousandth, so that a solver's rounding does not stand in the way."""

Line = Mapping[str, Any]


def relaxed(mission: Mission, limits: pd.DataFrame) -> Mission:
    """Return the mission with these limits relaxed; ``limits`` are lines of `Explanation.limits`.

    Raises
    ------
    MissionError
        If the mission does not hold together without a rule.
    """
    lines = limits.to_dict("records")
    # Rows of rules are told by their numbers, which hold as long as none is gone.
    mission = _without_rules(mission, {int(line["row"]) for line in lines if line["kind"] in _BY_ROW})
    # More stock comes last: there has to be room for it.
    for line in sorted(lines, key=lambda line: str(line["kind"]) == "stock"):
        if line["kind"] in _BY_ROW:
            continue
        mission = _RELAXATIONS[str(line["kind"])](mission, {str(key): value for key, value in line.items()})
    return mission


def _set(table: str, column: str, value: str, *keys: str) -> Callable[[Mission, Line], Mission]:
    """Return a relaxation that sets a column where the keys are those of the line."""

    def relaxation(mission: Mission, line: Line) -> Mission:
        key = "/".join(str(line[name]) for name in keys)
        return changed(mission, [Change(table, key, column, value)])

    return relaxation


def _more(table: str, column: str, *keys: str) -> Callable[[Mission, Line], Mission]:
    """Return a relaxation that adds what is missing."""
    return lambda mission, line: _added(mission, line, table, column, "/".join(str(line[k]) for k in keys))


def _added(mission: Mission, line: Line, table: str, column: str, key: str) -> Mission:
    missing = float(line["amount"])
    whole = TABLES[table].by_name[column].kind == "int"
    more = max(1, math.ceil(missing - 1e-6)) if whole else missing * _MARGIN
    return changed(mission, [Change(table, key, column, f"+{more:.9g}")])


def _lifted(table: str, *keys: str, **fixed: str) -> Callable[[Mission, Line], Mission]:
    """Return a relaxation that takes away the rows with the keys of the line."""

    def relaxation(mission: Mission, line: Line) -> Mission:
        frame = mission.tables[table]
        gone = pd.Series(data=True, index=frame.index)
        for name in keys:
            cells = frame[name].fillna("").astype(str)
            # A row that leaves the key blank holds for this one too.
            gone &= (cells == str(line[name])) | (cells == "")
        for name, value in fixed.items():
            gone &= frame[name] == value
        return mission.replace(tables={table: frame[~gone] if (~gone).any() else None})

    return relaxation


def _policy(name: str) -> Callable[[Mission, Line], Mission]:
    return lambda mission, line: changed(mission, [Change("policy", "", name, "none")])


def _another_fund(mission: Mission, line: Line) -> Mission:
    """Add money without an earmark: nothing that is there may pay."""
    # A shortfall may lack money for several things, each of which asks for a fund of its own.
    name = f"unearmarked {len(mission.tables['funds']) + 1}"
    row = {"fund": name, "amount": float(line["amount"]) * _MARGIN}
    funds = pd.concat([mission.tables["funds"], pd.DataFrame([row])], ignore_index=True)
    return mission.replace(tables={"funds": funds})


def _more_stock(mission: Mission, line: Line) -> Mission:
    """Add stock that does not expire to what there is."""
    keys = {name: line[name] for name in ("depot", "commodity")}
    row = pd.DataFrame([{**keys, "quantity": float(line["amount"]) * _MARGIN}])
    if not mission.has("stock"):
        return mission.replace(tables={"stock": row})
    frame = mission.tables["stock"]
    same = pd.Series(data=True, index=frame.index)
    for name, value in {**keys, "expires": ""}.items():
        same &= frame[name].fillna("").astype(str) == value
    row["quantity"] += frame.loc[same, "quantity"].sum()
    return mission.replace(tables={"stock": pd.concat([frame[~same], row], ignore_index=True)})


def _partner(mission: Mission, line: Line) -> Mission:
    frame = mission.tables["rules"]
    first = frame["organisations"].astype(str).str.split(";").str[0].str.strip()
    gone = (frame["rule"] == "partner") & (first == line["organisation"])
    return mission.replace(tables={"rules": frame[~gone] if (~gone).any() else None})


def _without_rules(mission: Mission, rows: set[int]) -> Mission:
    if not rows:
        return mission
    kept = mission.tables["rules"].reset_index(drop=True).drop(index=sorted(rows))
    return mission.replace(tables={"rules": kept if len(kept) else None})


def _storage(column: str) -> Callable[[Mission, Line], Mission]:
    def relaxation(mission: Mission, line: Line) -> Mission:
        place = str(line["place"] if line.get("place") else line["depot"])
        of_depots = mission.has("depots") and (mission.tables["depots"]["depot"] == place).any()
        table, name = ("depots", f"capacity_{column}") if of_depots else ("sites", f"storage_{column}")
        return changed(mission, [Change(table, place, name, "none" if of_depots else "+1e9")])

    return relaxation


def _staff(mission: Mission, line: Line) -> Mission:
    frame = mission.tables["staff"]
    own = frame["organisation"] == line["organisation"]
    every = bool(frame.loc[own, "period"].isna().any())
    key = str(line["organisation"]) if every else f"{line['organisation']}/{line['period']}"
    return _added(mission, line, "staff", "people", key)


def _movement(mission: Mission, line: Line) -> Mission:
    every = bool(mission.tables["movement"]["period"].isna().any())
    return _added(mission, line, "movement", "persons", "" if every else str(line["period"]))


_BY_ROW = ("exclusive", "incompatible_sites")

_RELAXATIONS: dict[str, Callable[[Mission, Line], Mission]] = {
    "fund": _more("funds", "amount", "fund"),
    "earmark": _another_fund,
    "cap": _set("activities", "max_organisations", "1000", "activity"),
    "max_people": _set("capabilities", "max_people", "none", "organisation", "activity"),
    "min_share": _set("activities", "min_share", "0", "activity"),
    "whole": _set("activities", "all_or_nothing", "no", "activity"),
    "lead": _lifted("presence", "site", "activity", status="lead"),
    "continuity": _set("activities", "continuous", "no", "activity"),
    "partner": _partner,
    "local_partner": _set("organisations", "needs_local_partner", "no", "organisation"),
    "max_sites": _set("organisations", "max_sites", "none", "organisation"),
    "max_people_total": _set("capabilities", "max_people_total", "none", "organisation", "activity"),
    "staff": _staff,
    "handover": _lifted("handover", "activity", "sector"),
    "movement": _movement,
    "units": _more("units", "available", "unit"),
    "camp": _more("sites", "max_persons", "site"),
    "unit_rule": _lifted("unit_rules", "unit"),
    "security": _set("sites", "security_required", "0", "site"),
    "armed": _set("organisations", "accepts_armed_presence", "yes", "organisation"),
    "surgeon": _set("sites", "medical_level", "2", "site"),
    "impartiality": _policy("impartiality_tolerance"),
    "stock": _more_stock,
    "storage": _storage("t"),
    "storage_m3": _storage("m3"),
    "throughput": _set("depots", "throughput_t", "none", "depot"),
    "route": _set("routes", "capacity_t", "none", "origin", "destination"),
    "fleet": _set("fleets", "count", "*10", "depot", "vehicle"),
    "open_depots": _policy("max_open_depots"),
    "stock_target": _lifted("stock_targets", "depot", "commodity"),
    "market": _set("sites", "market_capacity", "none", "site"),
    "refused": _lifted("presence", "organisation", "site", status="refused"),
}
"""By kind of limit; kinds that no table row stands for alone are relaxed by the rule as a whole."""
