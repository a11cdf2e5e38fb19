"""From a program to proven values: one interface over several solvers, and the methods on top of it."""

from __future__ import annotations

import math
import time

from pklogistics.errors import SolverError
from pklogistics.model.program import Program
from pklogistics.solve.backend import Backend
from pklogistics.solve.cp_sat import CpSat
from pklogistics.solve.crew import crew_of
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.glop import Glop
from pklogistics.solve.highs import Highs
from pklogistics.solve.monitor import Monitor, interrupts
from pklogistics.solve.options import Options, Progress, SolverName
from pklogistics.solve.pdlp import Pdlp
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.scip import Scip
from pklogistics.solve.solution import Solution, TierSolution
from pklogistics.solve.tiers import solve_tiers

__all__ = ["Options", "Progress", "Solution", "TierSolution", "solve_program"]

BACKENDS: dict[SolverName, type[Backend]] = {
    "highs": Highs,
    "scip": Scip,
    "cp_sat": CpSat,
    "glop": Glop,
    "pdlp": Pdlp,
}


def solve_program(program: Program, options: Options | None = None) -> Solution:
    """Minimise the tiers of a program, one after the other.

    Ctrl-C and ``options.should_stop`` end the search and return the best solution found.

    Raises
    ------
    OptionsError
        If the options name a cluster that is not there.
    SolverError
        If the program has no solution or no finite optimum, or the solver fails or cannot take it.
    """
    options = options or Options()
    started = time.monotonic()
    deadline = math.inf if options.time_limit is None else started + options.time_limit
    piece = piece_of(program)
    backend = _backend(options, piece)
    crew = crew_of(options)
    with interrupts() as interrupt:
        monitor = Monitor(options, started, interrupt)
        try:
            engine = Engine(backend, scaling_of(piece), options, monitor, Clock(deadline), crew)
            solution = solve_tiers(program, piece, engine, started)
        finally:
            crew.close()
            backend.close()
    if interrupt.pressed:  # Also where it came once the search was over: whoever pressed it waits for an end.
        solution.stopped = "interrupted"
    return solution


def _backend(options: Options, piece: Piece) -> Backend:
    backend: Backend = BACKENDS[options.solver]()
    if backend.continuous_only and not piece.continuous:
        raise SolverError(
            f"{options.solver} solves continuous programs only, and this one has "
            f"{int(piece.integer.sum())} integer columns: choose solver='highs', 'scip' or 'cp_sat'"
        )
    return backend
