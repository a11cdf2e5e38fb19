"""Putting amounts of a plan's table into the columns that bear the same labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pklogistics.model.program import Floats
from pklogistics.model.sets import Sets


def coded(sets: Sets, table: pd.DataFrame, **kinds: str) -> pd.DataFrame:
    """Return a plan's table with codes for labels; ``kinds`` names the kind of label of each column."""
    codes = {column: sets.names.codes(kind, table[column]) for column, kind in kinds.items()}
    return table.assign(**codes)


def put(
    x: Floats,
    columns: pd.DataFrame,
    column: str,
    table: pd.DataFrame,
    amount: str,
    keys: Sequence[str],
    upper: Floats | None = None,
) -> None:
    """Put the amounts of a table into the columns with the same keys, in place; the other columns keep 0.

    Where several columns have one key (two contracts on one road), they are filled in order, each to its
    ``upper`` (shape (columns,) of the program), and the last takes the rest.
    """
    by = list(keys)
    if columns.empty or table.empty:
        return
    total = table.groupby(by, as_index=False)[amount].sum()
    lines = columns[[*by, column]].merge(total, on=by)
    at = lines[column].to_numpy(np.int64)
    if upper is None:
        x[at] = lines[amount].to_numpy(float)
        return
    room = pd.Series(upper[at], index=lines.index)
    before = room.groupby([lines[key] for key in by], dropna=False).cumsum() - room
    left = (lines[amount] - before).clip(lower=0.0)
    last = ~lines.duplicated(by, keep="last")
    x[at] = np.where(last, left, np.minimum(left, room))
