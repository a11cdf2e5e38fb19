"""Family force: which units are stationed where, and what they make possible.

Rules, in words (units are whole; stationed before period 1 is what deployments says):

- **T1** Arriving is what is stationed beyond the period before, and costs. Persons arriving in a period stay
  within the movement limit of that period (no row: no limit). Withdrawal is free.
- **T2** Over all sites no more units are stationed than are available, and none outside their dates.
- **T3** Camps hold at most ``max_persons``. Unit rules: no more than ``max``; at least ``min``, or the
  missing persons are reported as broken. They hold at the site, over the region, or over the theatre,
  between their dates.
- **T4** An organisation that needs security is present only where the security of the units at the site
  reaches what the site, else the policy for its threat, requires.
- **T5** An organisation that does not accept armed presence is not present where an armed unit is stationed.
- **T6** People who need an activity of the force are served from posts: sites within the radius where units
  with that task number at least one and ``min_persons`` persons, up to ``people_protected`` per unit.
- **T7** On if ``policy.medevac_minutes`` is given: a site holds units only if a medical facility or unit of
  level 2 or more lies within that time.

``travel_times`` replace great-circle distance and the policy's speed where they are given, for routes (S3)
as well.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from pklogistics.instance.coordination import ACTIVITIES, MONEY, REGIONS, SITES
from pklogistics.instance.needs import PERIOD_TAGS, SITE_TAGS
from pklogistics.instance.row import CellRule, Hxl, Key, Label, Names, Reference, Row, Text, Unit, When
from pklogistics.instance.supplies_stores import PLACES
from pklogistics.instance.table import Table

UNITS = Reference("units", "unit")
UNIT_TAGS = Hxl("#capacity+unit", "#org+unit")
Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ForcePolicy(BaseModel):
    """What the header says about the force."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    medevac_minutes: Annotated[
        float | None, Field(gt=0, description="Greatest time to a level-2 facility; absent: rule T7 is off.")
    ] = None
    medevac_speed_kmh: Annotated[float, Field(gt=0, description="Speed of evacuation, great circle.")] = 40.0
    patrol_radius_km: Annotated[
        float | None, Field(ge=0, description="Reach of posts of activities that give none.")
    ] = None
    security_by_threat: Annotated[
        tuple[Points, Points, Points, Points, Points],
        Field(description="Security points required at threat 0 to 4."),
    ] = (0.0, 0.0, 0.0, 0.0, 0.0)


class UnitType(Row):
    """A formed military or police unit that a country contributes; whole numbers of it are stationed."""

    unit: Annotated[Key, UNIT_TAGS, Field(description="Name of the unit type, used by every other table.")]
    name: Annotated[Text, Hxl("#capacity+name"), Field(description="Name for people.")] = ""
    contributor: Annotated[
        Label, Hxl("#country+contributor", "#country"), Field(description="Who sends it.")
    ] = ""
    kind: Annotated[
        Label, Field(description="Infantry company, observers, formed police, hospital, and so on.")
    ] = ""
    persons: Annotated[int, Unit("persons"), Field(ge=0, description="Strength of one unit.")]
    available: Annotated[int, Unit("units"), Field(ge=0, description="How many there are (T2).")]
    from_: Annotated[
        When, Hxl("#date+start"), Field(alias="from", description="First period; blank: the first.")
    ] = ""
    until: Annotated[When, Hxl("#date+end"), Field(description="Last period; blank: the last.")] = ""
    deployment_cost: Annotated[
        float, MONEY, Field(ge=0, description="Paid per unit that arrives at a site.")
    ] = 0.0
    cost_per_period: Annotated[
        float, MONEY, Field(ge=0, description="Paid per unit stationed and period.")
    ] = 0.0
    security: Annotated[
        float, Unit("points"), Field(ge=0, description="Security that one unit gives (T4).")
    ] = 0.0
    escort_t: Annotated[
        float,
        Unit("t per period"),
        Field(ge=0, description="Tonnes that one unit escorts when on that duty (S5)."),
    ] = 0.0
    medical_level: Annotated[
        int, Unit("level"), Field(ge=0, le=4, description="Medical level of the unit (T7).")
    ] = 0
    tasks: Annotated[Names, ACTIVITIES, Field(description="Activities that it can perform (T6).")] = ()
    people_protected: Annotated[
        float | None,
        Unit("people"),
        Field(ge=0, description="People whom one unit serves (T6); blank: no limit."),
    ] = None
    armed: Annotated[bool, Field(description="Whether the unit is armed (T5).")] = True


