"""Tables as they stand in their container, before any meaning is given to their cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.findings import Findings, Naming, Place
from pklogistics.instance.texts import cell_text

TAG = re.compile(r"#[A-Za-z][A-Za-z0-9_]*(\s*\+\s*[A-Za-z0-9_]+)*")


@dataclass(frozen=True)
class Grid:
    """One table as it stands in its container.

    Attributes
    ----------
    header : tuple of str
        Names of the columns as written.
    cells : DataFrame
        One column per header, labelled by position; text, or what the container holds.
    place : Place
        The file and the row number of each row of cells.
    header_row : int, optional
        The row of the header, where the container has one.
    tags : tuple of str
        HXL hashtags of the columns, if a second header row gave them.
    declared : frozenset of str
        Names of further columns that the table is known to have, all blank.
    decimal_comma : bool
        Whether numbers may be written with a decimal comma.
    """

    header: tuple[str, ...]
    cells: pd.DataFrame
    place: Place
    header_row: int | None = None
    tags: tuple[str, ...] = ()
    declared: frozenset[str] = frozenset()
    decimal_comma: bool = False


@dataclass
class Document:
    """A mission as its container holds it: header and grids, nothing checked yet.

    ``header`` is None if it could not be read; what is wrong with it then stands in ``findings``.
    ``unknown`` names what looks like a table and is none, ``unreadable`` the tables that are there but
    could not be read.
    """

    header: dict[str, Any] | None
    grids: dict[str, Grid]
    naming: Naming
    unknown: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    findings: Findings = field(default_factory=Findings)


def is_tag_row(cells: Sequence[str]) -> bool:
    """Tell whether a row holds HXL hashtags: every cell that is not blank is one."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(TAG.fullmatch(cell) for cell in filled)


def grid_of_lines(file: str, lines: pd.DataFrame, decimal_comma: bool = False) -> Grid:
    """Read a header from the first line, hashtags from the second if they are there, then the rows.

    Rows are numbered as spreadsheets do: the header is row 1, a cell with line breaks is one row. Blank
    rows are left out.
    """
    header = [cell_text(value).strip() for value in lines.iloc[0]] if len(lines) else []
    first = 1
    tags: tuple[str, ...] = ()
    if len(lines) > 1 and is_tag_row(second := [cell_text(value) for value in lines.iloc[1]]):
        first, tags = 2, tuple(second)
    rows = np.arange(first + 1, len(lines) + 1, dtype=np.int64)
    cells = lines.iloc[first:].reset_index(drop=True)
    filled = ~blank_rows(cells)
    if not filled.all():
        cells, rows = cells.loc[filled].reset_index(drop=True), rows[filled]
    kept = [at for at, name in enumerate(header) if name or not _blank(cells[at]).all()]
    cells = cells[kept]
    cells.columns = pd.RangeIndex(len(kept))
    return Grid(
        header=tuple(header[at] for at in kept),
        cells=cells,
        place=Place(file, rows),
        header_row=1,
        tags=tuple(tags[at] for at in kept) if tags else (),
        decimal_comma=decimal_comma,
    )


def grid_of_frame(file: str, frame: pd.DataFrame, declared: Sequence[str] = (), first_row: int = 1) -> Grid:
    """Take a data frame as a table; its rows are numbered from ``first_row``."""
    cells = frame.reset_index(drop=True)
    cells.columns = pd.RangeIndex(frame.shape[1])
    rows = np.arange(first_row, first_row + len(frame), dtype=np.int64)
    header = tuple(str(name) for name in frame.columns)
    return Grid(header, cells, Place(file, rows), declared=frozenset(declared))


def grid_of_records(file: str, records: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> Grid:
    """Take records as a table; columns stand in the order of their first appearance."""
    names = list(dict.fromkeys([*columns, *(str(name) for record in records for name in record)]))
    data = {name: pd.Series([record.get(name) for record in records], dtype=object) for name in names}
    frame = pd.DataFrame(data, columns=names, index=pd.RangeIndex(len(records)))
    return grid_of_frame(file, frame, declared=columns)


def blank_rows(cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows hold nothing but blanks. Only rows that begin with a blank are looked at in full."""
    if not cells.shape[1]:
        return np.ones(len(cells), dtype=bool)
    blank = _blank(cells[cells.columns[0]])
    for name in cells.columns[1:]:
        suspects = np.flatnonzero(blank)
        if not len(suspects):
            break
        blank[suspects] = _blank(cells[name].iloc[suspects])
    return blank


def _blank(cells: pd.Series[Any]) -> NDArray[np.bool_]:
    if isinstance(cells.dtype, pd.StringDtype):
        return np.array((cells == "") | cells.str.isspace(), dtype=bool)
    return np.fromiter((not cell_text(value).strip() for value in cells.array), dtype=bool, count=len(cells))
