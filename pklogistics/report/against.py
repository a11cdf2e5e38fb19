"""A plan against the rule of thumb: what people would do today, under the same rules."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pklogistics.plan import Plan
from pklogistics.report import figures, words
from pklogistics.report.comparison import periods_of, shared_service

_ALIKE = 0.005
"""Plans whose needs left differ by less than this share are told as alike."""


@dataclass(frozen=True, eq=False)
class Against:
    """The comparison as a report takes it (see `reasons`): a table and one sentence."""

    rule_of_thumb: pd.DataFrame
    against_rule: str


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


def held_against(plan: Plan, thumb: Plan | None) -> Against | None:
    """Return what a report says of the rule of thumb; None where it gave no plan that keeps the rules."""
    if thumb is None or not thumb.found or thumb.violations:
        return None
    frame = against(plan, thumb)
    table = pd.DataFrame(
        {
            "measure": frame["measure"] + " (" + frame["unit"] + ")",
            "plan": frame["plan"],
            "rule_of_thumb": frame["thumb"],
        }
    )
    return Against(table, _sentence(frame.set_index("measure")))


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


def _sentence(measures: pd.DataFrame) -> str:
    """Return what is gained in needs by severity, and in people, who may be fewer where needs are graver."""
    left, rule = (measures[side]["need left, by severity"] for side in ("plan", "thumb"))
    people = measures["gain"]["people reached"]
    share = (rule - left) / rule if rule > 0 else 0.0
    amount = f"{words.percent(abs(share))} {'less' if share > 0 else 'more'}"
    told = f"{amount if abs(share) >= _ALIKE else 'As much'} need is left, weighted by severity"
    if round(abs(people)) == 0:
        return told
    joined = "and" if (people > 0) == (share > -_ALIKE) else "though"
    count = f"{words.short_number(abs(people))} {'more' if people > 0 else 'fewer'}"
    return f"{told}, {joined} {count} needs are met"
