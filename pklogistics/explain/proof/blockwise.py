"""Blocks at prices, solved by HiGHS: in bundles as linear programs, and one by one in whole numbers.

Pricing in the search is the work of GLOP and CP-SAT; here another solver looks. What its linear programs say
is believed by arithmetic alone. Of its search through whole numbers the bound is taken, never a value, and
moved down by what its tolerances may hide.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from ortools.math_opt import parameters_pb2
from scipy import sparse

from pklogistics.explain.proof.blocks import BlockProgram, Priced
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve import highs_log
from pklogistics.solve.backend import Limits, Outcome, Start, parameters
from pklogistics.solve.host import Host
from pklogistics.solve.monitor import Asking, Interrupt
from pklogistics.solve.piece import Piece

_BUNDLE = 50
"""Blocks in one linear program: each by itself takes several times as long to hand over as to solve."""

_WHOLE = 1e-6
_TOLERANCE = 1e-7
"""HiGHS takes a reduced cost for none that is no larger; it may hide so much for each unit of a column."""

_SECONDS = 10.0
"""For one call of the solver at most."""


@dataclass(frozen=True)
class Solved:
    """What is known of blocks as linear programs.

    Attributes
    ----------
    points : shape (block columns,)
    duals : shape (rows of blocks,)
    whole : blocks whose point is whole where it has to be, shape (blocks,)
    empty : blocks without a point, as HiGHS says twice
    """

    points: Floats
    duals: Floats
    whole: Bools
    empty: Bools


class Blockwise:
    """Solves the blocks of one program, until time is up or an interrupt. It is to be closed.

    Parameters
    ----------
    program : the program
    deadline : in seconds of ``time.monotonic()``
    interrupt : whether Ctrl-C was pressed
    """

    def __init__(self, program: BlockProgram, deadline: float, interrupt: Interrupt) -> None:
        self._program, self._deadline, self._interrupt = program, deadline, interrupt
        # In this process HiGHS may print where it should not, once whole numbers are in play.
        self._host = Host(parameters_pb2.SOLVER_TYPE_HIGHS, highs_log.progress, obedient=False)

    @property
    def over(self) -> bool:
        """Whether time is up, or Ctrl-C was pressed."""
        return self._interrupt.pressed or time.monotonic() >= self._deadline

    def close(self) -> None:
        """End the process in which blocks are solved in whole numbers."""
        self._host.close()

    def linear(self, priced: Priced, blocks: Ints) -> Solved:
        """Solve blocks as linear programs."""
        program = self._program
        points, duals = np.full(len(program.columns), np.nan), np.zeros(len(program.rows))
        empty = np.zeros(program.count, dtype=np.bool_)
        for start in range(0, len(blocks), _BUNDLE):
            self._bundle(priced, blocks[start : start + _BUNDLE], points, duals, empty)
        integer = program.piece.integer[program.columns]
        torn = np.isnan(points) | (integer & ~(np.abs(points - np.round(points)) <= _WHOLE))
        return Solved(points, duals, np.bincount(program.column_block, torn, program.count) == 0, empty)

    def _bundle(self, priced: Priced, blocks: Ints, points: Floats, duals: Floats, empty: Bools) -> None:
        """Solve blocks as one linear program, and write what is found into its places of the arrays."""
        if self.over:
            return
        piece, columns, rows = self._piece(priced, blocks)
        piece = replace(piece, integer=np.zeros(len(columns), dtype=np.bool_))
        outcome = self._highs(piece)
        if outcome.duals is not None:
            duals[rows] = outcome.duals
        if outcome.status == "optimal" and outcome.values is not None:
            points[columns] = outcome.values
        elif outcome.status in ("infeasible", "infeasible_or_unbounded") and len(blocks) > 1:
            for block in blocks:
                self._bundle(priced, np.array([block]), points, duals, empty)
        elif outcome.status == "infeasible":
            empty[blocks] = self._highs(piece, presolve=False).status == "infeasible"

    def in_whole_numbers(self, priced: Priced, block: int, gap: float) -> tuple[float, Floats]:
        """Return a bound below the cheapest point of a block, and the best point found (NaN if none is).

        Parameters
        ----------
        gap : how far below the cheapest point the bound may be, beside what tolerances ask for
        """
        piece, columns, _ = self._piece(priced, np.array([block]))
        outcome = self._highs(piece, gap=gap)
        point = np.full(len(columns), np.nan) if outcome.values is None else piece.tidied(outcome.values)
        if outcome.status == "infeasible":
            sure = self._highs(piece, presolve=False).status == "infeasible"
            return (np.inf if sure else -np.inf), point
        if outcome.status not in ("optimal", "feasible", "nothing") or np.isnan(outcome.bound):
            return -np.inf, point
        # What is better than its best point by no more than the gap, HiGHS may leave out of its bound.
        hidden = gap + _TOLERANCE * float((piece.col_upper - piece.col_lower).sum())
        return outcome.bound - hidden, point

    def _piece(self, priced: Priced, blocks: Ints) -> tuple[Piece, Ints, Ints]:
        """Return blocks as a piece, with the places of its columns and of its rows that say anything."""
        program = self._program
        columns, rows = _places(program.column_block, blocks), _places(program.row_block, blocks)
        rows = rows[np.isfinite(priced.lower[rows]) | np.isfinite(priced.upper[rows])]
        at = program.columns[columns]
        piece = Piece(
            sparse.csr_matrix(program.matrix[rows][:, columns]),
            priced.lower[rows],
            priced.upper[rows],
            program.lower[at],
            program.upper[at],
            program.piece.integer[at],
            priced.costs[columns],
        )
        return piece, columns, rows

    def _highs(self, piece: Piece, *, gap: float = 0.0, presolve: bool = True) -> Outcome:
        """Solve a piece by HiGHS."""
        limits = Limits(min(self._deadline, time.monotonic() + _SECONDS))
        settings = parameters(limits)
        settings.relative_gap_tolerance, settings.absolute_gap_tolerance = 0.0, gap
        if not presolve:
            settings.presolve = parameters_pb2.EMPHASIS_OFF
        outcome = self._host.solve(piece, settings, limits, Start(), Asking(lambda: self._interrupt.pressed))
        if outcome.stopped == "interrupted":  # Where another handler raised it, nobody has noted it yet.
            self._interrupt.pressed = True
        return outcome


def _places(numbers: Ints, blocks: Ints) -> Ints:
    """Return where rising numbers are those of some blocks."""
    first, last = np.searchsorted(numbers, blocks), np.searchsorted(numbers, blocks, side="right")
    ranges = [np.arange(start, end) for start, end in zip(first, last, strict=True)]
    return np.concatenate(ranges) if ranges else np.zeros(0, dtype=np.int64)
