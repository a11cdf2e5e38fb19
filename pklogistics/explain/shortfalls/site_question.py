"""The question asked of a shortfall: which limits, relaxed, would let one more person be served there?

For one site the columns of its block, the units at sites near it and all shared columns are free; the rest
of the plan stays as it is; what is whole (who is present, which units stand where) may be added to and not
taken away. Every limit that these columns could reach may be broken, at a price of one for as much of it as
the people in question could take:

    min  sum_i price_i e_i
    s.t. the rows of the site and the shared rows, row i broken by e_i
         unmet <= unmet in the plan for every need, and below it by a step for the one asked about
         every mandate broken no further than in the plan

This is a small linear program. What it begins of whole things is rounded up and fixed, and it is solved once
more; where that cannot be, it is solved exactly, in whole numbers. Its answer is a proof: the plan, changed
in these columns, keeps every rule but the limits named, serves more of this need, and less of no other. If
even the exact program has none, that is a proof, too: relaxing would not help.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.shortfalls.answer import Answer, nobody
from pklogistics.explain.shortfalls.elastic_site import ElasticSite
from pklogistics.model.program import Floats, Ints
from pklogistics.model.sets import BLANK
from pklogistics.solve.backend import Outcome
from pklogistics.solve.small import Effort, Repeated, solve_small

if TYPE_CHECKING:
    from pklogistics.explain.shortfalls.questions import Questions

STEP = 0.01
"""Share of a need that has to be served in addition, at least; and never less than a person."""

_PRICE_OF_AMOUNT = 1e-3
_PRICE_OF_WHOLE = 1e-4
_REWARD = 0.02
_LITTLE_MORE = 1.1
"""What costs no more than so many times as much is as good, if it takes a limit less."""

_CHOICE_SECONDS = 2.0
"""Limit of time for the exact program of one site, which chooses among limits."""


class SiteQuestion:
    """The elastic program of one site.

    Attributes
    ----------
    asked : the questions that it belongs to
    site : the elastic program
    """

    def __init__(self, asked: Questions, site: int, besides: Ints, until: Deadline) -> None:
        self.asked, self._until = asked, until
        self.site = ElasticSite(asked, site, besides)
        self.columns, self.own, self.piece = self.site.columns, self.site.own, self.site.piece
        self._whole: Ints = np.flatnonzero(asked.model.program.integer[self.columns])
        self._again = Repeated(self.piece, self.site.scaling, self.effort(asked.effort.seconds))

    def effort(self, most: float) -> Effort:
        """Return the effort of one solve of so many seconds at most, as far as time is left."""
        return replace(self.asked.effort, seconds=self._until.effort(most).seconds)

    def ask(self, n_th: int) -> Answer | None:
        """Return what stands in the way of more service for a need; ``n_th`` is its number.

        An answer of nobody if nothing that could be named would help; None if it was not found out.
        """
        answer, least = self.rounded(n_th)
        return answer if least else self.least(n_th, answer)

    def beyond(self, n_th: int, free: Answer) -> Answer | None:
        """Return what stands in the way of serving more of a need than can be with nothing relaxed.

        ``free`` is the answer that says how many these are.
        """
        answer, least = self.rounded(n_th, free.people)
        return answer if least else self.least(n_th, answer, free.people)

    def rounded(self, n_th: int, beyond: float = 0.0) -> tuple[Answer | None, bool]:
        """Return the answer with what is whole rounded up, if any, and whether nothing less would do.

        Rounded up more may have to give way than in parts, or nothing may help: then `least` says how little.
        ``beyond`` so many people are to be served.
        """
        lower, upper, prices, at = self._question(n_th, beyond)
        first = self._solved(lower, upper, prices).values
        if first is None:
            return None, False
        bounds = self._rounded_up(first, lower, upper)
        answer, more = self._most_served(bounds, prices, self._used(first), at)
        return answer, answer is not None and not more

    def least(self, n_th: int, rounded: Answer | None, beyond: float = 0.0) -> Answer | None:
        """Return the answer of the exact program; ``rounded``, if that is not found out."""
        lower, upper, prices, at = self._question(n_th, beyond)
        exact = self._exact(lower, upper, prices)
        if exact.values is None:
            return nobody() if rounded is None and exact.status == "infeasible" else rounded
        whole = self._fixed(exact.values, lower, upper)
        return self._most_served(whole, prices, self._used(exact.values), at)[0] or rounded

    def all_of_it(self, n_th: int, few: int) -> Answer | None:
        """Return what stands in the way of serving all of a need, with no limit that it can do without.

        Where ``few`` limits or less do, no lesser ones are looked for. None if it was not found out.
        """
        rounded, least = self.rounded(n_th, np.inf)
        answer = self._fewest(n_th, rounded)
        if least or (answer is not None and len(answer.limits) <= few):
            return answer
        return self._fewest(n_th, self.least(n_th, answer, np.inf))

    def _fewest(self, n_th: int, answer: Answer | None) -> Answer | None:
        """Return an answer for all of a need without limits it can do without, if others cost little more."""
        if answer is None or len(answer.limits) < 2:
            return answer
        lower, upper, prices, at = self._question(n_th, np.inf)
        here = self.asked.x[self.columns]
        here[np.isin(self.columns, answer.columns)] = answer.values  # They stand in the same order.
        lower, upper = self._fixed(here, lower, upper)
        limits, most = answer.limits, np.inf
        tried = [np.array([-1]), *answer.limits[np.argsort(answer.amounts, kind="stable")][:, None]]
        for without in tried:  # First with all of them, to see what they cost.
            some = np.isin(self.site.breaks.limit, np.setdiff1d(limits, without))
            free = np.append(np.ones(self.own, dtype=bool), some)
            values = self._solved(lower, np.where(free, upper, 0.0), prices).values
            if values is not None and prices @ values <= most:
                most = min(most, _LITTLE_MORE * float(prices @ values))
                answer = self.answer(values, at, float(self.asked.x[self.columns[at]]))
                limits = answer.limits
        return answer

    def _question(self, n_th: int, beyond: float) -> tuple[Floats, Floats, Floats, int]:
        """Return column bounds and prices of the question about a need, and where its unmet people are."""
        assembly = self.asked.model.assembly
        need, at = assembly.sets.needs.iloc[n_th], self._at(int(assembly.unmet[n_th]))
        now, activity = float(self.asked.x[self.columns[at]]), int(need["activity"])
        lower, upper = self._without_other_goods(activity)
        # Of what is served whole or not at all, it is asked what would let all of it be served.
        all_of_it = assembly.sets.activities["all_or_nothing"].iloc[activity]
        step = now if all_of_it else min(now, beyond + max(1.0, STEP * float(need["net"])))
        upper[at] = now - step
        return lower, upper, self._prices(now), at

    def _at(self, column: int) -> int:
        """Return where a column of the whole program is here."""
        return int(np.flatnonzero(self.columns == column)[0])

    def _most_served(
        self, bounds: tuple[Floats, Floats], prices: Floats, used: Ints, at: int
    ) -> tuple[Answer | None, bool]:
        """Return the answer within column bounds, if any, and whether more columns break rows than ``used``.

        Once something has to be relaxed at all, as many are served with it as it can help.
        """
        now, more = float(self.asked.x[self.columns[at]]), False
        while True:
            costs = np.where(np.isin(np.arange(len(prices)), used), _PRICE_OF_AMOUNT * prices, prices)
            costs[at] += _REWARD / now
            values = self._solved(*bounds, costs).values
            if values is None:
                return None, more
            new = np.setdiff1d(self._used(values), used)
            if not len(new):
                return self.answer(values, at, now), more
            used, more = np.concatenate([used, new]), True

    def keep(self, columns: Ints) -> Answer | None:
        """Return what would have to be relaxed for a mandate of this site to be kept; needs may be given up.

        ``columns`` say by how much it is broken. None if nothing that could be named would do.
        """
        asked, assembly = self.asked, self.asked.model.assembly
        at = np.flatnonzero(np.isin(self.columns, columns))
        lower, upper = self.piece.col_lower.copy(), self.piece.col_upper.copy()
        open_ = np.isin(self.columns, assembly.unmet)
        upper[: self.own][open_] = asked.model.program.col_upper[self.columns[open_]]
        now, upper[at] = float(asked.x[columns].sum()), 0.0
        prices = self._prices(max(now, 1.0))
        first = self._solved(lower, upper, prices).values
        bounds = None if first is None else self._rounded_up(first, lower, upper)
        values = None if bounds is None else self._solved(*bounds, prices).values
        if values is None:
            exact = self._exact(lower, upper, prices).values
            values = None if exact is None else self._solved(*self._fixed(exact, lower, upper), prices).values
        return None if values is None else self.answer(values, at, now)

    def _without_other_goods(self, activity: int) -> tuple[Floats, Floats]:
        """Return column bounds in which goods that the activity does not take stay as they are."""
        lower, upper = self.piece.col_lower.copy(), self.piece.col_upper.copy()
        goods = self.asked.commodity[self.columns]
        still = np.flatnonzero((goods != BLANK) & ~self.asked.takes[activity, goods])
        lower[still] = upper[still] = self.asked.x[self.columns[still]]
        return lower, upper

    def _solved(self, lower: Floats, upper: Floats, costs: Floats) -> Outcome:
        return self._again.solve(lower, upper, costs)

    def _prices(self, people: float) -> Floats:
        """Return what breaking each row costs: one for as much of it as so many people could take."""
        asked = self.asked
        breaks = self.site.breaks
        by_person, by_unit = self.site.sizes
        scale = np.maximum(np.maximum(by_person * people, by_unit), 1e-9)
        kinds = asked.limits.table["kind"].to_numpy(dtype=object)[breaks.limit]
        money = np.isin(kinds, ["fund", "earmark"])
        scale[money] = scale[money].max(initial=1e-9)  # A dollar is a dollar, wherever it is missing.
        reluctance = asked.limits.table["reluctance"].to_numpy(float)[breaks.limit]
        prices = np.zeros(self.piece.columns)
        prices[self.own :] = reluctance / scale
        # Nothing whole is begun, or undone, that does not help.
        whole = self._whole
        kept = self.piece.col_lower[whole] < asked.x[self.columns][whole]
        prices[whole] = np.where(kept, -_PRICE_OF_WHOLE, _PRICE_OF_WHOLE)
        return prices

    def _used(self, values: Floats) -> Ints:
        """Return the columns that break something."""
        big = np.zeros(len(values), dtype=bool)
        big[self.own :] = values[self.own :] > 1e-7 + self.site.noise
        return np.flatnonzero(big)

    def _exact(self, lower: Floats, upper: Floats, costs: Floats) -> Outcome:
        """Return the outcome of the program in whole numbers."""
        piece = replace(self.piece, col_lower=lower, col_upper=upper, costs=costs, integer=self.site.integer)
        return solve_small(piece, self.site.scaling, self.effort(_CHOICE_SECONDS))

    def _rounded_up(self, values: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Return column bounds that fix what is whole, rounded up: for what is not there is not begun."""
        whole, values = self._whole, values.copy()
        chosen = np.clip(np.ceil(values[whole] - 1e-6), lower[whole], np.ceil(upper[whole] - 1e-9))
        once, when = (each[self.columns[whole]] for each in (self.asked.once, self.asked.when))
        twice = (chosen > 0.5) & (once != BLANK)
        if twice.any() and np.bincount(once[twice]).max() > 1:
            # What is done once is done in the first of these periods.
            first = pd.Series(when[twice]).groupby(once[twice]).transform("min").to_numpy()
            later = np.flatnonzero(twice)[when[twice] > first]
            chosen[later] = 0.0
        values[whole] = chosen
        return self._fixed(values, lower, upper)

    def _fixed(self, values: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Return column bounds that fix what is whole at these values, shape (columns,)."""
        lower, upper = lower.copy(), upper.copy()
        lower[self._whole] = upper[self._whole] = np.round(values[self._whole])
        return lower, upper

    def answer(self, values: Floats, at: int | Ints, now: float) -> Answer:
        """Return what a point of the piece says of the people in columns ``at``, ``now`` in the plan."""
        n, breaks = self.own, self.site.breaks
        broken = self._used(values) - n
        numbers, which = np.unique(breaks.limit[broken], return_inverse=True)
        lacking = values[n + broken] / breaks.each[broken]
        most, total = np.zeros((2, len(numbers)))
        np.maximum.at(most, which, lacking)
        np.add.at(total, which, lacking)
        moved = np.flatnonzero(np.abs(values[:n] - self.asked.x[self.columns]) > 1e-7)
        return Answer(
            limits=numbers,
            amounts=np.where(self.asked.limits.in_parts(numbers), total, most),
            places=tuple(breaks.place[broken[which == number]] for number in range(len(numbers))),
            people=now - float(np.sum(values[at])),
            columns=self.columns[moved],
            values=values[moved],
        )
