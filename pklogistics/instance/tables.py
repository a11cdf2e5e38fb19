"""From a grid to a table of the schema: which column is which, and what its cells hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.cells import parse, plain_text
from pklogistics.instance.findings import Findings, Place
from pklogistics.instance.frames import blank_column
from pklogistics.instance.grid import Grid
from pklogistics.instance.names import misspells
from pklogistics.instance.row import CellRule
from pklogistics.instance.table import Column, Table
from pklogistics.instance.texts import FORBIDDEN, cell_text, fold
from pklogistics.instance.wording import expectation, problems_of_row, quoted, word

Bools = NDArray[np.bool_]


REMARKS = frozenset({"source", "note"})
"""Columns in which people say where a row comes from: kept like any of their own, without a warning."""


@dataclass(frozen=True)
class ReadTable:
    """A table in its raw form, and what could not be read of it.

    Attributes
    ----------
    frame : DataFrame
        All columns of the schema in order, then columns of the user's own, as text.
    place : Place
        Where its rows stand.
    wrong : dict
        Where cells fail, by column; failing cells are blank in ``frame``.
    lost : frozenset of str
        Required columns that are not there at all.
    """

    table: Table
    frame: pd.DataFrame
    place: Place
    wrong: dict[str, Bools] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()

    def sound(self, *columns: str) -> Bools:
        """Tell in which rows none of these columns fails."""
        fails = [self.wrong[name] for name in columns if name in self.wrong]
        return ~np.logical_or.reduce(fails) if fails else np.ones(len(self.frame), dtype=bool)


def read_table(grid: Grid, table: Table, findings: Findings) -> ReadTable:
    """Read a table of the schema from a grid; every problem found goes to ``findings``."""
    known, own = _columns(grid, table, findings)
    lost = {column.name for column in table.columns if column.required and column.name not in known}
    data: dict[str, pd.Series[Any]] = {}
    wrong: dict[str, Bools] = {}
    for column in table.columns:
        if column.name in known:
            data[column.name], fails = parse(grid.cells[known[column.name]], column, grid.decimal_comma)
            if fails.any():
                wrong[column.name] = fails
        else:
            data[column.name] = blank_column(column, len(grid.cells))
    words = _row_words(grid, table, known)
    for name, fails in wrong.items():
        findings.at_rows(grid.place, np.flatnonzero(fails), name, partial(words, name))
    for name, position in own.items():
        data[name], fails = plain_text(grid.cells[position])
        findings.at_rows(grid.place, np.flatnonzero(fails), name, _control_character(grid, position))
    # Arrays, for there is no index to align.
    arrays = {name: cells.array for name, cells in data.items()}
    frame = pd.DataFrame(arrays, index=pd.RangeIndex(len(grid.cells)))
    read = ReadTable(table, frame, grid.place, wrong, frozenset(lost))
    for rule in table.model.rules_between_cells:
        _between_cells(read, rule, findings)
    return read


def _columns(grid: Grid, table: Table, findings: Findings) -> tuple[dict[str, int], dict[str, int]]:
    """Tell at which position each column of the schema stands, and each column of the user's own."""
    by_header = {fold(alias): column.name for column in table.columns for alias in column.aliases}
    by_header |= {column.name: column.name for column in table.columns}
    known: dict[str, int] = {}
    others: dict[str, int] = {}
    for position, header in enumerate(grid.header):
        name = by_header.get(fold(header))
        if (name or header) in (known if name else others):
            findings.error(
                grid.place.file, f"column {quoted(header)} stands twice; keep one", grid.header_row, header
            )
        elif not header.strip():
            where = (
                f"the column after {quoted(grid.header[position - 1])}" if position else "the first column"
            )
            message = f"{where} holds values but has no name; name it, or empty it"
            findings.error(grid.place.file, message, grid.header_row)
        else:
            (known if name else others)[name or header] = position
    if grid.tags:
        others = _by_tags(grid, table, known, others)
    there = {*known, *(name for name in grid.declared if name in table.by_name)}
    own = _own_columns(grid, table, there, others, findings)
    # Records tell their columns only if there are any; an empty list of them is a table without rows.
    told = grid.header_row is not None or len(grid.cells) > 0
    for column in table.columns:
        if told and column.required and column.name not in known and column.name not in own.values():
            message = (
                f"column '{column.name}' is missing; it holds {expectation(column)}: {column.description}"
            )
            findings.error(grid.place.file, message.rstrip(".: "), grid.header_row, column.name)
    return known, {name: others[name] for name, near in own.items() if near is None}


