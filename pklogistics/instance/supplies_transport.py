"""Family supplies, how goods move: routes and fleets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pklogistics.instance.coordination import MONEY
from pklogistics.instance.row import Hxl, Key, Label, Row, Unit, When
from pklogistics.instance.supplies_stores import DEPOT_TAGS, DEPOTS, PLACES
from pklogistics.instance.table import Table

MODE_TAGS = Hxl("#transport+mode", "#service+transport")
LOCAL = "local"
"""The mode in which a depot hands goods over to the site at which it stands; no route may have it."""


class Route(Row):
    """A way from a depot to a depot or a site, by one mode."""

    origin: Annotated[Key, Hxl("#loc+origin"), DEPOTS, Field(description="From which depot.")]
    destination: Annotated[Key, Hxl("#loc+destination"), PLACES, Field(description="To which depot or site.")]
    mode: Annotated[Label, MODE_TAGS, Field(description="Road, rail, river, air, and so on.")] = "road"
    cost_per_t: Annotated[
        float, Unit("mission currency per t"), Field(ge=0, description="Paid per tonne sent.")
    ] = 0.0
    capacity_t: Annotated[
        float | None,
        Unit("t per period"),
        Field(ge=0, description="Goods that can be sent off (S3); blank: no limit."),
    ] = None
    lead_time: Annotated[
        int, Unit("periods"), Field(ge=0, description="Periods until goods arrive; 0: in the same period.")
    ] = 0
    opening_cost: Annotated[
        float, MONEY, Field(ge=0, description="Paid once, when it is first used: its repair, say (S4).")
    ] = 0.0
    from_: Annotated[
        When,
        Hxl("#date+start"),
        Field(alias="from", description="First period in which goods can be sent; blank: the first."),
    ] = ""
    until: Annotated[
        When, Hxl("#date+end"), Field(description="Last period in which goods can be sent; blank: the last.")
    ] = ""
    escort: Annotated[
        bool,
        Hxl("#access+escort"),
        Field(description="Whether it is used only under armed escort, which is counted in tonnes (S5)."),
    ] = False
    distance_km: Annotated[
        float | None,
        Unit("km"),
        Field(ge=0, description="Length; blank: travel_times, else the great circle."),
    ] = None
    hours: Annotated[
        float | None,
        Unit("hours"),
        Field(
            ge=0,
            description="One way; blank: travel_times, else the length at policy.convoy_speed_kmh.",
        ),
    ] = None


class Fleet(Row):
    """Vehicles of a depot. The routes of their mode that begin there need them; others are contracted."""

    depot: Annotated[Key, DEPOT_TAGS, DEPOTS, Field(description="Where they start and return to.")]
    vehicle: Annotated[Key, Hxl("#capacity+vehicle"), Field(description="Name of the type of vehicle.")]
    count: Annotated[int, Unit("vehicles"), Field(ge=0, description="How many.")]
    payload_t: Annotated[
        float, Unit("t per vehicle"), Field(gt=0, description="What one vehicle carries (S3).")
    ]
    payload_m3: Annotated[
        float | None,
        Unit("m3 per vehicle"),
        Field(gt=0, description="What one vehicle carries (S3); blank: no limit."),
    ] = None
    hours_per_period: Annotated[
        float,
        Unit("hours per vehicle and period"),
        Field(gt=0, description="Hours that one vehicle can be on the road, there and back (S3)."),
    ]
    mode: Annotated[Label, MODE_TAGS, Field(description="Routes of which mode they drive.")] = "road"
    cost_per_hour: Annotated[
        float,
        Unit("mission currency per vehicle-hour"),
        Field(ge=0, description="Paid per hour of driving, there and back."),
    ] = 0.0


TABLES = (
    Table("routes", "supplies", Route, key=("origin", "destination", "mode", "from")),
    Table("fleets", "supplies", Fleet, key=("depot", "vehicle", "mode")),
)
