"""The smallest sets of rows that cannot hold together, found by leaving out one row after another.

For a broken mandate it is asked how little it could be broken at best, all others being broken no further
than in the plan, whatever it costs; the rest of the mission does whatever suits best. It is asked of its site
and of all sites with mandates, as linear programs and then in whole numbers, until one says: more than
nothing. Then one limit and other mandate after another is left out (deletion filter), and stays out if the
mandate is broken all the same. What is left is a smallest set: without any one of its rows the others could
hold. Its limits left out, what breaks the mandate still is another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pklogistics.explain.conflicts.mandates import Mandate
from pklogistics.explain.conflicts.scope import Scope
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.places import EMPTY
from pklogistics.model.program import Ints
from pklogistics.solve.backend import Outcome, Start

_SETS = 3
"""Most conflicts that are told of one mandate."""


@dataclass(frozen=True)
class Conflict:
    """A set of rows that cannot hold together: limits, and numbers of other mandates.

    ``smallest``: whether there was time to find that none of them can be left out.
    """

    limits: Ints
    others: Ints
    smallest: bool


def conflict_sets(asked_in: tuple[Scope, ...], mandate: Mandate, until: Deadline) -> list[Conflict]:
    """Return the conflicts behind a mandate: in its own site and among others, then in whole numbers.

    ``asked_in`` are the parts of the mission in which it is looked for them.

    Once one is known its limits are left out: what breaks the mandate still is another.
    """
    conflicts: list[Conflict] = []
    left_out = EMPTY
    # What keeps the mandate at its site others may want, too. In whole numbers it takes longest.
    for each, whole in ((each, whole) for whole in (False, True) for each in asked_in):
        scope = each.in_whole_numbers if whole else each
        if scope.untold or (whole and scope is each):
            continue
        best = scope.least(mandate, left_out, until)
        scope.untold = best.status not in ("optimal", "infeasible")
        while scope.breaks(mandate, best) and not until.passed:
            conflict = _conflict(scope, mandate, best, left_out, until)
            conflicts.append(conflict)
            if len(conflicts) == _SETS or not len(conflict.limits):
                return conflicts
            left_out = np.concatenate([left_out, conflict.limits])
            best = scope.least(mandate, left_out, until)
        if until.passed:
            break
    return conflicts


def _conflict(scope: Scope, mandate: Mandate, best: Outcome, left_out: Ints, until: Deadline) -> Conflict:
    """Return a smallest set of limits, and of columns of other mandates, with which a mandate cannot hold.

    ``best`` is the outcome with the limits ``left_out`` left out.
    """
    others, start = scope.others(mandate), Start(basis=best.basis)
    limits = [np.setdiff1d(group, left_out) for group in scope.pushing(mandate, best)]
    free = np.setdiff1d(scope.limits, np.concatenate([EMPTY, *limits]))
    given_up = EMPTY if best.duals is None else np.setdiff1d(others, scope.needed(mandate, best))
    if len(given_up) and not scope.breaks(
        mandate, scope.least(mandate, free, until, start, given_up=given_up)
    ):
        given_up = EMPTY  # Prices say less than they should: then every mandate is asked about.
    found = _filtered(scope, mandate, limits, [np.setdiff1d(others, given_up)], until, start)
    whole = scope.in_whole_numbers
    if whole is scope or whole.untold:
        return found
    # Less may do in whole numbers than in a linear program.
    return _filtered(whole, mandate, list(found.limits[:, None]), list(found.others[:, None]), until)


def _filtered(
    scope: Scope,
    mandate: Mandate,
    limits: list[Ints],
    others: list[Ints],
    until: Deadline,
    start: Start | None = None,
) -> Conflict:
    """Return a smallest set of these limits and columns of other mandates, in groups that are tried at once.

    All that is not among them is left out.
    """
    free = np.setdiff1d(scope.limits, np.concatenate([EMPTY, *limits]))
    given_up = np.setdiff1d(scope.others(mandate), np.concatenate([EMPTY, *others]))

    def breaks(free: Ints, given_up: Ints) -> bool:
        return scope.breaks(mandate, scope.least(mandate, free, until, start, given_up=given_up))

    kept = _smallest(limits, lambda more: breaks(np.concatenate([free, more]), given_up), until)
    free = np.setdiff1d(scope.limits, kept)
    needed = _smallest(others, lambda more: breaks(free, np.concatenate([given_up, more])), until)
    return Conflict(kept, needed, smallest=not until.passed)


def _smallest(groups: list[Ints], breaks: Callable[[Ints], bool], until: Deadline) -> Ints:
    """Return what is left when all has been left out without which a mandate is broken all the same.

    Each of the groups is tried as a whole, then by halves. What there is no time for stays.
    """
    kept: list[int] = []
    left_out, pending = EMPTY, [group for group in groups if len(group)][::-1]
    while pending:
        group = pending.pop()
        if until.passed:
            kept += group.tolist()
        elif breaks(np.concatenate([left_out, group])):
            left_out = np.concatenate([left_out, group])
        elif len(group) == 1:
            kept += group.tolist()
        else:
            half = len(group) // 2
            pending += [group[half:], group[:half]]
    return np.array(kept, dtype=np.int64)
