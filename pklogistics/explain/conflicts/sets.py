"""The smallest sets of rows that cannot hold together, found by leaving out one row after another.

For a broken mandate it is asked how little it could be broken at best, all others being broken no further
than in the plan, whatever it costs; the rest of the mission does whatever suits best. It is asked of its site
and of larger parts, as linear programs and in whole numbers, until one says: more than nothing; or until its
neighbourhood says that it could hold if all else stays as in the plan. Of a linear program only the rows that
have a price are looked at further: they say so by themselves. Then one limit and other mandate after another
is left out (deletion filter), and stays out if the mandate is broken all the same. What is left is a smallest
set: without any one of its rows some point of the whole mission lets the others hold. Its limits left out,
what breaks the mandate still is another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pklogistics.explain.conflicts.mandates import Mandate
from pklogistics.explain.conflicts.parts import Parts
from pklogistics.explain.conflicts.scope import Scope
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.tolerances import NO_PRICE
from pklogistics.model.program import Ints
from pklogistics.solve.backend import Outcome

_SETS = 3
"""Most conflicts that are told of one mandate."""

_SETTLING = 0.5
"""Part of what is left for the sets."""


@dataclass(frozen=True)
class Conflict:
    """A set of rows that cannot hold together: limits, and numbers of other mandates.

    ``smallest``: whether it was found that none of them can be left out.
    """

    limits: Ints
    others: Ints
    smallest: bool


class _Settled(NamedTuple):
    """Whether a mandate can hold, None if no part told; and the part that did, with what it said."""

    holds: bool | None
    scope: Scope | None = None
    outcome: Outcome | None = None


def conflict_sets(parts: Parts, mandate: Mandate, until: Deadline) -> tuple[list[Conflict], bool]:
    """Return conflicts behind a mandate, and whether it is known that there are no others.

    Whether there is one may take all the time; once one is known, what would help is to be told as well.
    """
    conflicts: list[Conflict] = []
    left_out = EMPTY
    while len(conflicts) < _SETS:
        found = _settled(parts, (), mandate, left_out, EMPTY, until)
        if found.scope is None or found.outcome is None:
            return conflicts, False
        if found.holds:
            return conflicts, True
        until = until if conflicts else until.part(_SETTLING)
        conflict = _conflict(parts, found.scope, mandate, found.outcome, left_out, until)
        conflicts.append(conflict)
        if not len(conflict.limits):
            break
        left_out = np.concatenate([left_out, conflict.limits])
    return conflicts, False


def _settled(
    parts: Parts, first: tuple[Scope, ...], mandate: Mandate, free: Ints, given_up: Ints, until: Deadline
) -> _Settled:
    """Return whether a mandate can hold without these limits and others, from the first part that tells."""
    for scope in parts.all(first):
        if until.passed:
            break
        least = scope.least(mandate, free, until, given_up=given_up)
        if scope.breaks(mandate, least):
            return _Settled(False, scope, least)
        if scope.holds(mandate, least):
            return _Settled(True, scope, least)
        if least.status not in ("optimal", "infeasible"):
            parts.too_slow(scope)
    return _Settled(None)


def _conflict(
    parts: Parts, scope: Scope, mandate: Mandate, best: Outcome, left_out: Ints, until: Deadline
) -> Conflict:
    """Return a smallest set of limits and other mandates with which a mandate cannot hold.

    ``best`` is the outcome with the limits ``left_out`` left out.
    """
    every = np.setdiff1d(scope.mandates.numbers, [mandate.number])
    all_limits = np.arange(len(scope.questions.limits.table))
    core, limits, others = scope, scope.pushing(mandate, best), scope.others(mandate)
    limits = [np.setdiff1d(group, left_out) for group in limits]
    free = np.setdiff1d(all_limits, np.concatenate([EMPTY, *limits]))
    if best.duals is not None:
        # What has a price says so by itself; prices may say less than they should: then all are asked about.
        priced = scope.with_rows(np.flatnonzero(np.abs(best.duals[: scope.piece.rows]) > NO_PRICE))
        needed = scope.needed(mandate, best)
        spared = np.setdiff1d(every, needed)
        if priced.breaks(mandate, priced.least(mandate, free, until, given_up=spared)):
            core, others = priced, needed
    given_up = np.setdiff1d(every, others)
    first = (core, parts.near[0], core.in_whole_numbers)

    def holds(free: Ints, given_up: Ints) -> bool | None:
        return _settled(parts, first, mandate, free, given_up, until).holds

    kept, surely = _smallest(limits, lambda more: holds(np.concatenate([free, more]), given_up))
    rest = np.setdiff1d(all_limits, kept)
    with_these, too = _smallest([others], lambda more: holds(rest, np.concatenate([given_up, more])))
    return Conflict(kept, with_these, smallest=surely and too)


def _smallest(groups: list[Ints], holds: Callable[[Ints], bool | None]) -> tuple[Ints, bool]:
    """Return what is left when all has been left out without which a mandate is broken all the same.

    Each of the groups is tried as a whole, then by halves. What nothing is known of stays; and whether all
    that stays is known to be needed.
    """
    kept: list[int] = []
    left_out, surely = EMPTY, True
    pending = [group for group in groups if len(group)][::-1]
    while pending:
        group = pending.pop()
        held = holds(np.concatenate([left_out, group]))
        if held is False:
            left_out = np.concatenate([left_out, group])
        elif len(group) == 1:
            kept += group.tolist()
            surely &= held is True
        else:
            half = len(group) // 2
            pending += [group[half:], group[:half]]
    return np.array(kept, dtype=np.int64), surely
