"""A plan as a workbook: a summary, sheet ``plan`` with the certificate, then a sheet a table."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from pklogistics.errors import PlanError
from pklogistics.instance.books import new_book
from pklogistics.instance.workbook import HEADER
from pklogistics.plan.cells import column_texts, frame_of
from pklogistics.plan.plan import Plan
from pklogistics.plan.record import RATHER_A_MISSION, attributes_of, record_of
from pklogistics.plan.sheets import TEXT, Look, Number, look_of, write_sheet
from pklogistics.plan.summary import write_summary
from pklogistics.plan.table import Kind, PlanTable
from pklogistics.plan.tables import TABLES

RECORD = "plan"
MAX_ROWS = 1_048_575
_TIER_KEYS = ("name", "value", "bound", "gap", "seconds", "stopped", "held_at")
_TIER_LOOKS = (
    Look(width=16),
    *(Look("#,##0.######", 20) for _ in range(2)),
    Look("0.000%", 10),
    Look("0.0", 10),
    Look(),
    Look("#,##0.######", 20),
)
_NAMES = ("kind", "key", "name")
_OPTIONAL = ("changes", "violations", "notes", "certificate")
_LISTS = ("tiers", "names", *_OPTIONAL)

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def write_workbook(plan: Plan, path: Path) -> None:
    """Write a plan to a new workbook; raises OSError, or `PlanError` for what a workbook cannot hold."""
    with new_book(path) as book:
        _write_sheets(plan, book)


def _write_sheets(plan: Plan, book: openpyxl.Workbook) -> None:
    record = record_of(plan)
    write_summary(plan, book)
    write_sheet(book, RECORD, ("key", "value"), _record_rows(record), [Look(width=16), Look(TEXT, 60)])
    tiers = [tuple(tier[key] for key in _TIER_KEYS) for tier in record["tiers"]]
    write_sheet(book, "tiers", _TIER_KEYS, tiers, _TIER_LOOKS)
    for name in _OPTIONAL:
        if record[name] is not None:
            rows = [(_json(entry),) for entry in record[name]]
            write_sheet(book, name, (name,), rows, [Look(width=100)])
    called = [(kind, *each) for kind, names in record["names"].items() for each in names.items()]
    if called:
        write_sheet(book, "names", _NAMES, called, [Look(width=14), Look(width=30), Look(width=60)])
    for table in TABLES.values():
        _write_table(book, table, plan.tables[table.name])


def _record_rows(record: dict[str, Any]) -> list[tuple[str, Any]]:
    plain = [(key, value) for key, value in record.items() if key not in (*_LISTS, "seconds")]
    return [*plain, *((f"seconds.{phase}", spent) for phase, spent in record["seconds"].items())]


def _write_table(book: openpyxl.Workbook, table: PlanTable, frame: pd.DataFrame) -> None:
    if len(frame) > MAX_ROWS:
        raise PlanError(
            f"plan table {table.name!r} has {len(frame):,} rows, and a workbook's sheet holds {MAX_ROWS:,}:"
            " save the plan to a folder"
        )
    columns = [_cell_values(c.kind, frame[c.name]) for c in table.columns]
    looks = [look_of(c.kind, c.unit, c.name) for c in table.columns]
    write_sheet(book, table.name, table.column_names, zip(*columns, strict=True), looks)


def _cell_values(kind: Kind, values: pd.Series) -> Sequence[Any]:
    texts = column_texts(kind, values)
    return [Number(text) for text in texts] if kind in ("float", "int") else texts


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_workbook(path: Path) -> Plan:
    """Read the plan in a workbook; raises `PlanError` if it is none, or damaged."""
    book = _opened(path)
    try:
        attributes = attributes_of(_record(book, path), f"{path}, sheet 'certificate'")
        tables = {name: _table(table, book, path) for name, table in TABLES.items()}
    finally:
        book.close()
    return Plan(tables=tables, **attributes)


def is_plan_workbook(path: Path) -> bool:
    """Return whether a file is a workbook that holds a plan, whole or damaged."""
    try:
        book = _opened(path)
    except PlanError:
        return False
    try:
        return RECORD in book.sheetnames and "service" in book.sheetnames
    finally:
        book.close()


def _opened(path: Path) -> openpyxl.Workbook:
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise PlanError(f"{path} does not exist") from None
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise PlanError(f"{path} is not a workbook that can be read: {error}") from None


def _rows(book: openpyxl.Workbook, name: str, path: Path) -> tuple[list[Any], list[list[Any]]]:
    """Return the header of a sheet and its columns, shape (columns, rows), without empty rows."""
    if name not in book.sheetnames:
        raise PlanError(f"{path} is not a whole plan: sheet {name!r} is missing")
    sheet = book[name]
    sheet.reset_dimensions()  # What a file says of its size may be wrong.
    rows = [[_unescaped(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    rows = [row for row in rows if any(cell is not None for cell in row)]
    if not rows:
        raise PlanError(f"{path}, sheet {name!r} is empty: its first row must name the columns")
    width = len(rows[0])
    padded = [(row + [None] * width)[:width] for row in rows[1:]]
    return rows[0], [[row[position] for row in padded] for position in range(width)]


def _unescaped(value: Any) -> Any:
    if isinstance(value, str):
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    return value


def _table(table: PlanTable, book: openpyxl.Workbook, path: Path) -> pd.DataFrame:
    header, columns = _rows(book, table.name, path)
    return frame_of(table, header, columns, f"{path.name}, sheet {table.name}")


def _record(book: openpyxl.Workbook, path: Path) -> dict[str, Any]:
    if RECORD not in book.sheetnames:
        hint = RATHER_A_MISSION if HEADER in book.sheetnames else ""
        raise PlanError(f"{path} is not a plan: it has no sheet {RECORD!r}{hint}")
    _, (keys, values) = _rows(book, RECORD, path)[0], _rows(book, RECORD, path)[1][:2]
    cells = {str(key): "" if value is None else value for key, value in zip(keys, values, strict=True)}
    record = {key: value for key, value in cells.items() if not key.startswith("seconds.")}
    record["seconds"] = {k.removeprefix("seconds."): v for k, v in cells.items() if k.startswith("seconds.")}
    keys, tiers = _rows(book, "tiers", path)
    record["tiers"] = [dict(zip(keys, tier, strict=True)) for tier in zip(*tiers, strict=True)]
    for name in _OPTIONAL:
        record[name] = None
        if name in book.sheetnames:
            record[name] = [_loaded(text) for text in _rows(book, name, path)[1][0]]
    record["names"] = _names(book, path)
    return record


def _loaded(text: Any) -> Any:
    """Return what stands in a cell as JSON; what is damaged stays as it is, for who has to understand it."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _names(book: openpyxl.Workbook, path: Path) -> dict[str, dict[str, str]]:
    """Return the names that a plan tells beside its keys; plans of earlier versions have none."""
    found: dict[str, dict[str, str]] = {}
    if "names" in book.sheetnames:
        for kind, key, name in zip(*_rows(book, "names", path)[1], strict=True):
            found.setdefault(str(kind), {})[str(key)] = str(name)
    return found
