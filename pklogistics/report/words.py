"""Numbers and states as people read them."""

from __future__ import annotations

import math
import re

from pklogistics.plan import Plan, TierResult

TIER_UNITS = {
    "mandate": "people",
    "need": "weighted people",
    "risk": "threat x persons",
    "change": "changes",
    "waste": "tonnes expired",
}

NOTHING = 1e-9

STOPPED = {
    "gap": "proven as asked",
    "time": "time limit",
    "interrupted": "interrupted",
    "stopped": "stopped on request",
}
"""Why a search stopped, in words."""

KINDS = {
    "untold": "no reason yet",
    "open": "nothing: the search ended early",
    "rearrangement": "presences or units elsewhere",
    "weighed": "costs more than it counts for",
    "nobody": "nobody offers it",
    "nobody_here": "nobody may offer it there",
    "no_unit": "no unit can do it",
    "no_post": "no post within reach",
    "goods": "goods cannot come",
    "earmark": "earmarks or dates of funds",
    "cap": "cap on organisations",
    "min_share": "smallest share of a need",
    "whole": "all or nothing",
    "continuity": "what is begun has to go on",
    "exclusive": "organisations that exclude each other",
    "max_people_total": "max people in all",
    "handover": "local share",
    "movement": "movement of troops",
    "camp": "camp space",
    "unit_rule": "rule on units",
    "armed": "no armed presence accepted",
    "surgeon": "surgeon out of reach",
    "supply": "goods for sale",
    "storage": "room for goods",
    "storage_m3": "room for goods",
    "throughput": "intake of depots",
    "fleet": "vehicles",
    "open_depots": "depots in use",
    "stock_target": "safety stock",
    "market": "market capacity",
    "refused": "consent refused",
}
"""Kinds of what binds whose names do not speak for themselves, in words.

They are told alone, of a shortfall, and before the name of a thing: "vehicles: depot_01; truck".
"""

MOST_LIMITS = 2
"""What is named of the limits that bind a shortfall, where there is no room for all."""

TIER_MEANING = {
    "mandate": "mandates broken",
    "need": "need left unmet, graver need counting more",
    "cost": "all costs",
    "risk": "personnel at risk",
}


def number(value: float) -> str:
    """Return a number with its thousands separated: whole from 100 on, two digits below."""
    if not math.isfinite(value):
        return "-"
    # What a solver leaves of a whole number, such as 9.9999999, is that number.
    if abs(value) >= 100 or math.isclose(value, round(value), rel_tol=1e-6, abs_tol=1e-6):
        return f"{round(value):,}"
    return f"{value:,.2g}" if abs(value) < 0.1 else f"{value:,.1f}"


def counted(count: float, noun: str, several: str = "") -> str:
    """Return a count with its noun: "1 site", "2 sites", "1 person", "2 persons"."""
    told = number(count)
    return f"{told} {noun if told == '1' else several or noun + 's'}"


def fine(value: float) -> str:
    """Return a number with three digits that matter, where one more of something may count for little.

    What is less than a billionth is what a solver left of nothing.
    """
    if abs(value) < NOTHING:
        return "0"
    return number(value) if abs(value) >= 100 or not math.isfinite(value) else f"{value:,.3g}"


def holds_for(most: float, step: float, further: bool = False) -> str:
    """Return for how much more a worth holds: "250", or "10 at once" where it takes a piece.

    ``further``: the end was not found, "250 or more".
    """
    if most == 0 and step > 0:
        return f"{fine(step)} at once"
    return f"{fine(most)} or more" if further is True else fine(most)


def of_so_many(confirmed: float, said: float, step: float) -> str:
    """Return with how many more a worth was confirmed, " for 5,302", where it is not what prices say.

    The last of so many may gain less than the first, which is what prices are of.
    """
    several = math.isfinite(confirmed) and step > 0 and step != 1
    return f" for {fine(step)}" if several and not math.isclose(confirmed, said, rel_tol=0.01) else ""


