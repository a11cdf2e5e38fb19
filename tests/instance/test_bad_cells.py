"""Bad cells: every problem is worded by file, row, column and value, and says what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.instance.small_mission import TABLES, folder, said

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


@pytest.mark.parametrize(("changes", "expected"), CELLS.values(), ids=CELLS.keys())
def test_a_bad_cell_is_worded(tmp_path: Path, changes: dict[str, str], expected: tuple[object, ...]) -> None:
    # One mistake, one problem: nothing that follows from it is reported besides.
    assert said(folder(tmp_path, **changes)) == [expected]
