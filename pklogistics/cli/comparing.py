"""The verb ``compare``: two plans side by side, of one mission or of two."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pklogistics.cli.arguments import AsJson, Quiet
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output, counted
from pklogistics.cli.reading import read_plan

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table as Shown

    from pklogistics.plan import Plan

FirstPlan = Annotated[Path, typer.Argument(metavar="A", help="A plan: folder with plan.json, or .xlsx.")]
SecondPlan = Annotated[Path, typer.Argument(metavar="B", help="The plan to hold against it.")]

MOST_DIFFERENCES = 10


def compare(first: FirstPlan, second: SecondPlan, as_json: AsJson = False, quiet: Quiet = False) -> int:
    """Show two plans side by side: what they reach, what they cost, where they differ.

    The plans may be for one mission, or for two: a mission and one with some numbers changed. What each plan
    says is compared; whether it is so, `check` says.
    """
    from pklogistics.report.comparison import comparison, differences, named, names_of_both

    out = Output(as_json=as_json, quiet=quiet)
    plans = [read_plan(path, out) for path in (first, second)]
    for sentence in _unlike(*plans):
        out.say(sentence, "yellow")
    measures, places = comparison(*plans), differences(*plans)
    names = names_of_both(*plans)
    out.show(_measures(named(measures, names), str(first), str(second)), "", _places(named(places, names)))
    out.answer(
        {
            "first": plans[0].mission,
            "second": plans[1].mission,
            "measures": _records(measures),
            "differences": _records(places),
        }
    )
    return DONE


def _unlike(first: Plan, second: Plan) -> Iterator[str]:
    """Yield what keeps two plans from being held against each other figure by figure."""
    from pklogistics.plan.changes import same_changes
    from pklogistics.report.comparison import periods_of

    if first.mission != second.mission:
        yield f"the plans are for two missions: A for {first.mission!r}, B for {second.mission!r}"
    if not same_changes(first.changes, second.changes):
        yield f"A was made with {_changes(first)}, B with {_changes(second)}"
    if first.currency != second.currency:
        yield f"money is not compared: A counts {first.currency}, B {second.currency}"
    periods = [periods_of(plan) for plan in (first, second)]
    if periods[0] != periods[1]:
        yield (
            f"A has {counted(periods[0], 'period')}, B {counted(periods[1], 'period')}:"
            " people are averages of a period, money, weighted need and tiers are sums"
        )


def _changes(plan: Plan) -> str:
    from pklogistics.plan.changes import as_options

    return as_options(plan.changes) or "no --set"


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    return [
        {
            str(key): None if isinstance(cell, float) and not math.isfinite(cell) else cell
            for key, cell in row.items()
        }
        for row in rows
    ]


def _measures(measures: pd.DataFrame, first: str, second: str) -> Shown:
    from pklogistics.report.tables import SummaryTable, figure, sentence

    table = SummaryTable(
        f"A: {first}\nB: {second}", sentence("Measure"), *(figure(name) for name in ("A", "B", "B - A"))
    )
    for row in measures.to_dict("records"):
        named = row["measure"] if row["unit"] in ("", "share") else f"{row['measure']} ({row['unit']})"
        table.row(named, *_cells(row))
    return table


def _cells(row: dict[Any, Any]) -> list[str]:
    """Return the figures of a measure; shares differ by points of a per cent."""
    from pklogistics.report import words

    if row["unit"] == "share":
        points = 100 * float(row["difference"])
        count = f"{points:+.1f}"
        told = f"{count} point{'' if count in ('+1.0', '-1.0') else 's'}" if math.isfinite(points) else "-"
        return [*(words.percent(row[name], 1) for name in ("first", "second")), told]
    return [words.whole(row[name]) for name in ("first", "second", "difference")]


def _places(places: pd.DataFrame) -> Shown | str:
    from pklogistics.report import words
    from pklogistics.report.tables import SummaryTable, figure, label

    if places.empty:
        return "Both serve the same people."
    names = [label(name) for name in ("Site", "Activity")]
    figures = [figure(name) for name in ("Period", "A", "B", "B - A")]
    table = SummaryTable("Where they differ most (people served)", *names, *figures)
    for row in places.head(MOST_DIFFERENCES).to_dict("records"):
        counts = [words.whole(row[name]) for name in ("first", "second", "difference")]
        table.row(row["site"], row["activity"], str(row["period"]), *counts)
    table.more(len(places) - MOST_DIFFERENCES)
    return table
