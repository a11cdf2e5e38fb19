"""Generated missions: the same for the same seed, valid, of the asked size, and shaped as promised."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from pklogistics import OptionsError
from pklogistics.instance.generate import generate
from pklogistics.instance.landscape import AREA_PER_SITE_KM2, keys, settle
from pklogistics.instance.mission import Mission


def _fingerprint(mission: Mission) -> str:
    texts = [name + mission.tables[name].to_csv(index=False) for name in mission.tables]
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def test_one_seed_gives_one_mission() -> None:
    assert generate(60, 3, periods=2) == generate(60, 3, periods=2)


def test_another_seed_gives_another_mission() -> None:
    assert _fingerprint(generate(60, 3)) != _fingerprint(generate(60, 4))


def test_first_random_numbers_are_those_of_any_machine() -> None:
    # Recorded once. A change here means that every published benchmark is about other missions.
    land = settle(0, 100, "clustered")
    assert land.population[:3].tolist() == [273408, 13524, 126]
    assert int(land.threat.sum()) == 127


@pytest.mark.parametrize("sites", [1, 2, 7, 120])
def test_any_size_is_valid_and_as_asked(sites: int) -> None:
    mission = generate(sites, 1, periods=3, organisations=6, activities=4, funds=5, units=2)
    asked = {"sites": sites, "organisations": 6, "activities": 4, "funds": 5, "units": 2}
    assert {name: len(mission.frame(name)) for name in asked} == asked
    assert mission.T == 3


@pytest.mark.parametrize(
    "least",
    [
        {"organisations": 1},
        {"activities": 1},
        {"funds": 0},
        {"funds": 1},
        {"units": 0},
        {"units": 7, "activities": 26},
        {"geography": "uniform"},
        {"commodities": 1, "depots": 1},
        {"commodities": 20, "depots": 45},
        {"tightness": 1.0},
    ],
)
def test_extremes_are_valid(least: dict[str, object]) -> None:
    mission = generate(40, 5, **least)  # type: ignore[arg-type]
    for name in ("organisations", "activities", "funds", "units"):
        if name in least:
            assert len(mission.frame(name)) == least[name]


def test_every_family_is_there() -> None:
    mission = generate(200, 0, periods=2)
    families = {
        "needs": ("needs", "coverage"),
        "coordination": ("capabilities", "staff", "capacity_building", "handover", "presence", "rules"),
        "funding": ("funds", "earmarks"),
        "force": ("units", "deployments", "unit_rules", "movement"),
    }
    absent = {(family, name) for family, names in families.items() for name in names if not mission.has(name)}
    assert not absent
    assert mission.header.policy.impartiality_tolerance is not None
    assert mission.frame("sites")["group"].nunique() == 3
    assert set(mission.frame("presence")["status"]) == {"agreed", "lead", "refused", "allowed"}


def test_tighter_missions_have_less_of_everything_but_the_same_needs() -> None:
    loose, middle, tight = (generate(150, 2, tightness=t) for t in (0.1, 0.5, 0.9))
    for table, column in (("funds", "amount"), ("units", "available"), ("staff", "people")):
        amounts = [m.frame(table)[column].to_numpy(dtype=float) for m in (loose, middle, tight)]
        assert (amounts[0] >= amounts[1]).all(), table
        assert (amounts[1] >= amounts[2]).all(), table
        assert amounts[0].sum() > amounts[2].sum(), table
    for table in ("sites", "needs", "capabilities", "earmarks"):
        assert loose.tables[table].equals(tight.tables[table]), table


def test_nothing_left_when_wholly_tight_and_full_cover_when_loose() -> None:
    assert generate(30, tightness=1.0).frame("funds")["amount"].sum() == 0
    mission = generate(30, tightness=0.0)
    # The cheapest option of each activity bounds what full coverage needs from below.
    price = mission.frame("capabilities").groupby("activity")["cost_per_person"].min()
    needs = mission.frame("needs")
    people = needs.groupby("activity")["people"].sum().reindex(price.index).fillna(0)
    others = mission.frame("coverage").groupby("activity")["people"].sum().reindex(price.index).fillna(0)
    assert mission.frame("funds")["amount"].sum() > float((price * (people - others)).sum())


def test_density_does_not_depend_on_the_size() -> None:
    # One site in 40 km2: a village has as many neighbours within 8 km in a large country as in a small
    # one (3.14 * 8**2 / 40 = 5 if uniform), so radius rules stay sparse at any size.
    for sites in (400, 6400):
        land = settle(1, sites, "uniform")
        some = np.arange(sites)[:: sites // 200]
        distance = np.hypot(land.x[some, None] - land.x, land.y[some, None] - land.y)
        neighbours = (distance <= 8.0).sum(axis=1).mean() - 1
        assert neighbours == pytest.approx(3.14 * 64 / AREA_PER_SITE_KM2, rel=0.25)


def test_clustered_settlements_are_closer_than_uniform_ones() -> None:
    clustered, uniform = settle(1, 1000, "clustered"), settle(1, 1000, "uniform")

    def spacing(land) -> float:  # type: ignore[no-untyped-def]
        distance = np.hypot(land.x[:, None] - land.x, land.y[:, None] - land.y)
        return float(np.median(np.sort(distance, axis=1)[:, 1]))

    assert spacing(clustered) < 0.8 * spacing(uniform)


def test_capital_is_first_the_largest_and_the_safest() -> None:
    sites = generate(500, 7).frame("sites")
    assert sites["population"].idxmax() == 0
    assert sites["threat"][0] <= 1
    assert sites["medical_level"][0] == 3
    assert sites["threat"].max() >= 3


def test_keys_sort_as_they_count() -> None:
    assert keys("site", 120)[[0, 9, 119]].tolist() == ["site_001", "site_010", "site_120"]


@pytest.mark.parametrize(
    "wrong", [{"sites": 0}, {"periods": 0}, {"tightness": 1.5}, {"geography": "round"}, {"units": -1}]
)
def test_impossible_sizes_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(OptionsError, match=next(iter(wrong))):
        generate(**{"sites": 5, **wrong})  # type: ignore[arg-type]


def test_pipelines_of_the_asked_size_reach_every_site() -> None:
    mission = generate(120, 2, periods=4, commodities=11, depots=6)
    assert len(mission.frame("commodities")) == 11
    assert len(mission.frame("depots")) == 6
    routes, depots = mission.frame("routes"), mission.frame("depots")
    reached = set(routes["destination"]) | set(depots["site"])
    assert set(mission.frame("sites")["site"]) <= reached
    # Nothing is lost on the way in: whatever is in a recipe can be bought at the port.
    assert set(mission.frame("recipes")["commodity"]) <= set(mission.frame("supplies")["commodity"])
    assert not [doubt for doubt in mission.warnings if "goods" in doubt.message]


def test_goods_change_nothing_else() -> None:
    with_goods, without = generate(60, 3, commodities=5, depots=3), generate(60, 3)
    for table in ("sites", "needs", "capabilities", "funds", "deployments"):
        assert with_goods.frame(table).equals(without.frame(table)), table
