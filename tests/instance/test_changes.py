"""What if: changes of a mission said in one line each."""

from __future__ import annotations

import pytest

from pklogistics import changed
from pklogistics.errors import MissionError, OptionsError
from pklogistics.instance.changes import key_of
from pklogistics.instance.mission import Mission

HEADER = {"name": "small", "periods": 2, "currency": "USD", "policy": {"max_organisations": 3}}
TABLES = {
    "sites": [{"site": "camp"}],
    "activities": [{"activity": "food", "sector": "food", "max_organisations": 2}],
    "needs": [{"site": "camp", "activity": "food", "people": 100}],
    "organisations": [{"organisation": "agency"}],
    "capabilities": [{"organisation": "agency", "activity": "food", "staff_per_1000": 10}],
    "staff": [
        {"organisation": "agency", "period": 1, "people": 4},
        {"organisation": "agency", "period": 2, "people": 6},
    ],
    "funds": [{"fund": "St. Mary", "amount": 1000}],
    "earmarks": [{"fund": "St. Mary", "site": "camp"}, {"fund": "St. Mary", "sector": "food"}],
}


@pytest.fixture(scope="module")
def mission():
    return Mission.from_tables(HEADER, TABLES)


@pytest.mark.parametrize(
    ("change", "table", "column", "values"),
    [
        ("funds.St. Mary.amount=+500", "funds", "amount", [1500]),  # A key may have points of its own.
        ("funds.St. Mary.amount=*0.5", "funds", "amount", [500]),
        ("funds.St. Mary.amount=-1e2", "funds", "amount", [900]),
        ("needs.camp/food.people=*2", "needs", "people", [200]),
        ("staff.agency.people=7", "staff", "people", [7, 7]),
        ("staff.agency/2.people=+1", "staff", "people", [4, 7]),
        ("staff.*/1.people=0", "staff", "people", [0, 6]),
    ],
)
def test_a_change_makes_a_new_mission(mission, change, table, column, values):
    new = changed(mission, [change])
    assert new.frame(table)[column].tolist() == values
    assert mission == Mission.from_tables(HEADER, TABLES)


@pytest.mark.parametrize("fund", ["St. Mary", "CERF, rapid response", "Côte d’Ivoire", "a/b", "50% = half"])
def test_any_name_can_be_a_key(fund):
    named = Mission.from_tables(HEADER, {**TABLES, "funds": [{"fund": fund, "amount": 1000}], "earmarks": []})
    assert changed(named, [f"funds.{fund}.amount=+500"]).frame("funds")["amount"].tolist() == [1500]


@pytest.mark.parametrize(
    ("key", "people"),
    [
        ("camp/food", [105, 200, 300]),
        ("camp/north/food", [100, 205, 300]),
        ("camp/north", [100, 205, 305]),
        ("camp/north/cash/voucher", [100, 200, 305]),
        ("*/food", [105, 205, 300]),
        ("*/cash/voucher/2", [100, 200, 305]),
    ],
)
def test_a_name_in_a_key_of_several_parts_may_have_slashes(key, people):
    needs = [("camp", "food", 1, 100), ("camp/north", "food", 1, 200), ("camp/north", "cash/voucher", 2, 300)]
    tables = {
        **TABLES,
        "sites": [{"site": "camp"}, {"site": "camp/north"}],
        "activities": [{"activity": name, "sector": "food"} for name in ("food", "cash/voucher")],
        "needs": [dict(zip(("site", "activity", "period", "people"), need, strict=True)) for need in needs],
    }
    new = changed(Mission.from_tables(HEADER, tables), [f"needs.{key}.people=+5"])
    assert new.frame("needs")["people"].tolist() == people


def test_a_row_without_a_key_is_named_as_its_file_counts(mission):
    table = changed(mission, ["earmarks.3.site=camp"]).tables["earmarks"]
    assert table["site"].tolist() == ["camp", "camp"]


