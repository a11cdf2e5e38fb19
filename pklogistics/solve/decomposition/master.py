"""The master: the best prices for the points known so far, by an interior point method in the prices.

Every known point of a block is a column k with cost c_k and activity a_k in the shared rows. The prices that
bound best, as far as these columns tell, within a box around prices that have proven good, are

    max  q·pi + sum_b v_b + sum_z min over its bounds of (d - H'pi) z
         v_b <= c_k - a_k·pi  for every column k of b,     low <= pi <= high

and its dual weighs the columns: ``min sum_k c_k w_k + d·z + high·missing - low·excess`` over
``sum_k a_k w_k + H z + missing - excess = q`` and ``sum_{k in b} w_k = 1`` (Dantzig-Wolfe master with a box
on the prices: boxstep, Marsten, Hogan and Blankenship, Operations Research 23, 1975).

The method is Mehrotra's predictor-corrector (SIAM Journal on Optimization 2, 1992). Weights and values of
blocks are eliminated, so that a step solves one linear system of the size of the shared rows, however many
blocks there are. It begins on the central path of each block: only the shared rows are not yet met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from pklogistics.model.program import Floats
from pklogistics.solve.decomposition.coupling import Coupling
from pklogistics.solve.decomposition.interior import InteriorPoint
from pklogistics.solve.decomposition.reduced import Columns, Reduced

_STEPS = 60


@dataclass(frozen=True)
class MasterSolution:
    """Prices, and the weights that they came with.

    Attributes
    ----------
    prices : shape (rows,)
    weights : of the columns, summing to 1 in each block
    shared : values of z
    value : of the linear program over the columns, penalties included, without the piece's offset
    penalty : the part of the value that is paid for rows that are not met
    steps : of the interior point method
    """

    prices: Floats
    weights: Floats
    shared: Floats
    value: float
    penalty: float
    steps: int


def solve_master(
    coupling: Coupling,
    columns: Columns,
    low: Floats,
    high: Floats,
    start: Floats,
    precision: float,
    stop: Callable[[], bool] = lambda: False,
) -> MasterSolution:
    """Return the best prices between ``low`` and ``high`` for the columns, as far as ``stop`` lets it come.

    Parameters
    ----------
    low, high : box of the prices, shape (rows,), low < high
    start : prices strictly inside
    precision : absolute, in units of the objective
    """
    # Where other processes work as well, threads of linear algebra wait for one another far longer than they
    # compute.
    with _linear_algebra().limit(limits=1, user_api="blas"):
        method = InteriorPoint(Reduced.of(coupling, columns), low, high, start)
        steps = 0
        while steps < _STEPS and (method.complementarity >= precision or method.missed >= precision):
            if stop():
                break
            method.step()
            steps += 1
        return _solution(method, coupling, steps)


@cache
def _linear_algebra() -> ThreadpoolController:
    """Return what keeps its threads in check; to look for it takes longer than a small master."""
    return ThreadpoolController()


def _solution(point: InteriorPoint, coupling: Coupling, steps: int) -> MasterSolution:
    """Return what the point says; rows that are not met are paid for at the edges of the box."""
    master = point.master
    total = master.sums(point.weights)
    scaled = point.weights / total[master.block]
    weights = np.ones(len(master.alone))
    weights[~master.alone] = scaled
    shared = coupling.lower.copy()
    shared[master.free] += point.shared
    missing = master.sides - master.activity_transposed @ scaled - master.shared @ point.shared
    penalty = float(np.maximum(missing, 0) @ point.high - np.maximum(-missing, 0) @ point.low)
    value = master.constant + float(master.costs @ scaled + master.slopes @ point.shared)
    return MasterSolution(point.prices, weights, shared, value + penalty, penalty, steps)
