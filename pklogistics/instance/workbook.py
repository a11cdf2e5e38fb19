"""A mission as a workbook: a sheet ``mission`` of keys and values, and a sheet per table.

Keys of the header are dotted (``policy.min_share``); a list is one cell with ``;`` between its values, or,
where that would be ambiguous, numbered keys (``sources.1``). Text is written as text whatever it looks like,
so no cell is ever a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from pklogistics.errors import MissionError, Problem
from pklogistics.instance.books import new_book
from pklogistics.instance.findings import CAP, Findings, Naming
from pklogistics.instance.grid import Document, grid_of_lines, is_tag_row
from pklogistics.instance.mission import Mission
from pklogistics.instance.raw import cells_of, tags_of
from pklogistics.instance.schema import TABLES
from pklogistics.instance.texts import cell_text, fold, number_text
from pklogistics.instance.workbook_header import header_of_pairs, pairs_of_header

HEADER = "mission"
BESIDE = ("guide", "lists")
"""Sheets of a template that are for people, and for drop-down lists; they are no part of the mission."""
TRUTHS = {"=TRUE()": True, "=FALSE()": False}
"""How LibreOffice saves a cell that holds true or false."""
LONGEST = 32_767
MOST_ROWS = 1_048_576
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
UNESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def read_workbook(path: Path) -> Document:
    """Read a workbook; what cannot be read goes to the findings of the document."""
    naming = Naming(container=f"{path.name} ", prefix="sheet ", header=f"sheet {HEADER}")
    document = Document(None, {}, naming)
    findings = document.findings
    try:
        book = openpyxl.load_workbook(path)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as error:
        findings.error(path.name, f"is not a workbook that can be read ({error}); save it as .xlsx")
        document.unreadable.update(TABLES)
        return document
    for sheet in book.worksheets:
        name = fold(sheet.title)
        if name == HEADER and document.header is None:
            document.header = _header(sheet, naming.header_place, findings)
        elif name in TABLES and name not in document.grids:
            file = naming.place(name)
            lines = _values(sheet, file, findings)
            if lines:
                document.grids[name] = grid_of_lines(file, pd.DataFrame(lines, dtype=object))
            else:
                findings.error(file, "is empty; it needs a row of column names at least")
                document.unreadable.add(name)
        elif name not in BESIDE:
            document.unknown.append(sheet.title)
    if HEADER not in [fold(sheet.title) for sheet in book.worksheets]:
        findings.error(
            naming.header_place,
            "is missing; it holds the header, a key and a value per row, format 1 at least",
        )
    book.close()
    return document


def _values(sheet: Worksheet, file: str, findings: Findings) -> list[list[Any]]:
    """Return the values of a sheet; formulas, errors and merged cells are problems that name the cell."""
    bad: list[tuple[int, str, str, str]] = []
    for cells in sheet.merged_cells.ranges:
        message = f"cells {cells.coord} are merged; unmerge them and fill each cell"
        bad.append((cells.min_row or 1, _header_of(sheet, cells.min_col), cells.coord, message))
    lines: list[list[Any]] = []
    for row in sheet.iter_rows():
        values: list[Any] = []
        for cell in row:
            value = cell.value
            if cell.data_type == "f" and str(value) in TRUTHS:
                value = TRUTHS[str(value)]
            elif cell.data_type in ("f", "e"):
                text = getattr(value, "text", value)
                what = "a formula" if cell.data_type == "f" else "an error"
                step = "paste its value instead" if cell.data_type == "f" else "correct it"
                message = f"cell {cell.coordinate} holds {what} ({text}); {step}"
                bad.append((cell.row or 1, _header_of(sheet, cell.column), str(text), message))
                value = None
            values.append(_unescaped(value) if isinstance(value, str) else value)
        lines.append(values)
    for number, column, text, message in bad[:CAP]:
        findings.error(file, message, number, column or None, text)
    if len(bad) > CAP:
        findings.error(file, f"and {len(bad) - CAP} more cells hold formulas or errors, or are merged")
    return lines


def _header_of(sheet: Worksheet, column: int | None) -> str:
    return cell_text(sheet.cell(row=1, column=column or 1).value)


def _header(sheet: Worksheet, file: str, findings: Findings) -> dict[str, Any] | None:
    lines = _values(sheet, file, findings)
    pairs = [(cell_text(line[0]).strip(), cell_text(line[1]) if len(line) > 1 else "") for line in lines]
    if pairs and (pairs[0][0].lower(), pairs[0][1].lower()) == ("key", "value"):
        pairs = pairs[1:]
    return header_of_pairs([pair for pair in pairs if pair[0]], file, findings)


def write_workbook(mission: Mission, path: Path) -> None:
    """Write a mission as a workbook that is not there yet.

    Raises
    ------
    MissionError
        If a text is longer, or a table larger, than a workbook can hold.
    """
    _check_sizes(mission)
    with new_book(path) as book:
        _sheet(book, HEADER, [("key", "value"), *pairs_of_header(mission.header.as_document())])
        for name, frame in mission.tables.items():
            _sheet(book, name, _lines(mission, name, frame))


def _lines(mission: Mission, name: str, frame: pd.DataFrame) -> Iterable[Iterable[Any]]:
    yield frame.columns
    for number, rows in enumerate(cells_of(frame)):
        if number == 0 and is_tag_row([cell_text(value) for value in rows[0]]):
            yield tags_of(TABLES[name], frame)
        yield from rows


def _sheet(book: openpyxl.Workbook, name: str, lines: Iterable[Iterable[Any]]) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])


def _cell(sheet: Any, value: Any) -> Any:
    """Return a cell that holds the value to the last digit, and text as text."""
    if value is None:
        return None
    if isinstance(value, bool):
        value = cell_text(value)  # As people write it, and because LibreOffice makes formulas of flags.
    cell = WriteOnlyCell(sheet, value=0)
    if isinstance(value, str):
        cell.value = _escaped(value)
        cell.data_type = "s"
        # The format for text keeps keys such as 007 and =1 from being reinterpreted when they are edited.
        cell.number_format = "@"
    else:
        # openpyxl writes 16 digits of a number, one short of what some need; text passes as it is.
        cell.value = number_text(value) if isinstance(value, float) else str(value)
        cell.data_type = "n"
    return cell


def _escaped(text: str) -> str:
    """Write what Excel would take for an escaped character so that it reads back as text."""
    return UNESCAPED.sub("_x005F_", text) if "_x" in text else text


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def _check_sizes(mission: Mission) -> None:
    problems: list[Problem] = []
    for name, frame in mission.tables.items():
        if len(frame) + 2 > MOST_ROWS:
            message = (
                f"has {len(frame)} rows, more than a sheet can hold ({MOST_ROWS}); write a folder or .json"
            )
            problems.append(Problem("error", f"sheet {name}", None, None, None, message))
        for column in frame.columns:
            if isinstance(frame[column].dtype, pd.StringDtype) and (frame[column].str.len() > LONGEST).any():
                message = (
                    f"a text in {column} is longer than a cell can hold ({LONGEST}); write a folder or .json"
                )
                problems.append(Problem("error", f"sheet {name}", None, str(column), None, message))
    for key, value in pairs_of_header(mission.header.as_document()):
        if isinstance(value, str) and len(value) > LONGEST:
            message = f"{key} is longer than a cell can hold ({LONGEST}); write a folder or .json"
            problems.append(Problem("error", f"sheet {HEADER}", None, key, None, message))
    if problems:
        raise MissionError(problems)
