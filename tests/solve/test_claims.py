"""What a solver says is checked before belief: solvers that lie, fail and leave dirt."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from pklogistics.errors import SolverError
from pklogistics.model.program import Program
from pklogistics.solve import BACKENDS, Options, Solution, solve_program
from pklogistics.solve.backend import Limits, Outcome, Start, Watch
from pklogistics.solve.options import SolverName
from pklogistics.solve.piece import Piece
from tests.solve.programs import free, knapsack, program

MIXED = tuple(name for name in BACKENDS if not BACKENDS[name].continuous_only)
Answer = Callable[[Piece, Limits, Start], Outcome]


class Fake:
    """A backend that answers what it is told to; scaling is 1 for the programs used here."""

    name = "fake"
    continuous_only = False

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        return (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(piece, limits, start)

    def close(self) -> None:
        pass


def solved_by(monkeypatch: pytest.MonkeyPatch, case: Program, *answers: Answer) -> Solution:
    monkeypatch.setitem(BACKENDS, "highs", lambda: Fake(*answers))  # type: ignore[misc]
    return solve_program(case, Options(time_limit=20))


def says(outcome: Outcome) -> Answer:
    return lambda piece, limits, start: outcome


def knapsack_of(values: list[float], bound: float) -> Answer:
    """An answer in the scaled units that the backend works in."""

    def answer(piece: Piece, limits: Limits, start: Start) -> Outcome:
        factor = piece.costs[0] / -10.0
        return Outcome("optimal", np.array(values), bound * factor)

    return answer


def test_an_honest_answer_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = solved_by(monkeypatch, knapsack(), knapsack_of([0, 1, 1], -20.0))
    assert (solution.tiers[0].value, solution.tiers[0].bound) == (-20.0, -20.0)
    assert solution.notes == ()


def test_a_point_that_breaks_a_row_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    # All three weigh 9 > 6. What is left is the idle plan, worth nothing, against the trivial bound of -30.
    solution = solved_by(monkeypatch, knapsack(), knapsack_of([1, 1, 1], -30.0))
    (tier,) = solution.tiers
    assert (tier.value, tier.bound, tier.stopped) == (0.0, -30.0, "stopped")
    assert any("broke rows" in note for note in solution.notes)
    assert any("short of the gap" in note for note in solution.notes)


def test_a_second_try_with_more_precision_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def answer(piece: Piece, limits: Limits, start: Start) -> Outcome:
        asked.append(limits.precision)
        good = limits.precision < 1e-8
        return knapsack_of([0, 1, 1] if good else [1, 1, 1], -20.0)(piece, limits, start)

    solution = solved_by(monkeypatch, knapsack(), answer)
    assert solution.tiers[0].value == -20.0
    assert solution.stopped == "gap"
    assert asked == [1e-7, 1e-10]


def test_almost_whole_numbers_are_rounded_and_the_rest_is_solved_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # x <= 1e6 y, y whole at a price of 5, x worth 1 up to 0.4. With y = 4e-7 the solver gets x for nothing.
    # Clean: y = 0 and x = 0, worth nothing; y = 1 would cost more than x brings.
    case = program([[1, -1e6]], free(1), [0], costs={"c": [-1, 5]}, upper=[0.4, 1], integer=[False, True])

    def dirty(piece: Piece, limits: Limits, start: Start) -> Outcome:
        # The scaled column is x divided by its factor; its upper bound tells the factor.
        return Outcome("optimal", np.array([piece.col_upper[0], 4e-7]), -math.inf)

    solution = solved_by(monkeypatch, case, dirty)
    assert solution.values.tolist() == [0.0, 0.0]
    assert case.violation(solution.values) == 0.0


@pytest.mark.parametrize("name", MIXED)
def test_no_solver_profits_from_its_tolerance(name: SolverName) -> None:
    # As above, and the price is a budget: 1e7 (y + z) <= 4 leaves no room for a whole y or z.
    case = program(
        [[1, -1e6, -1e6], [0, 1e7, 1e7]],
        free(2),
        [0, 4],
        costs={"unmet": [-1, 0, 0]},
        upper=[0.4, 1, 1],
        integer=[False, True, True],
        offset=0.4,
    )
    solution = solve_program(case, Options(solver=name))
    assert solution.values.tolist() == [0.0, 0.0, 0.0]
    assert solution.tiers[0].bound == pytest.approx(0.4, rel=1e-4)
    assert solution.stopped == "gap"


def test_a_bound_that_a_solution_refutes_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = solved_by(monkeypatch, knapsack(), knapsack_of([0, 1, 1], -19.0))
    (tier,) = solution.tiers
    assert (tier.value, tier.bound) == (-20.0, -30.0)
    assert any("refutes" in note for note in solution.notes)


def test_infeasible_is_not_believed_where_a_solution_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SolverError, match=r"fake failed on a program that has solutions \(infeasible\)"):
        solved_by(monkeypatch, knapsack(), says(Outcome("infeasible")))


def test_infeasible_is_checked_with_another_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    # x + y = 1 with whole x and y: the idle plan is no solution, but there are some.
    case = program([[1, 1]], [1], [1], costs={"c": [1, 2]}, upper=1, integer=True)
    with pytest.raises(SolverError, match="has solutions"):
        solved_by(monkeypatch, case, says(Outcome("infeasible")))


def test_a_failure_on_a_later_tier_keeps_the_earlier_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    # First tier: 20 of value. Second: the fewest things. The solver gives up there.
    case = program(
        [[3, 4, 2]], free(1), [6], costs={"worth": [-10, -13, -7], "things": [1, 1, 1]}, upper=1, integer=True
    )
    solution = solved_by(
        monkeypatch, case, knapsack_of([0, 1, 1], -20.0), says(Outcome("failed", detail="out of memory"))
    )
    worth, things = solution.tiers
    assert (worth.value, worth.stopped) == (-20.0, "gap")
    assert (things.value, things.bound, things.stopped) == (2.0, 0.0, "stopped")
    assert any("out of memory" in note for note in solution.notes)
    assert solution.stopped == "stopped"


def test_a_failure_on_the_first_tier_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SolverError, match="out of memory"):
        solved_by(monkeypatch, knapsack(), says(Outcome("failed", detail="out of memory")))


def test_unbounded_is_not_believed_where_the_columns_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SolverError, match="failed on a program that has solutions"):
        solved_by(monkeypatch, knapsack(), says(Outcome("unbounded")))
