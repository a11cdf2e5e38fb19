"""What the checker says, for the terminal."""

from __future__ import annotations

from rich.console import Console

from pklogistics.check import Report, Violation
from pklogistics.report.verdict import MOST_VIOLATIONS, verdict
from tests.plan.plans import small_plan


def shown(*counts):
    found = [
        Violation(rule, {"site": "a"}, 1, 5.0, "people", f"{rule} is broken")
        for rule, count in counts
        for _ in range(count)
    ]
    console = Console(width=80, color_system=None, markup=False, highlight=False)
    with console.capture() as text:
        console.print(verdict(small_plan(), Report(tuple(found), {})))
    return text.get()


def test_more_violations_than_are_shown_are_counted_by_rule():
    text = shown(("N1", 3), ("F2", MOST_VIOLATIONS))
    assert "and 3 more" in text
    assert f"{MOST_VIOLATIONS + 3} violations of the mission's rules." in text
    assert f"By rule: F2 {MOST_VIOLATIONS}, N1 3." in text


def test_a_few_are_all_shown():
    text = shown(("N1", 1), ("F2", 1))
    assert "N1 is broken" in text
    assert "By rule" not in text