def test_one_row_is_named_by_all_of_its_key_and_a_blank_by_nothing():
    staff = [{"organisation": name, "people": 4} for name in ("agency", "UN/OCHA")]
    staff += [{"organisation": "agency", "period": 2, "people": 6}]
    tables = {**TABLES, "organisations": [{"organisation": "agency"}, {"organisation": "UN/OCHA"}]}
    mission = Mission.from_tables(HEADER, {**tables, "staff": [staff[1], staff[2]]})
    assert [key_of(mission, "staff", row) for row in (0, 1)] == ["UN/OCHA/", "agency/2"]
    assert [key_of(mission, "earmarks", row) for row in (0, 1)] == ["2", "3"]
    for row, key in enumerate(("UN/OCHA/", "agency/2")):
        people = changed(mission, [f"staff.{key}.people=9"]).frame("staff")["people"].tolist()
        assert people == [9 if at == row else was for at, was in enumerate((4, 6))]
    # Without its last part it stands for any.
    assert changed(mission, ["staff.UN/OCHA.people=9"]).frame("staff")["people"].tolist() == [9, 6]
    with pytest.raises(OptionsError, match="no row of staff has"):
        changed(mission, ["staff.agency/.people=9"])


def test_a_limit_is_lifted_and_a_policy_set(mission):
    new = changed(mission, ["activities.food.max_organisations=none", "policy.max_organisations=1"])
    assert new.frame("activities")["max_organisations"].isna().all()
    assert new.header.policy.max_organisations == 1
    assert changed(new, ["policy.max_organisations=none"]).header.policy.max_organisations is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("funds.St. Mery.amount=1", "did you mean 'St. Mary'"),
        ("fund.x.amount=1", "did you mean 'funds'"),
        ("funds.St. Mary.amuont=1", "did you mean 'amount'"),
        ("units.infantry.available=4", "this mission has no table 'units'"),
        ("funds.St. Mary.amount=lots", "is no number"),
        ("funds.St. Mary.amount=nan", "is no number"),
        ("funds.St. Mary.amount=+inf", "is no number"),
        ("funds.St. Mary.amount=1_000", "is no number"),
        ("funds.St. Mary.amount=\u0665", "is no number"),
        ("funds.St. Mary.amount=*\u0665", "is no number"),
        ("funds.St. Mary.amount=+-5", "is no number"),
        ("funds.St. Mary.amount=+", "is no number"),
        ("needs.camp.food.people=5", "the key is site/activity.*joined by /"),
        ("needs.camp,food.people=5", "the key is site/activity.*joined by /"),
        ("capabilities.agency.max_people=+5", "has no limit to change"),
        ("activities.food.min_share=+0.1", "min_share is blank there, so the policy.s holds, 0"),
        ("sites.camp.security_required=+1", "so what the policy asks for at its threat holds"),
        ("staff.agency/3.people=1", "no row of staff has period '3'"),
        ("needs.camp/food/1/2.people=5", "no row of needs has period '1/2'"),
        ("needs.camp/north/food.people=5", "no row of needs has activity 'north'"),
        ("policy.security_by_threat=+1", "security_by_threat is a list of numbers"),
        ("funds.St. Mary/x.amount=1", "no row of funds has fund 'St. Mary/x'"),
        ("policy.max_organisation=1", "did you mean 'max_organisations'"),
        ("earmarks.1.site=none", "earmarks has no keys; name a row from 2 to 3, as a file counts them"),
        ("earmarks.4.site=none", "name a row from 2 to 3"),
        ("more money", "write TABLE.KEY.COLUMN=VALUE"),
        ("funds..amount=9", r"name the row by its fund, or every row by \*: funds\.\*\.amount=9"),
        ("funds.amount=9", r"name the row by its fund, or every row by \*: funds\.\*\.amount=9"),
        ("funds. .amount=9", "name the row by its fund"),
        ("needs..people=9", "name the row by its site/activity/period"),
        ("needs./food.people=9", "no row of needs has site ''"),
        ("header.periods=3", "of mission.toml only the policy can be changed"),
        ("mission.toml.periods=3", "of mission.toml only the policy can be changed"),
        ("objective.need.tolerance=0.1", "of mission.toml only the policy can be changed"),
        ("polcy.max_organisations=2", "did you mean 'policy'"),
        ("funds.St. Mary.amount=5%", r"\*1\.05 is 5% more, \*0\.05 is 5% of it$"),
        ("funds.St. Mary.amount=+5 %", r"by a factor: \*1\.05 is 5% more$"),
        ("funds.St. Mary.amount=-12.5%", r"by a factor: \*0\.875 is 12\.5% less$"),
        ("funds.St. Mary.amount=*105%", r"by a factor: \*1\.05 is 105% of it$"),
        ("funds.St. Mary.amount=%", r"by a factor: \*1\.05 is 5% more"),
        ("policy.max_organisations=+5%", r"by a factor: \*1\.05"),
    ],
)
def test_what_cannot_be_changed_is_said(mission, change, words):
    with pytest.raises(OptionsError, match=words):
        changed(mission, [change])


