"""The master: the best prices for the points known so far, by an interior point method in the prices.

Every known point of a block is a column k with cost c_k and activity a_k in the shared rows. The prices that
bound best, as far as these columns tell, within a box around prices that have proven good, are

    max  q·pi + sum_b v_b + sum_z (lower·below - upper·above) - high·0 ...
         v_b <= c_k - a_k·pi  for every column k of b,     low <= pi <= high

and its dual weighs the columns: ``min sum_k c_k w_k + d·z + high·missing - low·excess`` over
``sum_k a_k w_k + H z + missing - excess = q`` and ``sum_{k in b} w_k = 1`` (Dantzig-Wolfe master with a box
on the prices: boxstep, Marsten, Hogan and Blankenship, Operations Research 23, 1975).

The method is Mehrotra's predictor-corrector (SIAM Journal on Optimization 2, 1992). Weights and values of
blocks are eliminated, so that a step solves one linear system of the size of the shared rows, however many
blocks there are. It begins on the central path of each block: only the shared rows are not yet met.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import linalg, sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.coupling import Coupling

_STEPS = 60
_TO_BOUNDARY = 0.99
_LEAST_MU = 1e-6
_WIDE = 0.05
"""A row is wide if it is touched by more than this share of the columns."""


@dataclass(frozen=True)
class Columns:
    """Points of blocks: block number, cost, and activity in the shared rows, each of shape (columns, ...).

    Sorted by block.
    """

    block: Ints
    costs: Floats
    activity: sparse.csr_matrix


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
    coupling: Coupling, columns: Columns, low: Floats, high: Floats, start: Floats, precision: float
) -> MasterSolution:
    """Return the best prices between ``low`` and ``high`` for the columns.

    Parameters
    ----------
    low, high : box of the prices, shape (rows,), low < high
    start : prices strictly inside
    precision : absolute, in units of the objective
    """
    method = _InteriorPoint(_Reduced.of(coupling, columns), low, high, start)
    steps = 0
    while steps < _STEPS and (method.complementarity >= precision or method.missed >= precision):
        method.step()
        steps += 1
    return method.solution(coupling, steps)


@dataclass(frozen=True)
class _Reduced:
    """The master without what has no choice: blocks with one column, shared columns that are fixed."""

    alone: Bools
    costs: Floats
    activity: sparse.csr_matrix
    activity_transposed: sparse.csr_matrix
    wide: Ints
    narrow: Ints
    dense: Floats
    thin: sparse.csr_matrix
    first: Ints
    block: Ints
    free: Bools
    slopes: Floats
    width: Floats
    shared: sparse.csr_matrix
    shared_transposed: sparse.csr_matrix
    sides: Floats
    constant: float

    @classmethod
    def of(cls, coupling: Coupling, columns: Columns) -> _Reduced:
        count = np.bincount(columns.block)
        alone = count[columns.block] == 1
        free = coupling.upper > coupling.lower
        fixed = np.asarray(columns.activity[alone].sum(axis=0)).ravel() + coupling.shared @ coupling.lower
        activity = sparse.csr_matrix(columns.activity[~alone])
        block = columns.block[~alone]
        first = np.flatnonzero(np.diff(block, prepend=-1))
        shared = sparse.csr_matrix(coupling.shared[:, free])
        touched = np.bincount(activity.indices, minlength=activity.shape[1])
        is_wide = touched > _WIDE * max(1, len(block))
        return cls(
            alone=alone,
            costs=columns.costs[~alone],
            activity=activity,
            activity_transposed=sparse.csr_matrix(activity.T),
            wide=np.flatnonzero(is_wide),
            narrow=np.flatnonzero(~is_wide),
            dense=activity[:, np.flatnonzero(is_wide)].toarray(),
            thin=sparse.csr_matrix(activity[:, np.flatnonzero(~is_wide)]),
            first=first,
            block=np.repeat(np.arange(len(first)), np.diff(np.append(first, len(block)))),
            free=free,
            slopes=coupling.costs[free],
            width=(coupling.upper - coupling.lower)[free],
            shared=shared,
            shared_transposed=sparse.csr_matrix(shared.T),
            sides=coupling.sides - fixed,
            constant=float(columns.costs[alone].sum() + coupling.costs @ coupling.lower),
        )

    def sums(self, values: Floats) -> Floats:
        """Return sums over the columns of each block."""
        return np.add.reduceat(values, self.first) if len(self.first) else values[:0]

    def spread(self) -> sparse.csr_matrix:
        """Return the matrix that sums columns by block."""
        size = len(self.block)
        return sparse.csr_matrix(
            (np.ones(size), (self.block, np.arange(size))), shape=(len(self.first), size)
        )


@dataclass
class _Move:
    """Changes of all variables in one step."""

    prices: Floats
    values: Floats
    weights: Floats
    reduced: Floats
    shared: Floats
    below: Floats
    above: Floats
    missing: Floats
    excess: Floats


@dataclass
class _InteriorPoint:
    """The point, and how it moves.

    ``weights`` and ``reduced`` belong together (their product goes to zero), and so do z over its lower bound
    (``shared``) and ``below``, z under its upper bound and ``above``, ``missing`` and ``high - prices``,
    ``excess`` and ``prices - low``.
    """

    master: _Reduced
    low: Floats
    high: Floats
    prices: Floats
    values: Floats = field(init=False)
    weights: Floats = field(init=False)
    reduced: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._spread = self.master.spread()
        # Kept by themselves: near the end they are smaller than the rounding of the prices.
        self.to_high, self.to_low = self.high - self.prices, self.prices - self.low
        mu = _LEAST_MU
        for _ in range(2):
            self._begin(mu)
            mu = max(mu, self.missed / max(1, self.terms))
        self._begin(mu)

    def _begin(self, mu: float) -> None:
        """Begin on the central path of everything but the shared rows, which the prices do not meet yet."""
        master, prices = self.master, self.prices
        offered = master.costs - master.activity @ prices
        least = np.minimum.reduceat(offered, master.first) if len(offered) else np.zeros(0)
        over = offered - least[master.block]
        gap = _central_gap(over, mu, master)
        self.values = least - gap
        self.reduced = over + gap[master.block]
        self.weights = mu / self.reduced
        slope = master.slopes - master.shared_transposed @ prices
        near, far = _balanced(np.abs(slope), master.width, mu)
        self.shared = np.where(slope > 0, near, far)
        self.rest = np.where(slope > 0, far, near)
        self.below, self.above = mu / self.shared, mu / self.rest
        self.missing, self.excess = mu / self.to_high, mu / self.to_low

    @property
    def terms(self) -> int:
        """Number of pairs whose products go to zero."""
        return len(self.weights) + 2 * len(self.shared) + 2 * len(self.prices)

    @property
    def complementarity(self) -> float:
        """Sum of the products: how far prices and weights are apart, in units of the objective."""
        return float(
            self.weights @ self.reduced
            + self.shared @ self.below
            + self.rest @ self.above
            + self.missing @ self.to_high
            + self.excess @ self.to_low
        )

    @property
    def missed(self) -> float:
        """What the residuals of the shared rows may cost at most, in units of the objective."""
        return float(np.abs(self._residual()) @ np.maximum(np.abs(self.low), np.abs(self.high)))

    def _residual(self) -> Floats:
        master = self.master
        activity, shared = master.activity_transposed @ self.weights, master.shared @ self.shared
        return np.asarray(master.sides - activity - shared - self.missing + self.excess)

    def step(self) -> None:
        """Move once: predict, correct, and go as far as everything stays positive."""
        factor = _Factor(self)
        affine = factor.move(*self._targets(0.0, None))
        mu = self.complementarity / self.terms
        primal, dual = self._lengths(affine, 1.0)
        ahead = self._ahead(affine, primal, dual) / self.terms
        centring = (ahead / mu) ** 3 if mu > 0 else 0.0
        move = factor.move(*self._targets(centring * mu, affine))
        primal, dual = self._lengths(move, _TO_BOUNDARY)
        self._go(move, primal, dual)

    def _targets(self, mu: float, affine: _Move | None) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return what each product still has to change by, the second-order part of ``affine`` included."""
        products = (
            self.weights * self.reduced,
            self.shared * self.below,
            self.rest * self.above,
            self.missing * self.to_high,
            self.excess * self.to_low,
        )
        if affine is None:
            second: tuple[Floats | float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)
        else:
            second = (
                affine.weights * affine.reduced,
                affine.shared * affine.below,
                -affine.shared * affine.above,
                -affine.missing * affine.prices,
                affine.excess * affine.prices,
            )
        a, b, c, d, e = (mu - product - part for product, part in zip(products, second, strict=True))
        return a, b, c, d, e

    def _lengths(self, move: _Move, share: float) -> tuple[float, float]:
        primal = min(
            _longest(self.weights, move.weights),
            _longest(self.shared, move.shared),
            _longest(self.rest, -move.shared),
            _longest(self.missing, move.missing),
            _longest(self.excess, move.excess),
        )
        dual = min(
            _longest(self.reduced, move.reduced),
            _longest(self.below, move.below),
            _longest(self.above, move.above),
            _longest(self.to_high, -move.prices),
            _longest(self.to_low, move.prices),
        )
        return min(1.0, share * primal), min(1.0, share * dual)

    def _ahead(self, move: _Move, primal: float, dual: float) -> float:
        """Return the complementarity after a move."""
        return float(
            (self.weights + primal * move.weights) @ (self.reduced + dual * move.reduced)
            + (self.shared + primal * move.shared) @ (self.below + dual * move.below)
            + (self.rest - primal * move.shared) @ (self.above + dual * move.above)
            + (self.missing + primal * move.missing) @ (self.to_high - dual * move.prices)
            + (self.excess + primal * move.excess) @ (self.to_low + dual * move.prices)
        )

    def _go(self, move: _Move, primal: float, dual: float) -> None:
        self.weights = self.weights + primal * move.weights
        self.shared, self.rest = self.shared + primal * move.shared, self.rest - primal * move.shared
        self.missing, self.excess = self.missing + primal * move.missing, self.excess + primal * move.excess
        self.prices, self.values = self.prices + dual * move.prices, self.values + dual * move.values
        self.to_high, self.to_low = self.to_high - dual * move.prices, self.to_low + dual * move.prices
        self.reduced = self.reduced + dual * move.reduced
        self.below, self.above = self.below + dual * move.below, self.above + dual * move.above

    def solution(self, coupling: Coupling, steps: int) -> MasterSolution:
        """Return what the point says; rows that are not met are paid for at the edges of the box."""
        master = self.master
        total = master.sums(self.weights)
        scaled = self.weights / total[master.block]
        weights = np.ones(len(master.alone))
        weights[~master.alone] = scaled
        shared = coupling.lower.copy()
        shared[master.free] += self.shared
        missing = master.sides - master.activity_transposed @ scaled - master.shared @ self.shared
        penalty = float(np.maximum(missing, 0) @ self.high - np.maximum(-missing, 0) @ self.low)
        value = master.constant + float(master.costs @ scaled + master.slopes @ self.shared)
        return MasterSolution(self.prices, weights, shared, value + penalty, penalty, steps)


