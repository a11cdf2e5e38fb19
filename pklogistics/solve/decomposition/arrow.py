"""A positive definite matrix of a few dense rows and many sparse ones, factorised.

    [ core   side' ]   [ outer ]
    [ side  corner ] + [ inner ] [ outer' inner' ]

The corner is eliminated first, by a sparse factorisation; what it leaves of the core is dense and small. The
work grows with the rows of the corner as long as these have few neighbours. A column that joins thousands of
them would fill the corner if it were added; it is taken along as one more unknown ``outer' x + inner' y`` (as
in the formula of Sherman, Morrison and Woodbury):

    [ core   side'   outer ]
    [ side  corner   inner ]
    [ outer' inner'     -1 ]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.linalg import splu

from pklogistics.model.program import Floats, Ints

_ADDED, _MORE = 1e-13, 100.0
"""What is added to a diagonal of 1 for what rounding takes away, and how much more if that is too little."""


class Arrow:
    """The factors.

    Parameters
    ----------
    core : shape (wide, wide)
    side : shape (narrow, wide)
    corner : sparse, shape (narrow, narrow)
    outer, inner : shape (wide, joining) and (narrow, joining)
    ordered : whether the rows of the corner come in the order in which they are best eliminated

    Attributes
    ----------
    order : in which the rows of the corner were eliminated. To find it takes half of the time of the corner's
        factorisation, and that of one matrix serves others with about the same entries
    """

    def __init__(
        self,
        core: Floats,
        side: Floats,
        corner: sparse.csc_matrix,
        outer: Floats,
        inner: Floats,
        *,
        ordered: bool = False,
    ) -> None:
        self.order: Ints = np.arange(corner.shape[0])
        self._ordered = ordered
        wide, narrow = (1.0 / np.sqrt(np.maximum(part.diagonal(), 1e-300)) for part in (core, corner))
        self._wide, self._narrow = wide, narrow
        self._side = np.hstack((narrow[:, None] * side * wide, narrow[:, None] * inner))
        self._outer = wide[:, None] * outer
        core = wide[:, None] * core * wide
        corner = sparse.csc_matrix(sparse.diags(narrow) @ corner @ sparse.diags(narrow))
        added = _ADDED
        while not self._factorised(core, corner, added):
            added *= _MORE

    def _factorised(self, core: Floats, corner: sparse.csc_matrix, added: float) -> bool:
        """Factorise with something added to the diagonal; return False if that is not positive definite."""
        solve = self._solver(corner, added)
        if solve is None:
            return False
        across, size = solve(self._side), len(core)
        taken = self._side.T @ across
        joined = np.identity(len(taken) - size) + taken[size:, size:]
        self._beside = self._outer - taken[:size, size:]
        try:
            self._joined = linalg.cho_factor(joined, lower=True, check_finite=False)
            self._given = linalg.cho_solve(self._joined, self._beside.T, check_finite=False)
            left = core - taken[:size, :size] + self._beside @ self._given + added * np.identity(size)
            self._core = linalg.cho_factor(left, lower=True, check_finite=False)
        except linalg.LinAlgError:
            return False
        self._solve, self._across = solve, across
        return True

    def _solver(self, corner: sparse.csc_matrix, added: float) -> Callable[[Floats], Floats] | None:
        """Factorise the corner without pivoting, and return what solves by it; None if that fails."""
        size = corner.shape[0]
        if not size:
            return lambda side: side
        shifted = sparse.csc_matrix(corner + added * sparse.identity(size))
        by: Literal["NATURAL", "MMD_AT_PLUS_A"] = "NATURAL" if self._ordered else "MMD_AT_PLUS_A"
        try:
            factors = splu(shifted, permc_spec=by, diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        except RuntimeError:  # Exactly singular.
            return None
        if not self._ordered:
            self.order = np.argsort(factors.perm_c)
        return factors.solve if (factors.U.diagonal() > 0).all() else None

    def solve(self, wide: Floats, narrow: Floats) -> tuple[Floats, Floats]:
        """Return the solution for a right-hand side, of the core's rows and of the corner's."""
        wide, narrow, size = self._wide * wide, self._narrow * narrow, len(wide)
        taken = self._across.T @ narrow
        joined = linalg.cho_solve(self._joined, taken[size:], check_finite=False)
        left = wide - taken[:size] - self._beside @ joined
        first = linalg.cho_solve(self._core, left, check_finite=False)
        rest = self._solve(narrow) - self._across @ np.concatenate((first, joined + self._given @ first))
        return self._wide * first, self._narrow * rest
