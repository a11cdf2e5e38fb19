"""A solver's point is cleaned of tolerance dirt before it is kept."""

from __future__ import annotations

from pklogistics.model.program import Floats
from pklogistics.solve.engine import Engine
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search


def take_point(engine: Engine, search: Search, values: Floats) -> bool:
    """Clean a solver's point and keep it if it is good; return whether anything feasible came of it.

    Where the point as the solver said it or as it is cleaned is exact, nothing else is looked at: what passes
    rows within tolerances may seem a little better than what whole numbers allow.
    """
    piece = search.piece
    tidy = piece.tidied(values)
    if piece.continuous:
        return search.offer(tidy)
    points = [tidy, *_cleaned(engine, piece, tidy)]
    if not any(piece.feasible(point, clean=search.clean) for point in points[1:]):
        points += _cleaned(engine, search.loose, tidy)
    exact = [point for point in points if piece.feasible(point, clean=True)]
    offered = [search.offer(point) for point in exact or points]
    return any(offered)


def _cleaned(engine: Engine, piece: Piece, tidy: Floats) -> list[Floats]:
    """Return the best point with the same whole numbers, if there is one."""
    outcome = engine.solve_fixed(piece, tidy)
    return [] if outcome.values is None else [piece.tidied(outcome.values)]
