"""Prices of the tier before as the first ones of the next, where its objective is held by one more row."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pklogistics.model.program import Floats
from pklogistics.solve.decomposition.dual import Dual

_MOST_FACTORS, _WORTH = 6, 2e-2
"""Most factors that are tried, and by what one has to bound better than the last, relative, to go on."""


def begin_by(dual: Dual, earlier: Floats, value: float, over: Callable[[], bool]) -> None:
    """Begin with prices of the tier before, times what a unit of its objective is worth in this tier.

    That factor is looked for by powers of two from the ratio of the two values on: the bound is concave in
    it. Nothing is done if the tier before had no prices.

    Parameters
    ----------
    dual : of a program that has one row more than ``earlier`` has prices, which holds the tier before
    value : of this tier at a known point
    """
    if not earlier[dual.split.rows[dual.split.rows < len(earlier)]].any():
        return
    piece = dual.split.piece
    ratio = abs(value - piece.offset) / max(abs(piece.row_upper[-1]), 1e-9)
    tried: dict[float, float] = {}

    def prices(times: float) -> Floats:
        return times * np.append(earlier, -1.0)[dual.split.rows]

    def bound(times: float) -> float:
        if times not in tried:
            dual.begin(prices(times))
            tried[times] = -math.inf if over() else dual.evaluate(dual.prices, over, whole=False)
        return tried[times]

    best = ratio if math.isfinite(ratio) and ratio > 0 else 1.0
    while len(tried) <= _MOST_FACTORS:
        better = max((2.0 * best, 0.5 * best), key=bound)
        if bound(better) - bound(best) <= _WORTH * abs(bound(best)):
            break
        best = better
    dual.begin(prices(best), prices(best) != 0)
