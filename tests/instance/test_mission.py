"""The mission in memory: its raw and its filled form, periods, replacing, and equality."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pklogistics.errors import MissionError
from pklogistics.instance import Mission
from pklogistics.instance.schema import TABLES
from tests.instance.small_mission import mission


def test_the_raw_form_keeps_blanks_blank() -> None:
    one = mission(sites=[{"site": "a", "threat": 2}, {"site": "b", "latitude": 7.5, "longitude": -5}])
    sites = one.tables["sites"]
    assert list(sites.columns) == [column.name for column in TABLES["sites"].columns]
    assert sites["name"].tolist() == ["", ""]
    assert sites["latitude"].isna().tolist() == [True, False]
    assert sites["threat"].tolist() == [2, pd.NA]
    types = {name: str(dtype) for name, dtype in sites.dtypes.items()}
    assert (types["site"], types["latitude"], types["threat"]) == ("str", "float64", "Int64")
    assert str(one.tables["activities"]["continuous"].dtype) == "boolean"


def test_the_filled_form_has_the_documented_defaults() -> None:
    one = mission(
        organisations=[
            {"organisation": "wfp"},
            {"organisation": "x", "kind": "National NGO", "needs_security": "no"},
        ],
        units=[{"unit": "u", "persons": 3, "available": 1, "tasks": " food ;"}],
    )
    organisations = one.frame("organisations")
    expected = {
        "mobilisation_cost": 0.0,
        "base_cost": 0.0,
        "accepts_armed_escort": False,
        "accepts_armed_presence": True,
        "needs_security": True,
        "needs_local_partner": False,
        "local": False,
    }
    assert organisations.loc[0, list(expected)].to_dict() == expected
    assert np.isnan(organisations.loc[0, "max_sites"])
    assert organisations.loc[1, ["needs_security", "local"]].tolist() == [False, True]
    unit = one.frame("units").loc[0]
    assert (unit["from"], unit["until"], unit["tasks"], unit["armed"]) == (1, 3, ("food",), True)
    assert np.isnan(unit["people_protected"])
    capability = one.frame("capabilities").loc[0]
    assert (capability["modality"], capability["staff_per_1000"]) == ("service", 0.0)
    need = one.frame("needs").loc[0]
    assert (need["weight"], need["min_coverage"]) == (1.0, 0.0)
    assert np.isnan(need["severity"])
    assert np.isnan(need["period"])


def test_dtypes_of_the_filled_form_are_those_of_an_absent_table() -> None:
    # Code that joins a table need not ask first whether it is there.
    present = mission(
        units=[{"unit": "u", "persons": 3, "available": 1}],
        presence=[{"organisation": "wfp", "site": "a", "status": "allowed"}],
        coverage=[{"site": "a", "activity": "food", "organisation": "x", "people": 1}],
    )
    absent = mission()
    for name in ("units", "presence", "coverage"):
        assert not absent.has(name)
        assert len(absent.frame(name)) == 0
        pd.testing.assert_series_equal(absent.frame(name).dtypes, present.frame(name).dtypes)


def test_the_radius_of_posts_falls_back_on_the_policy() -> None:
    activities = [
        {"activity": "food", "sector": "x"},
        {"activity": "watch", "sector": "x", "provider": "force", "radius_km": 3},
    ]
    assert mission(activities=activities).frame("activities")["radius_km"].tolist() == [0.0, 3.0]
    with_policy = mission({"policy": {"patrol_radius_km": 25}}, activities=activities)
    assert with_policy.frame("activities")["radius_km"].tolist() == [25.0, 3.0]


def test_own_columns_stay_out_of_the_filled_form() -> None:
    # A column called people in sites must not meddle with the people of needs when they are joined.
    one = mission(sites=[{"site": "a", "people": "many"}, {"site": "b"}])
    assert "people" in one.tables["sites"]
    assert "people" not in one.frame("sites")


def test_dates_become_the_period_that_contains_them() -> None:
    # Periods of 30 days from 1 March 2011: 1–30 March, 31 March – 29 April, 30 April – 29 May.
    dates = [
        "2011-02-28",
        "2011-03-01",
        "2011-03-30",
        "2011-03-31",
        "2011-04-29",
        "2011-05-29",
        "2011-05-30",
        "2",
    ]
    one = mission(
        {"start": "2011-03-01"},
        funds=[{"fund": f"f{at}", "amount": 1, "from": text} for at, text in enumerate(dates)],
    )
    assert one.frame("funds")["from"].tolist() == [0, 1, 1, 2, 2, 3, 4, 2]
    assert one.frame("funds")["until"].tolist() == [3] * 8


def test_by_period_repeats_what_holds_for_every_period() -> None:
    one = mission(
        needs=[
            {"site": "b", "activity": "food", "people": 7, "period": 2},
            {"site": "a", "activity": "food", "people": 10},
        ]
    )
    frame = one.by_period("needs")
    assert frame[["site", "period", "people", "row"]].to_numpy().tolist() == [
        ["b", 2, 7.0, 0],
        ["a", 1, 10.0, 1],
        ["a", 2, 10.0, 1],
        ["a", 3, 10.0, 1],
    ]
    assert frame[["period", "row"]].dtypes.astype(str).tolist() == ["int64", "int64"]
    empty = one.by_period("coverage")
    assert len(empty) == 0
    assert str(empty["period"].dtype) == "int64"


@settings(max_examples=25, deadline=None)
@given(periods=st.lists(st.none() | st.integers(1, 3), min_size=1, max_size=8))
def test_by_period_has_a_row_for_each_period_that_a_row_holds_for(periods: list[int | None]) -> None:
    sites = [f"s{at}" for at in range(len(periods))]
    one = mission(
        sites=[{"site": site} for site in sites],
        needs=[
            {"site": site, "activity": "food", "people": 1, "period": period}
            for site, period in zip(sites, periods, strict=True)
        ],
    )
    got = set(one.by_period("needs")[["site", "period"]].itertuples(index=False, name=None))
    wanted = {(s, t) for s, p in zip(sites, periods, strict=True) for t in range(1, 4) if p is None or p == t}
    assert got == wanted
    assert len(one.by_period("needs")) == len(wanted)


def test_tables_without_a_period_cannot_be_repeated() -> None:
    with pytest.raises(KeyError):
        mission().by_period("sites")
    with pytest.raises(KeyError):
        mission().frame("site")


def test_replace_makes_a_new_mission_and_checks_it() -> None:
    one = mission(funds=[{"fund": "echo", "amount": 5}])
    two = one.replace(tables={"funds": None, "staff": [{"organisation": "wfp", "people": 3}]})
    assert (one.has("funds"), two.has("funds"), two.has("staff")) == (True, False, True)
    assert one.replace(header={"periods": 5}).T == 5
    assert one.replace(header=one.header) == one
    with pytest.raises(MissionError, match="site 'a' is not in sites"):
        one.replace(tables={"sites": [{"site": "z"}]})
    # A frame of the mission can be changed by a copy and put back.
    needs = one.tables["needs"].assign(people=lambda table: table["people"] * 2)
    assert one.replace(tables={"needs": needs}).frame("needs")["people"].tolist() == [20.0]


def test_missions_are_equal_by_value_and_order() -> None:
    assert mission() == mission()
    assert mission() != mission({"name": "other"})
    assert mission() != mission(sites=[{"site": "b"}, {"site": "a"}])
    assert mission() != mission(staff=[])
    assert mission() != 1
    with pytest.raises(TypeError):
        hash(mission())


def test_tables_stand_in_canonical_order() -> None:
    one = mission()
    other = Mission.from_tables(one.header, dict(reversed(one.tables.items())))
    assert list(other.tables) == ["sites", "activities", "needs", "organisations", "capabilities"]
    assert other == one


def test_frames_and_records_give_the_same_mission() -> None:
    records = [{"site": "a", "population": 1.5, "threat": 1}, {"site": "b", "population": None}]
    frame = pd.DataFrame(
        {"site": ["a", "b"], "population": [1.5, np.nan], "threat": pd.array([1, None], "Int64")}
    )
    floats = frame.astype({"threat": "float64"})
    texts = pd.DataFrame({"site": ["a", "b"], "population": ["1.5", ""], "threat": ["1", None]}, dtype=object)
    assert mission(sites=records) == mission(sites=frame) == mission(sites=floats) == mission(sites=texts)


def test_the_input_is_not_changed() -> None:
    frame = pd.DataFrame({"Site": [" a ", "b"], "note": [None, "x"]})
    before = frame.copy()
    mission(sites=frame)
    pd.testing.assert_frame_equal(frame, before)


def test_problems_in_memory_number_rows_from_one() -> None:
    with pytest.raises(MissionError) as raised:
        mission(needs=[{"site": "a", "activity": "food", "people": np.inf}])
    (problem,) = raised.value.problems
    assert str(problem) == "needs row 1: people is 'inf'; expected a number of 0 or more (people)"


def test_missions_can_be_pickled_and_copied() -> None:
    one = mission(staff=[])
    one.frame("sites")
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one


def test_a_mission_names_itself() -> None:
    assert repr(mission()) == (
        "Mission('mission', periods=3, sites 2, activities 1, needs 1, organisations 1, capabilities 1)"
    )
