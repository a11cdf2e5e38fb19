"""Made-up pipelines for generated missions: goods, depots, what is bought, and how it moves.

One port, where everything enters, and depots in the largest settlements. Goods go from the port to the
depots by contract and from each depot to the settlements for which it is one of the two nearest, with the
depot's own lorries; roads to dangerous places need an escort, and the road to every seventh depot is to be
repaired first.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from pklogistics.instance.landscape import Floats, Scene, keys, stream
from pklogistics.instance.responders import Tables, Texts

GOODS = pd.DataFrame(
    [
        # Tonnes and m3 a unit, price, shelf life in periods, units that one person takes a period.
        ("cereals", "kg", 0.001, 0.0014, 0.55, np.nan, 12.0),
        ("pulses", "kg", 0.001, 0.0013, 0.9, np.nan, 1.8),
        ("oil", "l", 0.00092, 0.0011, 1.4, np.nan, 0.9),
        ("biscuits", "kg", 0.001, 0.002, 1.9, 6, 1.0),
        ("medical_kit", "kit", 0.012, 0.06, 310.0, 8, 0.002),
        ("tarpaulin", "piece", 0.0045, 0.012, 16.0, np.nan, 0.2),
        ("soap", "piece", 0.0001, 0.0002, 0.4, np.nan, 2.0),
        ("therapeutic_food", "carton", 0.0138, 0.03, 48.0, 10, 0.01),
    ],
    columns=["commodity", "unit", "weight_t", "volume_m3", "price", "shelf_life", "per_person"],
)
ESCORT_T = {"infantry": 80.0, "cavalry": 160.0}
"""Tonnes that one unit of a kind escorts in a period."""

LORRY_T, HOURS, KMH = 10.0, 160.0, 30.0


def supply_tables(scene: Scene, commodities: int, depots: int) -> Tables:
    """Return the tables of family supplies, sized to what others leave to do."""
    rng = stream(scene.seed, "supplies")
    goods = GOODS.iloc[np.arange(commodities) % len(GOODS)].reset_index(drop=True)
    again = np.arange(commodities) // len(GOODS)
    goods["commodity"] = np.where(
        again > 0, goods["commodity"] + "_" + (again + 1).astype(str), goods["commodity"]
    )
    given = [number for number, kind in enumerate(scene.kinds) if kind.provider == "organisation"]
    taker = np.array(given)[np.arange(commodities) % len(given)]
    wanted = scene.need[taker] * goods["per_person"].to_numpy() / np.maximum(1, again + 1)
    inland = min(depots - 1, scene.land.sites)
    names = np.append("port", keys("depot", inland) if inland else [])
    routes = _routes(scene, names, inland)
    load = float((wanted * goods["weight_t"]).sum()) / max(1, inland)
    per_person: pd.Series[float] = (goods["per_person"] / np.maximum(1, again + 1)).round(6)
    activity = np.array([kind.activity for kind in scene.kinds])[taker]
    recipes = {"activity": activity, "commodity": goods["commodity"], "per_person": per_person}
    return {
        "commodities": goods.drop(columns="per_person"),
        "recipes": pd.DataFrame(recipes),
        "depots": _depots(scene, names, load),
        "supplies": _supplies(scene, rng, goods, wanted),
        "stock": _stock(rng, goods, names, wanted),
        "routes": routes,
        "fleets": _fleets(names, routes, load),
    }


def _depots(scene: Scene, names: Texts, load: float) -> pd.DataFrame:
    site = np.append("", keys("site", scene.land.sites)[: len(names) - 1])
    table = pd.DataFrame({"depot": names, "site": site})
    table["capacity_t"] = np.where(table["site"] == "", np.nan, np.ceil(3.0 * load))
    return table


def _supplies(scene: Scene, rng: np.random.Generator, goods: pd.DataFrame, wanted: Floats) -> pd.DataFrame:
    share = (1.2 - 0.6 * scene.tightness) * np.round(0.6 + 0.8 * rng.random(len(goods)), 3)
    lead = rng.integers(0, min(3, scene.periods), len(goods))
    return pd.DataFrame(
        {
            "depot": "port",
            "commodity": goods["commodity"],
            "max_quantity": np.rint(wanted * share),
            "lead_time": lead,
            "pledged": np.where(np.arange(len(goods)) % 3 == 0, np.rint(0.1 * wanted), 0.0),
        }
    )


def _stock(rng: np.random.Generator, goods: pd.DataFrame, names: Texts, wanted: Floats) -> pd.DataFrame:
    """Return half a period's goods at the port, and a little of some in every depot."""
    at, good = np.nonzero(rng.random((len(names), len(goods))) < 0.4)
    share = np.where(at == 0, 0.5, 0.5 / max(1, len(names) - 1))
    table = pd.DataFrame({"depot": names[at], "commodity": goods["commodity"].to_numpy()[good]})
    table["quantity"] = np.rint(share * wanted[good])
    return table[table["quantity"] > 0]


def _routes(scene: Scene, names: Texts, inland: int) -> pd.DataFrame:
    land, site = scene.land, keys("site", scene.land.sites)
    where = np.column_stack([land.x, land.y])
    if not inland:
        return _drawn(np.repeat("port", land.sites), site, _km(where, where[0]), land.threat.astype(float))
    number = np.arange(inland)
    trunk = _drawn(
        np.repeat("port", inland), names[1:], _km(where[:inland], where[0]) + 50.0, np.zeros(inland)
    )
    trunk["mode"], trunk["opening_cost"] = "contract", np.where(number % 7 == 6, 40_000.0, 0.0)
    km, near = cKDTree(where[:inland]).query(where, k=min(2, inland))
    km, near = np.reshape(km, (land.sites, -1)), np.reshape(near, (land.sites, -1))
    to = np.repeat(np.arange(land.sites), near.shape[1])
    own = near.ravel() == to
    road = _drawn(names[1:][near.ravel()], site[to], km.ravel(), land.threat[to].astype(float))[~own]
    routes: pd.DataFrame = pd.concat([trunk, road], ignore_index=True)
    return routes


def _drawn(origin: Texts, destination: Texts, km: Floats, threat: Floats) -> pd.DataFrame:
    distance = np.maximum(1.0, np.round(1.3 * km, 1))
    return pd.DataFrame(
        {
            "origin": origin,
            "destination": destination,
            "mode": "road",
            "cost_per_t": np.round(4.0 + 0.18 * distance, 2),
            "distance_km": distance,
            "hours": np.round(0.5 + distance / KMH, 2),
            "escort": np.where(threat >= 4, "yes", "no"),
        }
    )


def _km(where: Floats, origin: Floats) -> Floats:
    distance: Floats = np.hypot(where[:, 0] - origin[0], where[:, 1] - origin[1])
    return distance


def _fleets(names: Texts, routes: pd.DataFrame, load: float) -> pd.DataFrame:
    """Return lorries for about what each depot hands on in a period, at the length of its usual trip."""
    trip = routes[routes["mode"] == "road"].groupby("origin")["hours"].mean().reindex(names).dropna()
    count = np.ceil(1.2 * load * 2.0 * trip / LORRY_T / HOURS)
    return pd.DataFrame(
        {
            "depot": trip.index,
            "vehicle": "lorry",
            "count": count.to_numpy().astype(np.int64),
            "payload_t": LORRY_T,
            "hours_per_period": HOURS,
        }
    )
