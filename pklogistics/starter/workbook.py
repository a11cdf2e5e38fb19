"""A template as a workbook that explains itself: notes, drop-down lists, units, and a guide.

The mission is written as any other, and then dressed: nothing here changes a value. Sheet ``guide`` says
how to fill the others, and hidden sheet ``lists`` holds the places that routes may name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pklogistics.instance.books import save_book
from pklogistics.instance.column_words import if_blank, values_of
from pklogistics.instance.schema import TABLES, Column, Table
from pklogistics.instance.workbook import HEADER, write_workbook
from pklogistics.starter.choices import LISTS, add_choices, add_places
from pklogistics.starter.guide import GUIDE, add_guide, grow
from pklogistics.starter.header_keys import keys_of, meaning
from pklogistics.starter.mission import Starter

COLOURS = {
    "needs": "1F4E79",
    "coordination": "2E6B4F",
    "funding": "7F6000",
    "force": "7B2C2C",
    "supplies": "4B3F72",
}
"""Of the tabs and headers, by family; white text on each has a contrast of at least 5 to 1."""

PALE = "5B6B82"
"""Of the headers of columns that may be left blank; they are in italics, too."""
WIDEST = 60
HEADER_WIDTHS = (30, 50, 70, 20)


def write_template(starter: Starter, path: Path) -> None:
    """Write a template as a workbook that is not there yet; raises OSError."""
    write_workbook(starter.mission, path)
    with path.open("rb") as file:  # By its name openpyxl would refuse a file that is being written.
        book = openpyxl.load_workbook(file)
    _dress_header(book[HEADER], starter)
    names = [name for name in TABLES if name in book.sheetnames]
    for name in names:
        _dress_table(book[name], TABLES[name])
        add_choices(book, TABLES[name])
    add_places(book)
    add_guide(book, starter, names)
    book.move_sheet(GUIDE, -book.sheetnames.index(GUIDE))
    book.active = 0
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet.title == GUIDE
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0  # As many pages down as it takes, one across.
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if LISTS in book.sheetnames:
        book[LISTS].sheet_state = "hidden"
    save_book(book, path)
    book.close()


def _dress_header(sheet: Worksheet, starter: Starter) -> None:
    """Write every key that there is, blank where the default holds, with its meaning beside it."""
    keys = keys_of(starter.mission.header)
    sheet.delete_rows(2, sheet.max_row)
    titles = ("key", "value", "meaning", "if blank")
    for at, title in enumerate(titles, start=1):
        _head(sheet.cell(1, at, title), "404040")
    for row, key in enumerate(keys, start=2):
        cells = (key.name, key.value, meaning(key, starter.notes), key.default)
        for at, value in enumerate(cells, start=1):
            cell = sheet.cell(row, at, value)
            cell.alignment = Alignment(vertical="top", wrap_text=at > 1, horizontal="left")
            if isinstance(value, str):
                cell.data_type, cell.number_format = "s", "@"
        grow(sheet, row, HEADER_WIDTHS)
    _widths(sheet, HEADER_WIDTHS)
    sheet.freeze_panes = "B2"


def _dress_table(sheet: Worksheet, table: Table) -> None:
    sheet.sheet_properties.tabColor = COLOURS[table.family]
    sheet.freeze_panes = "B2"
    for at, cell in enumerate(sheet[1], start=1):
        column = table.by_name.get(str(cell.value))
        _head(cell, COLOURS[table.family] if column is not None and column.required else PALE)
        if column is not None:
            cell.comment = _note(column)
            number_format = _format(column)
            sheet.column_dimensions[get_column_letter(at)].number_format = number_format
            for below in sheet[get_column_letter(at)][1:] if column.is_number else ():
                below.number_format = number_format
        else:
            cell.comment = Comment("Remarks of your own; they are kept and not used.", "pklogistics")
    for column_cells in sheet.iter_cols(min_row=1, max_row=sheet.max_row):
        longest = max(len(str(cell.value or "")) for cell in column_cells)
        letter = get_column_letter(column_cells[0].column or 1)
        sheet.column_dimensions[letter].width = min(max(10, longest + 3), WIDEST)
    note = next((cell.column_letter for cell in sheet[1] if cell.value == "note"), None)
    for cell in sheet[note][1:] if note else ():
        cell.font, cell.alignment = Font(italic=True, color="595959"), Alignment("left", indent=1)


def _head(cell: Any, colour: str) -> None:
    cell.font = Font(bold=colour != PALE, italic=colour == PALE, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=colour)


def _note(column: Column) -> Comment:
    """Return what a column means, what it may hold, and what holds if it is left blank."""
    blank = if_blank(column)
    parts = [column.description, f"Holds: {values_of(column)}."]
    parts.append("Required." if column.required else f"If blank: {blank}." if blank else "May be blank.")
    return Comment("\n".join(part for part in parts if part), "pklogistics", height=130, width=320)


def _format(column: Column) -> str:
    """Return the number format of a column: text stays text, whatever is typed into it."""
    if column.is_number:
        return "#,##0" if column.kind == "int" or column.unit == "people" else "General"
    return "General" if column.kind == "bool" else "@"


def _widths(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
