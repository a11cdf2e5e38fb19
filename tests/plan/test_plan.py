from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from pklogistics.errors import NoPlanError, PlanError
from pklogistics.plan import TABLES, Plan, TierResult
from tests.plan.plans import SERVICE, small_plan


def test_every_table_is_there_in_order_with_its_dtypes():
    plan = small_plan()
    assert list(plan.tables) == list(TABLES)
    for name, table in TABLES.items():
        assert list(plan.tables[name].columns) == table.column_names
    service = plan.tables["service"]
    assert str(service["site"].dtype) == "str"
    assert service["period"].dtype == "int64"
    assert service["people"].dtype == "float64"
    assert plan.tables["bases"]["set_up"].dtype == "bool"
    assert plan.tables["moves"]["period"].dtype == "int64"  # Not given, so empty, and still typed.


def test_blank_text_is_empty_and_blank_number_is_nan():
    plan = small_plan(tables={"service": pd.DataFrame([{**SERVICE, "post": None, "people": None}])})
    assert plan.tables["service"]["post"].tolist() == [""]
    assert np.isnan(plan.tables["service"]["people"].iloc[0])


def test_columns_are_put_in_order_and_the_index_is_reset():
    frame = pd.DataFrame([SERVICE, SERVICE], index=[7, 3])[list(SERVICE)[::-1]]
    service = small_plan(tables={"service": frame}).tables["service"]
    assert list(service.columns) == list(SERVICE)
    assert service.index.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({k: v for k, v in SERVICE.items() if k != "people"}, "missing: people"),
        ({**SERVICE, "colour": "red"}, "unknown: colour"),
        ({**SERVICE, "period": 1.5}, "whole numbers"),
        ({**SERVICE, "period": None}, "whole numbers"),
        ({**SERVICE, "people": "many"}, "must be numbers"),
    ],
)
def test_wrong_columns_and_values_are_refused(row, message):
    with pytest.raises(PlanError, match=message):
        small_plan(tables={"service": pd.DataFrame([row])})


def test_unknown_tables_and_states_are_refused():
    with pytest.raises(PlanError, match="no table 'trucks'"):
        small_plan(tables={"trucks": pd.DataFrame()})
    with pytest.raises(PlanError, match="status"):
        small_plan(status="perfect")


def test_last_tier_gives_objective_bound_and_gap():
    plan = small_plan(tiers=(TierResult("need", 5, 5, 0), TierResult("cost", 100.0, 90.0, 0.1)))
    assert (plan.objective, plan.bound, plan.gap) == (100.0, 90.0, 0.1)


def test_a_plan_that_was_not_found_answers_nothing():
    plan = Plan.empty("m", "time")
    assert (plan.status, plan.stopped, plan.found) == ("none", "time", False)
    for ask in (
        lambda: plan.objective,
        lambda: plan.bound,
        lambda: plan.gap,
        lambda: plan.tables["service"],
        lambda: list(plan.tables),
        lambda: len(plan.tables),
    ):
        with pytest.raises(NoPlanError, match="more time"):
            ask()
    assert plan == Plan.empty("m", "time")
    assert plan != Plan.empty("m", "interrupted")


def test_equality_is_by_value():
    plan = small_plan()
    assert plan == small_plan()
    assert plan != small_plan(stopped="gap")
    other = {name: frame.copy() for name, frame in plan.tables.items()}
    other["service"].loc[0, "people"] = np.nextafter(250.5, 300)  # The very next number is another plan.
    assert plan != small_plan(tables=other)
    assert plan != "plan"


def test_frozen_and_read_only():
    plan = small_plan()
    with pytest.raises(AttributeError):
        plan.status = "optimal"
    with pytest.raises(TypeError):
        plan.tables["service"] = pd.DataFrame()
    with pytest.raises(TypeError):
        plan.seconds["read"] = 1.0


def test_copies_and_pickles_are_equal():
    for plan in (small_plan(), Plan.empty("m", "time")):
        assert copy.deepcopy(plan) == plan
        assert pickle.loads(pickle.dumps(plan)) == plan
