"""Reading files that are nothing but numbers between blanks, as most old benchmarks are.

Such a file says nothing of what its numbers mean but their order: a reader takes them one lot after the
other, names what it takes, and an error can then tell the line, what stands there, and what was expected.

>>> from pklogistics.exchange.numbers import numbers_of
>>> numbers = numbers_of("2 3\\n1.5 2.5", "costs.txt")
>>> numbers.whole("number of depots"), numbers.whole("number of sites")
(2, 3)
>>> numbers.take(2, "cost")
array([1.5, 2.5])
>>> numbers.end()
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.exchange.errors import FormatError, refusal
from pklogistics.exchange.files import read_text
from pklogistics.instance.findings import Findings, Place
from pklogistics.instance.wording import quoted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LARGEST_COUNT = 10_000_000
"""More than this of anything is no count but a number that stands in the wrong place."""


@dataclass
class Numbers:
    """The numbers of a file in order, and how far they were taken.

    Attributes
    ----------
    file : str
        How messages name the file.
    texts : list of str
        What stands in the file, one for each number.
    values : array of shape (len(texts),)
        Their values, NaN where there is no number.
    lines : int array of shape (len(texts),)
        The line of each, from 1.
    at : int
        Position of the next one.
    """

    file: str
    texts: list[str]
    values: Floats
    lines: Ints
    at: int = 0

    @property
    def left(self) -> int:
        """How many have not been taken."""
        return len(self.texts) - self.at

    def take(self, count: int, what: str, low: float = 0.0, high: float = inf) -> Floats:
        """Take the next numbers, each between ``low`` and ``high``; shape (count,).

        Parameters
        ----------
        what
            What each of them is, for messages.

        Raises
        ------
        FormatError
            If the file ends before, or what stands there is no such number; every such place is told.
        """
        if count > self.left:
            there = f"{self.left:,} of {count:,} numbers" if count > 1 else "nothing"
            last = int(self.lines[-1]) if len(self.lines) else None
            raise refusal(self.file, f"ends where {what} is expected: there is {there}", last)
        chosen = slice(self.at, self.at + count)
        values = self.values[chosen]
        fails = ~(np.isfinite(values) & (values >= low) & (values <= high))
        if fails.any():
            findings = Findings()
            told = f"expected {what}, {_wanted(low, high)}"
            place = Place(self.file, self.lines)
            findings.at_rows(place, self.at + np.flatnonzero(fails), None, lambda at: self._words(at, told))
            raise FormatError(findings.problems)
        self.at += count
        return values

    def table(self, rows: int, columns: int, what: str, low: float = 0.0, high: float = inf) -> Floats:
        """Take ``rows`` times ``columns`` numbers as `take` does; shape (rows, columns)."""
        return self.take(rows * columns, what, low, high).reshape(rows, columns)

    def whole(self, what: str, low: int = 1, high: int = LARGEST_COUNT) -> int:
        """Take one whole number, such as a count; raises as `take` does."""
        return int(self.wholes(1, what, low, high)[0])

    def wholes(self, count: int, what: str, low: int = 0, high: int = LARGEST_COUNT) -> Ints:
        """Take whole numbers, such as the ends of edges, as `take` does; shape (count,)."""
        first = self.at
        values = self.take(count, what, low, high)
        broken = np.flatnonzero(values != np.round(values))
        if len(broken):
            raise self.refusal(first + int(broken[0]), f"expected {what}, a whole number")
        return values.astype(np.int64)

    def begin_lines(self, places: Ints) -> bool:
        """Say whether each of the numbers at these positions is the first of its line."""
        at = places[places < len(self.lines)]
        return bool(((at == 0) | (self.lines[at] != self.lines[at - 1])).all())

    def end(self) -> None:
        """Raise `FormatError` if anything is left."""
        if self.left:
            raise self.refusal(self.at, f"expected the end of the file: {self.left:,} numbers are left over")

    def refusal(self, at: int, message: str) -> FormatError:
        """Return the error for the number at a position: its line, what stands there, and the message."""
        value, told = self._words(at, message)
        return refusal(self.file, told, int(self.lines[at]), value)

    def _words(self, at: int, message: str) -> tuple[str, str]:
        return self.texts[at], f"is {quoted(self.texts[at])}; {message}"


def read_numbers(path: Path, shown: str | None = None, words: Mapping[str, float] | None = None) -> Numbers:
    """Read a file of numbers between blanks; one that ends in ``.gz`` is unpacked.

    Old files are filled up with zero bytes to a whole block of the disk they were on, at times with remains
    of another file after them: the numbers end at the first zero byte.

    Parameters
    ----------
    shown
        How messages name the file; its name where left out.
    words
        Words that stand for a number, and the number.

    Raises
    ------
    FormatError
        If the file cannot be read. What is no number is told when it is taken.
    """
    name = path.name if shown is None else shown
    return numbers_of(read_text(path, name).partition("\0")[0], name, words)


def numbers_of(
    text: str, shown: str, words: Mapping[str, float] | None = None, first_line: int = 1
) -> Numbers:
    """Return the numbers of a text, whose first line has the number ``first_line`` in the file."""
    parts = [line.split() for line in text.split("\n")]
    texts = [part for line in parts for part in line]
    lines = np.repeat(np.arange(first_line, first_line + len(parts)), [len(line) for line in parts])
    cells = pd.Series(texts, dtype="str")
    # Without this mask, pandas would read words such as 'inf' and 'true' as numbers.
    plain = cells.str.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
    values = pd.to_numeric(cells.where(plain), errors="coerce").to_numpy(np.float64, copy=True)
    for word, value in (words or {}).items():
        values[(cells == word).to_numpy()] = value
    return Numbers(shown, texts, values, lines.astype(np.int64))


def _wanted(low: float, high: float) -> str:
    if np.isfinite(high):
        return f"a number from {low:,g} to {high:,g}"
    return "a number" if np.isinf(low) else f"a number of {low:g} or more"
