"""Templates: whole, explained, and solvable as they are."""

from __future__ import annotations

import json
from functools import cache

import openpyxl
import pandas as pd
import pytest

import pklogistics
from pklogistics.errors import OptionsError
from pklogistics.instance.schema import TABLES
from pklogistics.starter import PROFILES, new
from pklogistics.starter.profile import profile_of
from pklogistics.starter.selection import consistent
from tests.command import run
from tests.office import needs_office, saved_again

REQUIRED = ["sites", "activities", "needs", "organisations", "capabilities"]


@pytest.fixture(scope="module")
def book_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("new") / "mission.xlsx"
    run("new", path, "-q")
    return path


@pytest.fixture(scope="module")
def book(book_path):
    return openpyxl.load_workbook(book_path)


@cache
def started(profile=None, *tables):
    return new(profile, tables or None)


@pytest.mark.parametrize(
    ("profile", "tables"),
    [
        *((profile, ()) for profile in (None, *PROFILES)),
        *(
            (None, ("force",)),
            (None, ("supplies",)),
            ("preventive", ("supplies",)),
            (None, ("funding", "rules")),
        ),
    ],
)
def test_every_template_is_whole_and_beyond_doubt(profile, tables):
    mission = started(profile, *tables).mission
    assert mission.warnings == ()
    assert [name for name, frame in mission.tables.items() if not len(frame)] == []
    assert set(REQUIRED) <= set(mission.tables)
    if not tables:
        assert set(mission.tables) == set(TABLES)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_choice_of_a_profile_is_explained(profile):
    starter = started(profile)
    mission = starter.mission
    assert (mission.tables["activities"]["note"] != "").all()
    assert (mission.tables["units"]["note"] != "").all()
    policy = mission.header.as_document()["policy"]
    assert {f"policy.{key}" for key in policy} <= set(starter.notes)
    floors = mission.tables["needs"].dropna(subset=["min_coverage"])
    assert floors.groupby("activity")["note"].first().str.startswith("The mandated floor").all()


def test_profiles_are_what_their_operations_imply():
    activities = {name: set(started(name).mission.tables["activities"]["activity"]) for name in PROFILES}
    floors = {
        name: started(name).mission.tables["needs"].groupby("activity")["min_coverage"].max()
        for name in PROFILES
    }
    assert {"ceasefire_monitoring", "buffer_zone"} <= activities["traditional"]
    assert floors["traditional"]["buffer_zone"] == 1.0
    wanted = {"disarmament", "election_support", "police_training", "food"}
    assert wanted <= activities["multidimensional"]
    assert floors["robust"]["protection_by_force"] == 0.7
    assert [tier.name for tier in started("robust").mission.header.objective.tiers].index("risk") == 2
    assert {"early_presence", "mediation"} <= activities["preventive"]
    assert not started("preventive").mission.frame("units")["armed"].any()


def test_an_untouched_template_solves_to_an_example_plan(tmp_path):
    # A small one, so that the test is short; that the others hold together is tested above.
    path = tmp_path / "mission.xlsx"
    run("new", path, "--profile", "traditional", "--with", "force", "-q")
    record = json.loads(run("solve", path, "-o", tmp_path / "plan", "--gap", 0.05, "--json").stdout)
    assert (record["status"], record["violations"]) == ("optimal", [])
    coverage = pklogistics.Plan.load(tmp_path / "plan").tables["coverage"]
    held = coverage[coverage["activity"] == "buffer_zone"]
    assert (held["served"] >= held["people"] * 0.99).all()  # The floor is the whole zone.


def test_a_workbook_reads_back_as_the_mission_it_shows(book_path):
    assert pklogistics.read(book_path) == started().mission


def test_every_column_has_a_note_and_required_ones_stand_out(book):
    for name, table in TABLES.items():
        head = {cell.value: cell for cell in book[name][1]}
        for column in table.columns:
            text = head[column.name].comment.text
            assert column.description in text
            assert ("Required." in text) == column.required
            assert column.unit is None or column.unit in text
        colours = {column.required: head[column.name].fill.fgColor.rgb for column in table.columns}
        assert len(set(colours.values())) == len(colours)


def _rules(sheet):
    return {str(rule.sqref).split(":")[0].rstrip("2"): rule for rule in sheet.data_validations.dataValidation}


def test_names_and_choices_are_picked_from_lists(book):
    needs, presence, routes = (_rules(book[name]) for name in ("needs", "presence", "routes"))
    assert needs["A"].formula1 == "'sites'!$A$2:$A$2000"
    assert needs["A"].errorStyle == "warning"  # The site may be added to its sheet later.
    assert presence["F"].formula1 == '"agreed,allowed,refused,lead"'
    assert (needs["E"].type, needs["E"].formula1, needs["E"].formula2) == ("whole", "1", "5")
    assert routes["B"].formula1.startswith("lists!")
    assert book["lists"].sheet_state == "hidden"
    # As many places are listed as the drop-down offers.
    assert routes["B"].formula1 == f"lists!$A$2:$A${book['lists'].max_row}"
    assert book["lists"].max_row == 2_000
    # Excel takes no list in a formula longer than 255 characters.
    rules = [rule for sheet in book for rule in sheet.data_validations.dataValidation]
    assert len(rules) > 100
    assert all(len(rule.formula1) < 255 and len(rule.error) < 256 for rule in rules)


