"""Checking a mission whole: header, tables one by one, tables among themselves, contradictions, doubts.

Every problem is gathered; later checks leave out what earlier ones have found wrong, so that one mistake
is reported once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from pydantic import ValidationError

from pklogistics.instance.contradictions import find_contradictions
from pklogistics.instance.doubts import find_doubts
from pklogistics.instance.findings import Findings, Naming, Place
from pklogistics.instance.frames import calendar_of, filled
from pklogistics.instance.grid import Document
from pklogistics.instance.header import Header
from pklogistics.instance.header_words import header_problem
from pklogistics.instance.keys import check_keys, check_periods, check_references
from pklogistics.instance.migrate import migrated
from pklogistics.instance.names import did_you_mean, nearest
from pklogistics.instance.schema import TABLES
from pklogistics.instance.tables import ReadTable, read_table


@dataclass(frozen=True)
class Checked:
    """What was found; ``header`` and ``tables`` make a mission if ``findings`` holds no error.

    ``frames`` are the tables in their filled form, as far as the check came to that.
    """

    header: Header | None
    tables: Mapping[str, pd.DataFrame]
    findings: Findings
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """A mission whose cells are right, for the checks that look at its meaning."""

    header: Header
    frames: Mapping[str, pd.DataFrame]
    places: Mapping[str, Place]
    naming: Naming


def check_document(document: Document) -> Checked:
    """Check a mission as it was read from its container."""
    findings = document.findings
    document = migrated(document)
    header = _header(document)
    tables = _tables(document)
    for read in tables.values():
        if read.table.filled and not len(read.frame):
            findings.error(
                read.place.file, f"has no rows; a mission needs at least one row of {read.table.name}"
            )
        check_keys(read, findings)
        if header is not None:
            check_periods(read, calendar_of(header), document.naming, findings)
    check_references(tables, document.naming, findings, document.unreadable)
    frames: dict[str, pd.DataFrame] = {}
    if header is not None and not findings.errors:
        frames = {name: filled(read.table, read.frame, header) for name, read in tables.items()}
        scene = Scene(header, frames, {name: read.place for name, read in tables.items()}, document.naming)
        find_contradictions(scene.frames, scene.header, scene.places, findings)
        if not findings.errors:
            find_doubts(scene.frames, scene.header, scene.places, scene.naming, findings)
    return Checked(header, {name: read.frame for name, read in tables.items()}, findings, frames)


def _header(document: Document) -> Header | None:
    if document.header is None:
        return None
    try:
        return Header.model_validate(document.header)
    except ValidationError as error:
        for detail in error.errors():
            column, value, message = header_problem(detail)
            document.findings.error(document.naming.header_place, message, None, column, value)
        return None


def _tables(document: Document) -> dict[str, ReadTable]:
    findings, naming = document.findings, document.naming
    tables: dict[str, ReadTable] = {}
    for name, table in TABLES.items():
        if name in document.grids:
            tables[name] = read_table(document.grids[name], table, findings)
        elif table.required and name not in document.unreadable:
            near = nearest(name, document.unknown)
            hint = f"; is it '{near}'?" if near else ""
            findings.error(naming.place(name), f"is missing; every mission needs it{hint}")
    for name in document.unknown:
        hint = did_you_mean(name, [known for known in TABLES if known not in tables])
        findings.warning(naming.place(name), f"is not a table of a mission and is not read{hint}")
    return tables
