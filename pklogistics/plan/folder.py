"""A plan as a folder: one CSV file a table and ``plan.json`` with the certificate."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from pklogistics.errors import PlanError
from pklogistics.instance.folder import HEADER
from pklogistics.instance.inert import all_as_meant, all_inert
from pklogistics.plan.cells import column_texts, frame_of
from pklogistics.plan.plan import Plan
from pklogistics.plan.record import RATHER_A_MISSION, attributes_of, column_notes, record_of
from pklogistics.plan.table import Column, PlanTable
from pklogistics.plan.tables import TABLES

RECORD = "plan.json"
_SPECIAL = re.compile(r'[",\r\n]')


def write_folder(plan: Plan, folder: Path) -> None:
    """Write a plan into a new folder; raises OSError, or UnicodeError for text that is not Unicode."""
    folder.mkdir()
    for table in TABLES.values():
        frame = plan.tables[table.name]
        texts = [_quoted(c, column_texts(c.kind, frame[c.name])) for c in table.columns]
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(table.column_names) + "\n")
            file.writelines(",".join(row) + "\n" for row in zip(*texts, strict=True))
    record = {**record_of(plan), "tables": column_notes()}
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def _quoted(column: Column, texts: list[str]) -> list[str]:
    """Quote what CSV must quote; the csv module leaves a lone carriage return bare, which ends a row."""
    if column.kind != "text":
        return texts
    texts = all_inert(texts)
    return ['"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text for text in texts]


def read_folder(folder: Path) -> Plan:
    """Read the plan in a folder; raises `PlanError` where a file is missing or damaged."""
    attributes = attributes_of(_record(folder / RECORD), str(folder / RECORD))
    tables = {name: _table(table, folder / f"{name}.csv") for name, table in TABLES.items()}
    return Plan(tables=tables, **attributes)


def is_plan_folder(folder: Path) -> bool:
    """Return whether a folder holds a plan, whole or damaged."""
    return (folder / RECORD).is_file()


def _record(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = RATHER_A_MISSION if (path.parent / HEADER).is_file() else ""
        raise PlanError(f"{path.parent} is not a plan: it has no {RECORD}{hint}") from None
    except (ValueError, RecursionError) as error:
        raise PlanError(f"{path} is damaged: {error}; restore it, or solve the mission again") from None


def _table(table: PlanTable, path: Path) -> pd.DataFrame:
    try:
        cells = pd.read_csv(
            path, header=None, dtype=str, na_filter=False, skip_blank_lines=False, encoding="utf-8-sig"
        )
    except FileNotFoundError:
        raise PlanError(f"{path.parent} is not a whole plan: {path.name} is missing") from None
    except pd.errors.EmptyDataError:
        raise PlanError(f"{path} is empty: its first row must name the columns") from None
    except (ValueError, pd.errors.ParserError) as error:
        raise PlanError(f"{path} cannot be read as CSV in UTF-8: {error}") from None
    cells = all_as_meant(cells)
    header = cells.iloc[0].tolist()
    columns = [cells[position].iloc[1:].tolist() for position in cells.columns]
    return frame_of(table, header, columns, path.name)