def test_a_limit_that_the_policy_gives_is_not_said_to_be_none(mission):
    # The cell is blank, and three organisations may come all the same.
    blank = changed(mission, ["activities.food.max_organisations=none"])
    with pytest.raises(OptionsError, match="blank there, so the policy's holds, 3: write what it is to be"):
        changed(blank, ["activities.food.max_organisations=+1"])


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ("staff.agency/2.people=none", "staff row 3", "people is blank; expected"),
        ("needs.camp/food.people=-200", "needs row 2", "people is '-100'; expected"),
        ("sites.camp.latitude=999", "sites row 2", "latitude is '999'; expected"),
    ],
)
def test_a_mission_that_a_change_breaks_is_refused_by_the_change_and_the_row_of_the_file(
    mission, change, place, words
):
    with pytest.raises(MissionError) as refused:
        changed(mission, ["funds.St. Mary.amount=+500", change])
    assert str(refused.value).startswith(f"{place}: {words}")
    assert str(refused.value).endswith(f"(with {change})")


def test_every_row_that_a_broken_mission_speaks_of_is_counted_as_its_file_does():
    needs = [{"site": "camp", "activity": "food", "period": period, "people": 100} for period in (1, 2)]
    mission = Mission.from_tables(HEADER, {**TABLES, "needs": needs})
    with pytest.raises(MissionError) as refused:
        changed(mission, ["needs.camp/food/2.period=1"])
    assert str(refused.value).startswith("needs row 3: ")
    assert "stands already in row 2" in str(refused.value)


def test_a_percentage_that_is_a_text_is_one():
    mission = Mission.from_tables(
        HEADER, {**TABLES, "funds": [{"fund": "a", "amount": 1, "donor": "x"}], "earmarks": []}
    )
    assert changed(mission, ["funds.a.donor=5%"]).frame("funds")["donor"].tolist() == ["5%"]


def test_the_row_that_holds_for_every_period_is_named_by_nothing():
    # Of movement the period is the whole key: a blank one is a row, as explain names it.
    units = [{"unit": "post", "persons": 10, "available": 1}]
    mission = Mission.from_tables(HEADER, {**TABLES, "units": units, "movement": [{"persons": 100}]})
    assert key_of(mission, "movement", 0) == ""
    more = changed(mission, ["movement.persons=+20"])
    assert more.frame("movement")["persons"].tolist() == [120]
    each = mission.replace(tables={"movement": [{"period": 2, "persons": 50}]})
    with pytest.raises(OptionsError, match=r"every row by \*: movement\.\*\.persons"):
        changed(each, ["movement.persons=9"])


def test_what_was_changed_is_known_when_other_things_are_replaced(mission):
    said = ("staff.agency/2.people=+1", "policy.max_organisations=2")
    more = changed(mission, said)
    assert more.changes == said
    assert more.replace(header={**HEADER, "name": "renamed"}).changes == said
    assert more.replace(tables={"staff": None}).changes == said
    assert mission.replace(tables={"staff": None}).changes == ()
