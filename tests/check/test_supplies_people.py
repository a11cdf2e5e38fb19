"""S2 and S6: people get what their recipe or basket asks for; markets bear so many."""

from __future__ import annotations

import pytest

from pklogistics.check import check

from .builder import plan_of
from .missions import SMALL, alone, caught, fine, mission, serve
from .pantry import PANTRY, TWO_PERIODS, carried, given, pantry, sent


@pytest.mark.parametrize(("quantity", "amount"), [(18, 2), (23, 3)])
def test_s2_people_get_their_recipe_exactly(quantity: float, amount: float) -> None:
    m = pantry()
    plan = carried(m, shipments=[sent(quantity)], distributions=[given(quantity)])
    found = alone(m, plan, "S2")
    assert found.keys == {"site": "A", "activity": "food", "commodity": "rice"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(amount), "bag")


def test_s2_goods_where_nobody_is_served() -> None:
    m = pantry()
    found = alone(m, carried(m, []), "S2")
    assert (found.keys["site"], found.amount) == ("A", pytest.approx(20))


def test_s2_goods_that_nobody_takes() -> None:
    salt = {"commodity": "salt", "weight_t": 0.01}
    stock = [*PANTRY["stock"], {"depot": "port", "commodity": "salt", "quantity": 5}]
    m = pantry(commodities=[*PANTRY["commodities"], salt], stock=stock)
    rest = {"shipments": [sent(20), sent(2, commodity="salt")]}
    found = alone(m, carried(m, **rest, distributions=[given(20), given(2, commodity="salt")]), "S2")
    assert (found.keys["commodity"], found.amount, found.unit) == ("salt", pytest.approx(2), "units")


def test_s2_people_of_several_organisations_and_options_add_up() -> None:
    # 40 and 20 people at A by two organisations, 10 of them in kind, take 30 bags; 30 in cash take none.
    options = [{"organisation": o, "activity": "food"} for o in ("agency", "elders")]
    options += [{**options[0], "modality": kind} for kind in ("in_kind", "cash", "voucher")]
    m = pantry(capabilities=options)
    service = [
        serve("agency", "A", 30),
        serve("agency", "A", 10, modality="in_kind"),
        serve("elders", "A", 20),
        serve("agency", "A", 15, modality="cash"),
        serve("agency", "A", 15, modality="voucher"),
    ]
    fine(m, carried(m, service, shipments=[sent(30)], distributions=[given(30)]))


def test_s2_an_activity_without_recipe_needs_no_goods() -> None:
    activities = [*SMALL["activities"], {"activity": "talks", "sector": "Peace"}]
    talks = {"site": "A", "activity": "talks", "people": 9}
    m = pantry(
        activities=activities,
        needs=[*SMALL["needs"], talks],
        capabilities=[*SMALL["capabilities"], {"organisation": "agency", "activity": "talks"}],
    )
    service = [serve("agency", "A", 40), serve("agency", "A", 9, activity="talks")]
    fine(m, carried(m, service))
    report = check(m, carried(m, service, distributions=[given(18), given(2, activity="talks")]))
    assert [(v.rule, v.keys["activity"]) for v in report.violations] == [("S2", "food"), ("S2", "talks")]


# Each person needs 10 of energy, and 1 to 2 of protein; rice holds 20 and 1, beans 10 and 6.
FED = {
    "commodities": [*PANTRY["commodities"], *({"commodity": c, "weight_t": 0.1} for c in ("beans", "salt"))],
    "stock": [{"depot": "port", "commodity": c, "quantity": 100} for c in ("rice", "beans", "salt")],
    "recipes": [],
    "nutrients": [
        {"commodity": c, "nutrient": n, "content": x}
        for c, n, x in (
            ("rice", "energy", 20),
            ("rice", "protein", 1),
            ("beans", "energy", 10),
            ("beans", "protein", 6),
        )
    ],
    "requirements": [
        {"activity": "food", "nutrient": "energy", "per_person": 10},
        {"activity": "food", "nutrient": "protein", "per_person": 1, "max_per_person": 2},
    ],
}


def basket(m, **quantities):
    """The plan in which 40 people at A get this."""
    return carried(
        m,
        shipments=[sent(q, commodity=c) for c, q in quantities.items()],
        distributions=[given(q, commodity=c) for c, q in quantities.items()],
    )


