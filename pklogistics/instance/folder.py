"""A mission as a folder: ``mission.toml`` and one CSV file per table.

Files are UTF-8, with or without a byte order mark, separated by commas, semicolons or tabs; where they are
separated by semicolons, numbers may have a decimal comma. They are written with commas, and text that a
spreadsheet would run as a formula with an apostrophe before it (see `inert`).
"""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from pklogistics.instance.findings import Findings, Naming
from pklogistics.instance.grid import Document, Grid, grid_of_lines
from pklogistics.instance.inert import all_as_meant
from pklogistics.instance.mission import Mission
from pklogistics.instance.names import nearest
from pklogistics.instance.raw import lines_of
from pklogistics.instance.schema import TABLES
from pklogistics.instance.texts import fold

HEADER = "mission.toml"
NAMING = Naming(suffix=".csv")


def read_folder(path: Path) -> Document:
    """Read a folder; what cannot be read goes to the findings of the document."""
    findings = Findings()
    document = Document(_header(path / HEADER, findings), {}, NAMING, findings=findings)
    for file in sorted(path.glob("*")):
        # Files that begin so are the shadows that macOS and Excel leave beside open or copied files.
        if file.suffix.lower() != ".csv" or not file.is_file() or file.name.startswith((".", "~$")):
            continue
        table = fold(file.stem)
        if table in TABLES and table not in document.grids:
            grid = _read_csv(file, findings)
            if grid is not None:
                document.grids[table] = grid
            else:
                document.unreadable.add(table)
        else:
            document.unknown.append(file.stem)
    return document


def write_folder(mission: Mission, path: Path) -> None:
    """Write a mission as a folder that is not there yet."""
    path.mkdir()
    text = tomli_w.dumps(mission.header.as_document(), multiline_strings=False)
    (path / HEADER).write_text(text, encoding="utf-8", newline="\n")
    for name, frame in mission.tables.items():
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for lines in lines_of(TABLES[name], frame):
                writer.writerows(lines)


def is_mission_folder(path: Path) -> bool:
    """Tell whether a folder holds a mission."""
    return (path / HEADER).is_file()


def _header(file: Path, findings: Findings) -> dict[str, Any] | None:
    if not file.is_file():
        others = [p.name for p in file.parent.glob("*.toml")]
        hint = f"; is it '{near}'?" if (near := nearest(HEADER, others)) else ""
        findings.error(HEADER, f"is missing; a mission needs it, with format = 1 at least{hint}")
        return None
    text = decoded(file.read_bytes(), HEADER, findings)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        findings.error(HEADER, f"is not TOML: {str(error)[0].lower()}{str(error)[1:]}")
        return None


def decoded(data: bytes, file: str, findings: Findings, table: bool = False) -> str | None:
    """Return the text of a UTF-8 file without its byte order mark; otherwise say where it is not UTF-8."""
    step = "save it as 'CSV UTF-8'" if table else "save it as UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.error(file, f"is not UTF-8 but UTF-16; {step}", 1)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The decoder counts from behind a byte order mark; people count from the start of the file.
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, at) + 1
        byte = f"byte 0x{data[at]:02X} at position {at + 1}"
        findings.error(file, f"is not UTF-8 ({byte}, line {line}); {step}", line)
        return None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        findings.error(file, f"holds a zero byte in line {line}, so it is no text file; {step}", line)
        return None
    return text


def _read_csv(file: Path, findings: Findings) -> Grid | None:
    data = file.read_bytes()
    text = decoded(data, file.name, findings, table=True)
    if text is None:
        return None
    separator = _separator(text)
    if not text.strip():
        findings.error(file.name, "is empty; it needs a row of column names at least")
        return None
    del text
    try:
        lines = pd.read_csv(
            io.BytesIO(data),
            header=None,
            dtype="str",
            na_filter=False,
            skip_blank_lines=False,
            sep=separator,
            encoding="utf-8-sig",
        )
    except pd.errors.ParserError:
        # A row with more cells than the header: read again, slowly, to say which.
        rows = _uneven(data.decode("utf-8-sig"), separator, file.name, findings)
        if rows is None:
            return None
        lines = rows
    return grid_of_lines(file.name, all_as_meant(lines), decimal_comma=separator == ";")


def _separator(text: str) -> str:
    """Return the likeliest separator: the one that stands most often in the header, outside quotes."""
    header = "".join(text.split("\n", 1)[0].split('"')[::2])
    return max((",", ";", "\t"), key=header.count)


def _uneven(text: str, separator: str, file: str, findings: Findings) -> pd.DataFrame | None:
    """Read rows of unequal length; blank cells beyond the header are let go, others are problems."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        where = f"row {len(rows) + 1}, which begins near line {reader.line_num}"
        step = "check that every quotation mark is closed, and doubled within a cell"
        findings.error(file, f"cannot be read from {where}: {error}; {step}", len(rows) + 1)
        return None
    width = len(rows[0])
    long = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row[width:])]
    for at in long[:20]:
        filled = max(n for n, cell in enumerate(rows[at], start=1) if cell.strip())
        step = f"put a cell that holds '{separator}' in quotation marks"
        message = f"has {filled} cells, but the header has {width}; {step}"
        findings.error(file, message, at + 1)
    if len(long) > 20:
        findings.error(file, f"and {len(long) - 20} more rows have more cells than the header")
    even = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    return pd.DataFrame(even, dtype="str") if not long else None