def kind(name: str) -> str:
    """Return what binds a shortfall, in words: ``fund + camp`` is "fund + camp space"."""
    return " + ".join(dict.fromkeys(KINDS.get(each, each.replace("_", " ")) for each in name.split(" + ")))


def first_limits(reason: str) -> str:
    """Return a reason with the first limits that bind, and how many more there are."""
    limits = _limits(reason)
    more = len(limits) - MOST_LIMITS
    return "; ".join(limits[:MOST_LIMITS]) + (f"; and {more} more" if more > 0 else "")


def _limits(reason: str) -> list[str]:
    """Return the limits of a reason; a semicolon within brackets parts a list inside of one."""
    limits, depth = [""], 0
    for part in re.split(r"(; |[()])", reason):
        depth = max(0, depth + (part == "(") - (part == ")"))
        if part == "; " and not depth:
            limits.append("")
        else:
            limits[-1] += part
    return limits


def printable(text: str) -> str:
    """Return a text without characters that would move the cursor or turn the line round."""
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)


def whole(value: float) -> str:
    """Return a number without a fraction, unless it is less than one."""
    return number(round(value)) if math.isfinite(value) and abs(value) >= 1 else number(value)


def short_count(value: float, noun: str) -> str:
    """Return a count in few characters with its noun: "1 need", "12.3k needs"."""
    told = short_number(value)
    return f"{told} {noun}{'' if told == '1' else 's'}"


def short_number(value: float) -> str:
    """Return a number in at most five characters or so: 950, 12.3k, 4.6M, 1.2bn."""
    for size, suffix in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * 0.9995:
            return f"{value / size:,.{0 if abs(value) >= 100 * size else 1}f}{suffix}"
    return number(value)


def percent(share: float, digits: int = 0) -> str:
    """Return a share as per cent: never 100% for less than all, never 0% for more than nothing."""
    if not math.isfinite(share):
        return "-"
    text = f"{share:.{digits}%}"
    if share < 1 and text == f"{1:.{digits}%}":
        return f">{1 - 10 ** -(digits + 2):.{digits}%}"
    if share > 0 and float(text[:-1]) == 0:
        return f"<{10 ** -(digits + 2):.{digits}%}"
    return text


def shade(share: float) -> str:
    """Return the class of a share of coverage, h0 (less than 20%) to h4 (80% and more); "" for none."""
    return f"h{min(4, math.floor(share * 5 + 1e-9))}" if math.isfinite(share) else ""


def gap(value: float) -> str:
    """Return a relative gap as per cent with the digits that matter."""
    if not math.isfinite(value):
        return "not proven"
    if value == 0:
        return "0%"
    return "<0.001%" if value < 1e-5 else f"{value * 100:.2g}%" if value < 1 else f"{value:,.0%}"


def tier_unit(tier: TierResult, currency: str) -> str:
    """Return the unit of a tier that is a known term; blank for one's own mixture."""
    return currency if tier.name == "cost" else TIER_UNITS.get(tier.name, "")


def verdict(plan: Plan) -> str:
    """Return one sentence on what was found and how sure it is."""
    if not plan.found:
        return f"No plan was found ({STOPPED.get(plan.stopped, plan.stopped)})."
    if plan.status == "optimal":
        worst = max((tier.gap for tier in plan.tiers), default=0.0)
        if worst < 1e-5:
            return "Proven best: no plan does better in any tier."
        if math.isfinite(worst):
            return f"Proven best to within {gap(worst)} in every tier."
    reason = STOPPED.get(plan.stopped, plan.stopped)
    return f"A plan, not proven best: better ones may exist (the search ended: {reason})."


def checked(plan: Plan) -> str:
    """Return one sentence on what the independent checker said."""
    if plan.violations is None:
        return "This plan was not checked."
    if not plan.violations:
        return "Checked independently: every rule, cost and tier holds."
    return f"The independent check found {counted(len(plan.violations), 'violation')}."
