"""People in need: sheets that begin a mission, or renew the needs of one."""

from __future__ import annotations

import pytest

from pklogistics import FormatError
from pklogistics.exchange.hxl import SheetOptions, import_needs
from pklogistics.exchange.hxl.outcome import SheetSettings
from tests.exchange.hxl.sheets import mission, sheet

HEADER = ["Province", "Code", "District", "Cluster", "Who", "In need", "Severity"]
TAGS = ["#adm1+name", "#adm2+code", "#adm2+name", "#sector", "#category", "#inneed", "#severity"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "needs.csv"


def needs(found):
    frame = found.mission.tables["needs"]
    return [tuple(row) for row in frame[["site", "activity", "people", "severity"]].to_numpy().tolist()]


def test_a_sheet_begins_a_mission(path):
    sheet(
        path,
        ["North", "XX01", "Riverside", "WASH", "total", "1,000", 4],
        ["North", "XX01", "Riverside", "WASH", "children", "600", 4],
        ["North", "XX01", "Riverside", "Food Security", "total", "500", "Crisis"],
        ["North", "XX01", "Riverside", "ALL", "total", "1,200", 4],
        ["North", "", "", "WASH", "total", "9,000", 3],
        ["South", "XX02", "Hilltop", "WASH", "total", "200", ""],
        header=HEADER,
        tags=TAGS,
    )
    found = import_needs(path)
    # Totals of the province and of all sectors, and the children within a total, would count people twice.
    rows = needs(found)
    assert [row[:3] for row in rows] == [
        *(("XX01", "wash", 1000.0), ("XX01", "food_security", 500.0), ("XX02", "wash", 200.0)),
    ]
    assert [row[3] for row in rows[:2]] == [4, 3]
    sites = found.mission.tables["sites"][["site", "name", "region", "pcode"]].to_numpy().tolist()
    assert sites == [["XX01", "Riverside", "North", "XX01"], ["XX02", "Hilltop", "South", "XX02"]]
    told = " / ".join(found.assumed)
    for each in ("1 row that are parts", "1 row of larger areas", "1 row of all sectors", "'Crisis' is 3"):
        assert each in told


def test_needs_of_a_mission_are_renewed_and_its_floors_stay(path):
    sheet(
        path,
        ["", "XX01", "", "WASH", "", 777, 5],
        ["", "XX77", "Elsewhere", "WASH", "", 5, 5],
        header=HEADER,
        tags=TAGS,
    )
    found = import_needs(path, mission())
    frame = found.mission.tables["needs"]
    new = frame[(frame["site"] == "d1") & (frame["activity"] == "water")]
    assert new[["people", "severity", "min_coverage"]].to_numpy().tolist() == [[777.0, 5, 0.1]]
    assert len(frame) == 12
    assert [(each.name, each.rows) for each in found.unmatched] == [("Elsewhere", 1)]


def test_two_names_of_one_sector_do_not_count_people_twice(path):
    sheet(
        path,
        ["", "XX01", "", "Protection", "", 100, ""],
        ["", "XX01", "", "General Protection", "", 80, ""],
        header=HEADER,
        tags=TAGS,
    )
    found = import_needs(path)
    assert needs(found)[0][:3] == ("XX01", "protection", 100.0)
    assert any("'Protection', 'General Protection'" in each for each in found.assumed)


def test_a_sheet_of_severity_alone_is_given_activities_and_people(path):
    sheet(
        path, ["XX01", 9.2], ["XX02", 0.4], header=["Code", "Severity"], tags=["#adm4+code", "#severity+num"]
    )
    settings = SheetSettings(people=500, severity_scale=10, activities=("shelter", "water"))
    found = import_needs(path, settings=settings)
    # 9.2 of 10 is 4.6 of 5, graded 5; 0.4 is 0.2, graded 1.
    assert needs(found) == [
        *(("XX01", "shelter", 500.0, 5), ("XX01", "water", 500.0, 5)),
        *(("XX02", "shelter", 500.0, 1), ("XX02", "water", 500.0, 1)),
    ]


def test_categories_without_a_total_are_added_up(path):
    sheet(
        path,
        ["", "XX01", "", "WASH", "men", 3, ""],
        ["", "XX01", "", "WASH", "women", 4, ""],
        header=HEADER,
        tags=TAGS,
    )
    found = import_needs(path)
    assert needs(found)[0][:3] == ("XX01", "wash", 7.0)
    assert any("added up" in each for each in found.assumed)


def test_a_sheet_without_numbers_is_refused(path):
    sheet(path, ["XX01", "WASH"], header=["Code", "Sector"], tags=["#adm2+code", "#sector"])
    with pytest.raises(FormatError, match="leaves no need"):
        import_needs(path)
    with pytest.raises(FormatError, match="no column of places"):
        import_needs(path, options=SheetOptions(tags=("Sector=#sector",)))


def test_rows_of_a_selection_are_counted_one_by_one(path):
    sheet(
        path,
        ["XX01", "WASH", 5, "need"],
        ["XX01", "Health", 7, "need"],
        ["XX01", "WASH", 9, "target"],
        header=["Code", "Sector", "People", "Which"],
        tags=["#adm2+code", "#sector", "#inneed", "#status"],
    )
    found = import_needs(path, options=SheetOptions(rows=("#status=need",)))
    assert (found.rows, found.used, [row[2] for row in needs(found)]) == (2, 2, [5.0, 7.0])
