"""The parts of a mission in which a broken mandate is looked at: its site, all with mandates, the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain

import numpy as np

from pklogistics.explain.conflicts.elastic_mission import elastic_whole
from pklogistics.explain.conflicts.mandates import Mandates
from pklogistics.explain.conflicts.measure import Given, What
from pklogistics.explain.conflicts.scope import Scope
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.tolerances import NOTHING
from pklogistics.model.program import SHARED, Bools, Ints


class Scopes:
    """The parts of a mission in which conflicts are looked for, each made once."""

    def __init__(self, questions: Questions) -> None:
        self.questions, self.mandates = questions, Mandates(questions)
        self._whole = elastic_whole(questions)
        self.blocks = questions.model.program.col_block
        self._mandated = np.unique(self.blocks[self.mandates.columns])
        self.wide = bool((self._mandated == SHARED).any())

    @cached_property
    def mandated(self) -> Scope:
        """All sites with mandates."""
        return self.scope(self.of(self._mandated.tolist()))

    @cached_property
    def whole(self) -> Scope:
        """Everything."""
        return self.scope(np.ones(len(self.blocks), dtype=bool))

    def scope(self, kept: Bools, *, planned: bool = False) -> Scope:
        """Return the part of these columns; see `Scope`."""
        return Scope(self.mandates, self.questions, self._whole, kept, planned=planned)

    def of(self, blocks: list[int]) -> Bools:
        """Say which columns are of some sites, with what all share and the units near them."""
        kept: Bools = self.blocks == SHARED
        for block in blocks:
            if block != SHARED:
                kept[self.questions.block(block)] = True
        return kept


class Parts:
    """The parts in which one mandate is looked at, or several together.

    A mandate of several sites is looked for in the whole; so is each where there is one of them (people to be
    served alike, a post in a region), for sites without a mandate of their own then hold back others.
    """

    def __init__(self, scopes: Scopes, columns: Ints) -> None:
        """Take the columns that say how far the mandates are broken."""
        self._scopes, self._columns = scopes, columns
        self._blocks = np.unique(scopes.blocks[columns])
        self._of_all: Bools = scopes.blocks[columns] == SHARED
        self._slow: set[Scope] = set()

    @property
    def wide(self) -> Scope:
        """The largest part in which a mandate has to be looked at."""
        return self._scopes.whole if self._scopes.wide else self._scopes.mandated

    @cached_property
    def _own(self) -> Scope:
        return self._scopes.scope(self._scopes.of(self._blocks.tolist()))

    @cached_property
    def near(self) -> tuple[Scope, Scope]:
        """The neighbourhood in whole numbers: all else as in the plan, then all else that is whole."""
        asked, beside = self._scopes.questions, self._columns[self._of_all]
        for _ in range(2):
            beside = np.unique(asked.matrix[np.unique(asked.by_column[:, beside].indices)].indices)
        kept = self._scopes.of(self._blocks.tolist())
        kept[beside] = True
        return (
            self._scopes.scope(kept, planned=True).in_whole_numbers,
            self._scopes.scope(kept | ~asked.model.program.integer, planned=True).in_whole_numbers,
        )

    def too_slow(self, scope: Scope) -> None:
        """Do not ask a part again that did not tell in time, unless it is the neighbourhood."""
        if scope not in self.near:
            self._slow.add(scope)

    def least(self, ask: Callable[[Scope], Given[What] | None]) -> Given[What] | None:
        """Return the least that has to give way as far as the parts tell; None if nothing is known.

        No plan does with less than a part says in which the rest does what suits it, and some plan with what
        is found in one that leaves the rest as in the plan. Where these meet no other part is asked.
        """
        low: Given[What] | None = None
        best: Given[What] | None = None
        for scope in self._bounding():
            told = ask(scope)
            if told is None:
                continue
            if scope.bounding and not told.possible:
                return told
            if scope.bounding and (low is None or told.cost > low.cost):
                low = told
            if scope.sure and told.possible and (best is None or told.cost < best.cost):
                best = told
            if best is not None and low is not None and best.cost <= low.cost * (1 + NOTHING) + NOTHING:
                return replace(best, enough=True, least=True)
        if best is not None:
            return replace(best, enough=True, least=False)
        return None if low is None else replace(low, least=False)

    def _bounding(self) -> Iterator[Scope]:
        """Return the parts that tell how much has to give way, from below and above, small ones first."""
        parts = [] if SHARED in self._blocks else [self._own.in_whole_numbers]
        yield from (*parts, self.near[0], self.wide, self.near[1])
        if (whole := self._scopes.whole.in_whole_numbers) not in self._slow:
            yield whole
            self.too_slow(whole)  # Where it was asked and more is asked, it did not tell.

    def all(self, first: tuple[Scope, ...] = ()) -> Iterator[Scope]:
        """Return every part, those ``first`` or else that tell at once first."""
        asked: set[Scope] = set()
        for scope in chain(first, self._every()):
            if scope not in asked | self._slow:
                asked.add(scope)
                yield scope

    def _every(self) -> Iterator[Scope]:
        scopes, local = self._scopes, SHARED not in self._blocks
        if local:
            yield from (self._own, self._own.in_whole_numbers)
        yield from self.near
        if local:
            yield scopes.mandated
        if scopes.wide:
            yield scopes.whole
        if local:
            yield scopes.mandated.in_whole_numbers
        yield scopes.whole.in_whole_numbers
