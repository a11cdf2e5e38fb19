"""The command line as a person and a script meet it: answers, messages and exit codes."""

from __future__ import annotations

import importlib
import json
import shutil
import signal
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

import pklogistics
from pklogistics import pipeline
from pklogistics.cli import app, reasoning
from pklogistics.errors import PlanError
from pklogistics.explain import certificate
from pklogistics.plan import Plan
from pklogistics.solve import Solution, TierSolution

INSTANCES = Path(__file__).resolve().parents[2] / "instances"
FIRST = str(INSTANCES / "tiny-first")


def run(*words: object, code: int = 0):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def answer(*words: object, code: int = 0):
    """Run with --json and return the one object that standard output must be."""
    return json.loads(run(*words, "--json", code=code).stdout)


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """The first mission, solved once: the answer and where the plan stands.

    Reasons have as long as they take: on a slow machine they must not be others than those of `report`.
    """
    folder = tmp_path_factory.mktemp("solved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reasoning, "_LEAST", 600.0)
        return answer("solve", FIRST, "-o", folder / "plan", "--report", folder / "plan.html"), folder


@pytest.fixture
def invalid(tmp_path):
    """A mission with one mistake: the need in row 2 names an activity that is not there."""
    shutil.copytree(FIRST, tmp_path / "invalid")
    needs = tmp_path / "invalid" / "needs.csv"
    needs.write_text(needs.read_text().replace("camp,food", "camp,fod"))
    return tmp_path / "invalid"


def test_solve_answers_with_exactly_the_promised_keys(solved):
    record, folder = solved
    assert list(record) == [
        *(
            "mission",
            "changes",
            "status",
            "stopped",
            "tiers",
            "objective",
            "bound",
            "gap",
            "seconds",
            "violations",
            "plan",
            "rule_of_thumb",
            "rule_of_thumb_missing",
            "rule_of_thumb_violations",
        )
    ]
    phases = ["read", "compile", "solve", "check", "explain", "rule_of_thumb"]
    assert list(record["seconds"]) == [*phases, "total"]
    parts = [record["seconds"][phase] for phase in phases]
    assert min(parts) > 0
    assert record["seconds"]["total"] == pytest.approx(sum(parts))
    # The mission's own description argues these: nobody's mandate is broken, 500 people stay without
    # because both organisations together carry 3500 of 4000, and 14000 USD is the least that costs.
    assert [list(tier) for tier in record["tiers"]] == [["name", "value", "bound", "gap"]] * 3
    values = {tier["name"]: tier["value"] for tier in record["tiers"]}
    assert values == {"mandate": 0, "need": pytest.approx(500), "cost": pytest.approx(14000)}
    assert record["objective"] == record["tiers"][-1]["value"]
    assert (record["mission"], record["status"], record["stopped"]) == ("tiny-first", "optimal", "gap")
    assert record["violations"] == []
    assert record["plan"] == str(folder / "plan")


def test_solve_writes_plan_and_report(solved):
    record, folder = solved
    plan = Plan.load(folder / "plan")
    assert plan.objective == pytest.approx(14000)
    assert dict(plan.seconds) == record["seconds"]
    assert plan.violations == ()
    assert "tiny-first" in (folder / "plan.html").read_text(encoding="utf-8")
    assert sorted(entry.name for entry in folder.iterdir()) == ["plan", "plan.html"]


def test_solve_writes_a_workbook_and_nothing_without_output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert answer("solve", FIRST)["plan"] is None
    assert list(tmp_path.iterdir()) == []
    run("solve", FIRST, "-o", "plan.xlsx", "-q")
    assert Plan.load("plan.xlsx").objective == pytest.approx(14000)


def test_people_get_a_summary_on_stdout_and_messages_on_stderr(tmp_path):
    result = run("solve", FIRST, "-o", tmp_path / "plan")
    for words in ("tiny-first", "14,000", "food security", "90%", "every rule, cost and tier holds"):
        assert words in result.stdout  # 4500 of 5000 people are covered: 90%.
    assert "plan written to" not in result.stdout
    assert "plan written to" in result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "\x1b" not in result.stdout


def test_quiet_says_nothing(tmp_path):
    for words in (
        ("solve", FIRST, "-o", tmp_path / "plan"),
        ("validate", FIRST),
        ("convert", FIRST, tmp_path / "mission.json"),
        ("check", FIRST, tmp_path / "plan"),
    ):
        assert run(*words, "-q").output == ""


def test_solve_says_when_nothing_is_found(tmp_path, monkeypatch):
    tiers = tuple(
        TierSolution(name, float("nan"), bound, float("inf"), 0.0, "time")
        for name, bound in (("mandate", 0.0), ("need", float("-inf")), ("cost", float("-inf")))
    )
    empty = Solution(None, tiers, "time", 0.1)
    monkeypatch.setattr("pklogistics.pipeline.solve_program", lambda program, options: empty)
    record = answer("solve", FIRST, "-o", tmp_path / "plan", "--report", tmp_path / "plan.html", code=3)
    assert (record["status"], record["stopped"], record["plan"]) == ("none", "time", None)
    assert (record["objective"], record["bound"], record["gap"]) == (None, None, None)
    assert record["tiers"][0] == {"name": "mandate", "value": None, "bound": 0.0, "gap": None}
    assert record["violations"] == []
    assert list(tmp_path.iterdir()) == []
    assert "No plan was found" in run("solve", FIRST, code=3).stdout


def test_solve_says_so_when_its_own_plan_breaks_a_rule(tmp_path, monkeypatch):
    decode = pipeline.decode

    def careless(model, values):
        tables = decode(model, values)
        tables["service"]["people"] += 1.0
        return tables

    monkeypatch.setattr("pklogistics.pipeline.decode", careless)
    record = answer("solve", FIRST, "-o", tmp_path / "plan", code=1)
    assert record["violations"]
    assert {"rule", "keys", "period", "amount", "unit", "message"} <= set(record["violations"][0])
    assert list(Plan.load(tmp_path / "plan").violations) == record["violations"]


def test_validate_says_yes(solved):
    assert answer("validate", FIRST) == {"ok": True, "problems": []}
    assert "The mission tiny-first is valid" in run("validate", FIRST).stdout


def test_validate_says_no_and_where(invalid):
    record = answer("validate", invalid, code=1)
    assert record["ok"] is False
    problem = record["problems"][0]
    assert list(problem) == ["file", "row", "column", "value", "message", "severity"]
    assert (problem["file"], problem["row"], problem["column"], problem["value"]) == (
        *("needs.csv", 2, "activity", "fod"),
    )
    assert "food" in problem["message"]  # The nearest known name.
    text = run("validate", invalid, code=1).stdout
    assert "error: needs.csv row 2:" in text
    assert "is not valid: 1 error" in text


@pytest.mark.parametrize("verb", [["solve"], ["check"], ["convert"]])
def test_every_verb_refuses_an_invalid_mission(invalid, verb, tmp_path, solved):
    last = {"solve": [], "check": [solved[1] / "plan"], "convert": [tmp_path / "copy"]}[verb[0]]
    record = answer(*verb, invalid, *last, code=1)
    assert list(record) == ["ok", "error", "problems"]
    assert record["problems"][0]["file"] == "needs.csv"
    result = run(*verb, invalid, *last, code=1)
    assert result.stdout == ""
    assert "needs.csv row 2" in result.stderr


def test_check_says_yes(solved):
    record = answer("check", FIRST, solved[1] / "plan")
    assert (record["ok"], record["violations"], record["mission"]) == (True, [], "tiny-first")
    assert record["tiers"][2] == {
        **{"name": "cost", "value": pytest.approx(14000), "reported": pytest.approx(14000)}
    }
    assert "Every rule, cost and tier holds" in run("check", FIRST, solved[1] / "plan").stdout


def test_check_says_no_and_why(solved, tmp_path):
    shutil.copytree(solved[1] / "plan", tmp_path / "plan")
    service = tmp_path / "plan" / "service.csv"
    assert "2500" in service.read_text()
    service.write_text(service.read_text().replace("2500", "2600"))  # The agency carries 2500 a site (C1).
    record = answer("check", FIRST, tmp_path / "plan", code=1)
    assert record["ok"] is False
    assert "C1" in {violation["rule"] for violation in record["violations"]}
    assert "C1" in run("check", FIRST, tmp_path / "plan", code=1).stdout


def test_check_warns_of_another_missions_plan(solved):
    result = run("check", INSTANCES / "tiny-bases", solved[1] / "plan", code=1)
    assert "for the mission 'tiny-first'" in result.stderr


def test_report_writes_the_page_and_tells_the_minute(solved, tmp_path):
    _, folder = solved
    page = tmp_path / "page.html"
    record = answer("report", FIRST, folder / "plan", "-o", page)
    assert record == {"ok": True, "mission": "tiny-first", "report": str(page), "bytes": page.stat().st_size}
    assert page.read_text() == (folder / "plan.html").read_text()  # What solve writes of the same plan.
    result = run("report", FIRST, folder / "plan", "-o", page)
    assert "What is reached? 90% of all needs" in result.stdout  # 500 of 5000 stay without.
    assert f"report written to {page}" in result.stderr.replace("\n", "")
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert run("report", FIRST, folder / "plan", "-o", page, "-q").output == ""


def test_the_page_of_solve_tells_reasons_and_the_rule_of_thumb(solved):
    page = (solved[1] / "plan.html").read_text(encoding="utf-8")
    for words in ("Shortfalls and what binds", "serves as many as its", "Beside the rule of thumb"):
        assert words in page


@pytest.mark.parametrize(
    ("error", "words"),
    [(PlanError("it breaks C1"), "it breaks C1"), (RuntimeError("a bug"), "itself, RuntimeError: a bug")],
)
def test_a_page_never_fails_for_want_of_reasons(solved, tmp_path, monkeypatch, error, words):
    def fails(*_args, **_keys):
        raise error

    monkeypatch.setattr("pklogistics.explain.explain", fails)
    monkeypatch.setattr("pklogistics.explain.thumb.rule_of_thumb", fails)
    page = tmp_path / "page.html"
    result = run("report", FIRST, solved[1] / "plan", "-o", page)
    said = " ".join(result.stderr.split())
    assert "no reasons are told" in said
    assert "the rule of thumb is not told" in said
    assert words in said
    assert "Shortfalls, the gravest first" in page.read_text()  # As the tables of the plan have them.


def test_a_page_can_do_without_reasons(solved, tmp_path):
    page = tmp_path / "page.html"
    run("report", FIRST, solved[1] / "plan", "-o", page, "--time-limit", "0")
    assert "rule of thumb" not in page.read_text()


def test_report_refuses_what_it_cannot_read_or_replace(solved, tmp_path):
    plan = solved[1] / "plan"
    (tmp_path / "areas.geojson").write_text("{}")
    words = ("report", FIRST, plan, "-o", tmp_path / "page.html", "--boundaries")
    assert "GeoJSON FeatureCollection" in run(*words, tmp_path / "areas.geojson", code=1).output
    assert "nothing at" in run(*words, tmp_path / "none.geojson", code=2).output
    (tmp_path / "mine.html").write_text("<p>mine</p>")
    assert "not a report" in run("report", FIRST, plan, "-o", tmp_path / "mine.html", code=2).output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["areas.geojson", "mine.html"]


def test_report_warns_of_another_missions_plan(solved, tmp_path):
    other = INSTANCES / "tiny-staff"
    result = run("report", other, solved[1] / "plan", "-o", tmp_path / "page.html")
    assert "the plan is for the mission 'tiny-first'" in result.stderr


def test_convert_goes_round_without_loss(tmp_path):
    places = [tmp_path / "mission.json", tmp_path / "mission.xlsx", tmp_path / "mission"]
    source = FIRST
    for place in places:
        record = answer("convert", source, place)
        assert record == {"ok": True, "mission": "tiny-first", "source": str(source), "target": str(place)}
        source = place
    assert pklogistics.read(places[-1]) == pklogistics.read(FIRST)
    assert len(list(tmp_path.iterdir())) == 3


def test_convert_replaces_only_when_told(tmp_path):
    target = tmp_path / "mission.json"
    run("convert", FIRST, target)
    assert "--overwrite" in run("convert", FIRST, target, code=2).stderr
    run("convert", FIRST, target, "--overwrite")


def test_convert_refuses_to_lose_anything(tmp_path, monkeypatch):
    read = pklogistics.instance.read

    def forgetful(path):
        mission = read(path)
        return mission if str(path) == FIRST else mission.replace(header={"name": "forgotten"})

    monkeypatch.setattr("pklogistics.instance.read", forgetful)
    record = answer("convert", FIRST, tmp_path / "mission.json", code=1)
    assert "without loss" in record["error"]
    assert list(tmp_path.iterdir()) == []


def test_schema_of_everything_and_of_one_table():
    whole = json.loads(run("schema").stdout)
    assert whole["$schema"].startswith("https://json-schema.org/")
    assert whole == answer("schema")
    needs = answer("schema", "needs")
    assert needs["properties"]["people"]["unit"] == "people"
    assert needs["required"] == ["site", "activity", "people"]
    text = run("schema", "needs").stdout
    assert "min_coverage" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "did you mean 'needs'" in run("schema", "need", code=2).stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["solve", "nowhere"], "there is nothing at nowhere"),
        (["validate", "nowhere"], "there is nothing at nowhere"),
        (["check", FIRST, "nowhere"], "there is nothing at nowhere"),
        (["convert", FIRST, "nowhere/mission.json"], "make it first"),
        (["solve"], "--help"),
        (["solve", FIRST, "--colour", "red"], "--colour"),
        (["solve", FIRST, "--gap", "much"], "valid"),
        (["solve", FIRST, "--gap", "-1"], "gap is -1.0"),
        (["solve", FIRST, "--time-limit", "0"], "time_limit"),
        (["solve", FIRST, "--threads", "0"], "threads"),
        (["solve", FIRST, "--workers", "0"], "workers"),
        (["solve", FIRST, "--workers", "2", "--scheduler", "tcp://host:1"], "workers of its own"),
        (["solve", FIRST, "--seed", "-1"], "seed"),
        (["solve", FIRST, "--solver", "magic"], "highs"),
        (["solve", FIRST, "-o", "plan.csv"], "folder or a workbook"),
        (["solve", FIRST, "-o", "."], "the folder you are in"),
        (["solve", FIRST, "--report", "plan.pdf"], ".html"),
        (["sovle", FIRST], "solve"),
    ],
)
def test_wrong_use_is_explained_and_nothing_is_written(words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*words, code=2)
    assert result.stdout == ""
    assert message in result.stderr
    record = answer(*words, code=2)
    assert (record["ok"], record["problems"]) == (False, [])
    assert record["error"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_a_plan_or_report_is_left_alone(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    (tmp_path / "page.html").write_text("<p>my own page</p>")
    run("solve", FIRST, "-o", tmp_path / "thesis", code=2)
    run("solve", FIRST, "--report", tmp_path / "page.html", code=2)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"
    assert (tmp_path / "page.html").read_text() == "<p>my own page</p>"


def test_an_earlier_plan_and_report_are_replaced(solved, tmp_path):
    shutil.copytree(solved[1] / "plan", tmp_path / "plan")
    (tmp_path / "plan" / "service.csv").write_text("old")
    shutil.copy(solved[1] / "plan.html", tmp_path / "plan" / "plan.html")
    run("solve", FIRST, "-o", tmp_path / "plan", "--report", tmp_path / "plan" / "plan.html")
    assert Plan.load(tmp_path / "plan").objective == pytest.approx(14000)
    assert (tmp_path / "plan" / "plan.html").exists()


def test_a_full_disk_is_told_in_words(tmp_path, monkeypatch):
    def full(*_args, **_keys):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pklogistics.plan.folder.json", SimpleNamespace(dumps=full))
    result = run("solve", FIRST, "-o", tmp_path / "plan", code=1)
    assert "No space left on device" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_program_is_owned_up_to(monkeypatch):
    def broken(*_args, **_keys):
        raise RuntimeError("a bug")

    monkeypatch.setattr("pklogistics.pipeline.compile_mission", broken)
    assert "its own fault: RuntimeError: a bug" in run("solve", FIRST, code=1).stderr
    monkeypatch.setenv("PKLOGISTICS_TRACEBACK", "1")
    assert isinstance(CliRunner().invoke(app, ["solve", FIRST]).exception, RuntimeError)


def test_ctrl_c_before_anything_is_found(monkeypatch):
    def interrupted(_path):
        raise KeyboardInterrupt

    monkeypatch.setattr("pklogistics.instance.read", interrupted)
    assert answer("solve", FIRST, code=130)["error"].startswith("interrupted")
    assert "interrupted" in run("validate", FIRST, code=130).stderr


@pytest.mark.parametrize(
    ("stage", "phases"),
    [("explain.explain", ["explain"]), ("explain.thumb.rule_of_thumb", ["explain", "rule_of_thumb"])],
)
def test_ctrl_c_beside_a_plan_loses_nothing(stage, phases, tmp_path, monkeypatch):
    folder, seen = tmp_path / "plan", []

    def interrupted(*_args, **_keys):
        seen.append(Plan.load(folder))  # It is there, whole, before anything is told beside it.
        raise KeyboardInterrupt

    monkeypatch.setattr(f"pklogistics.{stage}", interrupted)
    record = answer("solve", FIRST, "-o", folder, code=130)
    assert [(plan.objective, plan.stopped) for plan in seen] == [(pytest.approx(14000), "gap")]
    assert (record["stopped"], record["status"], record["rule_of_thumb"]) == ("interrupted", "optimal", None)
    assert record["rule_of_thumb_missing"] == "it was interrupted"
    assert list(record["seconds"]) == ["read", "compile", "solve", "check", *phases, "total"]
    left = Plan.load(folder)
    assert (left.objective, left.violations) == (pytest.approx(14000), ())
    assert dict(left.seconds) == record["seconds"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan"]


def test_a_fault_beside_a_plan_leaves_it_on_disk(tmp_path, monkeypatch):
    def broken(*_args):
        raise RuntimeError("a bug")

    monkeypatch.setattr("pklogistics.explain.shortfalls.reasons.with_reasons", broken)
    result = run("solve", FIRST, "-o", tmp_path / "plan", code=1)
    assert "plan written to" in result.stderr
    assert Plan.load(tmp_path / "plan").objective == pytest.approx(14000)
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan"]


def test_help_and_version():
    assert "solve" in run("--help").stdout
    assert run("--version").stdout == f"pklogistics {pklogistics.__version__}\n"
    assert "validate" in run(code=2).stderr


def test_names_cannot_reach_through_to_the_terminal(invalid):
    needs = invalid / "needs.csv"
    needs.write_text(needs.read_text().replace("fod", "\x1b[31m\u202efod"))
    result = run("validate", invalid, code=1)
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_explain_tells_why_and_what_more_would_serve(solved):
    _, folder = solved
    record = answer("explain", FIRST, folder / "plan")
    (shortfall,) = record["shortfalls"]
    assert (shortfall["site"], shortfall["kind"], shortfall["proven"]) == ("camp", "max_people", True)
    assert record["limits"][0]["table"] == "capabilities"
    shown = run("explain", FIRST, folder / "plan").stdout
    assert "serves as many as its" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_if_and_compare(solved, tmp_path):
    # 500 of 5000 wait because both serve as many as they can; 300 more from the agency, and 200 wait.
    _, folder = solved
    run("solve", FIRST, "--set", "capabilities.agency.max_people=+300", "-o", tmp_path / "more", "-q")
    record = answer("compare", folder / "plan", tmp_path / "more")
    measures = {line["measure"]: line for line in record["measures"]}
    reached = [measures["people reached"][name] for name in ("first", "second", "difference")]
    assert reached == [pytest.approx(4500), pytest.approx(4800), pytest.approx(300)]
    assert [line["site"] for line in record["differences"]] == ["camp"]
    shown = run("compare", folder / "plan", tmp_path / "more").stdout
    assert "people reached" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "tier need (weighted people)" in shown
    assert "+6.0 points" in shown  # 300 of 5000.
    assert "two missions" not in run("compare", folder / "plan", tmp_path / "more").output
    refused = answer("solve", FIRST, "--set", "capabilities.agensy.max_people=1", code=2)
    assert "did you mean 'agency'" in refused["error"]


def test_compare_says_what_cannot_be_held_against_each_other(solved, tmp_path):
    _, folder = solved
    run("solve", INSTANCES / "tiny-pipeline", "-o", tmp_path / "other", "-q")
    said = " ".join(run("compare", folder / "plan", tmp_path / "other").stderr.split())
    assert "A for 'tiny-first', B for 'tiny-pipeline'" in said
    assert "A has 1 period, B 4 periods" in said
    run("convert", FIRST, tmp_path / "mission.xlsx", "-q")
    for mission in (FIRST, tmp_path / "mission.xlsx"):
        error = answer("compare", folder / "plan", mission, code=1)["error"]
        assert "it is a mission, of which `pklogistics solve` makes a plan" in error
    assert "it is a mission" not in answer("compare", folder / "plan", tmp_path, code=1)["error"]


def test_a_plan_of_a_changed_mission_is_explained_checked_and_reported_with_the_same_change(tmp_path):
    change = ("--set", "capabilities.agency.max_people=+300")
    run("solve", FIRST, "-o", tmp_path / "more", *change, "-q")
    words = FIRST, tmp_path / "more"
    # Of 4000 in the camp 2500 + 300 + 1000 are served, which the mission as it stands does not allow.
    told = "this plan was made with --set capabilities.agency.max_people=+300: give the same"
    assert told in answer("explain", *words, code=1)["error"]
    assert not answer("check", *words, code=1)["ok"]
    for verb in ("check", "explain"):
        assert told in run(verb, *words, code=1).stderr
    assert answer("check", *words, *change)["changes"] == ["capabilities.agency.max_people=+300"]
    assert "made with" not in run("check", *words, *change).stderr
    shortfall = answer("explain", *words, *change)["shortfalls"][0]
    assert shortfall["unmet"] == pytest.approx(200)
    assert answer("check", *words, *change)["ok"]
    assert answer("report", *words, *change, "-o", tmp_path / "page.html")["ok"]
    wrong = ("--set", "capabilities.agency.max_peopel=1")
    for verb in ("explain", "check"):
        assert "did you mean 'max_people'?" in answer(verb, *words, *wrong, code=2)["error"]


def test_an_explanation_and_a_proof_may_take_as_long_as_they_need(solved):
    _, folder = solved
    endless = (FIRST, folder / "plan", "--time-limit", "inf")
    assert not answer("explain", *endless)["notes"]
    assert all(proof["finished"] for proof in answer("check", *endless, "--bound")["bound"])


def test_check_proves_the_bound_anew(solved):
    _, folder = solved
    record = answer("check", FIRST, folder / "plan", "--bound")
    proofs = {proof["tier"]: proof for proof in record["bound"]}
    assert proofs["need"]["proven"] == pytest.approx(500)
    assert proofs["need"]["by"] == "glop"  # The plan is HiGHS's.
    assert "Proven here" in run("check", FIRST, folder / "plan", "--bound").stdout


def test_an_interrupted_explanation_tells_what_is_known_and_ends_as_interrupted(solved, monkeypatch):
    module = importlib.import_module("pklogistics.explain.explain")
    shortfalls = module.explain_shortfalls

    def pressed(questions, wording, until):
        told = shortfalls(questions, wording, until)
        signal.raise_signal(signal.SIGINT)
        return told

    monkeypatch.setattr(module, "explain_shortfalls", pressed)
    _, folder = solved
    record = answer("explain", FIRST, folder / "plan", code=130)
    assert record["interrupted"]
    assert record["shortfalls"][0]["proven"]
    assert "2 of 2 values are not confirmed: it was interrupted" in "; ".join(record["notes"])
    assert "not confirmed: it was interrupted" in run("explain", FIRST, folder / "plan", code=130).stdout
    page = folder / "page.html"
    assert "nothing is written" in run("report", FIRST, folder / "plan", "-o", page, code=130).stderr
    assert not page.exists()


def test_an_interrupted_proof_tells_what_was_proven_and_ends_as_interrupted(solved, monkeypatch):
    @contextmanager
    def pressed():
        yield SimpleNamespace(pressed=True)

    monkeypatch.setattr(certificate, "interrupts", pressed)
    _, folder = solved
    record = answer("check", FIRST, folder / "plan", "--bound", code=130)
    assert record["ok"]
    proofs = {proof["tier"]: proof for proof in record["bound"]}
    assert (proofs["need"]["finished"], proofs["need"]["interrupted"]) == (False, True)
    assert "it was interrupted" in run("check", FIRST, folder / "plan", "--bound", code=130).stdout


def test_solve_compares_with_the_rule_of_thumb(solved):
    record, _ = solved
    spent = next(line for line in record["rule_of_thumb"] if line["measure"] == "money spent")
    assert (spent["plan"], spent["thumb"]) == (pytest.approx(14000), pytest.approx(14500))
    assert (record["rule_of_thumb_missing"], record["rule_of_thumb_violations"]) == (None, [])


def test_why_there_is_no_rule_of_thumb_is_told_to_machines(tmp_path, monkeypatch):
    keys = "rule_of_thumb", "rule_of_thumb_missing", "rule_of_thumb_violations"
    record = answer("solve", FIRST, "-q")
    assert [record[key] for key in keys] == [
        None,
        "it is left out with --quiet, where no --report is asked for",
        None,
    ]
    whole = pklogistics.rule_of_thumb
    for made, told in (
        (lambda mission: whole(mission, time_limit=0.0), "was not worked out in time"),
        (lambda mission: Plan.empty("first", "stopped"), "brings no goods where they are needed"),
        (lambda mission: 1 / 0, "a fault of pklogistics itself, ZeroDivisionError: division by zero"),
    ):
        monkeypatch.setattr("pklogistics.explain.thumb.rule_of_thumb", made)
        record = answer("solve", FIRST)
        assert [record[key] for key in keys] == [None, told, None]
    violation = {
        "rule": "C3",
        "keys": {},
        "period": 1,
        "amount": 1.0,
        "unit": "people",
        "message": "too many",
    }
    monkeypatch.setattr(
        "pklogistics.explain.thumb.rule_of_thumb",
        lambda mission: replace(whole(mission), violations=(violation,)),
    )
    record = answer("solve", FIRST)
    assert (record["rule_of_thumb_missing"], record["rule_of_thumb_violations"]) == (None, [violation])
    assert record["rule_of_thumb"]
