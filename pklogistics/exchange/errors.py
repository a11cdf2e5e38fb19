"""How a file that is not of its format is told: every place and every reason, as for a mission's tables."""

from __future__ import annotations

from pklogistics.errors import MissionError, Problem


class FormatError(MissionError):
    """A file is not of the format that it was read as; ``problems`` lists every reason found."""

    subject = "the file"
    """What has the problems, where they are counted."""


def refusal(file: str, message: str, row: int | None = None, value: str | None = None) -> FormatError:
    """Return the error for one reason; the row counts as the file does, from 1."""
    return FormatError([Problem("error", file, row, None, value, message)])
