"""The benchmark of other tools: its textbook core is our program, and what fails is told."""

from __future__ import annotations

import json

import pytest

import pklogistics
from benchmarks.peers import comparison, mathopt, ours
from benchmarks.peers.core import Core
from benchmarks.peers.run import Ended, last_object, run
from benchmarks.peers.solve import Script
from benchmarks.peers.tables import core_mission, core_of, weighted
from pklogistics.model.build import compile_mission


def two_towns(**tables):
    """Two towns, one organisation, 60,000 dollars: the mission of the README with a cost of mobilising."""
    return pklogistics.Mission.from_tables(
        {"name": "two towns"},
        {
            "sites": [{"site": "riverside"}, {"site": "hilltop"}],
            "activities": [{"activity": "clinic", "sector": "health"}],
            "needs": [
                {"site": "riverside", "activity": "clinic", "people": 9000},
                {"site": "hilltop", "activity": "clinic", "people": 4000, "weight": 3},
            ],
            "organisations": [{"organisation": "red_cross", "base_cost": 5000, "mobilisation_cost": 1000}],
            "capabilities": [{"organisation": "red_cross", "activity": "clinic", "cost_per_person": 8}],
            "funds": [{"fund": "pool", "amount": 60000}],
            **tables,
        },
    )


def optimum(core):
    model = mathopt.build(core)
    return mathopt.solve(model, mathopt.hand_over(model), 60.0)


def test_core_of_two_towns_has_the_argued_optimum() -> None:
    # Hilltop counts three times: all 4,000 are served, for 1,000 + 5,000 + 4,000 × 8 = 38,000. The 22,000
    # that are left open a base in Riverside and serve (22,000 − 5,000) ÷ 8 = 2,125 of 9,000. A person unmet
    # weighs 1 and a dollar 0.001, so serving one for 8 dollars pays: 6,875 + 60,000 × 0.001 = 6,935.
    assert optimum(core_of(weighted(two_towns()))) == pytest.approx(6935)


def test_core_breaks_a_floor_where_money_is_short() -> None:
    # All of Riverside is mandated, and one person below the mandate weighs 1,000: the money goes there, to
    # (60,000 − 6,000) ÷ 8 = 6,750 people. 2,250 remain, each 1,000 + 1; Hilltop's 4,000 weigh 3 each.
    needs = [
        {"site": "riverside", "activity": "clinic", "people": 9000, "min_coverage": 1},
        {"site": "hilltop", "activity": "clinic", "people": 4000, "weight": 3},
    ]
    best = 2250 * 1001 + 4000 * 3 + 60
    assert optimum(core_of(weighted(two_towns(needs=needs)))) == pytest.approx(best)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_core_is_the_program_that_we_compile(seed) -> None:
    mission = weighted(core_mission(8, seed))
    core = core_of(mission)
    said = mathopt.shape(mathopt.hand_over(mathopt.build(core)))
    compiled = ours.shape(ours.hand_over(ours.build(mission)))
    assert said[1] == compiled[1]
    assert optimum(core) == pytest.approx(ours.solve(mission, None, 600.0), rel=1e-6)


def test_core_is_read_back_as_it_was_saved(tmp_path) -> None:
    core = core_of(weighted(core_mission(8)))
    core.save(tmp_path / "core.npz")
    assert vars(Core.load(tmp_path / "core.npz").listed()) == vars(core.listed())


def test_core_refuses_what_the_tools_do_not_build() -> None:
    rules = [{"rule": "incompatible_sites", "sites": "riverside; hilltop"}]
    with pytest.raises(ValueError, match="tables rules"):
        core_of(two_towns(rules=rules))
    with pytest.raises(ValueError, match="several periods"):
        core_of(two_towns().replace({"periods": 2}))


def test_a_script_of_tiers_reaches_what_is_argued(capsys) -> None:
    # As above, in tiers: nothing is mandated, 6,875 are unmet, and all the money is spent on the others.
    Script(compile_mission(two_towns()).program, "highs", 30.0, seed=0).run()
    tiers = json.loads(capsys.readouterr().out.splitlines()[-1])["tiers"]
    assert [tier["tier"] for tier in tiers] == ["mandate", "need", "cost"]
    assert [tier["value"] for tier in tiers] == pytest.approx([0, 6875, 60000], rel=1e-5)
    assert tiers[2]["violation"] < 1e-6


def test_programs_of_other_sizes_or_optima_are_told() -> None:
    row = {"rows": 5, "columns": 4, "nonzeros": 9, "optimum": 100.0}
    assert comparison.differences({"pulp": row, "pyomo": {**row, "optimum": 100.00001}}) == []
    assert comparison.differences({"ours": {**row, "rows": 4}, "pulp": row}) == []
    assert comparison.differences({"pulp": row, "pyomo": {**row, "rows": 6}}) == ["rows: pulp 5, pyomo 6"]
    assert comparison.differences({"ours": {**row, "optimum": 101.0}, "pulp": row}) == [
        "optimum: ours 101.0, pulp 100.0"
    ]


def test_a_process_that_is_too_slow_or_fails_is_told() -> None:
    said = "import time; print('{\"tier\": 1}', flush=True); time.sleep(60)"
    slow = run("timeit", ["-n1", "-r1", said], 5.0)
    assert slow == Ended({"tier": 1}, "stopped after 5 s")
    failed = run("timeit", ["-n1", "-r1", "1/0"], 30.0)
    assert failed == Ended({}, "failed: ZeroDivisionError: division by zero")


def test_the_last_whole_object_counts() -> None:
    assert last_object('{"a": 1}\nwords\n{\n "a": {\n  "b": 2\n }\n}\nwords') == {"a": {"b": 2}}
    assert last_object('{"a": 1}\n{"a": 2') == {"a": 1}
    assert last_object("words") == {}


def test_a_tool_that_is_not_installed_is_told(monkeypatch, tmp_path) -> None:
    monkeypatch.setitem(comparison.TOOLS, "pulp", ("pulp", "no_such_package_of_ours"))
    trouble = comparison.agreed(["pulp"], tmp_path, 1.0)["pulp"]
    assert trouble.startswith("missing: ")
    assert "no_such_package_of_ours" in trouble
