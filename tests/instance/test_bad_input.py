"""Bad input: every problem is worded by file, row, column and value, and says what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from pklogistics.errors import MissionError, PklogisticsError
from pklogistics.instance import read, validate
from tests.instance.small_mission import HEADER, TABLES, folder, said


def test_the_small_mission_is_right(tmp_path: Path) -> None:
    assert validate(folder(tmp_path)) == ()


# Rows count as the file does: the header is row 1, so the first row of cells is row 2.
CELLS = {
    "wrong type": (
        {"needs": "site,activity,people\nbouake,food,many\n"},
        ("needs.csv", 2, "people", "many", "people is 'many'; expected a number of 0 or more (people)"),
    ),
    "negative people": (
        {"needs": "site,activity,people\nbouake,food,10\nabidjan,food,-5\n"},
        ("needs.csv", 3, "people", "-5", "people is '-5'; expected a number of 0 or more (people)"),
    ),
    "blank where a value is needed": (
        {"needs": "site,activity,people\nbouake,food,\n"},
        ("needs.csv", 2, "people", None, "people is blank; expected a number of 0 or more (people)"),
    ),
    "a share over 1": (
        {"needs": "site,activity,people,min_coverage\nbouake,food,10,80\n"},
        (
            *("needs.csv", 2, "min_coverage", "80"),
            "min_coverage is '80'; expected a number from 0 to 1 (share); write a share as 0.8, not 80",
        ),
    ),
    "a percentage": (
        {"needs": "site,activity,people,min_coverage\nbouake,food,10,80%\n"},
        (
            *("needs.csv", 2, "min_coverage", "80%"),
            "min_coverage is '80%'; expected a number from 0 to 1 (share); write a share as 0.8, not 80",
        ),
    ),
    "a separator of thousands": (
        {"needs": 'site,activity,people\nbouake,food,"1,200"\n'},
        (
            *("needs.csv", 2, "people", "1,200"),
            "people is '1,200'; expected a number of 0 or more (people); "
            "write it with a decimal point and without separators of thousands",
        ),
    ),
    "half a person": (
        {"units": "unit,persons,available\nplatoon,35.5,4\n"},
        (
            *("units.csv", 2, "persons", "35.5"),
            "persons is '35.5'; expected a whole number of 0 or more (persons)",
        ),
    ),
    "infinity": (
        {"needs": "site,activity,people\nbouake,food,inf\n"},
        ("needs.csv", 2, "people", "inf", "people is 'inf'; expected a number of 0 or more (people)"),
    ),
    "latitude 999": (
        {"sites": TABLES["sites"].replace("7.69", "999")},
        ("sites.csv", 2, "latitude", "999", "latitude is '999'; expected a number from -90 to 90 (degrees)"),
    ),
    "severity 6": (
        {"needs": "site,activity,people,severity\nbouake,food,10,6\n"},
        ("needs.csv", 2, "severity", "6", "severity is '6'; expected a whole number from 1 to 5"),
    ),
    "a choice that is none": (
        {"activities": "activity,sector,provider\nfood,food,organization\nhealth,health,\npatrol,p,force\n"},
        (
            *("activities.csv", 2, "provider", "organization"),
            "provider is 'organization'; expected one of organisation, force; did you mean 'organisation'?",
        ),
    ),
    "neither yes nor no": (
        {"organisations": "organisation,needs_security\nwfp,maybe\ncaritas,no\n"},
        ("organisations.csv", 2, "needs_security", "maybe", "needs_security is 'maybe'; expected yes or no"),
    ),
    "a key that would be two in a list": (
        {"organisations": "organisation\nwfp\ncaritas\na;b\n"},
        (
            *("organisations.csv", 4, "organisation", "a;b"),
            "organisation is 'a;b'; expected a name without ';' or a line break",
        ),
    ),
    "a name twice in a list": (
        {"units": "unit,persons,available,tasks\nplatoon,35,4,patrol; patrol\n"},
        (
            *("units.csv", 2, "tasks", "patrol; patrol"),
            "tasks is 'patrol; patrol'; expected names, each once, separated by ';'",
        ),
    ),
    "a date in another order": (
        {"funds": "fund,amount,until\necho,5,31/12/2011\n"},
        (
            *("funds.csv", 2, "until", "31/12/2011"),
            "until is '31/12/2011'; expected a period number or a date such as 2011-06-01; "
            "write dates as year-month-day",
        ),
    ),
    "a date that does not exist": (
        {"funds": "fund,amount,until\necho,5,2011-02-30\n"},
        (
            *("funds.csv", 2, "until", "2011-02-30"),
            "until is '2011-02-30'; expected a period number or a date such as 2011-06-01; "
            "there is no such day",
        ),
    ),
    "a control character": (
        {"organisations": "organisation,name\nwfp,World\x01Food\ncaritas,\n"},
        (
            *("organisations.csv", 2, "name", "World\x01Food"),
            "name is 'World\\x01Food'; expected text without control characters; "
            "it holds a control character, remove it",
        ),
    ),
}

TABLE_WIDE = {
    "a missing column": (
        {"needs": "site,activity\nbouake,food\n"},
        (
            *("needs.csv", 1, "people", None),
            "column 'people' is missing; it holds a number of 0 or more (people): "
            "People who need the activity",
        ),
    ),
    "a misspelt column": (
        {"needs": "site,activity,poeple\nbouake,food,10\n"},
        ("needs.csv", 1, "poeple", None, "column 'poeple' is not known; did you mean 'people'?"),
    ),
    "a column twice": (
        {"needs": "site,activity,people,People\nbouake,food,10,11\n"},
        ("needs.csv", 1, "People", None, "column 'People' stands twice; keep one"),
    ),
    "values without a column name": (
        {"needs": "site,activity,people,\nbouake,food,10,11\n"},
        (
            *("needs.csv", 1, None, None),
            "the column after 'people' holds values but has no name; name it, or empty it",
        ),
    ),
    "an unknown name": (
        {"needs": "site,activity,people\nbouake,helth,10\n"},
        (
            *("needs.csv", 2, "activity", "helth"),
            "activity 'helth' is not in activities.csv; did you mean 'health'?",
        ),
    ),
    "an unknown name like no other": (
        {"needs": "site,activity,people\nouagadougou,food,10\n"},
        ("needs.csv", 2, "site", "ouagadougou", "site 'ouagadougou' is not in sites.csv"),
    ),
    "an unknown name in a list": (
        {"units": "unit,persons,available,tasks\nplatoon,35,4,patrol; patrols\n"},
        (
            *("units.csv", 2, "tasks", "patrols"),
            "tasks 'patrols' is not in activities.csv; did you mean 'patrol'?",
        ),
    ),
    "an unknown region": (
        {"capabilities": "organisation,activity,region\nwfp,food,North\n"},
        (
            *("capabilities.csv", 2, "region", "North"),
            "region 'North' is not in sites.csv; did you mean 'north'?",
        ),
    ),
    "a key twice": (
        {"organisations": "organisation\nwfp\ncaritas\nwfp\n"},
        ("organisations.csv", 4, "organisation", "wfp", "organisation 'wfp' stands already in row 2"),
    ),
    "a key twice, by its default": (
        {"capabilities": "organisation,activity,modality\nwfp,food,service\nwfp,food,\n"},
        (
            *("capabilities.csv", 3, "organisation, activity, modality, site, region", "wfp, food, , , "),
            "organisation 'wfp', activity 'food' stands already in row 2",
        ),
    ),
    "one period and every period": (
        {"needs": "site,activity,period,people\nbouake,food,2,10\nbouake,food,,10\n"},
        (
            *("needs.csv", 2, "site, activity, period", "bouake, food, 2"),
            "site 'bouake', activity 'food', period '2' stands already in row 3, "
            "which holds for every period; keep one of the two",
        ),
    ),
    "a period out of range": (
        {"needs": "site,activity,period,people\nbouake,food,4,10\n"},
        (
            *("needs.csv", 2, "period", "4"),
            "period 4 is out of range; the mission has periods 1 to 3 (mission.toml)",
        ),
    ),
    "period 0": (
        {"needs": "site,activity,period,people\nbouake,food,0,10\n"},
        ("needs.csv", 2, "period", "0", "period is '0'; expected a whole number of 1 or more"),
    ),
    "a fund that expires before it starts": (
        {"funds": "fund,amount,from,until\necho,5,2011-05-01,2011-04-01\n"},
        (
            *("funds.csv", 2, "from, until", "2011-05-01, 2011-04-01"),
            "from '2011-05-01' is after until '2011-04-01'; exchange them, or correct one",
        ),
    ),
    "an earmark that names nothing": (
        {"funds": "fund,amount\necho,5\n", "earmarks": "fund,sector\necho,\n"},
        (
            *("earmarks.csv", 2, None, None),
            "the earmark names nothing but the fund; name what it may pay for, or remove the row "
            "(a fund without earmarks pays for anything)",
        ),
    ),
    "an earmark of no fund": (
        {"funds": "fund,amount\necho,5\n", "earmarks": "fund,sector\nechoo,food\n"},
        ("earmarks.csv", 2, "fund", "echoo", "fund 'echoo' is not in funds.csv; did you mean 'echo'?"),
    ),
    "earmarks without funds": (
        {"earmarks": "fund,sector\necho,food\n"},
        (
            *("earmarks.csv", None, "fund", None),
            "column 'fund' names entries of funds.csv, which is missing; add it, or remove earmarks",
        ),
    ),
    "half a coordinate": (
        {"sites": TABLES["sites"].replace("-5.03", "")},
        (
            *("sites.csv", 2, "latitude, longitude", "7.69, "),
            "latitude and longitude must be given together",
        ),
    ),
    "a capability at a site and in a region": (
        {
            "sites": TABLES["sites"],
            "capabilities": "organisation,activity,site,region\nwfp,food,bouake,north\n",
        },
        (
            *("capabilities.csv", 2, "site, region", "bouake, north"),
            "site and region are both given; name one, or neither for anywhere",
        ),
    ),
    "a handover of nothing": (
        {"handover": "activity,sector,local_share\n,,0.5\n"},
        (
            *("handover.csv", 2, "activity, sector", ", "),
            "a handover concerns an activity or a sector; name one of them",
        ),
    ),
    "a unit rule that no number keeps": (
        {"unit_rules": "unit,min,max\nplatoon,3,2\n"},
        (
            *("unit_rules.csv", 2, "min, max", "3, 2"),
            "min is greater than max; no number of units can satisfy both",
        ),
    ),
    "an empty mission": (
        {"needs": "site,activity,people\n"},
        ("needs.csv", None, None, None, "has no rows; a mission needs at least one row of needs"),
    ),
    "a missing table": (
        {"needs": None},
        ("needs.csv", None, None, None, "is missing; every mission needs it"),
    ),
    "a missing table that is misnamed": (
        {"needs": None, "need": TABLES["needs"]},
        ("needs.csv", None, None, None, "is missing; every mission needs it; is it 'need'?"),
    ),
    "an empty file": (
        {"staff": " \n"},
        ("staff.csv", None, None, None, "is empty; it needs a row of column names at least"),
    ),
    "a row with too many cells": (
        {"organisations": "organisation,name\nwfp,World Food, Programme\ncaritas,\n"},
        (
            *("organisations.csv", 2, None, None),
            "has 3 cells, but the header has 2; put a cell that holds ',' in quotation marks",
        ),
    ),
    "a quotation mark that is not closed": (
        {"organisations": 'organisation,name\nwfp,"World Food\ncaritas,\n'},
        (
            *("organisations.csv", 2, None, None),
            "cannot be read from row 2, which begins near line 3: unexpected end of data; "
            "check that every quotation mark is closed, and doubled within a cell",
        ),
    ),
    "not UTF-8": (
        {"sites": TABLES["sites"].replace("korhogo", "séguéla").encode("latin-1")},
        # Before the é stand three lines of 44, 28 and 29 bytes, and the letter s.
        (
            *("sites.csv", 4, None, None),
            "is not UTF-8 (byte 0xE9 at position 103, line 4); save it as 'CSV UTF-8'",
        ),
    ),
    "UTF-16": (
        {"sites": TABLES["sites"].encode("utf-16")},
        ("sites.csv", 1, None, None, "is not UTF-8 but UTF-16; save it as 'CSV UTF-8'"),
    ),
    "a zero byte": (
        {"sites": TABLES["sites"].replace("north", "no\0th")},
        (
            *("sites.csv", 2, None, None),
            "holds a zero byte in line 2, so it is no text file; save it as 'CSV UTF-8'",
        ),
    ),
}


CASES = CELLS | TABLE_WIDE


@pytest.mark.parametrize(("changes", "expected"), CASES.values(), ids=CASES.keys())
def test_a_problem_is_worded(tmp_path: Path, changes: dict[str, str], expected: tuple[object, ...]) -> None:
    # One mistake, one problem: nothing that follows from it is reported besides.
    assert said(folder(tmp_path, **changes)) == [expected]


def test_the_example_of_the_design(tmp_path: Path) -> None:
    rows = "".join(f"bouake,food,{period},10\n" for period in range(1, 13))
    text = f"site,activity,period,people\n{rows}bouake,helth,1,10\n"
    problems = validate(folder(tmp_path, header=HEADER.replace("3", "12", 1), needs=text))
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    assert errors == ["needs.csv row 14: activity 'helth' is not in activities.csv; did you mean 'health'?"]


def test_all_problems_are_raised_at_once(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        header=HEADER + "perods = 2\n",
        sites=TABLES["sites"].replace("7.69", "999"),
        needs="site,activity,people\nbouake,food,-1\nabidjan,helth,2\n",
    )
    with pytest.raises(MissionError) as raised:
        read(path)
    places = [(problem.file, problem.row, problem.column) for problem in raised.value.problems]
    assert places == [
        ("mission.toml", None, "perods"),
        ("sites.csv", 2, "latitude"),
        ("needs.csv", 2, "people"),
        ("needs.csv", 3, "activity"),
    ]


def test_many_bad_rows_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"s{number},-1\n" for number in range(25))
    problems = said(folder(tmp_path, organisations=f"organisation,base_cost\nwfp,\ncaritas,\n{rows}"))
    assert [problem[1] for problem in problems] == [*range(4, 24), None]
    assert problems[-1] == (
        *("organisations.csv", None, "base_cost", None),
        "and 5 more rows have such a problem in base_cost, the next in row 24",
    )


def test_one_bad_row_may_have_several_bad_cells(tmp_path: Path) -> None:
    problems = said(folder(tmp_path, needs="site,activity,people,severity,weight\nbouake,food,x,9,-1\n"))
    assert [(p[1], p[2]) for p in problems] == [(2, "people"), (2, "severity"), (2, "weight")]


def test_rows_count_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    # A cell with a line break is one row; a blank row counts, and is left out.
    text = 'organisation,name\nwfp,"World\nFood"\n\n ,\ncaritas,\nwfp,\n'
    (problem,) = said(folder(tmp_path, organisations=text))
    assert problem[1] == 6
    assert problem[4] == "organisation 'wfp' stands already in row 2"


def test_a_missing_path(tmp_path: Path) -> None:
    folder(tmp_path / "unoci")
    with pytest.raises(MissionError, match=r"unocy: does not exist; did you mean 'unoci'\?"):
        read(tmp_path / "unocy")
    (problem,) = validate(tmp_path / "unocy")
    assert problem.file == str(tmp_path / "unocy")


def test_a_path_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "mission.txt").write_text("hello")
    with pytest.raises(PklogisticsError, match=r"is no mission; expected a folder with mission.toml"):
        read(tmp_path / "mission.txt")


def test_unknown_tables_are_warnings(tmp_path: Path) -> None:
    path = folder(tmp_path, fundss="fund,amount\necho,5\n", contacts="name\nAnne\n")
    assert said(path) == []
    assert said(path, "warning") == [
        ("contacts.csv", None, None, None, "is not a table of a mission and is not read"),
        (
            *("fundss.csv", None, None, None),
            "is not a table of a mission and is not read; did you mean 'funds'?",
        ),
    ]


def test_unknown_columns_are_kept_with_a_warning(tmp_path: Path) -> None:
    path = folder(tmp_path, organisations="organisation,Focal point\nwfp,Anne\ncaritas,007\n")
    assert said(path, "warning") == [
        (
            *("organisations.csv", 1, "Focal point", None),
            "column 'Focal point' is not known; it is kept as text and not used",
        )
    ]
    assert read(path).tables["organisations"]["Focal point"].tolist() == ["Anne", "007"]
