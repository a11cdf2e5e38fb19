"""The independent checker: every rule, cost and tier recomputed from Mission and Plan alone.

It shares no line with the model that the plan was made with. One module per family opens with the rules
that it recomputes; `check` reads as the table of contents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pklogistics.check import (
    broken,
    consent,
    consistency,
    coordination,
    force,
    funding,
    limits,
    medevac,
    moves,
    needs,
    objective,
    posts,
    supplies,
    together,
)
from pklogistics.check.claims import read_claims
from pklogistics.check.costs import cost_lines
from pklogistics.check.facts import read_facts
from pklogistics.check.report import Report, Violation
from pklogistics.check.supplies_claims import read_goods
from pklogistics.errors import NoPlanError
from pklogistics.plan.changes import has_changes_of

if TYPE_CHECKING:
    from pklogistics.instance import Mission
    from pklogistics.plan import Plan

__all__ = ["Report", "Violation", "check"]


def check(mission: Mission, plan: Plan) -> Report:
    """Recompute every rule, cost and tier of a plan, and report what does not hold.

    Parameters
    ----------
    mission
        The mission that the plan is for.
    plan
        The plan, made by anyone.

    Returns
    -------
    Report
        Violations (none if the plan keeps every rule) and recomputed tiers. Numbers may be apart by 1e-4
        plus 1e-6 of their size.

    Raises
    ------
    NoPlanError
        If the plan has status none: there is nothing to check.
    """
    if plan.status == "none":
        raise NoPlanError("there is no plan to check: none was found")
    facts = read_facts(mission)
    claims, unreadable = read_claims(facts, plan)
    goods = read_goods(facts, claims)
    lines = cost_lines(facts, claims, goods)
    breaks = broken.recomputed(facts, claims, goods)
    terms = objective.terms(facts, claims, goods, breaks, lines)
    violations = [
        *unreadable,
        *needs.check(facts, claims),
        *coordination.check(facts, claims),
        *limits.check(facts, claims),
        *consent.check(facts, claims),
        *together.check(facts, claims),
        *funding.check(facts, claims, lines),
        *moves.check(facts, claims),
        *force.check(facts, claims),
        *posts.check(facts, claims),
        *medevac.check(facts, claims),
        *supplies.check(facts, claims, goods),
        *broken.check(facts, claims, breaks),
        *consistency.check(facts, claims, lines, as_made=has_changes_of(plan, mission)),
        *objective.check(facts, plan, terms),
    ]
    return Report(tuple(violations), objective.tiers(facts, terms))
