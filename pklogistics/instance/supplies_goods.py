"""Family supplies, what goods are and how much of them people take: commodities, recipes and nutrients."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from pklogistics.instance.coordination import ACTIVITIES
from pklogistics.instance.needs import ACTIVITY_TAGS
from pklogistics.instance.row import CellRule, Hxl, Key, Label, Reference, Row, Text, Unit
from pklogistics.instance.table import Table

COMMODITIES = Reference("commodities", "commodity")
COMMODITY_TAGS = Hxl("#item+code", "#item", "#item+name")
NUTRIENT_TAGS = Hxl("#item+nutrient")
A_PERSON = Unit("units per person and period")
NUTRIENT_A_PERSON = Unit("nutrient per person and period")
ORDERED = CellRule(
    "ordered",
    ("per_person", "max_per_person"),
    "per_person is greater than max_per_person; no basket can satisfy both",
)


class Commodity(Row):
    """A good, counted in units of its own: kilograms, tonnes, bags, kits."""

    commodity: Annotated[
        Key, COMMODITY_TAGS, Field(description="Name of the commodity, used by every other table.")
    ]
    name: Annotated[Text, Hxl("#item+name"), Field(description="Name for people.")] = ""
    unit: Annotated[
        Label, Hxl("#item+unit"), Field(description="What one unit is: kg, t, bag, kit, and so on.")
    ] = ""
    weight_t: Annotated[float, Unit("t per unit"), Field(ge=0, description="Weight of one unit.")]
    volume_m3: Annotated[
        float, Unit("m3 per unit"), Field(ge=0, description="Volume of one unit; blank: none that counts.")
    ] = 0.0
    price: Annotated[
        float,
        Unit("mission currency per unit"),
        Field(ge=0, description="Price of one unit where supplies gives none."),
    ] = 0.0
    shelf_life: Annotated[
        int | None,
        Unit("periods"),
        Field(
            ge=1,
            description="Periods in which it may be given out, that of arrival included; blank: for ever.",
        ),
    ] = None


class Recipe(Row):
    """How much of a commodity one person takes who is served in kind or by a service."""

    rules_between_cells: ClassVar = (ORDERED,)

    activity: Annotated[Key, ACTIVITY_TAGS, ACTIVITIES, Field(description="For which activity.")]
    commodity: Annotated[Key, COMMODITY_TAGS, COMMODITIES, Field(description="Which commodity.")]
    per_person: Annotated[
        float, A_PERSON, Field(ge=0, description="Taken by each person; in a basket, the least (S2).")
    ]
    max_per_person: Annotated[
        float | None,
        A_PERSON,
        Field(
            ge=0,
            description="The most in a basket (S2); blank: no limit. Where the activity has no requirements, "
            "exactly per_person is taken.",
        ),
    ] = None


class Nutrient(Row):
    """What a commodity contains."""

    commodity: Annotated[Key, COMMODITY_TAGS, COMMODITIES, Field(description="Which commodity.")]
    nutrient: Annotated[Key, NUTRIENT_TAGS, Field(description="Energy, protein, litres of water, and so on.")]
    content: Annotated[float, Unit("nutrient per unit"), Field(ge=0, description="How much one unit holds.")]


class Requirement(Row):
    """What a person must receive. An activity with a requirement is served by a basket that meets it."""

    rules_between_cells: ClassVar = (ORDERED,)

    activity: Annotated[Key, ACTIVITY_TAGS, ACTIVITIES, Field(description="For which activity.")]
    nutrient: Annotated[Key, NUTRIENT_TAGS, Field(description="Which nutrient, as nutrients names it.")]
    per_person: Annotated[
        float, NUTRIENT_A_PERSON, Field(ge=0, description="The least that the basket holds (S2).")
    ]
    max_per_person: Annotated[
        float | None,
        NUTRIENT_A_PERSON,
        Field(ge=0, description="The most that the basket holds (S2); blank: no limit."),
    ] = None


TABLES = (
    Table("commodities", "supplies", Commodity, key=("commodity",)),
    Table("recipes", "supplies", Recipe, key=("activity", "commodity")),
    Table("nutrients", "supplies", Nutrient, key=("commodity", "nutrient")),
    Table("requirements", "supplies", Requirement, key=("activity", "nutrient")),
)
