"""Posts: which sites are held, how secure that makes them, and how far the next surgeon is.

Read from mission and plan with the checker's own geography, so that the page says what the check of T4
(security) and T7 (evacuation) found.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.facts import Facts, read_facts
from pklogistics.check.geography import arc_km, measured, on_unit_sphere
from pklogistics.check.matching import look_up
from pklogistics.check.medevac import SURGEON
from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.report import figures
from pklogistics.report.naming import named, names_of, renamed

HELD = (
    *("site", "units", "first", "last", "peak"),
    *("required", "secured", "periods", "surgeon", "minutes"),
)
COLUMNS = ("site", "period", "persons", "security", "required", "surgeon", "minutes")


def posts(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return a row per site and period in which units are there or security is asked for.

    Columns: site, period, persons (stationed), security (points given), required (points), surgeon (the
    site of the nearest level-2 facility or unit; "" where nobody is stationed or none is known),
    minutes (to that surgeon, NaN likewise). Without units the mission asks for no security.
    """
    if not mission.has("units"):
        return pd.DataFrame({name: [] for name in COLUMNS})
    facts = read_facts(mission)
    held = _stationed(facts, plan)
    required = _required(facts)
    wanted = np.flatnonzero(required > 0)
    asked = pd.MultiIndex.from_product([wanted, range(1, mission.T + 1)], names=["site", "period"])
    here = held.groupby(["site", "period"])[["persons", "security"]].sum()
    rows = here.reindex(here.index.union(asked)).fillna(0.0).reset_index()
    rows["required"] = required[rows["site"]]
    nearest = _nearest_surgeon(facts, held, rows[rows["persons"] > 0])
    rows = rows.merge(nearest, how="left", on=["site", "period"])
    rows["surgeon"] = facts.names.label("site", rows["surgeon"].fillna(-1).to_numpy(dtype=np.int64))
    rows["site"] = facts.names.label("site", rows["site"].to_numpy(dtype=np.int64))
    return rows[list(COLUMNS)]


def _stationed(facts: Facts, plan: Plan) -> pd.DataFrame:
    """Return the units at sites by code: site, period, persons, security (points), level (of its surgeon)."""
    rows = facts.names.coded(plan.tables["stationing"])
    rows = rows[(rows["count"] > 0) & (rows["unit"] >= 0) & (rows["site"] >= 0)]
    each = facts.units.iloc[rows["unit"].to_numpy()]
    count = rows["count"].to_numpy(dtype=float)
    points = np.nan_to_num(each["security"].to_numpy(dtype=float))
    level = np.nan_to_num(each["medical_level"].to_numpy(dtype=float))
    return rows[["site", "period", "persons"]].assign(security=points * count, level=level)


def _required(facts: Facts) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the points of security that each site asks for: its own, or as its threat does."""
    policy = np.asarray(facts.mission.header.policy.security_by_threat, dtype=float)
    own = facts.sites["security_required"].to_numpy(dtype=float)
    return np.where(np.isnan(own), policy[facts.sites["threat"].to_numpy(dtype=np.int64)], own)


def _nearest_surgeon(facts: Facts, held: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the nearest surgeon of each held site and period: site, period, surgeon (codes), minutes."""
    fixed = np.flatnonzero(facts.sites["medical_level"].to_numpy(dtype=float) >= SURGEON)
    always = pd.DataFrame({"surgeon": fixed}).merge(rows[["period"]].drop_duplicates(), how="cross")
    field = held.loc[held["level"] >= SURGEON, ["site", "period"]].rename(columns={"site": "surgeon"})
    surgeons = pd.concat([always, field]).drop_duplicates()
    pairs = rows[["site", "period"]].merge(surgeons, on="period")
    pairs["minutes"] = _minutes(facts, pairs)
    reached = pairs.dropna(subset="minutes").sort_values("minutes", kind="stable")
    return reached.drop_duplicates(["site", "period"])


def _minutes(facts: Facts, pairs: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the minutes from site to surgeon: as measured, else by air; NaN where neither is known."""
    points = on_unit_sphere(facts)
    chord = np.linalg.norm(points[pairs["site"]] - points[pairs["surgeon"]], axis=1)
    by_air = arc_km(chord) / facts.mission.header.policy.medevac_speed_kmh * 60
    ends = pairs.rename(columns={"site": "origin", "surgeon": "destination"})
    given = look_up(ends, measured(facts, "minutes"), ["origin", "destination"], "minutes")
    there = (pairs["site"] == pairs["surgeon"]).to_numpy()
    return np.where(there, 0.0, np.where(np.isnan(given), by_air, given))


def held_sites(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return a row per site with units, or that asks for security, by name, the most persons first.

    Columns: site, units (in words), first, last, peak (persons), required (points), secured (periods with
    as much), periods (of the mission), surgeon (the farthest that any period relies on), minutes (to it).
    """
    found = posts(mission, plan)
    if found.empty:
        return pd.DataFrame({name: [] for name in HELD})
    found = found.assign(secured=found["security"] >= found["required"] * (1 - 1e-9))
    each = found.groupby("site", sort=False)
    rows = each.agg(required=("required", "max"), secured=("secured", "sum"))
    farthest = found.sort_values("minutes", ascending=False, kind="stable", na_position="last")
    farthest = farthest.drop_duplicates("site").set_index("site")
    names = names_of(mission, "site")
    rows["surgeon"] = renamed(farthest["surgeon"], names)
    rows["minutes"] = farthest["minutes"]
    rows["periods"] = mission.T
    held = figures.troops(named(mission, plan, "unit"), mission.T).set_index("site")
    rows = rows.join(held)
    rows["units"] = rows["units"].fillna("")
    rows[["first", "last", "peak"]] = rows[["first", "last", "peak"]].astype(float).fillna(0.0)
    rows.index = rows.index.map(names)
    rows = rows.rename_axis("site").reset_index()
    return rows.sort_values("peak", ascending=False, kind="stable", ignore_index=True)[list(HELD)]
