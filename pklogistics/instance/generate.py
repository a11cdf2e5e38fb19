"""Generated missions of any size, for benchmarks and tests: every family, believable shapes.

The country and its needs come from `landscape`; this module adds who could help, with what money and
with which troops. Every table has a random stream of its own and every number is rounded before it is
used, so that a seed gives the same mission on any machine, and a change of `tightness` changes nothing
but how much money, staff and troops there are.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.errors import OptionsError
from pklogistics.instance.landscape import (
    Geography,
    Ints,
    Kind,
    Scene,
    catalogue,
    coverage_table,
    keys,
    need_table,
    settle,
    site_table,
    stream,
)
from pklogistics.instance.mission import Mission
from pklogistics.instance.pipelines import ESCORT_T, supply_tables
from pklogistics.instance.responders import Tables, Texts, coordination_tables

SECURITY_BY_THREAT = (0, 0, 0, 2, 4)
UNIT_KINDS = pd.DataFrame(
    [
        (
            "infantry_platoon",
            "infantry",
            35,
            2,
            True,
            0,
            18_000,
            52_000,
            "patrolling; ceasefire_monitoring",
            9_000,
        ),
        ("police_section", "formed police", 30, 2, True, 0, 14_000, 41_000, "patrolling", 6_000),
        ("field_hospital", "medical", 62, 0, False, 2, 120_000, 140_000, "", 0),
        ("observer_team", "observers", 6, 0, False, 0, 6_000, 19_000, "ceasefire_monitoring", 25_000),
        ("armoured_platoon", "cavalry", 32, 3, True, 0, 60_000, 75_000, "patrolling", 12_000),
    ],
    columns=[
        *("unit", "kind", "persons", "security", "armed", "medical_level"),
        *("deployment_cost", "cost_per_period", "tasks", "people_protected"),
    ],
)
EARMARKS: tuple[tuple[str, ...], ...] = (
    ("sector",),
    ("organisation",),
    ("region",),
    ("organisation", "sector"),
    ("kind_of_cost",),
    ("activity", "region"),
)


def generate(
    sites: int,
    seed: int = 0,
    *,
    periods: int = 1,
    organisations: int = 12,
    activities: int = 5,
    funds: int = 8,
    units: int = 3,
    commodities: int = 0,
    depots: int = 0,
    tightness: float = 0.5,
    geography: Geography = "clustered",
) -> Mission:
    """Return a whole mission of the asked size, the same for the same arguments on any machine.

    Parameters
    ----------
    sites, periods, organisations, activities : sizes, at least 1
    funds, units : sizes, at least 0; with 0 the mission has no rules of money or of force
    commodities, depots : sizes, at least 0; with 0 of either the mission has no rules of supplies
    tightness : 0 to 1, the part of the money that full coverage would take which is missing; staff and
        troops shrink by half as much
    geography : ``clustered`` (seven villages in ten near a town) or ``uniform``

    Raises
    ------
    OptionsError
        If an argument is out of range.
    """
    _refuse(tightness, geography, locals())
    land = settle(seed, sites, geography)
    kinds = catalogue(activities, units)
    needs = need_table(seed, land, kinds, periods)
    coverage = coverage_table(seed, needs)
    scene = Scene(seed, land, kinds, periods, tightness, _open_need(needs, coverage, kinds, periods))
    tables = {
        "sites": site_table(land),
        "activities": _activity_table(kinds),
        "needs": needs.drop(columns="at"),
        "coverage": coverage,
        **coordination_tables(scene, organisations),
        **(_force(scene, units) if units else {}),
    }
    if commodities and depots:
        tables |= {**supply_tables(scene, commodities, depots), **_escort(tables)}
    if funds:
        tables |= _funding(scene, funds, tables)
    kept = {name: table for name, table in tables.items() if len(table) or name == "capabilities"}
    return Mission.from_tables(_header(scene, geography), kept)


def _refuse(tightness: float, geography: str, arguments: Mapping[str, Any]) -> None:
    """Raise `OptionsError` if an argument is out of range."""
    least = dict.fromkeys(("seed", "funds", "units", "commodities", "depots"), 0)
    least |= dict.fromkeys(("sites", "periods", "organisations", "activities"), 1)
    for name, value in arguments.items():
        if name in least and value < least[name]:
            raise OptionsError(f"{name} is {value}, but must be at least {least[name]}")
    if not 0.0 <= tightness <= 1.0 or geography not in ("clustered", "uniform"):
        raise OptionsError("tightness must be from 0 to 1, and geography 'clustered' or 'uniform'")


def _escort(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return who of the organisations accepts an escort, and how much the units can escort."""
    organisations = tables["organisations"]
    accepts = ~organisations["kind"].isin(["NGO", "Red Cross"])
    found = {"organisations": organisations.assign(accepts_armed_escort=accepts)}
    if "units" in tables:
        units = tables["units"]
        found["units"] = units.assign(escort_t=units["kind"].map(ESCORT_T).fillna(0.0))
    return found