def _by_tags(grid: Grid, table: Table, known: dict[str, int], others: dict[str, int]) -> dict[str, int]:
    """Give columns with an unknown header to the schema's columns by their HXL hashtags."""
    tags = {name: _tag(grid.tags[position]) for name, position in others.items()}
    exact: list[Callable[[frozenset[str], frozenset[str]], bool]] = [frozenset.__eq__, frozenset.issubset]
    for alike in exact:
        for column in table.columns:
            if column.name in known:
                continue
            wanted = (_tag(tag) for tag in column.tags)
            found = next((name for want in wanted for name in tags if alike(want, tags[name])), None)
            if found is not None:
                known[column.name] = others[found]
                del tags[found]
    return {name: others[name] for name in tags}


def _tag(tag: str) -> frozenset[str]:
    """Return a hashtag and its attributes, ``#adm1 +name`` as ``{"#adm1", "name"}``; blank: nothing."""
    return frozenset("".join(tag.split()).lower().split("+")) - {""}


def _own_columns(
    grid: Grid, table: Table, there: set[str], others: dict[str, int], findings: Findings
) -> dict[str, str | None]:
    """Keep unknown columns, but not those that seem to misspell a column that is not there."""
    absent = [column.name for column in table.columns if column.name not in there]
    own: dict[str, str | None] = {}
    for name in others:
        own[name] = None if name in grid.declared else misspells(fold(name), absent)
        if own[name] is not None:
            message = f"column {quoted(name)} is not known; did you mean '{own[name]}'?"
            findings.error(grid.place.file, message, grid.header_row, name)
        elif fold(name) not in REMARKS:
            message = f"column {quoted(name)} is not known; it is kept as text and not used"
            findings.warning(grid.place.file, message, grid.header_row, name)
    return own


def _row_words(
    grid: Grid, table: Table, known: dict[str, int]
) -> Callable[[str, int], tuple[str | None, str]]:
    """Return the function that words a failing cell, by way of the row model; a row is read once."""
    rows: dict[int, dict[str, str]] = {}

    def words(name: str, at: int) -> tuple[str | None, str]:
        cells = {column: cell_text(grid.cells[position].iloc[at]) for column, position in known.items()}
        if at not in rows:
            rows[at] = problems_of_row(table, cells)
        column: Column = table.by_name[name]
        return cells[name] or None, rows[at].get(name) or word(column, cells[name])

    return words


def _control_character(grid: Grid, position: int) -> Callable[[int], tuple[str | None, str]]:
    def words(at: int) -> tuple[str | None, str]:
        text = cell_text(grid.cells[position].iloc[at])
        found = FORBIDDEN.search(text)
        code = ord(found.group()) if found else 0
        return text, f"{quoted(text)} holds the control character U+{code:04X}; remove it"

    return words


def _between_cells(read: ReadTable, rule: CellRule, findings: Findings) -> None:
    if read.lost & set(rule.columns):
        return
    if rule.kind == "ordered":
        values = {name: read.frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in rule.columns}
    else:
        values = {name: _is_filled(read, name) for name in rule.columns}
    broken = np.asarray(rule.broken(values), dtype=bool) & read.sound(*rule.columns)
    column = None if rule.kind == "some" else ", ".join(rule.columns)

    def words(at: int) -> tuple[str | None, str]:
        value = ", ".join(cell_text(read.frame[name].iloc[at]) for name in rule.columns)
        return (None if rule.kind == "some" else value), rule.words

    findings.at_rows(read.place, np.flatnonzero(broken), column, words)


def _is_filled(read: ReadTable, name: str) -> Bools:
    cells = read.frame[name]
    return np.asarray(cells != "" if read.table.by_name[name].is_text else cells.notna(), dtype=bool)
