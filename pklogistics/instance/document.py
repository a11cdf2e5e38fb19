"""A mission as one JSON file: ``{"format": 1, "mission": {header}, "tables": {"sites": [{...}], ...}}``.

Blank cells are left out of a record. Where a table has columns of the user's own, ``columns`` gives the
order of all its columns.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pklogistics.instance.findings import Findings, Naming
from pklogistics.instance.folder import decoded
from pklogistics.instance.grid import Document, grid_of_records
from pklogistics.instance.mission import Mission
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.raw import cells_of
from pklogistics.instance.schema import FORMAT, TABLES
from pklogistics.instance.wording import quoted

ENTRIES = ("format", "mission", "tables", "columns")


def read_json(path: Path) -> Document:
    """Read a JSON file; what cannot be read goes to the findings of the document."""
    findings = Findings()
    naming = Naming(container=f"{path.name} ", prefix="table ", header="mission")
    document = Document(None, {}, naming, findings=findings)
    content = _content(path, findings)
    if content is None:
        document.unreadable.update(TABLES)
        return document
    header = content.get("mission", {})
    if isinstance(header, dict):
        document.header = {**({"format": content["format"]} if "format" in content else {}), **header}
    else:
        findings.error(path.name, "mission must be an object of header keys", None, "mission")
    for entry in content:
        if entry not in ENTRIES:
            findings.error(
                path.name, f"entry {quoted(entry)} is not known{did_you_mean(entry, ENTRIES)}", None, entry
            )
    tables, columns = content.get("tables", {}), content.get("columns", {})
    if not isinstance(tables, dict) or not isinstance(columns, dict):
        findings.error(
            path.name, "tables and columns must be objects with an entry per table", None, "tables"
        )
        document.unreadable.update(TABLES)
        return document
    for name, records in tables.items():
        if name in TABLES:
            _table(document, name, records, columns.get(name, []))
        else:
            document.unknown.append(name)
    return document


def _content(path: Path, findings: Findings) -> dict[str, Any] | None:
    text = decoded(path.read_bytes(), path.name, findings)
    if text is None:
        return None
    try:
        content = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        findings.error(
            path.name, f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})", error.lineno
        )
        return None
    except (ValueError, RecursionError) as error:
        findings.error(path.name, f"is not JSON: {error}")
        return None
    if not isinstance(content, dict):
        findings.error(path.name, "must be an object with the entries format, mission and tables")
        return None
    return content


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number that JSON knows; leave a blank value out")


def _table(document: Document, name: str, records: Any, columns: Any) -> None:
    file, findings = document.naming.place(name), document.findings
    if not isinstance(records, list) or not isinstance(columns, list):
        findings.error(file, "must be a list of records")
        document.unreadable.add(name)
        return
    bad = [at for at, record in enumerate(records, start=1) if not _is_flat(record)]
    for at in bad[:20]:
        findings.error(
            file, "must be an object whose values are text, numbers, true, false or lists of text", at
        )
    if len(bad) > 20:
        findings.error(file, f"and {len(bad) - 20} more records are not such objects")
    if bad:
        document.unreadable.add(name)
    else:
        document.grids[name] = grid_of_records(file, records, [str(column) for column in columns])


def _is_flat(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    return not any(
        isinstance(value, dict)
        or (isinstance(value, list) and not all(isinstance(part, str) for part in value))
        for value in record.values()
    )


def write_json(mission: Mission, path: Path) -> None:
    """Write a mission as a JSON file that is not there yet, a record a line."""
    header = mission.header.as_document()
    del header["format"]
    own = {
        name: list(frame.columns)
        for name, frame in mission.tables.items()
        if len(frame.columns) > len(TABLES[name].columns)
    }
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{\n"format": {FORMAT},\n"mission": {_json(header)},\n"tables": {{')
        for at, (name, frame) in enumerate(mission.tables.items()):
            file.write(f"{',' if at else ''}\n{_json(name)}: [")
            between = "\n"
            for rows in cells_of(frame):
                for row in rows:
                    record = {
                        key: value for key, value in zip(frame.columns, row, strict=True) if value is not None
                    }
                    file.write(between + _json(record))
                    between = ",\n"
            file.write("\n]")
        file.write("\n}" + (f',\n"columns": {_json(own)}' if own else "") + "\n}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
