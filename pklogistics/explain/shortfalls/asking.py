"""What is asked about shortfalls, in turns until the time is up; each answer is proven and worded at once.

So a turn that ends in time leaves nothing to do, and every shortfall has a reason before any is looked at
once more for a better one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.chain import NOT_TOLD, UNANSWERED, Chain
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.shortfalls.questions import Answer, Questions
from pklogistics.explain.shortfalls.site_question import SiteQuestion
from pklogistics.model.program import Ints

ALL = 1e-3
"""All but this part of a shortfall are all of it."""


@dataclass(frozen=True)
class Free:
    """Who could be served with nothing relaxed, and whether they cost more than they count for."""

    people: float
    weighed: bool


@dataclass(frozen=True)
class Found:
    """What was found out about a shortfall.

    Attributes
    ----------
    answer : None where there is none
    chain : what binds by it, in words
    proven : whether it is proven
    free : of those who could be served with nothing relaxed, if the answer is of others beyond them
    all_of_it : what binds all of the shortfall, if the answer is of some and this takes more
    """

    answer: Answer | None = None
    chain: Chain = NOT_TOLD
    proven: bool = False
    free: Free | None = None
    all_of_it: Chain | None = None


def found_out(
    questions: Questions, wording: Wording, short: Ints, open_: Ints, until: Deadline
) -> list[Found]:
    """Return what was found out about each need of ``short``, the gravest first, asked of lines ``open_``."""
    asking = _Asking(questions, wording, short, until)
    asking.first(open_)
    asking.beyond_free()
    asking.all_of_some()
    return asking.found


class _Asking:
    """Asks about the shortfalls of one plan."""

    def __init__(self, questions: Questions, wording: Wording, short: Ints, until: Deadline) -> None:
        self._questions, self._wording, self._until = questions, wording, until
        self._short = short
        needs = questions.model.assembly.sets.needs.iloc[short]
        self._site, self._weight = needs["site"].to_numpy(np.int64), needs["weight"].to_numpy(float)
        self._unmet = questions.x[questions.model.assembly.unmet[short]]
        self._begun = self._unmet < needs["net"].to_numpy() * (1 - 1e-9)
        self.found = [Found()] * len(short)

    def first(self, lines: Ints) -> None:
        """Ask what stands in the way of each, in parts rounded up; then, where less may do, exactly."""
        more: list[int] = []
        for question, at in self._turn(lines):
            answer, least = question.rounded(int(self._short[at]))
            self._tell(at, answer)
            if not least:
                more.append(at)
        for question, at in self._turn(np.array(more, dtype=np.int64)):
            before = self.found[at].answer
            answer = question.least(int(self._short[at]), before)
            if answer is not before:
                self._tell(at, answer)

    def beyond_free(self) -> None:
        """Ask once more where some, not all, could be served with nothing relaxed: for the others."""
        some = [at for at, found in enumerate(self.found) if found.answer and not len(found.answer.limits)]
        for question, at in self._turn(np.array([at for at in some if self._part(at)], dtype=np.int64)):
            before = self.found[at].answer
            assert before is not None, "some could be served"
            answer = question.beyond(int(self._short[at]), before)
            if answer is not None and answer.people > before.people and self._questions.proves(answer):
                weighed = self._questions.dearer(before, relaxed=False)
                self._tell(at, answer, Free(before.people, weighed) if len(answer.limits) else None)

    def all_of_some(self) -> None:
        """Ask once more where something binds some, not all: for all of it, which may lack another thing.

        If that takes no more than what some of it do it is told in its place, and beside it otherwise.
        """
        some = [at for at, found in enumerate(self.found) if found.chain.limits and self._part(at)]
        for question, at in self._turn(np.array(some, dtype=np.int64)):
            before = self.found[at]
            answer = question.all_of_it(int(self._short[at]), len(before.chain.limits))
            if answer is None or not self._questions.proves(answer):
                continue
            self._tell(at, answer, before.free)
            instead = self.found[at].chain
            if self._takes(before.chain) < self._takes(instead):
                self.found[at] = replace(before, all_of_it=instead)

    def _takes(self, chain: Chain) -> tuple[bool, int, float]:
        """Return what a chain takes, in the order in which less is told: how many limits, how reluctantly."""
        limits = [int(str(line["limit"])) for line in chain.limits]
        reluctance = self._questions.limits.table["reluctance"].to_numpy(float)[limits]
        return chain.weighed, len(limits), float(reluctance.sum())

    def _part(self, at: int) -> bool:
        """Say whether what was found is told of some, not of all, of a shortfall."""
        answer = self.found[at].answer
        return answer is not None and 0 < answer.people < self._unmet[at] * (1 - ALL)

    def _tell(self, at: int, answer: Answer | None, free: Free | None = None) -> None:
        """Prove an answer and put it into words."""
        proven = answer is not None and (not answer.people or self._questions.proves(answer))
        if answer is None and not self._until.passed:
            self.found[at] = Found(chain=UNANSWERED)
            return
        chain = self._wording.of(answer, float(self._weight[at]), begun=bool(self._begun[at]))
        self.found[at] = Found(answer, chain, proven, free)

    def _turn(self, lines: Ints) -> Iterator[tuple[SiteQuestion, int]]:
        """Yield each of these lines with the program of its site, site by site, until the time is up."""
        for here, own in pd.Series(lines).groupby(self._site[lines], sort=False):
            if self._until.passed:
                return
            question = self._questions.at_site(int(str(here)), until=self._until)
            for at in own.tolist():
                if self._until.passed:
                    return
                yield question, at
