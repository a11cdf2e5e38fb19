"""The numbers behind map and charts, and how small the page stays."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import pklogistics
from pklogistics.report.charts import MOST_PERIODS, chart_data
from pklogistics.report.html import report
from pklogistics.report.money import MOST_NODES, money_flows, money_paths
from tests.report.large import large
from tests.report.missions import hostile
from tests.report.test_pipeline import relief


@pytest.fixture(scope="module")
def big():
    return large(500, 12)


@pytest.fixture(scope="module")
def page(big):
    # 100,000 points of one area's border, wavy, round the country.
    turn = np.linspace(0, 2 * np.pi, 100_000)
    far = 4 + 0.3 * np.sin(300 * turn)
    ring = np.column_stack([far * np.cos(turn) - 4, far * np.sin(turn) + 6])
    ring[-1] = ring[0]
    return report(*big, boundaries={"type": "Polygon", "coordinates": [ring.tolist()]})


def test_a_page_of_500_sites_and_a_year_has_at_most_3_mb(big, page):
    assert len(big[0].frame("sites")) == 500
    assert 1_500_000 < len(page.encode()) <= 3_000_000
    assert json.loads(re.findall('id="data">(.*?)</script>', page)[0])["boundaries"]["features"]
    assert page.count('scope="row"') > 1500  # All sites stand in the table of shares and in that of sites.


def test_what_does_not_fit_is_left_out_and_told(monkeypatch):
    # 12 sites, one sector, two periods and their average: 36 cells, of which there is room for 20.
    monkeypatch.setattr("pklogistics.report.charts.MOST_CELLS", 20)
    mission, plan = hostile()
    data = chart_data(mission, plan)
    assert len(data["sites"]) == 6  # 6 sites have 18 cells, 7 would have 21.
    assert len(data["cells"]["step"]) == 18
    assert data["moreSites"] == 6
    assert "The 6 sites of greatest need are shown; 6 more stand in" in report(mission, plan)


def test_a_mission_of_many_periods_shows_some_of_them():
    tables = {
        "sites": [{"site": "a", "latitude": 1, "longitude": 2}],
        "activities": [{"activity": "food", "sector": "food"}],
        "needs": [{"site": "a", "activity": "food", "people": 10}],
        "organisations": [{"organisation": "wfp"}],
        "capabilities": [{"organisation": "wfp", "activity": "food"}],
    }
    mission = pklogistics.Mission.from_tables({"name": "long", "periods": 120}, tables)
    plan = pklogistics.solve(mission, time_limit=30)
    data = chart_data(mission, plan)
    assert data["periods"] == list(range(1, 121, 3))  # 120 / 53 is more than 2, so every third.
    assert len(data["periods"]) <= MOST_PERIODS
    assert data["dates"] == [""] * 40  # Nobody said when it starts.
    # The average, and 40 periods: 10 people in need, all reached.
    assert data["cells"]["step"] == [0] + [1] * 40
    assert data["cells"]["people"] == data["cells"]["reached"] == [10] * 41


def test_cells_add_up_to_the_plan():
    mission, plan = hostile()
    cells = chart_data(mission, plan)["cells"]
    # 12 sites with one sector: the average and two periods of each, in which 80 of 100 people are reached.
    assert np.cumsum(cells["step"]).tolist() == list(range(36))
    assert cells["people"] == [100] * 36
    assert cells["reached"] == cells["served"] == [80] * 36


def test_a_place_without_coordinates_is_there_and_not_on_the_map():
    mission, plan = hostile()
    places = chart_data(mission, plan)["places"]
    assert [x for x in places["x"] if x is None] == [None]
    assert places["depot"] == [0] * 12 + [1]
    assert (places["x"][12], places["y"][12]) == (-4, 3)


def test_a_depot_is_where_its_site_is_and_the_date_line_is_no_wall():
    sites = [
        {"site": "suva", "latitude": -18, "longitude": 178},
        {"site": "apia", "latitude": -14, "longitude": -172},
    ]
    tables = {
        "sites": sites,
        "activities": [{"activity": "food", "sector": "food"}],
        "needs": [{"site": "suva", "activity": "food", "people": 10}],
        "organisations": [{"organisation": "wfp"}],
        "capabilities": [{"organisation": "wfp", "activity": "food"}],
        "commodities": [{"commodity": "rice", "weight_t": 0.001}],
        "recipes": [{"activity": "food", "commodity": "rice", "per_person": 1}],
        "depots": [{"depot": "quay", "site": "apia"}],
        "stock": [{"depot": "quay", "commodity": "rice", "quantity": 5}],
        "routes": [{"origin": "quay", "destination": "suva"}],
    }
    mission = pklogistics.Mission.from_tables({"name": "pacific"}, tables)
    data = chart_data(mission, pklogistics.solve(mission, time_limit=30))
    # Apia lies ten degrees east of Suva: 188 for 172 west.
    assert data["places"]["x"] == [178, 188, 188]
    assert data["places"]["y"] == [-18, -14, -14]
    # 5 kg feed 5 people: 0.005 t from the quay (2) to Suva (0), which is too little to draw.
    assert data["flows"]["tonnes"] == []
    assert data["cells"]["reached"] == [5, 5]


def test_flows_know_their_escort():
    flows = chart_data(*relief())["flows"]
    # 1,000 kg in period 1 and 500 kg in period 2 on the guarded road; period 0 is their sum.
    found = dict(zip(flows["period"], flows["tonnes"], strict=True))
    assert found == {0: 1.5, 1: 1.0, 2: 0.5}
    assert flows["escort"] == [1, 1, 1]
    assert [flows["modes"][mode] for mode in flows["mode"]] == ["road"] * 3


def test_money_runs_from_donor_to_sector(big):
    mission, plan = big
    paths, flows = money_paths(mission, plan), money_flows(mission, plan)
    assert paths["amount"].sum() == pytest.approx(plan.tables["payments"]["amount"].sum())
    depth = np.array([level for _, level in flows["nodes"]])
    assert (np.bincount(depth) <= MOST_NODES).all()
    links = np.array(flows["links"])
    # All that leaves the donors arrives at the sectors.
    for level in (0, 1):
        leaving = links[depth[links[:, 0].astype(int)] == level, 2].sum()
        assert leaving == pytest.approx(paths["amount"].sum(), rel=1e-6)


def test_smaller_donors_are_taken_together(big):
    mission, plan = big
    many = [f"fund {n}" for n in range(30)]
    payments = plan.tables["payments"]
    payments = payments.assign(fund=np.array(many)[np.arange(len(payments)) % 30])
    nodes = money_flows(mission, _with(plan, payments=payments))["nodes"]
    donors = [name for name, level in nodes if level == 0]
    assert len(donors) == MOST_NODES
    assert "17 others" in donors  # 13 stand for themselves.


def _with(plan, **tables):
    from dataclasses import replace

    return replace(plan, tables={**plan.tables, **tables})


def test_the_data_can_be_json(big):
    for mission, plan in (big, hostile(), relief()):
        data = chart_data(mission, plan)
        assert json.loads(json.dumps(data, allow_nan=False)) == data
