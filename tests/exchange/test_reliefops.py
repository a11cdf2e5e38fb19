"""The importer ``reliefops``: what its mission says, and what it refuses."""

from __future__ import annotations

import shutil

import pytest

import pklogistics
from pklogistics.errors import OptionsError
from pklogistics.exchange import FormatError, import_mission, instances
from tests.exchange.samples import SCENARIOS, SIMCONFIG, reliefops


def refused(file):
    """Return the problems with which a scenario file is refused."""
    with pytest.raises(FormatError) as raised:
        import_mission("reliefops", file, "1")
    return [str(problem) for problem in raised.value.problems]


def test_a_scenario_becomes_a_mission(tmp_path):
    mission = import_mission("reliefops", reliefops(tmp_path), "1")
    assert mission.warnings == ()
    # A refugee takes 2.5 kg: 5, 5 and 2.5 kg, the last rounded up to 3 kg, which is for 1.2 people.
    assert mission.frame("needs")["people"].tolist() == pytest.approx([2.0, 2.0, 1.2])
    assert mission.frame("supplies")["price"].tolist() == [5.0, 6.0, 9.0]  # No price is below 5.
    assert mission.frame("supplies")["max_quantity"].isna().all()
    # Rice lives 2 months. What is there is a month old, so it is for month 1 alone.
    assert mission.frame("stock")["expires"].tolist() == [1.0]
    # Safety stock is no older than 1 month of 2: a month is left.
    target = mission.frame("stock_targets").iloc[0]
    assert (target["period"], target["min_quantity"], target["min_life"]) == (3, 10, 1)
    assert mission.frame("funds")["amount"].tolist() == [1000.0]


def test_the_solved_mission_is_what_a_hand_finds(tmp_path):
    plan = pklogistics.solve(import_mission("reliefops", reliefops(tmp_path), "1"), threads=1)
    # Month 1 takes 5 kg of the 10 kg on hand and the other 5 kg expire. The 5 kg of month 2 are cheapest in
    # month 1 (5), the 3 kg of month 3 in month 2 (6); the 10 kg of safety stock must be bought in month 3
    # (9), for none bought before lives beyond it: 25 + 18 + 90.
    assert {tier.name: tier.value for tier in plan.tiers} == pytest.approx(
        {"shortage": 0, "waste": 0.005, "cost": 133}
    )
    assert plan.status == "optimal"
    assert plan.violations == ()


def test_what_the_budget_cannot_buy_is_shortage_of_people_and_safety_stock_alike(tmp_path):
    poor = {"simulator": {**SIMCONFIG, "budget": 43}}
    plan = pklogistics.solve(
        import_mission("reliefops", reliefops(tmp_path, config=poor), "1"), threads=1, gap=0.0
    )
    # 43 buys the 8 kg that people take (25 + 18), and none of the 10 kg of safety stock: 4 rations of 2.5 kg.
    assert plan.tiers[0].value == pytest.approx(4)


def test_data_begin_after_skip_and_the_first_year_repeats(tmp_path):
    months = ",".join(str(at) for at in range(1, 13))
    config = {"simulator": {**SIMCONFIG, "skip": 11, "refugee_to_demand": 1, "min_govt_buy_price": 0}}
    file = reliefops(tmp_path, f"1\n12\nJan\nrefugee,price\n{months}\n{months}\n", config)
    mission = import_mission("reliefops", file)
    assert mission.frame("needs")["people"].tolist() == [12.0, 1.0, 2.0]
    assert mission.frame("supplies")["price"].tolist() == [12.0, 1.0, 2.0]


def test_what_can_be_bought_is_limited_where_the_file_says_so(tmp_path):
    file = reliefops(tmp_path, "1\n3\nJan\nrefugee,price,avail\n2,2,1\n4,6,9\n7,0,8\n")
    assert import_mission("reliefops", file).frame("supplies")["max_quantity"].tolist() == [7.0, 0.0, 8.0]


def test_rice_that_lives_a_month_leaves_no_stock_at_the_start(tmp_path):
    config = {"simulator": {**SIMCONFIG, "storage_limit_age": 1}}
    assert not import_mission("reliefops", reliefops(tmp_path, config=config), "1").has("stock")


def test_the_years_of_the_real_file_are_its_instances(tmp_path):
    file = reliefops(tmp_path)
    shutil.copy(file, tmp_path / "realhist5.csv")
    assert instances("reliefops", tmp_path / "realhist5.csv") == ("2016", "2017")


