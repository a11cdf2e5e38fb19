"""The explanation of a plan, part by part."""

from __future__ import annotations

import math
import time

import pandas as pd

from pklogistics.errors import PlanError
from pklogistics.explain.generous import generous
from pklogistics.explain.questions import Questions
from pklogistics.explain.results import CONFLICT_COLUMNS, STUCK_COLUMNS, VALUE_COLUMNS, Explanation
from pklogistics.explain.shortfalls import explain_shortfalls
from pklogistics.explain.wording import UNTOLD, Wording
from pklogistics.instance.mission import Mission
from pklogistics.model.encode import encode
from pklogistics.plan import Plan

MISFIT = 1e-5
"""Largest violation, as `Program.violation` measures it, of a plan that can be explained."""


def explain(mission: Mission, plan: Plan, *, time_limit: float | None = None) -> Explanation:
    """Return why a plan is as it is, in the words of the mission's tables.

    Parameters
    ----------
    mission : the mission that the plan is for
    plan : a plan that keeps every rule of it
    time_limit : seconds after which no further questions are asked; the gravest shortfalls come first

    Raises
    ------
    NoPlanError
        If the plan was not found.
    PlanError
        If the plan breaks rules of the mission, or is for another one: `check` says which.
    """
    began = time.monotonic()
    deadline = math.inf if time_limit is None else began + time_limit
    willing = generous(mission)
    _refuse_misfit(willing.actual.program.violation(encode(willing.actual, plan)), mission, plan)
    x = encode(willing.model, plan)
    questions = Questions(willing.model, x, willing.refused)
    wording = Wording(questions, mission.header.currency)
    prepared = time.monotonic()
    shortfalls, limits = explain_shortfalls(questions, wording, deadline)
    told = time.monotonic()
    untold = int((shortfalls["kind"] == UNTOLD).sum())
    notes = (
        (f"{untold:,} of {len(shortfalls):,} shortfalls have no reason yet: no time was left",)
        if untold
        else ()
    )
    return Explanation(
        shortfalls=shortfalls,
        limits=limits,
        values=pd.DataFrame(columns=list(VALUE_COLUMNS)),
        stuck=pd.DataFrame(columns=list(STUCK_COLUMNS)),
        conflicts=pd.DataFrame(columns=list(CONFLICT_COLUMNS)),
        currency=mission.header.currency,
        seconds={"prepare": prepared - began, "shortfalls": told - prepared, "total": told - began},
        notes=notes,
    )


def _refuse_misfit(violation: float, mission: Mission, plan: Plan) -> None:
    if violation > MISFIT:
        raise PlanError(
            f"the plan (for mission {plan.mission!r}) breaks rules of the mission {mission.header.name!r}"
            f" by up to {violation:.2g}, so it cannot be explained: `pklogistics check` says which"
        )
