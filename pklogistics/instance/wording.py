"""The words for a row that fails: the row model says what is wrong, this module says it to a logistician."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import ValidationError

from pklogistics.instance.names import did_you_mean
from pklogistics.instance.row import WHEN
from pklogistics.instance.table import Column, Table
from pklogistics.instance.texts import FORBIDDEN, cell_text, fold

SHOWN = 60
"""Characters of a value that a message shows."""


def problems_of_row(table: Table, cells: Mapping[str, str]) -> dict[str, str]:
    """Return a message for each column of a row that its model refuses.

    Parameters
    ----------
    cells
        Text of the cells by column name; blank cells may be there.
    """
    filled = {name: _as_model(table.by_name[name], text) for name, text in cells.items() if text.strip()}
    try:
        table.model.model_validate(filled)
    except ValidationError as error:
        kinds = {str(detail["loc"][0]): detail["type"] for detail in error.errors() if detail["loc"]}
    else:
        kinds = {}
    return {
        name: word(table.by_name[name], cells.get(name, ""), kind)
        for name, kind in kinds.items()
        if name in table.by_name
    }


def word(column: Column, text: str, kind: str = "") -> str:
    """Say what is wrong with one cell, what was expected, and what to do.

    Parameters
    ----------
    text
        The cell as it stands.
    kind
        The type of pydantic's error, if the row model found one.
    """
    if kind == "missing" or not text.strip():
        return f"{column.name} is blank; expected {expectation(column)}"
    return (
        f"{column.name} is {quoted(text)}; expected {expectation(column)}{_hint(column, text.strip(), kind)}"
    )


def quoted(text: str) -> str:
    """Show a value in a message: within quotes, on one line, and not too long."""
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + "'"


def expectation(column: Column) -> str:
    """Say what a column may hold."""
    if column.is_number:
        number = "a whole number" if column.kind == "int" else "a number"
        unit = f" ({column.unit})" if column.unit else ""
        return f"{number}{_bounds(column)}{unit}"
    return {
        "bool": "yes or no",
        "choice": "one of " + ", ".join(column.choices),
        "when": "a period number or a date such as 2011-06-01",
        "names": "names, each once, separated by ';'",
        "key": "a name without ';' or a line break",
    }.get(column.kind, "text without control characters")


def _bounds(column: Column) -> str:
    low, high = column.minimum, column.maximum
    if column.above is not None:
        return f" above {cell_text(column.above)}"
    if low is not None and high is not None:
        return f" from {cell_text(low)} to {cell_text(high)}"
    return "" if low is None else f" of {cell_text(low)} or more"


def _hint(column: Column, text: str, kind: str) -> str:
    if FORBIDDEN.search(text):
        return "; it holds a control character, remove it"
    if kind == "literal_error" or column.kind == "choice":
        return did_you_mean(fold(text), column.choices)
    if column.kind == "when" and WHEN.fullmatch(text):
        return "; there is no such day"
    if column.kind == "when" and re.fullmatch(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}", text):
        return "; write dates as year-month-day"
    if not column.is_number:
        return ""
    if text.endswith("%") or (kind == "less_than_equal" and column.maximum == 1):
        return "; write a share as 0.8, not 80"
    if re.search(r"\d[,  \xa0']\d", text):
        return "; write it with a decimal point and without separators of thousands"
    return ""


def _as_model(column: Column, text: str) -> str:
    return fold(text) if column.kind in ("choice", "bool") else text.strip()
