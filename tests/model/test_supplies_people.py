"""What people get: baskets by nutrients, cash and markets, and who pays for goods (S2, S6, F1)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.goods import mission, rows, solved, tiers

FOODS = ("maize", "beans", "oil", "biscuits")
NUTRIENTS = ("energy", "protein", "fat")


def diet(prices: np.ndarray, contents: np.ndarray, required: np.ndarray, **tables: Any) -> Any:
    """Ten people whose basket must hold the required nutrients; contents has shape (foods, nutrients)."""
    foods, nutrients = FOODS[: len(prices)], NUTRIENTS[: len(required)]
    given_tables = {
        "needs": [{"site": "town", "activity": "food", "people": 10}],
        "commodities": [
            {"commodity": food, "unit": "kg", "weight_t": 0.001, "price": float(price)}
            for food, price in zip(foods, prices, strict=True)
        ],
        "recipes": None,
        "nutrients": [
            {"commodity": food, "nutrient": nutrient, "content": float(contents[f, n])}
            for f, food in enumerate(foods)
            for n, nutrient in enumerate(nutrients)
        ],
        "requirements": [
            {"activity": "food", "nutrient": nutrient, "per_person": float(required[n])}
            for n, nutrient in enumerate(nutrients)
        ],
        "supplies": [{"depot": "port", "commodity": food} for food in foods],
        "routes": [{"origin": "port", "destination": "town"}],
    }
    return mission(**{**given_tables, **tables})


def cheapest(prices: np.ndarray, contents: np.ndarray, required: np.ndarray) -> float:
    """Return the least price of a basket for one, trying every vertex: some rows tight, some foods absent."""
    foods, nutrients = contents.shape
    rows_of_all = np.vstack([contents.T, np.eye(foods)])
    sides = np.concatenate([required, np.zeros(foods)])
    best = np.inf
    for tight in combinations(range(nutrients + foods), foods):
        square = rows_of_all[list(tight)]
        if abs(np.linalg.det(square)) < 1e-9:
            continue
        basket = np.linalg.solve(square, sides[list(tight)])
        if (rows_of_all @ basket >= sides - 1e-9).all():
            best = min(best, float(prices @ basket))
    return best


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_the_classic_diet_problem_by_its_vertices(seed: int) -> None:
    draw = np.random.default_rng(seed)
    foods, nutrients = int(draw.integers(2, 5)), int(draw.integers(1, 4))
    prices = draw.integers(1, 20, foods).astype(float)
    contents = draw.integers(0, 9, (foods, nutrients)).astype(float)
    contents[0] = np.maximum(contents[0], 1)  # Something holds everything, so that there is a basket.
    required = draw.integers(1, 30, nutrients).astype(float)
    plan = solved(diet(prices, contents, required))
    expected = {"mandate": 0, "need": 0, "waste": 0}
    found = tiers(plan)
    assert {name: found[name] for name in expected} == expected
    assert found["cost"] == pytest.approx(10 * cheapest(prices, contents, required), abs=1e-3)


def test_a_recipe_bounds_a_basket() -> None:
    # 2100 kcal: maize has 3500 a kg for 1, beans 3300 for 3. At least 0.1 kg of beans (330), no more than
    # 0.3 of maize (1050): the other 720 are beans as well.
    one = diet(
        np.array([1.0, 3.0]),
        np.array([[3500.0], [3300.0]]),
        np.array([2100.0]),
        recipes=[
            {"activity": "food", "commodity": "maize", "per_person": 0, "max_per_person": 0.3},
            {"activity": "food", "commodity": "beans", "per_person": 0.1},
        ],
    )
    plan = solved(one)
    beans = (2100 - 1050) / 3300
    assert rows(plan, "distributions", "commodity", "quantity") == [
        ("beans", pytest.approx(10 * beans, abs=1e-3)),
        ("maize", 3.0),
    ]
    assert tiers(plan)["cost"] == pytest.approx(10 * (0.3 + 3 * beans), abs=1e-3)


def test_too_much_of_a_nutrient_is_avoided() -> None:
    # Biscuits are the cheapest energy, but hold 10 of fat a kg, of which nobody may have more than 2: 0.2 kg
    # of them give 800 of 2000 kcal, maize the rest, 0.3 kg.
    one = diet(
        np.array([5.0, 1.0]),
        np.array([[4000.0, 0.0], [4000.0, 10.0]]),
        np.array([2000.0, 0.0]),
        requirements=[
            {"activity": "food", "nutrient": "energy", "per_person": 2000},
            {"activity": "food", "nutrient": "protein", "per_person": 0, "max_per_person": 2},
        ],
    )
    plan = solved(one)
    assert rows(plan, "distributions", "commodity", "quantity") == [("beans", 2.0), ("maize", 3.0)]


def test_nobody_is_fed_without_a_nutrient_that_nothing_brings() -> None:
    one = diet(
        np.array([1.0]),
        np.array([[3500.0]]),
        np.array([2100.0]),
        requirements=[
            {"activity": "food", "nutrient": name, "per_person": 1} for name in ("energy", "iodine")
        ],
    )
    plan = solved(one)
    assert tiers(plan)["need"] == 10
    assert rows(plan, "shortfalls", "reason") == [
        ("nothing that holds iodine can come to this site in this period",)
    ]


def test_all_of_a_recipe_must_come() -> None:
    # Rice for 100, salt for 30: a ration is both.
    one = mission(
        commodities=[{"commodity": name, "unit": "kg", "weight_t": 0.001} for name in ("rice", "salt")],
        recipes=[
            {"activity": "food", "commodity": "rice", "per_person": 10},
            {"activity": "food", "commodity": "salt", "per_person": 1},
        ],
        supplies=[
            {"depot": "port", "commodity": "rice"},
            {"depot": "port", "commodity": "salt", "max_quantity": 30},
        ],
    )
    plan = solved(one)
    assert tiers(plan)["need"] == 70
    assert rows(plan, "distributions", "commodity", "quantity") == [("rice", 300.0), ("salt", 30.0)]


CASH = [
    {"organisation": "WFP", "activity": "food", "modality": "in_kind"},
    {"organisation": "WFP", "activity": "food", "modality": "cash", "cost_per_person": 8},
]


def test_cash_needs_no_goods_but_a_market() -> None:
    # In kind a person costs 10 + 0.2, in cash 8; the market bears 60 of the 100.
    one = mission(capabilities=CASH, sites=[{"site": "town", "market_capacity": 60}])
    plan = solved(one)
    assert tiers(plan)["cost"] == pytest.approx(60 * 8 + 40 * 10.2)
    assert rows(plan, "service", "modality", "people") == [("cash", 60.0), ("in_kind", 40.0)]


def test_a_market_bears_so_many_people_in_any_mission() -> None:
    # S6 is switched on by its column: there are no goods at all here.
    bare = dict.fromkeys(("commodities", "recipes", "depots", "supplies", "routes"))
    two = [*CASH[1:], {**CASH[1], "modality": "voucher"}]
    one = mission(capabilities=two, sites=[{"site": "town", "market_capacity": 60}], **bare)
    assert tiers(solved(one))["need"] == 40


def test_an_earmark_names_a_commodity() -> None:
    # 200 for salt alone, 500 for anything but transport, which its own fund pays: salt for 100 costs 100, and
    # 500 buy rice for 50; half of the salt money is left.
    one = mission(
        commodities=[
            {"commodity": name, "unit": "kg", "weight_t": 0.001, "price": 1} for name in ("rice", "salt")
        ],
        recipes=[
            {"activity": "food", "commodity": "rice", "per_person": 10},
            {"activity": "food", "commodity": "salt", "per_person": 1},
        ],
        supplies=[{"depot": "port", "commodity": name} for name in ("rice", "salt")],
        funds=[
            {"fund": "salt", "amount": 200},
            {"fund": "food", "amount": 500},
            {"fund": "road", "amount": 99},
        ],
        earmarks=[
            {"fund": "salt", "commodity": "salt", "kind_of_cost": "procurement"},
            {"fund": "food", "kind_of_cost": "procurement"},
            {"fund": "road", "kind_of_cost": "transport"},
        ],
    )
    plan = solved(one)
    assert tiers(plan)["need"] == 50
    assert rows(plan, "funds", "fund", "paid") == [("food", 500.0), ("road", 11.0), ("salt", 50.0)]
    assert rows(plan, "payments", "fund", "commodity", "kind_of_cost", "amount") == [
        ("food", "rice", "procurement", 500.0),
        ("road", "rice", "transport", 10.0),
        ("road", "salt", "transport", 1.0),
        ("salt", "salt", "procurement", 50.0),
    ]


def test_costs_bear_on_who_runs_the_depot_and_on_where_goods_go() -> None:
    one = mission(
        sites=[{"site": "town", "region": "north"}, {"site": "quay", "region": "coast"}],
        depots=[{"depot": "port", "site": "quay", "organisation": "WFP"}],
    )
    assert rows(solved(one), "costs", "kind_of_cost", "organisation", "site", "region", "amount") == [
        ("procurement", "WFP", "quay", "coast", 1000.0),
        ("transport", "WFP", "town", "north", 20.0),
    ]
