"""The raw form of a table, as cells to be written: text, numbers and flags, blanks as None."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.grid import is_tag_row
from pklogistics.instance.inert import all_inert, inert
from pklogistics.instance.table import Table
from pklogistics.instance.texts import cell_text

AT_ONCE = 50_000
"""Rows turned into Python objects at once; it bounds memory."""


def cells_of(frame: pd.DataFrame) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows as Python objects, some at a time; a blank cell is None."""
    for start in range(0, len(frame), AT_ONCE):
        part = frame.iloc[start : start + AT_ONCE]
        yield list(zip(*(_objects(part[name]) for name in part.columns), strict=True))


def lines_of(table: Table, frame: pd.DataFrame) -> Iterator[list[list[str]]]:
    """Yield all rows as cells of a CSV file, beginning with the header, some at a time.

    A first row that looks like HXL hashtags would be taken for them; hashtags are then written before it.
    """
    yield [all_inert(frame.columns)]
    for start in range(0, len(frame), AT_ONCE):
        part = frame.iloc[start : start + AT_ONCE]
        lines = [list(line) for line in zip(*(_texts(part[name]) for name in part.columns), strict=True)]
        if start == 0 and is_tag_row(lines[0]):
            yield [tags_of(table, frame)]
        yield lines


def tags_of(table: Table, frame: pd.DataFrame) -> list[str]:
    """Return the HXL hashtags of the columns, ``""`` where there is none."""
    tags = {column.name: column.tags[0] for column in table.columns if column.tags}
    return [tags.get(name, "") for name in frame.columns]


def _texts(cells: pd.Series[Any]) -> list[str]:
    """Return cells as inert text; each distinct value is worded once, which a million rows take notice of."""
    codes, distinct = pd.factorize(cells)
    texts = np.array([*(inert(cell_text(value)) for value in distinct), ""], dtype=object)
    listed: list[str] = texts[codes].tolist()  # The code of a blank, -1, is the last text.
    return listed


def _objects(cells: pd.Series[Any]) -> list[Any]:
    values: NDArray[Any] = cells.astype(object).to_numpy(copy=True)
    blank = np.asarray(cells == "" if isinstance(cells.dtype, pd.StringDtype) else cells.isna(), dtype=bool)
    values[blank] = None
    listed: list[Any] = values.tolist()
    return listed
