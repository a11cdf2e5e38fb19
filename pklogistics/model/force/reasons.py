"""Why no post can be within reach of a need, whatever the plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model import reach
from pklogistics.model.assembly import Assembly
from pklogistics.model.force.posts import radius_of
from pklogistics.model.force.stationing import conditions
from pklogistics.model.program import Bools, Ints

NO_POST = "no unit that can do this activity can be within reach in this period"
WITHOUT = {
    "available": "there is none then",
    "allowed": "rules keep them away",
    "room": "no camp has room for one",
    "surgeon": "no surgeon could be near enough",
}
"""What is said where a unit could be within reach if just that were otherwise; see `conditions`."""


def post_reasons(assembly: Assembly, needs: pd.DataFrame) -> pd.Series[str]:
    """Return the reason by need, for lines of ``needs`` of the force whose activity some unit can do."""
    sets = assembly.sets
    words = pd.Series(NO_POST, index=needs.index, dtype=object)
    if needs.empty:
        return words
    may, radius = conditions(sets), radius_of(sets)
    tasks = sets.mission.frame("units")["tasks"].explode().dropna()
    able = pd.Series(tasks.index, index=sets.names.codes("activity", tasks))
    everywhere = np.ones(len(sets.sites), dtype=bool)
    for activity, lines in needs.groupby("activity"):  # force activities are few
        code = int(str(activity))
        units = able[able.index == code].unique()
        needing = np.zeros(len(sets.sites), dtype=bool)
        needing[lines["site"]] = True
        near = reach.within_km(sets, radius[code], needing, everywhere)
        pairs = lines[["site", "period"]].reset_index(names="n").merge(near, on="site")
        told = pd.Series("", index=lines.index)
        for name, said in WITHOUT.items():
            open_ = _but_for(name, may, units)[pairs["post"], pairs["period"] - 1]
            alone = lines.index.isin(pairs.loc[open_, "n"])
            told += np.where(alone, np.where(told == "", ": ", "; or ") + said, "")
        words[lines.index] += told
    return words


def kept_away(assembly: Assembly, units: Ints, sites: Ints, period: int) -> str | None:
    """Return why none of these units could be at any of these sites in a period; None if one could.

    What alone keeps them away, behind a colon; blank where several things do together.
    """
    stationing = assembly.stationing
    here = stationing["site"].isin(sites) & (stationing["period"] == period)
    if stationing.loc[here, "unit"].isin(units).any():
        return None
    may = conditions(assembly.sets)
    open_ = {name: _but_for(name, may, units)[sites, period - 1].any() for name in WITHOUT}
    told = "; or ".join(said for name, said in WITHOUT.items() if open_[name])
    return f": {told}" if told else ""


def _but_for(name: str, may: dict[str, Bools], units: Ints) -> Bools:
    """Say where and when any of these units could be but for one condition, shape (sites, periods)."""
    others = np.logical_and.reduce([holds[units] for other, holds in may.items() if other != name])
    open_: Bools = others.any(axis=0)
    return open_
