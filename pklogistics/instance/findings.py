"""Gathering what is wrong or doubtful, with its place, so that all of it is raised at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pklogistics.errors import Problem

CAP = 20
"""Rows worded per table, column and kind of problem; the rest are counted."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Place:
    """Where the rows of a table stand: the file as people name it, and the row number of each."""

    file: str
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Naming:
    """How people name the tables of a container.

    ``needs`` is ``needs.csv`` in a folder; in a workbook it is ``plan.xlsx sheet needs`` as a place and
    ``sheet needs`` when the container is clear.
    """

    container: str = ""
    prefix: str = ""
    suffix: str = ""
    header: str = "mission.toml"

    @property
    def header_place(self) -> str:
        """Name the header with its container."""
        return f"{self.container}{self.header}"

    def place(self, table: str) -> str:
        """Name a table with its container."""
        return f"{self.container}{self.short(table)}"

    def short(self, table: str) -> str:
        """Name a table where the container is clear."""
        return f"{self.prefix}{table}{self.suffix}"


@dataclass
class Findings:
    """The problems found so far, in the order in which they were found."""

    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep a mission from being read."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that a mission may have."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def error(
        self,
        file: str,
        message: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        """Add an error."""
        self.problems.append(Problem("error", file, row, column, value, message))

    def warning(
        self,
        file: str,
        message: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        """Add a warning."""
        self.problems.append(Problem("warning", file, row, column, value, message))

    def at_rows(
        self,
        place: Place,
        positions: NDArray[np.int64],
        column: str | None,
        word: Callable[[int], tuple[str | None, str]],
        severity: Severity = "error",
    ) -> None:
        """Add a problem for each of the rows, worded by ``word(position) -> (value, message)``.

        Only the first `CAP` rows are worded; one more problem counts the others.
        """
        for position in positions[:CAP].tolist():
            value, message = word(position)
            row = int(place.rows[position])
            self.problems.append(Problem(severity, place.file, row, column, value, message))
        more = len(positions) - CAP
        if more > 0:
            rows = "row has" if more == 1 else "rows have"
            about = f" in {column}" if column else ""
            message = (
                f"and {more} more {rows} such a problem{about}, the next in row {place.rows[positions[CAP]]}"
            )
            self.problems.append(Problem(severity, place.file, None, column, None, message))
