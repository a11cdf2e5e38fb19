"""Which option could serve which need, and how many people at most (C1, C8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.program import Floats
from pklogistics.model.sets import Sets

_ROUNDING = 1e-9


def possible_options(sets: Sets, *, barred: bool = False) -> pd.DataFrame:
    """Return every (need n, capability row h) where h may serve n: columns n, h, organisation, limit.

    ``barred``: also those whose ``max_people`` is 0, which serve nobody anywhere.
    ``limit`` is the most people that h can serve at n: no more than the net need, ``max_people``, and what it
    could do there with all that its organisation has in that period (C8).
    """
    needs = sets.needs
    open_needs = needs[(needs["net"] > 0) & ~needs["force"]].reset_index(names="n")
    rows = sets.capabilities.reset_index(names="h")
    limit = rows["max_people"].astype(float).fillna(np.inf)
    rows = rows.assign(limit=limit)[barred | (limit > 0)]
    parts = []
    for scope, keys in (
        ("site", ["activity", "site"]),
        ("region", ["activity", "region"]),
        ("anywhere", ["activity"]),
    ):
        own = rows.loc[rows["scope"] == scope, ["h", "organisation", "limit", *keys]]
        if len(own) or scope == "anywhere":
            parts.append(open_needs[["n", "net", *keys]].merge(own, on=keys).drop(columns=keys))
    options = pd.concat(parts, ignore_index=True)
    most = np.minimum(options["net"], _with_everything(sets, options))
    options["limit"] = np.minimum(options["limit"], most)
    return options.drop(columns="net")


def _with_everything(sets: Sets, options: pd.DataFrame) -> Floats:
    """Return the people whom each option (n, h, organisation) could serve with all staff; shape (options,).

    Staff that may grow by training is no limit here, for what is trained is decided elsewhere.
    """
    totals = sets.capabilities["max_people_total"].astype(float).fillna(np.inf).to_numpy()
    total = np.asarray(totals[options["h"]], dtype=np.float64)
    if not sets.mission.has("staff"):
        return total
    table = sets.mission.by_period("staff")
    staff = pd.DataFrame(
        {
            "organisation": sets.names.codes("organisation", table["organisation"]),
            "period": table["period"].to_numpy(np.int64),
            "staff": table["people"].to_numpy(float),
        }
    )
    grows = sets.names.codes("organisation", sets.mission.frame("capacity_building")["organisation"])
    staff = staff[~staff["organisation"].isin(grows)]
    at = options[["organisation"]].assign(period=sets.needs["period"].to_numpy()[options["n"]])
    have = at.merge(staff, how="left")["staff"].fillna(np.inf).to_numpy()
    rate = sets.capabilities["staff_per_1000"].to_numpy(float)[options["h"]] / 1000
    able = np.divide(have, rate, out=np.full(len(options), np.inf), where=rate > 0)
    # A little more, so that who takes exactly all staff is not kept away by the rounding of the quotient.
    return np.asarray(np.minimum(total, able * (1 + _ROUNDING)), dtype=np.float64)
