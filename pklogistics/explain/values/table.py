"""What one more unit of each scarce thing is worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.kinds import BY_NAME
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.results import VALUE_COLUMNS, named
from pklogistics.explain.shortfalls.answer import InOrder
from pklogistics.explain.shortfalls.exact_site import in_order
from pklogistics.explain.shortfalls.questions import Answer, Questions
from pklogistics.explain.tolerances import NO_PRICE, NOTHING
from pklogistics.explain.values.one_more import one_more_of_each
from pklogistics.explain.values.prices import Prices
from pklogistics.explain.values.scarce import SHARE, Piece, ScarceThing, pieces_of, scarce_things
from pklogistics.explain.values.worth import SAME, Gained, Worth, less_of, worth_of
from pklogistics.model.program import Ints

CONFIRMED = 10
"""So many of the first values are confirmed by solving again."""

_LOOKS = 30
"""So many things are looked at for them: of some, prices say more than one more gains, which is nothing."""

_FAR = (np.inf, 100.0, 1.0)
"""Where to look for the end of a price: with no limit, or so many times what there is."""


@dataclass(frozen=True)
class Value:
    """A line of the table: what one more of a thing is worth; see `VALUE_COLUMNS`. NaN: not known.

    ``gained`` solves again for what so much more gains, where it is worth that by a price.
    """

    thing: ScarceThing
    weighted: float
    people: float = np.nan
    least: float = np.nan
    most: float = np.nan
    further: bool = False
    confirmed: float = np.nan
    step: float = np.nan
    confirmed_people: float = np.nan
    confirmed_mandates: float = np.nan
    at_least: bool = False
    gained: Gained | None = None

    @property
    def rank(self) -> float:
        """What a hundredth more is worth, as far as that is known to hold."""
        piece = self.step if self.most == 0 else self.most
        if not np.isfinite(piece):
            return self.weighted * self.thing.hundredth()
        return self.weighted * min(piece, self.thing.hundredth(piece))


def value_table(
    questions: Questions,
    wording: Wording,
    prices: Prices,
    shortfalls: pd.DataFrame,
    limits: pd.DataFrame,
    until: Deadline,
) -> pd.DataFrame:
    """Return the values, ranked by the severity-weighted need that one more unit meets, per `VALUE_COLUMNS`.

    Amounts that can be split are priced: by the duals, with who is present as it is, and with what is begun
    for the best of the shortfalls that lack nothing else. Where that one holds for no less than a piece, or
    one more of something whole is asked for (see `one_more`), it is a line of its own.
    """
    counted = one_more_of_each(questions, shortfalls, until.part(0.5))
    things = scarce_things(questions, prices, [*counted, *pieces_of(shortfalls, limits)])
    looked, rest = _Look(questions, prices, shortfalls, until).at_first(things)
    # How much may be taken away takes longest to find out, and ranks nothing: first all are confirmed.
    found = [_with_least(value, until) for value in sorted(looked, key=lambda value: -value.rank)]
    # A line of what was not looked at tells the best that is known of it.
    found += sorted(map(_unseen, rest), key=lambda value: -value.rank)
    lines = [_line(questions, wording, value) for value in found]
    return pd.DataFrame(lines, columns=list(VALUE_COLUMNS))


def _line(questions: Questions, wording: Wording, value: Value) -> dict[str, object]:
    """Return the line of a value, with the names of its thing."""
    thing = value.thing
    labels, kind = questions.limits.told(thing.limit), BY_NAME[thing.kind]
    table, column = wording.stands(kind, labels)
    told = {name: getattr(value, name) for name in VALUE_COLUMNS if name in Value.__dataclass_fields__}
    return {
        **labels,
        **told,
        **{"kind": thing.kind, "amount": thing.amount, "table": table, "column": column},
        **{"name": name_of(labels), "measure": wording.measure(kind, labels)},
    }


def name_of(labels: pd.Series) -> str:
    """Return the labels of a thing as one name: "port - camp", "unicef, period 2"."""
    return ", ".join(label for _, label in named(labels.to_dict()))


def _of_piece(thing: ScarceThing, piece: Piece) -> Value:
    """Return the value of a piece: the answer that says what it serves is the proof."""
    return Value(
        thing,
        weighted=piece.weighted,
        people=piece.people,
        least=0.0,
        most=0.0,
        confirmed=piece.weighted,
        step=piece.step,
        confirmed_people=piece.people,
        confirmed_mandates=0.0,
        at_least=piece.shortfall is None,
    )


def _gained(value: Value, before: InOrder, after: InOrder, step: float) -> Value:
    """Return a value confirmed by what is left before and after a step more of its thing."""
    return replace(
        value,
        confirmed=(before.weighted - after.weighted) / step,
        confirmed_people=(before.people - after.people) / step,
        confirmed_mandates=(before.mandate - after.mandate) / step,
    )


def _with_least(value: Value, until: Deadline) -> Value:
    """Return a value with how much can be taken away before one less loses more, if there is time."""
    if value.gained is None or until.passed:
        return value
    return replace(value, least=less_of(value.gained, value.weighted, value.thing.amount, until))


def _unseen(thing: ScarceThing) -> Value:
    """Return the best that is known of a thing that was not solved again."""
    if thing.pieces and thing.pieces[0].weighted > thing.price:
        return _of_piece(thing, thing.pieces[0])
    return Value(thing, thing.price)


def share_of(amount: float) -> float:
    """Return the step by which a value is confirmed of something of which there is so much."""
    return SHARE * amount if amount > 0 else 1.0


@dataclass(frozen=True)
class _Look:
    """What it takes to look at things once more, by solving again; for how long."""

    questions: Questions
    prices: Prices
    shortfalls: pd.DataFrame
    until: Deadline
    _answers: dict[int, Answer | None] = field(default_factory=dict)

    def at_first(self, things: Iterable[ScarceThing]) -> tuple[list[Value], list[ScarceThing]]:
        """Return the values of the first things, solved again, and the others."""
        found: list[Value] = []
        rest: list[ScarceThing] = []
        for number, thing in enumerate(things):
            ended = number >= _LOOKS or len(found) >= CONFIRMED or self.until.passed
            again = None if ended else self._again(thing)
            if again is None:
                rest.append(thing)
            else:
                found += again
        return found, rest

    def _again(self, thing: ScarceThing) -> list[Value] | None:
        """Return the values of one thing, solved again; None if that was not found out in time."""
        pieces = [self._first_to_mandates(thing, piece) for piece in thing.pieces]
        told: list[tuple[Prices, Ints, Worth]] = []
        if thing.price:
            worth = self._worth(self.prices, thing.places, thing.price, thing.amount)
            if worth is None:
                return None
            told.append((self.prices, thing.places, worth))
        if not thing.whole and self.prices.found:
            told += self._begun(thing)
        told = [each for each in told if each[2].weighted > NO_PRICE]
        if not told:
            return pieces
        begun, places, worth = max(told, key=lambda each: each[2].weighted)
        more = [value for value in pieces if value.weighted * SAME > worth.weighted]
        return [self._value(thing, begun, places, worth), *more]

    def _first_to_mandates(self, thing: ScarceThing, piece: Piece) -> Value:
        """Return a piece confirmed where tiers before need could be met better: more goes there first."""
        value = _of_piece(thing, piece)
        if not self.prices.before:
            return value
        if piece.shortfall is None:
            return self._whole_in_order(value, piece)
        begun = self._prices_begun(piece.shortfall, thing.kind)
        places = self.questions.limits.places(thing.limit)
        again = self._confirmed(value, begun or self.prices, places, piece.step)
        # Where nothing goes to mandates the answer that was proven stands.
        first = abs(again.confirmed_mandates) > NOTHING
        return again if first else replace(value, confirmed_mandates=again.confirmed_mandates)

    def _whole_in_order(self, value: Value, piece: Piece) -> Value:
        """Return one more of what comes whole, confirmed at its site with what goes to mandates first."""
        assert piece.site is not None, "it is known where one more serves most"
        unknown = replace(value, confirmed=np.nan, confirmed_people=np.nan, confirmed_mandates=np.nan)
        question, tiers = self.questions.at_site(piece.site, until=self.until), self.prices.before
        left = [
            None if self.until.passed else in_order(question, limits, tiers)
            for limits in (EMPTY, np.array([value.thing.limit]))
        ]
        return unknown if left[0] is None or left[1] is None else _gained(value, left[0], left[1], 1.0)

    def _begun(self, thing: ScarceThing) -> Iterator[tuple[Prices, Ints, Worth]]:
        """Yield what a thing is worth where that is begun which takes a piece of it."""
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
        value = Value(
            thing,
            weighted=worth.weighted,
            people=worth.people,
            most=worth.most,
            further=worth.further,
            gained=partial(prices.gain, places, until=self.until),
        )
        return self._confirmed(value, prices, places, 1.0 if thing.whole else share_of(thing.amount))

    def _confirmed(self, value: Value, prices: Prices, places: Ints, step: float) -> Value:
        """Return a value with what each of a step gains: with what goes to broken mandates first."""
        value = replace(value, step=step)
        if prices.before:
            before, after = self._now, prices.in_order(places, step, self.until)
            return value if before is None or after is None else _gained(value, before, after, step)
        again = None if self.until.passed else prices.gain(places, step, self.until)
        if again is None:
            return value
        need, people = again.weighted / step, again.people / step
        return replace(value, confirmed=need, confirmed_people=people, confirmed_mandates=0.0)

    @cached_property
    def _now(self) -> InOrder | None:
        """What is left with nothing more."""
        return self.prices.in_order(EMPTY, 0.0, self.until)
