"""The tiers that each tiny mission of family supplies must reach, and what its plan must say."""

from __future__ import annotations

from pklogistics.model.supplies.reasons import NO_COMMODITY, NO_ROUTE, ONLY_ESCORTED, TOO_LATE
from tests.missions.answer import Answer, Fact, fact, left, served, stationed, tiers


def sent(value: float, **where: str | int) -> Fact:
    """Say how much of a commodity is sent, or handed over, in its units."""
    return fact("shipments", "quantity", value, **where)


def bought(value: float, **where: str | int) -> Fact:
    """Say how much is bought, in units of the commodity."""
    return fact("purchases", "quantity", value, **where)


def given(value: float, **where: str | int) -> Fact:
    """Say how much is given to people, in units of the commodity."""
    return fact("distributions", "quantity", value, **where)


def declined(value: float, **where: str | int) -> Fact:
    """Say how much of a pledge or of a stock is not taken in, in units of the commodity."""
    return fact("intake", "declined", value, **where)


def kept(value: float, **where: str | int) -> Fact:
    """Say how much is on hand at the end of a period, in units of the commodity."""
    return fact("inventory", "quantity", value, **where)


ANSWERS_OF_SUPPLIES: dict[str, Answer] = {
    # Ridge 50 x 2 in period 1; of the hub's 120 and the pledge's 60 150 go to ridge, 30 to the camp's 300.
    "tiny-pipeline": Answer(
        tiers(0, 50 * 2 + 270, 200 + 160 + 300),
        (
            bought(100, depot="port", period=1, arrives=3),
            sent(60, origin="port", destination="hub", period=2, arrives=3),
            sent(50, origin="hub", destination="ridge", period=3, arrives=4),
            sent(130, origin="store", destination="camp", mode="local"),
            served(100, site="camp", period=4),
            served(0, site="ridge", period=1),
        ),
    ),
    # 220 x 1 early, 60 x 3 and 10 x 4 late, 10 x 6 from the traders.
    "tiny-prices": Answer(
        tiers(0, 0, 220 + 180 + 40 + 60),
        (
            bought(220, supplier="mill", period=1),
            bought(10, supplier="traders"),
            kept(120, place="store", period=1),
        ),
    ),
    # 30 of the oldest 130 expire, 60 of 90 gifts are taken; 100 are bought at 1 and 100 at 2.
    "tiny-expiry": Answer(
        {"mandate": 0, "need": 0, "waste": 0.3, "cost": 100 + 200},
        (
            given(100, period=1, expires=1),
            given(100, period=2, expires=2),
            fact("expiries", "quantity", 30, place="store", period=1),
            bought(60, supplier="donor", period=1),
            bought(100, period=2),
            bought(100, period=3),
        ),
    ),
    # School 10 + 4 a person; camp 6.5 of maize, 2 of beans for 6, 1 of oil for 4, tins, 0.1 of salt for 1.
    "tiny-basket": Answer(
        tiers(0, 0, 1400 + 1750),
        (
            given(1000, site="school", commodity="maize"),
            given(100, site="school", commodity="oil"),
            given(650, site="camp", commodity="maize"),
            given(200, site="camp", commodity="beans"),
            given(100, site="camp", commodity="oil"),
            given(50, site="camp", commodity="tins"),
            given(10, site="camp", commodity="salt"),
        ),
    ),
    # Quay 20 + 20, hill 30 + 30, vale 70, isle 50 unmet; 140 + 130 + 150 bags by route.
    "tiny-capacity": Answer(
        tiers(0, 40 + 60 + 70 + 50, 140 + 130 + 150),
        (
            declined(140, depot="pier"),
            declined(70, depot="loft"),
            kept(30, place="loft", period=1),
            kept(50, place="isle", period=1),
            sent(150, origin="raft", period=1),
            served(70, site="hill", period=2),
        ),
    ),
    # Near: 10 t by river, 10 t by trucks in 50 hours; far: 12 t by trucks, 1 t by the pickup.
    "tiny-fleets": Answer(
        tiers(0, 140 * 2, 600 + 50 + 400),
        (
            served(400, site="near"),
            served(260, site="far"),
            fact("vehicles", "hours", 200, vehicle="truck"),
            fact("vehicles", "hours", 50, vehicle="pickup"),
            fact("shipments", "tonnes", 10, mode="river"),
        ),
    ),
    # North 160 + 150 + 60 + 100 by the ridge, south 90 x 4 by air.
    "tiny-openings": Answer(
        tiers(0, 0, 470 + 360),
        (
            fact("openings", "cost", 150, kind="depot", origin="ridge", period=1),
            fact("openings", "cost", 100, kind="route", origin="ridge", destination="north", period=1),
            fact("openings", "cost", 250),
            sent(160, origin="port", destination="ridge"),
            sent(90, destination="south", mode="air"),
        ),
    ),
    # 30 bags from mid to west at 1, and to Midton at 2.
    "tiny-depots": Answer(
        tiers(0, 0, 30 + 60),
        (
            sent(30, origin="mid", destination="west", period=1),
            sent(30, origin="west", destination="Midton", period=2),
            kept(0, place="mid"),
            kept(80, place="west", period=1),
        ),
    ),
    # 150 + 120 with one company on the road, 0 + 60 with both.
    "tiny-escort": Answer(
        tiers(0, 270 + 60, 300 + 20 + 15),
        (
            fact("escorts", "count", 1, unit="company", period=1),
            fact("escorts", "count", 2, unit="company", period=2),
            fact("moves", "arriving", 2, unit="company", site=""),
            stationed(0, unit="company"),
            sent(200, origin="port", destination="camp", period=2),
        ),
    ),
    # The agency's 60 under escort, the charity's 40 by air and 10 of the hub.
    "tiny-cargo": Answer(
        tiers(0, 10, 60 + 200 + 5),
        (
            served(60, organisation="agency"),
            served(50, organisation="charity"),
            sent(60, origin="port", mode="road", cargo="any"),
            sent(40, origin="port", mode="air", cargo="unescorted"),
            fact("intake", "quantity", 10, depot="hub", cargo="unescorted"),
            given(50, cargo="unescorted"),
        ),
    ),
    # Shelter takes 40 of the market of 80, vouchers 40; 70 by goods; the village 60 in cash.
    "tiny-markets": Answer(
        tiers(0, 90, 160 + 100 + 70 + 180),
        (
            served(40, site="town", modality="voucher"),
            served(0, site="town", activity="food", modality="cash"),
            served(40, site="town", activity="shelter"),
            served(70, site="town", modality="in_kind"),
            served(60, site="village", modality="cash"),
        ),
    ),
    # Core buys beans for 60; rice fund and wheels keep 110 of 350.
    "tiny-purses": Answer(
        tiers(0, 140, 300),
        (
            left("core", 0),
            fact("funds", "left", 110),
            fact("payments", "amount", 120, fund="rice fund", kind_of_cost="procurement"),
            fact("payments", "amount", 60, fund="core", kind_of_cost="procurement", commodity="beans"),
            fact("costs", "amount", 60, kind_of_cost="transport", commodity=""),
            served(60),
        ),
    ),
    # 80 kept in period 1; 74 of 80 in period 2, 6 boxes are 3 people's; 30 + 40 + 37 fed.
    "tiny-reserve": Answer(
        tiers(3, 13, 12),
        (
            # In which period people go without is all one: they need alike.
            fact("broken", "amount", 3, depot="store", commodity="paste", period=2),
            bought(4, period=1, arrives=2),
        ),
    ),
    # Dale 100 in period 1; moor 50, fell 30 and brook 20 in both.
    "tiny-out-of-reach": Answer(
        tiers(0, 100 + 2 * (50 + 30 + 20), 100),
        (
            served(100, site="dale", period=2),
            *(
                fact(
                    "shortfalls",
                    "unmet",
                    unmet,
                    site=site,
                    reason=NO_COMMODITY.format(item="commodity 'rice'") + why,
                )
                for site, unmet, why in (
                    ("dale", 100, TOO_LATE),
                    ("moor", 100, NO_ROUTE),
                    ("fell", 60, TOO_LATE),
                )
            ),
            fact(
                "shortfalls",
                "unmet",
                40,
                site="brook",
                reason=NO_COMMODITY.format(item="commodity 'rice'") + ONLY_ESCORTED,
            ),
        ),
    ),
}
