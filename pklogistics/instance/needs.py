"""Family needs: who needs what, where and when, and who serves them already.

Rules, in words (s site, a activity, t period):

- **N1** What is served over all options or posts, plus what stays unmet, is the net need: people, less
  those whom others already cover, never below zero. What is covered once cannot be covered twice.
- **N2** An all-or-nothing activity is served to the whole net need of a site and period, or not at all.
- **N3** A mandated floor: people served and people covered by others reach ``min_coverage`` of the people,
  or the difference is reported as broken (people).

People are counted per period. A blank period means every period.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from pklogistics.instance.equity import Group
from pklogistics.instance.row import Aliases, CellRule, Hxl, Key, Label, Reference, Row, Text, Unit
from pklogistics.instance.table import Table

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]

PERIOD_TAGS = Hxl("#date+period", "#period")
SITE_TAGS = Hxl("#loc+code", "#loc", "#loc+name", "#adm3+code", "#adm2+code", "#adm3+name", "#adm2+name")
ACTIVITY_TAGS = Hxl("#activity+code", "#activity", "#activity+name", "#subsector")


class NeedsPolicy(BaseModel):
    """What the header says about needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity_weights: Annotated[
        tuple[Weight, Weight, Weight, Weight, Weight],
        Field(description="Factor on unmet people of severity 1 to 5."),
    ] = (1.0, 2.0, 3.0, 4.0, 5.0)


class Site(Row):
    """A place where people need something and where organisations work and units are stationed."""

    rules_between_cells: ClassVar = (
        CellRule("together", ("latitude", "longitude"), "latitude and longitude must be given together"),
    )

    site: Annotated[Key, SITE_TAGS, Field(description="Name of the site, used by every other table.")]
    name: Annotated[Text, Hxl("#loc+name"), Field(description="Name for people.")] = ""
    latitude: Annotated[
        float | None,
        Unit("degrees"),
        Hxl("#geo+lat"),
        Field(ge=-90, le=90, description="Latitude, north positive."),
    ] = None
    longitude: Annotated[
        float | None,
        Unit("degrees"),
        Hxl("#geo+lon"),
        Field(ge=-180, le=180, description="Longitude, east positive."),
    ] = None
    pcode: Annotated[
        Label,
        Hxl("#adm3+code", "#adm2+code", "#adm1+code"),
        Field(description="Place code of the gazetteer."),
    ] = ""
    region: Annotated[
        Key,
        Hxl("#adm1+name", "#region", "#adm1"),
        Field(description="Region that capabilities, rules and earmarks may name."),
    ] = ""
    population: Annotated[
        float | None, Unit("people"), Hxl("#population"), Field(ge=0, description="Inhabitants.")
    ] = None
    group: Group = ""
    threat: Annotated[
        int, Unit("level"), Hxl("#indicator+threat"), Field(ge=0, le=4, description="Threat, 0 to 4.")
    ] = 0
    security_required: Annotated[
        float | None,
        Unit("points"),
        Field(
            ge=0,
            description="Security before anyone who needs it works here; blank: policy.security_by_threat.",
        ),
    ] = None
    max_persons: Annotated[
        int | None, Unit("persons"), Field(ge=0, description="Troops that can be camped; blank: no limit.")
    ] = None
    medical_level: Annotated[
        int, Unit("level"), Field(ge=0, le=4, description="Level of the medical facility that exists here.")
    ] = 0
    market_capacity: Annotated[
        float | None,
        Unit("people per period"),
        Field(ge=0, description="People whom local markets can bear for cash (S6); blank: no limit."),
    ] = None
    storage_t: Annotated[
        float | None,
        Unit("t"),
        Field(
            ge=0,
            description="Goods that may stay from one period to the next (S3); blank: no limit but "
            "storage_m3; neither: nothing stays.",
        ),
    ] = None
    storage_m3: Annotated[
        float | None,
        Unit("m3"),
        Field(
            ge=0,
            description="Goods that may stay from one period to the next (S3); blank: no limit but "
            "storage_t; neither: nothing stays.",
        ),
    ] = None


