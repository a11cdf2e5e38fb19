"""Plan tables as cells: numbers written so that they read back exactly, text kept as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from pklogistics.errors import PlanError
from pklogistics.plan.table import Column, Kind, PlanTable

_WHOLE = 1e15  # Below it every whole float is the same number when written without a point.
_TRUTHS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number; blank for NaN."""
    if math.isnan(value):
        return ""
    if abs(value) < _WHOLE and value.is_integer():
        return str(int(value))
    return repr(value)


def column_texts(kind: Kind, values: pd.Series) -> list[str]:
    """Return the cells of a column as text."""
    if kind == "float":
        return [number_text(value) for value in values.tolist()]
    if kind == "bool":
        return ["yes" if value else "no" for value in values.tolist()]
    if kind == "int":
        return [str(value) for value in values.tolist()]
    texts: list[str] = values.tolist()
    return texts


def frame_of(
    table: PlanTable, header: Sequence[Any], columns: Sequence[Sequence[Any]], file: str
) -> pd.DataFrame:
    """Return a plan table from its header and the texts of its columns.

    Raises
    ------
    PlanError
        If a column is missing or unknown, or a cell is not what its column holds; rows are counted as
        the file does, the header being row 1.
    """
    if sorted(map(str, header)) != sorted(table.column_names):
        raise PlanError(
            f"{file}: the columns must be {', '.join(table.column_names)};"
            f" found {', '.join(map(str, header)) or 'none'}"
        )
    found = dict(zip(map(str, header), columns, strict=True))
    series = {c.name: pd.Series(_parsed(c, found[c.name], file)) for c in table.columns}
    return table.conformed(pd.DataFrame(series)) if any(map(len, columns)) else table.empty()


def _parsed(column: Column, cells: Sequence[Any], file: str) -> list[Any]:
    parse = _PARSERS[column.kind]
    try:
        return [parse(cell) for cell in cells]
    except (KeyError, ValueError, TypeError, OverflowError):
        row = next(row for row, cell in enumerate(cells) if not _parses(column.kind, cell))
        raise PlanError(
            f"{file} row {row + 2}, column {column.name}: {cells[row]!r} is not {_EXPECTED[column.kind]}"
        ) from None


def _parses(kind: Kind, cell: Any) -> bool:
    try:
        _PARSERS[kind](cell)
    except (KeyError, ValueError, TypeError, OverflowError):
        return False
    return True


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    return "" if cell is None else str(cell)


def _number(cell: Any) -> float:
    return math.nan if cell is None or cell == "" else float(cell)


def _whole(cell: Any) -> int:
    number = float(cell)
    if not number.is_integer():
        raise ValueError(cell)
    return int(number)


def _truth(cell: Any) -> bool:
    return _TRUTHS[str(cell).strip().lower()]


_PARSERS = {"text": _text, "float": _number, "int": _whole, "bool": _truth}
_EXPECTED = {"text": "text", "float": "a number", "int": "a whole number", "bool": "yes or no"}
