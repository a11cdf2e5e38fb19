"""First prices of very many blocks: passes over some of them that stand for all.

The first passes only find out what points of blocks there are, and move the prices of money by little steps.
A thousand blocks tell as much about what all share as all do, at a fraction of the time. What is left for
passes of the whole is what a sample cannot know: prices of rows of few blocks.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from pklogistics.model.program import Floats
from pklogistics.solve.crew import Crew
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.sample import by_row, sample_of
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.implied import implied_bounds

_BLOCKS = 1000
_PASSES, _ENOUGH = 20, 1e-2
"""Most passes, and what the master then hopes for at most, relative to the bound."""


def rehearsed(
    split: Split, first: Floats, crew: Crew, seed: int, until: float, over: Callable[[], bool]
) -> Floats:
    """Return prices of the split's shared rows from passes over a sample.

    Parameters
    ----------
    first : prices to begin with, shape (shared rows,)
    until : in seconds of ``time.monotonic()``
    """
    sample = sample_of(split, _BLOCKS, seed)
    part = split_of(sample.piece, sample.row_block, sample.col_block)
    dual = Dual.of(part, implied_bounds(sample.piece), crew, seed)
    begun = np.zeros(sample.piece.rows)
    begun[sample.first :] = first[sample.rows] * sample.stands_for
    dual.begin(begun[part.rows])
    prices = dual.prices
    for _ in range(_PASSES):
        if over() or time.monotonic() >= until:
            break
        master = dual.step(prices, over)
        if master is None or dual.hoped <= _ENOUGH * abs(dual.bound):
            break
        prices = master.prices
    return by_row(split, sample, dual.row_prices())
