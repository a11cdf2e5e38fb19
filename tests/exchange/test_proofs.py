"""The outside proofs: public instances, imported and solved as any mission, give the published values."""

from __future__ import annotations

import csv

import pytest

import pklogistics
from pklogistics.exchange import import_mission, instances
from tests.exchange.samples import needs_reference, reference

pytestmark = needs_reference


def solved(mission):
    plan = pklogistics.solve(mission, threads=1)
    assert plan.status == "optimal"
    assert plan.violations == ()
    return {tier.name: tier.value for tier in plan.tiers}


def test_esups_holds_64_disasters():
    assert len(instances("esups", reference("esups_madagascar"))) == 1 + 64


def test_esups_single_disaster():
    mission = import_mission("esups", reference("esups_madagascar"), "1983-0157-MDG")
    assert mission.warnings == ()
    # Published: 13,561 buckets in at least 98,293 bucket-hours.
    assert mission.frame("needs")["people"].tolist() == [13_561]
    assert solved(mission) == pytest.approx({"mandate": 0, "need": 0, "cost": 98_293}, rel=1e-7)


def test_esups_expectation_over_64_disasters():
    mission = import_mission("esups", reference("esups_madagascar"), "all")
    assert mission.warnings == ()
    people = mission.frame("needs")["people"]
    # Published: 327,403 bucket-hours. 40,811 buckets are all that there are, so whoever of a disaster is
    # beyond them goes without.
    without = (people - 40_811).clip(lower=0).mean()
    assert solved(mission) == pytest.approx({"mandate": 0, "need": without, "cost": 327_403}, rel=1e-7)


YEARS = ("2016", "2017", "2018", "2019", "2020")


def test_reliefops_holds_five_years():
    assert instances("reliefops", reference("reliefops_budget")) == YEARS


@pytest.mark.parametrize("year", YEARS)
def test_reliefops_clairvoyant_year(year):
    published = clairvoyant(YEARS.index(year))
    mission = import_mission("reliefops", reference("reliefops_budget"), year)
    assert mission.warnings == ()
    takes = mission.frame("needs")["people"] * 5.6
    assert takes.tolist() == pytest.approx(published["demand"][:12], rel=1e-12)
    tiers = solved(mission)
    # The rows write kilograms; a ration is 5.6 kg.
    assert tiers["shortage"] * 5.6 == pytest.approx(sum(published["shortage"]), abs=1e-3)
    assert tiers["waste"] * 1000 == pytest.approx(sum(published["waste"]), abs=1e-3)
    assert 27_430_274_700 - tiers["cost"] == pytest.approx(published["budget"][-1], abs=0.5)
    if year == "2016":
        assert (sum(published["waste"]), published["budget"][-1]) == (209_916, 23_812_857_844)


def clairvoyant(scenario):
    """Return the rows of one year in upstream's output, by label, a value a month and one for its end."""
    path = reference("reliefops_budget", "output", "output-realhist5-clairvoyant.csv")
    with path.open(newline="") as file:
        lines = list(csv.reader(file))
    labels = lines[3]
    block = lines[4 + scenario * len(labels) :][: len(labels)]
    return {label: [float(cell) for cell in row] for label, row in zip(labels, block, strict=True)}
