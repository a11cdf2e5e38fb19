"""What every solver must do behind the one interface. A bug found in one is added for all."""

from __future__ import annotations

import time

import numpy as np
import pytest

from pklogistics.errors import SolverError
from pklogistics.model.program import Program
from pklogistics.solve import BACKENDS, Options, Solution, solve_program
from pklogistics.solve.backend import Limits, Outcome, Start
from pklogistics.solve.monitor import Patient
from pklogistics.solve.options import SolverName
from pklogistics.solve.piece import piece_of
from tests.solve.programs import big_numbers, diet, free, hard, knapsack, planted, program

ALL = tuple(BACKENDS)
MIXED = tuple(name for name in ALL if not BACKENDS[name].continuous_only)
CONTINUOUS = tuple(name for name in ALL if BACKENDS[name].continuous_only)

# PDLP has no exact end, and CP-SAT counts continuous columns in steps; the others reach any gap.
GAPS = {"pdlp": 1e-4, "cp_sat": 1e-4}


def solved(case: Program, name: SolverName, value: float, time_limit: float = 30.0) -> Solution:
    """Solve a program with one tier and check value, bound, gap and the rows."""
    gap = GAPS.get(name, 1e-6)
    solution = solve_program(case, Options(solver=name, time_limit=time_limit, gap=gap))
    (tier,) = solution.tiers
    near = gap * max(1.0, abs(value))
    assert tier.value == pytest.approx(value, abs=near)
    assert tier.value == pytest.approx(case.tier_value(case.tiers[0], solution.values), abs=1e-9)
    assert tier.bound <= value + 1e-6 * max(1.0, abs(value))
    assert tier.bound == pytest.approx(value, abs=near)
    assert case.violation(solution.values) <= 1e-6
    assert solution.stopped == "gap"
    return solution


@pytest.mark.parametrize("name", ALL)
def test_linear_program(name: SolverName) -> None:
    solution = solved(diet(), name, 9.0)
    assert solution.values == pytest.approx([3, 1], abs=1e-3)


@pytest.mark.parametrize("name", MIXED)
def test_knapsack(name: SolverName) -> None:
    solution = solved(knapsack(), name, -20.0)
    assert solution.values.tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize("name", MIXED)
def test_big_numbers_beside_small_ones(name: SolverName) -> None:
    # 5e5 of 2.5e6 people stay unserved: see the program.
    solution = solved(big_numbers(), name, 5e5)
    assert solution.values == pytest.approx([2e6, 2], rel=1e-9)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_whole_numbers_are_refused_by_solvers_that_would_ignore_them(name: SolverName) -> None:
    with pytest.raises(SolverError, match="3 integer columns: choose solver='highs'"):
        solve_program(knapsack(), Options(solver=name))


@pytest.mark.parametrize("name", ALL)
def test_contradicting_rows(name: SolverName) -> None:
    # x + y cannot be at most 1 and at least 3.
    case = program([[1, 1], [1, 1]], [-np.inf, 3], [1, np.inf], costs={"c": [1, 1]}, upper=9)
    with pytest.raises(SolverError, match="no solution"):
        solve_program(case, Options(solver=name, time_limit=20))


@pytest.mark.parametrize("name", MIXED)
def test_contradicting_rows_of_whole_numbers(name: SolverName) -> None:
    # 2x + 4y is even, so it is never 5, though the continuous program has x = 2.5.
    case = program([[2, 4]], [5], [5], costs={"c": [1, 1]}, upper=9, integer=True)
    with pytest.raises(SolverError, match="no solution"):
        solve_program(case, Options(solver=name, time_limit=20))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("whole", [False, True])
def test_objective_without_end(name: SolverName, whole: bool) -> None:
    # Nothing keeps x from growing, and it is rewarded. CP-SAT says so before it starts.
    if whole and name in CONTINUOUS:
        pytest.skip("refused before")
    case = program([[1, -1]], free(1), [2], costs={"c": [-1, 0]}, integer=whole)
    with pytest.raises(SolverError, match=r"no finite optimum|unbounded"):
        solve_program(case, Options(solver=name, time_limit=20))


@pytest.mark.parametrize("name", ALL)
def test_no_rows(name: SolverName) -> None:
    # Each column goes to its cheaper bound: 2 * 1 - 3 * 5 = -13.
    case = program([], [], [], costs={"c": [2, -3]}, lower=[1, 0], upper=[4, 5])
    assert solved(case, name, -13.0).values.tolist() == [1.0, 5.0]


@pytest.mark.parametrize("name", ALL)
def test_no_columns(name: SolverName) -> None:
    case = program([], [], [], costs={"c": []}, offset=4.0)
    assert solved(case, name, 4.0).values.shape == (0,)


@pytest.mark.parametrize("name", ALL)
def test_empty_rows_and_unused_columns(name: SolverName) -> None:
    # The middle row has no entries and is kept by 0; the last column is in no row.
    rows = [[1, 0], [0, 0], [1, 0]]
    case = program(rows, [2, -1, 0], [9, 1, 9], costs={"c": [1, 1]}, lower=[0, 3], upper=9)
    assert solved(case, name, 5.0).values == pytest.approx([2, 3], abs=1e-3)


