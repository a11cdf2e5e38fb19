"""What is known of a program's blocks from one tier to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.piece import FEASIBLE


@dataclass
class Blocks:
    """Which block each row and column of the program belongs to, and what the latest search left behind.

    Attributes
    ----------
    rows, columns : block numbers or ``SHARED``; rows added to the program later are shared
    dual : of the latest search, None before the first
    main : of the part of it that was gone on with, None if it was not divided
    earlier : prices of the rows of the program of the tier before, None if none was searched
    least : what the first tier comes to if every block comes to its least, None if nobody asked
    """

    rows: Ints
    columns: Ints
    dual: Dual | None = None
    main: Dual | None = None
    earlier: Floats | None = None
    least: float | None = None

    def row_prices(self) -> Floats | None:
        """Return the best prices of the latest search by row of its piece, None if there are none.

        Links of the whole have no price in a part that decides what they lead to: they keep the whole's.
        """
        if self.dual is None or self.dual.proof is None:
            return None
        prices = self.dual.row_prices()
        if self.main is not None:
            rows = self.main.split.rows
            prices[rows] = self.main.row_prices()[rows]
        return prices

    def held_by_each(self, split: Split) -> Bools:
        """Say which shared rows hold the first tier at what it comes to if every block comes to its least."""
        piece = split.piece
        if self.least is None:
            return np.zeros(len(split.rows), dtype=np.bool_)
        near = piece.row_upper <= self.least + FEASIBLE * (1.0 + abs(self.least))
        first = np.arange(piece.rows) == len(self.rows)
        return np.asarray((first & near)[split.rows])
