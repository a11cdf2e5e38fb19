"""The verb ``report``: a plan as a page to look at, print and pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pklogistics.cli.arguments import AsJson, MissionPath, PlanPath, Quiet, WrongUseError, require
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output


def report(
    mission: MissionPath,
    plan: PlanPath,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE.html", help="Where to write the page.")
    ],
    boundaries: Annotated[
        Path | None,
        typer.Option(metavar="FILE.geojson", help="Boundaries to lie under the map: GeoJSON, WGS 84."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Write a plan as one page that opens offline in any browser: summary, map, charts and tables.

    A report in FILE.html is replaced; nothing else is.
    """
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.errors import PlanError
    from pklogistics.instance import read
    from pklogistics.plan import Plan
    from pklogistics.report.html import refuse_page, write_page
    from pklogistics.report.terminal import minute

    out = Output(as_json=as_json, quiet=quiet)
    require(mission)
    require(plan)
    if boundaries is not None:
        require(boundaries)
    try:
        refuse_page(output)
    except PlanError as error:
        raise WrongUseError(str(error)) from None
    with ProgressLine(out, "read") as line:
        instance = read(mission)
        decided = Plan.load(plan)
        line.phase("write")
        write_page(instance, decided, output, boundaries=boundaries)
    out.warn(instance.warnings)
    if decided.mission != instance.header.name:
        out.say(f"the plan is for the mission {decided.mission!r}, not {instance.header.name!r}", "yellow")
    if out.for_people:
        out.show(minute(instance, decided))
    out.say(f"report written to {output}")
    size = output.stat().st_size
    out.answer({"ok": True, "mission": decided.mission, "report": str(output), "bytes": size})
    return DONE