def test_the_guide_comes_first_and_text_stays_text(book):
    assert book.sheetnames[:2] == ["guide", "mission"]
    assert book["sites"].freeze_panes == "B2"
    assert book["sites"].column_dimensions["A"].number_format == "@"
    keys = {row[0].value: row for row in book["mission"].iter_rows(min_row=2)}
    assert keys["policy.medevac_minutes"][1].value == 120
    assert "Surgery within two hours" in keys["policy.medevac_minutes"][2].value
    assert keys["policy.max_open_depots"][1].value is None  # The default holds, and is told beside it.


def test_a_filled_workbook_solves_as_it_is(tmp_path):
    path = tmp_path / "mission.xlsx"
    run("new", path, "--with", "funding", "-q")
    book = openpyxl.load_workbook(path)
    for name in ("needs", "sites", "organisations", "capabilities", "activities", "funds", "earmarks"):
        book[name].delete_rows(2, 100)
    book["sites"].append(["007", "=Bond's place", None, None, "MI6"])
    book["activities"].append(["clinic", "Clinic", "health"])
    book["needs"].append(["007", "clinic", None, 100, 3])
    book["organisations"].append(["m", None, None, 0, 500])
    book["capabilities"].append(["m", "clinic", None, None, None, 10])
    book["funds"].append(["q", "Queen's purse", None, 1000])
    book["sites"]["B2"].data_type = "s"
    book["mission"]["B8"] = 1
    assert book["mission"]["A8"].value == "periods"
    book.save(path)
    record = json.loads(run("solve", path, "-o", tmp_path / "plan.xlsx", "--json").stdout)
    # 1,000 less 500 for the base serve 50 of the 100 at 10 each; the other 50 count threefold.
    assert [tier["value"] for tier in record["tiers"]] == pytest.approx([0, 150, 1000])


@needs_office
def test_libreoffice_changes_nothing(book_path, tmp_path):
    assert pklogistics.read(saved_again(book_path, tmp_path)) == started().mission


HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "007", "1e5", "TRUE", "2024-01-01", "1/2", "'a", "مستشفى")


@needs_office
def test_libreoffice_takes_no_name_for_a_formula_or_a_number(tmp_path):
    mission = pklogistics.Mission.from_tables(
        {"name": "=evil", "sources": ["=1+1", "b; c"], "currency": "@USD"},
        {
            "sites": [{"site": name, "name": name, "population": 1.25} for name in HOSTILE],
            "activities": [{"activity": "=a", "sector": "-s", "all_or_nothing": True}],
            "needs": [{"site": name, "activity": "=a", "people": 10} for name in HOSTILE],
            "organisations": [{"organisation": "+o"}],
            "capabilities": [{"organisation": "+o", "activity": "=a"}],
        },
    )
    pklogistics.write(mission, tmp_path / "m.xlsx")
    assert pklogistics.read(saved_again(tmp_path / "m.xlsx", tmp_path)) == mission


def test_a_folder_explains_itself(tmp_path):
    folder = tmp_path / "mission"
    run("new", folder, "--profile", "preventive", "--with", "force", "-q")
    assert pklogistics.read(folder) == started("preventive", "force").mission
    assert (
        "# Security points required at threat 0 to 4. Presence itself"
        in (folder / "mission.toml").read_text()
    )
    guide = (folder / "GUIDE.txt").read_text()
    assert "units.csv  A formed military or police unit" in guide
    assert "depots.csv" not in guide


def test_only_what_is_asked_for_is_there(tmp_path):
    record = json.loads(run("new", tmp_path / "m.json", "--with", "supplies, coverage", "--json").stdout)
    assert "depots" in record["tables"]
    assert "coverage" in record["tables"]
    assert "units" not in record["tables"]
    activities = started(None, "coverage").mission.frame("activities")
    assert (activities["provider"] == "organisation").all()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--with", "forces"), "did you mean 'force'?"),
        (("--with", "moon"), "the families are needs, coordination"),
        (("--profile", "heroic"), "'heroic' is not one of"),
    ],
)
def test_wrong_use_is_told_and_writes_nothing(tmp_path, words, told):
    assert told in " ".join(run("new", tmp_path / "m.xlsx", *words, code=2).stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_kept(tmp_path):
    path = tmp_path / "m.xlsx"
    path.write_text("mine")
    assert "is there already" in run("new", path, code=2).stderr
    assert path.read_text() == "mine"


def test_the_library_names_unknown_profiles():
    with pytest.raises(OptionsError, match="did you mean 'robust'"):
        profile_of("robsut")


def test_a_fund_that_loses_all_its_earmarks_goes_with_them():
    # Without earmarks it would pay for anything, which nobody wanted.
    given = {name: started(None, "funding").mission.tables[name] for name in [*REQUIRED, "funds", "earmarks"]}
    health = given["activities"]["sector"] == "health"
    left = consistent({**given, "activities": given["activities"][~health].reset_index(drop=True)})
    assert "health_grant" in set(given["funds"]["fund"])
    assert "health_grant" not in set(left["funds"]["fund"])
    assert not set(left["needs"]["activity"]) & {"health", "health_training"}
    assert isinstance(left["needs"], pd.DataFrame)
