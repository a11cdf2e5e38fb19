"""Whether blocks priced in whole numbers bound better than the linear program does.

Where every linear program of a block has whole solutions anyway (a customer who chooses one of the depots),
prices bound as the linear program of the whole does, and no better (the integrality property; Geoffrion,
Mathematical Programming Study 2, 1974). Then a solver of the whole, which branches and cuts, is the better
choice however many blocks there are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from pklogistics.model.program import SHARED, Ints
from pklogistics.solve.decomposition.pricing import Pricer
from pklogistics.solve.decomposition.split import split_of
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import Piece

_BLOCKS, _ENOUGH = 64, 0.05
"""Blocks that are tried at costs drawn at random, and what share of them has to come out in fractions."""

_ENDLESS = 1e6


def deciding_blocks(piece: Piece, col_block: Ints) -> Ints:
    """Return the numbers of the blocks in which something is whole."""
    return np.unique(col_block[piece.integer & (col_block != SHARED)])


def prices_gain(piece: Piece, row_block: Ints, col_block: Ints) -> bool:
    """Say whether some blocks come out in fractions if they are priced as linear programs.

    Parameters
    ----------
    piece : rows and columns of the program
    row_block, col_block : block numbers or ``SHARED``
    """
    random, deciding = np.random.default_rng(0), deciding_blocks(piece, col_block)
    some = random.choice(deciding, min(_BLOCKS, len(deciding)), replace=False)
    rows, columns = (np.flatnonzero(np.isin(block, some)) for block in (row_block, col_block))
    part = Piece(
        matrix=sparse.csr_matrix(piece.matrix[rows][:, columns]).sorted_indices(),
        row_lower=piece.row_lower[rows],
        row_upper=piece.row_upper[rows],
        col_lower=piece.col_lower[columns],
        col_upper=piece.col_upper[columns],
        integer=piece.integer[columns],
        costs=np.zeros(len(columns)),
    )
    bounds = [np.clip(side, -_ENDLESS, _ENDLESS) for side in implied_bounds(part)]
    # What a column may come to at most is worth about the same for all.
    part = replace(part, costs=random.normal(size=len(columns)) / np.maximum(bounds[1] - bounds[0], 1e-9))
    split = split_of(part, row_block[rows], col_block[columns])
    fractions = np.zeros(split.blocks, dtype=np.bool_)
    pricer = Pricer(split, (bounds[0], bounds[1]), threads=1)
    priced = pricer.price(part.costs[split.columns], whole=fractions)
    return bool(np.mean(~priced.found) > _ENOUGH)
