"""The arithmetic round the solvers: hand-over, scaling, implied bounds, dual bounds, logs."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ortools.math_opt import model_pb2
from scipy import sparse

from pklogistics.solve import highs_log, scip
from pklogistics.solve.cp_sat import Grid
from pklogistics.solve.implied import dual_bound, implied_bounds
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.wire import dense, hint, model_bytes, varints
from tests.solve.programs import big_numbers, diet, free, knapsack, program


def random_piece(seed: int, rows: int = 12, columns: int = 9) -> Piece:
    """A random program over nine orders of magnitude, feasible at a known point (`inside`)."""
    r = np.random.default_rng(seed)
    matrix = r.normal(size=(rows, columns)) * 10.0 ** r.uniform(-2, 7, (rows, columns))
    matrix *= r.random((rows, columns)) < 0.5
    activity = matrix @ inside(seed, columns)
    spare = np.abs(activity) * r.uniform(0, 1, rows)
    case = program(
        matrix,
        np.where(r.random(rows) < 0.5, activity - spare, -np.inf),
        np.where(r.random(rows) < 0.5, activity + spare, np.inf),
        costs={"c": r.normal(size=columns).tolist()},
        upper=np.where(r.random(columns) < 0.5, 10.0, np.inf),
        integer=r.random(columns) < 0.4,
        offset=float(r.normal()),
    )
    return piece_of(case).with_objective(*case.tier_costs(case.tiers[0]))


def inside(seed: int, columns: int = 9) -> np.ndarray:
    return np.random.default_rng(seed + 1000).integers(0, 10, columns).astype(float)


def field_by_field(piece: Piece) -> model_pb2.ModelProto:
    """The same message, filled the way everyone does it."""
    model = model_pb2.ModelProto()
    model.variables.ids.extend(range(piece.columns))
    model.variables.lower_bounds.extend(piece.col_lower.tolist())
    model.variables.upper_bounds.extend(piece.col_upper.tolist())
    model.variables.integers.extend(piece.integer.tolist())
    model.linear_constraints.ids.extend(range(piece.rows))
    model.linear_constraints.lower_bounds.extend(piece.row_lower.tolist())
    model.linear_constraints.upper_bounds.extend(piece.row_upper.tolist())
    entries = sparse.coo_matrix(piece.matrix)
    model.linear_constraint_matrix.row_ids.extend(entries.row.tolist())
    model.linear_constraint_matrix.column_ids.extend(entries.col.tolist())
    model.linear_constraint_matrix.coefficients.extend(entries.data.tolist())
    model.objective.offset = piece.offset
    used = np.flatnonzero(piece.costs)
    model.objective.linear_coefficients.ids.extend(used.tolist())
    model.objective.linear_coefficients.values.extend(piece.costs[used].tolist())
    return model


@pytest.mark.parametrize("columns", [9, 200, 20_000])
def test_wire_format_is_what_protobuf_writes(columns: int) -> None:
    # 20,000 columns need ids of one, two and three bytes.
    piece = random_piece(1, rows=3, columns=columns)
    assert model_pb2.ModelProto.FromString(model_bytes(piece)) == field_by_field(piece)


def test_varints_at_the_seams() -> None:
    # Seven bits a byte, low bits first, the high bit says that more follow.
    assert varints(np.array([0, 127])) == bytes([0, 127])
    assert varints(np.array([128, 300])) == bytes([0x80, 0x01, 0xAC, 0x02])
    assert varints(np.array([2**14 - 1, 2**14])) == bytes([0xFF, 0x7F, 0x80, 0x80, 0x01])
    assert varints(np.array([2**28 - 1])) == bytes([0xFF, 0xFF, 0xFF, 0x7F])


def test_a_hint_comes_back_as_it_went() -> None:
    values = np.array([0.0, 1.5, -2.0])
    assert dense(hint(values).variable_values, 3).tolist() == values.tolist()


@given(st.integers(0, 10_000))
def test_scaling_changes_no_digit_and_no_integer_column(seed: int) -> None:
    piece, point = random_piece(seed), inside(seed)
    scaling = scaling_of(piece)
    scaled, factor = scaling.apply(piece)
    assert (scaling.columns[piece.integer] == 1.0).all()
    assert (np.frexp(scaling.columns)[0] == 0.5).all()
    # Powers of two: scaling back gives the very same numbers.
    assert (scaled.matrix @ (point / scaling.columns) / scaling.rows == piece.matrix @ point).all()
    assert scaled.value(point / scaling.columns) / factor == pytest.approx(piece.value(point), rel=1e-12)


def test_scaling_narrows_the_range() -> None:
    piece = piece_of(big_numbers())
    scaled, _ = scaling_of(piece).apply(piece)
    before, after = np.abs(piece.matrix.data), np.abs(scaled.matrix.data)
    # From 0.1 beside 1e6, seven orders of magnitude, to about three.
    assert before.max() / before.min() == 1e7
    assert after.max() / after.min() < 1e4


@given(st.integers(0, 10_000))
def test_violation_is_the_one_of_the_program(seed: int) -> None:
    r = np.random.default_rng(seed)
    case = program(
        r.normal(size=(5, 4)) * (r.random((5, 4)) < 0.7),
        r.normal(size=5) - 1,
        r.normal(size=5) + 1,
        costs={"c": [1, 1, 1, 1]},
        upper=3.0,
        integer=[True, False, False, True],
    )
    point = r.normal(size=4)
    assert piece_of(case).violation(point) == pytest.approx(case.violation(point), abs=1e-15)


def test_a_clean_point_passes_no_limit_by_a_share_and_none_by_dirt() -> None:
    # One too many of a hundred million, dirt in a row of next to nothing, nothing where five are asked for.
    case = program(np.identity(1), [-np.inf], [1e8], costs={"c": [1.0]}, upper=2e8)
    piece, one_too_many = piece_of(case), np.array([1e8 + 1])
    assert piece.feasible(one_too_many)
    assert not piece.feasible(one_too_many, clean=True)
    assert piece.feasible(np.array([1e8]), clean=True)
    nothing = replace(piece, row_upper=np.zeros(1))
    assert nothing.feasible(np.array([2e-9]), clean=True)
    five = replace(piece, row_lower=np.array([5.0]))
    assert not five.feasible(np.zeros(1), clean=True)


def test_a_point_of_nan_is_not_feasible() -> None:
    assert not piece_of(diet()).feasible(np.array([np.nan, 5.0]))
    assert not piece_of(diet()).feasible(np.array([np.inf, 5.0]))
    assert piece_of(diet()).feasible(np.array([3.0, 1.0]))


def test_whole_columns_get_whole_bounds() -> None:
    case = program([[1]], [0], [9], costs={"c": [1]}, lower=0.2, upper=2.7, integer=True)
    piece = piece_of(case)
    assert (piece.col_lower[0], piece.col_upper[0]) == (1.0, 2.0)


def test_bounds_implied_by_rows() -> None:
    # 2x + 3y <= 12 with x, y >= 0: x <= 6, y <= 4. And z - x <= 1 gives z <= 7.
    case = program([[2, 3, 0], [-1, 0, 1]], free(2), [12, 1], costs={"c": [-1, -1, -1]})
    lower, upper = implied_bounds(piece_of(case).with_objective(-np.ones(3), 0.0))
    assert upper == pytest.approx([6, 4, 7], rel=1e-6)
    assert lower.tolist() == [0, 0, 0]


def test_bounds_implied_by_need() -> None:
    # An elastic column: x + broken >= 5 with 0 <= x <= 9. More than 5 broken helps nobody.
    piece = piece_of(program([[1, 1]], [5], [np.inf], costs={"c": [1, 1]}, upper=[9, np.inf]))
    assert implied_bounds(piece.with_objective(np.array([0.0, 1.0]), 0.0))[1][1] == pytest.approx(5)
    # If it is rewarded, no bound follows, and none may be made up.
    assert implied_bounds(piece.with_objective(np.array([0.0, -1.0]), 0.0))[1][1] == np.inf


def test_bounds_implied_by_a_known_solution() -> None:
    # x - y = 0 leaves both endless, but nothing dearer than the known point's 2 + 2 is of interest.
    piece = piece_of(program([[1, -1]], [0], [0], costs={"c": [1, 1]})).with_objective(np.ones(2), 0.0)
    assert np.isinf(implied_bounds(piece)[1]).all()
    assert implied_bounds(piece, np.array([2.0, 2.0]))[1] == pytest.approx([4, 4])


@given(st.integers(0, 10_000))
def test_implied_bounds_keep_every_better_point(seed: int) -> None:
    # Dominated columns may be cut, so the claim is about rows only: with costs that reward nothing is cut.
    piece, point = random_piece(seed), inside(seed)
    point = np.clip(point, piece.col_lower, piece.col_upper)
    if piece.violation(point) > 1e-9:
        return
    # Rewards both ways forbid the argument by need; what is left must keep the point.
    endless = piece.with_objective(np.where(np.isinf(piece.col_upper), -1.0, 1.0), 0.0)
    lower, upper = implied_bounds(endless)
    assert (lower <= point + 1e-6 * (1 + np.abs(point))).all()
    assert (upper >= point - 1e-6 * (1 + np.abs(point))).all()


def test_dual_bound_is_exact_at_the_right_prices_and_valid_at_any() -> None:
    piece = piece_of(diet()).with_objective(np.array([2.0, 3.0]), 0.0)
    bounds = implied_bounds(piece, np.array([3.0, 1.0]))
    assert dual_bound(piece, np.array([1.5, 0.5]), bounds) == pytest.approx(9.0)
    for prices in ([0, 0], [1, 1], [2, 0.5], [-3, 1], [100, 100], [math.nan, 1.0]):
        assert dual_bound(piece, np.array(prices, dtype=float), bounds) <= 9.0 + 1e-6


@given(st.integers(0, 10_000))
def test_rounding_to_the_grid_keeps_every_solution(seed: int) -> None:
    """What makes CP-SAT's bound valid: the nearest grid point of a solution solves the gridded program."""
    r = np.random.default_rng(seed)
    matrix = r.normal(size=(6, 5)) * 10.0 ** r.uniform(-1, 4, (6, 5))
    point = np.where([True, False, False, True, False], r.integers(0, 10, 5), r.uniform(0, 10, 5))
    activity = matrix @ point
    costs = {"c": r.normal(size=5).tolist()}
    case = program(matrix, activity, activity, costs=costs, upper=10.0, integer=[1, 0, 0, 1, 0])
    piece = piece_of(case).with_objective(*case.tier_costs(case.tiers[0]))
    grid = Grid.of(piece, None, 2.0**10)
    near = grid.nearest(point)
    assert (near == np.round(near)).all()
    assert grid.program.violation(near) <= 1e-9
    assert abs(grid.program.value(near) - piece.value(point)) <= grid.error + 1e-9


