"""A plan from a draft that breaks shared rows: blocks go back to a plan at hand until all rows are kept.

Mending (`improver`) finds better plans, but may take long. This takes little at any size, as no block is
searched: of the blocks whose return helps a broken row, those return first that lose least for what they
help. What is lost is what the block serves, and what others cannot have any more: without a field hospital
near them posts have to be given up. Half of what a row lacks is mended at a time, and losses are looked at
anew.

Then all that need not be whole is set anew, with whole shared columns that a return is linked to as in the
plan, and rows are looked at once more. A block that is back stays back, so it ends.

Where no return helps, it may be what is shared that has to be chosen anew (who escorts convoys), or rows that
are kept that are in the way: where a group of few people is served too well, impartiality asks for more than
there is for all others. Prices of a linear program of what is broken tell which.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.primal import broken, lacking
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.piece import largest_terms

_ROUNDS, _HALVINGS, _LITTLE = 20, 40, 1e-6


def retreated(
    split: Split,
    draft: Floats,
    plan: Floats,
    worth: Floats,
    settle: Callable[[Floats], Floats],
    over: Callable[[], bool] = lambda: False,
    *,
    anew: Callable[[Floats], Floats] = lambda point: point,
    press: Callable[[Floats], Floats | None] = lambda point: None,
) -> Floats | None:
    """Return a point with some blocks as in the plan and the others as in the draft, or nearly so.

    None if that leaves rows broken, or it is over before.

    Parameters
    ----------
    draft, plan : values of all columns; both keep the rows of blocks
    worth : what it costs the others that each of the split's rows lacks one unit more
    settle : sets anew what need not be whole, so that as few rows are broken as can be
    over : says whether to stop
    anew : chooses shared columns anew for what blocks are
    press : tells prices of the split's rows at which only what is broken counts, see `primal.pressing`
    """
    point, stayed, stuck = draft, np.ones(split.blocks, dtype=np.bool_), False
    for _ in range(_ROUNDS):
        wrong = np.flatnonzero(broken(split, point))
        if not len(wrong):
            return point
        if over():
            return None
        going = _Returns(split, point, plan, worth).chosen(wrong, stayed)
        if not going.any():
            point = anew(point)
            if not broken(split, point).any():
                return point
            if not over() and (prices := press(point)) is not None:
                going = _Returns(split, point, plan, worth).relieving(prices, stayed)
        if going.any():
            stayed &= ~going
            point, columns = point.copy(), split.columns[going[split.block_of_column]]
            point[columns] = plan[columns]
            asked = _asked_for(split, point)
            point[asked] = plan[asked]
        elif stuck:
            return None
        # Some rows bind blocks to one another: if one serves less, so must others (impartiality).
        point, stuck = settle(point), not going.any()
    return None


class _Returns:
    """What it would bring, and cost, if blocks went back from a point to a plan."""

    def __init__(self, split: Split, point: Floats, plan: Floats, worth: Floats) -> None:
        self._split, self._worth = split, worth
        change = plan[split.columns] - point[split.columns]
        self._changes = _by_block(split, split.inside, change)
        self._row = np.repeat(np.arange(len(split.rows)), np.diff(self._changes.indptr))
        self._dearer = np.zeros(split.blocks)
        np.add.at(self._dearer, split.block_of_column, split.piece.costs[split.columns] * change)
        self._activity, self._largest = split.outer @ point, largest_terms(split.outer, point)

    def chosen(self, wrong: Ints, stayed: Bools) -> Bools:
        """Return blocks whose return mends rows, those that lose least for it, shape (blocks,).

        Parameters
        ----------
        wrong : positions of broken rows
        stayed : blocks that may go, shape (blocks,)
        """
        going = np.zeros(len(stayed), dtype=np.bool_)
        activity = self._activity
        for _ in range(_HALVINGS):
            amount = lacking(self._split, activity, self._largest)
            more = self._half(amount, wrong, stayed & ~going, self._losses(amount, activity))
            if not more.any():
                break
            going |= more
            activity = activity + self._changes @ more.astype(float)
        return going

    def relieving(self, prices: Floats, stayed: Bools) -> Bools:
        """Return blocks whose return mends what is broken by way of other rows, shape (blocks,).

        Half of it is mended, first by those that lose least for it.

        Parameters
        ----------
        prices : of the split's rows, see `primal.pressing`
        stayed : blocks that may go, shape (blocks,)
        """
        amount = lacking(self._split, self._activity, self._largest)
        gain = np.bincount(self._changes.indices, prices[self._row] * self._changes.data, len(stayed))
        helping = np.flatnonzero(stayed & (gain > _LITTLE * gain.max(initial=0.0)))
        losses = self._losses(amount, self._activity)[helping]
        order = helping[np.argsort(losses / gain[helping], kind="stable")]
        before = np.cumsum(gain[order]) - gain[order]
        going = np.zeros(len(stayed), dtype=np.bool_)
        going[order[before < 0.5 * float(np.abs(prices) @ np.abs(amount))]] = True
        return going

    def _losses(self, amount: Floats, activity: Floats) -> Floats:
        """Return what is lost if each block goes back by itself, from an activity on, shape (blocks,)."""
        row = self._row
        piece, rows = self._split.piece, self._split.rows
        after = activity[row] + self._changes.data
        under, over = piece.row_lower[rows][row] - after, after - piece.row_upper[rows][row]
        beyond = np.maximum(np.maximum(under, over), 0.0)
        more = self._worth[row] * (beyond - np.abs(amount)[row])
        return self._dearer + np.bincount(self._changes.indices, more, len(self._dearer))

    def _half(self, amount: Floats, wrong: Ints, free: Bools, losses: Floats) -> Bools:
        """Return blocks that mend half of what each broken row lacks, at least one block of each."""
        going, changes = np.zeros(len(free), dtype=np.bool_), self._changes
        for row in wrong[np.argsort(-np.abs(amount[wrong]), kind="stable")]:
            at = slice(changes.indptr[row], changes.indptr[row + 1])
            blocks, gain = changes.indices[at], np.sign(amount[row]) * changes.data[at]
            left = 0.5 * abs(amount[row]) - gain[going[blocks]].sum()
            helping = (gain > 0) & free[blocks] & ~going[blocks]
            blocks, gain = blocks[helping], gain[helping]
            order = np.argsort(losses[blocks] / np.minimum(gain, abs(amount[row])), kind="stable")
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
