"""What if: with which changes of its mission (``--set``) a plan was made, and how people are told."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from pklogistics.instance.mission import Mission
from pklogistics.plan.plan import Plan


def as_options(changes: Iterable[str]) -> str:
    """Return changes as the command line takes them."""
    return " ".join(f"--set {shlex.quote(change)}" for change in changes)


def made_with(plan: Plan) -> str:
    """Return the sentence that says with which changes a plan was made, empty if with none."""
    return f"What if: made with {as_options(plan.changes)}." if plan.changes else ""


def same_changes(one: Iterable[str], other: Iterable[str]) -> bool:
    """Say whether these are the same changes, in whatever order but that of changes of one cell."""
    in_turn = [sorted(changes, key=lambda change: change.partition("=")[0]) for changes in (one, other)]
    return in_turn[0] == in_turn[1]


def has_changes_of(plan: Plan, mission: Mission) -> bool:
    """Return whether a plan was made with the changes that its mission has here (see `same_changes`)."""
    return same_changes(plan.changes, mission.changes)


def changes_missed(plan: Plan, mission: Mission) -> str:
    """Return what to say where a plan meets its mission with other changes than it was made with."""
    if has_changes_of(plan, mission):
        return ""
    if not plan.changes:
        return (
            f"the plan does not say that it was made with {as_options(mission.changes)}: it is held against"
            " the mission with that; what it repeats of funds (amounts, donors, who may pay) is of another"
        )
    here = f" in place of {as_options(mission.changes)}" if mission.changes else ""
    return f"this plan was made with {as_options(plan.changes)}: give the same{here}"
