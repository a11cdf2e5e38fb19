"""The verb ``solve``: from a mission to a plan on disk, with its summary and its report."""

from __future__ import annotations

import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pklogistics.cli.arguments import AsJson, Changes, MissionPath, Quiet, WrongUseError, require
from pklogistics.cli.codes import DONE, INTERRUPTED, NO, NOTHING_FOUND
from pklogistics.cli.output import Output
from pklogistics.cli.reasoning import LEFT_OUT, Thumb, explained_in_part, with_thumb

if TYPE_CHECKING:
    from pklogistics.explain import Explanation
    from pklogistics.instance import Mission
    from pklogistics.plan import Plan
    from pklogistics.solve import Options


class Solver(StrEnum):
    """The solvers to choose from."""

    highs = "highs"
    scip = "scip"
    cp_sat = "cp_sat"
    glop = "glop"
    pdlp = "pdlp"


class Strategy(StrEnum):
    """The ways of solving to choose from."""

    auto = "auto"
    exact = "exact"
    decomposition = "decomposition"


PlanPlace = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="OUT", help="Where to write the plan: a folder, or .xlsx."),
]
Page = Annotated[
    Path | None, typer.Option(metavar="FILE.html", help="Write a page to look at, print and pass on.")
]
TimeLimit = Annotated[
    float | None, typer.Option(metavar="S", help="Seconds for the search, all tiers together. [300]")
]
Gap = Annotated[
    float | None,
    typer.Option(metavar="G", help="How sure is sure enough: 0.001 is to within 0.1%. [0.001]"),
]
Threads = Annotated[int | None, typer.Option(metavar="N", help="Threads for the solver.")]
Workers = Annotated[
    int | None,
    typer.Option(metavar="N", help="Processes that solve site by site in large missions. [as many as cores]"),
]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="tcp://HOST:PORT", help="Dask cluster whose workers do that instead."),
]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Random seed for the solver.")]
SolverChoice = Annotated[Solver, typer.Option(help="Solver; glop and pdlp only where nothing is whole.")]
StrategyChoice = Annotated[
    Strategy,
    typer.Option(help="The whole at once, or site by site at prices of what sites share; auto: by size."),
]


def solve(
    mission: MissionPath,
    output: PlanPlace = None,
    report: Page = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    threads: Threads = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    seed: Seed = None,
    solver: SolverChoice = Solver.highs,
    strategy: StrategyChoice = Strategy.auto,
    changes: Changes = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Find the best plan, prove how good it is, check it and write it.

    Ctrl-C ends the search and keeps the best plan found. A plan in OUT is replaced; nothing else is.
    It is written before its reasons are looked for, and again with them.
    """
    out = Output(as_json=as_json, quiet=quiet)
    given: dict[str, Any] = {"time_limit": time_limit, "gap": gap, "threads": threads, "seed": seed}
    given |= {"workers": workers, "scheduler": scheduler}
    options = _options({**given, "solver": solver.value, "strategy": strategy.value})
    _refuse_places(output, report)
    bare, instance = _solved(require(mission), changes or [], options, out)
    if bare.found and output is not None:
        # Before what is told beside it, which takes its time: nothing that happens there can lose the plan.
        _write(bare, output, out)
        out.say(f"plan written to {output}")
    plan, told = explained_in_part(instance, bare, out, options.time_limit)
    plan, thumb = (plan, LEFT_OUT) if quiet and report is None else with_thumb(instance, plan, out)
    if plan is not bare and output is not None:
        _write(plan, output, out)
    _show(instance, plan, told, thumb.plan, out)
    if plan.found and report is not None:
        _report(instance, plan, report, told, thumb.plan, out)
    if not plan.found:
        out.say("nothing was found, so nothing is written", "yellow")
    out.answer({**_record(plan, output), **_compared(plan, thumb)})
    return _code(plan)


def _options(given: dict[str, Any]) -> Options:
    """Return the options that were given; the others keep their defaults."""
    from pklogistics.solve import Options

    return Options(**{name: value for name, value in given.items() if value is not None})


def _show(instance: Mission, plan: Plan, told: Explanation | None, thumb: Plan | None, out: Output) -> None:
    """Show people the plan in tables."""
    if out.for_people:
        from pklogistics.report.explanation import against_thumb, worth_most
        from pklogistics.report.terminal import summary

        more = () if thumb is None else against_thumb(plan, thumb)
        out.show(summary(instance, plan, more, () if told is None else worth_most(instance, told)))


def _compared(plan: Plan, thumb: Thumb) -> dict[str, Any]:
    """Return what machines are told of the rule of thumb: the comparison, or why there is none."""
    from pklogistics.report.against import against

    made = thumb.plan if thumb.plan is not None and thumb.plan.found else None
    return {
        "rule_of_thumb": None if made is None else against(plan, made).to_dict("records"),
        "rule_of_thumb_missing": thumb.missing or None,
        "rule_of_thumb_violations": None if made is None else list(made.violations or ()),
    }


def _refuse_places(output: Path | None, report: Path | None) -> None:
    """Refuse places that cannot be written to before any time is spent."""
    from pklogistics.errors import PlanError
    from pklogistics.plan.files import refuse_place
    from pklogistics.report.html import refuse_page

    try:
        if output is not None:
            refuse_place(output, overwrite=True)
        if report is not None:
            refuse_page(report)
    except PlanError as error:
        raise WrongUseError(str(error)) from None


def _solved(path: Path, changes: list[str], options: Options, out: Output) -> tuple[Plan, Mission]:
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.instance import read
    from pklogistics.instance.changes import changed
    from pklogistics.pipeline import solve as solved

    with ProgressLine(out, "read") as line:
        began = time.perf_counter()
        mission = changed(read(path), changes)
        seconds = time.perf_counter() - began
        plan = solved(mission, options, progress=line.progress)
    out.warn(mission.warnings)
    total = seconds + plan.seconds["total"]
    return replace(plan, seconds={"read": seconds, **plan.seconds, "total": total}), mission


def _write(plan: Plan, output: Path, out: Output) -> None:
    from pklogistics.cli.progress import ProgressLine

    with ProgressLine(out, "write"):
        plan.save(output, overwrite=True)


def _report(
    mission: Mission, plan: Plan, page: Path, told: Explanation | None, thumb: Plan | None, out: Output
) -> None:
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.report.html import write_page

    with ProgressLine(out, "write"):
        write_page(mission, plan, page, told, rule_of_thumb=thumb)
    out.say(f"report written to {page}")


def _record(plan: Plan, output: Path | None) -> dict[str, Any]:
    from pklogistics.plan.record import finite, tier_record

    tiers = [
        {key: tier_record(tier)[key] for key in ("name", "value", "bound", "gap")} for tier in plan.tiers
    ]
    last = plan.tiers[-1] if plan.found else None
    return {
        "mission": plan.mission,
        "changes": list(plan.changes),
        "status": plan.status,
        "stopped": plan.stopped,
        "tiers": tiers,
        "objective": None if last is None else finite(last.value),
        "bound": None if last is None else finite(last.bound),
        "gap": None if last is None else finite(last.gap),
        "seconds": dict(plan.seconds),
        "violations": list(plan.violations or ()),
        "plan": str(output) if output is not None and plan.found else None,
    }


def _code(plan: Plan) -> int:
    if plan.stopped == "interrupted":
        return INTERRUPTED
    if not plan.found:
        return NOTHING_FOUND
    return NO if plan.violations else DONE
