"""A program with very many links, narrowed to those whole columns that may be in a better plan.

With a hundred depots and a thousand customers of each, a simplex spends minutes on the first linear
program, and without the links (`lean`) bounds are weak and plans poor. But which depots are worth a look
shows in prices of the rows, and prices need not be exact to be of use: whatever they are, a bound follows
from them by plain arithmetic (`implied.dual_bound`), and so does what the bound rises by if a whole column
leaves that end of its range where it costs least: its reduced cost. So

1. a first-order method looks for prices, with the rows that say how many whole columns are needed (`cover`);
2. the program with all whole columns of large reduced cost fixed, its *core*, is searched for a plan (Balas
   and Zemel, Operations Research 28, 1980), without what links let in at a large one if links are still many;
3. a column of which the reduced cost is more than what is between the plan and the bound is in no better
   plan with another value: it is fixed for good, and what is left goes to the race as any other program.

Where the first prices leave too much, better ones are looked for in what is left. A tier that comes before
any plan is known is looked at by the objective of the next one, held as good as can be at all.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from pklogistics.model.program import Floats
from pklogistics.solve.backend import Limits, Start, Watch
from pklogistics.solve.cleaning import take_point
from pklogistics.solve.cover import covered
from pklogistics.solve.engine import Engine
from pklogistics.solve.implied import dual_bound
from pklogistics.solve.links import MANY_LINKS, burden_of, links_of
from pklogistics.solve.monitor import Monitor, Quiet
from pklogistics.solve.pdlp import Pdlp
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search
from pklogistics.solve.solution import Stopped

_PRICE_GAP, _PRECISIONS = 1e-3, (0.03, 0.003)
"""How well the first-order method is to do, and to do once more where its first prices leave too much."""

_PRICE_SHARE, _PLAN_SHARE = 0.2, 0.5
"""What of a tier's time may go to the prices, and to the search of the core."""

_FIRST_RISE, _WIDER = 0.0025, 4.0
"""What columns outside the core may raise the bound by at first, as a share of it, and by how much that grows
where there is no plan in it."""

_REPRICED = 1e-4
"""How much of the bound, relatively, reduced costs that tell more may cost."""

_PLAN_GAP = 1e-3
"""Gap to which the core is searched: what is left to prove afterwards is easier with a plan in hand."""

_SAFE = 1e-9
"""Reduced costs have to be larger by this much of the plan's value than what they are compared with."""


@dataclass(frozen=True)
class Prices:
    """What row prices say.

    Attributes
    ----------
    bound : lower bound of the objective
    rises : by how much the bound rises for each unit that a column is above its lower bound (below its upper
        one, if negative), shape (columns,)
    """

    bound: float
    rises: Floats


def is_linked(piece: Piece) -> bool:
    """Say whether a program has so many links that it should be narrowed first."""
    return len(burden_of(piece).row) >= MANY_LINKS


def look_for_ideal(engine: Engine, search: Search, deadline: float) -> None:
    """Look for a plan in which the tier is as good as can be at all, by the objective of the next tier."""
    if search.next_costs is None or not math.isfinite(search.piece.trivial_bound()):
        return
    ideal = search.piece.at_trivial_bound().with_objective(search.next_costs, 0.0)
    look = Search(search.name, ideal, ideal, None, ideal.trivial_bound(), proven_before=False)
    piece, watch = covered(ideal), Quiet(engine.monitor)
    prices = _prices(engine, piece, _PRECISIONS[0], deadline, watch)
    if prices is not None:
        _look_inside(engine, look, piece, prices, deadline, watch)
        search.offer(look.values)
        engine.monitor.tell(search.value, search.bound)


def narrowed(engine: Engine, search: Search, piece: Piece, deadline: float) -> Piece:
    """Return the program without what cannot be in a better plan, as far as prices tell.

    Parameters
    ----------
    search : gets the plan and the bound that are found on the way
    piece : the tier's program with the rows that say how many whole columns are needed
    deadline : of the tier, in seconds of ``time.monotonic()``
    """
    watch, found = _Found(engine.monitor), False
    for precision in _PRECISIONS:
        prices = _prices(engine, piece, precision, deadline, watch)
        if prices is None:
            break
        search.offer_bound(prices.bound)
        engine.monitor.tell(search.value, search.bound)
        if search.solved(engine.options.gap) or engine.monitor.reason is not None:
            break
        found = found or _look_inside(engine, search, piece, prices, deadline, watch)
        if search.values is None:
            break
        rise = search.value - prices.bound + _SAFE * max(1.0, abs(search.value))
        piece = _fixed(piece, prices, rise, search.values)
        if not is_linked(piece):
            break
    return piece


