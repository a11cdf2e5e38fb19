"""Humanitarian sheets on the command line: what people and scripts are told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest

import pklogistics
from tests.command import run
from tests.exchange.hxl.sheets import mission, sheet

REFERENCE = Path(os.environ.get("PKLOGISTICS_REFERENCE", ""))
public = pytest.mark.skipif(
    not (REFERENCE / "ocha_hno").is_dir(),
    reason="set PKLOGISTICS_REFERENCE to the folder of public data sets",
)


@pytest.fixture
def place(tmp_path):
    pklogistics.write(mission(), tmp_path / "m")
    return tmp_path


def test_a_4w_adds_to_a_mission_and_tells_everything(place):
    path = sheet(
        place / "4w.csv",
        ["Oxfam", "WASH", "XX01", "", 300],
        ["Oxfam", "Safe Watr", "", "Rivrside", 5],
        ["MSF", "Health", "", "Mars", 1],
    )
    words = ("import", "hxl-4w", path, "--mission", place / "m")
    record = json.loads(run(*words, "-o", place / "out", "--json").stdout)
    assert (record["rows"], record["used"]) == (3, 2)
    assert record["made"] == {"needs": 0, "coverage": 1, "presence": 0}
    told = {(each["kind"], each["name"]): each["taken_for"] for each in record["unmatched"]}
    assert told[("place", "Rivrside")] == "d1"
    assert told[("place", "Mars")] == ""
    assert told[("organisation", "Oxfam")] == ""
    text = run(*words, "-o", place / "again.xlsx").stdout
    assert "2 of 3 rows are used" in text
    assert "- place 'Rivrside' for 'Riverside' (d1), 1 row" in text
    assert "Mars" in text
    assert pklogistics.read(place / "again.xlsx") == pklogistics.read(place / "out")
    assert pklogistics.read(place / "m") == mission()
    run(*words, "-q")  # Without -o the sheet is added to the mission itself.
    assert pklogistics.read(place / "m") == pklogistics.read(place / "out")


def test_tags_may_stand_in_an_option_or_a_file(place):
    path = sheet(place / "4w.csv", ["Oxfam", "WASH", "XX01", "", 300], tags=None)
    words = ("import", "hxl-4w", path, "--mission", place / "m")
    run(
        *words,
        "-o",
        place / "one",
        "--tags",
        "Organisation=#org, Cluster=#sector,P-code=#adm2+code,Reached=#reached",
    )
    (place / "tags.txt").write_text(
        "Organisation=#org\nCluster=#sector\n\nP-code=#adm2+code\nReached=#reached\n"
    )
    run(
        *words, "-o", place / "other", "--tags", place / "tags.txt", "--map", "WASH=water", "--set", "near=no"
    )
    assert pklogistics.read(place / "one") == pklogistics.read(place / "other")


def test_names_may_be_mapped_in_an_option_or_a_file(place):
    path = sheet(
        place / "4w.csv", ["Oxfam, GB", "Eau", "", "Old Port", 300], ["Oxfam, GB", "WASH", "XX02", "", 7]
    )
    words = ("import", "hxl-4w", path, "--mission", place / "m", "-o")
    (place / "names.txt").write_text("Old Port=d1\n\nEau=water\n", encoding="utf-8")
    run(*words, place / "one", "--map", place / "names.txt")
    run(*words, place / "other", "--map", "Old Port=d1, Eau=water")
    assert pklogistics.read(place / "one") == pklogistics.read(place / "other")
    assert sorted(pklogistics.read(place / "one").tables["coverage"]["site"]) == ["d1", "d2"]
    # In a file a name may hold a comma, as those of organisations and places do.
    (place / "names.txt").write_text("Oxfam, GB=relief\nOld Port=d1\nEau=water", encoding="utf-8")
    run(*words, place / "own", "--map", place / "names.txt", "--set", "planned=agreed")
    assert set(pklogistics.read(place / "own").tables["coverage"]["organisation"]) == {"relief"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("hxl-4w", "4w.csv", "-o", "out"), "a 4W adds to a mission: say which, --mission M"),
        (("hxl-4w", "4w.csv", "--mission", "m", "--map", "food"), "write 'NAME=KEY'"),
        (("hxl-4w", "4w.csv", "--mission", "m", "--map", "WASH=watre"), "did you mean 'water'?"),
        (("hxl-4w", "4w.csv", "--mission", "m", "--map", "Port=d9"), "no key of the mission's sites"),
        (("hxl-4w", "4w.csv", "--mission", "m", "--set", "mising=1"), "did you mean 'missing'?"),
        (("hxl-4w", "4w.csv", "--mission", "m", "--set", "missing=2"), "a share from 0 to 1"),
        (("hxl-4w", "4w.csv", "--mission", "m", "--rows", "org"), "write #tag=value"),
        (("hxl-4w", "4w.csv", "--mission", "m", "--instance", "x"), "has no instances"),
        (("hxl-needs", "4w.csv"), "say where to write the mission"),
        (("gap", "4w.csv", "-o", "out", "--tags", "a=#b"), "are for hxl-4w and hxl-needs"),
    ],
)
def test_wrong_use_is_told_and_writes_nothing(place, monkeypatch, words, told):
    monkeypatch.chdir(place)
    sheet(place / "4w.csv", ["Oxfam", "WASH", "XX01", "", 300])
    assert told in " ".join(run("import", *words, code=2).stderr.split())
    assert sorted(entry.name for entry in place.iterdir()) == ["4w.csv", "m"]


def test_list_tells_what_may_be_set(place):
    record = json.loads(run("import", "hxl-needs", place / "any.csv", "--list", "--json").stdout)
    assert record["settings"]["household"]["default"] == "5"
    assert "--set planned=agreed" in run("import", "hxl-4w", place / "any.csv", "--list").stdout


def test_a_sheet_without_tags_tells_how_to_go_on(place):
    path = sheet(place / "4w.csv", ["Oxfam", "WASH", "XX01", "", 300], tags=None)
    text = run("import", "hxl-4w", path, "--mission", place / "m", code=1).stderr
    assert "give them: --tags 'HEADER=#tag, ...'" in text


OVERVIEW = (
    "Admin 1 Name=#adm1+name,Admin 2 PCode=#adm2+code,Admin 2 Name=#adm2+name,Description=#sector+name,"
    "Cluster=#sector+code,Category=#category,In Need=#inneed"
)
GLOBAL = (
    "admin1_name=#adm1+name,admin2_code=#adm2+code,admin2_name=#adm2+name,sector_code=#sector+code,"
    "sector_name=#sector+name,category=#category,population_status=#meta+status,population=#inneed"
)
OF_ALL = "hdx_hapi_humanitarian_needs_global_2024.csv"
KABUL = {"shelter": 435_916, "wash": 95_410}
JEBEL_AWLIA = {"health": 54_444, "mine_action": 448_723}


# Numbers are those of the rows "total" of each file; needs are the sectors that these rows name.
@public
@pytest.mark.parametrize(
    ("name", "words", "expected", "made"),
    [
        (
            "afg_hpc_needs_api_2024.csv",
            ["--tags", OVERVIEW],
            {"AF0101": {**KABUL, "protection": 2_293_151}},
            11,
        ),
        ("sdn_hpc_needs_api_2021.csv", ["--tags", OVERVIEW], {"SD01001": JEBEL_AWLIA}, 11),
        ("hpc_hno_2024.csv", ["--tags", OVERVIEW], {"AF0101": KABUL, "SD01001": JEBEL_AWLIA}, 22),
        (
            OF_ALL,
            ["--tags", GLOBAL, "--rows", "#meta+status=INN"],
            {"AF0101": KABUL, "SD01001": JEBEL_AWLIA},
            21,
        ),
    ],
)
def test_people_in_need_of_an_overview_come_in(tmp_path, name, words, expected, made):
    file = REFERENCE / "ocha_hno" / name
    record = json.loads(run("import", "hxl-needs", file, *words, "-o", tmp_path / "m", "--json").stdout)
    needs = pklogistics.read(tmp_path / "m").frame("needs").set_index(["site", "activity"])["people"]
    for site, people in expected.items():
        assert {activity: needs[site, activity] for activity in people} == people
    assert (record["made"]["needs"], len(needs), record["unmatched"]) == (made, made, [])


def test_a_query_that_no_row_meets_is_told(place):
    sheet(place / "n.csv", ["A", "WASH", "XX01", "", 1])
    words = ("import", "hxl-needs", place / "n.csv", "-o", place / "n", "--rows", "#sector=none")
    assert "has no row that meets '#sector=none': change --rows" in run(*words, code=1).stderr


def with_district(source, district, target):
    """Add the district of each line, told from its cells, as the README does."""
    head, *lines = source.read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{district(line.split(','))}" for line in lines]
    target.write_text("\n".join([f"{head},district", *rows]) + "\n", encoding="utf-8")
    return target


@public
def test_a_3w_without_clean_names_comes_in_with_every_name_told(tmp_path):
    folder = REFERENCE / "nepal2015_3w"
    severity = with_district(folder / "severity.csv", lambda cells: cells[0][:8], tmp_path / "severity.csv")
    places = "p_code=#adm4+code,vdc=#adm4+name,district=#adm3+name,sev_norm=#severity+num"
    begun = ("--set", "people=2500", "--set", "severity-scale=10", "--set", "activities=shelter; nfi; cash")
    run("import", "hxl-needs", severity, "--tags", places, *begun, "-o", tmp_path / "nepal", "-q")
    # Codes of the 3W are of another kind; this table has both kinds for each district.
    pairs = pd.read_csv(folder / "affected_pop.csv", dtype=str)
    districts = dict(zip(pairs["hlcit_code"].str.replace(" ", ""), pairs["ocha_pcode"], strict=True))
    aid = with_district(
        folder / "aid_and_severity.csv", lambda cells: districts.get(cells[1][:8], ""), tmp_path / "aid.csv"
    )
    who = "impl_ag=#org+impl,vdc=#adm4+name,hlcit=#adm4+code,district=#adm3+name"
    tags = f"{who},action=#activity,no_hh=#reached+hh"
    words = ("import", "hxl-4w", aid, "--mission", tmp_path / "nepal", "--tags", tags)
    record = json.loads(run(*words, "--json").stdout)
    assert record["rows"] == 6748
    places = [each for each in record["unmatched"] if each["kind"] == "place"]
    left_out = [each for each in places if not each["taken_for"]]
    assert record["used"] + sum(each["rows"] for each in left_out) == 6748
    near = [each for each in places if each["taken_for"]]
    assert (record["used"], len(left_out), len(near)) == (5871, 105, 259)  # As the README tells.
    # A name near to another is that of a village in the same district: "Bhotsipa (C-BAG-23)", "C-BAG-23-010".
    assert [each for each in near if each["name"][-9:-1] != each["taken_for"][:8]] == []
    assert pklogistics.read(tmp_path / "nepal").has("coverage")
