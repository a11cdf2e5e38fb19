"""Text in CSV files: no spreadsheet takes it for a formula, and it is read back as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pklogistics
from pklogistics.instance.inert import all_as_meant, all_inert, as_meant, inert
from pklogistics.plan import Plan
from tests.instance.small_mission import mission as small
from tests.office import needs_office, saved_again
from tests.plan.plans import with_texts

FORMULAS = ['=HYPERLINK("http://x","y")', "+1+cmd", "-2+3", "@SUM(A1)", "  =1+1", "'=1+1", "''@x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_marked_and_read_back(text: str) -> None:
    assert inert(text) == f"'{text}"
    assert as_meant(inert(text)) == text


@pytest.mark.parametrize("text", ["-5.25", "+3", "-1e-05", "-.5", "it's", "'quoted'", "", "a=b", "N'Djamena"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert inert(text) == text == as_meant(text)


@given(st.lists(st.text(alphabet="'=+-@ \t1a"), min_size=1))
def test_every_text_survives(texts: list[str]) -> None:
    cells = pd.DataFrame({0: all_inert(texts), 1: texts}, dtype="str")
    assert all_as_meant(cells)[0].tolist() == texts


def _hostile() -> pklogistics.Mission:
    mission = small()
    sites = mission.tables["sites"].assign(note=FORMULAS[0], latitude=-5.25, longitude=[1.0, 2.0])
    return mission.replace(tables={"sites": sites})


def test_a_mission_folder_holds_no_formula_and_loses_nothing(tmp_path: Path) -> None:
    mission = _hostile()
    pklogistics.write(mission, tmp_path / "m")
    with (tmp_path / "m" / "sites.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["note"], row["latitude"]) == (f"'{FORMULAS[0]}", "-5.25")
    assert pklogistics.read(tmp_path / "m").tables["sites"].equals(mission.tables["sites"])


def test_a_plan_folder_holds_no_formula_and_loses_nothing(tmp_path: Path) -> None:
    plan = with_texts(FORMULAS)
    plan.save(tmp_path / "plan")
    with (tmp_path / "plan" / "service.csv").open(encoding="utf-8", newline="") as file:
        assert [row["site"] for row in csv.DictReader(file)] == [f"'{text}" for text in FORMULAS]
    assert Plan.load(tmp_path / "plan").tables["service"].equals(plan.tables["service"])


@needs_office
def test_a_spreadsheet_finds_no_formula_in_a_plan_folder(tmp_path: Path) -> None:
    with_texts(FORMULAS).save(tmp_path / "plan")
    saved = saved_again(tmp_path / "plan" / "service.csv", tmp_path)
    cells = [cell for row in openpyxl.load_workbook(saved.with_suffix(".xlsx")).active for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
