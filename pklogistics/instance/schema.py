"""The tables that a mission may have, and the JSON Schema that is published of them.

`TABLES` holds every table in canonical order. Five of them are required; every other one switches its
rules on by being there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pklogistics.instance import coordination, force, funding, needs, supplies
from pklogistics.instance.header import Header
from pklogistics.instance.table import Column, Table

__all__ = ["FORMAT", "TABLES", "Column", "Table", "json_schema"]

FORMAT = 1
"""Version of the format that this release reads and writes."""

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for family in (needs, coordination, funding, force, supplies)
        for table in family.TABLES
    }
)


def json_schema() -> dict[str, Any]:
    """Publish the JSON container of a mission as a JSON Schema (draft 2020-12).

    Columns carry their description and, where they have them, ``unit``, ``references`` and ``hxl`` as
    annotations. Blank cells are left out of a record. Columns that the schema does not name are kept as
    text.
    """
    models = [table.model for table in TABLES.values()]
    published: list[type[BaseModel]] = [*models, Header]
    _, shared = models_json_schema(
        [(model, "validation") for model in published], ref_template="#/$defs/{model}"
    )
    definitions: dict[str, Any] = _without_null(shared["$defs"])
    for model in models:
        definitions[model.__name__]["additionalProperties"] = {"type": ["string", "number", "boolean"]}
    definitions["Header"]["properties"]["format"] = {"const": FORMAT}
    del definitions["Header"]["required"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pklogistics mission",
        "description": "A mission in its JSON container: who needs what, who can do what, and who pays.",
        "type": "object",
        "required": ["format", "mission", "tables"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT, "description": "Version of the format."},
            "mission": {"$ref": "#/$defs/Header"},
            "tables": {
                "type": "object",
                "required": [table.name for table in TABLES.values() if table.required],
                "properties": {table.name: _records(table) for table in TABLES.values()},
            },
            "columns": {
                "type": "object",
                "description": "Order of the columns of tables that have columns of their own.",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
            },
        },
        "$defs": definitions,
    }


def _records(table: Table) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "array", "items": {"$ref": f"#/$defs/{table.model.__name__}"}}
    if table.filled:
        shape["minItems"] = 1
    return shape


def _without_null(node: Any) -> Any:
    """Drop the null that an optional field allows: a blank cell is left out, never null."""
    if isinstance(node, list):
        return [_without_null(part) for part in node]
    if not isinstance(node, dict):
        return node
    node = {
        name: _without_null(part) for name, part in node.items() if not (name == "default" and part is None)
    }
    parts = [part for part in node.get("anyOf", []) if part != {"type": "null"}]
    if len(parts) == 1 and len(node["anyOf"]) == 2:
        del node["anyOf"]
        node = {**parts[0], **node}
    return node
