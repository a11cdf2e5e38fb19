"""The tables of a plan that follow goods from port to person (family supplies).

Quantities are in the units of the commodity. ``cargo`` is the class of the goods: *any*, or *unescorted*
for organisations that refuse armed escort. ``expires`` is the last period in which goods may be given out,
blank where that lies beyond the mission and what its stock targets ask. Every balance (S1) holds
for each commodity, cargo and ``expires`` by itself.
"""

from __future__ import annotations

from pklogistics.plan.table import KNOWN, MONEY, Column, number, table

_COMMODITY = Column("commodity", "text", "", "commodity")
_DEPOT = Column("depot", "text", "", "depot")
_SUPPLIER = Column("supplier", "text", "", "supplier, as the mission names it; may be blank")
_CARGO = Column("cargo", "text", "", "class of the goods: any or unescorted")
_MODE = Column("mode", "text", "", "mode of the route; local: a depot hands over to the site where it stands")
_PLACE = Column("place", "text", "", "depot or site")
_QUANTITY = number("quantity", "units of the commodity", "how much")
_TONNES = number("tonnes", "t", "weight of the quantity")
_EXPIRES = number("expires", "period", "last period in which it may be given out; blank: not in the mission")
_ARRIVES = Column("arrives", "int", "period", "period of arrival")

TABLES = (
    table(
        "purchases",
        "Goods bought, by the period in which they are ordered.",
        *(_DEPOT, _COMMODITY, _SUPPLIER, "period", _ARRIVES, _CARGO, _QUANTITY),
        number("cost", MONEY, "price times quantity"),
    ),
    table(
        "intake",
        "Initial stock and pledges that come into depots.",
        *(_DEPOT, _COMMODITY),
        Column("source", "text", "", "stock or pledge"),
        _SUPPLIER,
        Column("period", "int", "period", "period of arrival; 1 for stock"),
        *(_CARGO, _EXPIRES),
        number("quantity", "units of the commodity", "taken in"),
        number("declined", "units of the commodity", "not taken in; written in one row of its cargo classes"),
    ),
    table(
        "shipments",
        "Goods sent on routes, and handed over (mode local) where a depot stands at a site.",
        Column("origin", "text", "", "depot"),
        Column("destination", "text", "", "depot or site"),
        *(_MODE, _COMMODITY, _CARGO),
        Column("period", "int", "period", "period in which it is sent"),
        *(_ARRIVES, _EXPIRES, _QUANTITY, _TONNES),
    ),
    table(
        "inventory",
        "Goods on hand at the end of a period.",
        *(_PLACE, _COMMODITY, _CARGO, _EXPIRES, "period", _QUANTITY, _TONNES),
    ),
    table(
        "distributions",
        "Goods given to people: the basket of each activity.",
        *("site", "activity", _COMMODITY, _CARGO, _EXPIRES, "period", _QUANTITY),
    ),
    table(
        "expiries",
        "Goods that were not given out in time.",
        *(_PLACE, _COMMODITY, _CARGO),
        Column("period", "int", "period", "the last in which it could be given out; expired at its end"),
        *(_QUANTITY, _TONNES),
    ),
    table(
        "vehicles",
        "What the vehicles of depots carry, and for how long.",
        _DEPOT,
        Column("vehicle", "text", "", "type of vehicle"),
        _MODE,
        "period",
        Column("destination", "text", "", "depot or site to which they drive"),
        number("tonnes", "t", "carried there by vehicles of this type"),
        number("volume_m3", "m3", "carried there by vehicles of this type"),
        number("hours", "vehicle-hours", "on the road, there and back"),
    ),
    table(
        "escorts",
        "Units on escort duty on the roads; their coming and going stands in moves, with a blank site.",
        *("unit", "period"),
        number("count", "units", "whole units on escort duty"),
        number("persons", "persons", "their persons"),
        number("tonnes", "t", "sent under their escort"),
    ),
    table(
        "openings",
        "Depots in use and routes opened at a cost, by the first period of use.",
        Column("kind", "text", "", "depot or route"),
        Column("origin", "text", "", "the depot, or where the route begins"),
        Column("destination", "text", "", "where the route leads; blank for a depot"),
        Column("mode", "text", "", "mode of the route; blank for a depot"),
        Column("period", "int", "period", "first period of use"),
        number("cost", MONEY, "opening cost"),
    ),
)
"""In the order in which goods meet them."""

STOCK_TARGET_KEYS = (
    Column("depot", "text", "", "depot of a stock target; blank for other rules"),
    KNOWN["commodity"],
)
