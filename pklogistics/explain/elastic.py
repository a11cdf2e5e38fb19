"""What elastic programs are made of: how far rows can go, and bounds of columns that can be broken."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from pklogistics.model.program import Floats, Ints


def reach(matrix: sparse.csr_matrix, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest activity of every row within the column bounds."""
    positive, negative = matrix.maximum(0), matrix.minimum(0)
    return positive @ lower + negative @ upper, positive @ upper + negative @ lower


def with_bounds(matrix: sparse.csr_matrix, columns: Ints, count: int) -> sparse.csr_matrix:
    """Return the matrix with a row ``x - e`` for each of these columns, and a column e for each row."""
    rows = np.arange(count)
    top = sparse.hstack([matrix, sparse.csr_matrix((matrix.shape[0], count))], format="csr")
    own = sparse.csr_matrix((np.ones(count), (rows, columns)), shape=(count, matrix.shape[1]))
    bottom = sparse.hstack([own, -sparse.eye(count)], format="csr")
    return sparse.csr_matrix(sparse.vstack([top, bottom], format="csr"))
