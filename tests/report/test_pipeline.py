"""The pipeline of goods as people see it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from rich.console import Console

import pklogistics
from pklogistics.report.pipeline import duties, pipeline, pipeline_by_period
from pklogistics.report.terminal import summary


@cache
def relief() -> tuple[pklogistics.Mission, pklogistics.Plan]:
    """Rice for 100 people in each of two periods, 10 kg each: 1 t in store, 0.5 t pledged for period 2.

    Period 1 takes the 1,000 kg in store; in period 2 only the 500 kg pledged feed 50 people, so 50 go
    without: 500 kg are missing. The road must be opened; soldiers escort every tonne.
    """
    tables = {
        "sites": [{"site": "town"}],
        "activities": [{"activity": "food", "sector": "food"}],
        "needs": [{"site": "town", "activity": "food", "people": 100}],
        "organisations": [{"organisation": "agency", "accepts_armed_escort": "yes"}],
        "capabilities": [{"organisation": "agency", "activity": "food", "modality": "in_kind"}],
        "commodities": [{"commodity": "rice", "name": "Rice, <long>", "weight_t": 0.001, "unit": "kg"}],
        "recipes": [{"activity": "food", "commodity": "rice", "per_person": 10}],
        "depots": [{"depot": "port", "name": "The port"}],
        "stock": [{"depot": "port", "commodity": "rice", "quantity": 1000}],
        "supplies": [{"depot": "port", "commodity": "rice", "period": 2, "max_quantity": 0, "pledged": 500}],
        "routes": [{"origin": "port", "destination": "town", "opening_cost": 7, "escort": "yes"}],
        "units": [{"unit": "company", "persons": 100, "available": 1, "escort_t": 5}],
    }
    mission = pklogistics.Mission.from_tables({"name": "relief", "periods": 2}, tables)
    return mission, pklogistics.solve(mission, time_limit=30)


def test_the_balance_of_a_commodity_and_its_first_break() -> None:
    rice = pipeline(*relief()).iloc[0]
    assert rice["commodity"] == "Rice, <long>"
    amounts = rice[["stock", "pledged", "bought", "given", "expired", "left"]].tolist()
    assert amounts == pytest.approx([1.0, 0.5, 0.0, 1.5, 0.0, 0.0])
    assert rice["breaks"] == 2
    assert rice["missing"] == pytest.approx(0.5)


def test_a_basket_breaks_where_people_go_without_the_average_basket() -> None:
    # The 50 people of each period take 20 kg each for 2,000 kcal; 900 kg are in store: 45 people, so 5 go
    # without in a period, 100 kg.
    mission, _ = relief()
    tables = {
        name: frame for name, frame in mission.tables.items() if name not in {"recipes", "routes", "units"}
    }
    tables |= {
        "needs": [{"site": "town", "activity": "food", "people": 50}],
        "nutrients": [{"commodity": "rice", "nutrient": "kcal", "content": 100}],
        "requirements": [{"activity": "food", "nutrient": "kcal", "per_person": 2000}],
        "stock": [{"depot": "port", "commodity": "rice", "quantity": 900}],
        "supplies": [],
        "routes": [{"origin": "port", "destination": "town"}],
    }
    short = pklogistics.Mission.from_tables({"name": "basket", "periods": 1}, tables)
    rice = pipeline(short, pklogistics.solve(short, time_limit=30)).iloc[0]
    assert rice["breaks"] == 1
    assert rice["missing"] == pytest.approx(0.1)


def test_a_basket_that_nobody_gets_breaks_by_what_its_recipe_asks_for() -> None:
    # The store is empty; each of the 100 people should have had 10 kg of rice at least: 1 t.
    mission, _ = relief()
    tables = {
        **mission.tables,
        "nutrients": [{"commodity": "rice", "nutrient": "kcal", "content": 100}],
        "requirements": [{"activity": "food", "nutrient": "kcal", "per_person": 2000}],
        "stock": [],
        "supplies": [],
    }
    empty = pklogistics.Mission.from_tables({"name": "empty", "periods": 1}, tables)
    rice = pipeline(empty, pklogistics.solve(empty, time_limit=30)).iloc[0]
    assert (rice["breaks"], rice["missing"]) == (1, pytest.approx(1.0))


def test_goods_without_weight_are_told_in_their_own_unit() -> None:
    # 150 books are needed and 50 are there: the 100 missing are no tonnes.
    tables = {
        **{name: relief()[0].tables[name] for name in ("sites", "activities", "organisations")},
        "needs": [{"site": "town", "activity": "food", "people": 150}],
        "capabilities": relief()[0].tables["capabilities"],
        "commodities": [{"commodity": "book", "unit": "books", "weight_t": 0}],
        "recipes": [{"activity": "food", "commodity": "book", "per_person": 1}],
        "depots": [{"depot": "port", "site": "town"}],
        "stock": [{"depot": "port", "commodity": "book", "quantity": 50}],
    }
    mission = pklogistics.Mission.from_tables({"name": "books", "periods": 1}, tables)
    plan = pklogistics.solve(mission, time_limit=30)
    console = Console(width=80, record=True, color_system=None)
    console.print(summary(mission, plan))
    text = console.export_text()
    assert "book (books)" in text
    assert "period 1: 100 books" in text
    page = pklogistics.report(mission, plan)
    assert "book</bdi> (books)" in page
    assert "period 1: 100 books" in page


def test_what_is_declined_is_not_taken_off_what_was_taken() -> None:
    mission, plan = relief()
    intake = plan.tables["intake"].assign(declined=300.0)
    declining = replace(plan, tables={**plan.tables, "intake": intake})
    assert pipeline(mission, declining).iloc[0][["stock", "pledged"]].tolist() == pytest.approx([1.0, 0.5])
    # 300 kg of the stock and as much of the pledge.
    assert duties(mission, declining)[0] == "Stock and pledges not taken in: Rice, <long> 0.6 t."


def test_each_period_tells_what_came_went_and_was_missing() -> None:
    rows = pipeline_by_period(*relief()).set_index("period")
    # Period 1: 1 t in store is given out. Period 2: 0.5 t pledged is, and 50 people miss 10 kg each.
    names = ["stock", "pledged", "bought", "given", "expired", "left", "missing"]
    assert rows.loc[1, names].tolist() == pytest.approx([1, 0, 0, 1, 0, 0, 0])
    assert rows.loc[2, names].tolist() == pytest.approx([0, 0.5, 0, 0.5, 0, 0, 0.5])


def test_what_is_opened_and_escorted() -> None:
    assert duties(*relief()) == [
        "Routes opened: The port to town by road (period 1).",
        "On escort duty: at most 1 unit (100 persons) in a period, 1.5 t in all.",
    ]


def test_semicolons_stand_between_places_whose_names_may_hold_commas() -> None:
    mission, plan = relief()
    named = mission.frame("sites").assign(name="Town, north")
    renamed = mission.replace(tables={"sites": named})
    openings = plan.tables["openings"]
    twice = pd.concat([openings, openings.assign(period=2)], ignore_index=True)
    both = replace(plan, tables={**plan.tables, "openings": twice})
    way = "The port to Town, north by road"
    assert duties(renamed, both)[0] == f"Routes opened: {way} (period 1); {way} (period 2)."


def test_the_summary_and_the_page_show_it() -> None:
    mission, plan = relief()
    console = Console(width=80, record=True, color_system=None)
    console.print(summary(mission, plan))
    text = console.export_text()
    assert "Pipeline of goods (tonnes, all periods)" in text
    assert "Rice, <long>" in text
    assert max(map(len, text.splitlines())) <= 80
    page = pklogistics.report(mission, plan)
    assert "Pipeline of goods" in page
    assert "Rice, &lt;long&gt;" in page
    assert "period 2: 0.5 t" in page


def test_a_mission_without_goods_has_no_pipeline() -> None:
    mission = pklogistics.read("instances/tiny-first")
    plan = pklogistics.solve(mission, time_limit=30)
    assert pipeline(mission, plan).empty
    assert duties(mission, plan) == []
    assert "Pipeline of goods" not in pklogistics.report(mission, plan)
