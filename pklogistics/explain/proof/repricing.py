"""The bound of a tier proven anew from prices: each part of its program by blocks, and the least of all.

The part of the least bound is always the one that is looked at next, so that nothing is priced that does not
matter: first as linear programs, then in whole numbers. The bound is valid whenever time ends.

What a block costs at least in one part holds in another where its columns cost the same and nothing more is
allowed; it is priced anew only where its cheapest point is not allowed.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pklogistics.explain.proof.blocks import BlockProgram, Priced
from pklogistics.explain.proof.blockwise import Blockwise
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.monitor import Interrupt

_UNPRICED, _LINEAR, _WHOLE = 0, 1, 2

_GAP = 1e-7
"""What all blocks in whole numbers together may lack, relative to the value of the plan."""

_ROUNDING = 1e-12
"""Rounding of the sum of a bound, relative to what is added up."""


@dataclass(frozen=True)
class GivenPart:
    """A part of a program, and what prices it.

    Attributes
    ----------
    least, most : bounds of the shared columns, shape (shared columns,)
    prices : of the rows, shape (rows,); parts with the same prices have the same array
    """

    least: Floats
    most: Floats
    prices: Floats


@dataclass
class _Sheet:
    """A part at its prices.

    Attributes
    ----------
    floors : what each block costs at least, shape (blocks,)
    points : the points that cost so, as far as they are known, and what they are in the blocks' rows
    known : how the floor of each block is known
    stage : to what all blocks have been priced
    """

    part: GivenPart
    priced: Priced
    floors: Floats
    points: Floats
    activity: Floats
    known: Ints
    stage: int = _UNPRICED

    @property
    def bound(self) -> float:
        if self.priced.constant == -math.inf or (self.floors == -np.inf).any():
            return -math.inf
        size = abs(self.priced.constant) + float(np.abs(self.floors).sum())
        total = self.priced.constant + float(self.floors.sum())
        return total - _ROUNDING * size if math.isfinite(size) else total


class Repricing:
    """Bounds the parts of one program.

    Parameters
    ----------
    program : the program
    value : of the plan; a part that is bounded by as much needs no more
    deadline : in seconds of ``time.monotonic()``
    interrupt : whether Ctrl-C was pressed, which ends it as time does
    """

    def __init__(self, program: BlockProgram, value: float, deadline: float, interrupt: Interrupt) -> None:
        self._program, self._value = program, value
        self._solver = Blockwise(program, deadline, interrupt)
        self._gap = _GAP * abs(value) / max(1, program.count)
        self._sheets: list[_Sheet] = []
        # Parts that are never reached share these.
        self._no_points = np.full(len(program.columns), np.nan), np.full(len(program.rows), np.nan)

    def bound(self, parts: Sequence[GivenPart]) -> tuple[float, bool]:
        """Return the least bound of all parts, and whether more time could not have made it better."""
        try:
            return self._bound(parts)
        finally:
            self._solver.close()

    def _bound(self, parts: Sequence[GivenPart]) -> tuple[float, bool]:
        self._sheets = [self._sheet(part) for part in parts]
        if any(sheet.priced.constant == -math.inf for sheet in self._sheets):
            return -math.inf, True
        if self._sheets:
            self._advance(self._sheets[0])
        queue = [(sheet.bound, number) for number, sheet in enumerate(self._sheets)]
        heapq.heapify(queue)
        while queue and not self._solver.over:
            bound, number = heapq.heappop(queue)
            sheet = self._sheets[number]
            if bound >= self._value or sheet.stage == _WHOLE:
                heapq.heappush(queue, (bound, number))
                break
            self._advance(sheet)
            heapq.heappush(queue, (sheet.bound, number))
        least = min((sheet.bound for sheet in self._sheets), default=math.inf)
        deciding = [sheet for sheet in self._sheets if sheet.bound <= least < self._value]
        return least, all(sheet.stage == _WHOLE for sheet in deciding)

    def _sheet(self, part: GivenPart) -> _Sheet:
        """Begin with a part: nothing known but what the column bounds say."""
        program = self._program
        priced = program.priced(part.prices, part.least, part.most)
        floors = program.block_bounds(priced, np.zeros(len(program.rows)))
        known = np.full(program.count, _UNPRICED)
        return _Sheet(part, priced, floors, *self._no_points, known)

    def _advance(self, sheet: _Sheet) -> None:
        """Price the blocks of a part one stage further, as far as that is not known yet."""
        self._inherit(sheet)
        if sheet.stage == _UNPRICED:
            self._price_linear(sheet, np.flatnonzero(sheet.known == _UNPRICED))
            sheet.stage = _UNPRICED if self._solver.over else _LINEAR
        else:
            self._price_whole(sheet, np.flatnonzero(sheet.known == _LINEAR))
            sheet.stage = _LINEAR if self._solver.over else _WHOLE

    def _price_linear(self, sheet: _Sheet, blocks: Ints) -> None:
        program = self._program
        solved = self._solver.linear(sheet.priced, blocks)
        chosen = _mask(blocks, program.count)
        first = all(other.stage == _UNPRICED for other in self._sheets)
        for other in self._sheets if first else [sheet]:  # Parts that time never reaches have these bounds.
            bounds = program.block_bounds(other.priced, solved.duals)
            other.floors = np.where(chosen, np.maximum(other.floors, bounds), other.floors)
        sheet.floors[solved.empty] = np.inf
        sheet.points = np.where(chosen[program.column_block], solved.points, sheet.points)
        sheet.known[chosen] = np.where(solved.whole | solved.empty, _WHOLE, _LINEAR)[chosen]
        sheet.activity = np.asarray(program.matrix @ sheet.points)

    def _price_whole(self, sheet: _Sheet, blocks: Ints) -> None:
        program = self._program
        for block in blocks:
            if self._solver.over:
                break
            bound, point = self._solver.in_whole_numbers(sheet.priced, int(block), self._gap)
            sheet.floors[block] = max(sheet.floors[block], bound)
            first, last = np.searchsorted(program.column_block, (block, block + 1))
            sheet.points[first:last] = point
            sheet.known[block] = _WHOLE
        sheet.activity = np.asarray(program.matrix @ sheet.points)

    def _inherit(self, sheet: _Sheet) -> None:
        """Take over what other parts at the same prices say of blocks."""
        program = self._program
        for other in self._sheets:
            if other is sheet or other.stage == _UNPRICED or other.part.prices is not sheet.part.prices:
                continue
            differs = np.bincount(
                program.column_block, other.priced.costs != sheet.priced.costs, program.count
            )
            wider = (sheet.priced.lower < other.priced.lower) | (sheet.priced.upper > other.priced.upper)
            alike = (differs == 0) & (np.bincount(program.row_block, wider, program.count) == 0)
            sheet.floors = np.where(alike, np.maximum(sheet.floors, other.floors), sheet.floors)
            kept = alike & program.kept(sheet.priced, other.activity) & (other.known > sheet.known)
            sheet.known[kept] = other.known[kept]
            sheet.points = np.where(kept[program.column_block], other.points, sheet.points)
            sheet.activity = np.where(kept[program.row_block], other.activity, sheet.activity)


def _mask(blocks: Ints, size: int) -> Bools:
    mask = np.zeros(size, dtype=np.bool_)
    mask[blocks] = True
    return mask
