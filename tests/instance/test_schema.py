"""The schema: its tables, the JSON Schema published of them, and that vectors and rows agree on it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pklogistics.instance import Header, coordination, equity, force, funding, needs, supplies
from pklogistics.instance.cells import parse
from pklogistics.instance.names import did_you_mean, misspells, nearest
from pklogistics.instance.schema import TABLES, json_schema
from pklogistics.instance.table import Column
from pklogistics.instance.wording import problems_of_row

DESIGN = {
    "sites": "site name latitude longitude pcode region population group threat security_required "
    "max_persons medical_level market_capacity storage_t storage_m3",
    "activities": "activity name sector provider all_or_nothing max_organisations min_share continuous "
    "radius_km min_persons",
    "needs": "site activity period people severity weight min_coverage",
    "coverage": "site activity period organisation people",
    "organisations": "organisation name kind mobilisation_cost base_cost base_cost_per_period max_sites "
    "accepts_armed_escort accepts_armed_presence needs_security needs_local_partner",
    "capabilities": "organisation activity modality site region cost_per_person cost_per_presence max_people "
    "max_people_total staff_per_1000",
    "staff": "organisation period people",
    "capacity_building": "activity organisation staff_per_person lag",
    "handover": "activity sector period local_share",
    "presence": "organisation site activity from until status",
    "rules": "rule organisations activity sites region",
    "funds": "fund name donor amount from until",
    "earmarks": "fund organisation activity sector site region kind_of_cost commodity",
    "units": "unit name contributor kind persons available from until deployment_cost cost_per_period "
    "security escort_t medical_level tasks people_protected armed",
    "deployments": "unit site count",
    "unit_rules": "unit site region min max from until",
    "movement": "period persons",
    "travel_times": "origin destination minutes distance_km",
    "commodities": "commodity name unit weight_t volume_m3 price shelf_life",
    "recipes": "activity commodity per_person max_per_person",
    "nutrients": "commodity nutrient content",
    "requirements": "activity nutrient per_person max_per_person",
    "depots": "depot name site latitude longitude organisation capacity_t capacity_m3 throughput_t "
    "opening_cost cost_per_period",
    "stock": "depot commodity quantity expires",
    "supplies": "depot commodity period supplier price max_quantity lead_time pledged",
    "routes": "origin destination mode cost_per_t capacity_t lead_time opening_cost from until escort "
    "distance_km hours",
    "fleets": "depot vehicle count payload_t payload_m3 hours_per_period mode cost_per_hour",
    "stock_targets": "depot commodity period min_quantity min_life",
}
COLUMNS = [(table.name, column) for table in TABLES.values() for column in table.columns]


def test_tables_and_columns_are_those_of_the_design() -> None:
    assert {name: " ".join(table.by_name) for name, table in TABLES.items()} == DESIGN
    assert list(TABLES) == list(DESIGN)
    assert [name for name, table in TABLES.items() if table.required] == [
        *("sites", "activities", "needs", "organisations", "capabilities")
    ]


@pytest.mark.parametrize(
    ("table", "column"), COLUMNS, ids=[f"{name}.{column.name}" for name, column in COLUMNS]
)
def test_every_column_is_described_and_every_quantity_has_a_unit(table: str, column: Column) -> None:
    assert column.description.endswith(".")
    bare = {"severity", "weight", "max_organisations", "period"}
    assert (column.unit is not None) == (column.is_number and column.name not in bare)
    for target in column.reference.targets if column.reference else ():
        assert target.column in TABLES[target.table].by_name


def test_every_table_can_be_recognised_by_its_hashtags() -> None:
    # A first row like hashtags is saved by a row of hashtags before it, so every table needs some.
    untagged = [name for name, table in TABLES.items() if not any(column.tags for column in table.columns)]
    assert untagged == []


@pytest.mark.parametrize(
    ("module", "rules"),
    [
        (needs, "N1 N2 N3"),
        (coordination, "C1 C2 C3 C4 C5 C6 C7 C8 C9"),
        (funding, "F1 F2"),
        (force, "T1 T2 T3 T4 T5 T6 T7"),
        (equity, "Q1"),
        (supplies, "S1 S2 S3 S4 S5 S6"),
    ],
)
def test_each_family_opens_with_its_rules(module: Any, rules: str) -> None:
    assert [rule for rule in rules.split() if f"**{rule}**" not in module.__doc__] == []


def test_the_json_schema_carries_units_and_descriptions() -> None:
    schema = json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["tables"]["required"] == [
        *("sites", "activities", "needs", "organisations", "capabilities")
    ]
    need = schema["$defs"]["Need"]
    assert need["required"] == ["site", "activity", "people"]
    assert need["properties"]["people"] == {
        "description": "People who need the activity.",
        "hxl": ["#inneed", "#affected"],
        "minimum": 0,
        "title": "People",
        "type": "number",
        "unit": "people",
    }
    severity = need["properties"]["severity"]
    assert (severity["type"], severity["minimum"], severity["maximum"]) == ("integer", 1, 5)
    assert need["properties"]["activity"]["references"] == "activities.activity"
    # A place is a depot or a site.
    route = schema["$defs"]["Route"]["properties"]
    assert route["origin"]["references"] == "depots.depot"
    assert route["destination"]["references"] == ["depots.depot", "sites.site"]
    assert set(schema["$defs"]["Presence"]["properties"]) >= {"from", "until"}
    # A tier may be the name of a term alone.
    assert schema["$defs"]["Tier"]["anyOf"][0]["enum"][:3] == ["mandate", "need", "cost"]
    assert schema["$defs"]["Tier"]["anyOf"][1]["required"] == ["name"]
    assert schema["$defs"]["Header"]["properties"]["periods"]["minimum"] == 1
    assert set(schema["$defs"]["Header"]["properties"]) == set(Header.model_fields)


def test_references_within_the_json_schema_lead_somewhere() -> None:
    schema = json_schema()
    text = json.dumps(schema)
    named = {part.split('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}
    assert named <= set(schema["$defs"])
    assert '"null"' not in text


cells = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "1",
            "-1",
            "5",
            "6",
            "0.5",
            "1.0",
            "2.5",
            "1e3",
            "-0",
            "+1",
            "inf",
            "nan",
            "1,5",
            "1_000",
        ),
        *(
            "yes",
            "No",
            "TRUE",
            "maybe",
            "agreed",
            "In Kind",
            "service",
            "2011-03-01",
            "2011-02-30",
            "01/03/2011",
        ),
        *("a", "a; b", "a;a", "a\nb", "é"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(which=st.sampled_from(COLUMNS), text=cells)
def test_a_column_and_a_row_refuse_the_same_cells(which: tuple[str, Column], text: str) -> None:
    name, column = which
    _, wrong = parse(pd.Series([text], dtype="str"), column)
    refused = column.name in problems_of_row(TABLES[name], {column.name: text})
    # Two spellings of numbers differ: a column takes 1e3 for the whole number 1000, as Excel writes it, and
    # refuses 1_000, which only programmers write.
    assert bool(wrong[0]) == refused or (column.is_number and text in ("1e3", "1_000"))


def test_nearest_names() -> None:
    known = ["Abidjan", "Bouaké", "Korhogo"]
    assert nearest("abidjan", known) == "Abidjan"
    assert nearest("Bouake", known) == "Bouaké"
    assert nearest("Korogho", known) == "Korhogo"
    assert nearest("Yamoussoukro", known) is None
    assert nearest("", known) is None
    assert did_you_mean("helth", ["health"]) == "; did you mean 'health'?"
    assert did_you_mean("helth", []) == ""


def test_nearest_among_very_many_names() -> None:
    known = [f"site-{number:06d}" for number in range(50_000)]
    assert nearest("Site-049999", known) == "site-049999"
    assert nearest("sit-049999", known) == "site-049999"
    assert nearest("camp-1", known) is None


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("poeple", ["people", "period"], "people"),
        ("latitud", ["latitude"], "latitude"),
        ("notes", ["name"], None),
        ("comment", ["commodity"], None),
        ("mix", ["max"], None),
    ],
)
def test_what_counts_as_a_misspelt_column(name: str, known: list[str], found: str | None) -> None:
    assert misspells(name, known) == found
