"""The explanation of a plan, part by part."""

from __future__ import annotations

import math
import time

import numpy as np
import pandas as pd

from pklogistics.errors import PlanError
from pklogistics.explain.conflicts import conflicts
from pklogistics.explain.generous import generous
from pklogistics.explain.prices import Prices
from pklogistics.explain.questions import Questions
from pklogistics.explain.results import Explanation
from pklogistics.explain.shortfalls import explain_shortfalls
from pklogistics.explain.values import stuck_money, value_table
from pklogistics.explain.wording import UNTOLD, Wording
from pklogistics.instance.mission import Mission
from pklogistics.model.build import Model
from pklogistics.model.encode import encode
from pklogistics.plan import Plan

_PRICE_SECONDS = 60.0

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
    _refuse_misfit(willing.actual, mission, plan)
    x = encode(willing.model, plan)
    questions = Questions(willing.model, x, willing.refused)
    prices = Prices(questions, min(_PRICE_SECONDS, deadline - time.monotonic()))
    wording = Wording(questions, mission.header.currency, _worth_of_funds(questions, prices))
    prepared = time.monotonic()
    shortfalls, limits = explain_shortfalls(questions, wording, deadline)
    told = time.monotonic()
    values = value_table(questions, wording, prices, shortfalls, limits, deadline)
    stuck = stuck_money(questions, prices)
    valued = time.monotonic()
    conflicting, unseen = conflicts(questions, wording, deadline)
    ended = time.monotonic()
    untold = int((shortfalls["kind"] == UNTOLD).sum())
    notes = (
        (f"{untold:,} of {len(shortfalls):,} shortfalls have no reason yet: no time was left",)
        if untold
        else ()
    )
    return Explanation(
        shortfalls=shortfalls,
        limits=limits,
        values=values,
        stuck=stuck,
        conflicts=conflicting,
        currency=mission.header.currency,
        seconds={
            "prepare": prepared - began,
            "shortfalls": told - prepared,
            "values": valued - told,
            "conflicts": ended - valued,
            "total": ended - began,
        },
        notes=(*notes, *unseen),
    )


def _refuse_misfit(model: Model, mission: Mission, plan: Plan) -> None:
    """Refuse a plan that breaks rules of the mission, or serves people whom the mission does not know."""
    x = encode(model, plan)
    said = float(plan.tables["service"]["people"].sum())
    served = float(x[model.assembly.service["served"].to_numpy(np.int64)].sum())
    violation = model.program.violation(x)
    if violation > MISFIT or abs(said - served) > MISFIT * max(1.0, said):
        raise PlanError(
            f"the plan (for mission {plan.mission!r}) breaks rules of the mission {mission.header.name!r},"
            " or speaks of what it does not have, so it cannot be explained: `pklogistics check` says which"
        )


def _worth_of_funds(questions: Questions, prices: Prices) -> pd.Series:
    """Return the severity-weighted need that one more unit of money in each fund meets."""
    funds = questions.model.assembly.mission.frame("funds")["fund"]
    rows = next((group.index for group in questions.model.program.row_groups if group.name == "F2"), None)
    if not prices.found or rows is None or not len(rows):
        return pd.Series(0.0, index=funds)
    return pd.Series(-prices.duals[rows], index=funds)
