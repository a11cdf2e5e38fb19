"""The explanation of a plan, part by part."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from pklogistics.errors import OptionsError, PlanError
from pklogistics.explain.conflicts.mandates import Mandates
from pklogistics.explain.conflicts.table import MOST, conflicts_of
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.chain import HOPELESS, UNANSWERED_WORDS, UNTOLD
from pklogistics.explain.limits.sentences import counted
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.refusals import WithoutRefusals, with_rows_of_closed, without_refusals
from pklogistics.explain.results import LIMIT_COLUMNS, Explanation
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.shortfalls.reasons import explain_shortfalls
from pklogistics.explain.tolerances import NOTHING
from pklogistics.explain.values.prices import Prices
from pklogistics.explain.values.stuck import BEGINS, stuck_money
from pklogistics.explain.values.table import first_steps, value_table
from pklogistics.explain.values.value import CONFIRMED
from pklogistics.instance.mission import Mission
from pklogistics.model.encode import encode
from pklogistics.model.program import Floats
from pklogistics.plan import Plan
from pklogistics.plan.changes import changes_missed
from pklogistics.solve.monitor import interrupts

_SHARE, _LEAST = 0.9, 20.0
"""Without a limit: the part of the plan's own time that explaining may take, and the least seconds."""

_PLANNING = ("read", "compile", "solve", "check")
"""The phases of that time: what an earlier explanation took does not count."""

_PREPARING = 0.4
"""The part of the time in which prices have to be found."""

_SHORTFALLS, _STUCK = 0.6, 0.4
"""Parts of what is left for these steps, if others come after them."""

_CONFLICTS, _OF_USE = 3, 4.0
"""One of so many equal turns is for conflicts, beside shortfalls, or so many seconds."""

Conflicts = tuple[pd.DataFrame, tuple[str, ...], float]
"""What conflicts, what was not seen of it, and the seconds that it took."""

MISFIT = 1e-5
"""Largest violation, as `Program.violation` measures it, of a plan that can be explained."""


def explain(
    mission: Mission, plan: Plan, *, time_limit: float | None = None, conflicts: int = MOST
) -> Explanation:
    """Return why a plan is as it is, in the words of the mission's tables. Ctrl-C ends it with what is told.

    Parameters
    ----------
    mission : the mission that the plan is for
    plan : a plan that keeps every rule of it
    time_limit : seconds for everything, compiling too; what was not told in time is said in the notes, the
        gravest shortfalls come first. Left out: less than the plan's search took, and 20 at least
    conflicts : of how many broken mandates, the gravest first, it is looked for what they conflict with

    Raises
    ------
    OptionsError
        If ``conflicts`` or ``time_limit`` is negative, or no number.
    NoPlanError
        If the plan was not found.
    PlanError
        If the plan breaks rules of the mission, or is for another one: `check` says which.
    """
    if not isinstance(conflicts, int) or conflicts < 0:
        raise OptionsError(f"conflicts is a count of broken mandates, not {conflicts!r}")
    if time_limit is not None and not (isinstance(time_limit, (int, float)) and time_limit >= 0):
        raise OptionsError(f"time_limit is {time_limit!r}; expected seconds, 0 or more, or None")
    with interrupts() as interrupt:
        limit = _enough(plan) if time_limit is None else time_limit
        return _explained(mission, plan, Deadline(time.monotonic() + limit, interrupt), conflicts)


def _explained(mission: Mission, plan: Plan, end: Deadline, conflicts: int) -> Explanation:
    began = time.monotonic()
    willing = without_refusals(mission)
    x = encode(willing.model, plan)
    _refuse_misfit(willing, x, mission, plan)
    held_at = {tier.name: tier.held_at for tier in plan.tiers}
    questions = Questions(willing.model, x, willing.refused, held_at=held_at)
    broken = conflicts > 0 and len(Mandates(questions).broken()) > 0
    prices = Prices(questions, end.part(_PREPARING))
    wording = Wording(questions, mission.header.currency, _worth_of_funds(questions, prices), mission)
    prepared = time.monotonic()
    turn, part = end.turn(_CONFLICTS, _OF_USE), end.part(_SHORTFALLS)

    def conflicting_rows() -> Conflicts:
        began = time.monotonic()
        closed, told_of = _of_closed(mission, plan, questions, wording) if broken else (questions, wording)
        return *conflicts_of(closed, told_of, turn, conflicts), time.monotonic() - began

    # Conflicts wait for solvers most of their time, shortfalls seldom. Both read what they share.
    with ThreadPoolExecutor(1) as beside:
        looking = beside.submit(conflicting_rows)
        try:
            shortfalls, all_limits = explain_shortfalls(questions, wording, part)
        except BaseException:  # Nobody wants conflicts any more, and the thread is waited for.
            end.interrupt.pressed = True
            raise
        conflicting, unseen, conflict_seconds = looking.result()
    limits, of_all = (all_limits[all_limits["of_all"] == of_all] for of_all in (False, True))
    told = time.monotonic()
    look = first_steps(questions, prices, shortfalls, limits, end)
    stuck = stuck_money(questions, prices, end.part(_STUCK))
    values = value_table(look, wording, limits)
    ended = time.monotonic()
    return Explanation(
        shortfalls=shortfalls,
        limits=limits[list(LIMIT_COLUMNS)].reset_index(drop=True),
        limits_of_all=of_all[list(LIMIT_COLUMNS)].reset_index(drop=True),
        values=values,
        stuck=stuck,
        conflicts=conflicting,
        currency=mission.header.currency,
        interrupted=end.interrupt.pressed,
        seconds={
            "prepare": prepared - began,
            "conflicts": conflict_seconds,
            "shortfalls": told - prepared,
            "values": ended - told,
            "total": ended - began,
        },
        notes=(*_notes(shortfalls, prices, values, stuck, end.why), *unseen),
    )


