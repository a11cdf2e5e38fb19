"""The tiny missions give what was argued by hand, on every backend."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

import pklogistics
from pklogistics import pipeline
from pklogistics.model.build import Model, compile_mission
from tests.missions.answer import Fact
from tests.missions.answers import ANSWERS
from tests.missions.draft import INSTANCES, Draft
from tests.missions.relaxation import Relaxation
from tests.missions.relaxations import RELAXATIONS

WHOLE = ("highs", "scip", "cp_sat")
"""Backends that solve programs with integers."""

LINEAR = ("glop", "pdlp")
"""Backends that solve programs without integers only."""

CONTINUOUS = (
    "tiny-coverage",
    "tiny-earmarks",
    "tiny-handover",
    "tiny-impartiality",
    "tiny-pipeline",
    "tiny-prices",
    "tiny-expiry",
    "tiny-basket",
    "tiny-capacity",
    "tiny-fleets",
    "tiny-markets",
    "tiny-purses",
    "tiny-reserve",
    "tiny-tolerance",
)
"""Missions in which nothing is whole: no cost or rule of theirs concerns a presence, a unit or an opening."""

ACCURACY = {"highs": 1e-6, "scip": 1e-6, "cp_sat": 1e-4, "glop": 1e-6, "pdlp": 1e-3}
"""Relative. CP-SAT knows whole numbers only and so counts people in small steps, and a first-order method
ends at a tolerance; the others end at a vertex."""

PROVABLE = {"cp_sat": 1e-4, "pdlp": 1e-3}
"""Gaps to ask for where no gap at all cannot be proven, for the same reasons."""


@cache
def mission_of(name: str) -> pklogistics.Mission:
    return pklogistics.read(INSTANCES / name)


@cache
def model_of(name: str) -> Model:
    return compile_mission(mission_of(name))


@pytest.fixture
def compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile each mission once for all backends: none of them changes the program that it solves."""
    monkeypatch.setattr(pipeline, "compile_mission", lambda mission: model_of(mission.header.name))


def plan_of(name: str, solver: str) -> pklogistics.Plan:
    options = pklogistics.Options(solver=solver, gap=PROVABLE.get(solver, 0.0), time_limit=60)  # type: ignore[arg-type]
    return pklogistics.solve(mission_of(name), options)


def found(plan: pklogistics.Plan, said: Fact) -> float:
    """Return what a plan says where a fact speaks."""
    frame = plan.tables[said.table]
    chosen = pd.Series(True, index=frame.index)
    for column, value in said.where.items():
        chosen &= frame[column] == value
    return float(frame.loc[chosen, said.column].sum()) if said.column else float(chosen.sum())


def test_every_tiny_mission_has_an_answer() -> None:
    assert sorted(ANSWERS) == sorted(path.name for path in INSTANCES.glob("tiny-*"))


@pytest.mark.parametrize("name", ANSWERS)
def test_mission_says_what_it_is(name: str) -> None:
    """The file names the mission as its folder does, and argues what its rules do."""
    header = mission_of(name).header
    assert header.name == name
    assert "What binds" in header.description


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_is_whole_without_need(name: str) -> None:
    assert model_of(name).program.integer.any() == (name not in CONTINUOUS)


def each(*solvers: str) -> pytest.MarkDecorator:
    """Repeat a test for every mission with every backend that can solve it, one after the other."""
    pairs = [(name, solver) for name in ANSWERS for solver in solvers]
    able = [(name, solver) for name, solver in pairs if solver in WHOLE or name in CONTINUOUS]
    return pytest.mark.parametrize(("name", "solver"), able)


@pytest.mark.usefixtures("compiled_once")
@each(*WHOLE, *LINEAR)
def test_gives_what_was_argued(name: str, solver: str) -> None:
    """One plan is asked everything, so that no plan is made twice, on whichever core a test runs."""
    plan = plan_of(name, solver)
    reaches_the_argued_tiers(plan, name, ACCURACY[solver])
    proves_its_bounds(plan, name, ACCURACY[solver])
    assert plan.violations == ()
    says_who_serves_whom(plan, name, ACCURACY[solver])


@pytest.mark.usefixtures("compiled_once")
@pytest.mark.parametrize("name", ANSWERS)
def test_gives_what_was_argued_site_by_site(name: str) -> None:
    """Of a tiny mission little is left to price, or nothing: that is no reason to fail."""
    plan = pklogistics.solve(mission_of(name), strategy="decomposition", workers=1, threads=1, time_limit=20)
    reaches_the_argued_tiers(plan, name, 2e-3)  # A gap of 0.001 is good enough by default.
    assert plan.violations == ()
    best = {**ANSWERS[name].tiers, **(ANSWERS[name].given_up or {})}
    for tier in plan.tiers:
        assert tier.bound <= best[tier.name] * (1 + 1e-6) + 1e-6, tier.name


def reaches_the_argued_tiers(plan: pklogistics.Plan, name: str, accuracy: float) -> None:
    expected = ANSWERS[name].tiers
    assert [tier.name for tier in plan.tiers] == list(expected)
    for tier in plan.tiers:
        assert tier.value == pytest.approx(expected[tier.name], rel=accuracy, abs=accuracy), tier.name


def proves_its_bounds(plan: pklogistics.Plan, name: str, accuracy: float) -> None:
    """No bound lies above the best value, and none so far below that the plan is not proven."""
    assert plan.stopped == "gap"
    best = {**ANSWERS[name].tiers, **(ANSWERS[name].given_up or {})}
    for tier in plan.tiers:
        assert tier.bound == pytest.approx(best[tier.name], rel=accuracy, abs=accuracy), tier.name


def says_who_serves_whom(plan: pklogistics.Plan, name: str, accuracy: float) -> None:
    """Where only one plan is best, every backend finds that one."""
    for said in ANSWERS[name].facts:
        # People and money are in hundreds, so a thousandth of a person is rounding (a person with PDLP).
        assert found(plan, said) == pytest.approx(said.value, rel=accuracy, abs=1000 * accuracy), said


@pytest.mark.parametrize("relaxation", RELAXATIONS, ids=str)
def test_rule_binds(relaxation: Relaxation) -> None:
    """Without the rule the answer is another one, and it is the one that was argued."""
    mission = relaxation.change(Draft.of(relaxation.mission)).mission()
    # Where nothing is whole GLOP solves it in this process, sooner than another could start.
    solver = "glop" if relaxation.mission in CONTINUOUS else "highs"
    plan = pklogistics.solve(mission, pklogistics.Options(solver=solver, gap=0.0, time_limit=60))
    assert plan.violations == ()
    values = {tier.name: tier.value for tier in plan.tiers}
    assert values == pytest.approx(dict(relaxation.tiers), rel=1e-6, abs=1e-6)
    assert values != pytest.approx(dict(ANSWERS[relaxation.mission].tiers), rel=1e-6, abs=1e-6)