def test_a_folder_stands_for_its_one_scenario_file(tmp_path):
    file = reliefops(tmp_path)
    assert instances("reliefops", tmp_path) == instances("reliefops", file)
    shutil.copy(file, tmp_path / "more.csv")
    with pytest.raises(FormatError, match=r"holds more.csv, years.csv; expected one scenario file"):
        instances("reliefops", tmp_path)


def test_the_configuration_is_near_or_named(tmp_path):
    file = reliefops(tmp_path / "data")
    config = tmp_path / "data" / "simconfig.json"
    (tmp_path / "output").mkdir()
    config.rename(tmp_path / "output" / "simconfig.json")
    near = import_mission("reliefops", file, "1")
    (tmp_path / "output" / "simconfig.json").rename(tmp_path / "mine.json")
    with pytest.raises(OptionsError, match=r"no simconfig.json near .*years.csv: name it"):
        import_mission("reliefops", file, "1")
    assert import_mission("reliefops", file, "1", {"config": str(tmp_path / "mine.json")}) == near
    with pytest.raises(OptionsError, match=r"config is 'gone.json': there is no such file"):
        import_mission("reliefops", file, "1", {"config": "gone.json"})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2\n3\nJan", "two\n3\nJan", "row 1: is 'two'; expected the number of scenarios"),
        ("2\n3\nJan", "2\n0\nJan", "row 2: is '0'; expected the number of months"),
        ("refugee,price", "refuge,price", "row 4: has no label 'refugee'; did you mean 'refuge'?;"),
        ("refugee,price", "refugee,price,price", "row 4: has a label twice; keep one"),
        ("\n0,0,0", "\n0,0", "row 7: has 2 values; expected one for each of 3 months"),
        ("4,6,9", "4,six,9", "row 6: month 2 is 'six'; expected a number of 0 or more"),
        ("4,6,9", "4,,9", "row 6: month 2 is blank; expected a number of 0 or more"),
        ("4,6,9", "4,-6,9", "row 6: month 2 is '-6'; expected a number of 0 or more"),
        ("7,7,7\n", "", ": has 3 rows of data; expected 2 scenarios of 2 rows"),
        (SCENARIOS, "2\n3\n", ": ends or is blank within the first 4 rows; expected"),
        (SCENARIOS, "", ": ends or is blank within the first 4 rows; expected"),
    ],
)
def test_a_file_that_is_not_of_the_format_is_told(tmp_path, old, new, words):
    assert old in SCENARIOS
    (told,) = refused(reliefops(tmp_path, SCENARIOS.replace(old, new)))
    assert told.startswith("years.csv")
    assert words in told


def test_a_file_that_is_no_text_is_told(tmp_path):
    file = reliefops(tmp_path)
    file.write_bytes(b"2\n3\n\xff\xfe")
    assert refused(file) == ["years.csv: is not a text file in UTF-8; save it as text in UTF-8"]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('{"simulator": {"length": 12,', "simconfig.json row 1: is no JSON"),
        ("[]", "simconfig.json: has no section 'simulator'; expected the simconfig.json of the scenarios"),
        (
            {"generator": {}},
            "simconfig.json: has no section 'simulator'; expected the simconfig.json of the scenarios",
        ),
        ({"simulator": {**SIMCONFIG, "budget": -1}}, "simulator.budget: is '-1'"),
        ({"simulator": {**SIMCONFIG, "length": "year"}}, "simulator.length: is 'year'"),
        ({"simulator": {**SIMCONFIG, "length": None}}, "simulator.length: is 'None'"),
        (
            {"simulator": {**SIMCONFIG, "safety_stock_limit_age": 3}},
            "safety_stock_limit_age is greater than storage_limit_age",
        ),
        ({"simulator": {**SIMCONFIG, "length": 9}}, "years.csv: holds 3 months, but the configuration asks"),
    ],
)
def test_a_configuration_that_is_not_of_the_format_is_told(tmp_path, config, words):
    assert words in refused(reliefops(tmp_path, config=config))[0]


def test_every_value_that_the_configuration_lacks_is_told(tmp_path):
    problems = refused(reliefops(tmp_path, config={"simulator": {"budget": 1, "safety_stock": 0}}))
    lacking = ["length", "storage_limit_age", "safety_stock_limit_age", "refugee_to_demand"]
    assert problems == [f"simconfig.json: simulator.{name}: Field required" for name in lacking]
