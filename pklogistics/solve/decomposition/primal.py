"""Plans: some blocks are solved again, exactly, on what the others leave of the shared rows.

The first plan comes from known points of blocks (`remainder`, else `choice`). Such a point may break shared
rows. A part then may break them as well, no more than the point does and at a price, so that solving part
after part mends the plan, and goes on to better it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from pklogistics.errors import SolverError
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.backend import Start
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.highs import Highs
from pklogistics.solve.monitor import Asking, Quiet
from pklogistics.solve.piece import FEASIBLE, Piece, largest_terms
from pklogistics.solve.scaling import scaling_of

_PRESSING = 5.0
"""Seconds that prices of what is broken may take."""


@dataclass(frozen=True)
class Part:
    """Some blocks and all shared columns, with the other blocks where a point has them.

    Attributes
    ----------
    piece : the program of the part; columns after the first ``len(columns)`` say how far rows are broken
    columns : its columns in the whole program
    start : the point, as the part has it
    """

    piece: Piece
    columns: Ints
    start: Floats


def broken(split: Split, values: Floats) -> Floats:
    """Return what each of the split's rows lacks (positive) or has too much (negative) at a point."""
    return lacking(split, split.outer @ values, largest_terms(split.outer, values))


def lacking(split: Split, activity: Floats, largest: Floats) -> Floats:
    """Return what each of the split's rows lacks (positive) or has too much (negative) at an activity.

    ``largest`` is the size of its largest term, to which rows are kept.
    """
    piece, room = split.piece, 0.5 * FEASIBLE * (1.0 + largest)
    under, over = piece.row_lower[split.rows] - activity, activity - piece.row_upper[split.rows]
    return np.where(under > room, under, np.where(over > room, -over, 0.0))


def part_of(
    split: Split, values: Floats, blocks: Bools, dear: Floats | None = None, soft: Bools | None = None
) -> Part:
    """Return the part of the chosen blocks.

    Parameters
    ----------
    values : of all columns of the whole program
    blocks : which are chosen, shape (blocks,)
    dear : what each of the split's rows costs that is broken by one, where ``values`` breaks it; None if it
        breaks none
    soft : which of the split's rows may be broken at that cost though ``values`` keeps them, and by more than
        it does; none unless told otherwise
    """
    part = _with_all_rows(split, values, blocks, dear, soft)
    return replace(part, piece=_without_singles(part.piece))


def _with_all_rows(
    split: Split, values: Floats, blocks: Bools, dear: Floats | None, soft: Bools | None = None
) -> Part:
    """Return the same with every row as a row: those of the blocks, then the split's."""
    piece = split.piece
    inside = np.repeat(blocks, np.diff(split.starts))
    columns = np.sort(np.concatenate((split.columns[inside], split.shared_columns)))
    rest = values.copy()
    rest[columns] = 0.0
    local = split.local[np.repeat(blocks, np.diff(split.local_starts))]
    rows = np.concatenate((local, split.rows))
    matrix = sparse.csr_matrix(piece.matrix[rows])
    taken = matrix @ rest
    taken[: len(local)] = 0.0
    amount = np.zeros(len(split.rows)) if dear is None else broken(split, values)
    at, sign, most = _breakable(split, amount, soft)
    slack = sparse.csr_matrix((sign, (len(local) + at, np.arange(len(at)))), shape=(len(rows), len(at)))
    none = np.zeros(len(at))
    whole = Piece(
        matrix=sparse.csr_matrix(sparse.hstack([matrix[:, columns], slack], format="csr")),
        row_lower=piece.row_lower[rows] - taken,
        row_upper=piece.row_upper[rows] - taken,
        col_lower=np.concatenate((piece.col_lower[columns], none)),
        col_upper=np.concatenate((piece.col_upper[columns], most)),
        integer=np.concatenate((piece.integer[columns], none > 0)),
        costs=np.concatenate((piece.costs[columns], none if dear is None else dear[at])),
    )
    start = np.concatenate((values[columns], np.maximum(sign * amount[at], 0.0)))
    return Part(whole, columns, start)


def _breakable(split: Split, amount: Floats, soft: Bools | None) -> tuple[Ints, Floats, Floats]:
    """Return rows that may be broken, in which direction (1 if they may lack something), and by how much."""
    if soft is None:
        at = np.flatnonzero(amount)
        return at, np.sign(amount[at]), np.abs(amount[at])
    piece = split.piece
    lacking = np.flatnonzero((soft & np.isfinite(piece.row_lower[split.rows])) | (~soft & (amount > 0)))
    over = np.flatnonzero((soft & np.isfinite(piece.row_upper[split.rows])) | (~soft & (amount < 0)))
    at = np.concatenate((lacking, over))
    sign = np.repeat((1.0, -1.0), (len(lacking), len(over)))
    return at, sign, np.where(soft[at], np.inf, np.abs(amount[at]))