def _prices(engine: Engine, piece: Piece, precision: float, deadline: float, watch: Watch) -> Prices | None:
    """Return what the prices of a first-order method say, None if they bound nothing."""
    relaxed = replace(piece, integer=np.zeros(piece.columns, dtype=np.bool_))
    until = time.monotonic() + _PRICE_SHARE * (deadline - time.monotonic())
    limits = Limits(until, _PRICE_GAP, engine.options.threads, precision=precision)
    duals = Pdlp(presolve=True).solve(relaxed, limits, Start(), watch).duals
    if duals is None:
        return None
    bounds = piece.col_lower, piece.col_upper
    raw, repriced = (
        Prices(dual_bound(piece, each, bounds), piece.costs - piece.matrix.T @ each)
        for each in (duals, links_of(piece).repriced(piece, duals))
    )
    # Prices of links that carry more than they have to hide what their owners cost.
    prices = repriced if repriced.bound > raw.bound - _REPRICED * abs(raw.bound) else raw
    return prices if math.isfinite(prices.bound) else None


def _look_inside(
    engine: Engine, search: Search, piece: Piece, prices: Prices, deadline: float, watch: Watch
) -> bool:
    """Look for a plan in the core, and in a wider one where there is none; return whether there was one."""
    until = time.monotonic() + _PLAN_SHARE * (deadline - time.monotonic())
    rise, most = _FIRST_RISE * max(1.0, abs(prices.bound)), _largest_rise(piece, prices)
    while not engine.monitor.check() and time.monotonic() < until:
        narrow = min(rise, most)
        part = _fixed(piece, prices, narrow, None)
        proves = _free_links(part) < MANY_LINKS
        if not proves:
            part = _without_dear(part, prices, rise)
        start = Start(search.values if search.values is not None and part.admits(search.values) else None)
        outcome = engine.solve(part, until, start, watch=watch, gap=_PLAN_GAP)
        if outcome.values is not None and take_point(engine, search, outcome.values):
            if proves:
                search.offer_bound(min(outcome.bound, prices.bound + narrow))
            return True
        if (proves and rise >= most) or np.array_equal(part.col_upper, piece.col_upper):
            break
        rise *= _WIDER
    return False


def _largest_rise(piece: Piece, prices: Prices) -> float:
    """Return the reduced cost up to which columns may be free without links being too many again."""
    rises = np.sort(np.abs(prices.rises[burden_of(piece).owner]))
    return float(rises[MANY_LINKS - 1]) * (1.0 - _SAFE)


def _free_links(piece: Piece) -> int:
    """Return how many links there are whose whole column is not fixed, however few it has."""
    return int((piece.col_lower < piece.col_upper)[links_of(piece).owner].sum())


def _fixed(piece: Piece, prices: Prices, rise: float, known: Floats | None) -> Piece:
    """Return the piece with whole columns fixed where a unit would raise the bound by more than that.

    A column of which a known point has another value stays free.
    """
    where = np.where(prices.rises > 0, piece.col_lower, piece.col_upper)
    fixed = piece.integer & (np.abs(prices.rises) > rise) & np.isfinite(where)
    if known is not None:
        fixed &= known == where
    return replace(
        piece,
        col_lower=np.where(fixed, where, piece.col_lower),
        col_upper=np.where(fixed, where, piece.col_upper),
    )


def _without_dear(piece: Piece, prices: Prices, rise: float) -> Piece:
    """Return the piece without what links let in where all of it would raise the bound by more than that.

    A little of it might be in the best plan, so such a piece proves nothing of the whole.
    """
    links = links_of(piece)
    let_in = np.unique(links.column[~links.whole])
    dear = let_in[np.abs(prices.rises * (piece.col_upper - piece.col_lower))[let_in] > rise]
    upper = piece.col_upper.copy()
    upper[dear] = piece.col_lower[dear]
    return replace(piece, col_upper=upper)


class _Found:
    """A `Watch` of the search of a part: what it finds is a plan of the whole, what it proves is not."""

    factor = 1.0

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Report a plan, and return why the whole search has to stop, if it has to."""
        self._monitor.tell(incumbent / self.factor, -math.inf)
        return self._monitor.check()
