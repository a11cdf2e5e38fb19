"""The verb ``schema``: which tables and columns a mission may have, in which unit, and what they mean."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pklogistics.cli.arguments import AsJson, Quiet, WrongUseError
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output, print_json

if TYPE_CHECKING:
    from rich.table import Table as Shown

    from pklogistics.instance.table import Table


def schema(
    table: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help="One table, such as needs; left out: all.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Print the JSON Schema of a mission, or one table's columns."""
    from pklogistics.instance.schema import TABLES, json_schema

    if table is None:
        print_json(json_schema())
        return DONE
    if table not in TABLES:
        nearest = get_close_matches(table, TABLES, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"the tables are {', '.join(TABLES)}"
        raise WrongUseError(f"a mission has no table {table!r}; {hint}")
    out = Output(as_json=as_json, quiet=quiet)
    out.answer(_row_schema(TABLES[table]))
    out.show(_columns(TABLES[table]))
    return DONE


def _row_schema(table: Table) -> dict[str, Any]:
    from pklogistics.instance.schema import json_schema

    whole = json_schema()
    return {"$schema": whole["$schema"], **whole["$defs"][table.model.__name__]}


def _columns(table: Table) -> Shown:
    from pklogistics.instance.column_words import if_blank, values_of
    from pklogistics.report.tables import SummaryTable, sentence

    columns = (sentence("Column"), sentence("Values"), sentence("If blank"), sentence("Meaning"))
    place = "every mission has it" if table.required else "its rules hold where it is there"
    shown = SummaryTable(f"{table.name}: {place}", *columns)
    for column in table.columns:
        shown.row(column.name, values_of(column), if_blank(column), column.description)
    return shown
