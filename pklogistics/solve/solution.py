"""What was found, and why the search stopped; the two are kept apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pklogistics.errors import NoPlanError
from pklogistics.model.program import Floats, Ints

Stopped = Literal["gap", "time", "interrupted", "stopped"]

SMALL_VALUE = 1e-4
"""Values nearer to zero than this count as this size when a gap is made relative."""


def relative_gap(value: float, bound: float) -> float:
    """Return ``(value - bound) / max(|value|, SMALL_VALUE)``, infinite if either is missing."""
    if not (math.isfinite(value) and math.isfinite(bound)):
        return math.inf
    return max(0.0, value - bound) / max(abs(value), SMALL_VALUE)


@dataclass(frozen=True, eq=False)
class PricedPart:
    """A part of a tier's program, and prices by which it is bounded.

    Attributes
    ----------
    columns : positions of the whole columns whose bounds make it a part
    least, most : these bounds, infinite where they are those of the whole program, shape (columns,)
    prices : of the rows of the program and of those that hold earlier tiers; 0 in the rows of blocks
    """

    columns: Ints
    least: Floats
    most: Floats
    prices: Floats

    @classmethod
    def whole(cls, prices: Floats) -> PricedPart:
        """Return the part that is all of the program."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), prices)


@dataclass(frozen=True)
class TierSolution:
    """One level of the lexicographic objective, as it stands in the final solution.

    Attributes
    ----------
    name : the tier's name
    value : the tier's objective at the solution, in the tier's unit; nan if there is no solution
    bound : no solution that keeps the earlier tiers at their values has a lower value than this;
        minus infinity if nothing is proven
    gap : ``(value - bound) / |value|``
    seconds : spent on this tier
    stopped : why the search on this tier ended: ``gap`` if the asked gap was reached
    parts : the program in parts with the prices that bound them best, if any bounded it
    held : the earlier tiers that are held by a row, in the order of these rows
    held_at : the most that it might come to while later tiers were minimised, its tolerance counted from
        the best value that was found for it; None if it was not held
    """

    name: str
    value: float
    bound: float
    gap: float
    seconds: float
    stopped: Stopped
    parts: tuple[PricedPart, ...] = ()
    held: tuple[str, ...] = ()
    held_at: float | None = None


class Solution:
    """Values of the columns with their certificate, or the certificate alone if nothing was found.

    Attributes
    ----------
    tiers : one `TierSolution` per tier of the program, in order
    stopped : ``gap`` if every tier reached its gap, else why the search ended
    seconds : of the whole solve
    notes : sentences about anything that went otherwise than planned, for people to read
    """

    def __init__(
        self,
        values: NDArray[np.float64] | None,
        tiers: tuple[TierSolution, ...],
        stopped: Stopped,
        seconds: float,
        notes: tuple[str, ...] = (),
    ) -> None:
        self._values = values
        self.tiers = tiers
        self.stopped = stopped
        self.seconds = seconds
        self.notes = notes
        if values is not None:
            values.flags.writeable = False

    @property
    def found(self) -> bool:
        """Whether there are values."""
        return self._values is not None

    @property
    def values(self) -> NDArray[np.float64]:
        """Values of the columns, shape (columns,), within bounds and integers whole.

        Raises
        ------
        NoPlanError
            If no solution was found; `found` tells beforehand.
        """
        if self._values is None:
            raise NoPlanError(
                f"no solution was found before the search stopped ({self.stopped}): allow a longer time_limit"
            )
        return self._values

    def __repr__(self) -> str:
        state = "found" if self.found else "empty"
        tiers = ", ".join(f"{t.name}={t.value:g} (gap {t.gap:.2g})" for t in self.tiers)
        return f"Solution({state}, stopped={self.stopped}, {tiers}, {self.seconds:.2f} s)"
