"""Text in CSV files that no spreadsheet takes for a formula, and that is read back as it was.

A spreadsheet runs what begins with ``= + - @``, whoever wrote it. Such a cell is written with an apostrophe
before it, and so is one that begins with apostrophes and then such a sign, so that taking one away again
gives back every text. Numbers stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

MARK = "'"
_SIGNS = r"\s*[=+\-@]"
_FORMULA = re.compile(f"{MARK}*{_SIGNS}")
_MARKED = re.compile(f"{MARK}+{_SIGNS}")
_NUMBER = re.compile(r"[+-]?(\d[\d.,]*|\.\d+)([eE][+-]?\d+)?")


def inert(text: str) -> str:
    """Return a cell of a CSV file that holds a text and is no formula."""
    return MARK + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def all_inert(texts: Iterable[str]) -> list[str]:
    """Return the cells of a CSV file that hold these texts."""
    return [inert(text) for text in texts]


def as_meant(cell: str) -> str:
    """Return the text that a cell of a CSV file holds."""
    return cell[len(MARK) :] if cell.startswith(MARK) and _MARKED.match(cell) else cell


def all_as_meant(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the texts that the cells of a CSV file hold; few of them begin with an apostrophe."""
    cells = cells.copy(deep=False)
    for name in cells.columns[[bool(cells[name].str.startswith(MARK).any()) for name in cells]]:
        cells[name] = cells[name].map(as_meant).astype("str")
    return cells