class Deployment(Row):
    """Where units are today."""

    unit: Annotated[Key, UNIT_TAGS, UNITS, Field(description="Which unit type.")]
    site: Annotated[Key, SITE_TAGS, SITES, Field(description="Where.")]
    count: Annotated[int, Unit("units"), Field(ge=0, description="How many.")]


class UnitRule(Row):
    """National caveats, vetoes of the host nation, posts held by mandate (T3)."""

    rules_between_cells: ClassVar = (
        CellRule(
            "at_most_one",
            ("site", "region"),
            "site and region are both given; name one, or neither for everywhere",
        ),
        CellRule("some", ("min", "max"), "neither min nor max is given; give one of them, or remove the row"),
        CellRule("ordered", ("min", "max"), "min is greater than max; no number of units can satisfy both"),
    )

    unit: Annotated[Key, UNIT_TAGS, UNITS, Field(description="Which unit type.")]
    site: Annotated[Key, SITE_TAGS, SITES, Field(description="Where; blank: see region.")] = ""
    region: Annotated[Key, REGIONS, Field(description="Where; blank with site: the whole theatre.")] = ""
    min: Annotated[int | None, Unit("units"), Field(ge=0, description="Least number; blank: none.")] = None
    max: Annotated[int | None, Unit("units"), Field(ge=0, description="Greatest number; blank: none.")] = None
    from_: Annotated[
        When,
        Hxl("#date+start"),
        Field(alias="from", description="First period of the rule; blank: the first."),
    ] = ""
    until: Annotated[
        When, Hxl("#date+end"), Field(description="Last period of the rule; blank: the last.")
    ] = ""


class Movement(Row):
    """How many can be moved into or within the theatre. A period without a row has no limit."""

    period: Annotated[int | None, PERIOD_TAGS, Field(ge=1, description="Period; blank: every period.")] = None
    persons: Annotated[int, Unit("persons"), Field(ge=0, description="Persons who can be moved (T1).")]


class TravelTime(Row):
    """Time and distance by road or air between sites or depots, where better known than the great circle.

    They hold in both directions, unless there is a row for the way back.
    """

    rules_between_cells: ClassVar = (
        CellRule(
            "some", ("minutes", "distance_km"), "neither minutes nor distance_km is given; give one of them"
        ),
    )

    origin: Annotated[Key, Hxl("#loc+origin"), PLACES, Field(description="From which site or depot.")]
    destination: Annotated[Key, Hxl("#loc+destination"), PLACES, Field(description="To which site or depot.")]
    minutes: Annotated[
        float | None,
        Unit("minutes"),
        Field(ge=0, description="Time, for evacuation (T7) and for routes that give no hours (S3)."),
    ] = None
    distance_km: Annotated[
        float | None,
        Unit("km"),
        Field(ge=0, description="Distance, for posts (T6) and for routes that give neither (S3)."),
    ] = None


TABLES = (
    Table("units", "force", UnitType, key=("unit",)),
    Table("deployments", "force", Deployment, key=("unit", "site")),
    Table("unit_rules", "force", UnitRule, key=("unit", "site", "region", "from")),
    Table("movement", "force", Movement, key=("period",)),
    Table("travel_times", "force", TravelTime, key=("origin", "destination")),
)
