"""One known point for every block: the master in whole numbers.

In the master's solution few blocks are torn between several points, about as many as shared rows bind. The
others stay at theirs. For the torn a solver chooses; shared rows may be broken, at a price well above the
best one, because points that were made for other prices need not fit together to the last unit. What is
broken is mended where columns of blocks are free again (`primal`).
"""

from __future__ import annotations

import time

import numpy as np
from scipy import sparse

from pklogistics.errors import SolverError
from pklogistics.model.program import Floats
from pklogistics.solve.backend import Start
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.highs import Highs
from pklogistics.solve.monitor import Quiet
from pklogistics.solve.piece import Piece
from pklogistics.solve.scaling import scaling_of

_CERTAIN = 0.999
_GAP = 2e-3
"""Gap to which points are chosen: neighbourhoods find more than the rest of this gap."""

_DEAR, _LINK, _FLOOR = 30.0, 100.0, 1e-2
"""What a broken row costs: so many times its price, at least this share of what it can be worth. A link costs
more: nothing mends it but the whole shared column."""


def penalties(dual: Dual) -> Floats:
    """Return what each row of the coupling costs that is broken by one, shape (rows,)."""
    split, columns = dual.split, dual.pool.columns(dual.coupling, dual.costs)
    linked = np.zeros(split.size, dtype=np.bool_)
    linked[split.group[split.links]] = True
    by_price = np.where(linked, _LINK, _DEAR) * np.abs(dual.prices)
    return np.asarray(np.maximum(by_price, _FLOOR * dual.scales(columns)))


def chosen_points(engine: Engine, dual: Dual, seconds: float) -> Floats | None:
    """Return values of all columns, one known point for every block; None if a block has no point.

    Rows of blocks are kept; shared rows may be broken.
    """
    dual.ask()
    master, pool, coupling, split = dual.master, dual.pool, dual.coupling, dual.split
    assert master is not None
    first = np.flatnonzero(np.diff(pool.block, prepend=-1))
    if len(first) < split.blocks:
        return None
    order = np.lexsort((-master.weights, pool.block))[first]
    torn = master.weights[order] < _CERTAIN
    open_ = np.flatnonzero(torn[pool.block])
    columns = pool.columns(coupling, dual.costs)
    fixed = np.asarray(columns.activity[order[~torn]].sum(axis=0)).ravel()
    count, rows = len(open_), coupling.rows
    one_each = sparse.csr_matrix(
        (np.ones(count), (np.cumsum(torn)[pool.block[open_]] - 1, np.arange(count))),
        shape=(int(torn.sum()), count),
    )
    identity = sparse.identity(rows, format="csr")
    activity = columns.activity[open_].T
    matrix = sparse.vstack(
        [
            sparse.hstack([activity, coupling.shared, identity, -identity]),
            sparse.hstack(
                [one_each, sparse.csr_matrix((one_each.shape[0], coupling.shared.shape[1] + 2 * rows))]
            ),
        ],
        format="csr",
    )
    ones, zeros, dear = np.ones(one_each.shape[0]), np.zeros(2 * rows), penalties(dual)
    whole = np.zeros(coupling.shared.shape[1], dtype=np.bool_)
    whole[: len(split.shared_columns)] = split.piece.integer[split.shared_columns]
    missing, excess = np.where(coupling.most > 0, np.inf, 0.0), np.where(coupling.least < 0, np.inf, 0.0)
    piece = Piece(
        matrix=sparse.csr_matrix(matrix).sorted_indices(),
        row_lower=np.concatenate((np.where(coupling.most > 0, coupling.sides - fixed, -np.inf), ones)),
        row_upper=np.concatenate((np.where(coupling.least < 0, coupling.sides - fixed, np.inf), ones)),
        col_lower=np.concatenate((np.zeros(count), coupling.lower, zeros)),
        col_upper=np.concatenate((np.ones(count), coupling.upper, missing, excess)),
        integer=np.concatenate((np.ones(count, dtype=np.bool_), whole, zeros > 0)),
        costs=np.concatenate((columns.costs[open_], coupling.costs, dear, dear)),
    )
    main = np.isin(open_, order).astype(float)
    shared = np.where(whole, np.round(master.shared), master.shared)
    left = coupling.sides - fixed - np.asarray(activity @ main) - coupling.shared @ shared
    start = np.concatenate(
        (main, shared, np.minimum(np.maximum(left, 0), missing), np.minimum(np.maximum(-left, 0), excess))
    )
    found = _solved(engine, piece, start, seconds)
    picked = order.copy()
    if found is not None:
        taken = open_[found[:count] > 0.5]
        picked[pool.block[taken]] = taken
        shared = found[count : count + len(shared)]
    values = np.zeros(split.piece.columns)
    values[split.columns] = np.asarray(pool.points[picked].sum(axis=0)).ravel()
    values[split.shared_columns] = shared[: len(split.shared_columns)]
    return split.piece.tidied(values)


def _solved(engine: Engine, piece: Piece, start: Floats, seconds: float) -> Floats | None:
    deadline = time.monotonic() + seconds
    own = Engine(Highs(), scaling_of(piece), engine.options, engine.monitor, Clock(deadline))
    try:
        gap = max(engine.options.gap, _GAP)
        return own.solve(piece, deadline, Start(start), watch=Quiet(engine.monitor), gap=gap).values
    except SolverError:
        return None
    finally:
        own.backend.close()