class _Factor:
    """The linear system of one point, factorised once for predictor and corrector.

    Activities are centred by block before they are squared: the difference of two large matrices would have
    no digits left near the end. Rows that many columns touch are treated as dense, which is much faster.
    """

    def __init__(self, point: _InteriorPoint) -> None:
        master = point.master
        self._point, self._residual = point, point._residual()
        self._theta = theta = point.weights / point.reduced
        self._total = master.sums(theta)
        self._shared_theta = 1.0 / (point.below / point.shared + point.above / point.rest)
        self._wide_means = master.sums(theta[:, None] * master.dense) / self._total[:, None]
        centred = master.dense - self._wide_means[master.block]
        weighted = centred * theta[:, None]
        means = point._spread @ master.thin.multiply(theta[:, None])
        self._thin_means = sparse.csr_matrix(means.multiply((1.0 / self._total)[:, None]))
        thin = sparse.csr_matrix(master.thin - point._spread.T @ self._thin_means)
        columns = sparse.csr_matrix(master.shared_transposed.multiply(self._shared_theta[:, None]))
        matrix = sparse.csr_matrix(master.shared @ columns).toarray()
        mixed = master.thin.T @ weighted
        squares = sparse.csr_matrix(thin.T @ sparse.csr_matrix(thin.multiply(theta[:, None])))
        matrix[np.ix_(master.wide, master.wide)] += weighted.T @ centred
        matrix[np.ix_(master.narrow, master.wide)] += mixed
        matrix[np.ix_(master.wide, master.narrow)] += mixed.T
        matrix[np.ix_(master.narrow, master.narrow)] += squares.toarray()
        matrix[np.diag_indices_from(matrix)] += point.missing / point.to_high + point.excess / point.to_low
        self._scale = 1.0 / np.sqrt(np.maximum(np.diag(matrix), 1e-300))
        matrix *= self._scale[:, None] * self._scale[None, :]
        self._factor = _factorised(matrix)

    def move(
        self, by_weight: Floats, by_below: Floats, by_above: Floats, by_high: Floats, by_low: Floats
    ) -> _Move:
        """Return the changes by which the products change as asked and the shared rows are met."""
        point, master = self._point, self._point.master
        direct = by_weight / point.reduced
        lacking = (1.0 - master.sums(point.weights)) - master.sums(direct)
        per_block = lacking / self._total
        tilt = by_below / point.shared - by_above / point.rest
        side = (
            self._residual
            - master.activity_transposed @ (direct + self._theta * per_block[master.block])
            - master.shared @ (self._shared_theta * tilt)
            - by_high / point.to_high
            + by_low / point.to_low
        )
        prices = self._scale * linalg.cho_solve(self._factor, self._scale * side, check_finite=False)
        means = self._wide_means @ prices[master.wide] + self._thin_means @ prices[master.narrow]
        values = per_block - means
        rising = master.activity @ prices + values[master.block]
        shared = self._shared_theta * (master.shared_transposed @ prices + tilt)
        return _Move(
            prices=prices,
            values=values,
            weights=direct + self._theta * rising,
            reduced=-rising,
            shared=shared,
            below=(by_below - point.below * shared) / point.shared,
            above=(by_above + point.above * shared) / point.rest,
            missing=(by_high + point.missing * prices) / point.to_high,
            excess=(by_low - point.excess * prices) / point.to_low,
        )


