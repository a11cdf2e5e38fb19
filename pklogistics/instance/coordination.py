"""Family coordination: which organisation does what, where, and who must or must not be there.

Rules, in words (an option is one row of capabilities; an organisation is present at a site for an activity
if one of its options is in use there):

- **C1** An option serves at most its ``max_people`` per site and period, and nobody where its organisation
  is not present for that activity.
- **C2** Who is present serves at least ``min_share`` (the activity's, else the policy's) of the net need.
- **C3** At most ``max_organisations`` (the activity's, else the policy's) are present per site, activity and
  period. What others already cover does not count.
- **C4** A base is open exactly in the periods in which its organisation is present at the site for any
  activity. It is set up once, in the first of them. Whoever is present anywhere has been mobilised once,
  in that period or before.
- **C5** Continuity: who is present for a continuous activity stays in the next period if it could: there is
  net need, a capability and no refusal.
- **C6** Agreed: present in each period of the agreement in which there is net need, or the agreement is
  reported as broken (people). Refused: not present. Allowed: lifts, for the activity it names, a refusal
  that names none. Lead: others are present only if the lead is.
- **C7** Exclusive: at most one of the listed organisations at a site. Partner: the first listed only where
  one of the others is present. Incompatible sites: no listed organisation (blank: none at all) at more than
  one of the sites in a period. ``needs_local_partner``: only where a local organisation is present.
- **C8** ``max_sites`` bases per period, staff no more than there is, ``max_people_total`` per option.
- **C9** Capacity building: people trained add ``staff_per_person`` to the staff of a local organisation after
  the lag. Handover: from its period on, local organisations serve at least ``local_share`` of all that is
  served, or the difference is reported as broken (people).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from pklogistics.instance.needs import ACTIVITY_TAGS, PERIOD_TAGS, SITE_TAGS
from pklogistics.instance.row import (
    Aliases,
    CellRule,
    Hxl,
    Key,
    Label,
    Names,
    Reference,
    Row,
    Text,
    Unit,
    When,
)
from pklogistics.instance.table import Table

ORGANISATION_TAGS = Hxl("#org+code", "#org", "#org+name")
MONEY = Unit("mission currency")
SITES = Reference("sites", "site")
REGIONS = Reference("sites", "region")
ACTIVITIES = Reference("activities", "activity")
SECTORS = Reference("activities", "sector")
ORGANISATIONS = Reference("organisations", "organisation")
AMERICAN = Aliases("organization")


class CoordinationPolicy(BaseModel):
    """What the header says about coordination."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_organisations: Annotated[
        int | None,
        Field(ge=0, description="Cap on organisations per site, activity and period; absent: no cap."),
    ] = None
    min_share: Annotated[
        float, Field(ge=0, le=1, description="Least share of a net need that one organisation may take.")
    ] = 0.0


class Organisation(Row):
    """UN mission or agency, NGO, local government, regional organisation, Red Cross or Red Crescent."""

    organisation: Annotated[
        Key,
        ORGANISATION_TAGS,
        AMERICAN,
        Field(description="Name of the organisation, used by every other table."),
    ]
    name: Annotated[Text, Hxl("#org+name"), Field(description="Name for people.")] = ""
    kind: Annotated[
        Label,
        Hxl("#org+type"),
        Field(description="Kind; one that begins with local or national is a local organisation."),
    ] = ""
    mobilisation_cost: Annotated[
        float, MONEY, Field(ge=0, description="Paid once, if it is used at all.")
    ] = 0.0
    base_cost: Annotated[
        float, MONEY, Field(ge=0, description="Paid once per site, when the base is set up.")
    ] = 0.0
    base_cost_per_period: Annotated[float, MONEY, Field(ge=0, description="Paid per base and period.")] = 0.0
    max_sites: Annotated[
        int | None, Unit("sites"), Field(ge=0, description="Bases per period (C8); blank: no limit.")
    ] = None
    accepts_armed_escort: Annotated[
        bool, Field(description="Whether its goods move under armed escort (S5).")
    ] = False
    accepts_armed_presence: Annotated[
        bool, Field(description="Whether it works where armed units are (T5).")
    ] = True
    needs_security: Annotated[
        bool, Field(description="Whether it works only where security suffices (T4).")
    ] = True
    needs_local_partner: Annotated[
        bool, Field(description="Whether it works only where a local organisation is present (C7).")
    ] = False


