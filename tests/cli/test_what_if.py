"""What if: plans of a changed mission say so, and whoever meets them with other changes is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import pklogistics
from pklogistics.plan import Plan
from tests.command import run

HEADER = {"name": "clinics", "currency": "USD", "periods": 2, "objective": {"tiers": ["mandate", "need"]}}
FUND = "CERF, côte d'urgence"
TABLES: dict[str, list[dict[str, Any]]] = {
    "sites": [{"site": "hill"}, {"site": "river"}],
    "activities": [{"activity": "clinic", "sector": "health"}],
    "needs": [{"site": site, "activity": "clinic", "people": 100} for site in ("hill", "river")],
    "organisations": [{"organisation": "msf"}],
    "capabilities": [{"organisation": "msf", "activity": "clinic", "cost_per_person": 1}],
    "funds": [{"fund": FUND, "amount": 300}, {"fund": "bilateral", "donor": "Norway", "amount": 50}],
    "earmarks": [{"fund": "bilateral", "site": "hill"}],
}
MORE = f"funds.{FUND}.amount=+20"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mission, and the plans of it and of one with 20 dollars more."""
    folder = tmp_path_factory.mktemp("what-if")
    pklogistics.write(pklogistics.Mission.from_tables(HEADER, TABLES), folder / "mission.json")
    run("solve", folder / "mission.json", "-o", folder / "plan", "-q")
    for name in ("more", "more.xlsx"):
        run("solve", folder / "mission.json", "--set", MORE, "-o", folder / name, "-q")
    return folder


def answer(*words: object, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code).stdout)


@pytest.mark.parametrize("name", ["more", "more.xlsx"])
def test_a_plan_records_what_it_was_made_with(folder: Path, name: str) -> None:
    plan = Plan.load(folder / name)
    assert (plan.mission, plan.changes) == ("clinics", (MORE,))
    assert Plan.load(folder / "plan").changes == ()


