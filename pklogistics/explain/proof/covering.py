"""Whether boxes of whole numbers leave nothing out: what the parts of a certificate are believed by."""

from __future__ import annotations

import numpy as np

from pklogistics.model.program import Floats

_MOST_LOOKS = 50
"""So many boxes are looked into for each one given; parts of a tree of divisions need two at most."""


def covered(lower: Floats, upper: Floats, least: Floats, most: Floats) -> bool:
    """Say whether every point of whole numbers within bounds lies in a box.

    Boxes that are made by dividing one again and again are recognised in a few steps a box. Of others this
    may give up, and say no.

    Parameters
    ----------
    lower, upper : bounds of the columns, maybe infinite, shape (columns,)
    least, most : bounds of the boxes, shape (boxes, columns)
    """
    least, most = np.ceil(least), np.floor(most)
    looks = _MOST_LOOKS * (len(least) + 1)
    todo = [(lower, upper, least, most)]
    while todo:
        looks -= 1
        lower, upper, least, most = todo.pop()
        if (lower > upper).any():
            continue
        meeting = ((least <= upper) & (most >= lower)).all(axis=1)
        least, most = least[meeting], most[meeting]
        if ((least <= lower) & (most >= upper)).all(axis=1).any():
            continue
        if not len(least) or looks <= 0:
            return False
        at, below = _cut(lower, upper, least, most)
        first, second = upper.copy(), lower.copy()
        first[at], second[at] = below, below + 1.0
        todo += [(lower, first, least, most), (second, upper, least, most)]
    return True


def _cut(lower: Floats, upper: Floats, least: Floats, most: Floats) -> tuple[int, float]:
    """Return where to divide: the column, and the last number below the cut, which fewest boxes cross."""
    best, found = len(least) + 1, (0, 0.0)
    for at in range(len(lower)):
        ends = np.concatenate((least[:, at] - 1.0, most[:, at]))
        for below in np.unique(ends[(ends >= lower[at]) & (ends < upper[at])]):
            crossing = int(((least[:, at] <= below) & (most[:, at] > below)).sum())
            if crossing < best:
                best, found = crossing, (at, float(below))
        if best == 0:
            break
    return found
