"""The answers that a head of office wants in a minute: each a headline, then what stands behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.report import figures, words
from pklogistics.report.reasons import NO_REASONS, Reasons

MOST_REASONS = 3


@dataclass(frozen=True)
class Answer:
    """A question, the answer in a few words, and sentences that say more."""

    question: str
    headline: str
    sentences: tuple[str, ...] = ()


def brief(mission: Mission, plan: Plan, known: Reasons = NO_REASONS) -> list[Answer]:
    """Return the answers, in order; names are those of the plan's tables (see `naming.named`)."""
    answers = [
        _reached(plan, mission.T),
        _not_reached(plan, mission.T, known),
        _cost(plan),
        _dollar(known),
        _certainty(plan),
        _against_rule(known),
    ]
    return [answer for answer in answers if answer is not None]


def _period(periods: int) -> str:
    return " in a period, on average" if periods > 1 else ""


def _reached(plan: Plan, periods: int) -> Answer:
    total = figures.total_coverage(plan, periods)
    short = words.short_number
    reached = (
        f"This plan meets {short(total['served'])} of {short(total['people'])} needs{_period(periods)}"
        + (f"; others meet {short(total['others'])}" if total["others"] > 0 else "")
        + "."
    )
    sectors = figures.coverage_by(plan, periods, "sector").dropna(subset="share")
    sectors = sectors.sort_values("share", ascending=False, kind="stable")
    told = [reached]
    if len(sectors) > 1:
        best, worst = sectors.iloc[0], sectors.iloc[-1]
        told.append(
            f"Best covered is {best['sector']} ({words.percent(best['share'])}), "
            f"least {worst['sector']} ({words.percent(worst['share'])})."
        )
    share = total["share"]
    headline = f"{words.percent(share)} of all needs" if math.isfinite(share) else "Nobody is in need"
    return Answer("What is reached?", headline, tuple(told))


def _not_reached(plan: Plan, periods: int, known: Reasons) -> Answer:
    broken = figures.broken(plan)
    total = figures.total_coverage(plan, periods)
    told = [_mandates(broken)]
    told += known.gravest or _by_activity(plan, periods)
    unmet = total["unmet"]
    count = words.short_count(unmet, "need")
    stay = "stays" if count == "1 need" else "stay"
    headline = f"{count} {stay} unmet" if unmet > 0 else "Nobody is left out"
    return Answer("What is not, and why?", headline, tuple(told))


def _mandates(broken: pd.DataFrame) -> str:
    if broken.empty:
        return "Every mandate is kept."
    kinds = broken.groupby("words", sort=False).size()
    parts = [f"{name} {count:,}" for name, count in kinds.items()]
    return f"Mandates not kept: {', '.join(parts)}."


def _by_activity(plan: Plan, periods: int) -> list[str]:
    """Return the activities with most unmet need by weight: how many, where most of them, and why."""
    table = plan.tables["shortfalls"]
    if table.empty:
        return []
    sums = table.groupby("activity", sort=False)[["unmet", "weighted"]].sum()
    first = sums.sort_values("weighted", ascending=False, kind="stable").index[:MOST_REASONS]
    shown = table[table["activity"].isin(first)]
    most = _largest(shown, "reason").drop_duplicates("activity").set_index("activity")["reason"]
    sites = _largest(shown, "site").groupby("activity")["site"]
    where = sites.agg(lambda names: " and ".join(names.head(2)))
    alike = most.nunique() == 1
    told = [
        f"{activity}: {words.short_number(sums.loc[activity, 'unmet'] / periods)}, most at {where[activity]}"
        + ("." if alike else f" ({most[activity]}).")
        for activity in first
    ]
    return [*told, f"Why: {most.iloc[0]}."] if alike else told


def _largest(shortfalls: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the people left without by activity and key, the most first."""
    sums = shortfalls.groupby(["activity", key], sort=False)["unmet"].sum()
    return sums.sort_values(ascending=False, kind="stable").reset_index()


def _cost(plan: Plan) -> Answer:
    cost = plan.tables["costs"]["amount"].sum()
    headline = f"{words.short_number(cost)} {plan.currency}"
    funds = figures.funds(plan)
    kinds = figures.costs_by(plan, "kind_of_cost").head(3)
    told = []
    if not kinds.empty:
        parts = [f"{row['kind_of_cost']} {words.percent(row['share'])}" for row in figures.records(kinds)]
        told.append(f"Most of it is {', '.join(parts)}.")
    if not funds.empty:
        amount, left = funds["amount"].sum(), funds["left"].sum()
        spent = int((funds["left"] <= 1e-6 * funds["amount"]).sum())
        told.append(
            f"The funds hold {words.short_number(amount)}: {spent:,} of {len(funds):,} are spent "
            f"to the last, {words.short_number(max(left, 0.0))} is left."
        )
    return Answer("What does it cost?", headline, tuple(told))


def _dollar(known: Reasons) -> Answer | None:
    if not known.one_more:
        return None
    return Answer("What would more money do?", known.one_more, known.freed)


def _certainty(plan: Plan) -> Answer:
    told = (_could_gain(plan),) if plan.tiers else ()
    headline = "Proven best" if plan.status == "optimal" else "A plan, not proven best"
    return Answer("How sure is it?", headline, told)


def _could_gain(plan: Plan) -> str:
    parts = [f"{tier.name} {words.gap(tier.gap)}" for tier in plan.tiers]
    return f"At most this much could still be gained: {', '.join(parts)}."


def _against_rule(known: Reasons) -> Answer | None:
    if not known.against_rule:
        return None
    return Answer("Against the rule of thumb?", known.against_rule)
