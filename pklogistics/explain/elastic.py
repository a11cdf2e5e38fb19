"""How far rows of elastic programs can go."""

from __future__ import annotations

from scipy import sparse

from pklogistics.model.program import Floats


def reach(matrix: sparse.csr_matrix, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest activity of every row within the column bounds."""
    positive, negative = matrix.maximum(0), matrix.minimum(0)
    return positive @ lower + negative @ upper, positive @ upper + negative @ lower
