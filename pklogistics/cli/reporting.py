"""The verb ``report``: a plan as a page to look at, print and pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pklogistics.cli.arguments import AsJson, Changes, MissionPath, PlanPath, Quiet, WrongUseError, require
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output
from pklogistics.cli.reading import read_both
from pklogistics.cli.reasoning import explanation_of, thumb_beside

EXPLAINING = 60.0
"""Seconds that a page waits for its reasons where nothing else is asked for."""


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
    time_limit: Annotated[
        float,
        typer.Option(metavar="S", min=0.0, help="Seconds for the reasons, the gravest first; 0: none."),
    ] = EXPLAINING,
    changes: Changes = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Write a plan as one page that opens offline in any browser: summary, map, charts and tables.

    A report in FILE.html is replaced; nothing else is.
    """
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.report.html import write_page
    from pklogistics.report.terminal import minute

    out = Output(as_json=as_json, quiet=quiet)
    if boundaries is not None:
        require(boundaries)
    _refuse(output)
    instance, decided = read_both(mission, plan, changes, out)
    same = decided.mission == instance.header.name
    told = thumb = None
    if same and decided.found and time_limit > 0:
        told = explanation_of(instance, decided, out, time_limit)
        if told is not None and told.interrupted:
            raise KeyboardInterrupt
        thumb = thumb_beside(instance, out).plan if decided.stopped != "interrupted" else None
    with ProgressLine(out, "write"):
        write_page(instance, decided, output, told, boundaries, thumb)
    if out.for_people:
        out.show(minute(instance, decided, told, thumb))
    out.say(f"report written to {output}")
    size = output.stat().st_size
    out.answer({"ok": True, "mission": decided.mission, "report": str(output), "bytes": size})
    return DONE


def _refuse(page: Path) -> None:
    """Refuse a place that cannot be written to before any time is spent."""
    from pklogistics.errors import PlanError
    from pklogistics.report.html import refuse_page

    try:
        refuse_page(page)
    except PlanError as error:
        raise WrongUseError(str(error)) from None
