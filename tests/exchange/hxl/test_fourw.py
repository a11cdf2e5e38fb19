"""3W and 4W sheets: what they become, what is assumed, and what is told of names that do not match."""

from __future__ import annotations

import openpyxl
import pytest

from pklogistics import FormatError, OptionsError
from pklogistics.exchange.hxl import SheetOptions, import_4w
from pklogistics.exchange.hxl.outcome import SheetSettings
from tests.exchange.hxl.sheets import HEADER, TAGS, mission, sheet


@pytest.fixture
def path(tmp_path):
    return tmp_path / "4w.csv"


def coverage(found):
    frame = found.mission.tables["coverage"]
    rows = frame[["site", "activity", "organisation", "people"]].itertuples(index=False)
    return sorted(tuple(row) for row in rows)


def test_others_become_coverage_and_our_own_become_presence(path):
    sheet(
        path,
        ["Oxfam", "WASH", "XX01", "", 300],
        ["Oxfam", "WASH", "XX01", "", 100],
        ["Relief Society", "Food Security", "XX02", "", 500],
        ["Relief Society", "WASH", "XX02", "", 50],
    )
    found = import_4w(path, mission())
    # The society is planned for food, so the plan decides whom it feeds; of water it is one of the others.
    assert coverage(found) == [("d1", "water", "Oxfam", 400.0), ("d2", "water", "relief", 50.0)]
    presence = found.mission.tables["presence"][["organisation", "site", "activity", "status"]]
    assert presence.to_numpy().tolist() == [["relief", "d2", "food", "agreed"]]
    assert (found.rows, found.used, found.coverage, found.presence) == (4, 4, 2, 1)


def test_places_go_by_code_then_by_name_and_twins_are_told(path):
    sheet(
        path,
        ["Oxfam", "WASH", "xx 03", "Riverside", 1],
        ["Oxfam", "WASH", "", "RIVERSIDE", 2],
        ["Oxfam", "WASH", "XX99", "Rivreside", 4],
        ["Oxfam", "WASH", "", "Hilltop", 8],
        ["Oxfam", "WASH", "", "Atlantis", 16],
    )
    found = import_4w(path, mission())
    # The code wins over the name; a slip of the pen is taken and told; two Hilltops are not guessed at.
    assert coverage(found) == [("d1", "water", "Oxfam", 6.0), ("d3", "water", "Oxfam", 1.0)]
    told = {(each.name, each.taken_for) for each in found.unmatched if each.kind == "place"}
    assert told == {("Rivreside", "d1"), ("Hilltop", ""), ("Atlantis", "")}
    assert "d2, d3" in next(each.reason for each in found.unmatched if each.name == "Hilltop")
    strict = import_4w(path, mission(), settings=SheetSettings(near=False))
    assert coverage(strict)[0] == ("d1", "water", "Oxfam", 2.0)
    assert {each.taken_for for each in strict.unmatched} == {""}


def test_the_larger_area_tells_twins_apart(path):
    header, tags = (
        ["Org", "Sector", "Province", "District", "Reached"],
        ["#org", "#sector", "#adm1", "#adm2", "#reached"],
    )
    sheet(path, ["Oxfam", "WASH", "South", "Hilltop", 9], header=header, tags=tags)
    assert coverage(import_4w(path, mission())) == [("d3", "water", "Oxfam", 9.0)]


