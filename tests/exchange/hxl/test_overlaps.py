"""Who duplicates whom: bounds argued by hand, for missions and for sheets."""

from __future__ import annotations

import json

import numpy as np
import pytest

import pklogistics
from pklogistics.exchange.hxl import SheetOptions
from pklogistics.exchange.hxl.overlaps import sheet_overlaps
from tests.command import run
from tests.exchange.hxl.sheets import HEADER, TAGS, mission, sheet


@pytest.fixture
def crowded():
    """At d1 three feed 1,500 where 1,000 are in need; at d2 nobody does; at d3 one does."""
    rows = [("d1", "A", 800), ("d1", "B", 500), ("d1", "C", 200), ("d3", "A", 100)]
    coverage = [
        {"site": site, "activity": "food", "organisation": who, "people": people}
        for site, who, people in rows
    ]
    return mission().replace(tables={"coverage": coverage})


def test_people_served_twice_lie_between_two_bounds(crowded):
    found = pklogistics.duplication(crowded).overlaps
    assert len(found) == 1
    first = found.iloc[0]
    assert (first["site"], first["organisations"], first["count"]) == ("d1", "A; B; C", 3)
    # 1,500 served and 1,000 in need: 500 at least are served twice; all but A's 800 at most.
    assert (first["at_least"], first["at_most"]) == (500, 700)
    assert (first["money_at_least"], first["money_at_most"]) == (1000, 1400)  # Food costs 2 a person here.


def test_pairs_share_no_more_than_the_smaller_of_the_two(crowded):
    pairs = pklogistics.duplication(crowded).pairs
    assert pairs.to_numpy().tolist() == [["A", "B", 1, 500], ["A", "C", 1, 200], ["B", "C", 1, 200]]


def test_gaps_of_the_same_activity_stand_beside_the_overlap(crowded):
    gaps = pklogistics.duplication(crowded).gaps
    rows = gaps[["site", "need", "served", "gap", "beside"]].to_numpy().tolist()
    # Only food overlaps, so only food is told; d1 has more than it needs.
    assert rows == [["d2", 1000, 0, 1000, "d1"], ["d3", 1000, 100, 900, "d1"]]


def test_an_agreement_without_a_number_serves_at_most_all_others_again(crowded):
    agreed = [{"organisation": "relief", "site": "d1", "activity": "food", "status": "agreed"}]
    found = pklogistics.duplication(crowded.replace(tables={"presence": agreed})).overlaps.iloc[0]
    # However many relief serves, beyond the largest are no more than the 1,500 whom A, B and C serve.
    assert (found["count"], found["at_least"], found["at_most"]) == (4, 500, 1500)


def test_two_agreements_without_numbers_have_no_upper_bound(crowded, tmp_path):
    tables = {
        "presence": [
            {"organisation": who, "site": "d1", "activity": "food", "status": "agreed"}
            for who in ("relief", "second")
        ],
        "organisations": [{"organisation": who} for who in ("relief", "second")],
        "capabilities": [{"organisation": who, "activity": "food"} for who in ("relief", "second")],
    }
    several = crowded.replace(tables=tables)
    found = pklogistics.duplication(several).overlaps.iloc[0]
    assert (found["count"], found["at_least"]) == (5, 500)
    assert np.isnan(found["at_most"])
    # A sum of what is known at most would be no bound of all places.
    pklogistics.write(several, tmp_path / "m")
    assert "all places together: ≥ 500 people" in run("overlaps", tmp_path / "m").stdout


def test_coverage_by_period_counts_as_its_average():
    rows = [
        {"site": "d1", "activity": "food", "organisation": who, "people": 900, "period": period}
        for who, period in (("A", 1), ("A", 2), ("B", 1))
    ]
    found = pklogistics.duplication(mission(periods=2).replace(tables={"coverage": rows})).overlaps.iloc[0]
    # A serves 900, B 450 on average: 1,350 of 1,000.
    assert (found["people"], found["at_least"], found["at_most"]) == (1350, 350, 450)


def test_a_mission_without_overlaps_says_so(tmp_path):
    pklogistics.write(mission(), tmp_path / "m")
    assert "No two organisations do the same" in run("overlaps", tmp_path / "m").stdout


def test_a_sheet_alone_gives_upper_bounds_and_places_left_out(tmp_path):
    header, tags = [*HEADER, "Cost"], [*TAGS, "#value"]
    path = sheet(
        tmp_path / "4w.csv",
        ["A", "WASH", "XX01", "Riverside", 300, 600],
        ["B", "wsh", "XX01", "Riverside", 100, 400],
        ["A", "Health", "XX02", "Hilltop", 50, 10],
        header=header,
        tags=tags,
    )
    found, assumed, unmatched = sheet_overlaps(path)
    first = found.overlaps.iloc[0]
    assert (first["site"], first["activity"], first["people"]) == ("Riverside", "wash", 400)
    assert np.isnan(first["at_least"])
    # All but A's 300: 100 people; A pays 2 a person and B 4, 3 on average.
    assert (first["at_most"], first["money_at_most"]) == (100, 300)
    assert found.gaps[["site", "activity", "beside"]].to_numpy().tolist() == [
        ["Hilltop", "wash", "Riverside"]
    ]
    assert unmatched == ()
    assert any("needs are not known" in each for each in assumed)


