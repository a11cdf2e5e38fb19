"""What is told of one broken mandate: its conflicts line by line, and what of each row would let it hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pklogistics.explain.conflicts.changes import Change, cheapest_change, prices_of
from pklogistics.explain.conflicts.mandates import Mandate, impossible
from pklogistics.explain.conflicts.measure import Given
from pklogistics.explain.conflicts.parts import Parts, Scopes
from pklogistics.explain.conflicts.remedies import PLACES, Remedy, amount_now, of_limit, of_mandate, words_of
from pklogistics.explain.conflicts.sets import Conflict, conflict_sets
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.shortfalls.questions import Answer, Questions
from pklogistics.model.program import SHARED, Ints

LESS = " (less may do)"

_AS_PLANNED = f", as in the plan{LESS}"

_WITH_OTHERS = ", and a change in the mandate's other conflicts"

Line = dict[str, object]
"""What is told of one row of a conflict, by the names of `CONFLICT_COLUMNS`."""


class Found(NamedTuple):
    """The lines of conflicts, their limits, how many may not be smallest; or that the mandate could hold."""

    conflicts: list[list[Line]]
    limits: Ints = EMPTY
    too_large: int = 0
    could_hold: bool = False


@dataclass(frozen=True)
class Told:
    """What is told of one broken mandate, until a deadline."""

    scopes: Scopes
    wording: Wording
    mandate: Mandate
    parts: Parts
    until: Deadline

    @property
    def _questions(self) -> Questions:
        return self.scopes.questions

    def found(self) -> Found:
        """Return the conflicts: of each its own line first, then other mandates' and the limits'.

        None, if nothing is known to stand in its way.
        """
        mandate, parts = self.mandate, self.parts
        found, no_others = conflict_sets(parts, mandate, self.until)
        by_plan = parts.wide.given_by_plan(mandate)
        if not found:
            lines = [] if no_others else self._helping()
            own = _mandate_line(self._questions, mandate, by_plan, _AS_PLANNED, surely=False)
            return Found([[own, *lines]] if lines else [], could_hold=no_others)
        until = self.until.part(0.3)
        given = parts.least(lambda scope: scope.gives_way_itself(mandate, until))
        by, besides = by_plan, _AS_PLANNED
        if given is not None and given.enough:
            by, besides = given.what, "" if given.least else LESS
        own = _mandate_line(self._questions, mandate, by, besides)
        early = len(found) > 1 or not found[0].smallest
        joint = self._joint(found) if early else None
        conflicts = [[own, *self._lines(found, conflict, joint)] for conflict in found]
        if not early and not any(line["set"] for line in conflicts[0][1:]):
            joint = self._joint(found)
            conflicts = [[own, *self._lines(found, found[0], joint)]] if joint else conflicts
        limits = np.concatenate([EMPTY, *(conflict.limits for conflict in found)])
        return Found(conflicts, limits, sum(not conflict.smallest for conflict in found))

    def _joint(self, found: list[Conflict]) -> Given[Change] | None:
        """Return the cheapest change of limits of all conflicts together; None if none is known to do."""
        limits = np.concatenate([EMPTY, *(conflict.limits for conflict in found)])
        return joint_change(self._questions, self.parts, self.mandate.columns, limits, self.until.part(0.6))

    def _kept_at_site(self) -> Answer | None:
        """Return what, relaxed together, would let the plan keep the mandate, as far as its site can tell."""
        questions, columns = self._questions, self.mandate.columns
        blocks = np.unique(questions.model.program.col_block[columns])
        if len(blocks) > 1 or blocks[0] == SHARED:
            return None
        return questions.at_site(int(blocks[0])).keep(columns)

    def _lines(self, found: list[Conflict], conflict: Conflict, joint: Given[Change] | None) -> list[Line]:
        """Return the lines of a conflict after its own."""
        others = [self._other_line(self.scopes.mandates.mandate(at)) for at in conflict.others.tolist()]
        besides = np.concatenate([EMPTY, *(other.limits for other in found if other is not conflict)])
        limits = [
            self._joint_line(joint, limit)
            if joint is not None and limit in joint.what.limits
            else self._limit_line(limit, besides)
            for limit in conflict.limits.tolist()
        ]
        told = [*others, *_once([line for line in limits if line is not None])]
        return told or _impossible_line(self._questions, self.mandate)

    def _joint_line(self, joint: Given[Change], limit: int) -> Line | None:
        """Return the line of a limit that is part of a joint change, or is all of it."""
        at = int(np.flatnonzero(joint.what.limits == limit)[0])
        amount, places = float(joint.what.amounts[at]), joint.what.places[at]
        alone = len(joint.what.limits) == 1
        line = self._line(limit, amount if alone else None, places)
        if line is None:
            return None
        remedy = of_limit(self.wording, limit, amount, places=places, added=not alone)
        told = _told(line, remedy, "" if joint.least else LESS)
        return {**told, "joint": -1 if alone else self.mandate.number}

    def _limit_line(self, limit: int, besides: Ints) -> Line | None:
        """Return the line of a limit and by how much it has to be relaxed; None if no table row says it.

        Where that does not do because of other conflicts, whose limits are ``besides``: by how much at least,
        for it is as much as if they were not there.
        """
        change = self._relaxed(limit, EMPTY)
        alone = (change is not None and change.possible) or not len(besides)
        if not alone:
            change = self._relaxed(limit, besides)
        if change is None or not len(change.what.limits):
            line = self._line(limit, None, None)
            return line and _told(line, Remedy())
        amount, places = float(change.what.amounts[0]), change.what.places[0]
        # Words say what would do: not what is merely the least.
        enough = change.enough and alone
        line = self._line(limit, amount if enough and change.least else None, places)
        if line is None:
            return None
        remedy = of_limit(self.wording, limit, amount, places=places, least=not enough)
        if alone:
            return _told(line, remedy, LESS if enough and not change.least else "")
        return _told(line, Remedy(remedy.words), _WITH_OTHERS)

    def _relaxed(self, limit: int, left_out: Ints) -> Given[Change] | None:
        """Return the least by which a limit has to be relaxed if others are left out."""
        limits = np.array([limit])
        return self.parts.least(
            lambda scope: cheapest_change(scope, self.mandate.columns, limits, self.until, left_out=left_out),
        )

    def _line(self, limit: int, amount: float | None, places: Ints | None) -> Line | None:
        """Return what is told of a limit; None if no table row says it.

        Where money is short that may pay for something, it is told when.
        """
        earmark = self._questions.limits.table["kind"].iloc[limit] == "earmark"
        if earmark and not self.wording.mission.has("earmarks"):
            return None  # Every fund may pay for everything: no table row keeps money away.
        return self.wording.line(limit, amount, places if earmark else None)

    def _other_line(self, other: Mandate) -> Line:
        """Return the line of another mandate, and how far it would have to give way."""
        given = self.parts.least(lambda scope: scope.gives_way(self.mandate, other, self.until))
        if given is None or not given.possible:
            return _line_of(self._questions, other, Remedy())
        remedy = of_mandate(self._questions, other, given.what, least=not given.enough)
        line = _line_of(self._questions, other, remedy)
        return {**line, "change": f"{line['change']}{LESS if given.enough and not given.least else ''}"}

    def _helping(self) -> list[Line]:
        """Return the lines of what, relaxed together, would let the plan keep the mandate."""
        answer = self._kept_at_site()
        if answer is None:
            return []
        several = len(answer.limits) > 1
        lines = []
        for at, by, places in zip(
            answer.limits.tolist(), answer.amounts.tolist(), answer.places, strict=True
        ):
            remedy = of_limit(self.wording, at, by, places=places, added=several)
            line = _told(self.wording.line(at, by, places), remedy)
            lines.append({**line, "joint": self.mandate.number if several else -1})
        return lines


def joint_change(
    questions: Questions, parts: Parts, mandates: Ints, limits: Ints, until: Deadline
) -> Given[Change] | None:
    """Return the cheapest change of limits by which all these mandates hold; None if none is known to do.

    ``mandates`` are the columns that say how far they are broken.
    """
    asked = np.unique(limits)
    if not len(asked):
        return None
    there = np.array([amount_now(questions, limit) for limit in asked.tolist()])
    prices = prices_of(questions, asked, there)
    change = parts.least(lambda scope: cheapest_change(scope, mandates, asked, until, prices=prices))
    return change if change is not None and change.enough else None


def _told(line: Line, remedy: Remedy, besides: str = "") -> Line:
    """Return the line of a conflict for one of a limit."""
    words = f"{remedy.words}{besides}" if remedy.words else ""
    return {
        **{"rule": line["kind"], "table": line["table"], "words": line["words"]},
        **{"change": words, "set": remedy.set, "joint": -1},
    }


def _once(lines: list[Line]) -> list[Line]:
    """Return lines of limits in which no money is offered twice: by its fund, and by what it may pay for."""
    place = [str(line["set"]).rpartition("=")[0] if line["joint"] == -1 else "" for line in lines]
    funds = {at for at, line in zip(place, lines, strict=True) if at and line["rule"] == "fund"}
    return [
        {**line, "change": f"the same money: {line['change']}", "set": ""}
        if line["rule"] == "earmark" and at in funds
        else line
        for at, line in zip(place, lines, strict=True)
    ]


def _line_of(questions: Questions, mandate: Mandate, remedy: Remedy) -> Line:
    """Return the line of a conflict for a mandate."""
    words = words_of(questions, mandate)
    return {
        **{"rule": mandate.rule, "table": PLACES[mandate.rule][0], "words": words},
        **{"change": remedy.words, "set": remedy.set, "joint": -1},
    }


def _impossible_line(questions: Questions, mandate: Mandate) -> list[Line]:
    """Return the line, if any, of why nobody could keep a mandate that no limit and no other breaks."""
    why = impossible(questions, mandate)
    if why is None:
        return []
    table, words = why
    return [{"rule": mandate.rule, "table": table, "words": words, "change": "", "set": "", "joint": -1}]


def _mandate_line(
    questions: Questions, mandate: Mandate, by: float, besides: str, *, surely: bool = True
) -> Line:
    """Return the line of the mandate itself: what it asks, and to what it would have to give way.

    ``surely``: whether every plan must break it.
    """
    line = _line_of(questions, mandate, of_mandate(questions, mandate, by))
    line["change"] = f"{line['change']}{besides}"
    if not surely:
        line["words"] = f"{line['words']} (the plan breaks it; no bound says that every plan must)"
    return line
