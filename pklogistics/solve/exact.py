"""One tier solved exactly: the solver's answer is cleaned of tolerance dirt and checked before belief.

A solver works to tolerances: with ``x <= 1e6 y`` a y of 1e-6 lets one person through. So integers are
rounded and fixed, and the continuous rest is solved again by simplex. What comes out is checked against
the rows in original units. If it fails, the search is repeated with more precision, and if that fails too,
the best point known before is kept, and a note says so. So it is if whole numbers pass a row by a share that
is within the tolerance and yet no dirt: one dollar of a hundred million.
"""

from __future__ import annotations

import numpy as np

from pklogistics.errors import SolverError
from pklogistics.model.program import Floats
from pklogistics.solve.backend import Outcome, Start
from pklogistics.solve.claims import settle_claim
from pklogistics.solve.cleaning import take_point
from pklogistics.solve.core import is_linked, look_for_ideal, narrowed
from pklogistics.solve.cover import covered
from pklogistics.solve.engine import Engine
from pklogistics.solve.lean import lean
from pklogistics.solve.piece import Piece
from pklogistics.solve.race import Goal, Race
from pklogistics.solve.search import Search

_NORMAL, _HIGH = 1e-7, 1e-10
"""Precision asked of a solver, at first and when that did not suffice."""

_BUSY_SHARE, _BUSY_SECONDS = 0.3, 30.0
"""What a plan with everything in use may take: of the time left, and at most."""


def search_tier(engine: Engine, search: Search, tiers_left: int) -> None:
    """Improve a search until its gap is reached or its share of the time is used.

    Raises
    ------
    SolverError
        If the program has no solution, or no finite optimum, or the solver fails.
    """
    gap = engine.options.gap
    if search.values is None and not search.piece.continuous:
        search.offer(idle_point(engine, search.piece))
        if not search.solved(gap):
            busy = busy_point(engine, search.piece)
            if busy is not None and search.piece.feasible(busy, clean=True):
                search.offer(busy)
        engine.monitor.tell(search.value, search.bound)
    if search.solved(gap):
        return
    piece = _eased(engine, search, tiers_left)
    if engine.monitor.reason is not None:
        search.stopped = engine.monitor.reason
    if search.solved(gap) or engine.monitor.reason is not None:
        return
    before = search.values
    ended_by_itself = _round(engine, search, tiers_left, piece, _NORMAL)
    if ended_by_itself and before is not None and _is_rough(search):
        ended_by_itself = _exact_round(engine, search, tiers_left, before)
    elif ended_by_itself and not search.solved(gap):
        ended_by_itself = _round(engine, search, tiers_left, search.loose, _HIGH)
    if search.solved(gap) or not ended_by_itself:
        return
    search.stopped = "stopped"
    search.notes.append(
        f"{engine.backend.name} ended short of the gap: its precision allows no more on this program"
    )


def _is_rough(search: Search) -> bool:
    """Say whether the best point passes a row by more than what rounding leaves."""
    if search.values is None or search.piece.continuous:
        return False
    return not search.piece.feasible(search.values, clean=True)


def _exact_round(engine: Engine, search: Search, tiers_left: int, before: Floats) -> bool:
    """Search for what the best point, which is rough, only seems to be, from the point that was known before.

    Return whether a solver came to a verdict. If nothing better than before is found, the rough point stands.
    """
    rough, search.values, search.clean = search.values, before, True
    ended_by_itself = _round(engine, search, tiers_left, search.loose, _HIGH)
    if search.values is before:
        search.clean = False
        search.offer(rough)
        search.notes.append(
            "the plan passes a limit by less than a millionth of it; a search for a more exact one found none"
        )
    return ended_by_itself


def _eased(engine: Engine, search: Search, tiers_left: int) -> Piece:
    """Return what solvers are given for the tier's program: less of it where there are very many links."""
    piece = covered(search.piece)
    if not is_linked(piece):
        return piece
    deadline = engine.clock.share(tiers_left)
    if not search.proven_before:
        look_for_ideal(engine, search, deadline)
        return lean(piece)
    return lean(narrowed(engine, search, piece, deadline))


def idle_point(engine: Engine, piece: Piece) -> Floats | None:
    """Return the plan in which as little as possible is done: integers nearest to 0, the rest by simplex.

    None if that is not feasible.
    """
    outcome = engine.solve_fixed(piece, piece.tidied(np.zeros(piece.columns)), primal=True)
    return None if outcome.values is None else piece.tidied(outcome.values)


def busy_point(engine: Engine, piece: Piece) -> Floats | None:
    """Return the plan in which everything is there that could be: integers at their upper bounds.

    None if an integer has no upper bound, or that is not feasible, which mostly a look at the rows tells.
    Where nothing but money limits what opens, and money is a later tier's concern, this plan serves all.
    """
    most = np.where(piece.integer, piece.col_upper, 0.0)
    if not np.isfinite(most).all() or piece.with_integers_fixed(most).refuted():
        return None
    seconds = min(_BUSY_SHARE * engine.clock.left(), _BUSY_SECONDS)
    outcome = engine.solve_fixed(piece, most, seconds, engine.monitor, primal=True)
    return None if outcome.values is None else piece.tidied(outcome.values)


def _round(engine: Engine, search: Search, tiers_left: int, piece: Piece, precision: float) -> bool:
    """Search once and judge what the solvers say; return whether one of them came to a verdict."""
    deadline = engine.clock.share(tiers_left)
    if _is_raced(engine, piece):
        race = Race(engine, search, piece, Goal(deadline, precision, last=tiers_left <= 1))
        search.stopped = race.run()
        outcomes = race.outcomes
    else:
        outcome = _alone(engine, search, piece, deadline, precision)
        outcomes = {engine.backend.name: outcome}
        search.stopped, search.basis = outcome.stopped, outcome.basis
    failed = {name: outcome for name, outcome in outcomes.items() if outcome.status == "failed"}
    if len(failed) < len(outcomes):
        for name, outcome in failed.items():
            search.notes.append(f"{name} failed ({outcome.detail}); the other solver went on")
            del outcomes[name]
    for name, outcome in outcomes.items():
        _judge(engine, search, name, outcome)
    return search.stopped == "gap"


def _is_raced(engine: Engine, piece: Piece) -> bool:
    """Say whether other searches join in: beside HiGHS, for whole numbers, if threads allow."""
    return not piece.continuous and engine.backend.name == "highs" and engine.options.threads != 1


def _alone(engine: Engine, search: Search, piece: Piece, deadline: float, precision: float) -> Outcome:
    try:
        return engine.solve(piece, deadline, Start(search.values, search.basis), precision)
    except SolverError as error:
        if not search.proven_before:
            raise
        return Outcome("failed", detail=str(error))


def _judge(engine: Engine, search: Search, name: str, outcome: Outcome) -> None:
    settle_claim(engine, search, outcome)
    # Cleaning a large point takes seconds, at a time when there are none left: only what may be better is.
    better = outcome.values is not None and search.piece.value(outcome.values) < search.value
    if outcome.values is not None and better and not take_point(engine, search, outcome.values):
        search.notes.append(f"a solution of {name} broke rows once it was cleaned; it was not used")
    if not search.offer_bound(outcome.bound):
        search.notes.append(f"{name} claimed a bound that a verified solution refutes; it was dropped")
