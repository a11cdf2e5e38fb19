"""The certificate of a plan made by decomposition: never more than is true, and no less than was reported."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from rich.console import Console
from scipy.optimize import Bounds, LinearConstraint, milp

import pklogistics
from pklogistics.certifying import certificate_of
from pklogistics.explain import certificate
from pklogistics.explain.certificate import prove
from pklogistics.explain.proof.blocks import BlockProgram, block_program
from pklogistics.explain.proof.blockwise import Blockwise
from pklogistics.explain.proof.covering import covered
from pklogistics.explain.proof.given_prices import UselessError, given_parts, given_tiers
from pklogistics.explain.proof.repricing import GivenPart, Repricing
from pklogistics.explain.results import Proof
from pklogistics.instance.mission import Mission
from pklogistics.model.program import SHARED, Program
from pklogistics.model.shared import fingerprint
from pklogistics.plan import Plan
from pklogistics.plan.certificate import Certificate, Part, PricedTier, Prices
from pklogistics.report.proofs import proven as told_of
from pklogistics.solve import Options, Solution, TierSolution
from pklogistics.solve.backend import Outcome
from pklogistics.solve.decomposition import Blocks, BlockSearch
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.split import split_of
from pklogistics.solve.decomposition.tree import Tree, dual_of_branch
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.highs import Highs
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.monitor import Interrupt, Monitor
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import Scaling, scaling_of
from pklogistics.solve.search import Search
from pklogistics.solve.small import Effort
from pklogistics.solve.solution import PricedPart
from tests.explain.clinics import clinics
from tests.explain.solved import INSTANCES
from tests.solve.programs import priced_dual


def taken_apart(program: Program) -> BlockProgram:
    piece = piece_of(program).with_objective(*program.tier_costs(program.tiers[0]))
    return block_program(piece, program.col_block, *implied_bounds(piece))


def optimum(piece: Piece, lower: np.ndarray, upper: np.ndarray) -> float:
    rows = LinearConstraint(piece.matrix, piece.row_lower, piece.row_upper)
    found = milp(piece.costs, constraints=rows, bounds=Bounds(lower, upper), integrality=piece.integer)
    return math.inf if found.status == 2 else float(found.fun) + piece.offset


def proven(
    taken: BlockProgram, parts: list[GivenPart], value: float = 1e3, seconds: float = 60.0
) -> tuple[float, bool]:
    return Repricing(taken, value, time.monotonic() + seconds, Interrupt()).bound(parts)


def random_prices(taken: BlockProgram, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    prices = np.where(random.random(taken.piece.rows) < 0.7, random.normal(0, 8, taken.piece.rows), 0.0)
    prices[np.isneginf(taken.piece.row_lower) & (seed % 2 == 0)] *= -1.0  # A wrong sign counts as no price.
    return prices


@pytest.mark.parametrize("seed", range(4))
def test_no_prices_prove_more_than_is_true(seed: int) -> None:
    taken = taken_apart(clinics(seed))
    whole = (taken.lower[taken.shared], taken.upper[taken.shared])
    best = optimum(taken.piece, taken.lower, taken.upper)
    # All combinations of who is there, one part each, every third one at prices of its own.
    combinations = list(itertools.product((0.0, 1.0), repeat=3))
    prices = [random_prices(taken, 10 * seed + number) for number in range(3)]
    parts = []
    for number, there in enumerate(combinations):
        least, most = whole[0].copy(), whole[1].copy()
        least[:3] = most[:3] = there
        parts.append(GivenPart(least, most, prices[number % 3]))
    assert proven(taken, [GivenPart(*whole, prices[0])])[0] <= best + 1e-6
    assert proven(taken, parts)[0] <= best + 1e-6
    # Each part by itself, too: not only the least of all is true.
    for part in parts[:3]:
        lower, upper = taken.lower.copy(), taken.upper.copy()
        lower[taken.shared], upper[taken.shared] = part.least, part.most
        assert proven(taken, [part])[0] <= optimum(taken.piece, lower, upper) + 1e-6


def test_with_all_that_is_shared_fixed_a_site_keeps_every_row_and_prices_mean_nothing() -> None:
    # One site, two organisations there for 0.7 each, and 3.4 spent: the first opens its clinic, for 2. But
    # for who may be there at all, the last row, all rows are the site's.
    taken = taken_apart(clinics(0, sites=1))
    lower, upper = taken.lower.copy(), taken.upper.copy()
    lower[taken.shared] = upper[taken.shared] = (1.0, 1.0, 0.0, 3.4)
    best = optimum(taken.piece, lower, upper)
    assert best == pytest.approx(88 - 41)  # Of 88 people it serves 41.
    for seed in range(2):
        prices = random_prices(taken, seed)
        prices[-1] = 0.0
        part = GivenPart(lower[taken.shared], upper[taken.shared], prices)
        assert proven(taken, [part]) == (pytest.approx(best, abs=1e-3), True)


def test_a_part_in_which_a_site_has_no_plan_is_bounded_by_anything() -> None:
    taken = taken_apart(clinics(0))
    agreed = taken.lower.copy()
    agreed[taken.columns[0]] = 1.0  # The first clinic has to be there, but its organisation is not.
    least, most = agreed[taken.shared], taken.upper[taken.shared].copy()
    most[0] = 0.0
    part = GivenPart(least, most, np.zeros(taken.piece.rows))
    assert proven(replace(taken, lower=agreed), [part]) == (math.inf, True)


def test_a_bound_of_a_block_is_one_however_wide_the_gap() -> None:
    taken = taken_apart(clinics(1))
    priced = taken.priced(np.zeros(taken.piece.rows), taken.lower[taken.shared], taken.upper[taken.shared])
    priced = replace(priced, costs=priced.costs + np.random.default_rng(0).uniform(0, 20, len(priced.costs)))
    blocks = Blockwise(taken, time.monotonic() + 60, Interrupt())
    for block in range(3):
        exact, _ = blocks.in_whole_numbers(priced, block, 0.0)
        rough, _ = blocks.in_whole_numbers(priced, block, 15.0)
        assert exact - 30.0 - 1e-4 <= rough <= exact + 1e-4
    blocks.close()


def test_what_time_does_not_reach_is_bounded_all_the_same() -> None:
    taken = taken_apart(clinics(2))
    whole = GivenPart(taken.lower[taken.shared], taken.upper[taken.shared], random_prices(taken, 1))
    bound, finished = proven(taken, [whole], seconds=0.0)
    assert not finished
    assert -math.inf < bound <= proven(taken, [whole])[0]


def test_what_an_interrupt_leaves_is_what_was_proven_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    mission, plan = decomposed("tiny-staff")
    full = {proof.tier: proof.proven for proof in prove(mission, plan)}
    monkeypatch.setattr(certificate, "interrupts", pressed)
    proofs = prove(mission, plan)
    assert [proof.tier for proof in proofs] == ["mandate", "need", "cost"]
    assert all(proof.interrupted is not proof.finished for proof in proofs)
    assert not proofs[1].finished
    assert all(proof.proven <= full[proof.tier] + 1e-6 for proof in proofs)
    told = shown(plan, proofs)
    assert "need: it was interrupted before all sites were priced in whole numbers." in told
    assert "priced every site" not in told
    # Without prices of its own it is the linear program that was not solved; none is begun.
    monkeypatch.setattr(certificate, "solve_small", None)
    need = prove(mission, replace(plan, certificate=None))[1]
    assert (need.interrupted, need.prices) == (True, "linear program")
    assert "need: it was interrupted before its linear program was solved." in shown(plan, [need])


def test_a_linear_program_that_time_did_not_suffice_for_is_said_to_be_unfinished() -> None:
    mission, plan = decomposed("tiny-staff")
    need = prove(mission, replace(plan, certificate=None), seconds=0.0)[1]
    assert (need.finished, need.interrupted) == (False, False)
    assert "time ended before its linear program was solved; a longer" in shown(plan, [need])


@contextmanager
def pressed() -> Iterator[Interrupt]:
    """Stand for a Ctrl-C that came at once."""
    interrupt = Interrupt()
    interrupt.pressed = True
    yield interrupt


def of_parts(parts: Iterable[PricedPart], value: float, bound: float) -> Solution:
    tier = TierSolution("unserved", value, bound, 0.0, 0.0, "time", tuple(parts))
    return Solution(None, (tier,), "time", 0.0)


def given(program: Program, taken: BlockProgram, solution: Solution) -> list[GivenPart]:
    proof = certificate_of(program, solution)
    assert proof is not None
    return given_parts(program, taken.piece, (taken.lower, taken.upper), (), proof.tiers[0])


def divided(program: Program) -> tuple[Dual, Tree]:
    """Bound a program by prices, and then in parts, divided by who is there."""
    taken, blocks = taken_apart(program), (program.row_block, program.col_block)
    split = split_of(taken.piece, *blocks)
    dual = priced_dual(Dual.of(split, (taken.lower, taken.upper), threads=1, seed=0))
    assert dual.master is not None
    tree = Tree.of(dual)
    tree.divide(tree.next(), dual)
    for _ in range(8):
        branch = tree.next()
        narrow = priced_dual(dual_of_branch(dual, branch, *blocks, threads=1, seed=0))
        branch = branch.proven(narrow)
        if not tree.divide(branch, narrow):
            tree.close(branch)
        if tree.exhausted:
            break
    return dual, tree


def test_parts_of_a_tree_prove_its_bound_and_more_than_the_whole() -> None:
    program = clinics(0, sites=24)
    dual, tree = divided(program)
    taken = taken_apart(program)
    best = optimum(taken.piece, taken.lower, taken.upper)
    parts = given(program, taken, of_parts(tree.parts(), best, tree.bound))
    assert len(parts) > 3
    assert tree.bound > dual.bound + 1.0
    # Prices have seven digits, HiGHS its tolerances.
    assert tree.bound - 1e-2 <= proven(taken, parts, best + 1.0)[0] <= best + 1e-6
    # A part less, and it proves nothing.
    for left_out in range(len(parts)):
        fewer = [part for at, part in enumerate(tree.parts()) if at != left_out]
        with pytest.raises(UselessError, match="leave something out"):
            given(program, taken, of_parts(fewer, best, tree.bound))


def test_what_a_search_reports_of_prices_is_proven_by_its_parts() -> None:
    program = clinics(1, sites=60, organisations=4)
    taken, now = taken_apart(program), time.monotonic()
    monitor = Monitor(Options(), now, Interrupt())
    engine = Engine(Highs(), scaling_of(taken.piece), Options(threads=1), monitor, Clock(now + 2.0))
    nothing = np.zeros(program.columns)  # One organisation is there, for its share, and does nothing.
    nothing[taken.shared[0]], nothing[taken.shared[-1]] = 1.0, 0.7 * 60
    assert taken.piece.feasible(nothing)
    search = Search("unserved", taken.piece, taken.piece, nothing, -math.inf, proven_before=False)
    BlockSearch(engine, search, Blocks(program.row_block, program.col_block), now + 2.0).run()
    parts = given(program, taken, of_parts(search.parts, search.value, search.bound))
    assert search.bound == search.priced > 0
    bound, finished = proven(taken, parts, search.value + 1.0)
    assert finished
    assert bound >= search.priced - 1e-2


def test_prices_keep_seven_digits_and_zeros_are_not_written() -> None:
    program = clinics(0, sites=2, organisations=2)
    shared = np.flatnonzero(program.row_block == SHARED)
    prices = np.zeros(program.rows + 1)
    prices[shared[3]], prices[-1] = -1 / 3, 2e-9
    part = PricedPart(np.flatnonzero(program.col_block == SHARED)[:1], np.ones(1), np.full(1, np.inf), prices)
    tier = TierSolution("unserved", 0.0, 0.0, 0.0, 0.0, "gap", (part, PricedPart.whole(prices)), ("mandate",))
    certificate = certificate_of(program, Solution(None, (tier,), "gap", 0.0))
    assert certificate is not None
    assert certificate.tiers == (
        PricedTier(
            "unserved",
            (Prices((3,), (-0.3333333,), (("mandate", 2e-9),)),),
            (Part(((0, 1.0, math.inf),), 0), Part((), 0)),
        ),
    )


def test_other_labels_have_another_fingerprint_and_other_amounts_the_same() -> None:
    assert fingerprint(clinics(0)) == fingerprint(clinics(1)) != fingerprint(clinics(0, sites=9))


@pytest.mark.parametrize("damage", [Part(((9, 0.0, 1.0),), 0), Part((), 1), Part(((3, 0.0, 1.0),), 0)])
def test_numbers_out_of_place_prove_nothing(damage: Part) -> None:
    # Column 9 is not there, nor is a second list of prices, and column 3 (spent) is not whole.
    program = clinics(0)
    taken = taken_apart(program)
    tier = PricedTier("unserved", (Prices((), ()),), (damage, Part((), 0)))
    with pytest.raises(UselessError, match="damaged"):
        given_parts(program, taken.piece, (taken.lower, taken.upper), (), tier)
    beyond = PricedTier("unserved", (Prices((10_000,), (1.0,)),), (Part((), 0),))
    with pytest.raises(UselessError, match="damaged"):
        given_parts(program, taken.piece, (taken.lower, taken.upper), (), beyond)


def test_boxes_cover_what_they_cover() -> None:
    random = np.random.default_rng(0)
    lower, upper = np.zeros(3), np.full(3, 2.0)
    points = np.array(list(itertools.product(range(3), repeat=3)))
    seen = {True: 0, False: 0}
    for _ in range(300):
        count = int(random.integers(1, 9))
        least = random.integers(0, 3, (count, 3)).astype(float) * (random.random((count, 3)) < 0.4)
        most = np.where(random.random((count, 3)) < 0.6, np.inf, np.maximum(least, random.integers(0, 3)))
        inside = ((points[:, None] >= least) & (points[:, None] <= most)).all(axis=2).any(axis=1).all()
        assert covered(lower, upper, least, most) == inside
        seen[bool(inside)] += 1
    assert min(seen.values()) > 20


def test_boxes_without_end_cover_without_end() -> None:
    lower, upper = np.zeros(1), np.full(1, np.inf)
    assert covered(lower, upper, np.array([[-np.inf], [4.0]]), np.array([[3.0], [np.inf]]))
    assert not covered(lower, upper, np.array([[-np.inf], [4.0]]), np.array([[2.0], [np.inf]]))
    assert not covered(lower, upper, np.array([[0.0], [4.0]]), np.array([[3.0], [1e9]]))


@cache
def decomposed(name: str) -> tuple[Mission, Plan]:
    mission = pklogistics.read(INSTANCES / name)
    return mission, pklogistics.solve(mission, strategy="decomposition", threads=1, time_limit=5)


def test_a_decomposed_plan_is_proven_by_its_own_prices() -> None:
    mission, plan = decomposed("tiny-staff")  # Optimal: 10 of the need left, at 870 USD.
    need, cost = prove(mission, plan)[1:]
    assert (need.prices, need.by, need.parts, need.finished) == ("plan", "highs", 1, True)
    assert need.proven == pytest.approx(10, abs=1e-3)
    assert cost.proven == pytest.approx(870, abs=1e-2)


@pytest.mark.parametrize("name", ["tiny-staff", "tiny-whole"])
def test_tampered_prices_never_prove_more_than_the_optimum(name: str) -> None:
    mission, plan = decomposed(name)
    assert isinstance(plan.certificate, Certificate)
    best = next(tier.value for tier in plan.tiers if tier.name == "need")  # Solved to the end.
    # No more is ever proven than a plan's own value: it is asked of one that spends nothing, so that there is
    # room for what is not true.
    header = {**mission.header.as_document(), "objective": {"tiers": ["mandate", "cost", "need"]}}
    idle = pklogistics.solve(mission.replace(header=header), threads=1, time_limit=20)
    random = np.random.default_rng(3)
    for size in (0.1, 10.0, 1e4):
        tiers = tuple(
            replace(
                tier,
                prices=tuple(
                    replace(
                        each,
                        values=tuple(size * random.normal(size=len(each.values))),
                        held=tuple((name, size * random.normal()) for name, _ in each.held),
                    )
                    for each in tier.prices
                ),
            )
            for tier in plan.certificate.tiers
        )
        # Whoever tampers claims too much as well, and has to be believed to be better than the plan.
        claimed = tuple(replace(tier, bound=tier.value) for tier in idle.tiers)
        forged = replace(idle, certificate=Certificate(plan.certificate.fingerprint, tiers), tiers=claimed)
        need = next(proof for proof in prove(mission, forged) if proof.tier == "need")
        assert need.value > best + 10
        assert need.proven <= best + 1e-6


def test_it_is_told_how_a_tier_was_proven_and_what_was_not() -> None:
    mission, plan = decomposed("tiny-staff")
    told = shown(plan, prove(mission, plan))
    assert "need: at the prices in the plan, HiGHS priced every site, in the whole program." in told
    need = prove(mission, plan)[1]
    told = shown(plan, [replace(need, parts=12, proven=4.0, rest=6.0, finished=False)])
    assert "in 12 parts that leave nothing out" in told
    assert "need: time ended before all sites were priced in whole numbers" in told
    told = shown(plan, [replace(need, proven=4.0, rest=6.0, note="the prices are of others")])
    assert "The prices are of others." in told
    assert "need: 6 of the bound rests on the search of HiGHS, which is not made anew." in told


def shown(plan: Plan, proofs: Sequence[Proof]) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(told_of(plan, proofs))
    return capture.get()


def test_prices_of_other_tables_are_not_used_and_new_ones_are_made() -> None:
    mission, plan = decomposed("tiny-staff")
    assert isinstance(plan.certificate, Certificate)
    other = replace(plan, certificate=replace(plan.certificate, fingerprint="of another"))
    need = prove(mission, other)[1]
    assert (need.prices, need.parts) == ("linear program", 0)
    assert "of other tables" in need.note
    assert need.proven > 0  # By new ones; column bounds alone prove nothing.


def test_a_plan_without_prices_has_none_to_give() -> None:
    _, plan = decomposed("tiny-staff")
    assert given_tiers(clinics(0), replace(plan, certificate=None)) == {}


def holding(plan: Plan, held_at: float | None) -> Plan:
    """Return the plan with what it says of where need was held."""
    tiers = (replace(tier, held_at=held_at) if tier.name == "need" else tier for tier in plan.tiers)
    return replace(plan, tiers=tuple(tiers))


@pytest.mark.parametrize("strategy", ["exact", "decomposition"])
def test_a_tolerance_counts_from_the_best_value_that_the_search_found(strategy: str) -> None:
    # Need 40 can be; a quarter more, 50, was allowed, and taken: the least cost there is 600.
    mission = pklogistics.read(INSTANCES / "tiny-tolerance")
    plan = pklogistics.solve(mission, strategy=strategy, threads=1, time_limit=5)
    assert plan.tiers[1].held_at == pytest.approx(50)
    _, need, cost = prove(mission, plan)
    assert need.held_at == pytest.approx(50)
    assert cost.proven == pytest.approx(600, abs=1e-3)
    told = shown(plan, [need])
    assert "need: the tiers after it are bounded among plans in which it is 50 or less" in told
    # A plan that does not say so is given a quarter of its own value: 62.5, and 12.5 fewer to fly to.
    _, need, cost = prove(mission, holding(plan, None))
    assert need.held_at == pytest.approx(62.5)
    assert cost.proven == pytest.approx(475, abs=1e-3)


def test_whoever_says_that_a_tier_was_held_at_less_proves_no_more() -> None:
    # With need 40 all 60 are flown to, for 700. Said to be held at 41 the tiers after it would cost 690 or
    # more; need is proven to be 40 or more, of which a quarter more is allowed.
    mission = pklogistics.read(INSTANCES / "tiny-tolerance")
    strict = mission.replace(
        header={**mission.header.as_document(), "objective": {"tiers": ["mandate", "need", "cost"]}}
    )
    plan = pklogistics.solve(strict, strategy="exact", threads=1)
    assert plan.tiers[2].value == pytest.approx(700)
    _, need, cost = prove(mission, holding(plan, 41.0))
    assert need.held_at == pytest.approx(50)
    assert cost.proven == pytest.approx(600, abs=1e-3)
    # Nor does one who says more than the plan's own value allows prove less than without saying.
    assert prove(mission, holding(plan, 1e9))[2].proven == pytest.approx(600, abs=1e-3)


@pytest.mark.parametrize("size", [1.0, 1e-9])
def test_a_tier_counted_in_small_numbers_is_held_all_the_same(size: float) -> None:
    # Of 200 at A and 200 at B the cheap serves 90 each, for 1, and the dear 90 each, for 9: 40 are left,
    # which count as little as 4e-8, and the cost of that is 1,800. It is proven among plans that leave as
    # many, not among those that leave none, which there are not.
    ninety = {"activity": "c", "max_people": 90}
    tables: dict[str, list[dict[str, object]]] = {
        "sites": [{"site": site} for site in "AB"],
        "activities": [{"activity": "c", "sector": "h"}],
        "needs": [{"site": site, "activity": "c", "people": 200} for site in "AB"],
        "organisations": [{"organisation": name} for name in ("cheap", "dear")],
        "capabilities": [
            {**ninety, "organisation": name, "cost_per_person": cost}
            for name, cost in (("cheap", 1), ("dear", 9))
        ],
    }
    tiers = [{"name": name, "terms": {name: weight}} for name, weight in (("need", size), ("cost", 1.0))]
    header = {"name": "small", "periods": 1, "currency": "USD", "objective": {"tiers": tiers}}
    mission = Mission.from_tables(header, tables)
    need, cost = prove(mission, pklogistics.solve(mission, solver="glop"))
    assert need.value == pytest.approx(40 * size)
    assert cost.finished
    assert cost.proven == pytest.approx(1800, abs=1e-3)


def test_two_solvers_of_a_linear_program_take_no_more_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # The last tier has all that is left; where one solver fails in that time another tries for as long.
    mission, plan = decomposed("tiny-staff")
    asked: list[float] = []

    def failing(piece: Piece, scaling: Scaling, effort: Effort) -> Outcome:
        asked.append(effort.seconds)
        return Outcome("failed")

    monkeypatch.setattr(certificate, "solve_small", failing)
    prove(mission, replace(plan, certificate=None), seconds=10.0)
    assert 0 < max(asked) <= 5.0
