"""Distances between places (sites and depots), as measured or along the great circle."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.facts import Facts
from pklogistics.check.matching import look_up
from pklogistics.check.names import Codes

EARTH_RADIUS_KM = 6371.0


def on_unit_sphere(facts: Facts) -> NDArray[np.float64]:
    """Return x, y and z of every place on a sphere of radius 1; NaN where the coordinates are unknown.

    The sites come first, so that the code of a site is its row.
    """
    latitude = np.radians(facts.places["latitude"].to_numpy(dtype=float))
    longitude = np.radians(facts.places["longitude"].to_numpy(dtype=float))
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


def arc_km(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the great-circle distance (km) of two points with this chord on the unit sphere."""
    arc: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1.0))
    return arc


def measured(facts: Facts, column: str) -> pd.DataFrame:
    """Return what travel_times gives for a pair of places: origin, destination and the column, both ways.

    Where only one direction is given, it stands for the other as well.
    """
    rows = facts.mission.frame("travel_times")
    ends = {name: facts.names.code("place", rows[name]) for name in ("origin", "destination")}
    given = pd.DataFrame({**ends, column: rows[column].to_numpy(dtype=float)}).dropna()
    back = given.rename(columns={"origin": "destination", "destination": "origin"})
    return pd.concat([given, back]).drop_duplicates(["origin", "destination"])


def distance_km(facts: Facts, origin: Codes, destination: Codes) -> NDArray[np.float64]:
    """Return the distance (km) of each pair of places; NaN where it is unknown."""
    points = on_unit_sphere(facts)
    circle = arc_km(np.linalg.norm(points[origin] - points[destination], axis=1))
    pairs = pd.DataFrame({"origin": origin, "destination": destination})
    given = look_up(pairs, measured(facts, "distance_km"), ["origin", "destination"], "distance_km")
    return np.where(origin == destination, 0.0, np.where(np.isnan(given), circle, given))
