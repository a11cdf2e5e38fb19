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
from pklogistics.model.program import Bools, Floats, Ints


def is_paid_for(assembly: Assembly, organisation: pd.Series[int] | Ints) -> Bools:
    """Say which of these organisations (codes) cost something to mobilise."""
    cost = assembly.sets.organisations["mobilisation_cost"].to_numpy(float)
    return np.asarray(cost[np.asarray(organisation, dtype=np.int64)] > 0)


def limits(
    assembly: Assembly, organisation: pd.Series[int] | Ints, limit: ArrayLike, most: ArrayLike
) -> Floats:
    """Return the upper sides of rows that `lend` is to follow: 0 where the limit moves to its columns.

    Parameters
    ----------
    organisation : codes, shape (rows,)
    limit : what bounds each row
    most : what a row could reach at all; one that its limit cannot bind stays as it is
    """
    bound = np.asarray(limit, dtype=float)
    binds = bound < np.asarray(most, dtype=float)
    return np.where(is_paid_for(assembly, organisation) & binds, 0.0, bound)


def lend(assembly: Assembly, rows: pd.DataFrame, limit: ArrayLike, upper: Floats) -> None:
    """Let rows reach their limit once their organisation is mobilised, where `limits` has moved it.

    Parameters
    ----------
    rows : organisation, period, row
    limit, upper : what bounded each row, and what `limits` made of it; shape (rows,)
    """
    bound = np.asarray(limit, dtype=float)
    moved = rows[["organisation", "period", "row"]].assign(limit=bound)[upper < bound]
    earlier = moved.merge(assembly.mobilisation, on="organisation", suffixes=("", "_mobilised"))
    earlier = earlier[earlier["period_mobilised"] <= earlier["period"]]
    assembly.builder.entries(earlier["row"], earlier["mobilised"], -earlier["limit"])
