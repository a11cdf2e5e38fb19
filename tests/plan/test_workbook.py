"""A plan as a workbook that people read: what they see first, and what a spreadsheet makes of it."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest

from pklogistics.plan import TABLES, Plan
from tests.office import needs_office, saved_again
from tests.plan.plans import SERVICE, small_plan, with_texts

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")']


@pytest.fixture
def book(tmp_path):
    small_plan(mission="=cmd|' /C calc'!A0").save(tmp_path / "plan.xlsx")
    return openpyxl.load_workbook(tmp_path / "plan.xlsx")


def _rows(sheet):
    return [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]


def test_the_summary_comes_first_and_says_what_matters(book):
    assert (book.sheetnames[0], book.active.title) == ("summary", "summary")
    rows = _rows(book["summary"])
    assert rows[1:3] == [
        ["A plan, not proven best (the search ended: time limit)."],
        ["The independent check found violations (1): see sheet violations."],
    ]
    # 250.5 of 1,000 in need are served, which is a quarter; the fund is spent.
    assert ["Health", 1000, 0, 250.5, 749.5, pytest.approx(0.2505)] in rows
    # People read names; the sheets behind keep the keys, and say which is which.
    assert ['=Central fund, "emergency"', 'Côte, "d\'Ivoire"', 501, 501, 0, 1] in rows
    assert _rows(book["funds"])[1][0] == "CERF"
    assert ["fund", "CERF", '=Central fund, "emergency"'] in _rows(book["names"])
    assert ["need", 749.5] in rows  # Nothing is proven of it, so bound and gap are blank.
    assert any(row[-1] == "no money is left" for row in rows if row)


def test_sheets_can_be_read_and_filtered(book):
    sheet = book["coverage"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:I2"
    header = {cell.value: cell.column_letter for cell in sheet[1]}
    assert sheet[f"{header['people']}2"].number_format == "#,##0"
    assert sheet[f"{header['share']}2"].number_format == "0%"
    assert sheet[f"{header['site']}2"].number_format == "@"
    coloured = [str(area.sqref) for area in sheet.conditional_formatting]
    assert coloured == [f"{header['share']}2"]
    rules = next(iter(sheet.conditional_formatting)).rules
    # A blank share is neither good nor bad; each colour stands once.
    assert len({rule.dxf.fill.bgColor.rgb for rule in rules}) == 3
    assert all("ISNUMBER" in rule.formula[0] for rule in rules)


def test_links_of_the_summary_lead_to_sheets_with_rows(book):
    links = [cell.hyperlink for row in book["summary"].iter_rows() for cell in row if cell.hyperlink]
    places = [link.location.split("!")[0].strip("'") for link in links]
    assert places == ["service", "bases", "funds", "coverage", "shortfalls"]
    assert [book["summary"][link.ref].value for link in links] == places


def test_no_text_is_a_formula_anywhere(tmp_path, book):
    assert [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ] == []
    with_texts(FORMULAS).save(tmp_path / "texts.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "texts.xlsx")["service"]
    assert [(c.value, c.data_type, c.number_format) for c in sheet["A"][1:]] == [
        (text, "s", "@") for text in FORMULAS
    ]


def test_the_summary_of_a_plan_with_nothing_in_it_is_there(tmp_path):
    bare = small_plan(tables={}, tiers=(), violations=None)
    bare.save(tmp_path / "plan.xlsx")
    assert Plan.load(tmp_path / "plan.xlsx") == bare
    assert ["This plan was not checked."] in _rows(openpyxl.load_workbook(tmp_path / "plan.xlsx")["summary"])


@needs_office
def test_libreoffice_keeps_all_text_and_fifteen_digits(tmp_path):
    # Spreadsheets save numbers with 15 significant digits; half of the last one is what may be lost.
    rows = [{**SERVICE, "site": text, "people": 100 / 3} for text in [*FORMULAS, "007", "1e5", "TRUE", " a "]]
    plan = small_plan(tables={"service": pd.DataFrame(rows)})
    plan.save(tmp_path / "plan.xlsx")
    again = Plan.load(saved_again(tmp_path / "plan.xlsx", tmp_path))
    for name in TABLES:
        texts = plan.tables[name].select_dtypes(exclude="number")
        assert texts.equals(again.tables[name][texts.columns]), name
    before, after = plan.tables["service"]["people"], again.tables["service"]["people"]
    assert np.allclose(before, after, rtol=5e-15, atol=0)
    assert (plan.status, plan.violations, plan.notes) == (again.status, again.violations, again.notes)


def test_the_summary_counts_units_words_mandates_and_has_room_for_its_texts(tmp_path):
    here = {"unit": "company", "site": "Man", "persons": 150}
    stationing = [{**here, "period": period, "count": count} for period, count in ((1, 5), (2, 2), (2, 1))]
    broken = [
        {"rule": "T3", "unit": "company", "region": "west", "period": 2, "amount": 9, "measure": "persons"}
    ]
    tables = {name: pd.DataFrame(rows) for name, rows in {"stationing": stationing, "broken": broken}.items()}
    blank = {c.name: "" if c.kind == "text" else 0 for c in TABLES["broken"].columns}
    tables["broken"] = pd.DataFrame([{**blank, **broken[0]}])
    short = {**small_plan().tables["shortfalls"].iloc[0].to_dict(), "reason": "no road " * 40}
    small_plan(tables={**tables, "shortfalls": pd.DataFrame([short])}).save(tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["summary"]
    rows = _rows(sheet)
    assert ["Man", "3 × company", 300] in rows  # In the last period.
    assert ["post held by mandate", "company, west", 2, 9, "persons"] in rows
    at = next(n for n, row in enumerate(rows, start=1) if row and str(row[-1]).startswith("no road"))
    # 319 characters in a column of 60, of which 57 hold text: six lines.
    assert sheet.row_dimensions[at].height == 6 * 15
