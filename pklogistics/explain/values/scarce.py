"""The scarce things of a mission: how much of each there is, what its price is, what a piece of it serves.

A thing is a limit of which one more unit means something. Where it can be split it has a price, for the next
unit; an amount that is of use only at once is a *piece*: what a shortfall lacks and nothing else, or one more
of what comes whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pklogistics.explain.limits.chain import WEIGHED
from pklogistics.explain.limits.kinds import PRICED, WHOLE
from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.tolerances import NO_PRICE
from pklogistics.explain.values.prices import Prices
from pklogistics.model.program import Floats, Ints

SHARE = 0.01
"""A value is confirmed with so much more of what there is, or with one more where it comes in whole units."""


@dataclass(frozen=True)
class Piece:
    """An amount at once: ``people`` and ``weighted`` need that it serves, divided by it.

    ``shortfall``: the line of the one that lacks it and nothing else; None for one more of what comes whole.
    Of that the best of a few sites is known: ``site``.
    """

    step: float
    people: float
    weighted: float
    shortfall: int | None = None
    site: int | None = None


@dataclass
class ScarceThing:
    """A limit of which more is of use.

    Attributes
    ----------
    limit : its number
    kind : its name
    amount : how much there is, 0 where the tables name none
    places : those that a price is of, together
    price : severity-weighted need that one more meets at most; 0 if it has none
    pieces : the most valuable first
    """

    limit: int
    kind: str
    amount: float
    places: Ints
    price: float = 0.0
    pieces: list[Piece] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether it comes whole."""
        return self.kind in WHOLE

    def hundredth(self, step: float = 1.0) -> float:
        """Return a hundredth of what there is; where there is no half a step, where nothing, of that."""
        if self.whole:
            return step
        return SHARE * self.amount if self.amount > 0 else SHARE * step

    @property
    def rank(self) -> float:
        """What a hundredth more is worth: a dollar and a platoon have no common unit.

        Of a piece no more is known than what it serves at once.
        """
        pieces = (each.weighted * min(each.step, self.hundredth(each.step)) for each in self.pieces)
        return max([self.price * self.hundredth(), *pieces])


def scarce_things(
    questions: Questions, prices: Prices, pieces: Iterable[tuple[int, Piece]]
) -> list[ScarceThing]:
    """Return the things of which more is of use, by the prices or in pieces, the most valuable first.

    ``pieces`` are told with the numbers of their limits.
    """
    things = _priced(questions, prices)
    for limit, piece in pieces:
        thing = things[limit] = things.get(limit) or _thing(questions, limit)
        same = [each for each in thing.pieces if each.step == piece.step]
        if not same or same[0].weighted < piece.weighted:
            thing.pieces = [each for each in thing.pieces if each not in same] + [piece]
    for thing in things.values():
        thing.pieces.sort(key=lambda piece: -piece.weighted)
    return sorted(things.values(), key=lambda thing: -thing.rank)


def _priced(questions: Questions, prices: Prices) -> dict[int, ScarceThing]:
    """Return the things of which more is of use by the prices, by limit."""
    limits = questions.limits
    of = np.concatenate([limits.of_row, limits.of_column])
    kinds = np.append(limits.table["kind"].to_numpy(object), "")
    at = np.flatnonzero((of != NONE) & np.isin(kinds[of], PRICED))
    if not prices.found or not len(at):
        return {}
    at = prices.of_use(at)
    frame = pd.DataFrame({"limit": of[at], "at": at, "worth": prices.worth(at)})
    # What a depot holds may serve one way or another: the best counts, and not all of them.
    frame = frame.sort_values("worth", ascending=False, kind="stable")
    lot = (kinds[frame["limit"]] == "stock") & frame.duplicated("limit").to_numpy()
    found: dict[int, ScarceThing] = {}
    for limit, lines in frame[~lot].groupby("limit"):
        worth = float(lines["worth"].sum())
        if worth > NO_PRICE:
            number = int(str(limit))
            places = np.sort(lines["at"].to_numpy(np.int64))
            found[number] = _thing(questions, number, places, worth)
    return found


def _thing(questions: Questions, limit: int, places: Ints | None = None, price: float = 0.0) -> ScarceThing:
    every = questions.limits.places(limit)
    return ScarceThing(
        limit,
        str(questions.limits.table["kind"].iloc[limit]),
        float(_amounts(questions, limit, every).max(initial=0.0)),
        every if places is None else places,
        price,
    )


def _amounts(questions: Questions, limit: int, places: Ints) -> Floats:
    """Return how much there is by the tables, at each place that says a limit, 0 where they name none."""
    line = questions.limits.table.iloc[limit]
    if line["kind"] == "stock":
        stock = questions.model.assembly.mission.frame("stock")["quantity"].to_numpy(float)
        return np.array([stock[list(line["rows"])].sum()])
    return questions.there(places)


def pieces_of(shortfalls: pd.DataFrame, limits: pd.DataFrame) -> list[tuple[int, Piece]]:
    """Return what one amount more serves where it is all that a shortfall lacks, the best of each thing.

    Those who could be served without it (``free`` in ``limits``) are not counted.
    """
    alone = limits[limits.groupby("shortfall")["kind"].transform("size") == 1]
    alone = alone[alone["kind"].isin(PRICED) & (alone["amount"] > NO_PRICE)]
    best: dict[int, Piece] = {}
    for line in alone.to_dict("records"):
        at, amount = int(line["shortfall"]), float(line["amount"])
        served = shortfalls.iloc[at]
        if not served["proven"] or WEIGHED in str(served["kind"]):
            continue
        step = max(float(np.ceil(amount - 1e-6)), 1.0) if line["kind"] in WHOLE else amount
        people = (float(served["people"]) - float(line["free"])) / step
        piece = Piece(step, people, people * float(served["weighted"]) / float(served["unmet"]), at)
        limit = int(line["limit"])
        if limit not in best or best[limit].weighted < piece.weighted:
            best[limit] = piece
    return list(best.items())
