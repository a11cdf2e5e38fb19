"""Bad tables: missing or strange columns, unknown names, keys twice, files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.instance.small_mission import TABLES, folder, said

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


@pytest.mark.parametrize(("changes", "expected"), TABLE_WIDE.values(), ids=TABLE_WIDE.keys())
def test_a_bad_table_is_worded(
    tmp_path: Path, changes: dict[str, str | bytes | None], expected: tuple[object, ...]
) -> None:
    # One mistake, one problem: nothing that follows from it is reported besides.
    assert said(folder(tmp_path, **changes)) == [expected]
