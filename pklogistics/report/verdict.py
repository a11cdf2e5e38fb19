"""What the independent checker says of a plan, for the terminal."""

from __future__ import annotations

from collections import Counter

from rich.console import Group, RenderableType
from rich.text import Text

from pklogistics.check import Report
from pklogistics.plan import Plan
from pklogistics.report import words
from pklogistics.report.tables import SummaryTable, figure, label, sentence

MOST_VIOLATIONS = 50


def verdict(plan: Plan, found: Report) -> RenderableType:
    """Return the tiers, reported and recomputed, the violations and the verdict."""
    tiers = SummaryTable("Tiers", label("Tier"), figure("In the plan"), figure("Recomputed"))
    reported = {tier.name: words.number(tier.value) for tier in plan.tiers}
    for name, value in found.tiers.items():
        tiers.row(name, reported.get(name, "-"), words.number(value))
    if found.ok:
        return Group(tiers, Text("Every rule, cost and tier holds.", style="green"))
    count = words.counted(len(found.violations), "violation")
    told = Text(f"{count} of the mission's rules.", style="bold red")
    return Group(tiers, Text(), _violations(found), told, *_by_rule(found))


def _by_rule(found: Report) -> list[Text]:
    """Return how many violations there are of each rule, the most first, where they are not all shown."""
    counts = Counter(violation.rule for violation in found.violations)
    if len(found.violations) <= MOST_VIOLATIONS:
        return []
    return [Text(f"By rule: {', '.join(f'{rule} {count:,}' for rule, count in counts.most_common())}.")]


def _violations(found: Report) -> RenderableType:
    columns = (sentence("Rule"), sentence("What is wrong"), figure("Period"), figure("By"), sentence("Unit"))
    table = SummaryTable("Violations", *columns, style="bold red")
    for violation in found.violations[:MOST_VIOLATIONS]:
        period = "" if violation.period is None else str(violation.period)
        table.row(violation.rule, violation.message, period, words.number(violation.amount), violation.unit)
    table.more(len(found.violations) - MOST_VIOLATIONS)
    return table