def test_a_near_name_is_never_taken_in_another_area(path):
    header, tags = [*HEADER, "Province"], [*TAGS, "#adm1+name"]
    near = [
        ["Oxfam", "WASH", "", "Rivreside", 1, "North"],
        ["Oxfam", "WASH", "", "Rivreside", 2, "South"],  # The only Riverside lies in the north.
        ["Oxfam", "WASH", "", "Rivreside", 4, "Coast"],  # An area that the mission does not have.
    ]
    exact = [
        ["Oxfam", "WASH", "", "Riverside", 8, "Coast"],  # The area may be written otherwise, the name is not.
        ["Oxfam", "WASH", "", "Riverside", 16, "South"],  # A place of that name, but not ours.
        ["Oxfam", "WASH", "", "Riverside", 32, ""],
    ]
    sheet(path, *near, *exact, header=header, tags=tags)
    found = import_4w(path, mission())
    assert coverage(found) == [("d1", "water", "Oxfam", 1.0 + 8 + 32)]
    told = {(each.name, each.taken_for) for each in found.unmatched if each.kind == "place"}
    left_out = {"Rivreside (South)", "Rivreside (Coast)", "Riverside (South)"}
    assert told == {("Rivreside (North)", "d1"), *((name, "") for name in left_out)}


def test_a_name_that_is_near_to_one_of_two_places_is_not_guessed_at(path):
    sheet(path, ["Oxfam", "WASH", "", "Hiltop", 1])  # There are two of the name Hilltop.
    found = import_4w(path, mission())
    assert (found.used, found.unmatched[0].taken_for) == (0, "")


def test_without_the_larger_area_a_near_name_is_taken_anywhere(path):
    sheet(path, ["Oxfam", "WASH", "", "Rivreside", 1])
    assert coverage(import_4w(path, mission())) == [("d1", "water", "Oxfam", 1.0)]


def test_what_the_user_says_of_a_place_comes_first(path):
    header, tags = [*HEADER, "Province"], [*TAGS, "#adm1+name"]
    sheet(
        path,
        ["Oxfam", "WASH", "", "Hilltop", 1, "Coast"],  # Two Hilltops, and no such province.
        ["Oxfam", "WASH", "", "Hilltop", 2, "South"],  # The province tells which; nobody has said otherwise.
        ["Oxfam", "WASH", "", "Old Port", 4, "North"],
        ["Oxfam", "WASH", "", "OLD PORT", 8, "South"],  # The same name, said for the north alone.
        ["Oxfam", "WASH", "YY77", "Riverside", 16, "North"],  # A code of others, though the name is ours.
        ["Oxfam", "WASH", "", "", 32, "Coast"],  # A row that names only the larger area is of that area.
        ["Oxfam", "WASH", "XX01", "Somewhere", 64, "Coast"],
        header=header,
        tags=tags,
    )
    said = {"Hilltop (Coast)": "d2", "Old Port (North)": "d3", "yy77": "d2", "Coast": "d3"}
    found = import_4w(path, mission(), settings=SheetSettings(mapping=said))
    assert coverage(found) == [
        ("d1", "water", "Oxfam", 64.0),
        ("d2", "water", "Oxfam", 1.0 + 16),
        ("d3", "water", "Oxfam", 2.0 + 4 + 32),
    ]
    assert [each.name for each in found.unmatched if each.kind == "place"] == ["OLD PORT (South)"]
    assert "places: 4 rows as mapped" in found.assumed
    anywhere = import_4w(path, mission(), settings=SheetSettings(mapping={**said, "Old Port": "d1"}))
    assert coverage(anywhere)[0] == ("d1", "water", "Oxfam", 64.0 + 8)


def test_sectors_with_several_activities_are_asked_about(path):
    sheet(
        path,
        ["MSF", "Health", "XX01", "", 10],
        ["MSF", "HEA", "XX01", "", 20],
        ["MSF", "Wtaer", "XX01", "", 5],
    )
    settings = SheetSettings(mapping={"Health": "clinic"})
    found = import_4w(path, mission(), settings=settings)
    assert coverage(found) == [("d1", "clinic", "MSF", 10.0), ("d1", "water", "MSF", 5.0)]
    told = {each.name: each for each in found.unmatched if each.kind == "activity"}
    assert "clinic, vaccination" in told["HEA"].reason
    assert (told["Wtaer"].taken_for, told["Wtaer"].nearest) == ("water", "water")


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        *(("WASH Cluster", "water"), ("Water, Sanitation & Hygiene", "water"), ("wsh", "water")),
        *(("Food Security and Livelihoods", "food"), ("FSC", "food"), ("Safe Water", "water")),
    ],
)
def test_clusters_are_known_under_their_names_and_codes(path, text, activity):
    sheet(path, ["Oxfam", text, "XX01", "", 1])
    found = import_4w(path, mission(), settings=SheetSettings(near=False))
    assert [row[1] for row in coverage(found)] == [activity]


