"""The first things looked at again, by solving: what a step more gains, and how far its worth holds.

A step of each takes one program, how far its price holds takes several: so the steps of all come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import chain

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.shortfalls.answer import InOrder
from pklogistics.explain.shortfalls.exact_site import in_order
from pklogistics.explain.shortfalls.questions import Answer, Questions
from pklogistics.explain.tolerances import NO_PRICE, NOTHING
from pklogistics.explain.values.first_tiers import FirstTiers
from pklogistics.explain.values.prices import Prices
from pklogistics.explain.values.scarce import Piece, ScarceThing
from pklogistics.explain.values.value import CONFIRMED, Value, of_piece, step_of
from pklogistics.explain.values.worth import SAME, Worth, from_step, worth_of
from pklogistics.model.program import Ints

_LOOKS = 30
"""So many things are looked at for them: of some, prices say more than one more gains, which is nothing."""

_FAR = (np.inf, 100.0, 1.0)
"""Where to look for the end of a price: with no limit, or so many times what there is."""


@dataclass(frozen=True)
class Look:
    """What it takes to look at things once more, by solving again; for how long."""

    questions: Questions
    prices: Prices
    first: FirstTiers
    shortfalls: pd.DataFrame
    until: Deadline
    _answers: dict[int, Answer | None] = field(default_factory=dict)
    _steps: dict[int, Value] = field(default_factory=dict)

    def at_first(self, things: Iterable[ScarceThing]) -> tuple[list[Value], list[ScarceThing]]:
        """Return the values of the first things, solved again, and the others."""
        first, rest = self.confirmed(things)
        pieces = [[self._first_to_mandates(thing, piece) for piece in thing.pieces] for thing, _ in first]
        found = [self._further(*each, own) for each, own in zip(first, pieces, strict=True)]
        return list(chain.from_iterable(found)), rest

    def confirmed(
        self, things: Iterable[ScarceThing]
    ) -> tuple[list[tuple[ScarceThing, Value | None]], list[ScarceThing]]:
        """Return the first things of which a step more gains, with what it does, and those not looked at.

        Those of which a step gains nothing are none of them; of pieces it is known what they serve. What was
        found out is kept.
        """
        found: list[tuple[ScarceThing, Value | None]] = []
        rest: list[ScarceThing] = []
        for number, thing in enumerate(things):
            if number >= _LOOKS or len(found) >= CONFIRMED:
                rest.append(thing)
                continue
            value = self._step(thing) if thing.price else None
            if thing.price and value is None:
                rest.append(thing)
            elif thing.pieces or (value is not None and value.weighted > NO_PRICE):
                found.append((thing, value))
        return found, rest

    def _step(self, thing: ScarceThing) -> Value | None:
        """Return what each of a step more is worth; None if that was not found out in time."""
        step = step_of(thing)
        if thing.limit not in self._steps:
            gain = None if self.until.passed else self.prices.gain(thing.places, step, self.until)
            if gain is None:
                return None
            worth = from_step(gain, thing.price, step)
            self._steps[thing.limit] = self._value(thing, self.prices, thing.places, worth)
        return replace(self._steps[thing.limit], thing=thing)

    def _further(self, thing: ScarceThing, value: Value | None, pieces: list[Value]) -> list[Value]:
        """Return the values of one thing, with how far they hold as far as there is time for it."""
        if value is not None:
            worth = self._worth(self.prices, thing.places, thing.price, thing.amount)
            # Of the average of many less is known than of that of a step.
            if worth is not None and worth.weighted >= SAME * value.weighted:
                value = _worth_so_much(value, worth)
        best = max(self._begun(thing), key=lambda each: each[2].weighted, default=None)
        if best is not None and best[2].weighted > (0.0 if value is None else value.weighted):
            begun = self._value(thing, *best)
            value = begun if np.isfinite(begun.confirmed) else value
        if value is None or value.weighted <= NO_PRICE:
            return pieces
        return [value, *(piece for piece in pieces if piece.weighted * SAME > value.weighted)]

    def _first_to_mandates(self, thing: ScarceThing, piece: Piece) -> Value:
        """Return a piece confirmed where tiers before need could be met better: more goes there first."""
        value, places = of_piece(thing, piece), self.questions.limits.places(thing.limit)
        if not self.first.before:
            return value
        if piece.shortfall is None:
            return self._whole_in_order(value, piece)
        begun = self._prices_begun(piece.shortfall, thing.kind)
        if begun is None and self.first.spared(places, self.until):
            return value
        again = self._confirmed(value, begun or self.prices, places, piece.step)
        # Where nothing goes to mandates the answer that was proven stands.
        first = abs(again.confirmed_mandates) > NOTHING
        return again if first else replace(value, confirmed_mandates=again.confirmed_mandates)

    def _whole_in_order(self, value: Value, piece: Piece) -> Value:
        """Return one more of what comes whole, confirmed at its site with what goes to mandates first."""
        assert piece.site is not None, "it is known where one more serves most"
        unknown = replace(value, confirmed=np.nan, confirmed_people=np.nan, confirmed_mandates=np.nan)
        question, tiers = self.questions.at_site(piece.site, until=self.until), self.first.before
        left = [
            None if self.until.passed else in_order(question, limits, tiers)
            for limits in (EMPTY, np.array([value.thing.limit]))
        ]
        return unknown if left[0] is None or left[1] is None else value.confirmed_by(left[0], left[1], 1.0)

    def _begun(self, thing: ScarceThing) -> Iterator[tuple[Prices, Ints, Worth]]:
        """Yield what a thing is worth where that is begun which takes a piece of it."""
        if thing.whole or not self.prices.found:
            return
        at_once = max((piece.weighted for piece in thing.pieces), default=0.0)
        places = self.questions.limits.places(thing.limit)
        for piece in thing.pieces:
            if self.until.passed:
                return
            if piece.shortfall is None:
                continue
            begun = self._prices_begun(piece.shortfall, thing.kind)
            for at in [places] if thing.kind != "stock" else places[:, None]:
                nothing = None if begun is None or self.until.passed else begun.gain(at, 0.0, self.until)
                if begun is None or nothing is None or nothing.weighted < -NO_PRICE * (1 + at_once):
                    continue
                worth = self._worth(begun, at, nothing.slope, thing.amount)
                if worth is not None:
                    yield begun, at, worth

    def _prices_begun(self, shortfall: int, kind: str) -> Prices | None:
        """Return the prices where what a shortfall takes is begun; None if nothing has to be."""
        sets = self.questions.model.assembly.sets
        n = sets.number_of(self.shortfalls.iloc[shortfall])
        if n not in self._answers:
            self._answers[n] = self.questions.at_site(int(sets.needs["site"][n]), until=self.until).ask(n)
        answer = self._answers[n]
        if answer is None or set(self.questions.limits.table["kind"].iloc[answer.limits]) != {kind}:
            return None
        whole = self.questions.model.program.integer[answer.columns]
        return self.prices.begun(answer.columns[whole], answer.values[whole]) if whole.any() else None

    def _worth(self, prices: Prices, places: Ints, price: float, amount: float) -> Worth | None:
        ends = [end * (amount or 1.0) for end in _FAR]
        return worth_of(partial(prices.gain, places, until=self.until), price, ends, self.until)

    def _value(self, thing: ScarceThing, prices: Prices, places: Ints, worth: Worth) -> Value:
        """Return what is told of a price: what one more serves, for how many, and with a step more."""
        gained = partial(prices.gain, places, until=self.until)
        value = _worth_so_much(Value(thing, worth.weighted, gained=gained), worth)
        value = self._confirmed(value, prices, places, step_of(thing))
        if self.first.before or not value.confirmed * SAME > value.weighted:
            return value
        each = Worth(value.confirmed, value.confirmed_people, value.step, further=True)
        return _worth_so_much(value, each)

    def _confirmed(self, value: Value, prices: Prices, places: Ints, step: float) -> Value:
        """Return a value with what each of a step gains: with what goes to broken mandates first."""
        value = replace(value, step=step)
        if self.first.before and not (prices is self.prices and self.first.spared(places, self.until)):
            before, after = self._now, self.first.left(prices, places, step, self.until)
            return value if before is None or after is None else value.confirmed_by(before, after, step)
        again = None if self.until.passed else prices.gain(places, step, self.until)
        if again is None:
            return value
        need, people = again.weighted / step, again.people / step
        return replace(value, confirmed=need, confirmed_people=people, confirmed_mandates=0.0)

    @cached_property
    def _now(self) -> InOrder | None:
        """What is left with nothing more."""
        return self.first.left(self.prices, EMPTY, 0.0, self.until)


def _worth_so_much(value: Value, worth: Worth) -> Value:
    """Return a value with what one more is found to be worth."""
    return replace(
        value, weighted=worth.weighted, people=worth.people, most=worth.most, further=worth.further
    )
