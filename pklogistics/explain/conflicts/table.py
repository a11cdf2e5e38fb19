"""Which rows of the tables cannot hold together, where a mandate is broken, and what would let them.

For a broken mandate it is asked how little it could be broken at best, all others being broken no further
than in the plan, whatever it costs; the rest of the mission does whatever suits best. It is asked of its site
and of all sites with mandates, as linear programs and then in whole numbers, until one says: more than
nothing. Then one limit and other mandate after another is left out (deletion filter), and stays out if the
mandate is broken all the same. What is left is a smallest set: without any one of its rows the others could
hold. For each, the least by which it would have to give way is found by solving once more; where that is left
open, another conflict stands in the way as well, and is told next.

Where none of these programs says so in time, the question of a shortfall is asked of the mandate: what,
relaxed (all of it together), would let the plan keep it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.explain.conflicts.mandates import Mandate, impossible
from pklogistics.explain.conflicts.remedies import PLACES, Remedy, of_limit, of_mandate, words_of
from pklogistics.explain.conflicts.scope import Scope, Scopes
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.results import CONFLICT_COLUMNS
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.model.program import SHARED, Ints
from pklogistics.solve.backend import Outcome, Start

MOST = 5
"""So many broken mandates are looked into, the gravest first, unless more are asked for."""

_SETS = 3
"""Most conflicts that are told of one mandate."""

_WITH_OTHERS = ", and a change in the mandate's other conflicts"


@dataclass(frozen=True)
class Conflict:
    """A set of rows that cannot hold together: limits, and numbers of other mandates.

    ``smallest``: whether there was time to find that none of them can be left out.
    """

    limits: Ints
    others: Ints
    smallest: bool


def conflicts_of(
    questions: Questions, wording: Wording, until: Deadline, most: int = MOST
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the conflicts behind the gravest broken mandates, at ``most`` so many, and notes on the rest."""
    scopes = Scopes(questions)
    broken = scopes.mandates.broken()
    if not broken:
        return pd.DataFrame(columns=list(CONFLICT_COLUMNS)), ()
    conflicts: list[list[dict[str, object]]] = []
    told = unexplained = too_large = 0
    for mandate in broken[:most]:
        if until.passed:
            break
        told += 1
        found, large = _told_of(scopes, wording, mandate, until)
        unexplained += not found
        too_large += large
        conflicts += [lines for lines in found if lines not in conflicts]
    lines = [{"conflict": at, **line} for at, lines in enumerate(conflicts, 1) for line in lines]
    left = len(broken) - told
    why = until.why if told < min(most, len(broken)) else f"only the {most:,} gravest were asked for"
    said = (
        (
            left if most else 0,
            f"further broken mandates were not looked into for conflicts: {left:,} ({why})",
        ),
        (
            unexplained,
            f"of {unexplained:,} broken mandates it is not known what stands in their way:"
            " a plan from a longer search may keep them",
        ),
        (too_large, f"{too_large:,} conflicts may name more rows than it takes: {until.why}"),
    )
    notes = tuple(sentence for there, sentence in said if there)
    return pd.DataFrame(lines, columns=list(CONFLICT_COLUMNS)), notes


def _told_of(
    scopes: Scopes, wording: Wording, mandate: Mandate, until: Deadline
) -> tuple[list[list[dict[str, object]]], int]:
    """Return the conflicts behind a broken mandate, and how many of them may not be smallest.

    Of each its own line comes first, then other mandates' and the limits'. None, if nothing is known to stand
    in its way.
    """
    asked_in = scopes.of(mandate)
    # What would let them hold is to be told, too.
    found, wide = conflict_sets(asked_in, mandate, until.part(0.5)), asked_in[-1]
    if not found:
        lines = _helping(scopes.questions, wording, mandate)
        return ([[_mandate_line(scopes.questions, mandate, None), *lines]] if lines else []), 0
    own = _mandate_line(scopes.questions, mandate, wide.amount(mandate, until))
    conflicts: list[list[dict[str, object]]] = []
    for conflict in found:
        others = [
            _other_line(wide, scopes.mandates.mandate(number), mandate, until)
            for number in conflict.others.tolist()
        ]
        besides = np.concatenate([EMPTY, *(other.limits for other in found if other is not conflict)])
        limits = [
            _limit_line(wide, wording, mandate, limit, until, besides) for limit in conflict.limits.tolist()
        ]
        told = [*others, *(line for line in limits if line is not None)]
        conflicts.append([own, *(told or _impossible_line(scopes.questions, mandate))])
    return conflicts, sum(not conflict.smallest for conflict in found)


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


