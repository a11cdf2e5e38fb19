"""Where sites and depots are, for the map."""

from __future__ import annotations

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.report.naming import names_of

_ENDS = ["longitude", "latitude"]


def places(mission: Mission) -> pd.DataFrame:
    """Return a row per site, then per depot: place (its key), kind, name, longitude, latitude (degrees).

    A depot without coordinates is where its site is; what is not known is NaN. A mission that spans the
    180th meridian has its western longitudes beyond 180, so that near places are near in numbers.
    """
    sites, depots = mission.frame("sites"), mission.frame("depots")
    at_site = sites.set_index("site")[_ENDS].reindex(depots["site"]).reset_index(drop=True)
    frames = [
        sites.assign(place=sites["site"], kind="site"),
        depots.assign(
            place=depots["depot"], kind="depot", **depots[_ENDS].astype(float).fillna(at_site.astype(float))
        ),
    ]
    found = pd.concat(frames, ignore_index=True)[["place", "kind", *_ENDS]]
    names = {**names_of(mission, "depot"), **names_of(mission, "site")}
    known = found["longitude"].notna() & found["latitude"].notna()
    found[_ENDS] = found[_ENDS].astype(float).where(known)
    found["longitude"] = unwrapped(found["longitude"], found["longitude"])
    found.insert(2, "name", found["place"].map(names))
    return found


def unwrapped(longitude: pd.Series, of: pd.Series) -> pd.Series:
    """Return longitudes with a full turn added to those west of 0, if ``of`` spans more than half a turn."""
    if not of.max() - of.min() > 180:  # False for NaN, too: nothing is known.
        return longitude
    return longitude.where(~(longitude < 0), longitude + 360)
