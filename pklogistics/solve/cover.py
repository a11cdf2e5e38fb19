"""How many whole columns are needed at least, in rows of their own.

Depots in use must hold what everybody needs. If they hold 8,000 each and 50,886 are needed, six and a bit
will do for a linear program, and a bit of a depot at each customer's door costs little; in whole numbers it
takes seven. No single row says so: the needs are in rows of customers, what a depot holds is in rows of
depots. Their sum does, and solvers, which look at few rows at a time, do not find it.

Two steps, both valid for every whole point of the program:

1. Rows of capacity ``sum a x <= b y + s`` of one whole column each are summed over all that serve the same
   rows of need ``sum e x >= l``. Where no x is in two rows of need, ``sum a x`` is at least
   ``sum over needs of l min(a/e)``, and what is left is a row of whole columns: ``sum b y >= need``.
2. In a row of columns that are 0 or 1, ``sum b y >= need``, the number of the largest b that reach the need
   is the least number of columns: ``sum y >= number`` (a cover of all that are not chosen; Balas,
   Mathematical Programming 8, 1975).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.piece import Piece

_PASSES = 2
"""How often bounds of columns are drawn from rows: what is served follows from nobody being left out."""

_SAFE = 1e-9
"""By this much, relatively, a need is taken for less than it is, against rounding."""

_WORTHWHILE = 1e-3
"""How much more, relatively, a number of columns must say than the row that it is drawn from."""

Rows = tuple[sparse.csr_matrix, Floats]
"""Rows ``sum of entries >= least``, as a matrix with the program's columns and what they are at least."""


def covered(piece: Piece) -> Piece:
    """Return the piece with rows that say how many whole columns are needed; its own keep their places."""
    binary = piece.integer & (piece.col_lower == 0) & (piece.col_upper == 1)
    if np.count_nonzero(binary) < 2:
        return piece
    sums = _sums(piece)
    joint, own = _joint(sums, binary), _own(sums, binary)
    rows = [each for each in (joint, _counts(*joint), _counts(*own)) if len(each[1])]
    return _with(piece, rows) if rows else piece


def _with(piece: Piece, rows: list[Rows]) -> Piece:
    least = np.concatenate([each for _, each in rows])
    matrix = sparse.vstack([piece.matrix, *(matrix for matrix, _ in rows)], format="csr")
    return replace(
        piece,
        matrix=sparse.csr_matrix(matrix).sorted_indices(),
        row_lower=np.concatenate((piece.row_lower, least)),
        row_upper=np.concatenate((piece.row_upper, np.full(len(least), np.inf))),
    )


@dataclass(frozen=True)
class _Sums:
    """Rows as ``sum of entries <= side``, once for each side that is there; one value per entry.

    Entries are of columns that can have more than one value; what others come to is off the sides. ``least``
    is the least that each column can be, shape (columns,).
    """

    row: Ints
    column: Ints
    entry: Floats
    side: Floats
    least: Floats

    def count(self, which: Bools) -> Ints:
        """Return how many such entries each row has, shape (rows,)."""
        return np.bincount(self.row[which], minlength=len(self.side))

    def matrix(self, rows: Bools) -> sparse.csr_matrix:
        """Return these rows as a matrix with the program's columns."""
        shape = len(self.side), len(self.least)
        matrix = sparse.csr_matrix((self.entry, (self.row, self.column)), shape=shape)
        return sparse.csr_matrix(matrix[np.flatnonzero(rows)])


def _sums(piece: Piece) -> _Sums:
    sides = np.concatenate((piece.row_upper, -piece.row_lower))
    kept = np.flatnonzero(np.isfinite(sides))
    matrix = sparse.csr_matrix(sparse.vstack((piece.matrix, -piece.matrix), format="csr")[kept])
    row: Ints = np.repeat(np.arange(len(kept)), np.diff(matrix.indptr))
    column, entry, side = matrix.indices.astype(np.int64), matrix.data, sides[kept]
    lower, upper = piece.col_lower, piece.col_upper
    for _ in range(_PASSES):
        lower, upper = _closer(row, column, entry, side, lower, upper)
    free = (upper - lower > _SAFE * (1.0 + np.abs(upper)))[column]
    fixed = np.bincount(row[~free], weights=(entry * lower[column])[~free], minlength=len(side))
    used = free & (entry != 0)
    return _Sums(row[used], column[used], entry[used], side - fixed, lower)


