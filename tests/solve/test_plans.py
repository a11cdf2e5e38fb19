"""Plans of decomposition: from the master's points to a plan that keeps every row, and on from there."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
from scipy import sparse

from pklogistics.model.program import SHARED, Floats
from pklogistics.solve.backend import Start
from pklogistics.solve.decomposition import improver as improver_module
from pklogistics.solve.decomposition import remainder
from pklogistics.solve.decomposition.choice import choice_of, chosen_points, penalties
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.improver import Improver
from pklogistics.solve.decomposition.neighbours import Neighbours
from pklogistics.solve.decomposition.primal import broken, part_of, pressing, settled, solve_alone, solve_part
from pklogistics.solve.decomposition.remainder import Vertex, remainder_solved, vertex_of
from pklogistics.solve.decomposition.retreat import retreated
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.engine import Engine
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search
from tests.solve.programs import hamlets
from tests.solve.towns import BUDGET, SITES, an_engine, converged, optimum, taken_apart, towns


def test_a_part_is_what_the_others_leave() -> None:
    # Others have spent 10 of the budget and hold the licence up: five towns share the other 50.
    piece, split, _, _ = taken_apart(towns())
    values = np.zeros(piece.columns)
    values[-1] = 1.0
    rich = int(np.argmax(piece.matrix[-1].toarray().ravel()[:SITES]))
    values[rich] = 1.0
    chosen = np.zeros(SITES, dtype=np.bool_)
    chosen[[town for town in range(6) if town != rich][:5]] = True
    part = part_of(split, values, chosen)
    cost = piece.matrix[-1].toarray().ravel()[rich]
    assert part.piece.row_upper.max() == pytest.approx(BUDGET - cost)
    assert part.piece.col_lower[-1] == 1.0
    assert len(part.columns) == 11


def test_a_part_may_break_what_its_point_breaks_and_pays_for_it() -> None:
    # All towns have a clinic, which is far beyond the budget: the part may stay there, or sell clinics.
    piece, split, _, _ = taken_apart(towns())
    values = np.where(piece.integer, 1.0, 0.0)
    cost = piece.matrix[-1].toarray().ravel()
    over = float(cost @ values) - BUDGET
    assert broken(split, values).tolist() == [*[0.0] * SITES, pytest.approx(-over)]
    chosen = np.arange(SITES) < 5
    part = part_of(split, values, chosen, np.full(len(split.rows), 7.0))
    assert part.piece.columns == len(part.columns) + 1
    assert (part.piece.costs[-1], part.piece.col_upper[-1]) == (7.0, pytest.approx(over))
    assert part.piece.feasible(part.start)
    sold = part.start.copy()
    clinics = np.flatnonzero(np.isin(part.columns, np.flatnonzero(piece.integer)[:5]))
    sold[clinics] = 0.0
    sold[-1] = over - cost[:5].sum()
    assert part.piece.feasible(sold)


def test_a_part_may_break_soft_rows_that_its_point_keeps() -> None:
    piece, split, _, _ = taken_apart(towns())
    chosen, dear = np.arange(SITES) < 5, np.full(len(split.rows), 7.0)
    values = np.zeros(piece.columns)
    part = part_of(split, values, chosen, dear, ~split.links)
    assert part.piece.columns == len(part.columns) + 1
    assert (part.piece.costs[-1], part.piece.col_upper[-1], part.start[-1]) == (7.0, np.inf, 0.0)
    assert part.piece.feasible(part.start)
    assert part_of(split, values, chosen, dear).piece.columns == len(part.columns)


def test_a_known_point_is_chosen_for_every_town_and_near_the_budget() -> None:
    piece, split, _, _ = taken_apart(towns())
    dual = converged(towns())
    dual.ask()
    values = chosen_points(an_engine(piece), dual, seconds=20.0)
    assert values is not None
    own = piece.matrix[split.local]
    assert (own @ values <= piece.row_upper[split.local] + 1e-9).all()
    assert (values[piece.integer] == np.round(values[piece.integer])).all()
    lacking = broken(split, values)
    assert np.abs(lacking).sum() <= 4.0  # the dearest clinic, at most
    assert piece.value(values) >= dual.bound - 4.0


def test_settling_serves_fewer_where_the_budget_is_broken() -> None:
    piece, split, _, _ = taken_apart(towns())
    whole = np.flatnonzero(piece.integer)
    values = np.zeros(piece.columns)
    values[whole[-1]] = 1.0
    cost = piece.matrix[-1].toarray().ravel()
    for town in np.argsort(cost[:SITES]):
        if float(cost @ values) > BUDGET:
            break
        values[town], values[SITES + town] = 1.0, piece.col_upper[SITES + town]
    over = float(cost @ values) - BUDGET
    assert over > 0
    every = np.ones(split.blocks, dtype=np.bool_)
    better = settled(an_engine(piece), split, values, every, np.full(len(split.rows), 1e3))
    assert better is not None
    assert piece.feasible(better)
    assert (better[whole] == values[whole]).all()
    assert float(cost @ better) == pytest.approx(BUDGET)


def test_a_point_that_keeps_rows_but_for_rounding_is_settled_as_well() -> None:
    # All-or-nothing: who is trained is 2 or none. Of the 2 all but a rounding can be served.
    rounding = 2.5e-6
    piece = Piece(
        matrix=sparse.csr_matrix([[2.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]]),
        row_lower=np.array([2.0, 2.0, -np.inf]),
        row_upper=np.array([2.0, 2.0, 5.0]),
        col_lower=np.zeros(3),
        col_upper=np.array([1.0, 2.0, 2.0 - rounding]),
        integer=np.array([True, False, False]),
        costs=np.array([0.0, 1.0, 0.0]),
    )
    split = split_of(piece, np.array([0, 0, SHARED]), np.zeros(3, dtype=np.int64))
    point, every = np.array([1.0, 0.0, 2.0 - rounding]), np.ones(1, dtype=np.bool_)
    assert piece.feasible(point)
    found = settled(an_engine(piece), split, point, every)
    assert found is not None
    assert found == pytest.approx(point, abs=1e-6)
    far = replace(piece, col_upper=np.array([1.0, 2.0, 1.9]))
    split = split_of(far, np.array([0, 0, SHARED]), np.zeros(3, dtype=np.int64))
    assert settled(an_engine(far), split, np.array([1.0, 0.0, 1.9]), every) is None


def unchanged(point: Floats) -> Floats:
    return point


def test_blocks_of_a_draft_go_back_until_the_budget_is_kept_those_first_that_lose_least() -> None:
    piece, split, _, _ = taken_apart(towns())
    draft = np.where(piece.integer, 1.0, piece.col_upper)
    draft[np.flatnonzero(piece.integer)[-1]] = 1.0
    plan = np.zeros(piece.columns)
    assert piece.feasible(plan)
    assert not piece.feasible(draft)
    found = retreated(split, draft, plan, np.ones(len(split.rows)), unchanged)
    assert found is not None
    assert piece.feasible(found)
    assert retreated(split, draft, plan, np.ones(len(split.rows)), unchanged, lambda: True) is None
    served = found[SITES : 2 * SITES] > 0
    assert 0 < served.sum() < SITES
    # No more is lost than if those went one by one who are worth least for what they cost.
    cost = piece.matrix[-1].toarray().ravel()
    town = np.arange(SITES)
    paid = cost[town] * draft[town] + cost[SITES + town] * draft[SITES + town]
    order = np.argsort(piece.col_upper[SITES + town] / paid)
    over = float(cost @ draft) - BUDGET
    gone = order[np.cumsum(paid[order]) - paid[order] < over]
    simply = draft.copy()
    simply[gone] = simply[SITES + gone] = 0.0
    assert piece.value(found) <= piece.value(simply) + 1e-9


def decisions(rows: list[list[float]], most: float, costs: list[float]) -> Split:
    """Return blocks of one decision each, where the first row has a most and others a least of 0."""
    size, some = len(costs), len(rows)
    piece = Piece(
        matrix=sparse.csr_matrix(np.vstack([rows, np.identity(size)])),
        row_lower=np.concatenate(([-np.inf], np.zeros(some - 1), np.full(size, -np.inf))),
        row_upper=np.concatenate(([most], np.full(some - 1, np.inf), np.ones(size))),
        col_lower=np.zeros(size),
        col_upper=np.ones(size),
        integer=np.ones(size, dtype=np.bool_),
        costs=np.array(costs),
    )
    return split_of(piece, np.concatenate((np.full(some, SHARED), np.arange(size))), np.arange(size))


def test_what_rested_on_a_block_that_went_back_goes_back_too() -> None:
    # Block 0 has the surgeon, paid from a budget of 1 that block 1 needs as well; posts 2 and 3 need the
    # surgeon. Giving up the surgeon is cheapest, and then nobody may stay at the posts.
    rows = [[2.0, 1.0, 0.0, 0.0], [1.0, 0.0, -1.0, 0.0], [1.0, 0.0, 0.0, -1.0]]
    split = decisions(rows, 1.0, [0.0, -5.0, -1.0, -1.0])
    found = retreated(split, np.ones(4), np.zeros(4), np.ones(3), unchanged)
    assert found is not None
    assert found.tolist() == [0.0, 1.0, 0.0, 0.0]
    # Where the plan itself breaks the row there is nothing to go back to.
    assert retreated(split, np.ones(4), np.array([1.0, 1.0, 0.0, 0.0]), np.ones(3), unchanged) is None


def test_who_goes_back_takes_along_what_it_is_linked_to() -> None:
    # Nine clinics need a licence, and one of them has to be open: in the plan it is, in the draft none is.
    clinics = 9
    linked = np.hstack((np.identity(clinics), -np.ones((clinics, 1))))
    some = np.append(np.ones(clinics), 0.0)
    own = np.eye(clinics, clinics + 1)
    piece = Piece(
        matrix=sparse.csr_matrix(np.vstack((linked, some, own))),
        row_lower=np.concatenate((np.full(clinics, -np.inf), [1.0], np.full(clinics, -np.inf))),
        row_upper=np.concatenate((np.zeros(clinics), [np.inf], np.ones(clinics))),
        col_lower=np.zeros(clinics + 1),
        col_upper=np.ones(clinics + 1),
        integer=np.ones(clinics + 1, dtype=np.bool_),
        costs=np.ones(clinics + 1),
    )
    blocks = np.arange(clinics)
    rows = np.concatenate((np.full(clinics + 1, SHARED), blocks))
    split = split_of(piece, rows, np.append(blocks, SHARED))
    assert split.links.sum() == clinics
    plan = np.zeros(clinics + 1)
    plan[[0, -1]] = 1.0
    found = retreated(split, np.zeros(clinics + 1), plan, np.ones(len(split.rows)), unchanged)
    assert found is not None
    assert found.tolist() == plan.tolist()


def test_those_go_back_first_on_whom_nobody_rests() -> None:
    # One, then two of three surgeons (blocks 0 to 2) have to go. A post that serves 5 needs the first or the
    # second, one that serves 9 the third. Each surgeon by itself serves 1, 2 and 0.5.
    rows = [[1.0, 1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, -1.0, 0.0], [0.0, 0.0, 1.0, 0.0, -1.0]]
    costs = [-1.0, -2.0, -0.5, -5.0, -9.0]
    split = decisions(rows, 2.0, costs)
    worth = np.array([1.0, 5.0, 9.0])
    one = retreated(split, np.ones(5), np.zeros(5), worth, unchanged)
    assert one is not None
    assert one.tolist() == [0.0, 1.0, 1.0, 1.0, 1.0]
    # Once the first has gone the second is worth more than it was: the post rests on it.
    split = decisions(rows, 1.0, costs)
    two = retreated(split, np.ones(5), np.zeros(5), worth, unchanged)
    assert two is not None
    assert two.tolist() == [0.0, 0.0, 1.0, 0.0, 1.0]


def test_where_no_return_helps_blocks_are_settled_beside_the_shared_columns() -> None:
    # Who is not served in town 0 may be no more than are served in town 1, which has to serve more then.
    piece = Piece(
        matrix=sparse.csr_matrix([[1.0, 0.0, 1.0], [0.0, -1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        row_lower=np.array([1.0, *[-np.inf] * 3]),
        row_upper=np.array([np.inf, 0.0, 1.0, 1.0]),
        col_lower=np.zeros(3),
        col_upper=np.ones(3),
        integer=np.zeros(3, dtype=np.bool_),
        costs=np.array([2.0, 1.0, 0.0]),
    )
    split = split_of(piece, np.array([SHARED, SHARED, 0, 1]), np.array([0, 1, SHARED]))
    draft, plan, every = np.array([0.0, 0.5, 0.5]), np.array([0.0, 1.0, 1.0]), np.ones(2, dtype=np.bool_)
    dear = np.full(len(split.rows), 1e3)

    def settle(point: Floats) -> Floats:
        better = settled(an_engine(piece), split, point, every, dear)
        return point if better is None else better

    found = retreated(split, draft, plan, dear, settle)
    assert found is not None
    assert piece.feasible(found)
    assert retreated(split, draft, plan, np.ones(len(split.rows)), unchanged) is None


def group_of_few() -> Split:
    """Return three towns: a small one in which all 2 are served at once or none, and two of 100 people.

    Of the people of the second 50 can be served, and of the third, of whom nobody speaks, all. No more than
    20 in a hundred more may be without help in the second than in the first. Columns: served, unmet (first),
    clinic, unmet (second), clinic, unmet (third), least share unmet.
    """
    piece = Piece(
        matrix=sparse.csr_matrix(
            [
                [2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 50.0, 1.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 0.0, 0.0, 100.0, 1.0, 0.0],
                [0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 2.0],
                [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, -100.0],
            ]
        ),
        row_lower=np.array([2.0, 100.0, 100.0, -np.inf, -np.inf]),
        row_upper=np.array([2.0, np.inf, np.inf, 0.0, 20.0]),
        col_lower=np.zeros(7),
        col_upper=np.array([1.0, 2.0, 1.0, 100.0, 1.0, 100.0, 1.0]),
        integer=np.array([True, False, True, False, True, False, False]),
        costs=np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]),
    )
    return split_of(piece, np.array([0, 1, 2, SHARED, SHARED]), np.array([0, 0, 1, 1, 2, 2, SHARED]))


def test_what_is_broken_is_mended_where_a_row_is_kept_that_is_in_the_way() -> None:
    split, every = group_of_few(), np.ones(3, dtype=np.bool_)
    piece, engine, dear = split.piece, an_engine(split.piece), np.full(2, 1e3)
    draft = np.array([1.0, 0.0, 1.0, 50.0, 1.0, 0.0, 0.0])
    plan = np.array([0.0, 2.0, 0.0, 100.0, 0.0, 100.0, 1.0])
    assert piece.feasible(plan)
    assert broken(split, draft).tolist() == [0.0, -30.0]

    def settle(point: Floats) -> Floats:
        better = settled(engine, split, point, every, dear)
        return point if better is None else better

    def press(point: Floats) -> Floats | None:
        return pressing(engine, split, point, every, dear, alone=True)

    # If one more of the small town were without help, 50 more might be in the large one.
    prices = press(draft)
    assert prices is not None
    assert prices == pytest.approx([-50 * dear[0], -dear[0]])
    found = retreated(split, draft, plan, np.ones(2), settle, press=press)
    assert found is not None
    assert piece.feasible(found)
    assert piece.value(found) == pytest.approx(52.0)
    assert retreated(split, draft, plan, np.ones(2), settle) is None


def test_what_is_shared_is_chosen_anew_where_no_return_helps() -> None:
    # A convoy needs a unit on duty, and units on duty have to have come: in the draft none has.
    piece = Piece(
        matrix=sparse.csr_matrix([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0], [1.0, 0.0, 0.0]]),
        row_lower=np.array([0.0, 0.0, -np.inf]),
        row_upper=np.array([np.inf, np.inf, 1.0]),
        col_lower=np.zeros(3),
        col_upper=np.array([1.0, 2.0, 2.0]),
        integer=np.ones(3, dtype=np.bool_),
        costs=np.array([-5.0, 0.0, 1.0]),
    )
    split = split_of(piece, np.array([SHARED, SHARED, 0]), np.array([0, SHARED, SHARED]))
    search = Search("cost", piece, piece, None, -math.inf, proven_before=False)
    dual = Dual.of(split, (piece.col_lower, piece.col_upper), threads=1, seed=0)
    improver = Improver(an_engine(piece), search, dual)

    def anew(point: Floats) -> Floats:
        return improver._anew(point, np.full(2, 1e3), 20.0)

    draft, plan = np.array([1.0, 1.0, 0.0]), np.zeros(3)
    found = retreated(split, draft, plan, np.ones(2), unchanged, anew=anew)
    assert found is not None
    assert found.tolist() == [1.0, 1.0, 1.0]
    assert retreated(split, draft, plan, np.ones(2), unchanged) is None


def test_a_rough_plan_takes_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(improver_module, "solve_part", None)
    program = towns(seed=3)
    piece, _, _, _ = taken_apart(program)
    dual = converged(program)
    nothing = np.zeros(piece.columns)
    search = Search("unserved", piece, piece, nothing, dual.bound, proven_before=False)
    Improver(an_engine(piece), search, dual).rough()
    assert dual.bound - 1e-6 <= optimum(program) <= search.value < 0.8 * piece.value(nothing)
    assert search.values is not None
    assert piece.feasible(search.values)


def test_a_draft_is_a_plan_at_once_where_there_is_one_to_go_back_to() -> None:
    program = towns(seed=3)
    piece, _, _, _ = taken_apart(program)
    dual = converged(program)
    search = Search("unserved", piece, piece, np.zeros(piece.columns), dual.bound, proven_before=False)
    Improver(an_engine(piece), search, dual).begin(np.where(piece.integer, 1.0, piece.col_upper))
    assert search.value < 0.8 * piece.value(np.zeros(piece.columns))


def test_an_improver_mends_a_draft_and_goes_on_from_there() -> None:
    program = towns(seed=3)
    piece, _, _, _ = taken_apart(program)
    dual = converged(program)
    search = Search("unserved", piece, piece, None, dual.bound, proven_before=False)
    improver = Improver(an_engine(piece), search, dual)
    improver.begin(np.where(piece.integer, 1.0, piece.col_upper))
    assert improver.draft is not None
    for _ in range(30):
        if not improver.step(20.0) or search.value <= optimum(program) + 1e-6:
            break
    assert improver.draft is None
    assert search.values is not None
    assert piece.feasible(search.values)
    assert dual.bound - 1e-6 <= search.value <= optimum(program) * 1.02


def test_a_set_that_mends_is_solved_more_closely_than_what_is_broken_costs() -> None:
    piece, split, _, _ = taken_apart(towns(seed=3))
    dual = converged(towns(seed=3))
    search = Search("unserved", piece, piece, None, dual.bound, proven_before=False)
    improver = Improver(an_engine(piece), search, dual)
    draft, some = np.where(piece.integer, 1.0, piece.col_upper), np.arange(SITES) < 20
    missed = 1e-3 * float(np.abs(broken(split, draft)).sum())
    part = part_of(split, draft, some, np.full(len(split.rows), 1e-3))
    assert improver._mending_gap(part) * abs(part.piece.value(part.start)) < 0.2 * missed
    dear = part_of(split, draft, some, np.full(len(split.rows), 1e3))
    assert improver._mending_gap(dear) > improver._mending_gap(part)


def test_sets_of_large_blocks_are_of_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    piece, split, _, _ = taken_apart(towns(seed=3))
    dual, plan = converged(towns(seed=3)), np.zeros(piece.columns)
    search = Search("unserved", piece, piece, plan, dual.bound, proven_before=False)
    first = Improver(an_engine(piece), search, dual)._sets(plan, np.zeros(len(split.rows)))
    assert [chosen.sum() for chosen in first] == [30]
    monkeypatch.setattr(improver_module, "_COLUMNS", 20)  # Of towns, which have two columns each, ten.
    some = Improver(an_engine(piece), search, dual)._sets(plan, np.zeros(len(split.rows)))
    assert len(some) == 2
    assert all(5 <= chosen.sum() <= 10 for chosen in some)


@pytest.mark.parametrize(("share", "given_up"), [(0.1, True), (0.9, False)])
def test_a_draft_is_given_up_for_a_plan_that_is_nearly_as_good(
    share: float, given_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of what is between the plan that the draft goes back to and the bound, the draft has this share.
    piece, _, _, _ = taken_apart(towns(seed=3))
    dual, plan = converged(towns(seed=3)), np.zeros(piece.columns)
    search = Search("unserved", piece, piece, plan, -math.inf, proven_before=False)
    improver = Improver(an_engine(piece), search, dual)
    draft = np.where(piece.integer, 1.0, piece.col_upper)

    def kept(values: Floats, mending: bool) -> None:
        improver.draft = values

    monkeypatch.setattr(improver, "_take", kept)
    retreat = improver._retreat

    def retreated_from(point: Floats, plan: Floats) -> None:
        retreat(point, plan)
        search.bound = search.value - (search.value - piece.value(draft)) / share

    monkeypatch.setattr(improver, "_retreat", retreated_from)
    improver.begin(draft)
    assert piece.value(draft) < search.value < piece.value(plan)
    assert (improver.draft is None) == given_up


def test_blocks_help_that_could_come_to_less_at_the_prices_of_what_is_broken() -> None:
    # Thirty towns have clinics, which is more than the budget, and serve nobody. They come to less without.
    piece, split, _, _ = taken_apart(towns(seed=3))
    dual = converged(towns(seed=3))
    search = Search("unserved", piece, piece, None, dual.bound, proven_before=False)
    improver = Improver(an_engine(piece), search, dual)
    improver._dear = np.full(len(split.rows), 1e3)
    draft = np.zeros(piece.columns)
    draft[[*range(30), -1]] = 1.0
    assert piece.integer[draft > 0].all()
    assert broken(split, draft).any()
    helpful = improver._helpful(draft)
    assert helpful is not None
    assert (helpful[:30] > 0).all()
    assert helpful[30:] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("stuck", [True, False])
def test_a_draft_that_is_stuck_asks_which_blocks_could_help(
    stuck: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece, split, _, _ = taken_apart(towns(seed=3))
    dual = converged(towns(seed=3))
    search = Search("unserved", piece, piece, None, dual.bound, proven_before=False)
    improver = Improver(an_engine(piece), search, dual)
    improver._dear = improver._price = improver._penalties()
    improver.draft = np.where(piece.integer, 1.0, piece.col_upper)
    improver._unmended = (1.0 if stuck else 2.0) * improver._amiss(broken(split, improver.draft))
    asked, helpful = [], improver._helpful

    def noted(draft: Floats) -> Floats | None:
        asked.append(draft)
        return helpful(draft)

    monkeypatch.setattr(improver, "_helpful", noted)
    before = np.abs(broken(split, improver.draft)).sum()
    improver.step(20.0)
    assert (len(asked) == 1) == stuck
    assert improver.draft is None or np.abs(broken(split, improver.draft)).sum() < before


def test_sets_that_are_solved_side_by_side_have_no_block_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(improver_module, "FEWEST", 3)  # Of forty towns few are left for a second set.
    piece, split, _, _ = taken_apart(towns(seed=3))
    dual, plan = converged(towns(seed=3)), np.zeros(piece.columns)
    search = Search("unserved", piece, piece, plan, dual.bound, proven_before=False)
    improver = Improver(an_engine(piece), search, dual, _size=15)
    sets = improver._sets(plan, np.zeros(len(split.rows)))
    assert len(sets) == 2
    assert np.sum(sets, axis=0).max() == 1
    # All that is broken is the budget, which every town is in: a second set would mend the same.
    assert len(improver._sets(plan, broken(split, np.where(piece.integer, 1.0, 0.0)))) == 1


@pytest.mark.parametrize("towns_each", [5, 20])
def test_of_what_is_found_side_by_side_all_is_taken_that_fits(towns_each: int) -> None:
    # Each half of forty towns would spend all of the budget; two times five towns do not.
    piece, split, _, _ = taken_apart(towns(seed=3))
    dual, plan, engine = converged(towns(seed=3)), np.zeros(piece.columns), an_engine(piece)
    search = Search("unserved", piece, piece, plan, dual.bound, proven_before=False)
    town = np.arange(SITES)
    sets = [town < towns_each, (town >= 20) & (town < 20 + towns_each)]
    parts = [part_of(split, plan, chosen) for chosen in sets]
    found = [solve_part(engine, part, 20.0, 1e-6) for part in parts]
    gains = []
    for part, values in zip(parts, found, strict=True):
        assert values is not None
        gains.append(part.piece.value(part.start) - part.piece.value(values))
    both = Improver(engine, search, dual)._together(plan, parts, found, np.any(sets, axis=0), None)
    gained = piece.value(plan) - piece.value(both)
    assert piece.feasible(both)
    if towns_each == 5:
        assert gained == pytest.approx(sum(gains))
    else:
        assert max(gains) - 1e-6 <= gained < sum(gains)


@pytest.mark.parametrize("seed", range(4))
def test_at_a_vertex_the_budget_tears_one_town_and_the_mean_keeps_every_row(seed: int) -> None:
    piece, split, _, _ = taken_apart(towns(seed))
    dual = converged(towns(seed))
    vertex = vertex_of(an_engine(piece), dual, 20.0)
    assert vertex is not None
    assert vertex.torn.sum() <= 1
    linear = replace(piece, integer=np.zeros(piece.columns, dtype=np.bool_))
    assert linear.feasible(vertex.values)
    assert piece.value(vertex.values) == pytest.approx(dual.bound, abs=1e-2)
    torn = np.repeat(vertex.torn, np.diff(split.starts))
    settled_columns = split.columns[~torn & piece.integer[split.columns]]
    assert vertex.values[settled_columns] == pytest.approx(np.round(vertex.values[settled_columns]), abs=1e-9)


def test_regions_come_to_a_vertex_one_after_the_other_and_lose_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    piece, split, _, _ = taken_apart(hamlets(300))
    dual = converged(hamlets(300))
    assert dual.master is not None
    # Every block halfway between what the master says and all of its points alike.
    alike = 1.0 / np.bincount(dual.pool.block)[dual.pool.block]
    weights = 0.5 * (dual.master.weights + alike)
    dual.master = replace(dual.master, weights=weights)
    monkeypatch.setattr(remainder, "_POINTS", 100)
    mean, vertex = (vertex_of(an_engine(piece), dual, seconds) for seconds in (0.0, 60.0))
    assert mean is not None
    assert vertex is not None
    assert mean.values[split.columns] == pytest.approx(dual.pool.points.T @ weights)
    assert mean.torn.sum() > 100
    assert 4 * vertex.torn.sum() < mean.torn.sum()
    dear = penalties(dual)
    before, after = (
        piece.value(each.values) + dear @ np.abs(broken(split, each.values)) for each in (mean, vertex)
    )
    assert dual.bound - 1e-6 * abs(dual.bound) <= after < before
    inside = piece.matrix[split.local] @ vertex.values
    assert (inside <= piece.row_upper[split.local] + 1e-6).all()
    assert (inside >= piece.row_lower[split.local] - 1e-6).all()


def test_a_licence_that_is_used_in_part_is_bought_or_not() -> None:
    program = towns(licence_cost=40.0)
    piece, split, _, _ = taken_apart(program)
    dual = converged(program)
    assert dual.master is not None
    assert 0.1 < dual.master.shared[0] < 0.9
    vertex = vertex_of(an_engine(piece), dual, 20.0)
    assert vertex is not None
    assert vertex.values[split.shared_columns[0]] in (0.0, 1.0)


@pytest.mark.parametrize("seed", range(4))
def test_the_torn_town_is_decided_as_the_others_leave_it(seed: int) -> None:
    piece, _, _, _ = taken_apart(towns(seed))
    dual = converged(towns(seed))
    values = remainder_solved(an_engine(piece), dual, 20.0)
    assert values is not None
    assert piece.feasible(values)
    # One town, of nine people at most, is worse off than in the bound.
    assert dual.bound - 1e-6 <= optimum(towns(seed)) <= piece.value(values) <= dual.bound + 9.0


def test_of_two_answers_about_torn_towns_the_better_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    piece, _, _, _ = taken_apart(towns(seed=2))
    dual = converged(towns(seed=2))
    solve_alone, usual = remainder.solve_alone, remainder_solved(an_engine(piece), dual, 20.0)
    assert usual is not None

    def worse_from_a_start(
        engine: Engine, asked: Piece, seconds: float, gap: float, start: Start | None = None
    ) -> Floats | None:
        if start is None:
            return solve_alone(engine, asked, seconds, gap)
        return np.clip(0.0, asked.col_lower, asked.col_upper)

    monkeypatch.setattr(remainder, "solve_alone", worse_from_a_start)
    values = remainder_solved(an_engine(piece), dual, 20.0)
    assert values is not None
    assert piece.feasible(values)
    assert piece.value(values) == pytest.approx(piece.value(usual))


def test_where_what_is_torn_cannot_be_decided_the_budget_is_broken_by_as_little_as_can_be() -> None:
    # Every town has a clinic in whole numbers, and one has half of one more than there is money for.
    program = towns(seed=2)
    piece, split, _, _ = taken_apart(program)
    dual = converged(program)
    vertex = vertex_of(an_engine(piece), dual, 20.0)
    assert vertex is not None
    torn = np.arange(SITES) == 0
    budget = split.rows[~split.links][0]
    spent = piece.matrix[[budget]] @ vertex.values
    at = vertex.values.copy()
    inside = split.columns[split.starts[0] : split.starts[1]]
    at[inside] = 0.5 * piece.col_upper[inside]
    # What town 0 has to have in any case is more than the others leave.
    forced = replace(piece, col_lower=piece.col_lower.copy(), row_upper=piece.row_upper.copy())
    clinic = inside[piece.integer[inside]]
    forced.col_lower[clinic] = 1.0
    forced.row_upper[budget] = float(spent[0]) - 0.1
    narrow = split_of(forced, program.row_block, program.col_block)
    monkey = replace(dual, split=narrow, coupling=dual.coupling)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(remainder, "vertex_of", lambda *_: Vertex(at, torn))
        found = remainder_solved(an_engine(forced), monkey, 20.0)
    assert found is not None
    assert found[clinic] == 1.0
    wrong = np.flatnonzero(broken(narrow, found))
    assert narrow.rows[wrong].tolist() == [budget]
    assert (forced.matrix[narrow.local] @ found <= forced.row_upper[narrow.local] + 1e-9).all()
    # Serving nobody is cheapest: what is too much is the clinic's own cost, less what the others left.
    over = float((forced.matrix[[budget]] @ found)[0] - forced.row_upper[budget])
    others = at.copy()
    others[inside] = 0.0
    least = float((forced.matrix[[budget]] @ others)[0] + forced.matrix[budget, clinic[0]])
    assert over == pytest.approx(least - forced.row_upper[budget], abs=1e-6)


@pytest.mark.parametrize(("first_lasts", "asked"), [(False, 2), (True, 1)])
def test_all_that_torn_towns_can_be_is_tried_only_if_less_was_solved_in_its_time(
    monkeypatch: pytest.MonkeyPatch, first_lasts: bool, asked: int
) -> None:
    piece, _, _, _ = taken_apart(towns(seed=2))
    dual, calls = converged(towns(seed=2)), []
    solve_alone = remainder.solve_alone

    def counted(
        engine: Engine, asked: Piece, seconds: float, gap: float, start: Start | None = None
    ) -> Floats | None:
        if asked.integer.any():
            calls.append(start)
            if first_lasts:
                time.sleep(max(seconds, 0.0))
        return solve_alone(engine, asked, max(seconds, 5.0), gap, start or Start())

    vertex = vertex_of(an_engine(piece), dual, 20.0)
    monkeypatch.setattr(remainder, "vertex_of", lambda *_: vertex)
    monkeypatch.setattr(remainder, "solve_alone", counted)
    assert remainder_solved(an_engine(piece), dual, 0.5 if first_lasts else 20.0) is not None
    assert len(calls) == asked


@pytest.mark.parametrize("seconds", [20.0, 0.0])
def test_many_torn_towns_are_decided_group_by_group(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    # All towns are torn as in the linear program: seven at a time are decided on what is left of the budget.
    # Where there is no time for it they are as in the master, which may break the budget but no other row.
    piece, split, _, _ = taken_apart(towns())
    dual = converged(towns())
    dual.ask()
    linear = replace(piece, integer=np.zeros(piece.columns, dtype=np.bool_))
    values = solve_alone(an_engine(linear), linear, 20.0, 0.0)
    assert values is not None
    vertex = Vertex(values, np.ones(split.blocks, dtype=np.bool_))
    monkeypatch.setattr(remainder, "vertex_of", lambda *_: vertex)
    monkeypatch.setattr(remainder, "_MOST", 10)
    monkeypatch.setattr(remainder, "_GROUP", 7)
    found = remainder_solved(an_engine(piece), dual, seconds)
    assert found is not None
    assert (found[piece.integer] == np.round(found[piece.integer])).all()
    wrong = np.flatnonzero(broken(split, found))
    assert not split.links[wrong].any() or not seconds
    assert (piece.matrix[split.local] @ found <= piece.row_upper[split.local] + 1e-9).all()
    if seconds:
        assert piece.feasible(found)
        assert optimum(towns()) - 1e-6 <= piece.value(found) <= 1.05 * optimum(towns())


def test_what_a_group_is_linked_to_is_there_though_the_one_beside_it_has_no_use_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    piece, split, _, _ = taken_apart(towns())
    dual = converged(towns())
    half = Vertex(np.where(piece.integer, 0.5, 0.0), np.ones(split.blocks, dtype=np.bool_))
    # One group opens all of its clinics, the other none: of two tasks, whichever is begun first.
    all_or_none = cycle((lambda part: part.col_upper, lambda part: part.col_lower))
    monkeypatch.setattr(remainder, "_GROUP", SITES // 2)
    monkeypatch.setattr(remainder, "_solved", lambda _, part, *__: np.minimum(next(all_or_none)(part), 1.0))
    found = remainder._in_groups(an_engine(piece), dual, half, time.monotonic() + 20.0)
    clinics = found[split.columns][piece.integer[split.columns]]
    assert 0 < clinics.sum() < SITES
    assert found[split.shared_columns[0]] == 1.0


def test_links_without_open_points_are_one_row_that_is_never_broken() -> None:
    # Town 0 is open, town 1 has a clinic, the others have none: budget, the link of town 0, that of town 1.
    _, split, _, _ = taken_apart(towns())
    dual = converged(towns())
    with_clinic = np.asarray(dual.pool.points.sum(axis=1)).ravel() > 0
    of = dual.pool.block
    first = np.searchsorted(of, np.arange(SITES))
    assert (with_clinic[of == 1]).any()
    settled_points = np.zeros(len(of))
    settled_points[[int(np.flatnonzero((of == 1) & with_clinic)[0]), *first[2:].tolist()]] = 1.0
    open_ = np.flatnonzero(of == 0)
    piece = choice_of(dual, open_, settled_points)
    # The rows, and one point of town 0.
    assert piece.rows == 3 + 1
    assert piece.columns == len(open_) + 1 + 2
    assert split.links.sum() == SITES


def test_worst_blocks_are_tried_once_and_then_others() -> None:
    program = hamlets(120)
    piece, split, _, _ = taken_apart(program)
    dual = converged(program)
    neighbours = Neighbours(dual, seed=0)
    plan = np.zeros(piece.columns)
    nothing = np.zeros(len(split.rows))
    assert dual.floors is not None
    assert dual.proof is not None
    costs = piece.costs - split.outer.T @ dual.proof
    regrets = np.add.reduceat((costs * plan)[split.columns], split.starts[:-1]) - dual.floors
    worst = neighbours.drawn(plan, 20, nothing)
    assert worst.sum() == 20
    assert regrets[worst].min() >= regrets[~worst].max() - 1e-9
    again = neighbours.drawn(plan, 20, nothing)
    assert (again != worst).any()


def test_half_of_a_set_that_mends_is_of_blocks_that_could_help_most() -> None:
    program = hamlets(120)
    piece, split, _, _ = taken_apart(program)
    neighbours, plan = Neighbours(converged(program), seed=0), np.zeros(piece.columns)
    amiss = np.zeros(len(split.rows))
    amiss[np.argmax(np.diff(split.touching.indptr))] = -1.0
    helpful = np.zeros(split.blocks)
    helpful[[30, 70]] = 1e3
    for _ in range(5):
        chosen = neighbours.drawn(plan, 10, amiss, helpful)
        assert chosen.sum() == 10
        assert chosen[[30, 70]].all()
    assert neighbours.drawn(plan, 2, amiss, helpful).sum() == 3  # A row has three blocks at least.


def test_a_draft_that_is_not_mended_in_time_goes_back_to_the_plan_as_far_as_it_has_to() -> None:
    program = towns(seed=3)
    piece, _, _, _ = taken_apart(program)
    dual, plan = converged(program), np.zeros(piece.columns)
    search = Search("unserved", piece, piece, plan, dual.bound, proven_before=False)
    improver = Improver(an_engine(piece), search, dual)
    improver._dear = improver._price = improver._penalties()
    improver.draft, improver._tries, improver._wrong = np.where(piece.integer, 1.0, piece.col_upper), 8, 0.0
    assert improver.step(20.0)
    assert improver.draft is None
    assert search.value < 0.8 * piece.value(plan)


def test_a_draft_at_the_end_of_a_search_goes_back_to_the_plan_as_far_as_it_has_to() -> None:
    program = towns(seed=3)
    piece, _, _, _ = taken_apart(program)
    dual, plan = converged(program), np.zeros(piece.columns)
    search = Search("unserved", piece, piece, plan, dual.bound, proven_before=False)
    improver = Improver(an_engine(piece), search, dual)
    improver._dear = improver._price = improver._penalties()
    improver.draft = np.where(piece.integer, 1.0, piece.col_upper)
    improver.end()
    assert improver.draft is None
    assert search.value < 0.8 * piece.value(plan)
