from __future__ import annotations

import math

import pandas as pd
import pytest

from pklogistics.plan import TABLES
from pklogistics.report import figures
from tests.plan.plans import small_plan


def plan_with(**tables):
    """A plan with these rows (dictionaries); cells that are not given are blank."""
    blank = {"text": "", "int": 1, "float": 0.0, "bool": False}
    filled = {
        name: pd.DataFrame(
            [{**{c.name: blank[c.kind] for c in TABLES[name].columns}, **row} for row in rows],
            columns=TABLES[name].column_names,
        )
        for name, rows in tables.items()
    }
    return small_plan(tables=filled)


COVERAGE = [
    {
        "site": "a",
        "sector": "Health",
        "period": 1,
        "people": 100,
        "covered_by_others": 30,
        "served": 50,
        "unmet": 20,
    },
    {
        "site": "a",
        "sector": "Health",
        "period": 2,
        "people": 100,
        "covered_by_others": 0,
        "served": 0,
        "unmet": 100,
    },
    {
        "site": "b",
        "sector": "Food",
        "period": 1,
        "people": 40,
        "covered_by_others": 90,
        "served": 0,
        "unmet": 0,
    },
]


def test_coverage_is_an_average_of_the_periods_and_a_share_of_all():
    table = figures.coverage_by(plan_with(coverage=COVERAGE), 2, "sector").set_index("sector")
    # Health: 200 in need over two periods, 30 by others, 50 served, 120 unmet; 80 of 200 are covered.
    assert table.loc["Health"].tolist() == [100, 15, 25, 60, pytest.approx(0.4)]
    # Food: others give 90 where 40 are in need, and no more than the need is coverage.
    assert table.loc["Food"].tolist() == [20, 20, 0, 0, 1.0]


def test_the_total_counts_everything_once():
    total = figures.total_coverage(plan_with(coverage=COVERAGE), 2)
    assert total["people"] == 120  # (100 + 100 + 40) / 2
    assert total["share"] == pytest.approx(120 / 240)
    assert math.isnan(figures.total_coverage(plan_with(coverage=[]), 2)["share"])


def test_nobody_in_need_has_no_share():
    nobody = [{**COVERAGE[0], "people": 0, "covered_by_others": 0, "served": 0, "unmet": 0}]
    assert math.isnan(figures.coverage_by(plan_with(coverage=nobody), 1, "sector")["share"].iloc[0])


def test_coverage_over_periods_leaves_periods_without_need_blank():
    shares = figures.coverage_over_periods(plan_with(coverage=COVERAGE), "sector")
    assert shares.loc["Health"].tolist() == [pytest.approx(0.8), 0.0]
    assert shares.loc["Food", 1] == 1.0
    assert math.isnan(shares.loc["Food", 2])


def test_costs_without_an_organisation_are_those_of_the_force():
    costs = [
        {"kind_of_cost": "service", "organisation": "WFP", "amount": 25.0},
        {"kind_of_cost": "sustainment", "unit": "company", "amount": 75.0},
    ]
    table = figures.costs_by(plan_with(costs=costs), "payee")
    assert table.to_dict("list") == {
        "payee": [figures.FORCE, "WFP"],
        "amount": [75, 25],
        "share": [0.75, 0.25],
    }


def test_units_are_told_in_words_with_their_changes():
    counts = {("company", "a"): [2, 3, 3], ("hospital", "a"): [1, 1, 1], ("patrol", "b"): [0, 2, 0]}
    rows = [
        {"unit": unit, "site": site, "period": t, "count": n, "persons": 10 * n}
        for (unit, site), numbers in counts.items()
        for t, n in enumerate(numbers, start=1)
        if n
    ]
    table = figures.troops(plan_with(stationing=rows), 3).set_index("site")
    assert table.loc["a"].tolist() == ["2 → 3 × company, 1 × hospital", 30, 40, 40]
    assert table.loc["b"].tolist() == ["up to 2 × patrol", 0, 0, 20]  # There in period 2 alone.


def test_shortfalls_of_one_place_are_one_row():
    rows = [
        {
            "site": "a",
            "activity": "food",
            "period": t,
            "severity": 4,
            "unmet": 10 * t,
            "weighted": 40 * t,
            "reason": "x",
        }
        for t in (1, 2, 4)
    ]
    rows.append(
        {"site": "b", "activity": "food", "period": 1, "severity": None, "unmet": 900, "weighted": 900}
    )
    table = figures.shortfalls(plan_with(shortfalls=rows))
    assert table["site"].tolist() == ["b", "a"]  # 900 weighs more than 40 + 80 + 160 = 280.
    assert table.loc[1, ["severity", "unmet", "weighted", "periods"]].tolist() == [4, 40, 280, "1-2, 4"]
    assert math.isnan(table.loc[0, "severity"])


def test_broken_mandates_name_the_rule_and_the_place():
    rows = [
        {
            "rule": "N3",
            "site": "a",
            "activity": "food",
            "sector": "Food",
            "period": t,
            "amount": a,
            "measure": "people",
        }
        for t, a in ((1, 5), (2, 7))
    ]
    rows.append({"rule": "Q1", "sector": "Health", "period": 0, "amount": 3, "measure": "people"})
    table = figures.broken(plan_with(broken=rows))
    assert table["words"].tolist() == ["mandated floor of coverage", "impartiality between groups"]
    assert table["place"].tolist() == ["a, food, Food", "Health"]
    assert table["periods"].tolist() == ["1-2", "all"]
    assert table["amount"].tolist() == [7, 3]


def test_who_works_where_starts_with_those_who_serve_most():
    rows = [
        {"organisation": "small", "activity": "food", "site": "a", "period": 1, "people": 60},
        {"organisation": "large", "activity": "food", "site": "b", "period": 1, "people": 50},
        {"organisation": "large", "activity": "food", "site": "c", "period": 2, "people": 50},
    ]
    coverage = [{"activity": "food", "sector": "Food", "people": 1}]
    table = figures.who_works_where(plan_with(presence=rows, coverage=coverage), 2)
    assert table["organisation"].tolist() == ["large", "large", "small"]  # 100 against 60.
    assert table["sector"].unique().tolist() == ["Food"]
    assert table["people"].tolist() == [25, 25, 30]  # Average of two periods.


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([1], "1"), ([3, 1, 2, 2], "1-3"), ([1, 3, 4, 9], "1, 3-4, 9"), ([0], "all"), ([], "")],
)
def test_periods_are_written_as_ranges(numbers, text):
    assert figures.period_ranges(numbers) == text


def test_every_figure_of_an_empty_plan_is_empty():
    plan = small_plan(tables={})
    for table in (
        figures.coverage_by(plan, 1, "sector"),
        figures.costs_by(plan, "kind_of_cost"),
        figures.funds(plan),
        figures.troops(plan, 1),
        figures.shortfalls(plan),
        figures.unmet_by_reason(plan, 1),
        figures.broken(plan),
        figures.who_works_where(plan, 1),
    ):
        assert table.empty
