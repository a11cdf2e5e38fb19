"""A plan against the rule of thumb: what people would do today, under the same rules."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from pklogistics.plan import Plan
from pklogistics.report import figures, words
from pklogistics.report.comparison import periods_of, shared_service
from pklogistics.report.terminal import SummaryTable, figure, sentence


def against(plan: Plan, thumb: Plan) -> pd.DataFrame:
    """Return a line per measure: ``measure``, ``unit``, ``plan``, ``thumb`` and ``gain`` (plan less thumb).

    People are averages over periods, money and weighted need are summed over them.

    Raises
    ------
    NoPlanError
        If one of them was not found.
    """
    sides = [_measures(each) for each in (plan, thumb)]
    frame = sides[0].rename(columns={"value": "plan"}).assign(thumb=sides[1]["value"])
    return frame.assign(gain=frame["plan"] - frame["thumb"])


def _measures(plan: Plan) -> pd.DataFrame:
    periods = periods_of(plan)
    total = figures.total_coverage(plan, periods)
    broken = plan.tables["broken"]
    lines = [
        ("people reached", "people", float(total["people"] - total["unmet"])),
        ("need left, by severity", "weighted people", float(plan.tables["shortfalls"]["weighted"].sum())),
        ("mandates broken", "people", float(broken["amount"].sum())),
        ("money spent", plan.currency, float(plan.tables["costs"]["amount"].sum())),
        ("served by several organisations", "people", shared_service(plan.tables["service"]) / periods),
    ]
    return pd.DataFrame(lines, columns=["measure", "unit", "value"])


def against_thumb(plan: Plan, thumb: Plan) -> Iterator[RenderableType]:
    """Yield the section of a summary that compares a plan with the rule of thumb."""
    if not thumb.found:
        yield Text("The rule of thumb brings no goods where they are needed: nothing to compare with.")
        return
    table = SummaryTable(
        "Against the rule of thumb (largest need first, each on its own)",
        *(sentence("Measure"), *(figure(name) for name in ("Plan", "Rule of thumb", "Gain"))),
    )
    for row in figures.records(against(plan, thumb)):
        cells = [words.whole(row[name]) for name in ("plan", "thumb", "gain")]
        table.row(f"{row['measure']} ({row['unit']})", *cells)
    yield table
    if thumb.violations:
        yield Text(f"The rule of thumb broke {len(thumb.violations):,} rules.", style="bold red")