def test_s2_a_basket_that_meets_its_requirements() -> None:
    # 400 of energy and 40 to 80 of protein: 16 rice and 8 beans hold 400 and 64; more rice is no harm.
    m = pantry(**FED)
    fine(m, basket(m, rice=16, beans=8))
    fine(m, basket(m, rice=30, beans=8))


@pytest.mark.parametrize(
    ("contents", "nutrient", "amount"),
    [
        # Energy 360 and protein 62; energy 600 and protein 30; energy 400 and protein 88.
        ({"rice": 14, "beans": 8}, "energy", 40),
        ({"rice": 30}, "protein", 10),
        ({"rice": 16, "beans": 12}, "protein", 8),
    ],
)
def test_s2_a_basket_that_does_not(contents: dict, nutrient: str, amount: float) -> None:
    m = pantry(**FED)
    found = alone(m, basket(m, **contents), "S2")
    assert found.keys == {"site": "A", "activity": "food", "cargo": "any", "nutrient": nutrient}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(amount), nutrient)


def test_s2_a_basket_holds_only_what_feeds() -> None:
    m = pantry(**FED)
    assert alone(m, basket(m, rice=16, beans=8, salt=1), "S2").keys["commodity"] == "salt"
    # In the recipe it may be there, up to its most; and rice is then at least 15 of 16.
    recipes = [
        {"activity": "food", "commodity": "salt", "per_person": 0, "max_per_person": 0.05},
        {"activity": "food", "commodity": "rice", "per_person": 0.4},
    ]
    m = pantry(**{**FED, "recipes": recipes})
    fine(m, basket(m, rice=16, beans=8, salt=2))
    assert alone(m, basket(m, rice=16, beans=8, salt=2.5), "S2").amount == pytest.approx(0.5)
    assert alone(m, basket(m, rice=15, beans=10), "S2").amount == pytest.approx(1)


def test_s2_a_basket_for_nobody() -> None:
    # Without a most, a person may have as much as one likes; nobody may not.
    m = pantry(**FED)
    plan = carried(m, [], shipments=[sent(20)], distributions=[given(20)])
    found = alone(m, plan, "S2")
    assert (found.keys["commodity"], found.amount) == ("rice", pytest.approx(20))


def test_s2_each_period_by_itself() -> None:
    m = pantry(TWO_PERIODS, sites=[{"site": "A", "storage_t": 9}, {"site": "B"}])
    service = [serve("agency", "A", 40), serve("agency", "A", 40, period=2)]
    fine(m, carried(m, service, shipments=[sent(40)], distributions=[given(20), given(20, period=2)]))
    wrong = carried(m, service, shipments=[sent(40)], distributions=[given(25), given(15, period=2)])
    assert [v.period for v in check(m, wrong).violations] == [2, 1]


CASH = [{"organisation": o, "activity": "food", "modality": "cash"} for o in ("agency", "elders")]


def test_s6_markets() -> None:
    # With or without goods in the mission: 60 people are 10 more than the market of A bears.
    sites = [{"site": "A", "market_capacity": 50}, {"site": "B"}]
    vouchers = {"organisation": "agency", "activity": "food", "modality": "voucher"}
    for make in (mission, pantry):
        m = make(sites=sites, capabilities=[*CASH, vouchers])
        cash = {"modality": "cash"}
        fine(m, plan_of(m, [serve("agency", "A", 50, **cash), serve("agency", "B", 50, **cash)]))
        service = [
            serve("agency", "A", 25, **cash),
            serve("elders", "A", 25, **cash),
            serve("agency", "A", 10, modality="voucher"),
        ]
        found = alone(m, plan_of(m, service), "S6")
        assert (found.keys, found.period) == ({"site": "A"}, 1)
        assert (found.amount, found.unit) == (pytest.approx(10), "people")


def test_s6_does_not_count_who_gets_goods() -> None:
    sites = [{"site": "A", "market_capacity": 0}, {"site": "B"}]
    m = pantry(sites=sites, capabilities=[*SMALL["capabilities"], CASH[0]])
    fine(m, carried(m))
    assert caught(m, carried(m, [serve("agency", "A", 40, modality="cash")])) == {"S2", "S6"}
