"""Family funding: every cost is paid, and only with money that may pay it.

Rules, in words. A cost line is one cost with all that it concerns (organisation, activity, sector, site,
region, kind of cost, commodity, period):

- **F1** Every cost line is paid exactly, by funds that may pay it: one of the fund's earmarks matches (each
  cell of the earmark that is not blank equals the line's; the region of a line is that of its site), and
  the fund's dates contain the period. A fund without earmarks pays for anything.
- **F2** A fund pays no more than its amount.

Without a table of funds, cost is an objective only. A table without rows means that there is no money.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pklogistics.instance.coordination import (
    ACTIVITIES,
    AMERICAN,
    MONEY,
    ORGANISATION_TAGS,
    ORGANISATIONS,
    REGIONS,
    SECTORS,
    SITES,
)
from pklogistics.instance.needs import ACTIVITY_TAGS, SITE_TAGS
from pklogistics.instance.row import Aliases, CellRule, Hxl, Key, Label, Reference, Row, Text, When
from pklogistics.instance.supplies_goods import COMMODITIES, COMMODITY_TAGS
from pklogistics.instance.table import Table

KindOfCost = Literal[
    "mobilisation",
    "base",
    "presence",
    "service",
    "procurement",
    "transport",
    "depot",
    "route",
    "deployment",
    "sustainment",
]


class Fund(Row):
    """Money from a donor."""

    fund: Annotated[
        Key, Hxl("#item+fund", "#activity+fund"), Field(description="Name of the fund, used by earmarks.")
    ]
    name: Annotated[
        Text, Hxl("#item+fund+name", "#activity+fund+name"), Field(description="Name for people.")
    ] = ""
    donor: Annotated[Label, Hxl("#org+funder", "#org+donor"), Field(description="Who gives it.")] = ""
    amount: Annotated[float, MONEY, Hxl("#value"), Field(ge=0, description="How much (F2).")]
    from_: Annotated[
        When, Hxl("#date+start"), Field(alias="from", description="First period; blank: the first.")
    ] = ""
    until: Annotated[When, Hxl("#date+end"), Field(description="Last period; blank: the last.")] = ""


class Earmark(Row):
    """One combination that a fund may pay for. A fund without a row is unearmarked."""

    rules_between_cells: ClassVar = (
        CellRule(
            "some",
            ("organisation", "activity", "sector", "site", "region", "kind_of_cost", "commodity"),
            "the earmark names nothing but the fund; name what it may pay for, or remove the row "
            "(a fund without earmarks pays for anything)",
        ),
    )

    fund: Annotated[
        Key, Hxl("#item+fund", "#activity+fund"), Reference("funds", "fund"), Field(description="Which fund.")
    ]
    organisation: Annotated[
        Key, ORGANISATION_TAGS, AMERICAN, ORGANISATIONS, Field(description="Blank: any.")
    ] = ""
    activity: Annotated[Key, ACTIVITY_TAGS, ACTIVITIES, Field(description="Blank: any.")] = ""
    sector: Annotated[Key, Hxl("#sector"), SECTORS, Field(description="Blank: any.")] = ""
    site: Annotated[Key, SITE_TAGS, SITES, Field(description="Blank: any.")] = ""
    region: Annotated[Key, Hxl("#adm1+name", "#region"), REGIONS, Field(description="Blank: any.")] = ""
    kind_of_cost: Annotated[
        KindOfCost | None, Aliases("cost_kind", "kind"), Field(description="Blank: any.")
    ] = None
    commodity: Annotated[Key, COMMODITY_TAGS, COMMODITIES, Field(description="Blank: any.")] = ""


TABLES = (
    Table("funds", "funding", Fund, key=("fund",)),
    Table("earmarks", "funding", Earmark),
)
