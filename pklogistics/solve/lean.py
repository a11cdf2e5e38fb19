"""A program without the links that make it tight and, where there are too many of them, unsolvable.

A link is a row ``a x <= b y`` of one continuous and one whole column: nothing is sent from a depot that is
closed. With one for every customer of a depot the relaxation is strong, and most solvers are lost without
them. But a hundred depots with a thousand customers each have a hundred thousand, and a simplex spends
minutes on its first linear program. Mostly another row says the same of whole numbers (what a depot sends
in all), and a solver finds the few links that it needs by itself, as cuts.

So where few whole columns have very many links each, the searches work without them. A program with fewer
rows bounds what it did before, or less well, and points are checked and cleaned against all rows anyway.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from pklogistics.solve.links import MANY_LINKS, burden_of
from pklogistics.solve.piece import Piece


def lean(piece: Piece) -> Piece:
    """Return a piece with the links of much-linked columns made free rows; the rows keep their places.

    Where the bounds of columns do not bound the objective, a link might: then all are kept.
    """
    if not math.isfinite(piece.trivial_bound()):
        return piece
    links = burden_of(piece)
    links = links.only(~links.whole)
    if len(links.row) < MANY_LINKS:
        return piece
    freed = np.isin(np.arange(piece.rows), links.row)
    return replace(
        piece,
        row_lower=np.where(freed, -np.inf, piece.row_lower),
        row_upper=np.where(freed, np.inf, piece.row_upper),
    )
