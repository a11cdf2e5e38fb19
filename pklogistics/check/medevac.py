"""Medical evacuation: nobody is posted out of reach of a surgeon (T7).

T7  (with policy.medevac_minutes) a site holds units only if a site with a level-2 facility, or with a
    stationed unit of level 2, lies within that many minutes, itself included. Minutes as travel_times
    gives them (site to facility, else the way back), else great circle / medevac_speed_kmh * 60; sites
    without coordinates reach only themselves.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.geography import arc_km, measured, on_unit_sphere
from pklogistics.check.matching import distinct, total
from pklogistics.check.names import Codes
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import slack

SURGEON = 2


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of T7; the amount is the units stationed out of reach."""
    limit = facts.mission.header.policy.medevac_minutes
    if limit is None:
        return []
    held = total(claims.stations, ["site", "period"], "count").rename(columns={"count": "amount"})
    held = held[held["amount"] > 0].reset_index(drop=True)
    near = np.zeros(len(held), dtype=bool)
    given = measured(facts, "minutes")
    for period, rows in held.groupby("period").groups.items():
        row = rows.to_numpy()
        near[row] = _reached(facts, held["site"].to_numpy()[row], _surgeons(facts, claims, period), given)
    return violations(
        claims.names,
        "T7",
        held[~near],
        ["site"],
        "units",
        f"{{amount}} units are stationed at {{site}} in period {{period}}, more than {limit:g} minutes "
        "from any level-2 medical facility",
    )


def _surgeons(facts: Facts, claims: Claims, period: object) -> Codes:
    """Return the sites with a surgeon in the period."""
    level = facts.units["medical_level"].to_numpy(dtype=float)[claims.stations["unit"].to_numpy()]
    here = (claims.stations["period"] == period) & (level >= SURGEON) & (claims.stations["count"] > slack())
    fixed = np.flatnonzero(facts.sites["medical_level"].to_numpy(dtype=float) >= SURGEON)
    sites: Codes = np.union1d(fixed, claims.stations.loc[here, "site"].to_numpy()).astype(np.int64)
    return sites


def _reached(facts: Facts, held: Codes, surgeons: Codes, given: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell for each held site whether a surgeon is within the limit of minutes."""
    limit = float(facts.mission.header.policy.medevac_minutes or 0.0)
    pairs = given[given["destination"].isin(surgeons)]
    timely = distinct(pairs[pairs["minutes"] <= limit + slack(limit)], ["origin"])["origin"]
    near: NDArray[np.bool_] = np.isin(held, surgeons) | np.isin(held, timely)
    radius_km = limit * facts.mission.header.policy.medevac_speed_kmh / 60
    points = on_unit_sphere(facts)
    located = surgeons[~np.isnan(points[surgeons, 0])]
    asking = np.flatnonzero(~near & ~np.isnan(points[held, 0]))
    if len(located) and len(asking):
        near[asking] = _by_air(points, held[asking], located, pairs, radius_km)
    return near


def _by_air(
    points: NDArray[np.float64], held: Codes, surgeons: Codes, measured_pairs: pd.DataFrame, radius_km: float
) -> NDArray[np.bool_]:
    """Tell for each held site whether a surgeon is within the radius whose way is not measured otherwise.

    More and more of the nearest surgeons are asked for, as long as all of those found are measured pairs.
    """
    from scipy.spatial import cKDTree  # slow to load: only missions with troops wait for it

    tree = cKDTree(points[surgeons])
    apart = (measured_pairs["origin"] * len(points) + measured_pairs["destination"]).to_numpy()
    near = np.zeros(len(held), dtype=bool)
    asking = np.arange(len(held))
    nearest = 1
    while len(asking):
        chord, found = tree.query(points[held[asking]], k=np.arange(1, nearest + 1))
        within = arc_km(np.asarray(chord)) <= radius_km + slack(radius_km)
        pair = held[asking, None] * len(points) + surgeons[found]
        counts = within & ~np.isin(pair, apart)
        near[asking] = counts.any(axis=1)
        asking = asking[~counts.any(axis=1) & within.all(axis=1)]
        if nearest == len(surgeons):
            break
        nearest = min(2 * nearest, len(surgeons))
    return near
