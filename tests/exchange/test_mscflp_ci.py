"""The importer ``mscflp-ci``: what its mission says, what solving it gives, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from pklogistics.exchange import import_mission, instances
from pklogistics.exchange.mscflp_ci import cliques
from tests.exchange.samples import refused, solved

SAMPLE = """\
% Two warehouses, three stores; no two of the stores may share a warehouse.
Warehouses = 2;
Stores = 2;
Capacity = [10, 4];
FixedCost = [5, 1];
Goods = [6, 3];
SupplyCost = [|1, 2
              |1, 3|];
Incompatibilities = 1;
IncompatiblePairs = [| 1, 2 |];
"""


def sample(folder, text=SAMPLE):
    file = folder / "shops.dzn"
    file.write_text(text)
    return file


def test_a_warehouse_is_an_organisation_and_a_store_a_site(tmp_path):
    assert instances("mscflp-ci", sample(tmp_path)) == ("shops",)
    mission = import_mission("mscflp-ci", sample(tmp_path))
    assert mission.warnings == ()
    assert mission.frame("staff")["people"].tolist() == [10.0, 4.0]
    assert mission.frame("needs")["people"].tolist() == [6.0, 3.0]
    offered = mission.frame("capabilities")[["organisation", "site", "cost_per_person"]]
    assert offered.values.tolist()[1:3] == [["warehouse 2", "store 1", 2.0], ["warehouse 1", "store 2", 1.0]]
    assert mission.frame("rules")["sites"].tolist() == [("store 1", "store 2")]


def test_the_solved_mission_is_what_a_hand_finds(tmp_path):
    # Store 1 needs the first warehouse, store 2 therefore the second: 5 + 6·1 + 1 + 3·3.
    assert solved(import_mission("mscflp-ci", sample(tmp_path))) == pytest.approx([0, 21])


def test_stores_that_may_share_a_warehouse_do(tmp_path):
    friends = SAMPLE.replace("Incompatibilities = 1", "Incompatibilities = 0").replace("| 1, 2 |", "||")
    mission = import_mission("mscflp-ci", sample(tmp_path, friends))
    assert not mission.has("rules")
    assert solved(mission) == pytest.approx([0, 14])  # All from the first: 5 + 6 + 3.


def test_pairs_need_not_be_counted_nor_be_there(tmp_path):
    plain = import_mission("mscflp-ci", sample(tmp_path))
    uncounted = SAMPLE.replace("Incompatibilities = 1;\n", "")
    assert import_mission("mscflp-ci", sample(tmp_path, uncounted)) == plain
    for end in ("Incompatibilities = 0;\n", ""):
        without = SAMPLE.partition("Incompatibilities")[0] + end
        assert not import_mission("mscflp-ci", sample(tmp_path, without)).has("rules")


def test_the_names_of_later_instances_say_the_same(tmp_path):
    later = SAMPLE
    for old, new in (
        ("Warehouses", "Facilities"),
        ("Stores", "Customers"),
        ("Goods", "Demand"),
        ("Supply", "Shipping"),
    ):
        later = later.replace(f"\n{old}", f"\n{new}")
    plain = import_mission("mscflp-ci", sample(tmp_path))
    assert import_mission("mscflp-ci", sample(tmp_path, later)) == plain


def test_what_a_warehouse_cannot_hold_is_shared(tmp_path):
    small = SAMPLE.replace("[10, 4]", "[5, 4]").replace("[6, 3]", "[6, 0]")
    # 5 of the 6 from the first at 1, and 1 from the second at 2, both opened: 5 + 1 + 5 + 2.
    assert solved(import_mission("mscflp-ci", sample(tmp_path, small))) == pytest.approx([0, 13])


def test_what_no_warehouse_can_send_stays_unmet(tmp_path):
    # Store 1 takes all of the first warehouse and 4 of the second, so store 2 gets nothing of its 3 units.
    # Cheaper: the second keeps to store 2, and store 1 lacks 4 units instead; but 3 are fewer.
    large = SAMPLE.replace("[6, 3]", "[14, 3]")
    assert solved(import_mission("mscflp-ci", sample(tmp_path, large))) == pytest.approx(
        [3, 5 + 10 + 1 + 4 * 2]
    )


def test_pairs_are_gathered_into_cliques():
    # 0, 1, 2 are all incompatible with one another, and 3 with 2 alone.
    pairs = np.array([[2, 3], [0, 1], [1, 2], [0, 2]])
    assert list(cliques(pairs, 5)) == [[2, 3], [0, 1, 2]]
    assert list(cliques(pairs[:0], 5)) == []


@pytest.mark.parametrize("seed", range(3))
def test_cliques_hold_every_pair_and_no_other(seed):
    random = np.random.default_rng(seed)
    joined = np.triu(random.random((30, 30)) < 0.3, 1)
    held = np.zeros_like(joined)
    for clique in cliques(np.argwhere(joined), 30):
        held[np.ix_(clique, clique)] = True
    assert (np.triu(held, 1) == joined).all()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Stores = 2;", "Stors = 2;", "shops.dzn: does not give Stores; did you mean 'Stors'?"),
        (
            "Stores = 2;",
            "Stores = 2",
            "shops.dzn row 3: is 'Stores = 2'; expected a name, '=', a value and ';'",
        ),
        ("[6, 3]", "[6]", "shops.dzn row 6: Goods has 1 numbers; expected 2, a number for each store"),
        (
            "Stores = 2;",
            "Stores = 2 3;",
            "shops.dzn row 3: Stores has 2 numbers; expected 1, the number of stores",
        ),
        (
            "Warehouses = 2;",
            "Warehouses = ;",
            "shops.dzn: Warehouses has 0 numbers; expected 1, the number of warehouses",
        ),
        ("|1, 3|", "|1, x|", "shops.dzn row 8: is 'x'; expected SupplyCost, a number of 0 or more"),
        ("| 1, 2 |", "| 1, 1 |", "shops.dzn row 10: is '1'; expected two different stores"),
        ("| 1, 2 |", "| 1, 3 |", "shops.dzn row 10: is '3'; expected a store, a number from 1 to 2"),
        (
            "IncompatiblePairs = [| 1, 2 |];",
            "",
            "shops.dzn: does not give IncompatiblePairs, though there are 1",
        ),
        ("IncompatiblePairs", "IncompatiblePars", "shops.dzn: does not give IncompatiblePairs; did you mean"),
        ("Goods", "Stores", "shops.dzn row 6: Stores is given twice; keep one"),
        ("Goods =", "Goods", "shops.dzn row 6: is 'Goods [6, 3];'; expected a name, '=', a value and ';'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, old, new, words):
    assert old in SAMPLE
    assert refused("mscflp-ci", sample(tmp_path, SAMPLE.replace(old, new)))[0].startswith(words)
