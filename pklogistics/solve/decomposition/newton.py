"""The linear system of one step of the master, with everything but the prices eliminated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, sparse

from pklogistics.model.program import Floats

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


class Factor:
    """The linear system of one point, factorised once for predictor and corrector.

    Activities are centred by block before they are squared: the difference of two large matrices would have
    no digits left near the end. Rows that many columns touch are treated as dense, which is much faster.
    """

    def __init__(self, point: InteriorPoint) -> None:
        master = point.master
        self._point, self._residual = point, point.residual()
        self._theta = theta = point.weights / point.reduced
        self._total = master.sums(theta)
        self._shared_theta = 1.0 / (point.below / point.shared + point.above / point.rest)
        self._wide_means = master.sums(theta[:, None] * master.dense) / self._total[:, None]
        centred = master.dense - self._wide_means[master.block]
        weighted = centred * theta[:, None]
        means = point.spread @ master.thin.multiply(theta[:, None])
        self._thin_means = sparse.csr_matrix(means.multiply((1.0 / self._total)[:, None]))
        thin = sparse.csr_matrix(master.thin - point.spread.T @ self._thin_means)
        wide, order = len(master.wide), master.order
        matrix = _square(sparse.csr_matrix(master.shared[order]), self._shared_theta)
        matrix[wide:, wide:] += _square(sparse.csr_matrix(thin.T), theta)
        # Only the lower triangle is read.
        matrix[wide:, :wide] += master.thin.T @ weighted
        matrix[:wide, :wide] += weighted.T @ centred
        matrix[np.diag_indices_from(matrix)] += (point.missing / point.to_high + point.excess / point.to_low)[
            order
        ]
        self._scale = 1.0 / np.sqrt(np.maximum(np.diag(matrix), 1e-300))
        matrix *= self._scale[:, None] * self._scale[None, :]
        self._factor = _factorised(matrix)

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
        scaled = self._scale * side[master.order]
        prices[master.order] = self._scale * linalg.cho_solve(self._factor, scaled, check_finite=False)
        means = self._wide_means @ prices[master.wide] + self._thin_means @ prices[master.narrow]
        values = per_block - means
        rising = master.activity @ prices + values[master.block]
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


def _square(matrix: sparse.csr_matrix, weights: Floats) -> Floats:
    """Return ``matrix diag(weights) matrix'``, dense."""
    half = sparse.csr_matrix(matrix.multiply(np.sqrt(weights)))
    return np.asarray((half @ half.T).toarray())


def _factorised(matrix: Floats) -> tuple[Floats, bool]:
    """Factorise a matrix given by its lower triangle, with a diagonal of 1.

    As much is added to the diagonal as rounding has taken away.
    """
    added = 1e-13
    while True:
        try:
            shifted = matrix.copy()
            shifted[np.diag_indices_from(shifted)] += added
            return linalg.cho_factor(shifted, lower=True, check_finite=False, overwrite_a=True)
        except linalg.LinAlgError:
            added *= 100.0