def test_rows_of_whole_numbers_stay_exact_on_the_grid() -> None:
    piece = piece_of(knapsack()).with_objective(np.array([-10.0, -13, -7]), 0.0)
    grid = Grid.of(piece, None, 2.0**10)
    assert grid.error == 0.0
    assert grid.program.row_upper.tolist() == [6.0]


HIGHS_LOG = """
        Nodes      |    B&B Tree     |            Objective Bounds              |  Dynamic Constraints
Src  Proc. InQueue |  Leaves   Expl. | BestBound       BestSol              Gap |   Cuts   InLp Confl.

         0       0         0   0.00%   41357           inf                  inf        0      0      0
 R       0       0         0   0.00%   1793312.030921  2381916.563916    24.71%        0      0      0
         5     12k         1  12.50%   -1845058.923791 -1845239.883756     0.01%       25     10     38
 L       0       0         0   0.00%   garbage         1               1.00%        0      0      0
"""


def test_highs_log() -> None:
    lines = HIGHS_LOG.splitlines()
    assert highs_log.progress(lines[4]) == (41357.0, math.inf)
    assert highs_log.progress(lines[5]) == (1793312.030921, 2381916.563916)
    assert highs_log.progress(lines[6]) == (-1845058.923791, -1845239.883756)
    silent = "\n".join([*lines[:4], lines[7], "", "Presolving model"])
    assert highs_log.progress(silent) == (-math.inf, math.inf)


