"""Towns with clinics: blocks that meet in a budget and in a licence, small enough to be argued."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from pklogistics.model.program import Builder, Floats, Program, Tier
from pklogistics.solve import Options, solve_program
from pklogistics.solve.decomposition.coupling import Coupling, coupling_of
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.highs import Highs
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.monitor import Interrupt, Monitor
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from tests.solve.programs import priced_dual

SITES, BUDGET, LICENCE, FEE = 40, 60.0, 3.0, 2.0


def never() -> bool:
    return False


def towns(seed: int = 0, licence_cost: float = LICENCE) -> Program:
    """Forty towns, each with a clinic (whole, cost 1 to 4) that serves 1 to 9 of its people, one budget.

    Clinics need a licence (shared, whole, paid from the budget) and, of the served, 2 in ten pay into it.
    """
    random = np.random.default_rng(seed)
    cost, people = random.integers(1, 5, SITES).astype(float), random.integers(1, 10, SITES).astype(float)
    at = pd.DataFrame({"site": np.arange(SITES)})
    b = Builder()
    clinic = b.columns("f", "clinic", at, upper=1, integer=True, block=np.arange(SITES))
    served = b.columns("f", "served", at, upper=people, block=np.arange(SITES))
    licence = b.columns("f", "licence", at.head(1), upper=1, integer=True)
    reached = b.rows("f", "reached", at, upper=0)
    b.entries(reached, served, 1)
    b.entries(reached, clinic, -people)
    licensed = b.rows("f", "licensed", at, upper=0)
    b.entries(licensed, clinic, 1)
    b.entries(licensed, np.repeat(licence, SITES), -1)
    budget = np.repeat(b.rows("f", "budget", at.head(1), upper=BUDGET), SITES)
    b.entries(budget, clinic, cost)
    b.entries(budget, served, 0.2 * FEE)
    b.entries(budget[:1], licence, licence_cost)
    b.term("unserved", served, -1.0, offset=float(people.sum()))
    return b.build([Tier("unserved", {"unserved": 1.0})])


def taken_apart(program: Program) -> tuple[Piece, Split, Coupling, tuple[Floats, Floats]]:
    costs, offset = program.tier_costs(program.tiers[0])
    piece = piece_of(program).with_objective(costs, offset)
    split = split_of(piece, program.row_block, program.col_block)
    lower, upper = implied_bounds(piece)
    return (
        piece,
        split,
        coupling_of(split, lower[split.shared_columns], upper[split.shared_columns]),
        (lower, upper),
    )


def converged(program: Program, passes: int = 18) -> Dual:
    _, split, _, bounds = taken_apart(program)
    return priced_dual(Dual.of(split, bounds, threads=1, seed=0), passes)


def optimum(program: Program) -> float:
    return solve_program(program, Options(strategy="exact", gap=1e-9)).tiers[0].value


def an_engine(piece: Piece) -> Engine:
    options, deadline = Options(), time.monotonic() + 60.0
    monitor = Monitor(options, time.monotonic(), Interrupt())
    return Engine(Highs(), scaling_of(piece), options, monitor, Clock(deadline))