def _closer(
    row: Ints, column: Ints, entry: Floats, side: Floats, lower: Floats, upper: Floats
) -> tuple[Floats, Floats]:
    """Return column bounds drawn from ``a_j x_j <= side - least of the others``, shape (columns,) each."""
    rising = entry > 0
    term = entry * np.where(rising, lower[column], upper[column])
    endless = np.isinf(term)
    term[endless] = 0.0
    others = np.bincount(row, weights=term, minlength=len(side))[row] - term
    known = np.bincount(row, weights=endless, minlength=len(side))[row] == endless
    usable = known & (np.abs(entry) > _SAFE)
    limit = (side[row] - others)[usable] / entry[usable]
    column, rising = column[usable], rising[usable]
    highest, lowest = upper.copy(), lower.copy()
    np.minimum.at(highest, column[rising], limit[rising])
    np.maximum.at(lowest, column[~rising], limit[~rising])
    # Rounding may make bounds cross.
    return np.minimum(lowest, upper), np.maximum(highest, lower)


def _own(sums: _Sums, binary: Bools) -> Rows:
    """Return the rows that are needs of whole columns by themselves."""
    right = (sums.entry < 0) & binary[sums.column]
    enough = (sums.count(~right) == 0) & (sums.count(right) > 1) & (sums.side < 0)
    return sparse.csr_matrix(-sums.matrix(enough)), -sums.side[enough] * (1.0 - _SAFE)


def _joint(sums: _Sums, binary: Bools) -> Rows:
    """Return what follows from rows of capacity that serve the same rows of need, a row for all of these."""
    falling = sums.entry < 0
    capacity = (sums.count(falling & binary[sums.column]) == 1) & (sums.count(falling) == 1)
    capacity &= (sums.count(~falling) > 1) & (sums.count(sums.least[sums.column] < 0) == 0)
    holds, room = sums.matrix(capacity), sums.side[capacity]
    taken = np.asarray(holds.maximum(0).sum(axis=0)).ravel()
    needed = (sums.count(falling & (taken[sums.column] == 0)) == 0) & (sums.count(~falling) == 0)
    needed &= (sums.side < 0) & (sums.count(falling) > 0)
    needs, least = sparse.csr_matrix(-sums.matrix(needed)), -sums.side[needed]
    twice = np.bincount(needs.indices, minlength=len(taken)) > 1
    alone = np.flatnonzero(needs @ twice == 0)
    needs, least = sparse.csr_matrix(needs[alone]), least[alone]
    if not len(room) or not len(least):
        return sparse.csr_matrix((0, len(taken))), np.zeros(0)
    least = least * np.minimum.reduceat(taken[needs.indices] / needs.data, needs.indptr[:-1])
    # A group is what is joined by columns; capacity that serves no need has a group without needs.
    meets = sparse.coo_matrix(holds.maximum(0) @ needs.T)
    both = len(room) + len(least)
    joined = sparse.csr_matrix((meets.data, (meets.row, meets.col + len(room))), shape=(both, both))
    number, group = csgraph.connected_components(joined, directed=False)
    of_capacity, of_need = group[: len(room)], group[len(room) :]
    total = np.zeros(number)
    np.add.at(total, of_need, least * (1.0 - _SAFE))
    np.subtract.at(total, of_capacity, room)
    sums_up = sparse.csr_matrix((np.ones(len(room)), (of_capacity, np.arange(len(room)))))
    joint = sparse.csr_matrix(sums_up @ -holds.minimum(0))
    worth = np.flatnonzero((total > 0) & (np.bincount(of_capacity, minlength=number) > 1))
    return sparse.csr_matrix(joint[worth]), total[worth]


def _counts(matrix: sparse.csr_matrix, least: Floats) -> Rows:
    """Return how many of their columns such rows need, where that says more than they do."""
    count = np.diff(matrix.indptr)
    row: Ints = np.repeat(np.arange(len(count)), count)
    order = np.lexsort((-matrix.data, row))
    reached = np.cumsum(matrix.data[order])
    before = np.concatenate(([0.0], reached))[matrix.indptr[:-1]]
    short = reached - before[row] < least[row]
    number = 1 + np.bincount(row[short], minlength=len(count))
    largest = np.zeros(len(count))
    np.maximum.at(largest, row, matrix.data)
    more = (number > 1) & (number <= count) & (number * largest > least * (1.0 + _WORTHWHILE))
    kept = sparse.csr_matrix(matrix[np.flatnonzero(more)])
    kept.data = np.ones_like(kept.data)
    return kept, number[more].astype(np.float64)
