"""The library as another program uses it: ``import pklogistics`` and the verbs as functions."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import pklogistics
from pklogistics.errors import OptionsError
from pklogistics.solve import Solution, TierSolution

INSTANCES = Path(__file__).resolve().parents[2] / "instances"


@pytest.fixture(scope="module")
def mission():
    return pklogistics.read(INSTANCES / "tiny-first")


def test_a_plan_in_three_lines(mission):
    plan = pklogistics.solve(mission, time_limit=60)
    assert plan.objective == pytest.approx(14000)  # Argued in the mission's description.
    assert (plan.status, plan.currency, plan.solver) == ("optimal", "USD", "highs")
    assert plan.created_by == pklogistics.__version__
    assert plan.violations == ()
    assert pklogistics.check(mission, plan).ok
    assert list(plan.seconds) == ["compile", "solve", "check", "total"]
    assert "tiny-first" in pklogistics.report(mission, plan)


def test_options_are_given_whole_or_one_by_one(mission):
    options = pklogistics.Options(solver="scip", gap=0.0)
    assert pklogistics.solve(mission, options).solver == "scip"
    assert pklogistics.solve(mission, options, solver="highs").solver == "highs"
    with pytest.raises(OptionsError, match="did you mean 'time_limit'"):
        pklogistics.solve(mission, timelimit=60)
    with pytest.raises(OptionsError, match="gap"):
        pklogistics.solve(mission, gap=-1)


@pytest.mark.parametrize("verb", ["solve", "check", "explain", "report"])
def test_a_path_in_place_of_what_lies_there_is_named(mission, verb):
    with pytest.raises(OptionsError, match=r"use pklogistics.read\('tiny-first'\) first"):
        getattr(pklogistics, verb)("tiny-first")
    if verb != "solve":
        with pytest.raises(OptionsError, match=r"use pklogistics.Plan.load\('plan'\) first"):
            getattr(pklogistics, verb)(mission, Path("plan"))


def test_ctrl_c_while_a_plan_is_put_into_words_does_not_lose_it(mission, monkeypatch):
    pipeline = import_module("pklogistics.pipeline")
    before, decode = signal.signal(signal.SIGINT, signal.default_int_handler), pipeline.decode

    def pressed(*given):
        signal.raise_signal(signal.SIGINT)
        return decode(*given)

    monkeypatch.setattr(pipeline, "decode", pressed)
    try:
        plan = pklogistics.solve(mission, threads=1)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (plan.stopped, plan.violations, plan.objective) == ("interrupted", (), pytest.approx(14000))


@pytest.mark.parametrize("verb", ["check", "explain", "report"])
def test_a_plan_before_its_mission_is_told(mission, verb):
    plan = pklogistics.Plan.empty(stopped="time", mission="tiny-first")
    with pytest.raises(OptionsError, match="takes the mission first"):
        getattr(pklogistics, verb)(plan, mission)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_limit", -1),
        ("time_limit", float("nan")),
        ("time_limit", "60"),
        ("conflicts", -1),
        ("conflicts", 1.5),
    ],
)
def test_what_explaining_cannot_be_asked_is_refused(mission, name, value):
    plan = pklogistics.Plan.empty(stopped="time", mission="tiny-first")
    with pytest.raises(OptionsError, match=name):
        pklogistics.explain(mission, plan, **{name: value})


def test_one_change_need_not_be_in_a_list(mission):
    change = "needs.camp/food.people=+5"
    assert pklogistics.changed(mission, change).changes == (change,)
    assert pklogistics.changed(mission, [change]).changes == (change,)


def test_progress_tells_every_phase_in_order(mission):
    phases: list[str] = []
    pklogistics.solve(mission, progress=lambda progress: phases.append(progress.phase))
    told = list(dict.fromkeys(phases))
    assert told[0] == "compile"
    assert told[-1] == "check"
    assert set(told[1:-1]) <= {"mandate", "need", "cost"}


def test_should_stop_gives_the_best_plan_so_far(mission):
    plan = pklogistics.solve(mission, should_stop=lambda: True)
    assert plan.stopped == "stopped"
    assert plan.violations in ((), None)


def _solution(values, gaps):
    tiers = [
        TierSolution(n, 0.0, 0.0, gap, 0.0, "time")
        for n, gap in zip(("mandate", "need", "cost"), gaps, strict=True)
    ]
    return Solution(values, tuple(tiers), "time", 0.1, ("need: restarted",))


def test_nothing_found_is_a_plan_that_says_so(mission, monkeypatch):
    monkeypatch.setattr("pklogistics.pipeline.solve_program", lambda *_: _solution(None, (0.0, 0.0, 0.0)))
    plan = pklogistics.solve(mission)
    assert (plan.status, plan.stopped, plan.violations) == ("none", "time", None)
    assert plan.notes == ("need: restarted",)
    with pytest.raises(pklogistics.NoPlanError):
        pklogistics.check(mission, plan)


def test_a_plan_is_optimal_only_if_every_tier_is_proven(mission, monkeypatch):
    proven = pklogistics.solve(mission)
    assert proven.status == "optimal"

    def halfway(program, options):
        solution = pklogistics.solve.solve_program(program, options)
        *first, last = solution.tiers
        # Nothing but 0 is proven of the cost, which is 14000: a gap of 100%.
        unproven = TierSolution(last.name, last.value, 0.0, 1.0, last.seconds, "time")
        return Solution(solution.values.copy(), (*first, unproven), "time", solution.seconds)

    monkeypatch.setattr("pklogistics.pipeline.solve_program", halfway)
    plan = pklogistics.solve(mission)
    assert (plan.status, plan.stopped, plan.bound, plan.gap) == ("feasible", "time", 0.0, 1.0)
    assert pklogistics.solve(mission, gap=0.999).status == "feasible"


def test_an_interrupt_during_the_check_loses_no_plan(mission, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pklogistics.pipeline.check", interrupted)
    plan = pklogistics.solve(mission)
    assert (plan.stopped, plan.violations) == ("interrupted", None)
    assert plan.objective == pytest.approx(14000)


@pytest.mark.parametrize(
    "code",
    [
        "import pklogistics; f = pklogistics.solve, pklogistics.check, pklogistics.report",
        "from pklogistics import solve, check, report; f = solve, check, report",
        "import pklogistics.solve, pklogistics.check, pklogistics.report; import pklogistics as p;"
        " f = p.solve, p.check, p.report",
        "from pklogistics.solve.options import Options; from pklogistics.check.report import Violation;"
        " import pklogistics as p; f = p.solve, p.check, p.report",
    ],
)
def test_verbs_are_functions_whoever_imported_their_rooms_before(code):
    code += f"""
import pklogistics
mission = pklogistics.read({str(INSTANCES / "tiny-first")!r})
plan = f[0](mission, time_limit=60)
print(f[1](mission, plan).ok, len(f[2](mission, plan)) > 1000, pklogistics.solve.Options().gap)
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "True True 0.001\n"


def test_every_public_name_is_there_and_typos_are_errors():
    for name in pklogistics.__all__:
        assert getattr(pklogistics, name) is not None
    assert set(pklogistics.__all__) == set(dir(pklogistics))
    with pytest.raises(AttributeError, match="sovle"):
        pklogistics.sovle  # noqa: B018
