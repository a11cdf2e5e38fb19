"""A plan from a draft that breaks shared rows: blocks go back to a plan at hand until all rows are kept.

Mending (`improver`) finds better plans, but may take long. This takes little at any size: of the blocks whose
return helps a broken row, those return first that lose least for what they help. A return may break other
rows (posts lose the surgeon who went with it, and what was on its way has nobody left to go to). So the
shared columns are set anew, with whole ones that a return is linked to as they were, and rows looked at once
more. A block that is back stays back, so it ends.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.primal import broken
from pklogistics.solve.decomposition.split import Split

_ROUNDS = 20


def retreated(
    split: Split,
    draft: Floats,
    plan: Floats,
    settle: Callable[[Floats, bool], Floats],
    over: Callable[[], bool] = lambda: False,
) -> Floats | None:
    """Return a point with some blocks as in the plan and the others as in the draft, or nearly so.

    None if that leaves rows broken, or it is over before.

    Parameters
    ----------
    draft, plan : values of all columns; both keep the rows of blocks
    settle : sets shared columns anew, so that as few rows are broken as can be with the blocks as they are;
        or, if told so, what need not be whole in blocks as well, which takes longer
    over : says whether to stop
    """
    point, stayed = draft, np.ones(split.blocks, dtype=np.bool_)
    returns, stuck = _Returns(split, point, plan), False
    for _ in range(_ROUNDS):
        lacking = broken(split, point)
        if not lacking.any():
            return point
        if over():
            return None
        going = returns.chosen(lacking, stayed)
        if not going.any():
            if stuck:
                return None
            # Some rows bind blocks to one another: if one serves less, so must others (impartiality).
            point, stuck = settle(point, True), True
            returns = _Returns(split, point, plan)
            continue
        stayed &= ~going
        point, columns, stuck = point.copy(), split.columns[going[split.block_of_column]], False
        point[columns] = plan[columns]
        asked = _asked_for(split, point)
        point[asked] = plan[asked]
        point = settle(point, False)
    return None


class _Returns:
    """What it would bring, and cost, if blocks went back from a point to a plan."""

    def __init__(self, split: Split, point: Floats, plan: Floats) -> None:
        change = plan[split.columns] - point[split.columns]
        self._gains = _by_block(split, split.outer[:, split.columns], change)
        self._dearer = np.zeros(split.blocks)
        np.add.at(self._dearer, split.block_of_column, split.piece.costs[split.columns] * change)

    def chosen(self, lacking: Floats, stayed: Bools) -> Bools:
        """Return blocks whose return mends rows, those that lose least for it, shape (blocks,).

        Parameters
        ----------
        lacking : of each of the split's rows, see `broken`
        stayed : blocks that may go, shape (blocks,)
        """
        going, gains = np.zeros(len(stayed), dtype=np.bool_), self._gains
        wrong = np.flatnonzero(lacking)
        for row in wrong[np.argsort(-np.abs(lacking[wrong]), kind="stable")]:
            at = slice(gains.indptr[row], gains.indptr[row + 1])
            blocks, gain = gains.indices[at], np.sign(lacking[row]) * gains.data[at]
            left = abs(lacking[row]) - gain[going[blocks]].sum()
            helping = (gain > 0) & stayed[blocks] & ~going[blocks]
            blocks, gain = blocks[helping], gain[helping]
            order = np.argsort(self._dearer[blocks] / gain, kind="stable")
            before = np.cumsum(gain[order]) - gain[order]
            going[blocks[order[before < left]]] = True
        return going


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
