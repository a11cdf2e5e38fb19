"""Which sites lie within so many kilometres or minutes of one another.

Great-circle distances on a sphere of radius 6371 km; where the mission gives ``travel_times``, those
take their place. A site without coordinates is near itself only, unless travel_times says otherwise.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from pklogistics.model.sets import Sets

EARTH_RADIUS_KM = 6371.0


def within_km(sets: Sets, radius_km: float) -> pd.DataFrame:
    """Return every (site, post) at most ``radius_km`` apart, each site with itself: coded pairs."""
    return _within(sets, radius_km, "distance_km", 1.0)


def within_minutes(sets: Sets, minutes: float, speed_kmh: float) -> pd.DataFrame:
    """Return every (site, post) at most ``minutes`` apart at that speed, each site with itself."""
    return _within(sets, minutes, "minutes", speed_kmh / 60.0)


def _within(sets: Sets, limit: float, measure: str, km_per_unit: float) -> pd.DataFrame:
    near = _great_circle_pairs(sets, limit * km_per_unit)
    given = _given(sets, measure)
    both = near.merge(given, on=["site", "post"], how="left", indicator=True)
    unsaid = both.loc[both["_merge"] == "left_only", ["site", "post"]]
    said = given.loc[given[measure] <= limit, ["site", "post"]]
    own = np.arange(len(sets.sites))
    pairs = pd.concat([unsaid, said, pd.DataFrame({"site": own, "post": own})], ignore_index=True)
    return pairs.drop_duplicates().sort_values(["site", "post"], ignore_index=True).astype("int64")


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


def _great_circle_pairs(sets: Sets, radius_km: float) -> pd.DataFrame:
    known = sets.sites[["latitude", "longitude"]].notna().all(axis=1).to_numpy()
    place = np.flatnonzero(known)
    if not len(place):
        return pd.DataFrame({"site": place, "post": place})
    points = _on_sphere(
        sets.sites.loc[known, "latitude"].to_numpy(float), sets.sites.loc[known, "longitude"].to_numpy(float)
    )
    chord = 2 * np.sin(min(radius_km / EARTH_RADIUS_KM, np.pi) / 2)
    pairs = KDTree(points).query_pairs(chord * (1 + 1e-12), output_type="ndarray")
    site = np.concatenate([pairs[:, 0], pairs[:, 1]])
    post = np.concatenate([pairs[:, 1], pairs[:, 0]])
    return pd.DataFrame({"site": place[site], "post": place[post]})


def _on_sphere(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return unit vectors, shape (n, 3), of degrees north and east."""
    north, east = np.radians(latitude), np.radians(longitude)
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