def test_a_3w_without_numbers_counts_nobody_unless_told(path):
    sheet(path, ["Oxfam", "WASH", "XX01", ""], header=HEADER[:4], tags=TAGS[:4])
    found = import_4w(path, mission())
    assert coverage(found) == []
    assert any("nobody is counted" in each for each in found.assumed)
    quarter = import_4w(path, mission(), settings=SheetSettings(missing=0.25))
    assert coverage(quarter) == [("d1", "water", "Oxfam", 250.0)]
    assert any("25% of the need" in each for each in quarter.assumed)


def test_households_parts_and_bad_numbers_are_told(path):
    header = [*HEADER[:4], "Households"]
    sheet(
        path,
        ["Oxfam", "WASH", "XX01", "", "1,200"],
        ["Oxfam", "WASH", "XX02", "", "many"],
        header=header,
        tags=[*TAGS[:4], "#reached+hh"],
    )
    found = import_4w(path, mission(), settings=SheetSettings(household=4))
    assert coverage(found) == [("d1", "water", "Oxfam", 4800.0)]
    assert any("'many' (first in rows 4)" in each for each in found.assumed)
    assert any("4 people each" in each for each in found.assumed)
    parts = [*TAGS[:4], "#reached+f", "#reached+m"]
    sheet(path, ["Oxfam", "WASH", "XX01", "", 60, 40], header=[*HEADER[:4], "F", "M"], tags=parts)
    assert coverage(import_4w(path, mission())) == [("d1", "water", "Oxfam", 100.0)]


def test_dates_and_status_say_when(path):
    header, tags = [*HEADER, "From", "To", "Status"], [*TAGS, "#date+start", "#date+end", "#status"]
    sheet(
        path,
        ["A", "WASH", "XX01", "", 1, "2026-12-01", "2027-02-15", ""],
        ["B", "WASH", "XX01", "", 2, "", "2026-11-30", ""],
        ["C", "WASH", "XX01", "", 4, "2027-01-05", "", "ongoing"],
        ["D", "WASH", "XX01", "", 8, "", "", "Suspended"],
        header=header,
        tags=tags,
    )
    found = import_4w(path, mission(periods=3, start="2027-01-01"))
    frame = found.mission.tables["coverage"]
    # Periods of 30 days: 15 February lies in the second. B ended before the mission, D serves nobody.
    rows = (
        frame[["organisation", "period", "people"]]
        .astype(object)
        .where(frame.notna(), None)
        .to_numpy()
        .tolist()
    )
    assert rows == [["A", 1, 1.0], ["A", 2, 1.0], ["C", None, 4.0]]


def test_a_sheet_without_tags_is_read_by_given_ones(path):
    sheet(path, ["Oxfam", "WASH", "XX01", "", 7], tags=None)
    with pytest.raises(FormatError, match=r"has no HXL hashtags .* its headers are Organisation, Cluster"):
        import_4w(path, mission())
    tags = ("Organisation=#org", "Cluster=#sector", "P-code=#adm2+code", "Reached=#reached")
    assert coverage(import_4w(path, mission(), SheetOptions(tags=tags))) == [("d1", "water", "Oxfam", 7.0)]
    with pytest.raises(OptionsError, match="did you mean 'Cluster'"):
        import_4w(path, mission(), SheetOptions(tags=("Clustre=#sector",)))
    with pytest.raises(OptionsError, match="HEADER=#tag"):
        import_4w(path, mission(), SheetOptions(tags=("Cluster",)))