@pytest.mark.parametrize("name", ALL)
def test_equalities_free_and_fixed_columns(name: SolverName) -> None:
    # x is free, y is fixed at 2, z from 0 to 10. x + y = 1 forces x = -1; z >= 3 - x = 4 is cheapest at 4.
    case = program(
        [[1, 1, 0], [1, 0, 1]],
        [1, 3],
        [1, np.inf],
        costs={"c": [1, 1, 1]},
        lower=[-np.inf, 2, 0],
        upper=[np.inf, 2, 10],
    )
    assert solved(case, name, -1 + 2 + 4).values == pytest.approx([-1, 2, 4], abs=1e-3)


@pytest.mark.parametrize("name", MIXED)
def test_thirds(name: SolverName) -> None:
    # No grid of whole steps meets this row exactly: 3x = y with y whole from 1 on. Cheapest: y = 1, x = 1/3.
    case = program([[3, -1]], [0], [0], costs={"c": [1, 0]}, lower=[0, 1], upper=9, integer=[False, True])
    assert solved(case, name, 1 / 3).values == pytest.approx([1 / 3, 1])


@pytest.mark.parametrize("name", MIXED)
def test_whole_numbers_below_zero(name: SolverName) -> None:
    # 2x >= -7 with x whole: -3, not -3.5.
    case = program([[2]], [-7], [np.inf], costs={"c": [1]}, lower=-10, upper=10, integer=True)
    assert solved(case, name, -3.0).values.tolist() == [-3.0]


@pytest.mark.parametrize("name", ALL)
def test_offset_counts_for_value_and_gap(name: SolverName) -> None:
    case = program([[1]], [2], [np.inf], costs={"c": [1]}, upper=9, offset=100.0)
    solved(case, name, 102.0)


@pytest.mark.parametrize("name", ALL)
def test_threads_and_seed_are_understood(name: SolverName) -> None:
    case = diet() if name in CONTINUOUS else knapsack()
    value = 9.0 if name in CONTINUOUS else -20.0
    solution = solve_program(case, Options(solver=name, threads=2, seed=12345))
    assert solution.tiers[0].value == pytest.approx(value, rel=1e-3)


def attempt(case: Program, name: SolverName, start: Start, limits: Limits) -> Outcome:
    """Ask a backend directly, without anything that could mend its answer."""
    costs, offset = case.tier_costs(case.tiers[0])
    piece = piece_of(case).with_objective(costs, offset)
    backend = BACKENDS[name]()
    try:
        return backend.solve(piece, limits, start, Patient())
    finally:
        backend.close()


@pytest.mark.parametrize("name", MIXED)
def test_a_start_is_used(name: SolverName) -> None:
    # Only the hidden solution costs nothing, and no solver finds it by itself in this time.
    case, known = hard(), planted()
    blind = attempt(case, name, Start(), Limits(deadline=time.monotonic() + 0.5))
    told = attempt(case, name, Start(known), Limits(deadline=time.monotonic() + 0.5))
    assert case.tier_value(case.tiers[0], known) == 0.0
    assert told.values is not None
    assert case.tier_value(case.tiers[0], told.values) == pytest.approx(0.0, abs=1e-6)
    assert blind.values is None or case.tier_value(case.tiers[0], blind.values) > 1.0


@pytest.mark.parametrize("name", MIXED)
def test_time_limit_leaves_a_solution_and_a_true_bound(name: SolverName) -> None:
    case = hard()
    outcome = attempt(case, name, Start(), Limits(deadline=time.monotonic() + 1.0))
    assert (outcome.status, outcome.stopped) == ("feasible", "time")
    assert outcome.values is not None
    # CP-SAT's own point may be off by half a step of each column.
    assert case.violation(outcome.values) <= 1e-3
    # The hidden solution costs 0, so no true bound is above that.
    assert outcome.bound <= 1e-6


@pytest.mark.parametrize("name", ALL)
def test_linear_bound_is_no_better_than_any_solution(name: SolverName) -> None:
    # Random covering programs: the bound must not pass the optimum, which the simplex finds exactly.
    for seed in range(3):
        r = np.random.default_rng(seed)
        matrix = r.uniform(0, 100, (6, 9)) * (r.random((6, 9)) < 0.6)
        sides = (r.uniform(0, 300, 6), np.full(6, np.inf))
        case = program(matrix, *sides, costs={"c": r.uniform(1, 9, 9).tolist()}, upper=40)
        best = attempt(case, "glop", Start(), Limits())
        outcome = attempt(case, name, Start(), Limits(deadline=time.monotonic() + 20, gap=1e-5))
        assert outcome.values is not None
        value, found = (case.tier_value(case.tiers[0], x) for x in (best.values, outcome.values))
        assert outcome.bound <= value + 1e-6 * value
        assert outcome.bound >= value - 2e-3 * value
        assert found == pytest.approx(value, rel=2e-3)
