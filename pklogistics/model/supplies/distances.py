"""How long routes take, one way.

A route's own hours, else minutes of travel_times, else its length at the policy's speed; its length is its
own, else that of travel_times, else the great circle. A row of travel_times in the direction of the route
beats one in the other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.program import Bools, Floats
from pklogistics.model.reach import EARTH_RADIUS_KM
from pklogistics.model.sets import Sets


def hours_one_way(sets: Sets, asked: Bools) -> Floats:
    """Return the hours of each row of routes, shape (routes,); NaN where they are not asked for."""
    routes = sets.mission.frame("routes")
    hours = np.full(len(routes), np.nan)
    if not asked.any():
        return hours
    chosen = routes[asked]
    told = _told(sets, chosen)
    length = chosen["distance_km"].astype(float).to_numpy()
    for other in (told["distance_km"].to_numpy(float), _great_circle_km(sets, chosen)):
        length = np.where(np.isnan(length), other, length)
    known = chosen["hours"].astype(float).to_numpy()
    driven = length / sets.mission.header.policy.convoy_speed_kmh
    for other in (told["minutes"].to_numpy(float) / 60, driven):
        known = np.where(np.isnan(known), other, known)
    hours[asked] = known
    return hours


def _told(sets: Sets, routes: pd.DataFrame) -> pd.DataFrame:
    """Return minutes and distance_km that travel_times gives for each route, NaN where it does not."""
    measures = ["minutes", "distance_km"]
    table = sets.mission.frame("travel_times")[["origin", "destination", *measures]]
    reverse = table.rename(columns={"origin": "destination", "destination": "origin"})
    both = pd.concat([table, reverse], ignore_index=True)
    both = both.groupby(["origin", "destination"], as_index=False, sort=False)[measures].first()
    return routes[["origin", "destination"]].merge(both, on=["origin", "destination"], how="left")[measures]


def _great_circle_km(sets: Sets, routes: pd.DataFrame) -> Floats:
    """Return the great-circle distance of each route, NaN where coordinates are missing."""
    places = ["latitude", "longitude"]
    sites = sets.mission.frame("sites").set_index("site")[places].astype(float)
    depots = sets.mission.frame("depots").set_index("depot")
    at_site = sites.reindex(depots["site"].to_numpy()).set_index(depots.index)
    known = pd.concat([depots[places].astype(float).fillna(at_site), sites])
    north, east = (
        np.radians(known.reindex(routes["origin"].to_numpy())[axis].to_numpy(float)) for axis in places
    )
    north_end, east_end = (
        np.radians(known.reindex(routes["destination"].to_numpy())[axis].to_numpy(float)) for axis in places
    )
    square = np.sin((north_end - north) / 2) ** 2
    square += np.cos(north) * np.cos(north_end) * np.sin((east_end - east) / 2) ** 2
    distance: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(square, 1.0)))
    return distance
