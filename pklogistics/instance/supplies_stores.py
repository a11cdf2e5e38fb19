"""Family supplies, where goods are kept and where they come from: depots, stock, supplies and targets."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from pklogistics.instance.coordination import AMERICAN, MONEY, ORGANISATION_TAGS, ORGANISATIONS, SITES
from pklogistics.instance.needs import PERIOD_TAGS, SITE_TAGS
from pklogistics.instance.row import CellRule, Hxl, Key, Label, Reference, Row, Text, Unit, When
from pklogistics.instance.supplies_goods import COMMODITIES, COMMODITY_TAGS
from pklogistics.instance.table import Table

DEPOTS = Reference(
    *("depots", "depot"),
    mistaken=SITES,
    step="goods are kept in and sent from depots: name one that stands there, or add one with this site",
)
PLACES = Reference("depots", "depot", also=SITES)
"""A depot or a site: their names share one name space."""
DEPOT_TAGS = Hxl("#loc+depot", "#loc+warehouse")
UNITS_OF_GOODS = Unit("units of the commodity")


class Depot(Row):
    """A port, an airport or a warehouse: goods enter, stay and leave here."""

    rules_between_cells: ClassVar = (
        CellRule("together", ("latitude", "longitude"), "latitude and longitude must be given together"),
    )

    depot: Annotated[
        Key,
        DEPOT_TAGS,
        Field(description="Name of the depot, used by other tables; not that of a site."),
    ]
    name: Annotated[Text, Hxl("#loc+depot+name"), Field(description="Name for people.")] = ""
    site: Annotated[
        Key,
        SITE_TAGS,
        SITES,
        Field(description="Site at which it stands and which it supplies without a route; blank: none."),
    ] = ""
    latitude: Annotated[
        float | None,
        Unit("degrees"),
        Hxl("#geo+lat"),
        Field(ge=-90, le=90, description="Latitude, north positive; blank: that of the site."),
    ] = None
    longitude: Annotated[
        float | None,
        Unit("degrees"),
        Hxl("#geo+lon"),
        Field(ge=-180, le=180, description="Longitude, east positive; blank: that of the site."),
    ] = None
    organisation: Annotated[
        Key,
        ORGANISATION_TAGS,
        AMERICAN,
        ORGANISATIONS,
        Field(description="Who runs it and bears its costs; blank: a common service."),
    ] = ""
    capacity_t: Annotated[
        float | None,
        Unit("t"),
        Field(ge=0, description="Stock that may stay at the end of a period (S3); blank: no limit."),
    ] = None
    capacity_m3: Annotated[
        float | None,
        Unit("m3"),
        Field(ge=0, description="Stock that may stay at the end of a period (S3); blank: no limit."),
    ] = None
    throughput_t: Annotated[
        float | None,
        Unit("t per period"),
        Field(ge=0, description="Goods that can be taken in, but for initial stock (S3); blank: no limit."),
    ] = None
    opening_cost: Annotated[
        float, MONEY, Field(ge=0, description="Paid once, when it is first in use (S4).")
    ] = 0.0
    cost_per_period: Annotated[float, MONEY, Field(ge=0, description="Paid per period in use (S4).")] = 0.0


class Stock(Row):
    """Goods on hand at the start of period 1."""

    depot: Annotated[Key, DEPOT_TAGS, DEPOTS, Field(description="Where.")]
    commodity: Annotated[Key, COMMODITY_TAGS, COMMODITIES, Field(description="Which commodity.")]
    quantity: Annotated[float, UNITS_OF_GOODS, Field(ge=0, description="How much.")]
    expires: Annotated[
        When,
        Hxl("#date+expiry"),
        Field(
            description="Last day, or period, in which it may be given out; a period counts if it ends by "
            "that day; blank: as goods that arrive in period 1."
        ),
    ] = ""


class Supply(Row):
    """What a depot can buy, and what is sent to it whatever is decided."""

    depot: Annotated[Key, DEPOT_TAGS, DEPOTS, Field(description="Where it arrives.")]
    commodity: Annotated[Key, COMMODITY_TAGS, COMMODITIES, Field(description="Which commodity.")]
    period: Annotated[
        int | None,
        PERIOD_TAGS,
        Field(ge=1, description="Period of ordering or sending; blank: every period."),
    ] = None
    supplier: Annotated[Label, Hxl("#org+supplier"), Field(description="Who sells or sends it.")] = ""
    price: Annotated[
        float | None,
        Unit("mission currency per unit"),
        Field(ge=0, description="Price of one unit; blank: the commodity's price."),
    ] = None
    max_quantity: Annotated[
        float | None,
        Unit("units of the commodity per period"),
        Field(ge=0, description="How much can be bought; blank: no limit, 0: there is only the pledge."),
    ] = None
    lead_time: Annotated[int, Unit("periods"), Field(ge=0, description="Periods until it arrives.")] = 0
    pledged: Annotated[
        float, UNITS_OF_GOODS, Field(ge=0, description="Sent off at no price in each such period.")
    ] = 0.0


class StockTarget(Row):
    """Safety stock. What is missing is reported as broken, in people."""

    depot: Annotated[Key, DEPOT_TAGS, DEPOTS, Field(description="Where.")]
    commodity: Annotated[Key, COMMODITY_TAGS, COMMODITIES, Field(description="Which commodity.")]
    period: Annotated[
        int | None, PERIOD_TAGS, Field(ge=1, description="At the end of it; blank: of every period.")
    ] = None
    min_quantity: Annotated[float, UNITS_OF_GOODS, Field(ge=0, description="How much there should be.")]
    min_life: Annotated[
        int,
        Unit("periods"),
        Field(ge=0, description="Only goods count that may still be given out so many periods later."),
    ] = 0


TABLES = (
    Table("depots", "supplies", Depot, key=("depot",)),
    Table("stock", "supplies", Stock, key=("depot", "commodity", "expires")),
    Table("supplies", "supplies", Supply, key=("depot", "commodity", "period", "supplier")),
    Table("stock_targets", "supplies", StockTarget, key=("depot", "commodity", "period")),
)
