"""The importer ``orlib-cap``: what its mission says, and what it refuses."""

from __future__ import annotations

import pytest

import pklogistics
from pklogistics.errors import OptionsError
from pklogistics.exchange import FormatError, import_mission, instances
from tests.exchange.samples import solved

# Two warehouses that hold 10, three customers who want 4, 4 and 8; the last may be served from both.
FILE = "2 3\n10 100.\n10 30\n4\n 4 8\n4\n 12 4\n8\n 8 16\n"


def written(folder, text=FILE, name="town.txt"):
    """Write a file and return its path."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def refused(folder, text):
    """Return the problems with which a text is refused."""
    with pytest.raises(FormatError) as raised:
        import_mission("orlib-cap", written(folder, text))
    return [str(problem) for problem in raised.value.problems]


def test_a_warehouse_is_a_depot_with_its_capacity_in_stock(tmp_path):
    mission = import_mission("orlib-cap", written(tmp_path))
    assert mission.warnings == ()
    assert mission.header.name == "orlib-cap-town"
    assert mission.frame("depots")["opening_cost"].tolist() == [100, 30]
    assert mission.frame("stock")["quantity"].tolist() == [10, 10]
    assert mission.frame("needs")["people"].tolist() == [4, 4, 8]
    # The cost of serving all of a customer's demand, over that demand, over half a tonne a unit.
    routes = mission.frame("routes")
    assert routes["cost_per_t"].tolist() == [2, 4, 6, 2, 2, 4]
    assert routes["origin"].tolist() == ["warehouse 1", "warehouse 2"] * 3


def test_the_solved_mission_is_what_a_hand_finds(tmp_path):
    # 16 are wanted and 10 fit, so both open for 130. By unit the customers pay 1 or 2, 3 or 1, 1 or 2. The
    # second is served by warehouse 2 for 4; of the 12 others warehouse 1 serves 10 for 1 each, and warehouse
    # 2 the other 2 for 2 each.
    plan = pklogistics.solve(import_mission("orlib-cap", written(tmp_path)), threads=1, gap=0.0)
    assert [tier.value for tier in plan.tiers] == pytest.approx([0, 130 + 4 + 10 + 4])
    assert plan.violations == ()


def test_what_the_warehouses_do_not_hold_is_need_left(tmp_path):
    plan = pklogistics.solve(
        import_mission("orlib-cap", written(tmp_path), settings={"capacity": "7.5"}), threads=1, gap=0.0
    )
    assert plan.tiers[0].value == pytest.approx(16 - 2 * 7.5)


def test_who_wants_nothing_is_paid_a_visit(tmp_path):
    # The first customer wants nothing, but is to be served for 4 or 8. The 12 of the others still take both
    # warehouses: 130, 4 for the second, 8 for the third. The third at 1 each from the first, as is the visit.
    mission = import_mission("orlib-cap", written(tmp_path, FILE.replace("4\n 4 8", "0\n 4 8")))
    assert mission.warnings == ()
    assert mission.frame("needs")["activity"].tolist() == ["visit", "goods", "goods"]
    assert solved(mission) == pytest.approx([0, 130 + 4 + 8 + 4])


def test_location_without_capacities_has_neither_demand_nor_capacity(tmp_path):
    # Nobody wants anything and nothing is held, as such files have it. The second alone: 30 + 8 + 4 + 16.
    mission = import_mission("orlib-cap", written(tmp_path, "2 3\n0 100\n0 30\n0\n4 8\n0\n12 4\n0\n8 16\n"))
    assert mission.warnings == ()
    assert mission.frame("commodities")["commodity"].tolist() == ["visit"]
    assert solved(mission) == pytest.approx([0, 58])


def test_a_file_laid_out_by_warehouse_is_the_same(tmp_path):
    more = FILE.replace("2 3", "2 4") + "5\n 1 2\n"
    plain = import_mission("orlib-cap", written(tmp_path, more))
    rows = "2 4\n10 100.\n10 30\n4 4 8\n5\n4 12 8 1\n8 4\n16 2\n"
    mission = import_mission("orlib-cap", written(tmp_path, rows, "other.txt"))
    assert mission.tables["routes"].equals(plain.tables["routes"])
    assert mission.tables["needs"].equals(plain.tables["needs"])


@pytest.mark.parametrize("capacity", ["capacity", "1000"])
def test_the_published_capacities_are_instances(tmp_path, capacity):
    file = written(tmp_path, FILE.replace("10 ", f"{capacity} "), "capc.txt")
    named = ("capc@5000", "capc@5750", "capc@6500", "capc@7250")
    assert instances("orlib-cap", file) == (named if capacity == "capacity" else (*named, "capc"))
    mission = import_mission("orlib-cap", file, "capc@5750")
    assert mission.header.name == "orlib-cap-capc@5750"
    assert mission.frame("stock")["quantity"].tolist() == [5750, 5750]
    assert instances("orlib-cap", file, {"capacity": "20"}) == ("capc@20",)


def test_a_capacity_left_open_must_be_given(tmp_path):
    file = written(tmp_path, FILE.replace("10 ", "capacity "))
    with pytest.raises(OptionsError, match=r"town\.txt leaves the capacity open: give it with the setting"):
        import_mission("orlib-cap", file)
    for given in ("much", "-1", "inf"):
        with pytest.raises(OptionsError, match=f"capacity is '{given}': give a number of 0 or more"):
            import_mission("orlib-cap", file, settings={"capacity": given})


def test_what_is_no_such_file_is_told_with_its_line(tmp_path):
    assert refused(tmp_path, FILE.replace("8\n 8 16", "8\n 8 x")) == [
        "town.txt row 9: is 'x'; expected demand of a customer or cost of serving it, a number of 0 or more"
    ]
    # The word for a capacity, where a cost is expected.
    assert "row 5" in refused(tmp_path, FILE.replace(" 4 8", " 4 capacity"))[0]
    assert "left over" in refused(tmp_path, FILE + "7\n")[0]
    assert "ends where" in refused(tmp_path, FILE[:-4])[0]
