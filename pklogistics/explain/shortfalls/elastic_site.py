"""The elastic program of a site: its columns, what it shares with others, and one for all that may break.

For one site the columns of its block, the units at sites near it and all shared columns are free; the rest of
the plan stays as it is. Every limit that these columns could reach may be broken, each row of it, or bound of
a column, by a column of its own:

    lower <= A x - e_up + e_down <= upper     rows of the site, and shared rows
    x - e <= said                             columns whose bound is a limit
    e <= M active                             more people than a presence may serve still need the presence
    sum w e - e_storage <= room left          more stock needs room from the start on
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.tolerances import NOTHING
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.piece import FEASIBLE, Piece, activity_range
from pklogistics.solve.scaling import Scaling, scaling_of

if TYPE_CHECKING:
    from pklogistics.explain.shortfalls.questions import Questions

_NOISE = 1e-9
"""A row that breaks by so little of what it could is not broken, unless a proof would notice."""


@dataclass(frozen=True)
class _Local:
    """The rows and columns of the site, with the rest of the plan as it is."""

    columns: Ints
    rows: Ints
    matrix: sparse.csr_matrix
    lower: Floats
    upper: Floats
    col_lower: Floats
    col_upper: Floats


@dataclass(frozen=True)
class Breaks:
    """What may break, a line for each column that says by how much.

    Attributes
    ----------
    row : the row of the site's that it breaks, ``NONE`` for the bound of a column
    column : the column of the site's whose bound it breaks, ``NONE`` for rows
    sign : -1 where it breaks above, 1 below
    most : how far it could break at all
    side : how large the row, or the bound, is
    place, limit : of the limit, see `Limits`
    each : how much of it one unit of the limit is
    """

    row: Ints
    column: Ints
    sign: Floats
    most: Floats
    side: Floats
    place: Ints
    limit: Ints
    each: Floats

    def __len__(self) -> int:
        return len(self.limit)


class ElasticSite:
    """The elastic program of one site.

    Attributes
    ----------
    columns : of the whole program, those that are here; they come first, ``own`` in number
    breaks : what may break; a column each, after those
    piece : the linear program
    integer : which columns are whole, shape (piece.columns,)
    scaling : of the piece
    """

    def __init__(self, asked: Questions, site: int, besides: Ints = EMPTY) -> None:
        self.asked = asked
        local = _local(asked, site, besides)
        self.columns, self.own = local.columns, len(local.columns)
        self.breaks = _breaks(asked, local)
        self._matrix = local.matrix
        self.piece = self._piece(local)
        whole = asked.model.program.integer[self.columns]
        self.integer: Bools = np.concatenate([whole, np.zeros(len(self.breaks), dtype=bool)])
        self.scaling: Scaling = scaling_of(replace(self.piece, integer=self.integer))

    @cached_property
    def noise(self) -> Floats:
        """By how much each may break without being called broken, shape (breaks,)."""
        breaks = self.breaks
        return np.minimum(_NOISE * breaks.most, FEASIBLE / 10 * (1.0 + breaks.side))

    @cached_property
    def sizes(self) -> tuple[Floats, Floats]:
        """How much of what breaks one person takes, and one unit of what is whole, shape (breaks,) each."""
        asked = self.asked
        steps, by_person = asked.steps[self.columns], asked.by_person[self.columns]
        return self._size(np.where(by_person, steps, 0.0)), self._size(np.where(by_person, 0.0, steps))

    def _size(self, steps: Floats) -> Floats:
        breaks, size = self.breaks, np.zeros(len(self.breaks))
        rows = breaks.row != NONE
        taken = abs(self._matrix[breaks.row[rows]]).multiply(steps)
        size[rows] = taken.max(axis=1).toarray().ravel() if rows.any() else 0.0
        size[~rows] = steps[breaks.column[~rows]]
        return size

    def _piece(self, local: _Local) -> Piece:
        breaks, own = self.breaks, self.own
        rows = breaks.row != NONE
        at = np.arange(len(breaks))
        broken = (breaks.sign[rows], (breaks.row[rows], at[rows]))
        elastic = sparse.csr_matrix(broken, shape=(len(local.rows), len(breaks)))
        top = sparse.hstack([local.matrix, elastic], format="csr")
        more = [self._with_bounds(local), self._with_presence(), self._with_room()]
        upper = np.concatenate([most for _, most in more])
        return Piece(
            matrix=sparse.csr_matrix(sparse.vstack([top, *(matrix for matrix, _ in more)], format="csr")),
            row_lower=np.concatenate([local.lower, np.full(len(upper), -np.inf)]),
            row_upper=np.concatenate([local.upper, upper]),
            col_lower=np.concatenate([local.col_lower, np.zeros(len(breaks))]),
            col_upper=np.concatenate([local.col_upper, breaks.most]),
            integer=np.zeros(own + len(breaks), dtype=bool),
            costs=np.zeros(own + len(breaks)),
        )

    def _with_bounds(self, local: _Local) -> tuple[sparse.csr_matrix, Floats]:
        """Return the rows ``x - e <= said`` and their upper sides."""
        breaks = self.breaks
        at = np.flatnonzero(breaks.column != NONE)
        line, column = np.arange(len(at)), breaks.column[at]
        entries = np.concatenate([np.ones(len(at)), -np.ones(len(at))])
        places = np.concatenate([line, line]), np.concatenate([column, self.own + at])
        matrix = sparse.csr_matrix((entries, places), shape=(len(at), self.own + len(breaks)))
        return matrix, local.col_upper[column] - breaks.most[at]

    def _with_presence(self) -> tuple[sparse.csr_matrix, Floats]:
        """Return the rows ``e - M active <= 0``: in those of ``max_people`` active has the negative entry."""
        breaks = self.breaks
        kinds = self.asked.limits.table["kind"].to_numpy(dtype=object)[breaks.limit]
        at = np.flatnonzero((breaks.row != NONE) & (kinds == "max_people"))
        active = sparse.csr_matrix(self._matrix[breaks.row[at]].minimum(0))
        active.data = -np.repeat(breaks.most[at], np.diff(active.indptr))
        own = sparse.csr_matrix((np.ones(len(at)), (np.arange(len(at)), at)), shape=(len(at), len(breaks)))
        return sparse.csr_matrix(sparse.hstack([active, own], format="csr")), np.zeros(len(at))

    def _with_room(self) -> tuple[sparse.csr_matrix, Floats]:
        """Return the rows ``sum w e - e_storage <= left``, one for each depot that can hold but so much."""
        breaks, width = self.breaks, self.own + len(self.breaks)
        rows, left = [sparse.csr_matrix((0, width))], []
        for room in self.asked.rooms:
            each = dict(zip(room.stock.tolist(), room.each.tolist(), strict=True))
            at = np.flatnonzero(np.isin(breaks.place, room.stock))
            if not len(at):
                continue
            entries = np.array([each[place] for place in breaks.place[at].tolist()])
            more = np.flatnonzero(np.isin(breaks.place, room.storage[:1]))
            row = np.zeros(width)
            row[self.own + at], row[self.own + more] = entries, -1.0
            rows.append(sparse.csr_matrix(row))
            left.append(room.left)
        return sparse.csr_matrix(sparse.vstack(rows, format="csr")), np.array(left)


def _local(asked: Questions, site: int, besides: Ints) -> _Local:
    """Return the rows and columns of a site; ``besides`` are columns of others that are free in it, too."""
    program = asked.model.program
    block = np.setdiff1d(np.union1d(asked.block(site), besides), asked.shared)
    rows = np.union1d(np.unique(asked.by_column[:, block].indices), asked.core)
    columns = np.concatenate([block, asked.shared])
    matrix = sparse.csr_matrix(asked.matrix[rows][:, columns])
    matrix.sort_indices()
    here = asked.x[columns]
    activity = matrix @ here
    outside = asked.activity[rows] - activity
    # What a rounding of the plan breaks is not broken here.
    return _Local(
        columns=columns,
        rows=rows,
        matrix=matrix,
        lower=np.minimum(program.row_lower[rows] - outside, activity),
        upper=np.maximum(program.row_upper[rows] - outside, activity),
        col_lower=np.minimum(asked.lower[columns], here),
        col_upper=np.maximum(asked.upper[columns], here),
    )


def _breaks(asked: Questions, local: _Local) -> Breaks:
    """Return what may break: rows that these columns could break, and bounds of columns that are limits."""
    limits, rows = asked.limits, local.rows
    low, high = activity_range(local.matrix, local.col_lower, local.col_upper)
    named = limits.of_row[rows] != NONE
    over, under = high - local.upper, local.lower - low
    up = np.flatnonzero(named & limits.rises[rows] & (over > NOTHING * (1 + np.abs(local.upper))))
    down = np.flatnonzero(named & limits.falls[rows] & (under > NOTHING * (1 + np.abs(local.lower))))
    bound = np.flatnonzero(limits.of_column[local.columns] != NONE)
    row = np.concatenate([up, down])
    said = np.maximum(limits.said[local.columns[bound]], asked.x[local.columns[bound]])
    none = np.full(len(bound), NONE)
    return Breaks(
        row=np.concatenate([row, none]),
        column=np.concatenate([np.full(len(row), NONE), bound]),
        sign=np.concatenate([-np.ones(len(up)), np.ones(len(down)), -np.ones(len(bound))]),
        most=np.concatenate([over[up], under[down], np.maximum(local.col_upper[bound] - said, 0.0)]),
        side=np.concatenate([asked.largest[rows[row]], said]),
        place=np.concatenate([rows[row], asked.model.program.rows + local.columns[bound]]),
        limit=np.concatenate([limits.of_row[rows[row]], limits.of_column[local.columns[bound]]]),
        each=np.concatenate([limits.each[rows[row]], np.ones(len(bound))]),
    )
