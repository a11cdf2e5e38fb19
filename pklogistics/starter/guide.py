"""The guide of a template: how to fill it, which tables there are, and what each column holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from pklogistics.instance.column_words import if_blank, values_of
from pklogistics.instance.schema import TABLES, Column
from pklogistics.starter.header_keys import keys_of, meaning
from pklogistics.starter.mission import Starter

GUIDE = "guide"
WIDTHS = (24, 24, 34, 16, 62)
LINE = 15
"""Height of a line in points."""
STEPS = (
    "Every row is an example: replace it by your own, or remove it. As it stands, the example solves.",
    "Five tables are required: sites, activities, needs, organisations, capabilities. Any other may be "
    "removed; its rules then no longer hold. A table of funds without rows means that there is no money.",
    "A blank cell means no limit, or the default that the column tells. Bold headers are required columns.",
    "Names are told apart by their spelling, so take them from the lists. Several names in one cell stand "
    "with ; between them.",
    "Columns of your own are kept. note and source are meant for remarks.",
    "Then: pklogistics validate FILE, and pklogistics solve FILE -o plan.xlsx",
)


def add_guide(book: openpyxl.Workbook, starter: Starter, names: Sequence[str]) -> None:
    """Write the guide as the sheet of that name."""
    sheet = book.create_sheet(GUIDE)
    sheet.append([starter.mission.header.name])
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append([starter.mission.header.description])
    for number, step in enumerate(STEPS, start=1):
        sheet.append([f"{number}. {step}"])
    for row in range(2, 3 + len(STEPS)):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=5)
        sheet.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = LINE * (
            1 + len(str(sheet.cell(row, 1).value)) // (sum(WIDTHS) - 25)
        )
    for name in names:
        sheet.append([])
        sheet.append([name, _purpose(name)])
        place = sheet.max_row
        sheet.cell(place, 1).font = Font(bold=True, size=12)
        sheet.cell(place, 1).hyperlink = f"#'{name}'!A1"
        sheet.append(["column", "unit", "holds", "if blank", "meaning"])
        for cell in sheet[place + 1]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="D9E1F2")
        for column in TABLES[name].columns:
            sheet.append(_row(column))
            for cell in sheet[sheet.max_row]:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            grow(sheet, sheet.max_row, WIDTHS)
    for letter, width in zip("ABCDE", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width


def grow(sheet: Worksheet, row: int, widths: Sequence[int]) -> None:
    """Make a row as high as its wrapped texts ask for, which spreadsheets do not do when they open a file."""
    lengths = (len(str(sheet.cell(row, at).value or "")) for at in range(1, len(widths) + 1))
    lines = max(-(-length // width) for length, width in zip(lengths, widths, strict=True))
    sheet.row_dimensions[row].height = LINE * max(1, lines)


def _row(column: Column) -> list[str]:
    holds = values_of(column).removesuffix(f", {column.unit}")
    return [column.name, column.unit or "", holds, if_blank(column), column.description]


def _purpose(name: str) -> str:
    return " ".join((TABLES[name].model.__doc__ or "").split())


def write_folder_guide(starter: Starter, folder: Path) -> None:
    """Write the guide as a text beside the tables of a folder, and explain the header where it stands."""
    lines = [starter.mission.header.name, "", starter.mission.header.description, ""]
    lines += [f"{number}. {step}" for number, step in enumerate(STEPS, start=1)]
    for name in starter.mission.tables:
        lines += ["", f"{name}.csv  {_purpose(name)}"]
        lines += [f"  {text}" for text in _columns(name)]
    (folder / "GUIDE.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    header = folder / "mission.toml"
    header.write_text(_explained(header.read_text(encoding="utf-8"), starter), encoding="utf-8", newline="\n")


def _columns(name: str) -> Iterator[str]:
    for column in TABLES[name].columns:
        blank = if_blank(column)
        state = "required" if column.required else f"if blank: {blank}" if blank else "may be blank"
        yield f"{column.name}: {column.description} ({values_of(column)}; {state})"


def _explained(text: str, starter: Starter) -> str:
    """Return the text of a header with a comment before each key, and absent keys of the policy named."""
    meanings = {key.name: meaning(key, starter.notes) for key in keys_of(starter.mission.header)}
    section, lines = "", []
    for line in text.splitlines():
        name = line.partition(" = ")[0]
        if line.startswith("["):
            section = line.strip("[]") + "."
        elif f"{section}{name}" in meanings:
            lines.append(f"# {meanings[section + name]}")
        lines.append(line)
    return "\n".join(lines) + "\n"
