"""Posts: security asked for and given, and the way to the surgeon."""

from __future__ import annotations

import pandas as pd
import pytest

import pklogistics
from pklogistics.report.posts import held_sites, posts
from tests.report.test_figures import plan_with


@pytest.fixture(scope="module")
def found():
    """Two posts on the equator, one degree (111 km) apart, and a village that asks for security.

    The fort has a hospital in period 1 alone; the town is a level-2 facility. At 111.19 km an hour, a degree
    takes an hour. The ford lies two degrees from the town, and travel_times says 45 minutes to the fort.
    """
    tables = {
        "sites": [
            {"site": "town", "latitude": 0, "longitude": 0, "medical_level": 2},
            {"site": "fort", "name": "The fort", "latitude": 0, "longitude": 1, "threat": 3},
            {"site": "ford", "latitude": 0, "longitude": 2},
            {"site": "village", "threat": 1, "security_required": 2},
        ],
        "activities": [{"activity": "food", "sector": "food"}],
        "needs": [{"site": "town", "activity": "food", "people": 10}],
        "organisations": [{"organisation": "wfp"}],
        "capabilities": [{"organisation": "wfp", "activity": "food"}],
        "units": [
            {"unit": "company", "persons": 100, "available": 9, "security": 2},
            {"unit": "hospital", "persons": 60, "available": 1, "medical_level": 2},
        ],
        "travel_times": [{"origin": "ford", "destination": "fort", "minutes": 45}],
    }
    policy = {"medevac_minutes": 180, "medevac_speed_kmh": 111.19, "security_by_threat": [0, 0, 0, 3, 9]}
    mission = pklogistics.Mission.from_tables({"name": "m", "periods": 2, "policy": policy}, tables)
    stationing = [
        {"unit": "company", "site": "fort", "period": 1, "count": 1, "persons": 100},
        {"unit": "hospital", "site": "fort", "period": 1, "count": 1, "persons": 60},
        {"unit": "company", "site": "fort", "period": 2, "count": 2, "persons": 200},
        *[{"unit": "company", "site": "ford", "period": t, "count": 1, "persons": 100} for t in (1, 2)],
    ]
    plan = plan_with(stationing=stationing)
    return posts(mission, plan), held_sites(mission, plan)


def test_each_period_tells_security_and_surgeon(found):
    rows = found[0].set_index(["site", "period"])
    # Threat 3 asks for 3 points: one company gives 2, two give 4; the hospital gives none.
    assert rows.loc[("fort", 1), ["persons", "security", "required"]].tolist() == [160, 2, 3]
    assert rows.loc[("fort", 2), ["persons", "security", "required"]].tolist() == [200, 4, 3]
    assert rows.loc[("fort", 1), ["surgeon", "minutes"]].tolist() == ["fort", 0]
    assert rows.loc[("fort", 2), "surgeon"] == "town"
    assert rows.loc[("fort", 2), "minutes"] == pytest.approx(60, abs=0.1)
    # In period 1 the fort's hospital is 45 minutes from the ford, as measured; then only the town is left.
    assert rows.loc[("ford", 1), ["surgeon", "minutes"]].tolist() == ["fort", 45]
    assert rows.loc[("ford", 2), "minutes"] == pytest.approx(120, abs=0.2)
    # Nobody is stationed in the village, which asks for 2 points of its own.
    assert rows.loc[("village", 1), ["persons", "security", "required", "surgeon"]].tolist() == [0, 0, 2, ""]


def test_a_site_is_one_row_with_the_worst_that_it_relies_on(found):
    rows = found[1].set_index("site")
    assert rows.index.tolist() == ["The fort", "ford", "village"]  # The most persons first.
    assert rows.loc["The fort", ["secured", "periods", "surgeon"]].tolist() == [1, 2, "town"]
    assert rows.loc["ford", "minutes"] == pytest.approx(120, abs=0.2)
    assert rows.loc["village", ["units", "peak", "secured", "surgeon"]].tolist() == ["", 0, 0, ""]
    assert pd.isna(rows.loc["village", "minutes"])


def test_a_mission_without_units_has_no_posts():
    mission = pklogistics.read("instances/tiny-first")
    assert posts(mission, plan_with()).empty
    assert held_sites(mission, plan_with()).empty
