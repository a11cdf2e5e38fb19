"""How a tier is searched: the whole program at once, or block by block at prices of what they share."""

from __future__ import annotations

import time

import numpy as np

from pklogistics.model.program import SHARED, Floats, Program
from pklogistics.solve.decomposition import Blocks, BlockSearch
from pklogistics.solve.decomposition.gain import deciding_blocks, prices_gain
from pklogistics.solve.engine import Engine
from pklogistics.solve.exact import idle_point, search_tier
from pklogistics.solve.options import Options
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search

_MANY_BLOCKS = 250
_SOME_BLOCKS, _MANY_COLUMNS = 30, 20_000
"""From so many blocks with decisions of their own on, prices bound better than a solver of the whole does, if
they gain anything at all (see `gain`); or from some on if they have many columns, as over several periods."""

_EASY_SHARE, _IDEAL_SHARE, _REST_SHARE = 0.25, 0.6, 0.5
"""What of all the time left may go to a plan that is as good in a tier as can be at all and does no more, and
to a look for one by the next tier's objective; what of the tier's time to bettering what that came to."""

_TIER_SHARE = 0.7
"""What of the time left a tier may take that others follow: what it leaves open they have to live with."""


def blocks_of(program: Program, piece: Piece, options: Options) -> Blocks | None:
    """Return the blocks by which a program is solved, None if it is solved whole."""
    rows, columns = program.row_block, program.col_block
    count = len(deciding_blocks(piece, columns))
    if options.strategy == "exact" or count < 2:
        return None
    large = count >= _SOME_BLOCKS and np.count_nonzero(columns != SHARED) >= _MANY_COLUMNS
    many = (count >= _MANY_BLOCKS or large) and options.solver == "highs"
    if options.strategy == "auto" and not (many and prices_gain(piece, rows, columns)):
        return None
    return Blocks(rows, columns)


def search_any(engine: Engine, search: Search, tiers_left: int) -> None:
    """Improve a search until its gap is reached or its share of the time is used; see `search_tier`.

    In a first tier a plan is looked for in which no block comes to more than it must (no mandate is broken
    that the site could keep by itself): one that does just that, else by the objective of the next tier.
    """
    blocks = search.blocks
    if blocks is None or not search.piece.costs.any():
        search_tier(engine, search, tiers_left)
        return
    if search.values is None:
        search.offer(idle_point(engine, search.piece))
    if search.next_costs is not None and not search.proven_before:
        draft = _look_for_ideal(engine, search, blocks)
        if engine.monitor.reason is None and not search.solved(engine.options.gap):
            now = time.monotonic()
            until = now + _REST_SHARE * (engine.clock.share(tiers_left) - now)
            BlockSearch(engine, search, blocks, until).improve(draft)
        if engine.monitor.reason is not None or search.solved(engine.options.gap):
            return
    deadline = time.monotonic() + engine.clock.left() * (_TIER_SHARE if tiers_left > 1 else 1.0)
    by_blocks = BlockSearch(engine, search, blocks, deadline)
    by_blocks.run()
    if by_blocks.reason is None and time.monotonic() < deadline and not search.solved(engine.options.gap):
        search_tier(engine, search, tiers_left)


def _look_for_ideal(engine: Engine, search: Search, blocks: Blocks) -> Floats | None:
    """Look for a plan in which the tier is as low as blocks allow, by the objective of the next tier.

    Unless one is easily had that does just that. Returns what the look was at in the end, which may break
    shared rows, if it found none.
    """
    assert search.next_costs is not None
    began, left = time.monotonic(), engine.clock.left()
    least = BlockSearch(engine, search, blocks, began + _IDEAL_SHARE * left).least()
    ideal = least.within(search.piece)
    if search.values is not None:
        look = Search(search.name, ideal, ideal, None, least.bound, proven_before=False)
        by_blocks = BlockSearch(engine, look, blocks, began + _EASY_SHARE * left, told=False)
        by_blocks.improve(least.draft(engine, search.values, _EASY_SHARE * left))
        search.offer(look.values)
    if engine.monitor.reason is not None or search.solved(engine.options.gap):
        return None
    ideal = ideal.with_objective(search.next_costs, 0.0)
    look = Search(search.name, ideal, ideal, None, ideal.trivial_bound(), proven_before=False)
    by_blocks = BlockSearch(engine, look, blocks, began + _IDEAL_SHARE * left, told=False)
    draft = by_blocks.run(until_found=True)
    search.notes += look.notes
    search.stopped = look.stopped
    search.offer(look.values)
    return draft
