"""An explanation for a terminal of 80 columns, readable without colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.plan.changes import as_options
from pklogistics.report import figures, words
from pklogistics.report.against import against, why_none
from pklogistics.report.naming import names_of, renamed, retold, reworded
from pklogistics.report.tables import SummaryTable, figure, label, sentence
from pklogistics.report.terminal import BESIDE_REASONS, MOST_ROWS, spaced

if TYPE_CHECKING:
    from pklogistics.explain.results import Explanation


_FIRST = 5
_NOISE = 1e-6
"""What a solver leaves of nothing, in people or money."""


def explanation(mission: Mission, found: Explanation) -> RenderableType:
    """Return the sections of an explanation."""
    found = _told(mission, found)
    sections = [
        *_shortfalls(mission, found),
        *_kinds(mission, found),
        *_values(mission, found),
        *_stuck(found),
        *_conflicts(found),
    ]
    return Group(*spaced([*sections, *_notes(found)]))


def _told(mission: Mission, found: Explanation) -> Explanation:
    """Return an explanation whose words tell names in place of keys."""
    return replace(
        found,
        shortfalls=reworded(mission, found.shortfalls),
        values=reworded(mission, found.values),
        stuck=_stuck_named(mission, reworded(mission, found.stuck)),
        conflicts=reworded(mission, found.conflicts),
        notes=retold(mission, found.notes),
    )


def _stuck_named(mission: Mission, stuck: pd.DataFrame) -> pd.DataFrame:
    return stuck.assign(fund=renamed(stuck["fund"], names_of(mission, "fund"))) if len(stuck) else stuck


def by_reason(found: Explanation) -> pd.DataFrame:
    """Return a line per site, activity and kind of reason, the gravest first.

    Columns: site, activity, kind, reason (that of the worst period), unmet (people, in the worst period),
    weighted (summed over periods), people (who would be served in addition, in that period), periods.
    """
    table = found.shortfalls
    keys = ["site", "activity", "kind"]
    if table.empty:
        return pd.DataFrame(columns=[*keys, "reason", "unmet", "weighted", "people", "periods"])
    table = table.sort_values("weighted", ascending=False, kind="stable")
    grouped = table.groupby(keys, sort=False)
    result = grouped.agg(
        reason=("reason", "first"),
        unmet=("unmet", "first"),
        weighted=("weighted", "sum"),
        people=("people", "first"),
    )
    result["periods"] = grouped["period"].agg(figures.period_ranges)
    return result.reset_index().sort_values("weighted", ascending=False, kind="stable", ignore_index=True)


def _shortfalls(mission: Mission, found: Explanation) -> Iterator[RenderableType]:
    lines = by_reason(found)
    if lines.empty:
        yield Text("Nobody in need is left without service.", style="green")
        return
    several = mission.T > 1
    lines = lines.assign(**{key: renamed(lines[key], names_of(mission, key)) for key in ("site", "activity")})
    when = [sentence("Periods")] if several else []
    names = [label(name, BESIDE_REASONS) for name in ("Site", "Activity")]
    title = f"Why needs are left unmet (people{', in the worst period' if several else ''})"
    table = SummaryTable(title, *names, figure("Unmet"), *when, sentence("Because"))
    for row in figures.records(lines.head(MOST_ROWS)):
        which = [row["periods"]] if several else []
        table.row(row["site"], row["activity"], words.whole(row["unmet"]), *which, row["reason"])
    table.more(len(lines) - MOST_ROWS)
    yield table
    if table.in_part:
        yield Text("All of them, with their whole reasons: pklogistics explain --json", style="dim")


def _kinds(mission: Mission, found: Explanation) -> Iterator[RenderableType]:
    table = found.shortfalls
    if table.empty:
        return
    sums = table.groupby("kind", sort=False).agg(shortfalls=("kind", "size"), weighted=("weighted", "sum"))
    sums = sums.sort_values("weighted", ascending=False, kind="stable").reset_index()
    shown = SummaryTable(
        f"What binds (severity-weighted people{', all periods' if mission.T > 1 else ''})",
        sentence("Kind"),
        *(figure(name) for name in ("Shortfalls", "Weighted", "Share")),
    )
    whole = float(sums["weighted"].sum())
    for row in figures.records(sums.head(MOST_ROWS)):
        share = row["weighted"] / whole if whole else 0.0
        shown.row(
            words.kind(str(row["kind"])),
            f"{row['shortfalls']:,}",
            words.whole(row["weighted"]),
            words.percent(share),
        )
    shown.more(len(sums) - MOST_ROWS)
    yield shown


def worth_most(mission: Mission, found: Explanation) -> Iterator[RenderableType]:
    """Yield what the summary of a plan tells of its explanation: first values, conflicts, what is untold."""
    found = _told(mission, found)
    yield from _values(mission, found, _FIRST)
    yield from _conflicts(found)
    yield from _notes(found)


def against_thumb(plan: Plan, thumb: Plan) -> Iterator[RenderableType]:
    """Yield the section of a summary that compares a plan with the rule of thumb."""
    if missing := why_none(thumb):
        yield Text(f"The rule of thumb {missing}: nothing to compare with.")
        return
    table = SummaryTable(
        "Against the rule of thumb (largest need first, each on its own)",
        *(sentence("Measure"), *(figure(name) for name in ("Plan", "Rule of thumb", "Plan - rule"))),
    )
    for row in figures.records(against(plan, thumb)):
        cells = [words.whole(row[name]) for name in ("plan", "thumb", "gain")]
        table.row(f"{row['measure']} ({row['unit']})", *cells)
    yield table
    if thumb.violations:
        yield Text(
            f"The rule of thumb broke rules: {words.counted(len(thumb.violations), 'violation')}.",
            style="bold red",
        )


def _values(mission: Mission, found: Explanation, most: int = MOST_ROWS) -> Iterator[RenderableType]:
    if found.values.empty:
        return
    periods = ", all periods together" if mission.T > 1 else ""
    table = SummaryTable(
        f"What one more would serve (people, and weighted by severity{periods})",
        *(sentence("More of"), label("Unit")),
        *(figure(name) for name in ("People", "Weighted", "Up to", "Confirmed")),
    )
    for row in figures.records(found.values.head(most)):
        thing = ": ".join(filter(None, (words.kind(str(row["kind"])), row["name"])))
        cells = [_small(row[name]) for name in ("people", "weighted")]
        held = words.holds_for(row["most"], row["step"], row["further"])
        again = _small(row["confirmed"]) + words.of_so_many(row["confirmed"], row["weighted"], row["step"])
        table.row(thing, row["measure"], *cells, held, again + " or more" * bool(row["at_least"]))
    table.more(len(found.values) - most)
    yield table
    if most > _FIRST:
        typed = [f"  {as_options([change])}" for change in found.values["set"].head(most) if change]
        yield from _copied("A step more of each, as the command line takes it:", typed)


def _stuck(found: Explanation) -> Iterator[RenderableType]:
    stuck = found.stuck[found.stuck["gain"] > 1e-9] if len(found.stuck) else found.stuck
    if stuck.empty:
        return
    table = SummaryTable(
        f"Where money is stuck (weighted people a {found.currency})",
        label("Fund"),
        *(figure(name) for name in ("Left", "Added", "Freed", "Gain", "Confirmed")),
        sentence("Needed by"),
    )
    for row in figures.records(stuck.head(MOST_ROWS)):
        cells = [_small(row[name]) for name in ("added", "unearmarked", "gain", "confirmed_gain")]
        cells[-1] += words.of_so_many(row["confirmed_gain"], row["gain"], row["step"])
        table.row(row["fund"], words.whole(row["left"]), *cells, row["needed_by"])
    table.more(len(stuck) - MOST_ROWS)
    yield table


def _conflicts(found: Explanation) -> Iterator[RenderableType]:
    if found.conflicts.empty:
        return
    table = SummaryTable(
        "What cannot hold together, and what would let it (any one change, or as told)",
        *(figure("No."), sentence("Row"), sentence("Table"), sentence("Change")),
        style="bold red",
    )
    shown = figures.records(found.conflicts.head(2 * MOST_ROWS))
    for row in shown:
        table.row(str(row["conflict"]), row["words"], row["table"], row["change"])
    table.more(len(found.conflicts) - 2 * MOST_ROWS)
    yield table
    typed = [f"{row['conflict']:>5}  {as_options([row['set']])}" for row in shown if row["set"]]
    yield from _copied("These changes as the command line takes them, by conflict:", typed)


def _copied(title: str, lines: list[str]) -> Iterator[RenderableType]:
    """Yield lines to copy, if any: one that is broken by a table cannot be."""
    if lines:
        yield Text(title)
    for line in lines:
        yield Text(words.printable(line), no_wrap=True)


def _notes(found: Explanation) -> Iterator[RenderableType]:
    for note in found.notes:
        yield Text(words.printable(f"Note: {note}"), style="yellow")


def _small(value: float) -> str:
    """Return a figure with three digits that count, however small."""
    if pd.isna(value):
        return "-"
    if abs(value) < _NOISE:
        return "0"
    return words.number(value) if abs(value) >= 1 else f"{value:.3g}"
