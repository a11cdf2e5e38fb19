"""The importer ``esups``: what its mission says, and what it refuses."""

from __future__ import annotations

import pytest

import pklogistics
from pklogistics.errors import OptionsError
from pklogistics.exchange import FormatError, import_mission, instances
from tests.exchange.samples import AT_TOWN, ESUPS, esups


def changed(name, old, new):
    """Return one file of the sample with a part of its text replaced."""
    text = next(text for file, text in ESUPS.items() if file.endswith(f"{name}.csv"))
    assert old in text
    return {name: text.replace(old, new)}


def refused(folder, **files):
    """Return the problems with which the sample so changed is refused."""
    with pytest.raises(FormatError) as raised:
        import_mission("esups", esups(folder, **files), "D1", AT_TOWN)
    return [str(problem) for problem in raised.value.problems]


def test_instances_are_all_and_each_disaster_that_counts(tmp_path):
    # D3 is a drought, which disasterTypeSelection.csv does not include.
    assert instances("esups", esups(tmp_path), AT_TOWN) == ("all", "D1", "D2")


def test_a_disaster_is_a_site_and_stock_stands_in_depots(tmp_path):
    mission = import_mission("esups", esups(tmp_path), "D1", AT_TOWN)
    assert mission.warnings == ()
    assert mission.frame("sites")[["site", "name", "latitude"]].values.tolist() == [["D1", "Town", -19.0]]
    assert mission.frame("needs")[["people", "weight"]].values.tolist() == [[70.0, 1.0]]  # 30 + 40.
    assert mission.frame("stock")[["depot", "quantity"]].values.tolist() == [
        ["North", 100.0],
        ["South", 50.0],
    ]
    routes = mission.frame("routes")
    # A kit weighs 0.01 t, so 2 hours a kit are 200 a tonne.
    assert routes["cost_per_t"].tolist() == pytest.approx([200.0, 500.0])
    assert routes[["hours", "distance_km"]].values.tolist() == [[2.0, 100.0], [5.0, 300.0]]


def test_another_item_inventory_and_place(tmp_path):
    chosen = {"item": "Kits", "inventory": "half", "location": "Hills"}
    mission = import_mission("esups", esups(tmp_path), "D2", chosen)
    assert mission.frame("stock")[["depot", "quantity"]].values.tolist() == [["South", 75.0]]
    assert mission.frame("routes")["hours"].tolist() == [1.0]


def test_a_depot_without_a_drive_has_no_route(tmp_path):
    mission = import_mission("esups", esups(tmp_path), "D1", {**AT_TOWN, "location": "Hills"})
    assert mission.frame("depots")["depot"].tolist() == ["North", "South"]
    assert mission.frame("routes")["origin"].tolist() == ["South"]


@pytest.mark.parametrize(
    ("instance", "need", "cost"),
    [
        ("D1", 0, 140),  # 70 people: 70 kits from North at 2 hours.
        ("D2", 50, 450),  # 200 people, but 150 kits: 100 at 2 hours and 50 at 5.
        ("all", 25, 295),  # Half of each.
    ],
)
def test_the_solved_mission_is_what_a_hand_finds(tmp_path, instance, need, cost):
    mission = import_mission("esups", esups(tmp_path), instance, AT_TOWN)
    plan = pklogistics.solve(mission, threads=1)
    assert plan.status == "optimal"
    assert [tier.value for tier in plan.tiers] == pytest.approx([0, need, cost])
    assert plan.violations == ()


def test_a_file_where_the_folder_is_meant(tmp_path):
    with pytest.raises(FormatError, match="is a file; expected the folder"):
        import_mission("esups", esups(tmp_path) / "items.csv", "D1")


@pytest.mark.parametrize("name", ["items", "disasters", "distanceMatrix", "depotMapping", "depotSelection"])
def test_a_missing_file_is_told(tmp_path, name):
    assert refused(tmp_path, **{name: ""}) == [f"{name}.csv: is missing"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            changed("disasters", "Storm,Town,200", "Storm,Town,many"),
            "disasters.csv row 4: TotAffected is 'many'; expected a number of 0 or more",
        ),
        (
            changed("distanceMatrix", "5,300", "-5,300"),
            "distanceMatrix.csv row 3: drivingTime_hrs is '-5'; expected a number of 0 or more",
        ),
        (
            changed("distanceMatrix", "South,-22,46,Hills,-20,47", "North,-18,47,Town,-19,47.5"),
            "distanceMatrix.csv row 4: the drive from 'North' stands twice; keep one",
        ),
        (
            changed("actual", "gglAddress", "gglAdress"),
            "inventory/actual.csv row 1: column 'gglAddress' is missing; did you mean 'gglAdress'?",
        ),
        (
            changed("depotSelection", "gglAddressAscii,include", "include,include,gglAddressAscii"),
            "depotSelection.csv row 1: column 'include' stands twice; keep one",
        ),
        (
            changed("actual", "South,50", "South,50,Africa"),
            "inventory/actual.csv row 4: has 4 cells where the header has 3",
        ),
        (
            changed("depotSelection", "South,1", "South,"),
            "inventory/actual.csv row 4: the depot of 'South' is not included by depotSelection.csv; "
            "include it, or map it to one that is",
        ),
        (
            changed("items", "Kits,0.01", "Kits,0"),
            "items.csv row 2: item 'Kits' weighs nothing, but transport is paid by the tonne; correct "
            "WeightMetricTon",
        ),
        (
            changed("disasters", "D2,Storm", ",Storm"),
            "disasters.csv row 4: DisasterID is blank",
        ),
        (
            changed("disasterTypeSelection", ",1", ",0"),
            "disasters.csv: holds no disaster of a type that disasterTypeSelection.csv includes",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, files, words):
    assert refused(tmp_path, **files)[0] == words


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"item": "Tents"}, "item is 'Tents': no depot of inventory/actual.csv holds any"),
        ({"inventory": "actua"}, "inventory is 'actua'.*did you mean 'actual'"),
        ({"location": "Twon"}, "location is 'Twon'.*did you mean 'Town'"),
    ],
)
def test_a_setting_that_the_folder_does_not_have_is_told(tmp_path, chosen, words):
    with pytest.raises(OptionsError, match=words):
        import_mission("esups", esups(tmp_path), "D1", {**AT_TOWN, **chosen})
