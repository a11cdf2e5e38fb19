"""The summary of a plan for a terminal of 80 columns, readable without colour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Column
from rich.text import Text

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.plan.changes import made_with
from pklogistics.report import figures, words
from pklogistics.report.brief import Answer, brief
from pklogistics.report.naming import named
from pklogistics.report.pipeline import duties, pipeline
from pklogistics.report.reasons import known
from pklogistics.report.tables import LONGEST_TEXT, SummaryTable, figure, label, sentence, shortened

MOST_ROWS = 10
BESIDE_REASONS = 16
"""Characters of a name in a line, where reasons stand beside it and need the room."""
BAR_WIDTH = 10


class Bar:
    """A share as a bar; blocks where the terminal can show them, else ``#`` and ``.``."""

    def __init__(self, share: float) -> None:
        self._share = share

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Say that a bar needs all of its width."""
        return Measurement(BAR_WIDTH, BAR_WIDTH)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the bar."""
        if not math.isfinite(self._share):
            return
        full, empty = ("#", ".") if options.ascii_only else ("█", "░")
        blocks = round(min(max(self._share, 0.0), 1.0) * BAR_WIDTH)
        # A bar is full only for everything, and empty only for nothing, as the figure beside it is.
        blocks = min(blocks, BAR_WIDTH - 1) if self._share < 1 else blocks
        blocks = max(blocks, 1) if self._share > 0 else blocks
        yield Text(full * blocks + empty * (BAR_WIDTH - blocks), style=_shade(self._share))


def summary(
    mission: Mission,
    plan: Plan,
    more: Iterable[RenderableType] = (),
    after: Iterable[RenderableType] = (),
) -> RenderableType:
    """Return the summary of a plan: certificate, coverage, money, troops, shortfalls, broken mandates.

    Names stand in place of keys, in reasons too.
    ``more`` are further sections that follow on coverage, ``after`` those that follow on the shortfalls.
    """
    if not plan.found:
        return Group(_title(plan), Text(words.verdict(plan)), *_notes(plan))
    shown = named(mission, plan)
    sections = [
        _certificate(plan),
        _coverage(shown, mission.T),
        *more,
        *_money(shown),
        *_pipeline(mission, plan),
        *_troops(shown, mission.T),
        *_broken(shown, mission.T),
        *_shortfalls(shown, mission.T),
        *after,
        *_notes(plan),
    ]
    title = Group(_title(plan), Text(words.printable(made_with(plan)))) if plan.changes else _title(plan)
    return Group(*spaced([title, *sections]))


def minute(
    mission: Mission, plan: Plan, explanation: object | None = None, rule_of_thumb: Plan | None = None
) -> RenderableType:
    """Return the answers that a head of office wants in a minute, as the page gives them first."""
    answers = brief(mission, named(mission, plan), known(mission, plan, explanation, rule_of_thumb))
    return Group(_title(plan), *spaced([_answer(answer) for answer in answers]))


def _answer(answer: Answer) -> RenderableType:
    head = Text(f"{answer.question} ", style="bold")
    head.append(words.printable(answer.headline))
    told = [
        Padding(Text(" ".join(words.printable(each).split())), (0, 0, 0, 2), expand=False)
        for each in answer.sentences
    ]
    return Group(head, *told)


