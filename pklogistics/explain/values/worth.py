"""What one more of something is worth, and how far that holds.

With everything whole as it is, what more of a thing gains is concave: each more gains no more than the last.
It is made of straight pieces, and the first is what is told. Tangents find it from above: where the line of a
price from zero meets a tangent further out, it is solved again. If as much is gained there, the price holds
so far. If not, the tangent there is nearer; where it goes through zero, its own slope is the price.

At a limit that is just used up the price that a solver gives may be that of one less, which is more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.tolerances import NO_PRICE, NOTHING
from pklogistics.explain.values.prices import Gain

SAME = 0.999
"""What gains so much of what a price says gains as much."""

_TRIES = 16
"""So often it is solved again at most."""

Gained = Callable[[float], Gain | None]
"""What so much more gains: None if that was not found out."""


@dataclass(frozen=True)
class Worth:
    """What one more is worth: ``weighted`` need and ``people``, for ``most`` more; ``further``: at least."""

    weighted: float
    people: float
    most: float
    further: bool = False


@dataclass(frozen=True)
class _Tangent:
    """What is gained ``at`` some more, and the line there: its height at zero, and its slope."""

    at: float
    found: Gain
    zero: float
    slope: float

    @property
    def gained(self) -> float:
        return self.found.weighted

    @property
    def through_zero(self) -> bool:
        """Whether the line goes through zero: then its slope is a price from the first on."""
        return self.zero <= (1 - SAME) * self.gained or self.zero <= NOTHING

    @property
    def average(self) -> Worth:
        """What each of so many gains on average, which is no more than the first does."""
        return Worth(self.gained / self.at, self.found.people / self.at, self.at, further=True)

    def meets(self, price: float) -> float:
        """Return where the line of a price from zero meets this one."""
        return self.zero / (price - self.slope) if price > self.slope else self.at


def worth_of(gained: Gained, price: float, ends: Sequence[float], until: Deadline) -> Worth | None:
    """Return what one more is worth, for as far as it holds; None if that was not found out in time.

    ``price`` is the most that one more may gain; ``ends`` are where to look from, the farthest first: of
    those that cannot be solved the next is taken.
    """
    tangents = _from_afar(gained, ends, until)
    if not tangents:
        return None
    if tangents[0].gained <= NOTHING:
        return Worth(0.0, 0.0, 0.0)
    farthest = tangents[0].at
    nearest: _Tangent | None = None
    for _ in range(_TRIES):
        if tangents[-1].through_zero:
            last = tangents.pop()
            price = last.slope
            if price <= NO_PRICE or not tangents:
                nearest = nearest or last
                break
        at = tangents[-1].meets(price)
        found = None if until.passed else gained(at)
        if found is None:
            break
        nearest = _tangent(at, found)
        if nearest.gained >= SAME * price * at:
            return Worth(price, found.people / at, at, further=at >= farthest)
        tangents.append(nearest)
    # Each of so many gains at least the average of them.
    return nearest.average if nearest else None


def from_step(found: Gain, price: float, step: float) -> Worth:
    """Return what one more is worth by what a step gains alone: the price, or what each of the step does.

    On average that is no more than the first does.
    """
    holds = found.weighted >= SAME * price * step
    return Worth(price if holds else found.weighted / step, found.people / step, step, further=True)


def less_of(gained: Gained, price: float, most: float, until: Deadline) -> float:
    """Return how much can be taken away, of ``most``, before one less loses more than the price says."""
    if most <= 0 or until.passed:
        return 0.0
    tangents = _from_afar(gained, [-most / 4**n for n in range(4)], until)
    for _ in range(_TRIES if tangents else 0):
        last = tangents[-1]
        if -last.gained * SAME <= -last.at * price:
            return -last.at
        at = last.zero / (price - last.slope) if last.slope > price else 0.0
        if at >= -NOTHING * most or at <= last.at or until.passed:
            break
        found = gained(at)
        if found is None:
            break
        tangents.append(_tangent(at, found))
    return 0.0


def _from_afar(gained: Gained, ends: Sequence[float], until: Deadline) -> list[_Tangent]:
    """Return the tangent at the first of these ends that can be solved, none if none can."""
    for end in ends:
        found = None if until.passed else gained(end)
        if found is not None:
            return [_tangent(end, found)]
    return []


def _tangent(at: float, found: Gain) -> _Tangent:
    # However much there is, no more than everybody is served.
    slope = found.slope if math.isfinite(at) else 0.0
    zero = found.weighted - (slope * at if slope else 0.0)
    return _Tangent(at, found, zero, slope)
