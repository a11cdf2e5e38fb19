"""Neighbours by distance and by minutes agree with a distance for every pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pklogistics import Mission
from pklogistics.model import reach
from pklogistics.model.sets import Sets


def sets_of(places: list[tuple[float | None, float | None]], travel: list[dict] | None = None) -> Sets:
    """Sites S0, S1, … at these degrees north and east, with one need that nobody serves."""
    sites = [
        {"site": f"S{number}", "latitude": north, "longitude": east}
        for number, (north, east) in enumerate(places)
    ]
    tables = {
        "sites": pd.DataFrame(sites),
        "activities": [{"activity": "food", "sector": "food"}],
        "needs": [{"site": "S0", "activity": "food", "people": 1}],
        "organisations": [{"organisation": "x"}],
        "capabilities": [{"organisation": "x", "activity": "food"}],
        **({"travel_times": travel} if travel else {}),
    }
    return Sets.of(Mission.from_tables({"format": 1}, tables))


def pairs(frame: pd.DataFrame) -> set[tuple[int, int]]:
    return set(zip(frame["site"].tolist(), frame["post"].tolist(), strict=True))


def everywhere(sets: Sets) -> np.ndarray:
    return np.ones(len(sets.sites), dtype=bool)


def haversine_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance on a sphere of 6371 km by the haversine formula, unlike the chords of the model."""
    (north_a, east_a), (north_b, east_b) = np.radians(a), np.radians(b)
    half = np.sin((north_b - north_a) / 2) ** 2
    half += np.cos(north_a) * np.cos(north_b) * np.sin((east_b - east_a) / 2) ** 2
    return float(2 * 6371 * np.arcsin(np.sqrt(half)))


@pytest.mark.parametrize("radius", [0.0, 30.0, 400.0, 6000.0, 30000.0])
def test_pairs_within_km_are_those_of_the_haversine_formula(radius: float) -> None:
    random = np.random.default_rng(7)
    places = [(float(random.uniform(-89, 89)), float(random.uniform(-180, 180))) for _ in range(20)]
    places += [(places[0][0] + 0.2, places[0][1]), (4.0, 179.9), (4.0, -179.9)]
    sets = sets_of(list(places))
    expected = {
        (i, j) for i, a in enumerate(places) for j, b in enumerate(places) if haversine_km(a, b) <= radius
    }
    assert pairs(reach.within_km(sets, radius, everywhere(sets), everywhere(sets))) == expected


def test_only_the_sites_and_posts_asked_for() -> None:
    # One degree of latitude is 111.2 km: S0-S1 and S1-S2 are neighbours within 120 km, S0-S2 are not.
    sets = sets_of([(0, 0), (1, 0), (2, 0)])
    sites, posts = np.array([True, True, False]), np.array([False, True, True])
    assert pairs(reach.within_km(sets, 120, sites, posts)) == {(0, 1), (1, 1), (1, 2)}


def test_minutes_follow_from_speed() -> None:
    # 111.19 km at 60 km/h take 111.19 minutes.
    sets = sets_of([(0, 0), (1, 0)])
    all_sites = everywhere(sets)
    assert (0, 1) not in pairs(reach.within_minutes(sets, 111.1, 60, all_sites, all_sites))
    assert (0, 1) in pairs(reach.within_minutes(sets, 111.3, 60, all_sites, all_sites))


def test_travel_times_take_the_place_of_great_circles() -> None:
    travel = [
        {"origin": "S0", "destination": "S1", "minutes": 500, "distance_km": 300},
        {"origin": "S2", "destination": "S0", "minutes": 10},
    ]
    sets = sets_of([(0, 0), (1, 0), (50, 50)], travel)
    near = pairs(reach.within_minutes(sets, 120, 60, everywhere(sets), everywhere(sets)))
    # S0-S1 would be 111 minutes but takes 500 both ways; S2-S0 is far but takes 10, both ways.
    assert near == {(0, 0), (1, 1), (2, 2), (2, 0), (0, 2)}
    # Only S0-S1 has a distance; S2-S0 is as far as the crow flies.
    assert pairs(reach.within_km(sets, 150, everywhere(sets), everywhere(sets))) == {(0, 0), (1, 1), (2, 2)}


def test_a_direction_of_its_own_beats_the_reverse_of_the_other() -> None:
    travel = [
        {"origin": "S0", "destination": "S1", "minutes": 90},
        {"origin": "S1", "destination": "S0", "minutes": 30},
    ]
    sets = sets_of([(0, 0), (1, 0)], travel)
    assert pairs(reach.within_minutes(sets, 60, 60, everywhere(sets), everywhere(sets))) == {
        (0, 0),
        (1, 1),
        (1, 0),
    }


def test_a_site_without_coordinates_is_near_itself_only() -> None:
    sets = sets_of([(0, 0), (None, None)])
    assert pairs(reach.within_km(sets, 30000, everywhere(sets), everywhere(sets))) == {(0, 0), (1, 1)}
