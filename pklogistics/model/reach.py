"""Which sites lie within so many kilometres or minutes of one another.

Great-circle distances on a sphere of radius 6371 km; where the mission gives ``travel_times``, those
take their place. A site without coordinates is near itself only, unless travel_times says otherwise.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.model.program import Bools, Ints
from pklogistics.model.sets import Sets

EARTH_RADIUS_KM = 6371.0


def within_km(sets: Sets, radius_km: float, sites: Bools, posts: Bools) -> pd.DataFrame:
    """Return every (site, post) at most ``radius_km`` apart, of these sites and posts: coded pairs.

    ``sites`` and ``posts`` are masks of shape (sites,). A site is within any radius of itself.
    """
    return _within(sets, radius_km, "distance_km", 1.0, sites, posts)


def within_minutes(sets: Sets, minutes: float, speed_kmh: float, sites: Bools, posts: Bools) -> pd.DataFrame:
    """Return every (site, post) at most ``minutes`` apart at that speed, as `within_km` does."""
    return _within(sets, minutes, "minutes", speed_kmh / 60.0, sites, posts)


def _within(
    sets: Sets, limit: float, measure: str, km_per_unit: float, sites: Bools, posts: Bools
) -> pd.DataFrame:
    count = len(sets.sites)
    own = np.flatnonzero(sites & posts)
    given = _given(sets, measure)
    near = _great_circle_pairs(sets, limit * km_per_unit, sites, posts)
    near = near[~np.isin(near[:, 0] * count + near[:, 1], given["site"] * count + given["post"])]
    said = given[(given[measure] <= limit).to_numpy() & sites[given["site"]] & posts[given["post"]]]
    pairs = np.concatenate([near, said[["site", "post"]].to_numpy(np.int64), np.column_stack([own, own])])
    numbers = np.unique(pairs[:, 0] * count + pairs[:, 1])
    return pd.DataFrame({"site": numbers // max(count, 1), "post": numbers % max(count, 1)})


def _given(sets: Sets, measure: str) -> pd.DataFrame:
    """Return travel_times between sites in both directions; a row of its own beats the reverse of another."""
    table = sets.mission.frame("travel_times")
    coded = pd.DataFrame(
        {
            "site": sets.names.codes("site", table["origin"]),
            "post": sets.names.codes("site", table["destination"]),
            measure: table[measure].astype(float),
        }
    )
    coded = coded[coded[measure].notna() & (coded["site"] >= 0) & (coded["post"] >= 0)]
    reverse = coded.rename(columns={"site": "post", "post": "site"})
    return pd.concat([coded, reverse], ignore_index=True).drop_duplicates(["site", "post"], ignore_index=True)


def _great_circle_pairs(sets: Sets, radius_km: float, sites: Bools, posts: Bools) -> Ints:
    """Return pairs (site, post) of sites with coordinates, shape (pairs, 2)."""
    places = sets.sites[["latitude", "longitude"]].to_numpy(float)
    known = ~np.isnan(places).any(axis=1)
    site, post = np.flatnonzero(known & sites), np.flatnonzero(known & posts)
    if not (len(site) and len(post)):
        return np.zeros((0, 2), dtype=np.int64)
    chord = 2 * np.sin(min(radius_km / EARTH_RADIUS_KM, np.pi) / 2) * (1 + 1e-12)
    from scipy.spatial import KDTree  # slow to load: only missions with troops wait for it

    trees = KDTree(_on_sphere(places[site])), KDTree(_on_sphere(places[post]))
    found = trees[0].sparse_distance_matrix(trees[1], chord, output_type="ndarray")
    return np.column_stack([site[found["i"]], post[found["j"]]])


def _on_sphere(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return unit vectors, shape (n, 3), of degrees north and east, shape (n, 2)."""
    north, east = np.radians(degrees).T
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