def test_a_sheet_against_a_mission_is_held_to_its_needs(tmp_path):
    path = sheet(
        tmp_path / "4w.csv",
        ["A", "WASH", "XX01", "", 900],
        ["B", "WASH", "XX01", "", 600],
        ["C", "WASH", "", "Mars", 1],
    )
    pklogistics.write(mission(), tmp_path / "m")
    record = json.loads(run("overlaps", path, "--mission", tmp_path / "m", "--json").stdout)
    first = record["overlaps"][0]
    assert (first["name"], first["need"], first["at_least"], first["at_most"]) == (
        "Riverside",
        1000,
        500,
        600,
    )
    assert {each["name"] for each in record["unmatched"] if each["kind"] == "place"} == {"Mars"}
    text = run("overlaps", path, "--mission", tmp_path / "m").stdout
    assert "500–600" in text
    assert "Mars (1)" in text
    assert "Hilltop (d2)" in text  # A gap beside it; two sites have this name.
    assert max(len(line) for line in text.splitlines()) <= 80


def test_the_cost_of_one_household_is_told_apart_from_that_of_a_row(tmp_path):
    header, tags = [*HEADER[:4], "Households", "Cost each"], [*TAGS[:4], "#reached+hh", "#value+avg"]
    rows = [["A", "WASH", "XX01", "", 10, 100], ["B", "WASH", "XX01", "", 20, 100]]
    path = sheet(tmp_path / "4w.csv", *rows, header=header, tags=tags)
    first = sheet_overlaps(path, options=SheetOptions())[0].overlaps.iloc[0]
    # Ten households of five are the smaller part; each costs 100.
    assert (first["at_most"], first["money_at_most"]) == (50, 1000)
    four = json.loads(run("overlaps", path, "--set", "household=4", "--json").stdout)["overlaps"][0]
    assert (four["at_most"], four["money_at_most"]) == (40, 1000)
    assert (
        "the settings are household, people, near"
        in run("overlaps", path, "--set", "planned=agreed", code=2).stderr
    )


def test_options_for_sheets_do_not_fit_a_mission(tmp_path):
    pklogistics.write(mission(), tmp_path / "m.xlsx")
    assert "is a mission" in run("overlaps", tmp_path / "m.xlsx", "--tags", "a=#b", code=2).stderr
    assert "there is nothing at" in run("overlaps", tmp_path / "nowhere", code=2).stderr


def test_names_are_mapped_to_those_of_a_mission_and_of_nothing_else(tmp_path):
    rows = (["Oxfam", "WASH", "", "Old Port", 300], ["CARE", "WASH", "XX01", "", 300])
    path = sheet(tmp_path / "4w.csv", *rows)
    pklogistics.write(mission(), tmp_path / "m.json")
    told = run("overlaps", path, "--map", "Old Port=d1", code=2).stderr
    assert "say which, --mission M" in " ".join(told.split())
    record = json.loads(
        run("overlaps", path, "--mission", tmp_path / "m.json", "--map", "Old Port=d1", "--json").stdout
    )
    # 600 people for 1,000 in need: the two may serve the same 300, or none of them twice.
    (both,) = record["overlaps"]
    assert (both["site"], both["at_least"], both["at_most"]) == ("d1", 0, 300)


def test_people_read_names_in_eighty_columns_and_no_figure_is_cut(tmp_path):
    # Long names and figures of seven digits, all of which have to stand in a line.
    tables = {name: frame.to_dict("records") for name, frame in mission().tables.items()}
    tables["sites"][0]["name"] = "Bouake, headquarters of Sector East, in the valley of the Bandama"
    tables["activities"][0]["name"] = "General food distribution, in kind and cash"
    planned = tables["organisations"][0]
    planned["name"] = "Ministry of Health, district teams"
    food, site = tables["activities"][0]["activity"], tables["sites"][0]["site"]
    tables["needs"] = [{"site": site, "activity": food, "people": 2_345_678}]
    tables["presence"] = []
    who = {planned["organisation"]: 1_234_567, "another agency": 1_198_765}
    tables["coverage"] = [
        {"site": site, "activity": food, "organisation": key, "people": people} for key, people in who.items()
    ]
    crowded = pklogistics.Mission.from_tables({"name": "m"}, {k: v for k, v in tables.items() if v})
    pklogistics.write(crowded, tmp_path / "m")
    shown = run("overlaps", tmp_path / "m").stdout
    assert max(map(len, shown.splitlines())) <= 80
    # 1,234,567 and 1,198,765 are served of 2,345,678: 87,654 at least twice, and 1,198,765 at most.
    assert "2,433,332" in shown
    assert "87,654–1,198,765" in shown
    assert "175k–2.4M" in shown  # Food costs 2 a person here.
    assert "another agency  Ministry of Health," in shown
    found = json.loads(run("overlaps", tmp_path / "m", "--json").stdout)["overlaps"][0]
    assert found["organisations"].split("; ") == ["another agency", planned["organisation"]]
    assert found["activity"] == food