def _limit_line(
    wide: Scope, wording: Wording, mandate: Mandate, limit: int, until: Deadline, besides: Ints
) -> dict[str, object] | None:
    """Return the line of a limit and by how much it has to be relaxed; None if no table row says it.

    Where that does not do because of other conflicts, whose limits are ``besides``: by how much at least, for
    it is as much as if they were not there.
    """
    by, exact = wide.exactly(lambda scope: scope.change(mandate, limit, until))
    alone = by is not None or not len(besides) or until.passed
    if not alone:
        by, exact = wide.exactly(lambda scope: scope.change(mandate, limit, until, besides))
    # Words say what would do: not what is merely the least.
    line = wording.line(limit, by if exact and alone else None)
    if line["kind"] == "earmark" and not wide.questions.model.assembly.mission.has("earmarks"):
        return None  # Every fund may pay for everything: no table row keeps money away.
    remedy = Remedy() if by is None else of_limit(wording, limit, by, least=not (exact and alone))
    return _told(line, remedy, "" if alone else _WITH_OTHERS)


def _told(line: dict[str, object], remedy: Remedy, besides: str = "") -> dict[str, object]:
    """Return the line of a conflict for one of a limit."""
    words = f"{remedy.words}{besides}" if remedy.words else ""
    return {
        **{"rule": line["kind"], "table": line["table"], "words": line["words"]},
        **{"change": words, "set": remedy.set},
    }


def _other_line(wide: Scope, other: Mandate, mandate: Mandate, until: Deadline) -> dict[str, object]:
    """Return the line of another mandate, and how far it would have to give way."""
    by, exact = wide.exactly(lambda scope: scope.gives_way(mandate, other, until))
    remedy = Remedy() if by is None else of_mandate(wide.questions, other, by, least=not exact)
    return _line_of(wide.questions, other, remedy)


def _line_of(questions: Questions, mandate: Mandate, remedy: Remedy) -> dict[str, object]:
    """Return the line of a conflict for a mandate."""
    words = words_of(questions, mandate)
    return {
        **{"rule": mandate.rule, "table": PLACES[mandate.rule][0], "words": words},
        **{"change": remedy.words, "set": remedy.set},
    }


def _impossible_line(questions: Questions, mandate: Mandate) -> list[dict[str, object]]:
    """Return the line, if any, of why nobody could keep a mandate that no limit and no other breaks."""
    why = impossible(questions, mandate)
    if why is None:
        return []
    table, words = why
    return [{"rule": mandate.rule, "table": table, "words": words, "change": "", "set": ""}]


def _helping(questions: Questions, wording: Wording, mandate: Mandate) -> list[dict[str, object]]:
    """Return what, relaxed together, would let the plan keep a mandate, as far as its site can tell."""
    blocks = np.unique(questions.model.program.col_block[mandate.columns])
    if len(blocks) > 1 or blocks[0] == SHARED:
        return []
    answer = questions.at_site(int(blocks[0])).keep(mandate.columns)
    if answer is None:
        return []
    together = " (together with the others)" if len(answer.limits) > 1 else ""
    return [
        _told(wording.line(int(at), float(by), places), of_limit(wording, int(at), float(by)), together)
        for at, by, places in zip(answer.limits, answer.amounts, answer.places, strict=True)
    ]


def _mandate_line(questions: Questions, mandate: Mandate, least: float | None) -> dict[str, object]:
    """Return the line of the mandate itself: what it asks, and to what it would have to give way."""
    remedy = Remedy() if least is None else of_mandate(questions, mandate, least)
    line = _line_of(questions, mandate, remedy)
    if least is None:
        line["words"] = f"{line['words']} (the plan breaks it; no bound says that every plan must)"
    return line