def _without_singles(piece: Piece) -> Piece:
    """Return a piece with rows of one column, as links of the other blocks are now, turned into bounds."""
    length = np.diff(piece.matrix.indptr)
    single = np.flatnonzero(length == 1)
    at = piece.matrix.indptr[single]
    column, entry = piece.matrix.indices[at], piece.matrix.data[at]
    first, second = piece.row_lower[single] / entry, piece.row_upper[single] / entry
    lower, upper = piece.col_lower.copy(), piece.col_upper.copy()
    np.maximum.at(lower, column, np.where(entry > 0, first, second))
    np.minimum.at(upper, column, np.where(entry > 0, second, first))
    # What the other blocks have may miss a bound by a rounding.
    whole = piece.integer
    lower = np.where(whole, np.ceil(lower - FEASIBLE), lower)
    upper = np.where(whole, np.floor(upper + FEASIBLE), np.maximum(upper, lower))
    kept = length > 1
    return replace(
        piece,
        matrix=sparse.csr_matrix(piece.matrix[kept]).sorted_indices(),
        row_lower=piece.row_lower[kept],
        row_upper=piece.row_upper[kept],
        col_lower=lower,
        col_upper=upper,
    )


@contextmanager
def engine_of(engine: Engine, piece: Piece, seconds: float) -> Iterator[Engine]:
    """Give an engine of its own to a piece for some seconds."""
    clock = Clock(time.monotonic() + seconds)
    own = Engine(Highs(), scaling_of(piece), engine.options, engine.monitor, clock)
    try:
        yield own
    finally:
        own.backend.close()


def solve_alone(
    engine: Engine,
    piece: Piece,
    seconds: float,
    gap: float,
    start: Start | None = None,
    stop: Callable[[], bool] | None = None,
) -> Floats | None:
    """Return the best values of a piece found within some seconds by an engine of its own; None if none.

    It ends when the whole search does, or once ``stop`` says so, as where pieces are solved side by side.
    """
    try:
        with engine_of(engine, piece, seconds) as own:
            watch = Quiet(engine.monitor) if stop is None else Asking(stop)
            return own.solve(piece, own.clock.deadline, start or Start(), watch=watch, gap=gap).values
    except SolverError:
        return None


def solve_part(
    engine: Engine, part: Part, seconds: float, gap: float, stop: Callable[[], bool] | None = None
) -> Floats | None:
    """Return the best values of a part's columns found within some seconds, cleaned; None if none.

    It ends when the whole search does, or once ``stop`` says so, as where parts are solved side by side.
    """
    start, watch = Start(part.start), Quiet(engine.monitor) if stop is None else Asking(stop)
    try:
        with engine_of(engine, part.piece, seconds) as own:
            outcome = own.solve(part.piece, own.clock.deadline, start, watch=watch, gap=gap)
            if outcome.values is None:
                return None
            tidy = part.piece.tidied(outcome.values)
            settled = own.solve_fixed(part.piece, tidy)
            clean = tidy if settled.values is None else part.piece.tidied(settled.values)
            return clean[: len(part.columns)]
    except SolverError:
        return None


def settled(
    engine: Engine, split: Split, values: Floats, blocks: Bools, dear: Floats | None = None
) -> Floats | None:
    """Return a point with all that need not be whole set anew, in one linear program; None if there is none.

    Parameters
    ----------
    values : a point that keeps the rows of blocks
    blocks : in which columns may move, beside the shared ones, shape (blocks,)
    dear : what shared rows cost that it breaks, see `part_of`
    """
    part = part_of(split, values, blocks, dear)
    own = Engine(engine.backend, scaling_of(part.piece), engine.options, engine.monitor, engine.clock)
    start = part.piece.tidied(part.start)
    outcome = own.solve_fixed(part.piece, start, watch=Quiet(engine.monitor), primal=True)
    if outcome.status == "infeasible" and part.piece.feasible(start):
        # A point that keeps rows but for rounding may have nothing left that keeps them to the last digit.
        around = _around(part.piece, start)
        outcome = own.solve_fixed(around, start, watch=Quiet(engine.monitor), primal=True)
    if outcome.values is None:
        return None
    point = values.copy()
    point[part.columns] = part.piece.tidied(outcome.values)[: len(part.columns)]
    return point


def _around(piece: Piece, values: Floats) -> Piece:
    """Return a piece with sides of rows moved to where a point that keeps them but for rounding is."""
    activity = piece.matrix @ values
    lower, upper = np.minimum(piece.row_lower, activity), np.maximum(piece.row_upper, activity)
    return replace(piece, row_lower=lower, row_upper=upper)


def pressing(
    engine: Engine,
    split: Split,
    values: Floats,
    blocks: Bools,
    dear: Floats,
    *,
    alone: bool,
    seconds: float = math.inf,
) -> Floats | None:
    """Return the prices of the split's rows at a point, all that is whole being as it is; None if not found.

    Those of the linear program in which all else is set so that what is broken costs as little as can be. A
    row that is kept has such a price where something broken cannot be mended because of it.

    Parameters
    ----------
    values, blocks, dear : as in `settled`
    alone : whether nothing counts but what is broken
    seconds : that it may take
    """
    part = _with_all_rows(split, values, blocks, dear)
    start = part.piece.tidied(part.start)
    piece = _around(part.piece, start).with_integers_fixed(start)
    if alone:
        piece = replace(piece, costs=np.where(np.arange(piece.columns) < len(part.columns), 0.0, piece.costs))
    try:
        with engine_of(engine, piece, min(_PRESSING, seconds, engine.clock.left())) as own:
            outcome = own.solve(piece, own.clock.deadline, Start(), watch=Quiet(engine.monitor))
    except SolverError:
        return None
    if outcome.status != "optimal" or outcome.duals is None:
        return None
    return outcome.duals[piece.rows - len(split.rows) :]