def _factorised(matrix: Floats) -> tuple[Floats, bool]:
    """Factorise a matrix with a diagonal of 1, with as much added to it as rounding has taken away."""
    added = 1e-13
    while True:
        try:
            return linalg.cho_factor(
                matrix + added * np.eye(len(matrix)), check_finite=False, overwrite_a=True
            )
        except linalg.LinAlgError:
            added *= 100.0


def _longest(values: Floats, change: Floats) -> float:
    falling = change < 0
    return float((-values[falling] / change[falling]).min(initial=np.inf))


def _central_gap(over: Floats, mu: float, master: _Reduced) -> Floats:
    """Solve ``sum_k mu / (over_k + t_b) = 1`` for every block by Newton's method on the inverse sum."""
    t = np.full(len(master.first), mu)
    for _ in range(30):
        if not len(over):
            break
        inverse = 1.0 / (over + t[master.block])
        total, slope = mu * master.sums(inverse), mu * master.sums(inverse**2)
        t = np.maximum(t + (total - 1.0) * total / slope, mu)
    return t


def _balanced(steep: Floats, width: Floats, mu: float) -> tuple[Floats, Floats]:
    """Return distances ``near + far = width`` for which ``mu / near - mu / far = steep >= 0``."""
    near = 2 * mu * width / (steep * width + 2 * mu + np.hypot(steep * width, 2 * mu))
    return near, width - near
