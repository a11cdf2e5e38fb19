"""The verb ``export``: a plan for the systems of others."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pklogistics.cli.arguments import AsJson, MissionPath, Quiet, WrongUseError, require
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output, counted


class Format(StrEnum):
    """What can be exported."""

    fourw = "4w"
    geojson = "geojson"


SUFFIXES = {Format.fourw: (".csv", ".xlsx"), Format.geojson: (".geojson", ".json")}


def export(
    format_name: Annotated[
        Format,
        typer.Argument(
            metavar="FORMAT",
            help="4w: who does what where and when, with HXL hashtags (.csv or .xlsx);"
            " geojson: sites, depots and flows for a map.",
        ),
    ],
    mission: MissionPath,
    plan: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN]", help="A plan; geojson can do without, and shows the needs alone."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write; it is replaced.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Write a plan as a 4W sheet or as a map.

    libhxl validates the 4W against its own schema before it is written.
    """
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.instance import read
    from pklogistics.plan import Plan

    out = Output(as_json=as_json, quiet=quiet)
    target = _target(format_name, output)
    if plan is None and format_name is Format.fourw:
        raise WrongUseError("a 4W tells of a plan: say which, pklogistics export 4w MISSION PLAN -o FILE")
    with ProgressLine(out, "read") as line:
        instance = read(require(mission))
        decided = None if plan is None else Plan.load(require(plan))
        line.phase("write")
        record = _written(format_name, instance, decided, target)
    out.say(f"{record['told']} written to {target}")
    told = {key: value for key, value in record.items() if key != "told"}
    out.answer({"ok": True, "mission": instance.header.name, "target": str(target), **told})
    return DONE


def _target(format_name: Format, output: Path | None) -> Path:
    suffixes = SUFFIXES[format_name]
    if output is None:
        raise WrongUseError(f"say where to write it: -o FILE{suffixes[0]}")
    if output.suffix.lower() not in suffixes:
        raise WrongUseError(f"{output}: {format_name.value} is written as {' or '.join(suffixes)}")
    if output.is_dir() or not output.absolute().parent.is_dir():
        raise WrongUseError(f"{output} cannot be a file: make its folder first, or name another place")
    return output


def _written(format_name: Format, instance: Any, decided: Any, target: Path) -> dict[str, Any]:
    if format_name is Format.fourw:
        from pklogistics.exchange.hxl.export import export_4w

        rows = len(export_4w(instance, decided, target))
        return {"rows": rows, "told": f"4W with {counted(rows, 'row')}, valid by libhxl's schema,"}
    from pklogistics.exchange.geojson import export_geojson

    features = export_geojson(instance, decided, target)["features"]
    placed = sum(each["geometry"] is not None for each in features)
    flows = sum(each["properties"]["kind"] == "flow" for each in features)
    told = f"map with {counted(len(features) - flows, 'place')}"
    told += f" and {counted(flows, 'flow')}" if flows else ""
    if placed < len(features):
        told += f" ({len(features) - placed:,} of them without coordinates)"
    return {"features": len(features), "without_coordinates": len(features) - placed, "told": told}
