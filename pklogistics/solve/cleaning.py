"""A solver's point is cleaned of tolerance dirt before it is kept."""

from __future__ import annotations

from pklogistics.model.program import Floats
from pklogistics.solve.engine import Engine
from pklogistics.solve.search import Search


def take_point(engine: Engine, search: Search, values: Floats) -> bool:
    """Clean a solver's point and keep it if it is good; return whether anything feasible came of it.

    What the solver said itself counts only where no cleaning succeeds: within its tolerances it may seem a
    little better than what whole numbers allow.
    """
    tidy = search.piece.tidied(values)
    if search.piece.continuous:
        return search.offer(tidy)
    for piece in (search.piece, search.loose):
        outcome = engine.solve_fixed(piece, tidy)
        if outcome.values is not None and search.offer(piece.tidied(outcome.values)):
            return True
    return search.offer(tidy)
