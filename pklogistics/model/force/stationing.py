"""Stationing, moves, pools, camps and unit rules (T1, T2, T3)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model import reach
from pklogistics.model.assembly import Assembly
from pklogistics.model.force.duty import add_duty, add_duty_moves
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.model.sets import BLANK, Sets, grouped

FAMILY = "force"

_ABILITIES = (
    "persons",
    "security",
    "escort_t",
    "medical_level",
    "tasks",
    "people_protected",
    "armed",
)
"""Units that are equal in these do the same at a site."""


def add_stationing(assembly: Assembly) -> None:
    """Add stationed and arriving units, what they cost, and the limits on where they are."""
    if not assembly.mission.has("units"):
        assembly.stationing = pd.DataFrame(
            columns=["unit", "site", "period", "limit", "stationed", "arriving"], dtype="int64"
        )
        assembly.strength = assembly.stationing.drop(columns="arriving")
        return
    frame = _possible(assembly.sets)
    frame["stationed"] = assembly.builder.columns(
        FAMILY,
        "stationed",
        assembly.labelled(frame),
        upper=frame["limit"],
        integer=True,
        block=frame["site"],
        start=np.minimum(deployed(assembly.sets)[frame["unit"], frame["site"]], frame["limit"]),
    )
    frame["arriving"] = BLANK
    assembly.stationing = frame
    _add_strength(assembly)
    add_duty(assembly)
    _add_moves(assembly)
    _add_pools(assembly)
    _add_camps(assembly)
    _add_unit_rules(assembly)
    _charge(assembly)


def _possible(sets: Sets) -> pd.DataFrame:
    """Return (unit, site, period) where units could be, with the most units that could (``limit``)."""
    may = conditions(sets)
    unit, site, number = np.nonzero(np.logical_and.reduce(list(may.values())))
    units = sets.mission.frame("units")
    most = np.minimum(units["available"].to_numpy(float)[unit], _caveats(sets)[unit, site])
    limit = np.minimum(most, _room(sets, site, units["persons"].to_numpy(float)[unit]))
    return pd.DataFrame({"unit": unit, "site": site, "period": number + 1, "limit": limit})


def conditions(sets: Sets) -> dict[str, Bools]:
    """Return what has to hold for a unit to be somewhere, by name; shape (units, sites, periods) each.

    There are units (``available``) in the period, rules allow one (``allowed``), a camp has room for one
    (``room``), and a surgeon could be within reach (``surgeon``).
    """
    units, sites = sets.mission.frame("units"), np.arange(len(sets.sites))
    persons = units["persons"].to_numpy(float)
    room = np.array([_room(sets, sites, np.full(len(sites), each)) for each in persons])
    period, first, last = sets.periods, units["from"].to_numpy()[:, None], units["until"].to_numpy()[:, None]
    there = (first <= period) & (period <= last) & (units["available"].to_numpy() >= 1)[:, None]
    shape = (len(units), len(sites), sets.mission.T)
    parts = {
        "available": there[:, None, :],
        "allowed": (_caveats(sets) >= 1)[:, :, None],
        "room": (room >= 1).reshape(shape[:2])[:, :, None],
        "surgeon": _evacuable(sets)[None, :, None],
    }
    return {name: np.broadcast_to(holds, shape) for name, holds in parts.items()}


def _add_strength(assembly: Assembly) -> None:
    """Count units that do the same together: what a site can do depends on how many they are.

    Contingents differ in caveats and in what they cost, but a company gives as much security as the next.
    Rows that refer to one whole number a site, and not to a dozen, bound better and branch better.
    """
    builder, frame = assembly.builder, assembly.stationing
    units = assembly.mission.frame("units")
    first = units.groupby(list(_ABILITIES), dropna=False, sort=False)["unit"].transform("first")
    kind = assembly.sets.names.codes("unit", first)[frame["unit"]]
    numbers, keys = grouped(frame.assign(unit=kind), ["unit", "site", "period"])
    persons = units["persons"].to_numpy(float)[keys["unit"]]
    total = np.bincount(numbers, weights=frame["limit"], minlength=len(keys))
    keys["limit"] = np.minimum(total, _room(assembly.sets, keys["site"].to_numpy(), persons))
    alone = np.bincount(numbers, minlength=len(keys)) == 1
    keys["stationed"] = BLANK
    keys.loc[numbers[alone[numbers]], "stationed"] = frame["stationed"][alone[numbers]].to_numpy()
    joint = keys[~alone]
    labels = assembly.labelled(joint)
    keys.loc[~alone, "stationed"] = builder.columns(
        FAMILY, "strength", labels, upper=joint["limit"], integer=True, block=joint["site"]
    )
    rows = np.full(len(keys), BLANK)
    rows[~alone] = builder.rows(FAMILY, "T2_strength", labels, lower=0, upper=0)
    builder.entries(rows[~alone], keys.loc[~alone, "stationed"], -1)
    together = ~alone[numbers]
    builder.entries(rows[numbers[together]], frame["stationed"][together])
    assembly.strength = keys


def _room(sets: Sets, site: Ints, persons: Floats) -> Floats:
    """Return how many units of so many persons can be camped at sites (T3)."""
    camp = sets.sites["max_persons"].astype(float).fillna(np.inf).to_numpy()[site]
    whole = np.divide(camp, persons, out=np.full(len(site), np.inf), where=persons > 0)
    room: Floats = np.floor(whole + 1e-9)
    return room


def coded_unit_rules(sets: Sets) -> pd.DataFrame:
    """Return unit_rules with unit, site and region coded."""
    table = sets.mission.frame("unit_rules").copy()
    for kind in ("unit", "site", "region"):
        table[kind] = sets.names.codes(kind, table[kind])
    return table


def _caveats(sets: Sets) -> np.ndarray:
    """Return the most units that rules of all periods allow at one site, shape (units, sites)."""
    most = np.full((sets.names.count("unit"), sets.names.count("site")), np.inf)
    table = coded_unit_rules(sets)
    site, region = np.arange(len(sets.sites)), sets.sites["region"].to_numpy()
    always = (table["from"] <= 1) & (table["until"] >= sets.mission.T)
    for rule in table[table["max"].notna() & always].to_dict("records"):  # rules are few
        place = np.ones(len(site), dtype=bool)
        if rule["site"] != BLANK:
            place = site == rule["site"]
        elif rule["region"] != BLANK:
            place = region == rule["region"]
        most[rule["unit"], place] = np.minimum(most[rule["unit"], place], rule["max"])
    return most


def near_facility(sets: Sets) -> Bools:
    """Say which sites have a medical facility of level 2 within reach (T7); all, without that rule."""
    policy = sets.mission.header.policy
    everywhere = np.ones(len(sets.sites), dtype=bool)
    if policy.medevac_minutes is None:
        return everywhere
    facility = (sets.sites["medical_level"] >= 2).to_numpy(bool)
    pairs = reach.within_minutes(sets, policy.medevac_minutes, policy.medevac_speed_kmh, everywhere, facility)
    near = np.zeros(len(sets.sites), dtype=bool)
    near[pairs["site"]] = True
    return near


def _evacuable(sets: Sets) -> Bools:
    """Say which sites could ever have a surgeon within reach (T7); units cannot be anywhere else."""
    if bool((sets.mission.frame("units")["medical_level"] >= 2).any()):
        return np.ones(len(sets.sites), dtype=bool)
    return near_facility(sets)


def _add_moves(assembly: Assembly) -> None:
    """Add T1: units that arrive, where that costs or is limited."""
    builder, sets, frame = assembly.builder, assembly.sets, assembly.stationing
    units = sets.mission.frame("units")
    limits = sets.mission.by_period("movement")
    limited = np.isin(frame["period"], limits["period"])
    counted = limited | (units["deployment_cost"].to_numpy(float)[frame["unit"]] > 0)
    moving = frame[counted]
    # They follow from the units. Where they are whole, too, a limit of moves is a knapsack and bounds better.
    columns = builder.columns(
        FAMILY,
        "arriving",
        assembly.labelled(moving),
        upper=moving["limit"],
        integer=not sets.apart,
        block=moving["site"],
    )
    frame.loc[counted, "arriving"] = columns
    before = moving[["unit", "site", "period"]].assign(period=moving["period"] - 1)
    was = before.merge(frame[["unit", "site", "period", "stationed"]], how="left")["stationed"]
    initially = np.where(moving["period"] == 1, deployed(sets)[moving["unit"], moving["site"]], 0.0)
    rows = builder.rows(FAMILY, "T1", assembly.labelled(moving), lower=-initially)
    builder.entries(rows, columns, 1)
    builder.entries(rows, moving["stationed"], -1)
    known = was.notna().to_numpy()
    builder.entries(rows[known], was[known], 1)

    rows = builder.rows(FAMILY, "T1_movement", limits[["period"]], upper=limits["persons"])
    movement = limits[["period"]].assign(row=rows)
    lines = moving.assign(arriving=columns).merge(movement, on="period")
    builder.entries(lines["row"], lines["arriving"], units["persons"].to_numpy(float)[lines["unit"]])
    if len(assembly.escorts):
        add_duty_moves(assembly, movement)


def deployed(sets: Sets) -> np.ndarray:
    """Return how many units are where today, shape (units, sites)."""
    table = sets.mission.frame("deployments")
    deployed = np.zeros((sets.names.count("unit"), sets.names.count("site")))
    where = sets.names.codes("unit", table["unit"]), sets.names.codes("site", table["site"])
    np.add.at(deployed, where, table["count"].to_numpy(float))
    return deployed


def _add_pools(assembly: Assembly) -> None:
    """Add T2: no more units than there are, stationed or on escort duty."""
    builder = assembly.builder
    on_duty = assembly.escorts[["unit", "period"]].assign(stationed=assembly.escorts["on_escort"])
    frame = assembly.stationing[["unit", "period", "stationed"]]
    frame = pd.concat([frame, on_duty], ignore_index=True) if len(on_duty) else frame
    available = assembly.mission.frame("units")["available"].to_numpy(float)
    numbers, keys = grouped(frame, ["unit", "period"])
    rows = builder.rows(FAMILY, "T2", assembly.labelled(keys), upper=available[keys["unit"]])
    builder.entries(rows[numbers], frame["stationed"])


def _add_camps(assembly: Assembly) -> None:
    """Add T3: no more persons than can be camped at a site."""
    builder, sets, frame = assembly.builder, assembly.sets, assembly.strength
    room = sets.sites["max_persons"].astype(float).to_numpy()
    camped = frame[~np.isnan(room[frame["site"]])]
    numbers, keys = grouped(camped, ["site", "period"])
    rows = builder.rows(FAMILY, "T3_camp", assembly.labelled(keys), upper=room[keys["site"]])
    builder.entries(
        rows[numbers],
        camped["stationed"],
        sets.mission.frame("units")["persons"].to_numpy(float)[camped["unit"]],
    )


def _add_unit_rules(assembly: Assembly) -> None:
    """Add T3: national caveats, vetoes (max) and posts held by mandate (min, elastic), per period."""
    builder, sets, frame = assembly.builder, assembly.sets, assembly.stationing
    table = coded_unit_rules(sets).reset_index(names="rule_row")
    rules = table.merge(pd.DataFrame({"period": sets.periods}), how="cross")
    rules = rules[rules["period"].between(rules["from"], rules["until"])].reset_index(drop=True)
    least = rules["min"].astype(float).fillna(0.0).to_numpy()
    rows = builder.rows(
        FAMILY,
        "T3_rule",
        assembly.labelled(rules.assign(row=rules["rule_row"]), "row"),
        lower=np.where(least > 0, least, -np.inf),
        upper=rules["max"].astype(float).fillna(np.inf),
    )
    lines = frame.assign(own_region=sets.sites["region"].to_numpy()[frame["site"]]).merge(
        rules.assign(row=rows), on=["unit", "period"], suffixes=("", "_rule")
    )
    site, region = lines["site_rule"], lines["region"]
    inside = np.where(
        site != BLANK, site == lines["site"], (region == BLANK) | (region == lines["own_region"])
    )
    builder.entries(lines["row"][inside], lines["stationed"][inside])
    mandated = rules[least > 0]
    persons = sets.mission.frame("units")["persons"].to_numpy(float)[mandated["unit"]]
    broken = assembly.break_column(
        FAMILY,
        "T3",
        mandated[["unit", "site", "region", "period", "rule_row"]],
        weight=persons,
        upper=least[least > 0],
    )
    builder.entries(rows[least > 0], broken)


def _charge(assembly: Assembly) -> None:
    """Record what arriving and staying cost, and the risk to the persons stationed."""
    sets, frame = assembly.sets, assembly.stationing
    units = sets.mission.frame("units").iloc[frame["unit"]]
    threat = sets.sites["threat"].to_numpy(float)[frame["site"]]
    risk = threat * units["persons"].to_numpy(float)
    assembly.builder.term("risk", frame["stationed"], risk, unit="threat-weighted persons")
    assembly.charge("sustainment", frame, column="stationed", rate=units["cost_per_period"])
    moving = frame["arriving"] != BLANK
    cost = units["deployment_cost"].to_numpy(float)[moving.to_numpy()]
    assembly.charge("deployment", frame[moving], column="arriving", rate=cost)
