"""Each rule of a tiny mission of supplies taken away alone, and the tiers that are reached without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.missions.answer import tiers
from tests.missions.draft import Draft
from tests.missions.relaxation import Relaxation


def _pipeline(rule: str, change: Callable[[Draft], Draft], need: float, cost: float) -> Relaxation:
    return Relaxation("tiny-pipeline", rule, change, tiers(0, need, cost))


def _expiry(rule: str, change: Callable[[Draft], Draft], waste: float, cost: float) -> Relaxation:
    values: Mapping[str, float] = {"mandate": 0, "need": 0, "waste": waste, "cost": cost}
    return Relaxation("tiny-expiry", rule, change, values)


def _with_open(number: int) -> Callable[[Draft], Draft]:
    return lambda d: d.with_policy(max_open_depots=number)


RELAXATIONS_OF_SUPPLIES: tuple[Relaxation, ...] = (
    _pipeline(
        "S1 to the hub",
        lambda d: d.with_cells("routes", "lead_time", "0", destination="hub"),
        100 + 120,
        500 + 310 + 300,
    ),
    _pipeline(
        "S1 orders",
        lambda d: d.with_cells("supplies", "lead_time", "1", supplier="mill"),
        100 + 180,
        380 + 250 + 300,
    ),
    _pipeline(
        "S1 pledge",
        lambda d: d.without_rows("supplies", supplier="donor"),
        100 + 60 + 300,
        200 + 100 + 240,
    ),
    _pipeline(
        "S1 to the ridge",
        lambda d: d.with_cells("routes", "lead_time", "0", destination="ridge"),
        270,
        300 + 210 + 400,
    ),
    _pipeline("S1 handover", lambda d: d.blanked("depots", "site"), 400 + 100, 30 + 300),
    Relaxation("tiny-prices", "S3", lambda d: d.blanked("depots", "capacity_t"), tiers(0, 0, 300)),
    Relaxation("tiny-prices", "S1 prices", lambda d: d.blanked("supplies", "price"), tiers(0, 0, 900)),
    Relaxation(
        "tiny-prices", "S1 limits", lambda d: d.blanked("supplies", "max_quantity"), tiers(0, 0, 220 + 240)
    ),
    Relaxation(
        "tiny-prices",
        "S1 supplier",
        lambda d: d.without_rows("supplies", supplier="traders"),
        tiers(0, 10, 440),
    ),
    _expiry("S1 shelf life", lambda d: d.blanked("commodities", "shelf_life"), 0.3, 170),
    _expiry(
        "S1 shorter",
        lambda d: d.with_cells("commodities", "shelf_life", "1"),
        0.3,
        60 + 200 + 500,
    ),
    _expiry("S1 dates", lambda d: d.blanked("stock", "expires", expires="2021-02-10"), 0, 300),
    Relaxation(
        "tiny-basket",
        "S2 most",
        lambda d: d.blanked("requirements", "max_per_person"),
        tiers(0, 0, 1400 + 1200),
    ),
    Relaxation(
        "tiny-basket",
        "S2 least",
        lambda d: d.without_rows("requirements", nutrient="protein"),
        tiers(0, 0, 1400 + 1350),
    ),
    Relaxation(
        "tiny-basket",
        "S2 recipe of a basket",
        lambda d: d.without_rows("recipes", commodity="salt"),
        tiers(0, 0, 1400 + 1385),
    ),
    Relaxation("tiny-basket", "S3", lambda d: d.blanked("routes", "capacity_t"), tiers(0, 0, 1400 + 1450)),
    Relaxation("tiny-basket", "S2 basket", lambda d: d.without("requirements"), tiers(0, 0, 1400 + 100)),
    Relaxation(
        "tiny-basket",
        "S2 recipe",
        lambda d: d.without_rows("recipes", activity="ration"),
        tiers(0, 0, 1750),
    ),
    Relaxation(
        "tiny-capacity", "S3 intake", lambda d: d.blanked("depots", "throughput_t"), tiers(0, 180, 420)
    ),
    Relaxation("tiny-capacity", "S3 route", lambda d: d.blanked("routes", "capacity_t"), tiers(0, 160, 480)),
    Relaxation("tiny-capacity", "S3 m3", lambda d: d.blanked("depots", "capacity_m3"), tiers(0, 210, 430)),
    Relaxation(
        "tiny-capacity",
        "S3 m3 and t",
        lambda d: d.blanked("depots", "capacity_t", "capacity_m3"),
        tiers(0, 150, 490),
    ),
    Relaxation("tiny-capacity", "S3 site", lambda d: d.blanked("sites", "storage_t"), tiers(0, 270, 370)),
    Relaxation("tiny-capacity", "S3 until", lambda d: d.blanked("routes", "until"), tiers(0, 170, 470)),
    Relaxation("tiny-fleets", "S3 fleet", lambda d: d.without("fleets"), tiers(0, 0, 0)),
    Relaxation(
        "tiny-fleets", "S3 volume", lambda d: d.blanked("fleets", "payload_m3"), tiers(0, 60 * 2, 1050)
    ),
    Relaxation(
        "tiny-fleets", "S3 river", lambda d: d.without_rows("routes", mode="river"), tiers(0, 220 * 2, 650)
    ),
    Relaxation(
        "tiny-fleets", "S3 speed", lambda d: d.with_policy(convoy_speed_kmh=50), tiers(0, 75 * 2, 1050)
    ),
    Relaxation(
        "tiny-fleets",
        "S3 count",
        lambda d: d.with_cells("fleets", "count", "3", vehicle="truck"),
        tiers(0, 0, 900 + 50 + 300),
    ),
    Relaxation("tiny-openings", "S4 depot", lambda d: d.blanked("depots", "opening_cost"), tiers(0, 0, 680)),
    Relaxation(
        "tiny-openings", "S4 running", lambda d: d.blanked("depots", "cost_per_period"), tiers(0, 0, 770)
    ),
    # South then goes by road, too.
    Relaxation("tiny-openings", "S4 routes", lambda d: d.blanked("routes", "opening_cost"), tiers(0, 0, 550)),
    Relaxation(
        "tiny-openings",
        "S4 fewer people",
        lambda d: d.with_cells("needs", "people", "30", site="north"),
        tiers(0, 0, 720),
    ),
    Relaxation(
        "tiny-openings",
        "S4 stock alone",
        lambda d: d.without_rows("routes", destination="ridge"),
        tiers(0, 0, 720 + 360),
    ),
    Relaxation("tiny-depots", "S4 cap", lambda d: d.without_policy("max_open_depots"), tiers(0, 0, 0)),
    Relaxation("tiny-depots", "S4 one", _with_open(1), tiers(0, 80, 60)),
    Relaxation("tiny-depots", "S4 move", lambda d: d.without_rows("routes", origin="mid"), tiers(0, 30, 0)),
    Relaxation("tiny-escort", "S5 road", lambda d: d.blanked("routes", "escort"), tiers(0, 0, 470)),
    Relaxation("tiny-escort", "T1", lambda d: d.without("movement"), tiers(0, 150 + 60, 350)),
    Relaxation(
        "tiny-escort",
        "T2",
        lambda d: d.with_cells("units", "available", "1"),
        tiers(0, 250 + 160, 130),
    ),
    Relaxation(
        "tiny-escort", "S5 tonnes", lambda d: d.with_cells("units", "escort_t", "2.5"), tiers(0, 120, 485)
    ),
    Relaxation(
        "tiny-cargo",
        "S5 accepted",
        lambda d: d.with_cells("organisations", "accepts_armed_escort", "yes"),
        tiers(0, 0, 115),
    ),
    Relaxation(
        "tiny-cargo",
        "S5 refused",
        lambda d: d.with_cells("organisations", "accepts_armed_escort", "no"),
        tiers(0, 70, 200),
    ),
    Relaxation("tiny-cargo", "S5 units", lambda d: d.without("units"), tiers(0, 70, 200)),
    Relaxation(
        "tiny-cargo", "S3 air", lambda d: d.blanked("routes", "capacity_t"), tiers(0, 0, 60 + 250 + 5)
    ),
    Relaxation("tiny-cargo", "S1 stock", lambda d: d.without_rows("stock", depot="hub"), tiers(0, 20, 265)),
    Relaxation(
        "tiny-markets",
        "S6",
        lambda d: d.blanked("sites", "market_capacity"),
        tiers(0, 0, 160 + 125 + 240 + 70 + 180),
    ),
    Relaxation(
        "tiny-markets",
        "S6 nobody",
        lambda d: d.with_cells("sites", "market_capacity", "0", site="town"),
        tiers(0, 130 + 80, 70 + 180),
    ),
    Relaxation("tiny-markets", "S2 goods", lambda d: d.without("stock"), tiers(0, 160, 440)),
    Relaxation("tiny-markets", "S2 recipe", lambda d: d.without("recipes"), tiers(0, 0, 160 + 200 + 60)),
    Relaxation(
        "tiny-purses",
        "F1 commodity",
        lambda d: d.without_rows("earmarks", fund="rice fund"),
        tiers(0, 130, 350),
    ),
    Relaxation(
        "tiny-purses",
        "F1 transport",
        lambda d: d.without_rows("earmarks", fund="wheels"),
        tiers(0, 118, 410),
    ),
    Relaxation(
        "tiny-purses",
        "F1 vehicles",
        lambda d: d.with_cells("earmarks", "commodity", "rice"),
        tiers(0, 176, 120),
    ),
    Relaxation("tiny-reserve", "S1 target", lambda d: d.without("stock_targets"), tiers(0, 13, 12)),
    Relaxation("tiny-reserve", "S1 life", lambda d: d.blanked("stock_targets", "min_life"), tiers(0, 13, 12)),
    Relaxation(
        "tiny-reserve", "S1 shelf life", lambda d: d.blanked("commodities", "shelf_life"), tiers(0, 13, 12)
    ),
    Relaxation(
        "tiny-reserve",
        "S1 orders",
        lambda d: d.with_cells("supplies", "max_quantity", "0"),
        tiers(5, 15, 0),
    ),
    Relaxation(
        "tiny-reserve",
        "S1 people",
        lambda d: d.with_cells("recipes", "per_person", "1"),
        tiers(6, 0, 12),
    ),
    Relaxation(
        "tiny-out-of-reach",
        "S1 lead time",
        lambda d: d.with_cells("routes", "lead_time", "0", destination="dale"),
        tiers(0, 200, 200),
    ),
    Relaxation(
        "tiny-out-of-reach",
        "S1 horizon",
        lambda d: d.with_cells("routes", "lead_time", "1", destination="fell"),
        tiers(0, 270, 100),
    ),
    Relaxation(
        "tiny-out-of-reach",
        "S5",
        lambda d: d.with_cells("organisations", "accepts_armed_escort", "yes"),
        tiers(0, 260, 100),
    ),
    Relaxation("tiny-out-of-reach", "S2", lambda d: d.without("recipes"), tiers(0, 0, 0)),
    Relaxation("tiny-out-of-reach", "S1 stock", lambda d: d.without("stock"), tiers(0, 400, 0)),
)
