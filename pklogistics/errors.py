"""What can go wrong, and how it is said.

Every error tells the place, the value, what was expected and the next step. Errors in a mission's
tables are gathered as `Problem` and raised once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (error) or doubtful (warning) in a mission's files.

    ``row`` counts as the file does: the header is row 1. ``message`` stands alone and does not repeat
    the place; ``str(problem)`` puts the place before it.
    """

    severity: Literal["error", "warning"]
    file: str
    row: int | None
    column: str | None
    value: str | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file} row {self.row}"
        return f"{place}: {self.message}"


class PklogisticsError(Exception):
    """Base of all errors that pklogistics raises on purpose."""


class MissionError(PklogisticsError):
    """A mission cannot be read or contradicts itself; ``problems`` lists every reason found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PlanError(PklogisticsError):
    """A plan cannot be read, written or used as asked."""


class NoPlanError(PlanError):
    """What was asked for is not there, because no plan was found."""


class OptionsError(PklogisticsError, ValueError):
    """An option has a value that it cannot have."""


class SolverError(PklogisticsError):
    """A solver failed, or cannot solve this kind of program."""
