"""A plan from the master: blocks that are torn between points are solved exactly, as the others leave it.

At a vertex of the master's linear program few blocks are torn between several of their points, about as many
as shared rows bind. All others stay at theirs. The mean of a torn block's points keeps its rows, and most of
its whole columns are whole in it, because its points agree there. At first they stay as they are, and what
they disagree in is decided by a solver, in all torn blocks at once, with all shared columns: a program of few
whole columns. From there the solver goes on with all that torn blocks can be.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.backend import Start
from pklogistics.solve.crew import workers_of
from pklogistics.solve.decomposition.choice import choice_of, penalties
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.local import neighbourly
from pklogistics.solve.decomposition.primal import Part, part_of, solve_alone
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.engine import Engine
from pklogistics.solve.piece import Piece
from pklogistics.solve.threaded import side_by_side

_SETTLED, _LEAST = 0.999, 1e-5
"""A block with a point of the first weight is not torn; points of less than the second are not looked at."""

_MOST = 400
"""More torn blocks than this are too many for a solver at a time."""

_GROUP, _GROUP_GAP, _AT_ONCE = 200, 2e-3, 2
"""How many of them are a group where they are more, to what gap it is solved, and how many side by side."""

_POINTS = 20_000
"""More points than this are looked at region by region."""

_WHOLE = 1e-6
_GAP = 5e-4
"""Gap to which the torn blocks are solved, as a share of the whole objective."""

_SECONDS, _SHARE, _FIRST = (3.0, 30.0), 0.25, 0.6
"""Least and most time for it, what of the time left it may take, and what of that the first program."""

_GROUPS_SHARE, _GROUPS_SECONDS = 0.4, 60.0
"""What of the time left groups may take, and at most: what they leave takes neighbourhoods far longer."""


class Vertex(NamedTuple):
    """A vertex of the master's linear program.

    Attributes
    ----------
    values : of all columns, the weighted mean of each block's points
    torn : which blocks have several points, shape (blocks,)
    """

    values: Floats
    torn: Bools


def remainder_solved(engine: Engine, dual: Dual, left: float) -> Floats | None:
    """Return values of all columns, whole where they have to be; None if none are found in time.

    Rows of blocks are kept, and shared rows unless the master breaks them or nothing keeps them.

    Parameters
    ----------
    left : seconds that are left for all that follows, of which this takes a share
    """
    least, most = _SECONDS
    seconds = min(float(np.clip(_SHARE * left, least, most)), max(left, 0.0))
    longer = max(seconds, min(_GROUPS_SHARE * left, _GROUPS_SECONDS))
    latest = time.monotonic() + longer
    vertex = vertex_of(engine, dual, 0.5 * longer)
    if vertex is None:
        return None
    if vertex.torn.sum() > _MOST:
        return _in_groups(engine, dual, vertex, latest)
    split, values, dear = dual.split, vertex.values, penalties(dual)
    part = part_of(split, values, vertex.torn, dear)
    gap = _GAP * abs(split.piece.value(values)) / max(abs(part.piece.value(part.start)), 1e-9)
    gap = max(engine.options.gap, gap)
    began = time.monotonic()
    until, first = began + seconds, began + _FIRST * seconds
    found = solve_alone(engine, _agreed(part), first - began, gap)
    if found is None:
        # What blocks agree in leaves no room for what they do not: a row is broken rather than nothing found.
        soft = np.asarray(split.touching @ vertex.torn > 0) & ~split.links
        part = part_of(split, values, vertex.torn, dear, soft)
        found = solve_alone(engine, _agreed(part), until - time.monotonic(), gap)
    elif time.monotonic() < first:
        # What was not solved in that time with most of it settled is not solved in less with nothing settled.
        better = solve_alone(engine, part.piece, until - time.monotonic(), gap, Start(found))
        # A solver need not take the start that it is given, and may end with less.
        found = min((point for point in (found, better) if point is not None), key=part.piece.value)
    if found is None:
        return None
    whole = values.copy()
    whole[part.columns] = part.piece.tidied(found)[: len(part.columns)]
    return whole


def _agreed(part: Part) -> Piece:
    """Return the program of a part in which whole columns that are whole at its start stay as they are."""
    piece, here = part.piece, part.start
    agreed = piece.integer & (np.abs(here - np.round(here)) <= _WHOLE)
    lower, upper = (np.where(agreed, np.round(here), side) for side in (piece.col_lower, piece.col_upper))
    return replace(piece, col_lower=lower, col_upper=upper)


def _in_groups(engine: Engine, dual: Dual, vertex: Vertex, until: float) -> Floats:
    """Return a point in which torn blocks are solved group by group, neighbours together.

    Those whose turn has not come are meanwhile at the mean of their points, which leaves the others what they
    had in the master. Shared rows may be broken, at a price: so they may be by groups that are solved side by
    side, of which none knows what the other takes or pays, and the next ones have to make up for it; what the
    last ones leave is for whoever goes on from the point. Groups for which there is no time, or nothing is
    found in it, are at their points of most weight in the end.
    """
    split, values = dual.split, vertex.values.copy()
    order = neighbourly(split)
    order = order[vertex.torn[order]]
    dear, left = penalties(dual), vertex.torn.copy()
    groups = np.array_split(order, math.ceil(len(order) / _GROUP))
    rounds, workers = math.ceil(len(groups) / _AT_ONCE), min(_AT_ONCE, workers_of(engine.options))
    shared = split.shared_columns[split.piece.integer[split.shared_columns]]

    def over() -> bool:
        return engine.monitor.check() is not None

    for turn in range(rounds):
        # Those of a turn are far apart, so that they meet in few rows.
        here, seconds = groups[turn::rounds], (until - time.monotonic()) / (rounds - turn)
        if seconds <= 0 or over():
            break
        seconds /= math.ceil(len(here) / workers)
        parts = [_part_of_group(split, values, group, dear) for group in here]
        tasks = [partial(_solved, engine, _agreed(part), seconds) for part in parts]
        found = side_by_side(tasks, workers, over)
        used = []
        for group, part, point in zip(here, parts, found, strict=True):
            if point is not None:
                values[part.columns], left[group] = part.piece.tidied(point)[: len(part.columns)], False
                used.append(values[shared])
        if used:
            # What one of them is linked to is there, whether the other needs it or not.
            values[shared] = np.max(used, axis=0)
    if left.any():
        assert dual.master is not None
        heaviest = dual.pool.heaviest(dual.master.weights)
        inside = np.repeat(left, np.diff(split.starts))
        points = np.asarray(dual.pool.points[heaviest].sum(axis=0)).ravel()
        values[split.columns[inside]] = points[inside]
    return split.piece.tidied(values)


def _part_of_group(split: Split, values: Floats, group: Ints, dear: Floats) -> Part:
    """Return the part of a group of blocks, which may break what it meets others in."""
    chosen = np.zeros(split.blocks, dtype=np.bool_)
    chosen[group] = True
    soft = np.asarray(split.touching @ chosen > 0) & ~split.links
    return part_of(split, values, chosen, dear, soft)


def _solved(engine: Engine, piece: Piece, seconds: float, stop: Callable[[], bool]) -> Floats | None:
    return None if stop() else solve_alone(engine, piece, seconds, _GROUP_GAP, stop=stop)


def vertex_of(engine: Engine, dual: Dual, seconds: float) -> Vertex | None:
    """Return a vertex of the master's linear program; None if a block has no point or time is up.

    Where very many points are looked at, it is one of each region's program, the others' weights given, as
    far as time allows.
    """
    master, pool, split = dual.master, dual.pool, dual.split
    assert master is not None
    heaviest = pool.heaviest(master.weights)
    if len(heaviest) < split.blocks:
        return None
    open_ = master.weights >= _LEAST
    open_[heaviest] = True
    alone = np.bincount(pool.block[open_], minlength=split.blocks)[pool.block] == 1
    looked = open_ & ~alone
    find = _of_regions if np.count_nonzero(looked) > _POINTS else _of_all
    found = find(engine, dual, np.where(open_ & alone, 1.0, 0.0), looked, time.monotonic() + seconds)
    if found is None:
        return None
    weights, shared = found
    heavy = np.zeros(split.blocks)
    np.maximum.at(heavy, pool.block, weights)
    torn = heavy < _SETTLED
    # What is left of the other points of a settled block is rounding.
    weights[~torn[pool.block]] = np.round(weights[~torn[pool.block]])
    values = np.zeros(split.piece.columns)
    values[split.columns] = np.asarray(pool.points.T @ weights)
    values[split.shared_columns] = shared[: len(split.shared_columns)]
    return Vertex(values, torn)


def _of_all(
    engine: Engine, dual: Dual, weights: Floats, looked: Bools, until: float
) -> tuple[Floats, Floats] | None:
    """Return weights of all points and values of shared columns; ``weights`` are those of blocks with one."""
    at = np.flatnonzero(looked)
    found = _decided(engine, choice_of(dual, at, weights), len(at), until)
    if found is None:
        return None
    weights = weights.copy()
    weights[at] = np.clip(found[: len(at)], 0.0, 1.0)
    return weights, found[len(at) :]


def _of_regions(
    engine: Engine, dual: Dual, weights: Floats, looked: Bools, until: float
) -> tuple[Floats, Floats] | None:
    """Return the same, region after region; where time ends, the master's weights stay.

    A region's program leaves the others what they have. Its linear program makes nothing worse, but for what
    it costs to decide whether shared columns are there.
    """
    master, pool, split = dual.master, dual.pool, dual.split
    assert master is not None
    weights = np.where(looked, master.weights, weights)
    weights /= np.bincount(pool.block, weights, minlength=split.blocks)[pool.block]
    shared = master.shared
    order = neighbourly(split)
    for region in np.array_split(order, math.ceil(np.count_nonzero(looked) / _POINTS)):
        if time.monotonic() >= until or engine.monitor.check() is not None:
            break
        inside = np.zeros(split.blocks, dtype=np.bool_)
        inside[region] = True
        at = np.flatnonzero(looked & inside[pool.block])
        settled = weights.copy()
        settled[at] = 0.0
        found = _decided(engine, choice_of(dual, at, settled), len(at), until)
        if found is not None:
            weights[at], shared = np.clip(found[: len(at)], 0.0, 1.0), found[len(at) :]
    return weights, shared


def _decided(engine: Engine, piece: Piece, points: int, until: float) -> Floats | None:
    """Return a vertex of a choice's linear program with shared columns decided that are there or not.

    Blocks agree on far more once it is known which of these there are. Those are taken that are used by half;
    where that leaves out what somebody cannot be without, all that are used.
    """
    linear = replace(piece, integer=np.zeros(piece.columns, dtype=np.bool_))
    found = solve_alone(engine, linear, until - time.monotonic(), 0.0)
    either = piece.integer & (piece.col_upper - piece.col_lower == 1.0) & (np.arange(piece.columns) >= points)
    if found is None or not (np.abs(found - np.round(found)) > _WHOLE)[either].any():
        return found
    for there in (np.round(found), np.ceil(found - _WHOLE)):
        lower, upper = (np.where(either, there, side) for side in (piece.col_lower, piece.col_upper))
        known = replace(linear, col_lower=lower, col_upper=upper)
        decided = solve_alone(engine, known, until - time.monotonic(), 0.0)
        if decided is not None:
            return decided
    return None
