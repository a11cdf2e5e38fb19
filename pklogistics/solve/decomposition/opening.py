"""Where a search for prices begins: at those of some blocks' linear program, or of the tier before."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pklogistics.solve.decomposition.blocks import Blocks
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.earlier import begin_by
from pklogistics.solve.decomposition.local import localised
from pklogistics.solve.decomposition.sample import first_prices, rough_prices
from pklogistics.solve.decomposition.shares import share_out

_SAMPLE, _WHOLE_PROGRAM = 120, 500
_LARGER_SAMPLE, _VERY_MANY = 250, 4000
"""Blocks of a sample, and from how many on a program needs one; the same for a larger one, which takes longer
but, where passes are dear, spares more of them. Passes in fractions make up for what a small sample misses in
less time than a larger one takes."""

_LONG, _ENDLESS = 60_000, 3_000_000
"""With more columns, of blocks too large for compiled code, the linear program that gives first prices takes
a simplex minutes, and fewer blocks say nothing: then a first-order method looks at all of them, up to the
second number, beyond which memory is at risk."""

_SECONDS, _SHARE, _ROUGH_SHARE = 20.0, 0.5, 0.4
"""How long a simplex may take: so many seconds, or this share of the time for prices if that is more; what
share a first-order method may take, which has something whenever it ends."""

_NEAR = 0.25
"""Width of the first box around prices that all blocks have a part in: the best are near. In a wider one a
master that knows two points of each block asks for prices at which blocks take long and say little."""

_ASIDE = (0.7, 1.4)
"""Factors of the first prices at which blocks are priced as well."""

_WELL = 0.75
"""Prices of the tier before are gone on from if they bound at this share of what is known or better."""

_AT_ONCE = 1e-2
"""Links that may bring more than this, relative to the bound, are shared out before the first pass. In
missions so large that it is less they would be tens of thousands of rows more for the master."""

_PASSES, _ENOUGH, _KEPT = 20, 1e-3, 8.0
"""Most passes in fractions, what the master then hopes for at most, relative to the bound, and how much time
is kept for passes in whole numbers, by the time of the last pass: without three of them, each of which takes
up to twice as long, plans are poor."""


@dataclass(frozen=True)
class Opening:
    """What the first prices may rest on.

    Attributes
    ----------
    blocks : of the program, with what the tiers before left behind
    value : of the tier at a known point
    until : how long prices of rows of few blocks are looked for, in seconds of ``time.monotonic()``
    over : says whether to stop
    workers, seed : as in `Options`
    """

    blocks: Blocks
    value: float
    until: float
    over: Callable[[], bool]
    workers: int
    seed: int


def is_large(dual: Dual) -> bool:
    """Say whether a program has too many blocks for the linear program of all, and some tell enough."""
    return dual.split.blocks > _WHOLE_PROGRAM and not _is_long(dual)


def _is_long(dual: Dual) -> bool:
    """Say whether the linear program of a sample, or of all blocks if they are few, takes minutes."""
    columns, blocks = len(dual.split.columns), dual.split.blocks
    asked = columns * _sample(blocks) / max(1, blocks)
    return asked > _LONG and columns <= _ENDLESS and not dual.pricer.quick


def begin_prices(dual: Dual, opening: Opening) -> None:
    """Begin with prices of the linear program of all blocks if they are few.

    If they are many, with those of the tier before where they bound well, else with those of some blocks.
    """
    over = opening.over
    if not is_large(dual):
        if not _begin_by_linear_program(dual, opening):
            _begin_by_the_tier_before(dual, opening)
        dual.hold(opening.blocks.held_by_each(dual.split))
        return
    dual.relaxed = not dual.pricer.quick
    _begin_by_the_tier_before(dual, opening)
    if not dual.bound >= _WELL * opening.value:
        _begin_by_linear_program(dual, opening)
        dual.hold(opening.blocks.held_by_each(dual.split))
        _look_aside(dual, over)
    if dual.rows.at_stake(dual.prices) > _AT_ONCE * abs(dual.bound):
        share_out(dual, over)
    if dual.relaxed:
        _in_fractions(dual, opening)
        dual.made_whole()


def _begin_by_linear_program(dual: Dual, opening: Opening) -> bool:
    """Begin with prices of a linear program, of all blocks or of some; return whether it could be solved."""
    over, many = opening.over, is_large(dual)
    now = time.monotonic()
    left = opening.until - now
    if _is_long(dual):
        first = rough_prices(dual.split, opening.workers, over, now + _ROUGH_SHARE * left)
    else:
        late = now + max(_SECONDS, _SHARE * left)
        first = first_prices(dual.split, _sample(dual.split.blocks), opening.seed, over, late)
    if first is None:
        return False
    if not many:
        dual.width = _NEAR
    # What a sample says of links is a mean.
    dual.begin(first, None if many else first != 0)
    if many:
        polished = dual.polished(dual.prices)
        dual.prices = localised(dual, polished, opening.until, over, opening.workers)
    return True


def _begin_by_the_tier_before(dual: Dual, opening: Opening) -> None:
    """Begin with prices of the tier before, where the program has one row more and there are any."""
    earlier = opening.blocks.earlier
    if earlier is not None and dual.split.piece.rows == len(earlier) + 1:
        begin_by(dual, earlier, opening.value, opening.over)


def _look_aside(dual: Dual, over: Callable[[], bool]) -> None:
    """Price by less and by more: a master that knows one point of each block asks for wild prices."""
    prices = dual.prices
    for factor in _ASIDE:
        if not over():
            dual.evaluate(dual.coupling.signed(factor * prices), over, whole=dual.pricer.quick)
    dual.prices = prices


def _in_fractions(dual: Dual, opening: Opening) -> None:
    """Make passes in which blocks are linear programs: a pass takes half as long as one in whole numbers.

    Where such prices are best, those in whole numbers are near.
    """
    prices = dual.prices
    for _ in range(_PASSES):
        began = time.monotonic()
        master = dual.step(prices, opening.over)
        enough = dual.hoped <= _ENOUGH * abs(dual.bound) or dual.empty
        ended = time.monotonic()
        if master is None or enough or opening.until - ended < _KEPT * (ended - began):
            return
        prices = master.prices


def _sample(blocks: int) -> int:
    """Return how many of so many blocks give the first prices."""
    if blocks <= _WHOLE_PROGRAM:
        return blocks
    return _SAMPLE if blocks <= _VERY_MANY else _LARGER_SAMPLE
