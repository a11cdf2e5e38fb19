"""One known point for every block: the master in whole numbers.

In the master's solution few blocks are torn between several points, about as many as shared rows bind. The
others stay at theirs. For the torn a solver chooses; shared rows may be broken, at a price well above the
best one, because points that were made for other prices need not fit together to the last unit. What is
broken is mended where columns of blocks are free again (`primal`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.backend import Start
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.primal import solve_alone
from pklogistics.solve.decomposition.reduced import Columns
from pklogistics.solve.engine import Engine
from pklogistics.solve.piece import Piece

_CERTAIN, _LIKELY = 0.999, 0.01
"""A block is not torn whose point has the first weight; points of less than the second are not looked at."""

_GAP = 2e-3
"""Gap to which points are chosen: neighbourhoods find more than the rest of this gap."""

_DUST = 1e-12

_DEAR, _FLOOR = 30.0, 1e-2
"""What a broken row costs: so many times its price, at least this share of what it can be worth to all."""


def penalties(dual: Dual) -> Floats:
    """Return what each row of the coupling costs that is broken by one, shape (rows,)."""
    columns = dual.pool.columns(dual.coupling, dual.costs)
    whole = dual.rows.size(columns, dual.split.blocks)
    return np.asarray(np.maximum(_DEAR * np.abs(dual.prices), _FLOOR * whole))


def chosen_points(engine: Engine, dual: Dual, seconds: float) -> Floats | None:
    """Return values of all columns, one known point for every block; None if a block has no point.

    Rows of blocks are kept; shared rows may be broken. The dual's master has been solved for its pool.
    """
    master, pool, split = dual.master, dual.pool, dual.split
    assert master is not None
    picked = pool.heaviest(master.weights)
    if len(picked) < split.blocks:
        return None
    torn = master.weights[picked] < _CERTAIN
    likely = master.weights >= _LIKELY
    likely[picked] = True
    open_ = np.flatnonzero(torn[pool.block] & likely)
    certain = np.zeros(len(pool.block))
    certain[picked[~torn]] = 1.0
    piece = choice_of(dual, open_, certain)
    main = np.isin(open_, picked).astype(float)
    shared = np.where(_whole(dual), np.round(master.shared), master.shared)
    gap = max(engine.options.gap, _GAP)
    found = solve_alone(engine, piece, seconds, gap, Start(_start(piece, np.concatenate((main, shared)))))
    if found is None:
        # A solver that stumbles over the start may do without one.
        found = solve_alone(engine, piece, seconds, gap)
    if found is not None:
        chosen = open_[found[: len(open_)] > 0.5]
        picked[pool.block[chosen]] = chosen
        shared = found[len(open_) : len(open_) + len(shared)]
    return _together(dual, picked, shared)


def heaviest_points(dual: Dual) -> Floats | None:
    """Return values of all columns, each block at its point of most weight; None if a block has no point.

    Whole shared columns that are in use at all are there. Shared rows may be broken.
    """
    master = dual.master
    assert master is not None
    picked = dual.pool.heaviest(master.weights)
    if len(picked) < dual.split.blocks:
        return None
    return _together(dual, picked, np.where(_whole(dual), np.ceil(master.shared - _LIKELY), master.shared))


def _together(dual: Dual, picked: Ints, shared: Floats) -> Floats:
    """Return values of all columns, of points by their positions in the pool and what the coupling shares."""
    split = dual.split
    values = np.zeros(split.piece.columns)
    values[split.columns] = np.asarray(dual.pool.points[picked].sum(axis=0)).ravel()
    values[split.shared_columns] = shared[: len(split.shared_columns)]
    return split.piece.tidied(values)


def _whole(dual: Dual) -> Bools:
    """Return which columns of the coupling have to be whole."""
    whole = np.zeros(dual.coupling.shared.shape[1], dtype=np.bool_)
    shared = dual.split.shared_columns
    whole[: len(shared)] = dual.split.piece.integer[shared]
    return whole


def choice_of(dual: Dual, open_: Ints, settled: Floats) -> Piece:
    """Return the choice of one point a block, where some blocks have theirs.

    Its columns are the open points, the shared columns, and what each row lacks and has too much. Links are
    never broken: the shared column can always give what they ask for.

    Parameters
    ----------
    open_ : positions in the pool
    settled : weights of all points of the other blocks, 0 of the open ones
    """
    coupling = dual.coupling
    every = dual.pool.columns(coupling, dual.costs)
    columns, count = every.taken(open_), len(open_)
    sides = coupling.sides - every.activity.T @ settled
    rows = _asking(dual, columns, np.where(coupling.least < 0, -sides, sides))
    numbers, block = np.unique(columns.block, return_inverse=True)
    one_each = sparse.csr_matrix((np.ones(count), (block, np.arange(count))), shape=(len(numbers), count))
    breakable = ~dual.split.links[rows]
    slack = sparse.csr_matrix(sparse.identity(len(rows), format="csr")[:, breakable])
    nothing = sparse.csr_matrix((len(numbers), coupling.shared.shape[1] + 2 * int(breakable.sum())))
    matrix = sparse.vstack(
        [
            sparse.hstack([columns.activity.T.tocsr()[rows], coupling.shared[rows], slack, -slack]),
            sparse.hstack([one_each, nothing]),
        ],
        format="csr",
    )
    at_least, at_most = coupling.most[rows] > 0, coupling.least[rows] < 0
    ones, dear = np.ones(len(numbers)), penalties(dual)[rows[breakable]]
    most = np.where(np.concatenate((at_least[breakable], at_most[breakable])), np.inf, 0.0)
    return Piece(
        matrix=sparse.csr_matrix(matrix).sorted_indices(),
        row_lower=np.concatenate((np.where(at_least, sides[rows], -np.inf), ones)),
        row_upper=np.concatenate((np.where(at_most, sides[rows], np.inf), ones)),
        col_lower=np.concatenate((np.zeros(count), coupling.lower, np.zeros(len(most)))),
        col_upper=np.concatenate((np.ones(count), coupling.upper, most)),
        integer=np.concatenate((np.ones(count, dtype=np.bool_), _whole(dual), np.zeros(len(most), np.bool_))),
        costs=_without_dust(np.concatenate((columns.costs, coupling.costs, dear, dear))),
    )


def _asking(dual: Dual, columns: Columns, asked: Floats) -> Ints:
    """Return the rows that say something: those in which something is open.

    Of links in which no open point is, that are those that ask for most.
    """
    split = dual.split
    touched = np.zeros(len(asked), dtype=np.bool_)
    touched[columns.activity.indices] = True
    idle = pd.Series(asked, dtype=float)[split.links & ~touched]
    most = idle.groupby(split.alike[idle.index.to_numpy()]).idxmax().to_numpy(np.int64)
    shared = (np.diff(dual.coupling.shared.indptr) > 0) & ~split.links
    return np.union1d(np.flatnonzero(touched | shared), most)


def _without_dust(costs: Floats) -> Floats:
    """Return costs without those that are nothing but rounding beside the largest."""
    return np.where(np.abs(costs) > _DUST * np.abs(costs).max(initial=0.0), costs, 0.0)


def _start(piece: Piece, values: Floats) -> Floats:
    """Return values of points and shared columns, completed by what rows then lack or have too much."""
    activity = piece.matrix[:, : len(values)] @ values
    lacking = np.maximum(piece.row_lower - activity, 0.0)
    excess = np.maximum(activity - piece.row_upper, 0.0)
    slack = sparse.csc_matrix(piece.matrix[:, len(values) :])
    return np.concatenate((values, np.where(slack.data > 0, lacking[slack.indices], excess[slack.indices])))
