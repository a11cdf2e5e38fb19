"""Made-up organisations for generated missions: what they can do, where, and on what terms.

UN agencies work anywhere and dearly, NGOs in some regions, local organisations cheaply and little. The
first organisation is the provider of last resort: it offers, anywhere, whatever nobody else does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.landscape import Ints, Scene, keys, lognormal, stream

Tables = dict[str, pd.DataFrame]
Texts = NDArray[np.str_]

KINDS = np.array(
    ["UN agency", "NGO", "national NGO", "UN agency", "NGO", "local authority", "NGO", "Red Cross"]
)
LOCAL = ("national NGO", "local authority")


def coordination_tables(scene: Scene, n: int) -> Tables:
    """Return organisations, capabilities, staff, capacity_building, handover, presence and rules."""
    rng = stream(scene.seed, "organisations")
    kind = KINDS[np.arange(n) % len(KINDS)]
    number = np.char.zfill(np.arange(1, n + 1).astype(str), max(2, len(str(n))))
    key = np.char.add(np.char.add(np.char.replace(np.char.lower(kind), " ", "_"), "_"), number)
    local = np.isin(kind, LOCAL)
    organisations = pd.DataFrame(
        {
            "organisation": key,
            "kind": kind,
            "mobilisation_cost": np.where(local, 5_000, lognormal(rng, 60_000, 0.5, n)),
            "base_cost": np.where(local, 500, lognormal(rng, 4_000, 0.4, n)),
            "base_cost_per_period": np.where(local, 200, lognormal(rng, 900, 0.3, n)),
            "max_sites": np.where(kind == "NGO", max(1, scene.land.sites // 5), np.nan),
            "accepts_armed_presence": kind != "Red Cross",
            "needs_security": np.isin(kind, ["UN agency", "NGO"]),
            "needs_local_partner": np.arange(n) == 3,
        }
    )
    capabilities = _capabilities(scene, rng, key, kind)
    staff = float(scene.need @ np.array([k.staff for k in scene.kinds])) / 1000.0
    fair = 2.0 * staff / n * (1.0 - 0.5 * scene.tightness)
    people = np.maximum(3, np.rint(fair * np.round(0.5 + rng.random(n), 3))).astype(np.int64)
    return {
        "organisations": organisations,
        "capabilities": capabilities,
        # One organisation in four has all the staff it asks for: no row, no limit.
        "staff": pd.DataFrame({"organisation": key, "people": people})[np.arange(n) % 4 != 3],
        **_localisation(scene, key[local], capabilities),
        **_agreements(scene, capabilities),
        "rules": _rules(scene, key),
    }


def _capabilities(scene: Scene, rng: np.random.Generator, key: Texts, kind: Texts) -> pd.DataFrame:
    """Return the options of every organisation; an NGO has one row a region where it works."""
    civil = np.array([i for i, k in enumerate(scene.kinds) if k.provider == "organisation"], dtype=np.int64)
    offers = rng.random((len(key), len(civil))) < 0.3
    offers[np.arange(len(key)), np.arange(len(key)) % len(civil)] = True
    anywhere = kind != "NGO"
    offers[0] |= ~offers[anywhere].any(axis=0)
    who, what = np.nonzero(offers)
    rows = _options(scene, rng, key, kind, who, civil[what])
    near = rng.random((len(key), scene.land.regions)) < 0.5
    near[np.arange(len(key)), np.arange(len(key)) % scene.land.regions] = True
    general = rows[anywhere[who]]
    # Food and shelter can also be given as cash, cheaper by a sixth, by those who work anywhere.
    cash = general[general["activity"].isin(["food_distribution", "emergency_shelter"])].copy()
    cash["modality"], cash["cost_per_person"] = "cash", (cash["cost_per_person"] * 0.84).round(2)
    at, region = np.nonzero(near[who] & ~anywhere[who][:, None])
    regional = rows.iloc[at].copy()
    regional["region"] = keys("region", scene.land.regions)[region]
    table: pd.DataFrame = pd.concat([general, cash, regional], ignore_index=True)
    return table


def _options(
    scene: Scene, rng: np.random.Generator, key: Texts, kind: Texts, who: Ints, what: Ints
) -> pd.DataFrame:
    """Return one general row per pair of organisation ``who`` and activity ``what``."""
    n, local = len(who), np.isin(kind[who], LOCAL)
    cost = np.array([k.cost for k in scene.kinds])[what] * np.where(local, 0.7, 1.0)
    staff = np.array([k.staff for k in scene.kinds])[what]
    largest = np.where(local, 600.0, np.where(rng.random(n) < 0.5, np.nan, lognormal(rng, 2500, 0.5, n)))
    total = np.rint(scene.need[what] * (0.1 + 0.4 * rng.random(n)))
    return pd.DataFrame(
        {
            "organisation": key[who],
            "activity": np.array([k.activity for k in scene.kinds])[what],
            "modality": np.array([k.modality for k in scene.kinds])[what],
            "region": "",
            "cost_per_person": np.round(cost * (0.75 + 0.5 * rng.random(n)), 2),
            "cost_per_presence": lognormal(rng, 400, 0.5, n),
            "max_people": largest,
            "max_people_total": np.where(rng.random(n) < 0.3, np.maximum(1.0, total), np.nan),
            "staff_per_1000": np.round(staff * (0.8 + 0.4 * rng.random(n)), 2),
        }
    )


def _localisation(scene: Scene, local: Texts, capabilities: pd.DataFrame) -> Tables:
    """Return what builds local capacity, and the share of service that must be local in the end."""
    tables: Tables = {}
    training = [k.activity for k in scene.kinds if k.activity.startswith("health_worker_training")]
    if training and len(local):
        tables["capacity_building"] = pd.DataFrame(
            {"activity": training[0], "organisation": local, "staff_per_person": 0.1, "lag": 1}
        )
    offered = capabilities.loc[capabilities["organisation"].isin(local), "activity"]
    if len(offered):
        share = {"activity": offered.iloc[0], "period": scene.periods, "local_share": 0.1}
        tables["handover"] = pd.DataFrame([share])
    return tables


def _agreements(scene: Scene, capabilities: pd.DataFrame) -> Tables:
    """Return signed agreements, refusals (half of them lifted for one activity) and leads.

    Each has sites of its own, so that none can contradict another.
    """
    rng = stream(scene.seed, "presence")
    each = max(1, scene.land.sites // 100)
    if scene.land.sites < 3 * each + 1:
        return {}
    sites = keys("site", scene.land.sites)[1 + rng.permutation(scene.land.sites - 1)[: 3 * each]]
    able = capabilities.loc[capabilities["region"] == "", ["organisation", "activity"]]
    able = able.drop_duplicates()
    chosen = able.iloc[rng.integers(0, len(able), 3 * each)].assign(site=sites)
    agreed, lead, lifted = (chosen.iloc[part * each : (part + 1) * each] for part in range(3))
    rows = [
        agreed.assign(status="agreed"),
        lead.assign(status="lead"),
        lifted.assign(status="refused", activity=""),
        lifted.iloc[::2].assign(status="allowed"),
    ]
    return {"presence": pd.concat(rows, ignore_index=True)}


def _rules(scene: Scene, key: Texts) -> pd.DataFrame:
    """Return one exclusion, one partnership and a few pairs of villages that nobody may serve at once."""
    land, rows = scene.land, []
    if len(key) >= 5:
        rows.append({"rule": "exclusive", "organisations": f"{key[1]}; {key[4]}", "region": "region_01"})
        rows.append({"rule": "partner", "organisations": f"{key[4]}; {key[0]}; {key[2]}"})
    pairs = max(1, (land.sites - land.towns) // 500)
    if land.sites - land.towns >= 2 * pairs:
        site = keys("site", land.sites)[-2 * pairs :].reshape(pairs, 2)
        listed = np.char.add(np.char.add(site[:, 0], "; "), site[:, 1])
        rows += [{"rule": "incompatible_sites", "sites": both} for both in listed.tolist()]
    return pd.DataFrame(rows)
