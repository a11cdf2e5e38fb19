"""What a tier comes to at least in each block by itself, and a draft of a plan in which it does.

A mandate that a site cannot keep even alone is broken in every plan. So the best that can be hoped for is not
that none is broken, but that each block breaks as little as it has to. Often that is easily had: those who
have to be there are few beside all who could be. Then the tier is solved before anything has a price.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pklogistics.model.program import Bools, Floats
from pklogistics.solve.crew import Crew
from pklogistics.solve.decomposition.pricing import Pricer
from pklogistics.solve.decomposition.primal import part_of, solve_part
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.engine import Engine
from pklogistics.solve.piece import Piece


@dataclass(frozen=True)
class Least:
    """The least of a tier.

    Attributes
    ----------
    split : of the tier's program
    bound : of the tier: what blocks and shared columns come to at least
    lower, upper : column bounds of the program in which no column costs more than where that is reached
    values : of the block columns, with as little begun as these bounds allow; for blocks that ``known`` marks
    """

    split: Split
    bound: float
    lower: Floats
    upper: Floats
    values: Floats
    known: Bools

    def within(self, piece: Piece) -> Piece:
        """Return the tier's program in which no column costs more."""
        return replace(piece, col_lower=self.lower, col_upper=self.upper)

    def draft(self, engine: Engine, plan: Floats, seconds: float) -> Floats:
        """Return a plan that is no more than that, with shared columns chosen anew; it may break shared rows.

        The other blocks stay as they are in ``plan``.
        """
        split, values = self.split, plan.copy()
        inside = self.known[split.block_of_column]
        values[split.columns[inside]] = self.values[inside]
        none, dear = np.zeros(split.blocks, dtype=np.bool_), np.ones(len(split.rows))
        part = part_of(split, values, none, dear)
        found = solve_part(engine, part, seconds, engine.options.gap)
        if found is not None:
            values[part.columns] = found
        return values


def least_of_blocks(
    split: Split, bounds: tuple[Floats, Floats], crew: Crew, seed: int, stop: Callable[[], bool]
) -> Least:
    """Price those blocks that have costs at all, in whole numbers and without a price for what they share.

    Parameters
    ----------
    split : of the tier's program
    bounds : finite column bounds
    """
    piece, columns, block = split.piece, split.columns, split.block_of_column
    costly = np.unique(block[piece.costs[columns] != 0])
    priced = Pricer(split, bounds, crew, seed).price(piece.costs[columns], costly, stop=stop)
    known = np.zeros(split.blocks, dtype=np.bool_)
    known[costly] = priced.found[costly]
    cheapest = np.where(piece.costs != 0, piece.cheaper_bounds(), 0.0)
    trivial = piece.costs * cheapest
    cheapest[columns] = np.where(known[block], priced.values, cheapest[columns])
    of_blocks = np.where(known, priced.bounds, np.bincount(block, trivial[columns], split.blocks))
    bound = float(of_blocks.sum() + trivial[split.shared_columns].sum()) + piece.offset
    lower = np.where(piece.costs < 0, cheapest, piece.col_lower)
    upper = np.where(piece.costs > 0, cheapest, piece.col_upper)
    # Once more, with as little of what comes whole as that takes.
    within = np.maximum(lower, bounds[0]), np.minimum(upper, bounds[1])
    begun = piece.integer[columns].astype(float)
    frugal = Pricer(split, within, crew, seed).price(begun, np.flatnonzero(known), stop=stop)
    values = np.where(frugal.found[block], frugal.values, priced.values)
    return Least(split, bound, lower, upper, values, known)
