"""What a site could do in whole numbers, with nothing relaxed or one more of one thing: exact programs.

Their answers are proven as all are (`Questions.proves`): the plan, changed so, keeps every rule but the
limits named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pklogistics.explain.limits.bounds import broken_columns
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.shortfalls.answer import InOrder
from pklogistics.explain.shortfalls.site_question import SiteQuestion
from pklogistics.explain.tolerances import HELD, NOTHING
from pklogistics.model.program import Floats, Ints, Tier
from pklogistics.model.sets import BLANK
from pklogistics.solve.piece import FEASIBLE, Piece
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import solve_small

_MOST_SECONDS, _MORE_SECONDS = 30.0, 2.0
"""Limits of time for the program in which nothing is relaxed, which proves, and for those with one more."""


@dataclass(frozen=True)
class Served:
    """What can be served at a site: severity-weighted need, and people; ``best``: no more can be."""

    weighted: float = 0.0
    people: float = 0.0
    best: bool = False


def most(question: SiteQuestion, n_th: int) -> float:
    """Return how many more can be served of a need, ``n_th`` by number, if nothing is relaxed."""
    at = np.flatnonzero(question.columns == question.asked.model.assembly.unmet[n_th])
    return _served(question, at, np.ones(1), EMPTY, _MOST_SECONDS).people


def one_more(question: SiteQuestion, limits: Ints) -> Served:
    """Return what one more of each of these limits serves at the site.

    Nothing if nobody can be served, or if it was not found out.
    """
    assembly = question.asked.model.assembly
    own = question.columns
    needs = np.flatnonzero((assembly.unmet != BLANK) & np.isin(assembly.unmet, own))
    order = np.argsort(own, kind="stable")
    at = order[np.searchsorted(own, assembly.unmet[needs], sorter=order)]
    weights = assembly.sets.needs["weight"].to_numpy(float)[needs]
    return _served(question, at, weights, limits, _MORE_SECONDS) if len(at) else Served(best=True)


def in_order(question: SiteQuestion, limits: Ints, tiers: Sequence[Tier]) -> InOrder | None:
    """Return what is left at the site with one more of these limits, if these tiers come before need.

    Need gives way to them, mandates may be broken in the place of others; with nothing else relaxed. None if
    it was not found out.
    """
    asked, own, terms = question.asked, question.own, question.asked.model.program.terms
    unmet = np.isin(question.columns, asked.model.assembly.unmet)
    free = unmet | np.isin(question.columns, broken_columns(asked.model))
    upper = _one_more_of(question, limits)
    most = asked.model.program.col_upper[question.columns]
    upper[:own] = np.where(free, np.maximum(upper[:own], most), upper[:own])
    piece = replace(question.piece, col_upper=upper, integer=question.site.integer)
    nothing = np.zeros(asked.model.program.columns)
    need, mandate = (
        _here(question, terms[name].costs if name in terms else nothing) for name in ("need", "mandate")
    )
    effort = question.effort(_MORE_SECONDS)
    values: Floats | None = None
    for costs in (*(_here(question, asked.model.program.tier_costs(tier)[0]) for tier in tiers), need):
        found = solve_small(replace(piece, costs=costs), scaling_of(piece), effort)
        values = found.values
        if values is None or found.status != "optimal":
            return None
        reached = float(costs @ values)
        piece = piece.with_row(costs, reached + HELD * (1.0 + abs(reached)))
    assert values is not None, "need comes last"
    return InOrder(float(need @ values), float(values[:own][unmet].sum()), float(mandate @ values))


def _one_more_of(question: SiteQuestion, limits: Ints) -> Floats:
    """Return upper bounds of columns by which nothing is relaxed but these limits, and they by one."""
    upper, own = question.piece.col_upper.copy(), question.own
    upper[own:] = np.where(np.isin(question.site.breaks.limit, limits), np.minimum(upper[own:], 1.0), 0.0)
    return upper


def _here(question: SiteQuestion, costs: Floats) -> Floats:
    """Return costs of the columns of a site's program, of those of the whole program."""
    return np.append(costs[question.columns], np.zeros(question.piece.columns - question.own))


def _served(question: SiteQuestion, at: Ints, weights: Floats, limits: Ints, seconds: float) -> Served:
    """Return what can be served of the unmet people in the columns ``at``, most by weights, and how many.

    Nothing is relaxed but these limits, and they by one.
    """
    asked = question.asked
    piece = _program(question, at, weights, limits)
    scaling = question.site.scaling if piece.rows == question.piece.rows else scaling_of(piece)
    found = solve_small(piece, scaling, question.effort(seconds))
    best = found.status in ("optimal", "infeasible")
    if found.values is None:
        return Served(best=best)
    point = piece.tidied(found.values)
    # GLOP holds some of these for infeasible that are not.
    effort = replace(question.effort(asked.effort.seconds), first="highs")
    polished = solve_small(piece.with_integers_fixed(point), scaling, effort).values
    now = asked.x[question.columns[at]]
    for values in (polished, point):
        if values is not None:
            served = now - values[at]
            answer = question.answer(values, int(at[0]), float(now[0]))
            answer = replace(answer, people=float(served.sum()))
            if asked.proves(answer) and not asked.dearer(answer, relaxed=True):
                return Served(float(weights @ served), float(served.sum()), best)
    return Served(best=best and float(weights @ (now - point[at])) <= NOTHING)


def _program(question: SiteQuestion, at: Ints, weights: Floats, limits: Ints) -> Piece:
    """Return the exact program of the site with one more of these limits: the least unmet, by weights."""
    upper, costs = _one_more_of(question, limits), np.zeros(question.piece.columns)
    costs[at] = weights
    piece = replace(question.piece, col_upper=upper, costs=costs, integer=question.site.integer)
    return _no_dearer(question, piece)


def _no_dearer(question: SiteQuestion, piece: Piece) -> Piece:
    """Return the program with rows by which to serve more is a gain by the mission's objective.

    Tiers before need stay as good as they are, and its own gets better, where it weighs more than need: so
    that of all that serve the most one is found that `Questions.dearer` does not refuse.
    """
    asked, program = question.asked, question.asked.model.program
    for tier in program.tiers:
        of_need = bool(tier.weights.get("need", 0.0))
        if not set(tier.weights) <= {"need", "mandate"}:  # No need and no mandate is worse off.
            whole, _ = program.tier_costs(tier)
            costs = _here(question, whole)
            here = float(costs[: question.own] @ asked.x[question.columns])
            slack = FEASIBLE / 10 * (1.0 + abs(float(whole @ asked.x)))
            piece = piece.with_row(costs, here - slack if of_need else here + slack)
        if of_need:
            break
    return piece
