"""Which rows of the tables cannot hold together, where a mandate is broken, and what would let them.

For each broken mandate the smallest sets of rows are found that cannot hold together (see `sets`), and for
each row the least by which it would have to give way, by solving once more. Where no row of a set lets the
mandate hold alone, for another conflict stands in its way as well, the cheapest change of several rows
together is found (see `changes`). That the mandate itself gives way as far as the plan breaks it is enough in
any case: the plan keeps it then. Each mandate is looked at with the others as the plan breaks them; last
comes the cheapest change by which all that are told hold at once, which may take more than theirs together.

Where no program says in time that a mandate must be broken, the question of a shortfall is asked of it: what,
relaxed (all of it together), would let the plan keep it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.explain.conflicts.mandates import Mandate
from pklogistics.explain.conflicts.parts import Parts, Scopes
from pklogistics.explain.conflicts.remedies import of_limit, words_of
from pklogistics.explain.conflicts.told import LESS, Found, Line, Told, joint_change
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.sentences import counted
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.results import CONFLICT_COLUMNS
from pklogistics.explain.shortfalls.questions import Questions

MOST = 5
"""So many broken mandates are looked into, the gravest first, unless more are asked for."""

_TURN = 3.0
"""Seconds for each at least: with less of one after the other none would be told."""


def conflicts_of(
    questions: Questions, wording: Wording, until: Deadline, most: int = MOST
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the conflicts behind the gravest broken mandates, at ``most`` so many, and notes on the rest."""
    scopes = Scopes(questions)
    broken = scopes.mandates.broken()
    if not broken:
        return pd.DataFrame(columns=list(CONFLICT_COLUMNS)), ()
    asked = broken[:most]
    told: list[tuple[Mandate, Found]] = []
    for mandate in asked:
        if until.passed:
            break
        # Each has its share of the time, and so have all together; what one leaves is for the others.
        share = until.turn(len(asked) - len(told) + (len(asked) > 1), _TURN)
        parts = Parts(scopes, mandate.columns)
        told.append((mandate, Told(scopes, wording, mandate, parts, share).found()))
    conflicts: list[list[Line]] = []
    for _, found in told:
        conflicts += [lines for lines in found.conflicts if lines not in conflicts]
    lines = [{"conflict": at, **line} for at, lines in enumerate(conflicts, 1) for line in lines]
    table = _with_joint_changes(pd.DataFrame(lines, columns=list(CONFLICT_COLUMNS)))
    all_hold = _all_hold(scopes, wording, told, until)
    return table, (*_notes(questions, told, len(broken), most, until), *all_hold)


def _notes(
    questions: Questions, told: list[tuple[Mandate, Found]], broken: int, most: int, until: Deadline
) -> tuple[str, ...]:
    """Return what is not known of the broken mandates, and that some could hold, a sentence each."""
    could_hold = [words_of(questions, mandate) for mandate, found in told if found.could_hold]
    unexplained = sum(not (found.conflicts or found.could_hold) for _, found in told)
    too_large = sum(found.too_large for _, found in told)
    left = broken - len(told)
    why = until.why if len(told) < min(broken, most) else f"only the {most:,} gravest were asked for"
    said = (
        (
            left if most else 0,
            f"further broken mandates were not looked into for conflicts: {left:,} ({why})",
        ),
        (
            len(could_hold),
            f"no conflict stands behind {'; '.join(could_hold)}: each could hold with all others as they"
            " are, in a plan that a longer search may find",
        ),
        (
            unexplained,
            f"of {counted(unexplained, 'broken mandate')} it is not known what stands in the way:"
            " a plan from a longer search may keep more",
        ),
        (too_large, f"{counted(too_large, 'conflict')} may name more rows than it takes: {until.why}"),
    )
    return tuple(sentence for there, sentence in said if there)


def _all_hold(
    scopes: Scopes, wording: Wording, told: list[tuple[Mandate, Found]], until: Deadline
) -> tuple[str, ...]:
    """Return the sentence of the cheapest change by which all mandates that may hold by one hold at once."""
    held = [(mandate, found.limits) for mandate, found in told if len(found.limits)]
    if len(held) < 2:
        return ()
    columns = np.unique(np.concatenate([mandate.columns for mandate, _ in held]))
    limits = np.concatenate([limits for _, limits in held])
    parts = Parts(scopes, columns)
    change = joint_change(scopes.questions, parts, columns, limits, until)
    if change is None:
        return ()
    made = zip(change.what.limits.tolist(), change.what.amounts.tolist(), change.what.places, strict=True)
    remedies = []
    for limit, amount, places in made:
        remedy = of_limit(wording, limit, amount, places=places, added=True)
        remedies.append(remedy.set or f"{remedy.words} ({wording.line(limit, amount, places)['words']})")
    every = "both" if len(held) == 2 else f"all {len(held)}"
    return (
        f"{every} broken mandates with a conflict that a change ends would hold at once with"
        f" {' and '.join(remedies)}{'' if change.least else LESS}",
    )


def _with_joint_changes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with joint changes numbered from 1, 0 for what stands alone, and told so in words."""
    joint = table["joint"].to_numpy(np.int64) >= 0
    numbers = np.zeros(len(table), dtype=np.int64)
    numbers[joint] = pd.factorize(table.loc[joint, "joint"])[0] + 1
    words = [
        f"{change}, with all else of joint change {number}" if number else change
        for change, number in zip(table["change"], numbers, strict=True)
    ]
    return table.assign(joint=numbers, change=words)
