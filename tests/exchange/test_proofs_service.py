"""The outside proofs of classes about who does what: imported and solved, they give what is published.

A quick part of each class; ``python -m benchmarks.conformance`` runs them all.
"""

from __future__ import annotations

import csv

import pytest

import pklogistics
from pklogistics.exchange import import_mission, instances
from tests.exchange.samples import needs_reference, reference

pytestmark = needs_reference


def published(group, instance):
    """Return the value that is listed for an instance."""
    with reference("OPTIMA.csv").open(newline="") as file:
        (found,) = (row for row in csv.DictReader(file) if (row["set"], row["instance"]) == (group, instance))
    return float(found["value"])


def proven(mission):
    """Return the tiers of a plan that is proven best and breaks no rule."""
    assert mission.warnings == ()
    plan = pklogistics.solve(mission, threads=1, gap=1e-6)
    assert plan.status == "optimal"
    assert plan.violations == ()
    return {tier.name: tier.value for tier in plan.tiers}


def all_of(mission):
    return mission.frame("needs")["people"].sum()


@pytest.mark.parametrize("name", ["p1", "p3", "p13"])
def test_single_source_location(name):
    tiers = proven(import_mission("sscflp", reference("sscflp_holmberg", name)))
    assert tiers == pytest.approx({"need": 0, "cost": published("sscflp_holmberg", name)}, rel=1e-6)


@pytest.mark.parametrize(
    "name", ["cattrysse1994/gap1-0", "cattrysse1994/gap6-2", "cattrysse1994/gap12-4", "chu1997/a05100"]
)
def test_generalised_assignment(name):
    tiers = proven(import_mission("gap", reference("gap", *name.split("/"))))
    assert tiers == pytest.approx({"need": 0, "cost": published("gap", name)}, rel=1e-6)


@pytest.mark.parametrize("instance", [str(at) for at in range(1, 8)])
def test_knapsack_of_several_budgets(instance):
    mission = import_mission("mknap", reference("orlib_mkp", "mknap1.txt"), instance)
    profit = published("orlib_mkp", f"mknap1-{instance}")
    assert all_of(mission) - proven(mission)["need"] == pytest.approx(profit, rel=1e-9)


def test_large_knapsack_is_near_the_best_known_with_a_bound():
    file = reference("orlib_mkp", "mknapcb1.txt")
    assert len(instances("mknap", file)) == 30
    mission = import_mission("mknap", file, "1")
    plan = pklogistics.solve(mission, gap=2e-3, time_limit=10)
    (need,) = plan.tiers
    best = published("orlib_mkp", "5.100-00")
    assert 0.998 * best <= all_of(mission) - need.value <= best
    assert all_of(mission) - need.bound >= best
    assert plan.violations == ()


BALLOTS = ("Netherlands_Amsterdam_179.pb", "France_Toulouse_2019.pb", "Hungary_Veszprem_2025.pb")


@pytest.mark.parametrize("name", BALLOTS)
def test_participatory_budgets(name):
    mission = import_mission("pabulib", reference("pabulib", name))
    assert all_of(mission) - proven(mission)["need"] == pytest.approx(published("pabulib", name), rel=1e-9)


def test_location_with_incompatible_stores():
    mission = import_mission("mscflp-ci", reference("ms_cflp_ci", "wlp01.dzn"))
    assert mission.warnings == ()
    plan = pklogistics.solve(mission, threads=1, gap=0.04, time_limit=60)
    need, cost = plan.tiers
    # What is published is the best that was known, not proven: a plan may be better, but no bound above it.
    best = published("ms_cflp_ci", "wlp01")
    assert need.value == 0
    assert cost.bound <= best
    assert cost.value <= 1.05 * best
    assert plan.violations == ()
