"""Rows of a table that say something of the same thing at the same time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.keys import group_codes


def overlapping(frame: pd.DataFrame, keys: tuple[str, ...]) -> tuple[NDArray[np.int64], Callable[[int], int]]:
    """Return the rows with the keys of another row and dates that meet it, and how to find that other row.

    ``from`` and ``until`` are periods. Of two rows that meet the one that begins first is left out.
    """
    same = group_codes(frame, keys)
    begin, end = frame["from"].to_numpy(), frame["until"].to_numpy()
    order = np.lexsort((begin, same))
    # The latest end of the rows before, within the same keys.
    ends = pd.Series(end[order]).groupby(same[order]).cummax()
    before = ends.groupby(same[order]).shift().to_numpy()
    twice = np.sort(order[begin[order] <= before])

    def other(at: int) -> int:
        both = (same == same[at]) & (begin <= end[at]) & (end >= begin[at])
        return int(np.flatnonzero(both & (np.arange(len(frame)) != at))[0])

    return twice.astype(np.int64), other