def test_rows_are_selected_by_queries(path):
    sheet(path, ["Oxfam", "WASH", "XX01", "", 7], ["MSF", "WASH", "XX01", "", 9])
    found = import_4w(path, mission(), SheetOptions(rows=("#org=MSF",)))
    assert coverage(found) == [("d1", "water", "MSF", 9.0)]


def test_workbooks_are_read_at_the_sheet_with_tags(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["read me"])
    for row in (HEADER, TAGS, ["Oxfam", "WASH", "XX01", None, 300]):
        (book["data"] if "data" in book.sheetnames else book.create_sheet("data")).append(row)
    book.save(tmp_path / "4w.xlsx")
    assert coverage(import_4w(tmp_path / "4w.xlsx", mission())) == [("d1", "water", "Oxfam", 300.0)]


def test_our_own_are_present_only_where_they_can_work(path):
    sheet(path, ["relief", "food", "XX01", "", 10], ["relief", "food", "XX03", "", 20])
    north = [{"organisation": "relief", "activity": "food", "region": "north"}]
    found = import_4w(path, mission().replace(tables={"capabilities": north}))
    assert found.mission.tables["presence"]["site"].tolist() == ["d1"]
    assert coverage(found) == [("d3", "food", "relief", 20.0)]


def test_a_refusal_of_everything_is_not_overruled(path):
    sheet(path, ["relief", "food", "XX01", "", 10], ["relief", "food", "XX02", "", 10])
    refused = [{"organisation": "relief", "site": "d1", "status": "refused"}]
    found = import_4w(path, mission().replace(tables={"presence": refused}))
    rows = found.mission.tables["presence"][["site", "activity", "status"]].to_numpy().tolist()
    assert rows == [["d1", "", "refused"], ["d2", "food", "agreed"]]


def test_a_name_that_two_organisations_share_is_not_guessed_at(path):
    sheet(path, ["Relief Society", "WASH", "XX01", "", 10], ["other", "WASH", "XX01", "", 20])
    two = [{"organisation": name, "name": "Relief Society"} for name in ("relief", "other")]
    found = import_4w(path, mission().replace(tables={"organisations": two}))
    assert coverage(found) == [("d1", "water", "Relief Society", 10.0), ("d1", "water", "other", 20.0)]
    assert "relief, other" in found.unmatched[0].reason


def test_every_row_is_accounted_for(path):
    sheet(
        path,
        ["A", "WASH", "XX01", "", 1],
        ["A", "", "XX01", "", 2],
        ["A", "WASH", "", "", 4],
        ["", "WASH", "XX01", "", 8],
    )
    found = import_4w(path, mission())
    assert coverage(found) == [("d1", "water", "A", 1.0)]
    for each in ("1 row without a place", "1 row without a sector", "1 row without an organisation"):
        assert any(each in told for told in found.assumed), each


def test_a_code_that_two_sites_share_tells_neither(path):
    shared = mission().tables["sites"].assign(pcode=["XX01", "XX01", ""])
    sheet(path, ["A", "WASH", "XX01", "Riverside", 1], ["A", "WASH", "XX01", "", 2])
    found = import_4w(path, mission().replace(tables={"sites": shared}))
    assert coverage(found) == [("d1", "water", "A", 1.0)]


def test_finer_places_count_at_the_area_they_lie_in(path):
    tags = ["#org", "#sector", "#adm3+code", "#adm2+code", "#reached"]
    sheet(path, ["A", "WASH", "XX0107", "XX01", 1], ["A", "WASH", "XX0108", "XX01", 2], tags=tags)
    found = import_4w(path, mission())
    assert coverage(found) == [("d1", "water", "A", 3.0)]
    assert any("larger area that they lie in: 2 rows" in each for each in found.assumed)