class Activity(Row):
    """A service that is measured in people served per period, in one sector."""

    activity: Annotated[
        Key, ACTIVITY_TAGS, Field(description="Name of the activity, used by every other table.")
    ]
    name: Annotated[Text, Hxl("#activity+name"), Field(description="Name for people.")] = ""
    sector: Annotated[
        Key, Hxl("#sector", "#sector+name"), Field(description="Sector (cluster) of the activity.")
    ]
    provider: Annotated[
        Literal["organisation", "force"],
        Field(description="Who delivers it: organisations, or posts of units."),
    ] = "organisation"
    all_or_nothing: Annotated[
        bool, Field(description="Whether a site is served whole or not at all in a period (N2).")
    ] = False
    max_organisations: Annotated[
        int | None,
        Field(ge=0, description="Organisations per site and period (C3); blank: the policy's cap."),
    ] = None
    min_share: Annotated[
        float | None,
        Unit("share"),
        Field(
            ge=0,
            le=1,
            description="Least share of a net need that one organisation may take (C2); blank: the policy's.",
        ),
    ] = None
    continuous: Annotated[bool, Field(description="Whether a presence goes on once begun (C5).")] = False
    radius_km: Annotated[
        float | None,
        Unit("km"),
        Field(
            ge=0, description="Reach of a post (T6); blank: policy.patrol_radius_km, else the own site only."
        ),
    ] = None
    min_persons: Annotated[
        int, Unit("persons"), Field(ge=0, description="Least strength of a post (T6).")
    ] = 0


class Need(Row):
    """People at a site who need an activity in a period."""

    site: Annotated[Key, SITE_TAGS, Reference("sites", "site"), Field(description="Where.")]
    activity: Annotated[
        Key, ACTIVITY_TAGS, Reference("activities", "activity"), Field(description="What is needed.")
    ]
    period: Annotated[int | None, PERIOD_TAGS, Field(ge=1, description="Period; blank: every period.")] = None
    people: Annotated[
        float,
        Unit("people"),
        Hxl("#inneed", "#affected"),
        Field(ge=0, description="People who need the activity."),
    ]
    severity: Annotated[
        int | None,
        Hxl("#severity"),
        Field(ge=1, le=5, description="Severity, 1 to 5; blank: not graded, factor 1."),
    ] = None
    weight: Annotated[float, Field(ge=0, description="Factor on unmet people besides severity.")] = 1.0
    min_coverage: Annotated[
        float, Unit("share"), Field(ge=0, le=1, description="Mandated floor of coverage, 0 to 1 (N3).")
    ] = 0.0


class Coverage(Row):
    """People who are already served outside this plan: the 3W of the others."""

    site: Annotated[Key, SITE_TAGS, Reference("sites", "site"), Field(description="Where.")]
    activity: Annotated[
        Key, ACTIVITY_TAGS, Reference("activities", "activity"), Field(description="What is served.")
    ]
    period: Annotated[int | None, PERIOD_TAGS, Field(ge=1, description="Period; blank: every period.")] = None
    organisation: Annotated[
        Label,
        Hxl("#org", "#org+name"),
        Aliases("organization"),
        Field(description="Who serves them; need not be planned here."),
    ]
    people: Annotated[
        float, Unit("people"), Hxl("#reached", "#targeted"), Field(ge=0, description="People served.")
    ]


TABLES = (
    Table("sites", "needs", Site, key=("site",), required=True, filled=True),
    Table("activities", "needs", Activity, key=("activity",), required=True, filled=True),
    Table("needs", "needs", Need, key=("site", "activity", "period"), required=True, filled=True),
    Table("coverage", "needs", Coverage, key=("site", "activity", "period", "organisation")),
)