def spaced(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """Yield the parts with a blank line between any two."""
    for position, part in enumerate(parts):
        if position:
            yield Text()
        yield part


def _title(plan: Plan) -> Text:
    return Text(shortened(plan.mission, LONGEST_TEXT), style="bold")


def _certificate(plan: Plan) -> RenderableType:
    numbers = [figure(name) for name in ("Value", "Bound", "Gap")]
    ended = (sentence("Search ended"), figure("Seconds"))
    table = SummaryTable("How sure it is", label("Tier"), label("Unit"), *numbers, *ended)
    for tier in plan.tiers:
        table.row(
            tier.name,
            words.tier_unit(tier, plan.currency),
            words.number(tier.value),
            words.number(tier.bound),
            words.gap(tier.gap),
            words.STOPPED.get(tier.stopped, tier.stopped),
            f"{tier.seconds:,.1f}",
        )
    good = not plan.violations and plan.violations is not None
    lines = [
        Text(words.verdict(plan), style="green" if plan.status == "optimal" else "yellow"),
        Text(words.checked(plan), style="green" if good else "bold red"),
        *(
            Text(words.printable(f"  {found.get('rule', '')}: {found.get('message', '')}"))
            for found in (plan.violations or ())[:5]
        ),
    ]
    return Group(table, *lines)


def _coverage(plan: Plan, periods: int) -> RenderableType:
    average = f", average of {periods} periods" if periods > 1 else ""
    numbers = [figure(name) for name in ("In need", "By others", "Served", "Unmet", "Covered")]
    table = SummaryTable(f"Who is reached (people{average})", label("Sector"), *numbers, Column(""))
    sectors = figures.coverage_by(plan, periods, "sector")
    for row in figures.records(sectors):
        table.row(*_people(row["sector"], row))
    if len(sectors) > 1:
        table.add_section()
        table.row(*_people("all sectors", figures.total_coverage(plan, periods)))
    return table


def _people(name: str, row: Mapping[str, float] | pd.Series) -> list[RenderableType]:
    counts = [words.whole(row[key]) for key in ("people", "others", "served", "unmet")]
    share = float(row["share"])
    return [name, *counts, Text(words.percent(share), style=_shade(share)), Bar(share)]


def _money(plan: Plan) -> Iterator[RenderableType]:
    costs = figures.costs_by(plan, "kind_of_cost")
    funds = figures.funds(plan)
    if not funds.empty:
        numbers = [figure(name) for name in ("Amount", "Paid", "Left", "Used")]
        table = SummaryTable(f"Money by fund ({plan.currency})", label("Fund"), label("Donor"), *numbers)
        for row in figures.records(funds.head(2 * MOST_ROWS)):
            amounts = [words.whole(value) for value in (row["amount"], row["paid"], row["left"])]
            table.row(row["fund"], row["donor"], *amounts, words.percent(row["share"]))
        if len(funds) > 1:
            table.add_section()
            sums = [funds[name].sum() for name in ("amount", "paid", "left")]
            used = sums[1] / sums[0] if sums[0] > 0 else math.nan
            table.row("all funds", "", *(words.whole(value) for value in sums), words.percent(used))
        yield table
    if not costs.empty:
        parts = [f"{row['kind_of_cost']} {words.whole(row['amount'])}" for row in figures.records(costs)]
        yield Text(f"Cost {words.whole(costs['amount'].sum())} {plan.currency}: {', '.join(parts)}")


def _pipeline(mission: Mission, plan: Plan) -> Iterator[RenderableType]:
    goods = pipeline(mission, plan)
    if goods.empty:
        return
    amounts = ("stock", "pledged", "bought", "given", "expired", "left")
    columns = [figure(name.capitalize()) for name in amounts]
    title = "Pipeline of goods (tonnes, all periods)"
    table = SummaryTable(title, label("Commodity"), *columns, sentence("Breaks"))
    for row in figures.records(goods.head(MOST_ROWS)):
        missing = f"{words.number(row['missing'])} {row['unit']}"
        breaks = f"period {row['breaks']}: {missing} short" if row["breaks"] else "never"
        weightless = "" if row["unit"] == "t" else f" ({row['unit']})"
        table.row(row["commodity"] + weightless, *(words.number(row[name]) for name in amounts), breaks)
    table.more(len(goods) - MOST_ROWS)
    yield table
    for line in duties(mission, plan):
        yield Text(words.printable(line))


def _troops(plan: Plan, periods: int) -> Iterator[RenderableType]:
    troops = figures.troops(plan, periods)
    if troops.empty:
        return
    persons = ("Period 1", f"Period {periods}") if periods > 1 else ("Persons",)
    title = "Troops and police by site (persons)" if periods > 1 else "Troops and police by site"
    table = SummaryTable(title, label("Site"), sentence("Units"), *(figure(name) for name in persons))
    for row in figures.records(troops.head(MOST_ROWS)):
        counts = [words.number(row["first"]), words.number(row["last"])][: len(persons)]
        table.row(row["site"], row["units"], *counts)
    table.more(len(troops) - MOST_ROWS)
    table.add_section()
    totals = [words.number(troops["first"].sum()), words.number(troops["last"].sum())][: len(persons)]
    table.row("all sites", "", *totals)
    yield table


def _shortfalls(plan: Plan, periods: int) -> Iterator[RenderableType]:
    shortfalls = figures.shortfalls(plan)
    if shortfalls.empty:
        yield Text("Nobody in need is left without service.", style="green")
        return
    several = periods > 1
    table = SummaryTable(
        f"Largest shortfalls (people{', in the worst period' if several else ''})",
        *(label("Site", BESIDE_REASONS), label("Activity", BESIDE_REASONS), figure("Sev."), figure("Unmet")),
        *([sentence("Periods")] if several else []),
        sentence("Reason"),
    )
    for row in figures.records(shortfalls.head(MOST_ROWS)):
        severity = "" if math.isnan(row["severity"]) else f"{row['severity']:.0f}"
        when = [row["periods"]] if several else []
        reason = words.first_limits(row["reason"])
        table.row(row["site"], row["activity"], severity, words.whole(row["unmet"]), *when, reason)
        table.in_part |= reason != row["reason"]
    table.more(len(shortfalls) - MOST_ROWS)
    yield table
    if table.in_part:
        yield Text("All of them, with their whole reasons, are the plan's shortfalls.", style="dim")


def _broken(plan: Plan, periods: int) -> Iterator[RenderableType]:
    broken = figures.broken(plan)
    if broken.empty:
        yield Text("Every mandate is kept.", style="green")
        return
    table = SummaryTable(
        "Broken mandates (in the worst period)" if periods > 1 else "Broken mandates",
        *(sentence("Mandate"), sentence("Where"), sentence("Periods"), figure("Amount"), Column("")),
        style="bold red",
    )
    for row in figures.records(broken.head(MOST_ROWS)):
        mandate, place = f"{row['words']} ({row['rule']})", row["place"]
        table.row(mandate, place, row["periods"], words.number(row["amount"]), row["measure"])
    table.more(len(broken) - MOST_ROWS)
    yield table


def _notes(plan: Plan) -> Iterator[RenderableType]:
    for note in plan.notes:
        yield Text(words.printable(f"Note: {note}"), style="yellow")
    if plan.seconds:
        phases = {phase.replace("_", " "): seconds for phase, seconds in plan.seconds.items()}
        spent = ", ".join(f"{phase} {seconds:,.1f} s" for phase, seconds in phases.items())
        yield Text(f"Time: {spent}", style="dim")


def _shade(share: float) -> str:
    if not math.isfinite(share):
        return ""
    return "green" if share >= 0.9 else "yellow" if share >= 0.5 else "red"