def test_what_the_mission_has_already_is_replaced_or_kept(path):
    sheet(path, ["Oxfam", "WASH", "XX01", "", 300], ["Relief Society", "food", "XX02", "", 1])
    before = mission().replace(
        tables={
            "coverage": [
                {"site": "d1", "activity": "water", "organisation": "Oxfam", "people": 1},
                {"site": "d2", "activity": "water", "organisation": "Oxfam", "people": 2},
            ],
            "presence": [{"organisation": "relief", "site": "d2", "activity": "food", "status": "refused"}],
        }
    )
    found = import_4w(path, before)
    assert coverage(found) == [("d1", "water", "Oxfam", 300.0), ("d2", "water", "Oxfam", 2.0)]
    assert found.mission.tables["presence"]["status"].tolist() == [
        "refused"
    ]  # Consent is not overruled by a sheet.
    assert any("replaced: 1 row" in each for each in found.assumed)
    assert any("kept as they were: 1 presence" in each for each in found.assumed)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        (["#x", "#sector", "#adm2+code", "#adm2+name", "#reached"], "expected #org"),
        (["#org", "#x", "#adm2+code", "#adm2+name", "#reached"], "expected #sector or #activity"),
        (["#org", "#sector", "#x+code", "#x+name", "#reached"], "expected #adm1 to #adm5"),
    ],
)
def test_a_sheet_of_something_else_is_refused(path, tags, told):
    sheet(path, ["Oxfam", "WASH", "XX01", "", 300], tags=tags)
    with pytest.raises(FormatError, match=told):
        import_4w(path, mission())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        ("Org,Sector\n#org,#sector\n".encode("utf-16"), "not UTF-8 but UTF-16"),
        (b"Org,Sector\r#org,#sector\rOxfam,WASH\r", "as on old Macs"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"),
        (bytes(range(256)), "4w.csv"),
        (
            "Org,Sector,Code\n#org,#sector,#adm2+code\nC\xf4te,WASH,XX01\n".encode("latin-1"),
            "row 3: .* not UTF-8",
        ),
    ],
)
def test_what_is_no_text_is_refused(path, data, told):
    path.write_bytes(data)
    with pytest.raises(FormatError, match=told):
        import_4w(path, mission())


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 and then nothing", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000), b"a,b"]
)
def test_what_is_no_workbook_is_refused(tmp_path, data):
    (tmp_path / "4w.xlsx").write_bytes(data)
    with pytest.raises(FormatError, match=r"4w\.xlsx: cannot be read as a table"):
        import_4w(tmp_path / "4w.xlsx", mission())


def test_merged_cells_are_read_as_they_look_and_no_number_counts_twice(tmp_path):
    # One organisation over two rows, and one number over two rows, which is that of both together.
    book = openpyxl.Workbook()
    for row in (
        ["Who does what"],
        HEADER,
        TAGS,
        ["Oxfam", "WASH", "XX01", None, 300],
        [None, "WASH", "XX02", None, 2],
        ["CARE", "WASH", "XX01", None, 7],
        ["CARE", "WASH", "XX02", None, None],
    ):
        book.active.append(row)
    for cells in ("A1:E1", "A4:A5", "E6:E7"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "4w.xlsx")
    found = import_4w(tmp_path / "4w.xlsx", mission(), options=SheetOptions(rows=("#org=Oxfam",)))
    assert coverage(found) == [("d1", "water", "Oxfam", 300.0), ("d2", "water", "Oxfam", 2.0)]
    assert "1 cell is part of a merged one, and says what that says" in found.assumed
    whole = import_4w(tmp_path / "4w.xlsx", mission())
    assert [row[3] for row in coverage(whole) if row[2] == "CARE"] == [7.0]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_title_rows_are_no_matter(path, separator):
    rows = [["Who does what"], HEADER, TAGS, ["Oxfam", "WASH", "XX01", "", "300"]]
    path.write_text("\ufeff" + "\n".join(separator.join(row) for row in rows), encoding="utf-8")
    assert coverage(import_4w(path, mission())) == [("d1", "water", "Oxfam", 300.0)]


def test_names_are_text_whatever_they_look_like(path):
    sheet(path, ['=HYPERLINK("x")', "WASH", "XX01", "", 300])
    assert coverage(import_4w(path, mission())) == [("d1", "water", '=HYPERLINK("x")', 300.0)]
