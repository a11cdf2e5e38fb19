"""What a site could do in whole numbers, with nothing relaxed or one more of one thing: exact programs.

Their answers are proofs as those of `about` are: the plan, changed so, keeps every rule but the limits named.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pklogistics.explain.about import About
from pklogistics.explain.answer import Answer
from pklogistics.model.program import Floats, Ints
from pklogistics.model.sets import BLANK
from pklogistics.solve.small import solve_small

_MOST_SECONDS, _MORE_SECONDS = 30.0, 2.0
"""Limits of time for the program in which nothing is relaxed, which proves, and for those with one more."""

_NONE: Ints = np.zeros(0, dtype=np.int64)


def most(about: About, n_th: int) -> Answer | None:
    """Return how many more can be served of a need, ``n_th`` by number, if nothing is relaxed.

    None if nobody can.
    """
    at = np.flatnonzero(about.columns == about.asked.model.assembly.unmet[n_th])
    return _served(about, at, np.ones(1), _NONE, _MOST_SECONDS)


def one_more(about: About, limits: Ints) -> Answer | None:
    """Return whom one more of each of these limits serves at the site, by severity-weighted need.

    None if nobody, or if it was not found out.
    """
    assembly = about.asked.model.assembly
    own = about.columns
    needs = np.flatnonzero((assembly.unmet != BLANK) & np.isin(assembly.unmet, own))
    order = np.argsort(own, kind="stable")
    at = order[np.searchsorted(own, assembly.unmet[needs], sorter=order)]
    weights = assembly.sets.needs["weight"].to_numpy(float)[needs]
    return _served(about, at, weights, limits, _MORE_SECONDS) if len(at) else None


def _served(about: About, at: Ints, weights: Floats, limits: Ints, seconds: float) -> Answer | None:
    """Return the answer that serves most, by weights, of the unmet people in the columns ``at``.

    Nothing is relaxed but these limits, and they by one.
    """
    asked, own = about.asked, about.own
    upper, costs = about.piece.col_upper.copy(), np.zeros(about.piece.columns)
    upper[own:] = np.where(np.isin(about.limit, limits), np.minimum(upper[own:], 1.0), 0.0)
    upper[about.consents] = asked.x[about.columns[about.consents]]
    costs[at] = weights
    piece = replace(about.piece, col_upper=upper, costs=costs, integer=about.integer)
    found = solve_small(piece, about.scaling, replace(asked.effort, seconds=seconds))
    if found.values is None:
        return None
    point = piece.tidied(found.values)
    # GLOP holds some of these for infeasible that are not.
    effort = replace(asked.effort, first="highs")
    polished = solve_small(piece.with_integers_fixed(point), about.scaling, effort).values
    now = asked.x[about.columns[at]]
    for values in (polished, point):
        if values is not None:
            people = float((now - values[at]).sum())
            answer = replace(about.answer(values, int(at[0]), float(now[0])), people=people)
            if people > 0 and asked.proves(answer):
                return answer
    return None
