"""What an organisation has counts only once it is mobilised: rows that close the relaxation (C4 with C7, C8).

Who costs something to mobilise is present nowhere before it is (C4). So whatever bounds all that it does in
a period by K, its staff, its sites, the people of an option, bounds it by K times the mobilisations so far:
with none of them it does nothing, and with one, for it is mobilised once, the row says what it said.

    sum of what o does in t <= K sum_{t'<=t} mobilised[o,t']

In whole numbers nothing changes. But half a mobilisation now lends half of K and not all of it, which is
what the linear program of facility location is strong by (the row ``sum d x <= s y`` of its textbooks).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Ints

FAMILY = "coordination"


def limited_rows(
    assembly: Assembly, name: str, labels: pd.DataFrame, of: pd.DataFrame, limit: ArrayLike, most: ArrayLike
) -> Ints:
    """Add rows that bound what an organisation does in a period once it is mobilised, and return them.

    Parameters
    ----------
    labels : the rows' labels, shape (rows,)
    of : organisation (code) and period of each row
    limit : what bounds each row
    most : what a row could reach at all; one that its limit cannot bind keeps it as its upper side
    """
    builder, bound = assembly.builder, np.asarray(limit, dtype=float)
    cost = assembly.sets.organisations["mobilisation_cost"].to_numpy(float)
    lent = (cost[of["organisation"].to_numpy(np.int64)] > 0) & (bound < np.asarray(most, dtype=float))
    rows = builder.rows(FAMILY, name, labels, upper=np.where(lent, 0.0, bound))
    if not lent.any():
        return rows
    lines = of[["organisation", "period"]].assign(row=rows, limit=bound)[lent]
    earlier = lines.merge(assembly.mobilisation, on="organisation", suffixes=("", "_mobilised"))
    earlier = earlier[earlier["period_mobilised"] <= earlier["period"]]
    builder.entries(earlier["row"], earlier["mobilised"], -earlier["limit"])
    return rows
