"""Sheets of a plan's workbook: exact cells, and what makes them readable: formats, filters, colours.

Text is always written as text, never as a formula, and in the format of text, so that it stays text when
somebody edits it. Characters that XML cannot hold are written the way spreadsheets do it, as ``_x0001_``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from pklogistics.errors import PlanError
from pklogistics.plan.table import MONEY

MAX_TEXT = 32_767
TEXT = "@"
WHOLE, SHARE, FINE, PLAIN = "#,##0", "0%", "#,##0.##", "General"
_FORMATS = {"people": WHOLE, "persons": WHOLE, MONEY: WHOLE, "units": WHOLE, "share": SHARE}
_FORMATS |= {"period": "0", "grade": "0", "weighted people": WHOLE}

_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

HEAD, HEAD_FONT = PatternFill("solid", fgColor="1F4E79"), Font(bold=True, color="FFFFFF")
LEFT = Alignment("left", vertical="top", indent=1)
RIGHT = Alignment("right", vertical="top", wrap_text=True)
GOOD, FAIR, POOR = (
    PatternFill(bgColor=colour, fill_type="solid") for colour in ("9FD3E8", "FBE6A2", "F2A97E")
)
"""Coverage of at least nine tenths, of at least half, and of less: blue, yellow and orange, which those who
cannot tell red from green can tell apart; the number stands in the cell as well."""


class Number(str):
    """The digits of a number, written to the sheet as they are: openpyxl alone keeps only 16 of them."""


@dataclass(frozen=True)
class Look:
    """How one column is shown: its number format, its width in characters, and whether it is coverage."""

    format: str = TEXT
    width: float = 22
    coverage: bool = False


def look_of(kind: str, unit: str, name: str) -> Look:
    """Return how a column of a plan is shown."""
    if kind == "text":
        return Look()
    if kind == "bool":
        return Look(width=10)
    number = _FORMATS.get(unit, "0" if kind == "int" else FINE)
    return Look(number, max(12, len(name) + 4), coverage=unit == "share")


def write_sheet(
    book: openpyxl.Workbook,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    looks: Sequence[Look] = (),
) -> None:
    """Write a sheet with a frozen header, filters, formats, and colours where a column is coverage."""
    sheet: Any = book.create_sheet(name)
    looks = [*looks, *[Look(PLAIN)] * (len(header) - len(looks))]
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    fit_to_page(sheet)
    set_widths(sheet, [look.width for look in looks])
    sheet.append([head(sheet, title, look.format) for title, look in zip(header, looks, strict=True)])
    last = 1
    styles = [_style(sheet, look.format) for look in looks]
    for row in rows:
        last += 1
        sheet.append([_styled(cell(sheet, value), style) for value, style in zip(row, styles, strict=True)])
    if last > 1:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{last}"
    for at, look in enumerate(looks, start=1):
        if look.coverage:
            letter = get_column_letter(at)
            colour_coverage(sheet, f"{letter}2:{letter}{max(2, last)}")


def fit_to_page(sheet: Any) -> None:
    """Print a sheet one page wide, and as many down as it takes."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def set_widths(sheet: Any, widths: Sequence[float]) -> None:
    """Set the widths of the first columns of a sheet, in characters; before its first row is written."""
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width


def colour_coverage(sheet: Any, cells: str) -> None:
    """Colour a range of shares by how good they are; blank cells stay as they are."""
    first = cells.split(":")[0]
    for condition, fill in (
        (f"{first}>=0.9", GOOD),
        (f"AND({first}>=0.5,{first}<0.9)", FAIR),
        (f"{first}<0.5", POOR),
    ):
        rule: Any = FormulaRule(formula=[f"AND(ISNUMBER({first}),{condition})"], fill=fill, stopIfTrue=True)  # type: ignore[no-untyped-call]
        sheet.conditional_formatting.add(cells, rule)


def head(sheet: Any, title: str, number_format: str) -> Any:
    """Return a cell of a header, which stands over numbers where its column holds them."""
    made = cell(sheet, title)
    made.font, made.fill = HEAD_FONT, HEAD
    made.alignment = LEFT if number_format in (TEXT, PLAIN) else RIGHT
    return made


def _style(sheet: Any, number_format: str) -> Any:
    """Return the style of a column, made once: a style for each cell would take longer than its value."""
    pattern: Any = WriteOnlyCell(sheet)
    pattern.number_format = number_format
    pattern.alignment = LEFT if number_format == TEXT else Alignment(vertical="top")
    return pattern._style


def _styled(made: Any, style: Any) -> Any:
    if made is not None:
        made._style = style
    return made


def cell(sheet: Any, value: Any) -> Any:
    """Return a cell that holds exactly this value, None for a blank: no guessing at formulas or dates."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = Number(repr(value))
    made: Any = WriteOnlyCell(sheet)
    if isinstance(value, Number):
        made._value = str(value)  # The setter would make text of it.
        made.data_type = "n"
        return made
    escaped = _ESCAPED.sub(_escape, str(value))
    if len(escaped) > MAX_TEXT:
        raise PlanError(
            f"the text {str(value)[:40]!r}... has {len(escaped):,} characters, and a workbook's cell holds"
            f" {MAX_TEXT:,}: save the plan to a folder"
        )
    made._value = escaped
    made.data_type = "s"
    return made


def _escape(found: re.Match[str]) -> str:
    found[0].encode()  # Half a character is not Unicode: it is an error, as it is in a folder.
    return f"_x{ord(found[0]):04X}_"
