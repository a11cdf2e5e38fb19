"""Workbooks as people make them: formulas, merged cells, dates and numbers in cells of text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from pklogistics.errors import MissionError
from pklogistics.instance import read, write
from tests.instance.small_mission import folder, mission, said


def _book(tmp_path: Path, change: Callable[[Workbook], None]) -> Path:
    """Write the small mission as a workbook and change it as a person would, with another program."""
    path = tmp_path / "plan.xlsx"
    write(read(folder(tmp_path / "small")), path)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def test_a_formula_is_a_problem_that_names_the_cell(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["needs"]["D2"] = "=500+500"

    problems = said(_book(tmp_path, change))
    assert problems[0] == (
        *("plan.xlsx sheet needs", 2, "people", "=500+500"),
        "cell D2 holds a formula (=500+500); paste its value instead",
    )


def test_an_error_value_is_a_problem(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["sites"]["B3"] = "#N/A"

    assert said(_book(tmp_path, change)) == [
        (
            *("plan.xlsx sheet sites", 3, "name", "#N/A"),
            "cell B3 holds an error (#N/A); correct it",
        )
    ]


def test_merged_cells_are_a_problem_that_names_them(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["sites"].merge_cells("B2:B3")

    assert said(_book(tmp_path, change)) == [
        (
            *("plan.xlsx sheet sites", 2, "name", "B2:B3"),
            "cells B2:B3 are merged; unmerge them and fill each cell",
        ),
    ]


def test_formulas_in_other_sheets_do_not_matter(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book.create_sheet("Totals")["A1"] = "=1+1"

    path = _book(tmp_path, change)
    assert said(path) == []
    assert said(path, "warning") == [
        ("plan.xlsx sheet Totals", None, None, None, "is not a table of a mission and is not read")
    ]


def test_numbers_and_dates_where_text_is_expected(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = book.create_sheet("Funds")
        sheet.append(["Fund", "Amount", "From", "Until", "Agreement"])
        sheet.append([7.0, "1000.5", datetime(2011, 3, 15), date(2011, 4, 30), 12.0])
        sheet.append(["008", 5, 2.0, 3, True])

    funds = read(_book(tmp_path, change)).tables["funds"]
    assert funds["fund"].tolist() == ["7", "008"]
    assert funds["amount"].tolist() == [1000.5, 5.0]
    assert funds["from"].tolist() == ["2011-03-15", "2"]
    assert funds["until"].tolist() == ["2011-04-30", "3"]
    assert funds["Agreement"].tolist() == ["12", "yes"]


def test_blank_rows_between_keep_the_count(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["organisations"]["A7"] = "wfp"  # Rows 4 to 6 stay blank.

    (problem,) = said(_book(tmp_path, change))
    assert (problem[1], problem[4]) == (7, "organisation 'wfp' stands already in row 2")


def test_references_name_sheets(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["needs"]["B2"] = "foot"

    (problem,) = said(_book(tmp_path, change))
    assert problem[4] == "activity 'foot' is not in sheet activities; did you mean 'food'?"


def test_the_header_is_a_sheet_of_keys_and_values(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = book["mission"]
        sheet.append(["policy.security_by_threat", "0; 0; 1; 2; 4"])
        sheet.append(["objective.tiers", "need; cost"])
        sheet.append(["policy.min_share", 0.25])

    header = read(_book(tmp_path, change)).header
    assert header.start == date(2011, 3, 1)
    assert header.policy.security_by_threat == (0.0, 0.0, 1.0, 2.0, 4.0)
    assert header.policy.min_share == 0.25
    assert [tier.name for tier in header.objective.tiers] == ["need", "cost"]


def test_a_header_key_twice(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["mission"].append(["periods", 4])

    assert said(_book(tmp_path, change)) == [
        (
            "plan.xlsx sheet mission",
            None,
            "periods",
            None,
            "key 'periods' stands twice or within itself; keep one",
        )
    ]


def test_a_workbook_without_a_header(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        del book["mission"]

    assert said(_book(tmp_path, change)) == [
        (
            *("plan.xlsx sheet mission", None, None, None),
            "is missing; it holds the header, a key and a value per row, format 1 at least",
        )
    ]


def test_what_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").write_text("site,people\n")
    (problem,) = said(tmp_path / "plan.xlsx")
    assert problem[4] == "is not a workbook that can be read (File is not a zip file); save it as .xlsx"


def test_text_is_written_as_text(tmp_path: Path) -> None:
    write(mission(organisations=[{"organisation": "wfp", "name": "=1+1"}]), tmp_path / "m.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "m.xlsx")["organisations"]["B2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")


def test_a_text_longer_than_a_cell_is_refused_not_cut(tmp_path: Path) -> None:
    one = mission(organisations=[{"organisation": "wfp", "name": "x" * 32_768}])
    with pytest.raises(MissionError, match="a text in name is longer than a cell can hold"):
        write(one, tmp_path / "m.xlsx")
    assert list(tmp_path.iterdir()) == []
