"""Family supplies: its tables as a mission gives them, in every container, and what a blank means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pklogistics.errors import MissionError
from pklogistics.instance import Mission, read, validate, write
from pklogistics.instance.schema import TABLES
from tests.instance.country import Row
from tests.instance.pipeline import BASKET, PIPELINE, RAIL, ROAD, TRACK
from tests.instance.small_mission import folder, mission, said

FAMILY = [name for name, table in TABLES.items() if table.family == "supplies"]
MARCH = {"start": "2011-03-01", "periods": 3}


def pipeline(header: Row | None = None, **tables: Any) -> Mission:
    return mission(header, **(PIPELINE | tables))


def test_what_a_blank_means() -> None:
    one = pipeline()
    rice = one.frame("commodities").loc[0]
    assert (rice["volume_m3"], rice["price"]) == (0.0, 0.5)
    assert np.isnan(rice["shelf_life"])
    assert np.isnan(one.frame("recipes").loc[0, "max_per_person"])
    port, hub = one.frame("depots").to_dict("records")
    assert (port["site"], hub["site"], port["organisation"], port["opening_cost"]) == ("", "b", "", 0.0)
    assert np.isnan([port["capacity_m3"], port["throughput_t"], port["latitude"], hub["capacity_t"]]).all()
    supply = one.frame("supplies").loc[0]
    assert (supply["supplier"], supply["lead_time"], supply["pledged"]) == ("", 0, 0.0)
    # The price of the commodity stands in its own table; the frame of one table knows nothing of another.
    assert np.isnan([supply["period"], supply["price"], supply["max_quantity"]]).all()
    track = one.frame("routes").loc[2]
    assert (track["mode"], track["cost_per_t"], track["lead_time"]) == ("road", 0.0, 0)
    assert (track["opening_cost"], track["from"], track["until"], track["escort"]) == (0.0, 1, 3, False)
    assert np.isnan(track[["capacity_t", "distance_km", "hours"]].to_numpy(dtype=float)).all()
    truck = one.frame("fleets").loc[0]
    assert (truck["mode"], truck["cost_per_hour"]) == ("road", 0.0)
    assert np.isnan(truck["payload_m3"])
    target = one.frame("stock_targets").loc[0]
    assert target["min_life"] == 0
    assert np.isnan(target["period"])
    assert one.header.policy.convoy_speed_kmh == 40.0
    assert one.header.policy.max_open_depots is None


def test_storage_at_sites() -> None:
    # Neither given: nothing stays, so both limits are 0. One given: the other one does not limit.
    sites = [{"site": "a"}, {"site": "b", "storage_t": 5}, {"site": "c", "storage_m3": 0}]
    frame = mission(sites=sites).frame("sites")
    assert frame["storage_t"].fillna(np.inf).tolist() == [0.0, 5.0, np.inf]
    assert frame["storage_m3"].fillna(np.inf).tolist() == [0.0, np.inf, 0.0]


def test_dtypes_are_those_of_an_absent_table() -> None:
    present, absent = pipeline(**BASKET), mission()
    for name in FAMILY:
        assert (present.has(name), absent.has(name)) == (True, False)
        pd.testing.assert_series_equal(absent.frame(name).dtypes, present.frame(name).dtypes)


# Periods of 30 days from 1 March end on 30 March, 29 April and 29 May. Goods may be given out in the periods
# that end by the day on which they expire; before the first of them has ended there is none.
EXPIRES = {
    "": np.nan,
    "2011-02-01": 0,
    "2011-03-29": 0,
    "2011-03-30": 1,
    "2011-04-28": 1,
    "2011-04-29": 2,
    "2011-05-29": 3,
    "2012-02-23": 12,  # Day 360 of the mission: the end of the twelfth period, beyond the last.
    "2": 2,
    "0": 0,
    "40": 40,
}


@pytest.mark.parametrize(("text", "period"), EXPIRES.items())
def test_the_last_period_in_which_stock_may_be_given_out(text: str, period: float) -> None:
    stock = [{"depot": "port", "commodity": "rice", "quantity": 1, "expires": text}]
    expires = pipeline(MARCH, stock=stock).frame("stock")["expires"]
    assert str(expires.dtype) == "float64"
    assert expires.fillna(-1).tolist() == [-1 if text == "" else period]


def test_months_of_the_mean_length_end_on_a_day() -> None:
    # 12 periods of 30.4375 days are 365.25 days: the twelfth ends in the course of 29 February 2012.
    # 15 periods of 2.2 days end with day 33, 2 April, though 33 / 2.2 is just below 15 in floating point; the
    # day after is in period 16.
    assert 33 / 2.2 < 15
    for days, text, period in (
        (30.4375, "2012-02-28", 11),
        (30.4375, "2012-02-29", 12),
        (2.2, "2011-04-01", 14),
        (2.2, "2011-04-02", 15),
    ):
        stock = [{"depot": "port", "commodity": "rice", "quantity": 1, "expires": text}]
        one = pipeline({**MARCH, "period_days": days}, stock=stock)
        assert one.frame("stock")["expires"].tolist() == [period]
    routes = [{**RAIL, "from": "2011-04-03"}, ROAD, TRACK]
    one = pipeline({**MARCH, "periods": 20, "period_days": 2.2}, routes=routes)
    assert one.frame("routes")["from"].tolist() == [16, 1, 1]


def test_routes_are_open_in_the_periods_that_hold_their_dates() -> None:
    routes = [{**RAIL, "from": "2011-03-31", "until": "2011-04-01"}, ROAD, TRACK]
    frame = pipeline(MARCH, routes=routes).frame("routes")
    assert frame["from"].tolist() == [2, 1, 1]
    assert frame["until"].tolist() == [2, 3, 3]


def test_supplies_and_targets_by_period() -> None:
    supplies = [
        {"depot": "port", "commodity": "rice", "period": 2, "pledged": 5, "max_quantity": 0},
        {"depot": "port", "commodity": "oil"},
    ]
    one = pipeline(supplies=supplies)
    frame = one.by_period("supplies")
    assert frame[["commodity", "period", "row"]].to_numpy().tolist() == [
        *(["rice", 2, 0], ["oil", 1, 1], ["oil", 2, 1], ["oil", 3, 1])
    ]
    assert one.by_period("stock_targets")["period"].tolist() == [1, 2, 3]


ALL_COLUMNS: dict[str, list[Row]] = {
    "commodities": [
        {
            **{"commodity": "rice", "name": "Riz, brisé", "unit": "bag", "weight_t": 0.05},
            **{"volume_m3": 0.07, "price": 30.5, "shelf_life": 7},
        },
        {"commodity": "oil", "weight_t": 0.1 + 0.2},
    ],
    "recipes": [{"activity": "food", "commodity": "rice", "per_person": 0.25, "max_per_person": 0.5}],
    "nutrients": [{"commodity": "oil", "nutrient": "kcal", "content": 1e6}],
    "requirements": [{"activity": "food", "nutrient": "kcal", "per_person": 63e3, "max_per_person": 9e4}],
    "depots": [
        {
            **{"depot": "port", "name": "=port", "site": "a", "latitude": 5.3, "longitude": -4.0},
            **{"organisation": "wfp", "capacity_t": 500, "capacity_m3": 900, "throughput_t": 70.5},
            **{"opening_cost": 1000, "cost_per_period": 10},
        },
        {"depot": "007"},
    ],
    "stock": [
        {"depot": "port", "commodity": "rice", "quantity": 3.5, "expires": "2011-05-29"},
        {"depot": "port", "commodity": "rice", "quantity": 4, "expires": "2"},
        {"depot": "port", "commodity": "rice", "quantity": 4},
    ],
    "supplies": [
        {
            **{"depot": "007", "commodity": "rice", "period": 2, "supplier": "1; 2", "price": 29.99},
            **{"max_quantity": 400, "lead_time": 1, "pledged": 20},
        },
        {"depot": "007", "commodity": "oil", "max_quantity": 0, "pledged": 0},
    ],
    "routes": [
        {
            **{"origin": "007", "destination": "b", "mode": "river", "cost_per_t": 12.5, "capacity_t": 80},
            **{"lead_time": 1, "opening_cost": 5000, "from": "2", "until": "2011-05-29", "escort": "yes"},
            **{"distance_km": 120, "hours": 30},
        },
        {"origin": "007", "destination": "port"},
    ],
    "fleets": [
        {
            **{"depot": "007", "vehicle": "boat", "count": 2, "payload_t": 15, "payload_m3": 20},
            **{"hours_per_period": 200, "mode": "river", "cost_per_hour": 45},
        }
    ],
    "stock_targets": [{"depot": "port", "commodity": "rice", "period": 3, "min_quantity": 12, "min_life": 2}],
}


@pytest.mark.parametrize("name", ["folder", "book.xlsx", "file.json"])
def test_no_container_loses_anything(tmp_path: Path, name: str) -> None:
    for table, records in ALL_COLUMNS.items():
        assert set().union(*records) == set(TABLES[table].by_name)
    header = {**MARCH, "policy": {"max_open_depots": 2, "convoy_speed_kmh": 27.5}}
    one = mission(
        header,
        **ALL_COLUMNS,
        sites=[{"site": "a", "storage_t": 1.5}, {"site": "b", "storage_m3": 7}],
        travel_times=[{"origin": "007", "destination": "b", "minutes": 600}],
    )
    write(one, tmp_path / name)
    two = read(tmp_path / name)
    assert two == one
    assert two.header.policy.max_open_depots == 2
    assert two.tables["stock"]["expires"].tolist() == ["2011-05-29", "2", ""]


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if not table.filled])
def test_an_empty_list_is_a_table_without_rows(tmp_path: Path, name: str) -> None:
    # Where the others name rows of the table, they are without rows as well.
    others = {"capabilities": []} if name == "organisations" else {}
    one = mission(**{**others, name: []})
    assert one.has(name)
    assert list(one.tables[name].columns) == [column.name for column in TABLES[name].columns]
    assert len(one.tables[name]) == len(one.frame(name)) == 0
    # A header alone says the same, and so does what is written and read back.
    header = pd.DataFrame(columns=[column.name for column in TABLES[name].columns])
    assert one == mission(**{**others, name: header})
    write(one, tmp_path / "m.json")
    assert read(tmp_path / "m.json") == one


def test_hashtags_give_columns_their_meaning(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        commodities="Article,weight_t\n#item+code,\nriz,0.001\n",
        depots="Entrepôt,Gestionnaire\n#loc+warehouse,#org\nport,wfp\n",
        routes="De,Vers,Moyen\n#loc+origin,#loc+destination,#transport+mode\nport,bouake,rail\n",
    )
    assert said(path) == []
    one = read(path)
    assert one.tables["commodities"]["commodity"].tolist() == ["riz"]
    assert one.tables["depots"][["depot", "organisation"]].iloc[0].tolist() == ["port", "wfp"]
    assert one.tables["routes"][["origin", "destination", "mode"]].iloc[0].tolist() == [
        *("port", "bouake", "rail")
    ]


def test_travel_times_name_sites_and_depots() -> None:
    times = [
        {"origin": "port", "destination": "hub", "minutes": 90},
        {"origin": "a", "destination": "hub", "minutes": 90},
    ]
    assert pipeline(travel_times=times).frame("travel_times")["origin"].tolist() == ["port", "a"]
    with pytest.raises(MissionError, match="origin 'prt' is neither in depots nor in sites; did you mean"):
        pipeline(travel_times=[{"origin": "prt", "destination": "a", "minutes": 1}])
    # Without depots a place is a site, and the message names no table that is not there.
    with pytest.raises(MissionError, match="origin 'port' is not in sites"):
        mission(travel_times=[{"origin": "port", "destination": "a", "minutes": 1}])


def test_a_table_that_cannot_be_read_is_reported_alone(tmp_path: Path) -> None:
    # Whether 'port' is a depot nobody can tell; neither is it said that depots.csv is missing.
    path = folder(
        tmp_path,
        depots="depot\nport\n".encode("utf-16"),
        routes="origin,destination\nport,hub\n",
        travel_times="origin,destination,minutes\nport,hub,3\n",
    )
    assert [(problem.file, problem.row) for problem in validate(path)] == [("depots.csv", 1)]


HEADER_POLICY = {
    "no depots at all": (
        {"max_open_depots": 0},
        ("header", None, "policy.max_open_depots", "0", "policy.max_open_depots is '0'; expected 1 or more"),
    ),
    "a convoy that stands": (
        {"convoy_speed_kmh": 0},
        (
            *("header", None, "policy.convoy_speed_kmh", "0"),
            "policy.convoy_speed_kmh is '0'; expected more than 0",
        ),
    ),
    "a misspelt key": (
        {"max_open_depot": 3},
        (
            *("header", None, "policy.max_open_depot", None),
            "key 'policy.max_open_depot' is not known; did you mean 'policy.max_open_depots'?",
        ),
    ),
}


@pytest.mark.parametrize(("policy", "expected"), HEADER_POLICY.values(), ids=HEADER_POLICY.keys())
def test_a_bad_policy_is_worded(policy: Row, expected: tuple[Any, ...]) -> None:
    with pytest.raises(MissionError) as raised:
        mission({"policy": policy})
    (problem,) = raised.value.problems
    fields = (problem.file, problem.row, problem.column, problem.value, problem.message)
    assert fields == expected
