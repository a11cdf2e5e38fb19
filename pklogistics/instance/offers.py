"""Who could serve a need at all: by any capability for its site, or by any unit with the task."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Frames = Mapping[str, pd.DataFrame]


def needs_without_offer(frames: Frames) -> list[tuple[str, NDArray[np.int64], bool]]:
    """Return what nobody offers: activity, rows of needs, and whether nobody offers it anywhere.

    Needs of no people are left out.
    """
    needs, activities, options = frames["needs"], frames["activities"], frames["capabilities"]
    needed = needs["people"].to_numpy() > 0
    force = set(activities.loc[activities["provider"] == "force", "activity"])
    tasks = {task for names in frames["units"]["tasks"] for task in names} if "units" in frames else set()
    anywhere = options.loc[(options["site"] == "") & (options["region"] == ""), "activity"]
    offered = set(options["activity"])
    everywhere = set(anywhere) | (tasks & force)
    open_rows = np.flatnonzero(needed & ~needs["activity"].isin(everywhere).to_numpy(dtype=bool))
    if not len(open_rows):
        return []
    open_needs = needs[["site", "activity"]].take(open_rows)
    regions = frames["sites"].set_index("site")["region"]
    places = open_needs.assign(region=regions.reindex(open_needs["site"]).to_numpy())
    reached = np.zeros(len(places), dtype=bool)
    for scope in ("site", "region"):
        bound = options.loc[options[scope] != "", [scope, "activity"]].drop_duplicates()
        found = places[[scope, "activity"]].merge(bound, how="left", on=[scope, "activity"], indicator=True)
        reached |= (found["_merge"] == "both").to_numpy(dtype=bool)
    left = pd.Series(open_rows[~reached]).groupby(places["activity"].to_numpy()[~reached], sort=False)
    return [
        (str(activity), rows.to_numpy(dtype=np.int64), activity not in offered) for activity, rows in left
    ]
