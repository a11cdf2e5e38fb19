"""Solvers' claims that there is no solution, or no best one, are checked before anyone hears of them."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np

from pklogistics.errors import SolverError
from pklogistics.model.program import Floats
from pklogistics.solve.backend import Backend, Limits, Outcome, Start
from pklogistics.solve.engine import Engine
from pklogistics.solve.glop import Glop
from pklogistics.solve.highs import Highs
from pklogistics.solve.monitor import Patient
from pklogistics.solve.piece import Piece
from pklogistics.solve.scip import Scip
from pklogistics.solve.search import Search

_SECOND_OPINION_SECONDS = 10.0


def settle_claim(engine: Engine, search: Search, outcome: Outcome) -> None:
    """Judge an outcome without a solution: raise if it is right or cannot be lived with, else note it.

    Raises
    ------
    SolverError
        If the program has no solution, or a tier has no finite optimum, or the solver failed before
        any tier was solved.
    """
    if outcome.status not in ("infeasible", "unbounded", "infeasible_or_unbounded", "failed"):
        return
    name, said = engine.backend.name, outcome.detail or outcome.status
    if search.values is None:
        search.offer(_second_opinion(engine, search.piece))
    if search.values is None and outcome.status != "failed":
        raise SolverError("the program has no solution: its rows contradict one another; relax one of them")
    if _endless(search.piece, outcome):
        raise SolverError(
            f"tier {search.name!r} has no finite optimum: its objective falls without end; "
            "bound the columns that it rewards"
        )
    if not search.proven_before:
        raise SolverError(f"{name} failed on a program that has solutions ({said}); try another solver")
    search.notes.append(f"{name} failed ({said}); the solution of the tier before was kept")


def _endless(piece: Piece, outcome: Outcome) -> bool:
    """Return whether a program that has solutions has none that is best.

    Solvers fail in odd ways on such programs. With whole numbers or without, the objective falls without end
    if that of the linear program does.
    """
    if outcome.status == "infeasible" or math.isfinite(piece.trivial_bound()):
        return False
    relaxed = replace(piece, integer=np.zeros(piece.columns, dtype=np.bool_))
    limits = Limits(time.monotonic() + _SECOND_OPINION_SECONDS)
    answer = Glop().solve(relaxed, limits, Start(), Patient())
    return answer.status in ("unbounded", "infeasible_or_unbounded")


def _second_opinion(engine: Engine, piece: Piece) -> Floats | None:
    """Look for any feasible point with another solver; None if there is none or time is up."""
    backend = _other(engine.backend, piece)
    feasibility = replace(piece, costs=np.zeros(piece.columns), offset=0.0)
    seconds = min(_SECOND_OPINION_SECONDS, engine.clock.left())
    try:
        outcome = backend.solve(feasibility, Limits(time.monotonic() + seconds), Start(), Patient())
    except SolverError:
        return None  # The first opinion then stands alone, and it is raised.
    finally:
        backend.close()
    return None if outcome.values is None else piece.tidied(outcome.values)


def _other(backend: Backend, piece: Piece) -> Backend:
    if backend.name == "highs":
        return Glop() if piece.continuous else Scip()
    return Highs()
