"""A plan from a draft that breaks shared rows: blocks go back to a plan at hand until all rows are kept.

Mending (`improver`) finds better plans, but may take long. This takes little at any size: of the blocks whose
return helps a broken row, those return first that lose least for what they help. A return may break other
rows (posts lose the surgeon who went with it, and what was on its way has nobody left to go to). So the
shared columns are set anew, with whole ones that a return is linked to as they were, and rows looked at once
more. Blocks never go forward again, so it ends.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from pklogistics.model.program import Floats, Ints
from pklogistics.solve.decomposition.primal import broken
from pklogistics.solve.decomposition.split import Split

_ROUNDS = 20


def retreated(split: Split, draft: Floats, plan: Floats, settle: Callable[[Floats], Floats]) -> Floats | None:
    """Return a point with some blocks as in the plan and the others as in the draft.

    None if that leaves rows broken.

    Parameters
    ----------
    draft, plan : values of all columns; both keep the rows of blocks
    settle : sets shared columns anew, so that as few rows are broken as can be with the blocks as they are
    """
    point, stayed = draft, np.ones(split.blocks, dtype=np.bool_)
    change = plan[split.columns] - draft[split.columns]
    gains, dearer = _by_block(split, split.outer[:, split.columns], change), np.zeros(split.blocks)
    np.add.at(dearer, split.block_of_column, split.piece.costs[split.columns] * change)
    for _ in range(_ROUNDS):
        lacking = broken(split, point)
        wrong = np.flatnonzero(lacking)
        if not len(wrong):
            return point
        going = np.zeros(split.blocks, dtype=np.bool_)
        for row in wrong[np.argsort(-np.abs(lacking[wrong]), kind="stable")]:
            at = slice(gains.indptr[row], gains.indptr[row + 1])
            blocks, gain = gains.indices[at], np.sign(lacking[row]) * gains.data[at]
            left = abs(lacking[row]) - gain[going[blocks]].sum()
            helping = (gain > 0) & stayed[blocks] & ~going[blocks]
            blocks, gain = blocks[helping], gain[helping]
            order = np.argsort(dearer[blocks] / gain, kind="stable")
            before = np.cumsum(gain[order]) - gain[order]
            going[blocks[order[before < left]]] = True
        if not going.any():
            return None
        stayed &= ~going
        point, columns = point.copy(), split.columns[going[split.block_of_column]]
        point[columns] = plan[columns]
        asked = _asked_for(split, point)
        point[asked] = plan[asked]
        point = settle(point)
    return None


def _asked_for(split: Split, point: Floats) -> Ints:
    """Return whole shared columns that broken links ask for: who went back is linked to what the plan had."""
    wrong = np.flatnonzero((broken(split, point) != 0) & split.links)
    asked = np.intersect1d(split.outer[wrong].indices, split.shared_columns)
    return asked[split.piece.integer[asked]]


def _by_block(split: Split, matrix: sparse.csr_matrix, values: Floats) -> sparse.csr_matrix:
    """Return what the columns' values add to each row of a matrix, by block, shape (rows, blocks)."""
    size = len(values)
    spread = sparse.csr_matrix((values, (np.arange(size), split.block_of_column)), (size, split.blocks))
    return sparse.csr_matrix(matrix @ spread)
