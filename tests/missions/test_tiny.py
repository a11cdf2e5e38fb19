"""The tiny missions give what was argued by hand, on every backend."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

import pklogistics
from pklogistics.model.build import compile_mission
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
def is_continuous(name: str) -> bool:
    return not compile_mission(mission_of(name)).program.integer.any()


@cache
def plan_of(name: str, solver: str) -> pklogistics.Plan:
    """Return the plan of a mission, made once per backend."""
    if solver in LINEAR and not is_continuous(name):
        pytest.skip(f"{name} has integers, which {solver} cannot solve")
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


@pytest.mark.parametrize("name", CONTINUOUS)
def test_nothing_is_whole_without_need(name: str) -> None:
    assert is_continuous(name)


@pytest.mark.parametrize("solver", WHOLE + LINEAR)
@pytest.mark.parametrize("name", ANSWERS)
def test_reaches_the_argued_tiers(name: str, solver: str) -> None:
    plan = plan_of(name, solver)
    accuracy = ACCURACY[solver]
    expected = ANSWERS[name].tiers
    assert [tier.name for tier in plan.tiers] == list(expected)
    for tier in plan.tiers:
        assert tier.value == pytest.approx(expected[tier.name], rel=accuracy, abs=accuracy), tier.name


@pytest.mark.parametrize("solver", WHOLE + LINEAR)
@pytest.mark.parametrize("name", ANSWERS)
def test_proves_its_bounds(name: str, solver: str) -> None:
    """No bound lies above the best value, and none so far below that the plan is not proven."""
    plan = plan_of(name, solver)
    accuracy = ACCURACY[solver]
    assert plan.stopped == "gap"
    best = {**ANSWERS[name].tiers, **(ANSWERS[name].given_up or {})}
    for tier in plan.tiers:
        assert tier.bound == pytest.approx(best[tier.name], rel=accuracy, abs=accuracy), tier.name


@pytest.mark.parametrize("solver", WHOLE + LINEAR)
@pytest.mark.parametrize("name", ANSWERS)
def test_keeps_every_rule(name: str, solver: str) -> None:
    assert plan_of(name, solver).violations == ()


@pytest.mark.parametrize("solver", WHOLE + LINEAR)
@pytest.mark.parametrize("name", ANSWERS)
def test_says_who_serves_whom(name: str, solver: str) -> None:
    """Where only one plan is best, every backend finds that one."""
    plan = plan_of(name, solver)
    accuracy = ACCURACY[solver]
    for said in ANSWERS[name].facts:
        # People and money are in hundreds, so a thousandth of a person is rounding (a person with PDLP).
        assert found(plan, said) == pytest.approx(said.value, rel=accuracy, abs=1000 * accuracy), said


@pytest.mark.parametrize("relaxation", RELAXATIONS, ids=str)
def test_rule_binds(relaxation: Relaxation) -> None:
    """Without the rule the answer is another one, and it is the one that was argued."""
    mission = relaxation.change(Draft.of(relaxation.mission)).mission()
    plan = pklogistics.solve(mission, pklogistics.Options(gap=0.0, time_limit=60))
    assert plan.violations == ()
    values = {tier.name: tier.value for tier in plan.tiers}
    assert values == pytest.approx(dict(relaxation.tiers), rel=1e-6, abs=1e-6)
    assert values != pytest.approx(dict(ANSWERS[relaxation.mission].tiers), rel=1e-6, abs=1e-6)
