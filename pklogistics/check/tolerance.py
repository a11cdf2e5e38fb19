"""How far numbers may be apart before a rule counts as broken."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

ABSOLUTE = 1e-4
RELATIVE = 1e-6

# What is smaller than this (and than this share of its size) is rounding, and not a need or a break.
NOTHING = 1e-9


def slack(*sizes: ArrayLike) -> NDArray[np.float64]:
    """Return the tolerance of a rule whose numbers have the given sizes (units as the numbers')."""
    largest: NDArray[np.float64] = np.zeros((), dtype=float)
    for size in sizes:
        finite = np.nan_to_num(np.abs(np.asarray(size, dtype=float)), nan=0.0, posinf=0.0)
        largest = np.maximum(largest, finite)
    return np.asarray(ABSOLUTE + RELATIVE * largest, dtype=float)
