"""A mission: header and tables, checked whole, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

import pandas as pd

from pklogistics.errors import MissionError, Problem
from pklogistics.instance.findings import Naming
from pklogistics.instance.frames import absent, filled, repeated_by_period
from pklogistics.instance.grid import Document, grid_of_frame, grid_of_records
from pklogistics.instance.header import Header
from pklogistics.instance.schema import FORMAT, TABLES
from pklogistics.instance.validation import Checked, check_document

Rows: TypeAlias = "pd.DataFrame | Sequence[Mapping[str, Any]]"
"""A table as Python holds it: a data frame, or records."""


@dataclass(frozen=True, eq=False, repr=False)
class Mission:
    """One mission, checked: who needs what, who can do what, who pays, and under which rules.

    Make one with `pklogistics.read` or `Mission.from_tables`. Two missions are equal if their headers and
    their tables are, row by row.

    Attributes
    ----------
    header : Header
        Name, calendar, policy and objective.
    tables : Mapping of DataFrame
        The raw form of the tables that are there, in canonical order: all columns of the schema, then
        columns of the user's own as text; rows as in the file. Blank text is ``""``, a blank number NaN
        or NA.
    warnings : tuple of Problem
        What is doubtful.
    changes : tuple of str
        What `pklogistics.changed` made other than it was, in order, as ``--set`` takes it.
    """

    header: Header
    tables: Mapping[str, pd.DataFrame]
    warnings: tuple[Problem, ...] = ()
    changes: tuple[str, ...] = ()
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, init=False)

    @classmethod
    def from_tables(
        cls, header: Mapping[str, Any] | Header, tables: Mapping[str, Rows], *, first_row: int = 1
    ) -> Mission:
        """Check and make a mission of tables in memory.

        Parameters
        ----------
        header
            As in ``mission.toml``; ``format`` may be left out.
        tables
            Data frames or lists of records by table name; blanks may be None, NaN or ``""``.
        first_row
            Number of the first row of a data frame in what is told of it: 2 is how a file counts.

        Raises
        ------
        MissionError
            With every problem found.
        """
        grids = {name: _grid(name, rows, first_row) for name, rows in tables.items()}
        document = Document(
            header=_as_given(header),
            grids={name: grid for name, grid in grids.items() if name in TABLES},
            naming=Naming(header="header"),
            unknown=[name for name in grids if name not in TABLES],
        )
        return cls.of(check_document(document))

    @classmethod
    def of(cls, checked: Checked) -> Mission:
        """Make a mission of what was checked.

        Raises
        ------
        MissionError
            If the check found an error; warnings are listed after the errors.
        """
        findings = checked.findings
        if findings.errors or checked.header is None:
            raise MissionError([*findings.errors, *findings.warnings])
        mission = cls(checked.header, MappingProxyType(dict(checked.tables)), findings.warnings)
        mission._frames.update(checked.frames)
        return mission

    @property
    def T(self) -> int:  # noqa: N802  # The symbol of the equations.
        """Number of periods."""
        return self.header.periods

    def has(self, name: str) -> bool:
        """Tell whether a table is there, and with it the rules that it switches on."""
        return name in self.tables

    def frame(self, name: str) -> pd.DataFrame:
        """Return the filled form of a table; without rows if the mission does not have it.

        Same rows, columns of the schema only, defaults filled in: numbers with a default or required as
        ``int64`` or ``float64``, others ``float64`` with NaN for no limit; flags ``bool``; ``from`` and
        ``until`` periods (``int64``); lists tuples of names; ``period`` ``float64``, NaN for every period;
        ``expires`` of stock the last period in which it may be given out (``float64``), NaN if it is not
        given. Organisations have a further flag ``local``. Storage at sites is 0 where neither tonnes nor
        cubic metres are given. The frame is shared: do not change it.

        Raises
        ------
        KeyError
            If the schema has no such table.
        """
        if name not in self._frames:
            there = name in self.tables
            self._frames[name] = (
                filled(TABLES[name], self.tables[name], self.header) if there else absent(name)
            )
        return self._frames[name]

    def by_period(self, name: str) -> pd.DataFrame:
        """Return `frame` with the rows for every period repeated for each of them.

        ``period`` is ``int64``; ``row`` (``int64``) is the position in `frame`. The frame is shared: do not
        change it.

        Raises
        ------
        KeyError
            If the schema has no such table, or the table no column ``period``.
        """
        place = f"{name} by period"
        if place not in self._frames:
            self._frames[place] = repeated_by_period(self.frame(name), self.T)
        return self._frames[place]

    def replace(
        self,
        header: Mapping[str, Any] | Header | None = None,
        tables: Mapping[str, Rows | None] | None = None,
        *,
        first_row: int = 1,
    ) -> Mission:
        """Return a new mission with another header, or with some tables replaced (None: removed).

        It says of itself what changes it was made by before. ``first_row`` is that of `from_tables`.

        Raises
        ------
        MissionError
            If the new mission does not hold together.
        """
        merged = {**self.tables, **(tables or {})}
        kept = {name: rows for name, rows in merged.items() if rows is not None}
        given = self.header if header is None else header
        made = Mission.from_tables(given, kept, first_row=first_row)
        return made.known_as_changed(*self.changes) if self.changes else made

    def known_as_changed(self, *changes: str) -> Mission:
        """Return the same mission, which says that it was made by these changes more."""
        told = Mission(self.header, self.tables, self.warnings, (*self.changes, *changes))
        told._frames.update(self._frames)
        return told

    def __eq__(self, other: object) -> bool:
        """Compare headers and tables; warnings, and how they came to be so, do not count."""
        if not isinstance(other, Mission):
            return NotImplemented
        if self.header != other.header or list(self.tables) != list(other.tables):
            return False
        return all(_equal(self.tables[name], other.tables[name]) for name in self.tables)

    __hash__ = None  # type: ignore[assignment]  # Compared by value, and values are large.

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy without the shared frames, which are made anew when they are asked for."""
        return _restored, (self.header, dict(self.tables), self.warnings, self.changes)

    def __repr__(self) -> str:
        """Name the mission and count the rows of its tables."""
        rows = ", ".join(f"{name} {len(table)}" for name, table in self.tables.items())
        return f"Mission({self.header.name!r}, periods={self.T}, {rows})"


def _restored(header: Header, tables: Mapping[str, pd.DataFrame], *others: Any) -> Mission:
    return Mission(header, MappingProxyType(dict(tables)), *others)


def _equal(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return list(one.columns) == list(other.columns) and one.equals(other)


def _as_given(header: Mapping[str, Any] | Header) -> dict[str, Any]:
    given = header.as_document() if isinstance(header, Header) else dict(header)
    return {"format": FORMAT, **given}


def _grid(name: str, rows: Rows, first_row: int) -> Any:
    if isinstance(rows, pd.DataFrame):
        return grid_of_frame(name, rows, first_row=first_row)
    return grid_of_records(name, rows)