def _header(scene: Scene, geography: str) -> dict[str, object]:
    n, seed = scene.land.sites, scene.seed
    return {
        "format": 1,
        "name": f"generated-{n}-{seed}",
        "description": "A made-up mission: every place, organisation, donor and number in it is invented.",
        "sources": [f"generated: {n} sites, seed {seed}, tightness {scene.tightness}, {geography}"],
        "periods": scene.periods,
        "policy": {
            "max_organisations": 2,
            "min_share": 0.2,
            "impartiality_tolerance": 0.2,
            "medevac_minutes": 60.0,
            "patrol_radius_km": 8.0,
            "security_by_threat": list(SECURITY_BY_THREAT),
        },
    }


def _open_need(needs: pd.DataFrame, coverage: pd.DataFrame, kinds: tuple[Kind, ...], periods: int) -> Ints:
    total = np.zeros(len(kinds))
    order = pd.Index([kind.activity for kind in kinds])
    for table, sign in ((needs, 1.0), (coverage, -1.0)):
        people = np.where(table["period"].isna(), table["people"], table["people"] / periods)
        total += sign * np.bincount(order.get_indexer(pd.Index(table["activity"])), people, len(kinds))
    return np.maximum(1, np.rint(total)).astype(np.int64)


def _activity_table(kinds: tuple[Kind, ...]) -> pd.DataFrame:
    table = pd.DataFrame([vars(kind) for kind in kinds])
    table["name"] = table["activity"].str.replace("_", " ").str.capitalize()
    table["min_persons"] = np.where(table["provider"] == "force", 6, np.nan)
    return table.drop(columns=["share", "found", "cost", "staff", "modality"])


