"""What a site could do in whole numbers, with nothing relaxed or one more of one thing: exact programs.

Their answers are proofs as those of `about` are: the plan, changed so, keeps every rule but the limits named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pklogistics.explain.about import About
from pklogistics.explain.places import EMPTY
from pklogistics.explain.prices import HELD, InOrder
from pklogistics.explain.widened import broken_columns
from pklogistics.model.program import Floats, Ints, Tier
from pklogistics.model.sets import BLANK
from pklogistics.solve.piece import FEASIBLE, Piece
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import solve_small

_MOST_SECONDS, _MORE_SECONDS = 30.0, 2.0
"""Limits of time for the program in which nothing is relaxed, which proves, and for those with one more."""


def most(about: About, n_th: int) -> float:
    """Return how many more can be served of a need, ``n_th`` by number, if nothing is relaxed."""
    at = np.flatnonzero(about.columns == about.asked.model.assembly.unmet[n_th])
    return _served(about, at, np.ones(1), EMPTY, _MOST_SECONDS)[1]


def one_more(about: About, limits: Ints) -> tuple[float, float]:
    """Return what one more of each of these limits serves at the site: severity-weighted need, and people.

    Nothing if nobody can be served, or if it was not found out.
    """
    assembly = about.asked.model.assembly
    own = about.columns
    needs = np.flatnonzero((assembly.unmet != BLANK) & np.isin(assembly.unmet, own))
    order = np.argsort(own, kind="stable")
    at = order[np.searchsorted(own, assembly.unmet[needs], sorter=order)]
    weights = assembly.sets.needs["weight"].to_numpy(float)[needs]
    return _served(about, at, weights, limits, _MORE_SECONDS) if len(at) else (0.0, 0.0)


def in_order(about: About, limits: Ints, tiers: Sequence[Tier]) -> InOrder | None:
    """Return what is left at the site with one more of these limits, if these tiers come before need.

    Need gives way to them, mandates may be broken in the place of others; with nothing else relaxed. None if
    it was not found out.
    """
    asked, own, terms = about.asked, about.own, about.asked.model.program.terms
    unmet = np.isin(about.columns, asked.model.assembly.unmet)
    free = unmet | np.isin(about.columns, broken_columns(asked.model))
    upper = _one_more_of(about, limits)
    most = asked.model.program.col_upper[about.columns]
    upper[:own] = np.where(free, np.maximum(upper[:own], most), upper[:own])
    piece = replace(about.piece, col_upper=upper, integer=about.site.integer)
    nothing = np.zeros(asked.model.program.columns)
    need, mandate = (
        _here(about, terms[name].costs if name in terms else nothing) for name in ("need", "mandate")
    )
    effort = replace(asked.effort, seconds=_MORE_SECONDS)
    values: Floats | None = None
    for costs in (*(_here(about, asked.model.program.tier_costs(tier)[0]) for tier in tiers), need):
        values = solve_small(replace(piece, costs=costs), scaling_of(piece), effort).values
        if values is None:
            return None
        reached = float(costs @ values)
        piece = piece.with_row(costs, reached + HELD * (1.0 + abs(reached)))
    assert values is not None, "need comes last"
    return InOrder(float(need @ values), float(values[:own][unmet].sum()), float(mandate @ values))


def _one_more_of(about: About, limits: Ints) -> Floats:
    """Return upper bounds of columns by which nothing is relaxed but these limits, and they by one."""
    upper, own = about.piece.col_upper.copy(), about.own
    upper[own:] = np.where(np.isin(about.site.breaks.limit, limits), np.minimum(upper[own:], 1.0), 0.0)
    return upper


def _here(about: About, costs: Floats) -> Floats:
    """Return costs of the columns of a site's program, of those of the whole program."""
    return np.append(costs[about.columns], np.zeros(about.piece.columns - about.own))


def _served(about: About, at: Ints, weights: Floats, limits: Ints, seconds: float) -> tuple[float, float]:
    """Return what can be served of the unmet people in the columns ``at``, most by weights, and how many.

    Nothing is relaxed but these limits, and they by one.
    """
    asked = about.asked
    upper, costs = _one_more_of(about, limits), np.zeros(about.piece.columns)
    costs[at] = weights
    piece = _no_dearer(about, replace(about.piece, col_upper=upper, costs=costs, integer=about.site.integer))
    scaling = about.site.scaling if piece.rows == about.piece.rows else scaling_of(piece)
    found = solve_small(piece, scaling, replace(asked.effort, seconds=seconds))
    if found.values is None:
        return 0.0, 0.0
    point = piece.tidied(found.values)
    # GLOP holds some of these for infeasible that are not.
    effort = replace(asked.effort, first="highs")
    polished = solve_small(piece.with_integers_fixed(point), scaling, effort).values
    now = asked.x[about.columns[at]]
    for values in (polished, point):
        if values is not None:
            served = now - values[at]
            answer = about.answer(values, int(at[0]), float(now[0]))
            answer = replace(answer, people=float(served.sum()))
            if asked.proves(answer) and not asked.dearer(answer, relaxed=True):
                return float(weights @ served), float(served.sum())
    return 0.0, 0.0


def _no_dearer(about: About, piece: Piece) -> Piece:
    """Return the program with rows by which to serve more is a gain by the mission's objective.

    Tiers before need stay as good as they are, and its own gets better, where it weighs more than need: so
    that of all that serve the most one is found that `Questions.dearer` does not refuse.
    """
    asked, program = about.asked, about.asked.model.program
    for tier in program.tiers:
        of_need = bool(tier.weights.get("need", 0.0))
        if not set(tier.weights) <= {"need", "mandate"}:  # No need and no mandate is worse off.
            whole, _ = program.tier_costs(tier)
            costs = _here(about, whole)
            here = float(costs[: about.own] @ asked.x[about.columns])
            slack = FEASIBLE / 10 * (1.0 + abs(float(whole @ asked.x)))
            piece = piece.with_row(costs, here - slack if of_need else here + slack)
        if of_need:
            break
    return piece
