"""A line of the table of values: what one more of a thing is worth, as far as it was found out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pklogistics.explain.shortfalls.answer import InOrder
from pklogistics.explain.values.scarce import SHARE, Piece, ScarceThing
from pklogistics.explain.values.worth import Gained

CONFIRMED = 10
"""So many of the first values are confirmed by solving again."""


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

    @property
    def raised(self) -> float:
        """The step by which it is confirmed, or would be."""
        return self.step if np.isfinite(self.step) else step_of(self.thing)

    def confirmed_by(self, before: InOrder, after: InOrder, step: float) -> Value:
        """Return the value confirmed by what is left before and after a step more of its thing."""
        return replace(
            self,
            confirmed=(before.weighted - after.weighted) / step,
            confirmed_people=(before.people - after.people) / step,
            confirmed_mandates=(before.mandate - after.mandate) / step,
        )


def of_piece(thing: ScarceThing, piece: Piece) -> Value:
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


def unseen(thing: ScarceThing) -> Value:
    """Return the best that is known of a thing that was not solved again."""
    if thing.pieces and thing.pieces[0].weighted > thing.price:
        return of_piece(thing, thing.pieces[0])
    return Value(thing, thing.price)


def step_of(thing: ScarceThing) -> float:
    """Return the step by which a price of a thing is confirmed."""
    return 1.0 if thing.whole else share_of(thing.amount)


def share_of(amount: float) -> float:
    """Return the step by which a value is confirmed of something of which there is so much."""
    return SHARE * amount if amount > 0 else 1.0