def _force(scene: Scene, n: int) -> Tables:
    """Return units, deployments, unit_rules and movement, sized to what the threatened sites ask for."""
    rng, land = stream(scene.seed, "units"), scene.land
    units = UNIT_KINDS.iloc[np.arange(n) % len(UNIT_KINDS)].reset_index(drop=True)
    again = np.arange(n) // len(UNIT_KINDS)
    units["unit"] = np.where(again > 0, units["unit"] + "_" + (again + 1).astype(str), units["unit"])
    units.insert(1, "contributor", keys("country", n))
    points = int(np.array(SECURITY_BY_THREAT)[land.threat].sum())
    share = np.where(units["security"] > 0, 1.0 / max(1, int((units["security"] > 0).sum())), 0.0)
    wanted = np.maximum(share * points / np.maximum(1, units["security"]), max(2, land.towns // 4))
    wanted = np.rint(wanted * np.round(0.8 + 0.4 * rng.random(n), 3))
    units["available"] = np.maximum(1, np.rint(wanted * (1.0 - 0.5 * scene.tightness))).astype(np.int64)
    known = {kind.activity for kind in scene.kinds}
    units["tasks"] = ["; ".join(t for t in tasks.split("; ") if t in known) for tasks in units["tasks"]]
    rules = [{"unit": units["unit"][0], "site": keys("site", land.sites)[0], "min": 1}]
    if n > 1 and land.regions > 1:
        # A national caveat: the second contingent does not serve in the last region.
        rules.append({"unit": units["unit"][1], "region": keys("region", land.regions)[-1], "max": 0})
    strength = int((units["persons"] * units["available"]).sum())
    return {
        "units": units,
        "deployments": _deployments(land.sites, land.towns, units),
        "unit_rules": pd.DataFrame(rules),
        "movement": pd.DataFrame({"persons": [max(100, round(strength * 0.3))]}),
    }


def _deployments(sites: int, towns: int, units: pd.DataFrame) -> pd.DataFrame:
    """Return where a third of the first three contingents stand today: in the towns, one camp each."""
    parts = []
    for unit, persons, available in units[["unit", "persons", "available"]].head(3).itertuples(index=False):
        camps = min(towns, available // 3)
        each = min(max(1, available // 3 // max(1, camps)), 200 // persons)
        at = keys("site", sites)[:camps]
        parts.append(pd.DataFrame({"unit": unit, "site": at, "count": each}))
    return pd.concat(parts, ignore_index=True)


def _funding(scene: Scene, n: int, tables: Tables) -> Tables:
    """Return funds and earmarks: one pool, one assessed budget for the troops, the rest earmarked."""
    rng = stream(scene.seed, "funds")
    civil = float(scene.need @ np.array([k.cost for k in scene.kinds])) * 1.2 * scene.periods
    civil += float(tables["organisations"]["mobilisation_cost"].sum()) + 3_000.0 * scene.land.sites
    troops = 0.0
    if "units" in tables:
        one = 0.6 * tables["units"]["deployment_cost"] + scene.periods * tables["units"]["cost_per_period"]
        troops = float((one * tables["units"]["available"]).sum())
    weight = np.round(np.exp(0.6 * rng.standard_normal(n)), 4)
    assessed = 1 if n > 1 and troops else None
    if assessed is not None:
        weight[assessed] = 0.0
    amount = civil * weight / weight.sum()
    amount[assessed or 0] += troops
    funds = pd.DataFrame({"fund": keys("fund", n), "donor": keys("donor", n)})
    funds["amount"] = np.rint(amount * (1.0 - scene.tightness)).astype(np.int64)
    # Every fourth fund, from the third on, lapses half way.
    lapses = (np.arange(n) % 4 == 2) & (scene.periods > 1)
    funds["until"] = np.where(lapses, str(max(1, scene.periods // 2)), "")
    return {"funds": funds, "earmarks": _earmarks(scene, rng, funds["fund"].to_numpy(), assessed, tables)}


def _earmarks(
    scene: Scene, rng: np.random.Generator, fund: Texts, assessed: int | None, tables: Tables
) -> pd.DataFrame:
    """Return two rows a fund, each true of some capability, so that no earmark is without use."""
    able = tables["capabilities"]
    picked = able.iloc[rng.integers(0, len(able), 2 * len(fund))].reset_index(drop=True)
    somewhere = keys("region", scene.land.regions)[rng.integers(0, scene.land.regions, len(picked))]
    picked["region"] = picked["region"].where(picked["region"] != "", somewhere)
    picked["sector"] = picked["activity"].map({kind.activity: kind.sector for kind in scene.kinds})
    picked["kind_of_cost"] = "service"
    rows: list[dict[Hashable, object]] = []
    if assessed is not None:
        rows += [{"fund": fund[assessed], "kind_of_cost": kind} for kind in ("deployment", "sustainment")]
    for number in range(1 if assessed is None else 2, len(fund)):
        columns = list(EARMARKS[number % len(EARMARKS)])
        both = picked.loc[2 * number : 2 * number + 1, columns]
        rows += [{"fund": fund[number], **row} for row in both.to_dict("records")]
    return pd.DataFrame(rows).drop_duplicates(ignore_index=True)