def test_a_bound_from_the_log_gives_up_its_last_printed_digit() -> None:
    # Nine digits are printed at least, so 123456789 may stand for 123456788.5.
    assert highs_log.safe_bound(123456789.0) <= 123456788.5
    assert highs_log.safe_bound(-123456789.0) <= -123456789.5
    assert highs_log.safe_bound(-math.inf) == -math.inf


SOLUTIONS = """Objective 12.5
# Columns -2
 3 1
 1.25 4
Objective 11.5
# Columns -1
 2.5 0
"""


def test_last_solution_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "improving.sol"
    assert highs_log.last_solution(path, 5) is None
    path.write_text(SOLUTIONS)
    assert highs_log.last_solution(path, 5).tolist() == [2.5, 0, 0, 0, 0]
    # A block that was cut off in the middle gives way to the whole one before.
    for cut in range(SOLUTIONS.index("Objective 11.5"), len(SOLUTIONS) - 1):
        path.write_text(SOLUTIONS[:cut])
        assert highs_log.last_solution(path, 5).tolist() == [0, 3, 0, 0, 1.25]
    path.write_text("Objective 1\n# Columns -1\n 2.5 7\n")
    assert highs_log.last_solution(path, 5) is None


def test_scip_log() -> None:
    head = "  0.1s|     1 |     0 |   539 |     - |    11M |   0 | 687 |1054 |1053 |   0 |  0 |   0 |   0 "
    assert scip.progress(head + "| 5.220873e+04 | 8.507188e+04 |  62.95%| unknown") == (52208.73, 85071.88)
    assert scip.progress(head + "|-7.790460e+04 |      --      |    Inf | unknown") == (-77904.6, math.inf)
    silent = "presolving:\n time | node | dualbound | primalbound | gap |"
    assert scip.progress(silent) == (-math.inf, math.inf)


def test_rows_that_bounds_refute() -> None:
    # x + y <= 3 with x and y at least 2 cannot be; at least 1 can. An open bound refutes nothing.
    def case(lower: float, upper: float = 5.0) -> Piece:
        return piece_of(program([[1, 1]], [-np.inf], [3], costs={"c": [1, 1]}, lower=lower, upper=upper))

    assert case(2).refuted()
    assert not case(1).refuted()
    # -x - y >= 1 asks for something below 0.
    below = piece_of(program([[-1, -1]], [1], [np.inf], costs={"c": [1, 1]}, lower=[0, -np.inf], upper=9))
    assert not below.refuted()
    assert replace(below, col_lower=np.zeros(2)).refuted()