class Capability(Row):
    """An organisation's way to deliver an activity: one option, with its costs, its limits and its place."""

    rules_between_cells: ClassVar = (
        CellRule(
            "at_most_one",
            ("site", "region"),
            "site and region are both given; name one, or neither for anywhere",
        ),
    )

    organisation: Annotated[Key, ORGANISATION_TAGS, AMERICAN, ORGANISATIONS, Field(description="Who.")]
    activity: Annotated[Key, ACTIVITY_TAGS, ACTIVITIES, Field(description="What.")]
    modality: Annotated[
        Literal["in_kind", "cash", "voucher", "service"],
        Hxl("#modality"),
        Field(description="How people receive it."),
    ] = "service"
    site: Annotated[Key, SITE_TAGS, SITES, Field(description="Where; blank: see region.")] = ""
    region: Annotated[
        Key, Hxl("#adm1+name", "#region"), REGIONS, Field(description="Where; blank with site: anywhere.")
    ] = ""
    cost_per_person: Annotated[
        float, MONEY, Field(ge=0, description="Paid per person served and period.")
    ] = 0.0
    cost_per_presence: Annotated[
        float, MONEY, Field(ge=0, description="Paid per site and period in use.")
    ] = 0.0
    max_people: Annotated[
        float | None, Unit("people"), Field(ge=0, description="Per site and period (C1); blank: no limit.")
    ] = None
    max_people_total: Annotated[
        float | None,
        Unit("people"),
        Field(ge=0, description="Per period over all sites (C8); blank: no limit."),
    ] = None
    staff_per_1000: Annotated[
        float,
        Unit("staff per 1000 people"),
        Field(ge=0, description="Staff that serving 1000 people takes (C8)."),
    ] = 0.0


class Staff(Row):
    """Staff that an organisation has. Without a row for a period there is no limit."""

    organisation: Annotated[Key, ORGANISATION_TAGS, AMERICAN, ORGANISATIONS, Field(description="Whose.")]
    period: Annotated[int | None, PERIOD_TAGS, Field(ge=1, description="Period; blank: every period.")] = None
    people: Annotated[
        float, Unit("staff"), Hxl("#capacity+staff"), Field(ge=0, description="Staff available.")
    ]


class CapacityBuilding(Row):
    """A training whose people become staff of a local organisation."""

    activity: Annotated[Key, ACTIVITY_TAGS, ACTIVITIES, Field(description="The training.")]
    organisation: Annotated[
        Key, ORGANISATION_TAGS, AMERICAN, ORGANISATIONS, Field(description="Whose staff grows.")
    ]
    staff_per_person: Annotated[
        float, Unit("staff per person trained"), Field(ge=0, description="Staff gained per person served.")
    ]
    lag: Annotated[int, Unit("periods"), Field(ge=0, description="Periods from training to work.")] = 1


class Handover(Row):
    """The least share of service that local organisations must give by then: the exit of the mission."""

    rules_between_cells: ClassVar = (
        CellRule(
            "exactly_one",
            ("activity", "sector"),
            "a handover concerns an activity or a sector; name one of them",
        ),
    )

    activity: Annotated[Key, ACTIVITY_TAGS, ACTIVITIES, Field(description="Activity; blank: see sector.")] = (
        ""
    )
    sector: Annotated[Key, Hxl("#sector"), SECTORS, Field(description="Sector; blank: see activity.")] = ""
    period: Annotated[
        int | None, PERIOD_TAGS, Field(ge=1, description="From when on; blank: every period.")
    ] = None
    local_share: Annotated[
        float, Unit("share"), Field(ge=0, le=1, description="Least local share, 0 to 1 (C9).")
    ]


class Presence(Row):
    """What is agreed about an organisation at a site."""

    organisation: Annotated[Key, ORGANISATION_TAGS, AMERICAN, ORGANISATIONS, Field(description="Who.")]
    site: Annotated[Key, SITE_TAGS, SITES, Field(description="Where.")]
    activity: Annotated[
        Key, ACTIVITY_TAGS, ACTIVITIES, Field(description="What; blank: every activity of it there.")
    ] = ""
    from_: Annotated[
        When, Hxl("#date+start"), Field(alias="from", description="First period; blank: the first.")
    ] = ""
    until: Annotated[When, Hxl("#date+end"), Field(description="Last period; blank: the last.")] = ""
    status: Annotated[
        Literal["agreed", "allowed", "refused", "lead"],
        Hxl("#status"),
        Field(description="What is agreed (C6)."),
    ]


class Rule(Row):
    """A rule between organisations, or between sites (C7)."""

    rules_between_cells: ClassVar = (
        CellRule(
            "at_most_one",
            ("sites", "region"),
            "sites and region are both given; name one of them, or neither",
        ),
    )

    rule: Annotated[Literal["exclusive", "partner", "incompatible_sites"], Field(description="Which rule.")]
    organisations: Annotated[
        Names,
        ORGANISATIONS,
        Aliases("organizations"),
        Field(description="Whom it binds; partner: who needs one comes first."),
    ] = ()
    activity: Annotated[
        Key, ACTIVITY_TAGS, ACTIVITIES, Field(description="For what; blank: any activity.")
    ] = ""
    sites: Annotated[Names, SITES, Field(description="Where; blank: see region.")] = ()
    region: Annotated[Key, REGIONS, Field(description="Where; blank with sites: everywhere.")] = ""


TABLES = (
    Table("organisations", "coordination", Organisation, key=("organisation",), required=True),
    Table(
        "capabilities",
        "coordination",
        Capability,
        key=("organisation", "activity", "modality", "site", "region"),
        required=True,
    ),
    Table("staff", "coordination", Staff, key=("organisation", "period")),
    Table("capacity_building", "coordination", CapacityBuilding, key=("activity", "organisation")),
    Table("handover", "coordination", Handover, key=("activity", "sector", "period")),
    Table(
        "presence",
        "coordination",
        Presence,
        key=("organisation", "site", "activity", "from", "until", "status"),
    ),
    Table("rules", "coordination", Rule),
)
