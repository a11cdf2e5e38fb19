"""The verb ``explain``: why each shortfall is there, and what one more of anything would change."""

from __future__ import annotations

from typing import Annotated

import typer

from pklogistics.cli.arguments import AsJson, Changes, MissionPath, PlanPath, Quiet
from pklogistics.cli.codes import DONE, INTERRUPTED
from pklogistics.cli.output import Output
from pklogistics.cli.reading import read_both


def explain(
    mission: MissionPath,
    plan: PlanPath,
    time_limit: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="S",
            help="Seconds for everything, the gravest first; left out: less than the plan took, or 20.",
        ),
    ] = None,
    conflicts: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Broken mandates to look into for conflicts, the gravest first."
        ),
    ] = 5,
    changes: Changes = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Tell why each shortfall is there, and what one more of anything would change.

    Ctrl-C ends it with what is told by then.
    """
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.explain import explain as explained
    from pklogistics.report.explanation import explanation

    out = Output(as_json=as_json, quiet=quiet)
    instance, decided = read_both(mission, plan, changes, out)
    with ProgressLine(out, "explain"):
        found = explained(instance, decided, time_limit=time_limit, conflicts=conflicts)
    out.show(explanation(instance, found))
    out.answer({"mission": decided.mission, **found.to_dict()})
    return INTERRUPTED if found.interrupted else DONE