def test_a_plan_of_before_it_was_recorded_says_nothing_of_it(folder: Path, tmp_path: Path) -> None:
    Plan.load(folder / "more").save(tmp_path / "old")
    record = json.loads((tmp_path / "old" / "plan.json").read_text(encoding="utf-8"))
    del record["changes"]
    (tmp_path / "old" / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    assert Plan.load(tmp_path / "old").changes == ()
    result = run("check", folder / "mission.json", tmp_path / "old", "--set", MORE)
    assert "the plan does not say that it was made with --set" in result.stderr


@pytest.mark.parametrize("name", ["more", "more.xlsx"])
def test_whoever_forgets_what_a_plan_was_made_with_is_told(folder: Path, name: str) -> None:
    # 320 + 50 of the 400 are spent, and the fund holds 300.
    words = folder / "mission.json", folder / name
    told = """made with --set 'funds.CERF, côte d'"'"'urgence.amount=+20': give the same"""
    for verb in ("check", "explain"):
        result = run(verb, *words, code=1)
        assert told in result.stderr
        assert told not in run(verb, *words, "--set", MORE).stderr
    found = answer("check", *words, code=1)
    assert found["changes"] == [MORE]
    # That it is too much is what is wrong, and not what the plan repeats of its own mission.
    assert [violation["rule"] for violation in found["violations"]] == ["F2"]
    other = run("check", *words, "--set", f"funds.{FUND}.amount=+10", code=1).stderr
    assert "give the same in place of --set" in other


def test_the_order_of_changes_that_leave_one_another_alone_does_not_matter(
    folder: Path, tmp_path: Path
) -> None:
    both = ("--set", MORE), ("--set", "funds.bilateral.amount=+5")
    run("solve", folder / "mission.json", *both[0], *both[1], "-o", tmp_path / "plan", "-q")
    result = run("check", folder / "mission.json", tmp_path / "plan", *both[1], *both[0])
    assert "made with" not in result.stderr


def test_the_order_of_changes_of_one_cell_does_matter(folder: Path, tmp_path: Path) -> None:
    # Twice what there is and 20 more is not twice what there is with 20 more.
    both = ("--set", MORE), ("--set", f"funds.{FUND}.amount=*2")
    run("solve", folder / "mission.json", *both[0], *both[1], "-o", tmp_path / "one", "-q")
    run("solve", folder / "mission.json", *both[1], *both[0], "-o", tmp_path / "other", "-q")
    result = run("check", folder / "mission.json", tmp_path / "other", *both[0], *both[1])
    assert "give the same in place of --set" in result.stderr
    assert "A was made with --set" in run("compare", tmp_path / "one", tmp_path / "other").stderr


@pytest.mark.parametrize(
    "changes",
    [
        ["funds.*.amount=+5"],
        ["funds.bilateral.donor=Sweden"],
        ["earmarks.2.sector=health", "earmarks.2.site=none"],
    ],
)
def test_a_plan_that_keeps_the_rules_of_a_changed_mission_is_not_refused(
    folder: Path, changes: list[str]
) -> None:
    # What funds hold, who gave it and what it is for is said of the mission as it was; payments still hold.
    given = [word for change in changes for word in ("--set", change)]
    result = run("check", folder / "mission.json", folder / "plan", *given)
    assert "the plan does not say that it was made with --set" in result.stderr


def test_a_plan_that_breaks_the_rules_of_a_changed_mission_is_refused(folder: Path) -> None:
    words = folder / "mission.json", folder / "plan"
    for change, rule in (("funds.*.amount=*0.5", "F2"), ("earmarks.2.site=river", "F1")):
        found = answer("check", *words, "--set", change, code=1)
        assert {violation["rule"] for violation in found["violations"]} == {rule}


def test_a_plan_that_is_wrong_of_its_own_mission_is_still_found_out(folder: Path, tmp_path: Path) -> None:
    plan = Plan.load(folder / "plan")
    run("solve", folder / "mission.json", "-o", tmp_path / "plan", "-q")
    funds = (tmp_path / "plan" / "funds.csv").read_text(encoding="utf-8")
    assert plan.tables["funds"]["amount"].tolist() == [300, 50]
    (tmp_path / "plan" / "funds.csv").write_text(funds.replace("50,50,0", "70,50,20"), encoding="utf-8")
    found = answer("check", folder / "mission.json", tmp_path / "plan", code=1)
    assert {violation["rule"] for violation in found["violations"]} == {"tables"}
    # What is left must be what was said to be there less what is paid, whatever the changes.
    (tmp_path / "plan" / "funds.csv").write_text(funds.replace("50,50,0", "50,50,20"), encoding="utf-8")
    found = answer("check", folder / "mission.json", tmp_path / "plan", "--set", "funds.*.amount=+5", code=1)
    assert [violation["message"].split(" of ")[0] for violation in found["violations"]] == [
        "table 'funds': left"
    ]


def test_what_a_plan_was_made_with_is_told_wherever_it_is_shown(folder: Path, tmp_path: Path) -> None:
    told = "What if: made with --set"
    assert told in " ".join(run("solve", folder / "mission.json", "--set", MORE).stdout.split())
    assert told not in run("solve", folder / "mission.json").stdout
    said = run("compare", folder / "plan", folder / "more").stderr
    assert "A was made with no --set, B with --set" in said
    assert "made with" not in run("compare", folder / "more", folder / "more.xlsx").stderr
    page = tmp_path / "page.html"
    words = folder / "mission.json", folder / "more", "--set", MORE
    run("report", *words, "-o", page, "--time-limit", "0", "-q")
    assert told in page.read_text(encoding="utf-8")
    sheet = openpyxl.load_workbook(folder / "more.xlsx")["summary"]
    assert any(told in str(row[0].value) for row in sheet.iter_rows(max_row=6))


def test_a_change_in_python_is_recorded_as_well(folder: Path) -> None:
    mission = pklogistics.read(folder / "mission.json")
    more = pklogistics.changed(mission, [MORE, "policy.max_organisations=2"])
    assert (mission.changes, more.changes) == ((), (MORE, "policy.max_organisations=2"))
    assert pklogistics.changed(more, []).changes == more.changes
    assert pklogistics.solve(more, threads=1).changes == more.changes
    assert pklogistics.rule_of_thumb(more).changes == more.changes
    assert pklogistics.rule_of_thumb(more).violations == ()
