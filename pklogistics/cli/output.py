"""Where answers, messages and errors go, for people and for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from pklogistics.errors import MissionError, PklogisticsError, Problem


class AnswerError(PklogisticsError):
    """Standard output cannot be written to: a disk is full."""


MOST_PROBLEMS = 100
MOST_WARNINGS = 10


class Output:
    """Answers on standard output, messages and errors on standard error.

    With ``as_json`` the answer is exactly one JSON object. With ``quiet`` people are told of errors alone.
    """

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json, self.quiet = as_json, quiet
        self._answers = _console(stderr=False)
        self.messages = _console(stderr=True)

    @property
    def for_people(self) -> bool:
        """Whether tables and messages for people are wanted."""
        return not (self.as_json or self.quiet)

    def answer(self, record: Mapping[str, Any]) -> None:
        """Print the one JSON object, where it is wanted."""
        if self.as_json:
            with _answering():
                print_json(record)

    def show(self, *parts: RenderableType) -> None:
        """Print tables and sentences, where people read; a line that is not to be wrapped stays whole."""
        if self.for_people:
            with _answering():
                for part in _single(parts):
                    self._answers.print(part, soft_wrap=isinstance(part, Text) and bool(part.no_wrap))
                sys.stdout.flush()

    def tell(self, sentence: str, style: str = "") -> None:
        """Print a sentence of the answer, where people read."""
        self.show(_line(sentence, style))

    def say(self, message: str, style: str = "") -> None:
        """Tell something that is not the answer."""
        if not self.quiet:
            self._tell(message, style)

    def warn(self, problems: Iterable[Problem]) -> None:
        """Tell the first warnings of a mission."""
        found = tuple(problems)
        for problem in found[:MOST_WARNINGS]:
            self.say(f"warning: {problem}", "yellow")
        if len(found) > MOST_WARNINGS:
            self.say(
                f"and {len(found) - MOST_WARNINGS:,} more warnings: pklogistics validate tells them", "yellow"
            )

    def _tell(self, message: str, style: str) -> None:
        # The terminal breaks long lines itself; a log keeps them whole, so that they can be searched.
        self.messages.print(_line(message, style), soft_wrap=True)

    def error(self, error: Exception | str) -> None:
        """Print an error: as one JSON object on standard output, or for people on standard error."""
        problems = error.problems if isinstance(error, MissionError) else ()
        message = _summed_up(problems, getattr(error, "subject", "the mission")) if problems else str(error)
        if self.as_json:
            print_json({"ok": False, "error": message, "problems": [problem_record(p) for p in problems]})
            return
        for problem in problems[:MOST_PROBLEMS]:
            self._tell(f"{problem.severity}: {problem}", "red")
        if len(problems) > MOST_PROBLEMS:
            self._tell(f"and {len(problems) - MOST_PROBLEMS:,} more", "red")
        self._tell(f"error: {message}" if not problems else message, "bold red")


def _single(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """Yield the parts one by one, those of groups, too."""
    for part in parts:
        if isinstance(part, Group):
            yield from _single(part.renderables)
        else:
            yield part


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise AnswerError(f"the answer cannot be written: {error.strerror}") from error


def _line(text: str, style: str) -> Text:
    # A name from a file must not move the cursor or turn the line round.
    return Text("".join(c if c.isprintable() or c in "\n\t" else " " for c in text), style=style)


def _console(*, stderr: bool) -> Console:
    # Names in square brackets are names, not markup; and only numbers that we choose are coloured.
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def _summed_up(problems: tuple[Problem, ...], subject: str) -> str:
    return f"{subject} has {counted(sum(problem.severity == 'error' for problem in problems), 'error')}"


def counted(count: int, noun: str) -> str:
    """Return "1 error", "2 errors", "no errors"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}" if count else f"no {noun}s"


def print_json(record: Mapping[str, Any]) -> None:
    """Print one JSON object to standard output, in ASCII, so that any terminal and any pipe can hold it."""
    sys.stdout.write(json.dumps(record, indent=2, allow_nan=False) + "\n")
    sys.stdout.flush()


def problem_record(problem: Problem) -> dict[str, Any]:
    """Return a problem as values that JSON can hold."""
    return {
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "message": problem.message,
        "severity": problem.severity,
    }
