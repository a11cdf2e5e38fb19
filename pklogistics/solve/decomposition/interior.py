"""The interior point of the master, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pklogistics.model.program import Floats
from pklogistics.solve.decomposition.newton import Factor, Move
from pklogistics.solve.decomposition.reduced import Reduced

_TO_BOUNDARY = 0.99
_LEAST_MU = 1e-6

_CORRECTORS, _AHEAD, _LONGER, _FAR = 3, 0.3, 0.05, 10.0
"""Most corrections of a move towards the centre, by how much longer a move they aim at, how much longer it
has to become (both lengths together), and which factor is far from the centre."""

_WEIGHTS = (1.0, 0.75, 0.5, 0.3, 0.1)
"""What of a correction is tried, as long as less of it makes the move longer: all of it is often too much."""

Products = tuple[Floats, Floats, Floats, Floats, Floats]
"""One value for each pair of variables that belong together, in the order of `InteriorPoint`."""


@dataclass
class InteriorPoint:
    """The point, and how it moves: predictor and corrector, then corrections towards the centre that make the
    move longer (Gondzio, Computational Optimization and Applications 6, 1996), which cost little beside the
    factorisation. Of each correction that part is taken with which the move is longest (Colombo and Gondzio,
    Computational Optimization and Applications 41, 2008).

    ``weights`` and ``reduced`` belong together (their product goes to zero), and so do z over its lower bound
    (``shared``) and ``below``, z under its upper bound and ``above``, ``missing`` and ``high - prices``,
    ``excess`` and ``prices - low``.
    """

    master: Reduced
    low: Floats
    high: Floats
    prices: Floats
    values: Floats = field(init=False)
    weights: Floats = field(init=False)
    reduced: Floats = field(init=False)
    _ordered: bool = False

    def __post_init__(self) -> None:
        self.spread = self.master.spread()
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
        return float(np.abs(self.residual()) @ np.maximum(np.abs(self.low), np.abs(self.high)))

    def residual(self) -> Floats:
        """Return by how much each shared row is not met, shape (rows,)."""
        master = self.master
        activity, shared = master.activity_transposed @ self.weights, master.shared @ self.shared
        return np.asarray(master.sides - activity - shared - self.missing + self.excess)

    def step(self) -> None:
        """Move once: predict, correct, and go as far as everything stays positive.

        Where there is nothing to choose (no row is shared) the only point stays.
        """
        if not self.terms:
            return
        factor = Factor(self, ordered=self._ordered)
        affine = factor.move(*self._targets(0.0, None))
        mu = self.complementarity / self.terms
        ahead = sum(float(each.sum()) for each in self._products(affine, *self._lengths(affine, 1.0)))
        centring = (ahead / self.terms / mu) ** 3 if mu > 0 else 0.0
        targets = self._targets(centring * mu, affine)
        before, after = affine, factor.move(*targets)
        move, lengths = self._longest_of(affine, before, after)
        for _ in range(_CORRECTORS):
            targets = _sum(targets, self._aside(move, *lengths, centring * mu))
            before, after = after, factor.move(*targets)
            tried, longer = self._longest_of(move, before, after)
            if sum(longer) < sum(lengths) + _LONGER:
                break
            move, lengths = tried, longer
        self._go(move, *lengths)
        if not self._ordered:
            self.master, self._ordered = self.master.ordered(factor.order), True

    def _longest_of(self, move: Move, before: Move, after: Move) -> tuple[Move, tuple[float, float]]:
        """Return the move with that part of a correction that makes it longest, and its lengths."""
        best, lengths = move, (0.0, 0.0)
        for weight in _WEIGHTS:
            tried = move.corrected(before, after, weight)
            longer = self._lengths(tried, _TO_BOUNDARY)
            if sum(longer) <= sum(lengths):
                break
            best, lengths = tried, longer
        return best, lengths

    def _aside(self, move: Move, primal: float, dual: float, mu: float) -> Products:
        """Return what would bring products near mu that a longer move would take far from it."""
        primal, dual = min(1.0, primal + _AHEAD), min(1.0, dual + _AHEAD)
        a, b, c, d, e = (
            np.maximum(np.clip(each, mu / _FAR, mu * _FAR) - each, -_FAR * mu)
            for each in self._products(move, primal, dual)
        )
        return a, b, c, d, e

    def _targets(self, mu: float, affine: Move | None) -> Products:
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

    def _lengths(self, move: Move, share: float) -> tuple[float, float]:
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

    def _products(self, move: Move, primal: float, dual: float) -> Products:
        """Return the products after a move."""
        return (
            (self.weights + primal * move.weights) * (self.reduced + dual * move.reduced),
            (self.shared + primal * move.shared) * (self.below + dual * move.below),
            (self.rest - primal * move.shared) * (self.above + dual * move.above),
            (self.missing + primal * move.missing) * (self.to_high - dual * move.prices),
            (self.excess + primal * move.excess) * (self.to_low + dual * move.prices),
        )

    def _go(self, move: Move, primal: float, dual: float) -> None:
        self.weights = self.weights + primal * move.weights
        self.shared, self.rest = self.shared + primal * move.shared, self.rest - primal * move.shared
        self.missing, self.excess = self.missing + primal * move.missing, self.excess + primal * move.excess
        self.prices, self.values = self.prices + dual * move.prices, self.values + dual * move.values
        self.to_high, self.to_low = self.to_high - dual * move.prices, self.to_low + dual * move.prices
        self.reduced = self.reduced + dual * move.reduced
        self.below, self.above = self.below + dual * move.below, self.above + dual * move.above


def _sum(first: Products, second: Products) -> Products:
    a, b, c, d, e = (one + other for one, other in zip(first, second, strict=True))
    return a, b, c, d, e


def _longest(values: Floats, change: Floats) -> float:
    falling = change < 0
    return float((-values[falling] / change[falling]).min(initial=np.inf))


def _central_gap(over: Floats, mu: float, master: Reduced) -> Floats:
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
