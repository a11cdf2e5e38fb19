"""Why a need could not be served whatever the plan: what the tables alone say of each shortfall."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.coordination.options import possible_options
from pklogistics.model.force.reasons import NO_POST, post_reasons
from pklogistics.model.sets import Sets
from pklogistics.model.supplies.reasons import goods_reasons

NOBODY_OFFERS = "no organisation offers this activity"
NOT_HERE = "no organisation that offers this activity may work at this site in this period"
NO_UNIT = "no unit can do this activity"
NO_STAFF = "no organisation that could serve this has staff for it in this period"
NO_TOTAL = "no organisation that could serve this may serve anybody in all (max_people_total is 0)"
NO_MAX = "no organisation that offers this activity here may serve anybody at a site (max_people is 0)"
SCARCE = "money, staff, troops or rules are short"
SCARCE_GOODS = "money, goods, transport, staff, troops or rules are short"


def reasons(assembly: Assembly) -> np.ndarray:
    """Return the reason why each need could not be served, or that means are short; shape (needs,)."""
    sets = assembly.sets
    needs = sets.needs
    force = needs["force"].to_numpy(bool)
    served = np.zeros(len(needs), dtype=bool)
    served[assembly.service["n"]] = True
    lacking = goods_reasons(assembly)
    units = sets.mission.frame("units")
    able = sets.activities["activity"].isin(units["tasks"].explode().dropna()).to_numpy()
    offered = np.isin(np.arange(len(sets.activities)), sets.capabilities["activity"])
    possible = np.where(force, able[needs["activity"]], offered[needs["activity"]])
    nobody = np.where(force, NO_UNIT, NOBODY_OFFERS)
    not_here = np.where(force, NO_POST, NOT_HERE)
    short = np.where(_take_goods(assembly), SCARCE_GOODS, SCARCE)
    found = np.select([~possible, ~served], [nobody, not_here], short).astype(object)
    posts = post_reasons(assembly, needs[possible & ~served & force & (needs["net"] > 0)])
    for told in (posts, _barred(sets), _idle(assembly), lacking):
        found[told.index.to_numpy(np.int64)] = told.to_numpy()
    return found


def _barred(sets: Sets) -> pd.Series[str]:
    """Return the reason by need, where all who could come may serve nobody at a site."""
    barred = (sets.capabilities["max_people"] == 0).to_numpy(bool)
    if not barred.any():
        return pd.Series(dtype=object)
    options = possible_options(sets, barred=True)
    every = pd.Series(barred[options["h"]]).groupby(options["n"].to_numpy()).all()
    return pd.Series(NO_MAX, index=every.index[every], dtype=object)


def _idle(assembly: Assembly) -> pd.Series[str]:
    """Return the reason by need, where who could come has nobody to send, or may serve nobody in all."""
    options = assembly.options
    totals = assembly.sets.capabilities["max_people_total"].astype(float).fillna(np.inf).to_numpy()
    frame = pd.DataFrame({"n": options["n"], "limit": options["limit"], "total": totals[options["h"]]})
    most = frame.groupby("n").max()
    idle = most[most["limit"] <= 0]
    return pd.Series(np.where(idle["total"] > 0, NO_STAFF, NO_TOTAL), index=idle.index, dtype=object)


def _take_goods(assembly: Assembly) -> np.ndarray:
    """Say which needs take goods, shape (needs,)."""
    activity = assembly.sets.needs["activity"].to_numpy(np.int64)
    if assembly.goods is None:
        return np.zeros(len(activity), dtype=bool)
    return np.asarray(assembly.goods.supplies.takes_goods[activity])
