"""Bad input as a whole: all problems at once, counted, placed, and told from what is merely unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pklogistics.errors import MissionError, PklogisticsError
from pklogistics.instance import read, validate
from tests.instance.small_mission import HEADER, TABLES, folder, said


def test_the_small_mission_is_right(tmp_path: Path) -> None:
    assert validate(folder(tmp_path)) == ()


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


def test_columns_for_remarks_are_kept_without_one(tmp_path: Path) -> None:
    path = folder(tmp_path, organisations="organisation,source,Note\nwfp,3W of May,ask Anne\ncaritas,,\n")
    assert said(path, "warning") == []
    assert read(path).tables["organisations"]["source"].tolist() == ["3W of May", ""]
