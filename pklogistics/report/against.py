"""A plan against the rule of thumb: what people would do today, under the same rules."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.instance.objective import Objective
from pklogistics.plan import Plan
from pklogistics.report import figures, words
from pklogistics.report.comparison import periods_of, shared_service

_ALIKE = 0.005
"""Plans whose needs left differ by less than this share are told as alike."""

_NOTHING = 1e-3
"""People, or weighted need, below which a figure is what a solver left of nothing."""

_TERMS = {"mandate": "mandates", "change": "changes"}
"""Terms of the objective that are called otherwise in a sentence."""


@dataclass(frozen=True, eq=False)
class Against:
    """The comparison as a report takes it (see `reasons`): a table and one sentence."""

    rule_of_thumb: pd.DataFrame
    against_rule: str


def against(plan: Plan, thumb: Plan) -> pd.DataFrame:
    """Return a line per measure: ``measure``, ``unit``, ``plan``, ``thumb`` and ``gain`` (plan less thumb).

    People are averages over periods; money, weighted need and broken mandates are summed over them. People
    for whom a mandate is broken are not added to the persons that posts held by mandate lack: these have a
    line of their own, where one of the plans lacks any.

    Raises
    ------
    NoPlanError
        If one of them was not found.
    """
    posts = any(_broken(each, "persons") > 0 for each in (plan, thumb))
    sides = [_measures(each, posts=posts) for each in (plan, thumb)]
    frame = sides[0].rename(columns={"value": "plan"}).assign(thumb=sides[1]["value"])
    return frame.assign(gain=frame["plan"] - frame["thumb"])


def why_none(thumb: Plan) -> str:
    """Return why the rule of thumb gave no plan; empty if it gave one."""
    if thumb.found:
        return ""
    return (
        "was not worked out in time" if thumb.stopped == "time" else "brings no goods where they are needed"
    )


def held_against(mission: Mission, plan: Plan, thumb: Plan | None) -> Against | None:
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
    why = _why_need_is_left(mission.header.objective, plan, thumb)
    return Against(table, _sentence(frame.set_index("measure"), why))


def _broken(plan: Plan, measure: str) -> float:
    """Return by how much mandates are broken that are measured in people, or in persons of units."""
    broken = plan.tables["broken"]
    return float(broken.loc[broken["measure"] == measure, "amount"].sum())


def _measures(plan: Plan, *, posts: bool) -> pd.DataFrame:
    periods = periods_of(plan)
    total = figures.total_coverage(plan, periods)
    lines = [
        ("people reached", "people", float(total["people"] - total["unmet"])),
        ("need left, by severity", "weighted people", float(plan.tables["shortfalls"]["weighted"].sum())),
        ("mandates broken", "people", _broken(plan, "people")),
        *([("missing at mandated posts", "persons", _broken(plan, "persons"))] if posts else []),
        ("money spent", plan.currency, float(plan.tables["costs"]["amount"].sum())),
        ("served by several organisations", "people", shared_service(plan.tables["service"]) / periods),
    ]
    return pd.DataFrame(lines, columns=["measure", "unit", "value"])


def _sentence(measures: pd.DataFrame, why: str) -> str:
    """Return what differs: mandates, need by severity, people; and why need may be left that need not be."""
    parts = []
    broken = float(measures["gain"]["mandates broken"])
    if abs(broken) > _NOTHING:
        more = "more" if broken > 0 else "less"
        parts.append(f"Mandates are broken by {words.counted(abs(broken), 'person', 'people')} {more}")
    missing = float(measures["gain"].get("missing at mandated posts", 0.0))
    if abs(missing) > _NOTHING:
        more = "more" if missing > 0 else "fewer"
        posts = f"{words.counted(abs(missing), 'person')} {more} are missing at mandated posts"
        parts.append(posts)
    left, rule = (float(measures[side]["need left, by severity"]) for side in ("plan", "thumb"))
    worse = left - rule > max(_ALIKE * rule, _NOTHING)
    need = _need_left(left, rule)
    people = float(measures["gain"]["people reached"])
    if round(abs(people)) != 0:
        joined = "though" if (people > 0) == worse else "and"
        count = f"{words.short_number(abs(people))} {'more' if people > 0 else 'fewer'}"
        need = f"{need}, {joined} {count} needs are met"
    parts.append(need if not parts else need[0].lower() + need[1:])
    return "; ".join(parts) + (f": {why}" if worse and why else "")


def _need_left(left: float, rule: float) -> str:
    """Return how the need that a plan leaves compares with what the rule of thumb leaves."""
    if rule <= _NOTHING < left:
        return f"{words.short_number(left)} of need, weighted by severity, is left where the rule leaves none"
    share = (rule - left) / rule if rule > _NOTHING else 0.0
    amount = f"{words.percent(abs(share))} {'less' if share > 0 else 'more'}"
    return f"{amount if abs(share) >= _ALIKE else 'As much'} need is left, weighted by severity"


def _why_need_is_left(objective: Objective, plan: Plan, thumb: Plan) -> str:
    """Return what in the objective lets a plan leave more need than the rule of thumb; "" if nothing does."""
    theirs = {tier.name: tier.value for tier in thumb.tiers}
    mine = {tier.name: tier.value for tier in plan.tiers}
    for tier in objective.levels:
        counted = [term for term, weight in tier.terms.items() if weight > 0 and term != "need"]
        others = " and ".join(_TERMS.get(term, term) for term in counted)
        if tier.terms.get("need", 0.0) > 0:
            if others:
                return f"the objective weighs need against {others}"
            if tier.tolerance:
                return (
                    f"the objective lets need be given up within {words.percent(tier.tolerance)} of its best"
                )
            return "" if plan.status == "optimal" else "the plan is not proven best"
        if theirs.get(tier.name, 0.0) - mine.get(tier.name, 0.0) > _NOTHING:
            return f"the objective puts {others} before need"
    return "need does not count in the objective"
