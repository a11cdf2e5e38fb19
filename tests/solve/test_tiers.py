"""The lexicographic solve: order, tolerance, time, and what is said at the end."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from pklogistics.errors import NoPlanError, SolverError
from pklogistics.model.program import Program, Tier
from pklogistics.solve import BACKENDS, Options, Progress, Solution, solve_program
from pklogistics.solve.options import SolverName
from tests.solve.programs import free, hard, knapsack, planted, program

MIXED = tuple(name for name in BACKENDS if not BACKENDS[name].continuous_only)


def served_then_cost(tolerance: float = 0.0, *, integer: bool = False) -> Program:
    """Two ways to serve ten people, at 3 and at 1 each, the cheap one for six people at most."""
    return program(
        [[1, 1]],
        free(1),
        [10],
        costs={"served": [-1, -1], "cost": [3, 1]},
        upper=[10, 6],
        integer=integer,
        tolerance=tolerance,
    )


@pytest.mark.parametrize("name", BACKENDS)
def test_earlier_tiers_come_first(name: SolverName) -> None:
    # All ten are served, whatever it costs: six cheaply, four dearly, 6 * 1 + 4 * 3 = 18.
    solution = solve_program(served_then_cost(), Options(solver=name))
    first, second = solution.tiers
    assert (first.name, second.name) == ("served", "cost")
    assert first.value == pytest.approx(-10, rel=1e-4)
    assert second.value == pytest.approx(18, rel=1e-3)
    assert second.bound <= second.value


@pytest.mark.parametrize("name", MIXED)
def test_tolerance_lets_later_tiers_take_from_earlier_ones(name: SolverName) -> None:
    # A fifth of ten may stay unserved: six cheaply, two dearly, 6 * 1 + 2 * 3 = 12.
    solution = solve_program(served_then_cost(0.2, integer=True), Options(solver=name))
    first, second = solution.tiers
    assert second.value == pytest.approx(12)
    # The first tier is reported as it stands in the end, against the bound proven for it: (10 - 8) / 8.
    assert (first.value, first.bound) == (pytest.approx(-8), pytest.approx(-10))
    assert first.gap == pytest.approx(0.25)
    assert solution.values.tolist() == [2.0, 6.0]


def test_three_tiers_each_decide_what_the_one_before_left_open() -> None:
    # x + y + z = 2 with whole x, y, z of at most 1. First: avoid x, so y = z = 1, and nothing is left open.
    case = program(
        [[1, 1, 1]],
        [2],
        [2],
        costs={"first": [1, 0, 0], "second": [0, 1, 0], "third": [0, 0, 1]},
        upper=1,
        integer=True,
    )
    assert solve_program(case).values.tolist() == [0.0, 1.0, 1.0]
    swapped = replace(case, tiers=case.tiers[::-1])
    assert solve_program(swapped).values.tolist() == [1.0, 1.0, 0.0]


def test_a_tier_without_costs_is_answered_at_once() -> None:
    case = program([[1]], [2], [9], costs={"nothing": [0], "cost": [5]}, offset=3.0, upper=9)
    nothing, cost = solve_program(case).tiers
    assert (nothing.value, nothing.bound, nothing.gap, nothing.stopped) == (3.0, 3.0, 0.0, "gap")
    assert cost.value == pytest.approx(13)


def test_only_tiers_without_costs_still_give_a_feasible_point() -> None:
    # 0 is not feasible here: x + y = 1 with whole x and y, so one of them has to be 1.
    case = program([[1, 1]], [1], [1], costs={"nothing": [0, 0]}, upper=1, integer=True)
    solution = solve_program(case)
    assert solution.values.sum() == 1.0
    assert solution.stopped == "gap"


def test_a_weighted_sum_is_one_tier() -> None:
    # 10 * unserved + cost: the dear way costs 3 < 10 a person, so it is worth it: 18 - 10 * 10.
    weights = {"served": 10.0, "cost": 1.0, "unknown": 5.0}
    case = replace(served_then_cost(), tiers=(Tier("weighted", weights),))
    (tier,) = solve_program(case).tiers
    assert tier.value == pytest.approx(18 - 100)
    # 2 * unserved + cost: it is not, and six are served cheaply: 6 - 2 * 6.
    case = replace(served_then_cost(), tiers=(Tier("weighted", {"served": 2.0, "cost": 1.0}),))
    assert solve_program(case).tiers[0].value == pytest.approx(6 - 12)


def test_linear_tiers_continue_from_one_another() -> None:
    # The same chain of tiers by HiGHS (which hands its basis to GLOP) and by GLOP alone.
    r = np.random.default_rng(3)
    matrix = r.uniform(0, 1, (30, 40)) * (r.random((30, 40)) < 0.3)
    costs = {name: r.integers(0, 5, 40).tolist() for name in ("a", "b", "c")}
    case = program(matrix, r.uniform(0, 2, 30), np.full(30, np.inf), costs=costs, upper=10)
    values = [[t.value for t in solve_program(case, Options(solver=s)).tiers] for s in ("highs", "glop")]
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_held_tiers_are_not_nibbled_at() -> None:
    # A thousand people and a cost tier that would pay for every one of them left out.
    case = program(
        np.vstack((np.eye(50), np.ones(50))),
        free(51),
        [*np.linspace(10, 30, 50), 1e9],
        costs={"served": [-1.0] * 50, "cost": [1e6] * 50},
        upper=1e3,
    )
    first, _ = solve_program(case).tiers
    assert first.value == pytest.approx(-1000.0, rel=1e-9)


@pytest.mark.parametrize("name", MIXED)
def test_a_hard_tier_does_not_starve_the_next(name: SolverName) -> None:
    solution = solve_program(hard(), Options(solver=name, time_limit=2.0))
    split, first = solution.tiers
    assert (split.stopped, solution.stopped) == ("time", "time")
    # No search proves more than 0 for the first tier, and the honest gap says so.
    assert 0 <= split.bound <= 1e-6 < split.value
    assert split.gap > 0.5
    # Without any search the second tier's bound would be 0; the linear program alone proves several ones.
    assert first.bound > 1.0
    assert hard().violation(solution.values) <= 1e-6
    # The contract is 10% or 2 s; a busy machine gets ten times the limit.
    assert solution.seconds < 20


def test_no_solution_in_time_is_said_and_not_made_up() -> None:
    # Without slack only the hidden point is feasible: neither the idle plan nor a short search helps.
    case = hard()
    sealed = replace(case, col_upper=np.where(case.integer, 1.0, 0.0))
    solution = solve_program(sealed, Options(time_limit=0.5))
    assert not solution.found
    assert solution.stopped == "time"
    assert math.isnan(solution.tiers[0].value)
    assert solution.tiers[0].gap == math.inf
    with pytest.raises(NoPlanError, match="longer time_limit"):
        _ = solution.values
    assert sealed.violation(planted()) == 0.0


def test_progress_is_monotone_and_names_its_tier() -> None:
    seen: list[Progress] = []
    solution = solve_program(hard(), Options(time_limit=2.0, progress=seen.append))
    assert [p.phase for p in seen] == sorted((p.phase for p in seen), reverse=True)
    for name, tier in zip(("split", "first"), solution.tiers, strict=True):
        own = [p for p in seen if p.phase == name]
        assert all(a.incumbent >= b.incumbent for a, b in pairwise(own))
        assert all(a.bound <= b.bound <= b.incumbent for a, b in pairwise(own))
        assert all(a.seconds <= b.seconds for a, b in pairwise(own))
        assert own[-1].bound == pytest.approx(tier.bound, abs=1e-6)
        # A later tier may better an earlier one by chance; it never worsens it.
        assert own[-1].incumbent >= tier.value - 1e-6
    assert seen[-1].incumbent == pytest.approx(solution.tiers[1].value)


def test_the_same_seed_gives_the_same_answer() -> None:
    answers: list[Solution] = [solve_program(knapsack(), Options(seed=5)) for _ in range(2)]
    assert answers[0].values.tolist() == answers[1].values.tolist()


def test_values_cannot_be_changed_by_mistake() -> None:
    with pytest.raises(ValueError, match="read-only"):
        solve_program(knapsack()).values[0] = 1.0


def test_a_program_without_solution_is_an_error_in_any_tier_order() -> None:
    case = program([[1], [1]], [3, -np.inf], [9, 1], costs={"nothing": [0], "cost": [1]}, upper=9)
    with pytest.raises(SolverError, match="contradict"):
        solve_program(case)


def test_a_first_tier_that_everything_in_use_solves_needs_no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two depots of five serve eight people, as long as both are open. What they cost is a later concern.
    def unable(*_args: object) -> None:
        raise AssertionError("the first tier has a plan at its trivial bound")

    monkeypatch.setattr("pklogistics.solve.exact._round", unable)
    case = program(
        [[1, -5, 0, 0, 0], [0, 0, 1, -5, 0], [1, 0, 1, 0, 1]],
        [-np.inf, -np.inf, 8],
        [0, 0, 8],
        costs={"unmet": [0, 0, 0, 0, 1]},
        upper=[np.inf, 1, np.inf, 1, 8],
        integer=[False, True, False, True, False],
    )
    solution = solve_program(case, Options(gap=0.0))
    assert (solution.tiers[0].value, solution.stopped) == (0.0, "gap")
    assert solution.values[[1, 3]].tolist() == [1.0, 1.0]