def _of_closed(
    mission: Mission, plan: Plan, questions: Questions, wording: Wording
) -> tuple[Questions, Wording]:
    """Return what conflicts are looked for with: rows say what is closed to units."""
    closed = with_rows_of_closed(mission)
    if closed is None:
        return questions, wording
    asked = Questions(closed.model, encode(closed.model, plan), closed.refused)
    return asked, Wording(asked, wording.currency, wording.worth, mission)


def _enough(plan: Plan) -> float:
    """Return the seconds for a plan whose reader named none: less than its search took, if that was long."""
    return max(_LEAST, _SHARE * sum(plan.seconds.get(phase, 0.0) for phase in _PLANNING))


def _notes(
    shortfalls: pd.DataFrame, prices: Prices, values: pd.DataFrame, stuck: pd.DataFrame, why: str
) -> tuple[str, ...]:
    """Return what could not be told or confirmed, and why, a sentence each."""
    unanswered = int((shortfalls["reason"] == UNANSWERED_WORDS).sum())
    untold = int((shortfalls["kind"] == UNTOLD).sum()) - unanswered
    hopeless = int((shortfalls["kind"] == HOPELESS).sum())
    guessed = int((~shortfalls["proven"] & ~shortfalls["kind"].isin((UNTOLD, HOPELESS))).sum())
    unconfirmed = int(values["confirmed"].head(CONFIRMED).isna().sum())
    first = int((values["confirmed_mandates"].head(CONFIRMED).abs() > NOTHING).sum())
    looked = f"the first {CONFIRMED} values" if len(values) > CONFIRMED else counted(len(values), "value")
    begins = stuck["begins"].eq(True).head(CONFIRMED)
    beginning = counted(begins.sum(), "fund")
    unfreed = int((stuck["confirmed_gain"].head(CONFIRMED).isna() & ~begins).sum())
    said = (
        (
            untold,
            f"{untold:,} of {counted(len(shortfalls), 'shortfall')}"
            f" {'has' if untold == 1 else 'have'} no reason yet: {why}",
        ),
        (unanswered, f"no solver could tell what stands in the way of {counted(unanswered, 'shortfall')}"),
        (
            hopeless,
            f"nothing that could be relaxed would help {counted(hopeless, 'shortfall')}",
        ),
        (guessed, f"not proven by arithmetic: {counted(guessed, 'reason')}"),
        (not prices.found, f"nothing is valued by prices: their linear program was not solved, {why}"),
        (
            unconfirmed,
            f"{unconfirmed} of {looked} {'is' if unconfirmed == 1 else 'are'} not confirmed: {why}",
        ),
        (
            first,
            "where mandates are broken, more goes to them first, and the confirmed figure is what that leaves"
            f" for need: {first} of {looked} {'is' if first == 1 else 'are'} such",
        ),
        (
            begins.sum(),
            f"whether more would be met by {beginning} un-earmarked is not known: {BEGINS}",
        ),
        (unfreed, f"what {counted(unfreed, 'fund')} would do un-earmarked is not confirmed: {why}"),
    )
    return tuple(sentence for there, sentence in said if there)


def _refuse_misfit(willing: WithoutRefusals, x: Floats, mission: Mission, plan: Plan) -> None:
    """Refuse a plan that breaks rules of the mission, or serves people whom the mission does not know."""
    said = float(plan.tables["service"]["people"].sum())
    served = float(x[willing.model.assembly.service["served"].to_numpy(np.int64)].sum())
    violation = willing.model.program.violation(x)
    unwilling = bool((x[willing.refused] > MISFIT).any())
    missed = changes_missed(plan, mission) or "a plan that was made with --set takes the same --set"
    if unwilling or violation > MISFIT or abs(said - served) > MISFIT * max(1.0, said):
        raise PlanError(
            f"the plan (for mission {plan.mission!r}) breaks rules of the mission {mission.header.name!r},"
            " or speaks of what it does not have, so it cannot be explained: `pklogistics check` says which"
            f" ({missed})"
        )


def _worth_of_funds(questions: Questions, prices: Prices) -> pd.Series:
    """Return the severity-weighted need that one more unit of money in each fund meets."""
    funds = questions.model.assembly.mission.frame("funds")["fund"]
    rows = next((group.index for group in questions.model.program.row_groups if group.name == "F2"), None)
    if not prices.found or rows is None or not len(rows):
        return pd.Series(0.0, index=funds)
    return pd.Series(-prices.duals[rows], index=funds)
