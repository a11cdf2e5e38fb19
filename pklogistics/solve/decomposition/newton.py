"""The linear system of one step of the master, with everything but the prices eliminated."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from pklogistics.model.program import Floats, Ints
from pklogistics.solve.decomposition.arrow import Arrow

if TYPE_CHECKING:
    from pklogistics.solve.decomposition.interior import InteriorPoint


@dataclass
class Move:
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

    def corrected(self, before: Move, after: Move, weight: float) -> Move:
        """Return this move and so much of what leads from one move to another."""
        three = (self, before, after)
        parts = ([getattr(move, each.name) for move in three] for each in fields(self))
        return Move(*(own + weight * (last - first) for own, first, last in parts))


class Factor:
    """The linear system of one point, factorised once for predictor and corrector.

    Activities are taken relative to those of a block's column of most weight before they are squared and
    before they are priced: near the end the difference of two large numbers has no digits left. Columns of a
    block have most of theirs in common, so little is left to square. Rows that many columns touch are treated
    as dense, relative to the block's mean, which is much faster.

    Parameters
    ----------
    ordered : whether the narrow rows of the master come in the order of an earlier system's ``order``
    """

    def __init__(self, point: InteriorPoint, *, ordered: bool) -> None:
        master = point.master
        self._point, self._residual = point, point.residual()
        self._theta = theta = point.weights / point.reduced
        self._total = master.sums(theta)
        self._shared_theta = 1.0 / (point.below / point.shared + point.above / point.rest)
        last = np.append(master.first[1:], len(theta))[: len(master.first)] - 1
        heaviest = np.lexsort((theta, master.block))[last]
        beside_heaviest = master.dense - master.dense[heaviest][master.block]
        mean = master.sums(theta[:, None] * beside_heaviest) / self._total[:, None]
        self._wide_means = master.dense[heaviest] + mean
        self._centred = centred = beside_heaviest - mean[master.block]
        weighted = centred * theta[:, None]
        self._thin_heaviest = master.thin[heaviest]
        self._apart = apart = sparse.csr_matrix(master.thin - self._thin_heaviest[master.block])
        apart.eliminate_zeros()
        half = sparse.csr_matrix(apart.T.multiply(np.sqrt(theta)))
        self._moved = moved = sparse.csr_matrix(point.spread @ apart.multiply(theta[:, None]))
        common = sparse.csr_matrix(moved.T.multiply(1.0 / np.sqrt(self._total)))
        diagonal = point.missing / point.to_high + point.excess / point.to_low
        shared = sparse.csr_matrix(master.shared.multiply(np.sqrt(self._shared_theta)))
        joining, beside = shared[:, master.joining].toarray(), sparse.csr_matrix(shared[:, ~master.joining])
        outer, inner = beside[master.wide], beside[master.narrow]
        corner = half @ half.T - common @ common.T + inner @ inner.T
        self._factor = Arrow(
            (outer @ outer.T).toarray() + weighted.T @ centred + np.diag(diagonal[master.wide]),
            np.asarray((inner @ outer.T).toarray() + master.thin.T @ weighted),
            sparse.csc_matrix(corner + sparse.diags(diagonal[master.narrow])),
            joining[master.wide],
            joining[master.narrow],
            ordered=ordered,
        )

    @property
    def order(self) -> Ints:
        """In which order the narrow rows were eliminated."""
        return self._factor.order

    def move(
        self, by_weight: Floats, by_below: Floats, by_above: Floats, by_high: Floats, by_low: Floats
    ) -> Move:
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
        prices = np.empty(len(side))
        wide, narrow = self._factor.solve(side[master.wide], side[master.narrow])
        prices[master.wide], prices[master.narrow] = wide, narrow
        own = per_block - (self._moved @ narrow) / self._total
        values = own - self._wide_means @ wide - self._thin_heaviest @ narrow
        # `activity @ prices + values` by block, but near the end those two differ by nothing but rounding.
        rising = self._centred @ wide + self._apart @ narrow + own[master.block]
        shared = self._shared_theta * (master.shared_transposed @ prices + tilt)
        return Move(
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
