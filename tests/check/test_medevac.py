"""T7: nobody is posted out of reach of a surgeon."""

from __future__ import annotations

import numpy as np
import pytest

from pklogistics.check.facts import read_facts
from pklogistics.check.geography import measured
from pklogistics.check.medevac import _reached

from .builder import plan_of
from .missions import alone, caught, fine, mission

COMPANY = {"unit": "company", "persons": 100, "available": 9}
HOSPITAL = {"unit": "hospital", "persons": 60, "available": 9, "medical_level": 2, "armed": False}

# At 60 km/h a minute is a kilometre, and a degree along the equator 111.19 minutes.
POLICY = {"medevac_minutes": 120, "medevac_speed_kmh": 60}


def sites(*rows):
    """Sites from (name, degree along the equator or None, medical level)."""
    return [
        {"site": n, "medical_level": level, **({} if at is None else {"latitude": 0, "longitude": at})}
        for n, at, level in rows
    ]


FOUR = sites(("A", 0, 2), ("B", 1, 0), ("C", 2, 0), ("D", None, 0))


def cared(policy=None, **tables):
    return mission(
        header={"periods": 2, "policy": POLICY if policy is None else policy},
        **{"sites": FOUR, "units": [COMPANY, HOSPITAL], **tables},
    )


def held(*counts):
    return dict.fromkeys(counts, 1)


def test_t7_facility_in_reach() -> None:
    # A has a surgeon; B is 111 minutes away, C 222, and D lies nobody knows where.
    m = cared()
    fine(m, plan_of(m, stationing=held(("company", "A", 1), ("company", "B", 1))))
    for site in ("C", "D"):
        found = alone(m, plan_of(m, stationing=held(("company", site, 2))), "T7")
        assert found.keys == {"site": site}
        assert (found.period, found.amount, found.unit) == (2, 1, "units")


def test_t7_off_without_the_policy() -> None:
    m = cared(policy={})
    fine(m, plan_of(m, stationing=held(("company", "C", 1))))


def test_t7_a_hospital_is_a_facility_while_it_stands() -> None:
    # The hospital at B reaches C (111 minutes) in period 1. In period 2 it is gone.
    m = cared()
    both = held(("hospital", "B", 1), ("company", "C", 1))
    fine(m, plan_of(m, stationing=both))
    found = alone(m, plan_of(m, stationing={**both, ("company", "C", 2): 1}), "T7")
    assert found.period == 2
    # It serves its own site, wherever that is.
    fine(m, plan_of(m, stationing=held(("hospital", "D", 1), ("company", "D", 1))))


def test_t7_level_1_is_not_enough() -> None:
    m = cared(units=[COMPANY, {**HOSPITAL, "medical_level": 1}], sites=sites(("A", 0, 1), ("B", 1, 0)))
    assert caught(m, plan_of(m, stationing=held(("hospital", "A", 1)))) == {"T7"}


@pytest.mark.parametrize("way", [("C", "A"), ("A", "C")])
def test_t7_measured_minutes(way: tuple[str, str]) -> None:
    # By helicopter C is 90 minutes from A; only one direction was measured, and it does for both.
    m = cared(travel_times=[{"origin": way[0], "destination": way[1], "minutes": 90}])
    fine(m, plan_of(m, stationing=held(("company", "C", 1))))


def test_t7_measured_minutes_beat_the_great_circle_and_their_own_direction_the_other() -> None:
    # B to A was measured at 150 minutes, though the circle says 111; A to B (60) is the wrong way.
    times = [
        {"origin": "B", "destination": "A", "minutes": 150},
        {"origin": "A", "destination": "B", "minutes": 60},
    ]
    m = cared(travel_times=times)
    alone(m, plan_of(m, stationing=held(("company", "B", 1))), "T7")
    # A distance without minutes says nothing of time.
    m = cared(travel_times=[{"origin": "B", "destination": "A", "distance_km": 900}])
    fine(m, plan_of(m, stationing=held(("company", "B", 1))))


def test_t7_next_surgeon_counts_where_the_nearest_is_cut_off() -> None:
    # From C the surgeons at B and D (1 and -1 degree away) are measured at 500 minutes; E, 1.05 degrees
    # away (116.7 minutes), is in reach by the circle.
    rows = sites(("C", 0, 0), ("B", 1, 2), ("D", -1, 2), ("E", 1.05, 2), ("F", 5, 2))
    times = [{"origin": "C", "destination": s, "minutes": 500} for s in ("B", "D")]
    needs = [{"site": "B", "activity": "food", "people": 1}]
    m = cared(sites=rows, travel_times=times, needs=needs)
    fine(m, plan_of(m, stationing=held(("company", "C", 1))))
    more = [*times, {"origin": "C", "destination": "E", "minutes": 121}]
    m = cared(sites=rows, travel_times=more, needs=needs)
    alone(m, plan_of(m, stationing=held(("company", "C", 1))), "T7")


@pytest.mark.parametrize("seed", range(5))
def test_t7_agrees_with_every_pair_tried(seed: int) -> None:
    """The search by nearest surgeons finds what the plain table of all pairs finds."""
    random = np.random.default_rng(seed)
    count = 40
    latitude, longitude = random.uniform(-8, 8, count), random.uniform(-8, 8, count)
    level = np.where(random.random(count) < 0.25, 2, 0)
    rows = [
        {"site": f"s{i}", "latitude": latitude[i], "longitude": longitude[i], "medical_level": int(level[i])}
        for i in range(count)
    ]
    pairs = {tuple(random.integers(0, count, 2)) for _ in range(200)}
    minutes = {pair: float(random.uniform(0, 600)) for pair in pairs}
    times = [{"origin": f"s{i}", "destination": f"s{j}", "minutes": m} for (i, j), m in minutes.items()]
    needs = [{"site": "s0", "activity": "food", "people": 1}]
    m = cared(policy={**POLICY, "medevac_minutes": 200}, sites=rows, travel_times=times, needs=needs)
    a, b = np.radians(latitude), np.radians(longitude)
    cosine = np.sin(a[:, None]) * np.sin(a) + np.cos(a[:, None]) * np.cos(a) * np.cos(b[:, None] - b)
    table = 6371 * np.arccos(np.clip(cosine, -1, 1))
    for i, j in sorted(minutes):
        table[j, i] = minutes.get((j, i), minutes[i, j])
        table[i, j] = minutes[i, j]
    np.fill_diagonal(table, 0)
    expected = (table[:, level == 2] <= 200).any(axis=1)
    assert 0 < expected.sum() < count
    facts = read_facts(m)
    surgeons = np.flatnonzero(level == 2)
    found = _reached(facts, np.arange(count), surgeons, measured(facts, "minutes"))
    assert found.tolist() == expected.tolist()
