"""What one more unit of each scarce thing is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.explain.kinds import BY_NAME, PRICED, WHOLE
from pklogistics.explain.limits import EMPTY, period_of
from pklogistics.explain.prices import InOrder, Prices
from pklogistics.explain.questions import Answer, Questions
from pklogistics.explain.results import VALUE_COLUMNS
from pklogistics.explain.scarce import TEXTS, THING, Scarce, name_of
from pklogistics.explain.until import Until
from pklogistics.explain.wholes import one_more_of_each
from pklogistics.explain.wording import WEIGHED, Wording
from pklogistics.explain.worth import NOTHING, Worth, less_of, worth_of
from pklogistics.model.program import Ints

CONFIRMED = 10
"""So many of the first values are confirmed by solving again."""

_CONFIRMED = ("confirmed", "confirmed_people", "confirmed_mandates")

_LOOKS = 30
"""So many things are looked at for them: of some, prices say more than one more gains, which is nothing."""

_SHARE = 0.01
"""A value is confirmed with so much more of what there is, or with one more where it comes in whole units."""

_SAME_WORTH = 1e-6

_FAR = (np.inf, 100.0, 1.0)
"""Where to look for the end of a price: with no limit, or so many times what there is."""


def value_table(
    questions: Questions,
    wording: Wording,
    prices: Prices,
    shortfalls: pd.DataFrame,
    limits: pd.DataFrame,
    until: Until,
) -> pd.DataFrame:
    """Return the values, ranked by the severity-weighted need that one more unit meets, per `VALUE_COLUMNS`.

    Amounts that can be split are priced: by the duals, with who is present as it is, and with what is begun
    for the best of the shortfalls that lack nothing else. Where that one holds for no less than a piece, or
    one more of something whole is asked for (see `wholes`), it is a line of its own.
    """
    scarce = Scarce(questions)
    things = _things(questions, prices, scarce, shortfalls, limits, until)
    if things.empty:
        return pd.DataFrame(columns=list(VALUE_COLUMNS))
    things = _ranked(things)
    looked, rest = _Look(questions, prices, scarce, shortfalls, until).at_first(things)
    best = rest.sort_values("weighted", ascending=False, kind="stable").drop_duplicates(THING).index
    parts = [part for part in (_ranked(looked), rest.loc[rest.index.isin(best)]) if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(VALUE_COLUMNS))
    table = pd.concat(parts, ignore_index=True)
    lines = table.to_dict("records")
    stands = [wording.stands(BY_NAME[line["kind"]], pd.Series(line)) for line in lines]
    return table.assign(
        name=[name_of(line) for line in lines],
        table=[table for table, _ in stands],
        column=[column for _, column in stands],
        measure=[wording.measure(BY_NAME[line["kind"]], pd.Series(line)) for line in lines],
    ).reindex(columns=list(VALUE_COLUMNS))


def _things(
    questions: Questions,
    prices: Prices,
    scarce: Scarce,
    shortfalls: pd.DataFrame,
    limits: pd.DataFrame,
    until: Until,
) -> pd.DataFrame:
    """Return a line for each price of a thing, each piece, and one more of what is whole, before any look."""
    counted = one_more_of_each(questions, shortfalls, until.part(0.5)).assign(step=1.0, at_least=True)
    pieces = _pieces(questions, shortfalls, limits)
    for frame in (counted, pieces):
        frame[TEXTS] = frame.reindex(columns=TEXTS).astype(object).fillna("")
        frame["amount"] = [float(scarce.of(line)["amount"].max()) for line in frame.to_dict("records")]
    things = pd.concat([scarce.priced(prices), pieces, counted], ignore_index=True)
    things[TEXTS] = things.reindex(columns=TEXTS).astype(object).fillna("").astype(str)
    things["period"] = things["period"].fillna(0).astype(int)
    for name in (
        "weighted",
        "amount",
        "people",
        "least",
        "most",
        "confirmed",
        "confirmed_people",
        "confirmed_mandates",
        "step",
        "shortfall",
    ):
        things[name] = things[name].astype(float) if name in things else np.nan
    for name in ("further", "at_least"):
        things[name] = things[name].eq(True) if name in things else False
    # The answer that says what a piece serves is the proof, checked by arithmetic.
    whole = things["step"].notna()
    things.loc[whole, "confirmed"], things.loc[whole, "confirmed_people"] = (
        things["weighted"],
        things["people"],
    )
    things.loc[whole, ["least", "most", "confirmed_mandates"]] = 0.0
    # One more of a thing may serve at several sites: the best counts.
    best = things.sort_values(["weighted", "at_least"], ascending=[False, True], kind="stable")
    return best.drop_duplicates([*THING, "step"]).sort_index()


def share_of(amount: float) -> float:
    """Return the step by which a value is confirmed of something of which there is so much."""
    return max(_SHARE * amount, 1e-3) if amount > 0 else 1.0


def _ranked(things: pd.DataFrame) -> pd.DataFrame:
    """Rank by what a hundredth more of each is worth: a dollar and a platoon have no common unit.

    Where there is no half, it is one more; where there is nothing, a hundredth of what could be used at once.
    """
    piece = things["step"].where(things["most"].eq(0), things["most"])
    finite = piece.where(np.isfinite(piece.astype(float)))
    size = (_SHARE * things["amount"].where(things["amount"] > 0, finite)).fillna(1.0)
    size = size.where(~things["kind"].isin(WHOLE), things["step"].fillna(1.0))
    worth = things["weighted"].astype(float) * size.astype(float)
    return things.loc[worth.sort_values(ascending=False, kind="stable").index]


def _pieces(questions: Questions, shortfalls: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Return what one amount more serves where it is all that a shortfall lacks, the best of each thing."""
    alone = limits[limits.groupby("shortfall")["kind"].transform("size") == 1]
    alone = alone[alone["kind"].isin(PRICED) & (alone["amount"] > NOTHING)]
    served = shortfalls.iloc[alone["shortfall"].to_numpy(np.int64)].reset_index(drop=True)
    frame = alone.reset_index(drop=True)
    whole, amount = frame["kind"].isin(WHOLE), frame["amount"].astype(float)
    step = np.where(whole, np.maximum(np.ceil(amount - 1e-6), 1.0), amount)
    frame = frame.reindex(columns=["shortfall", *THING]).assign(
        step=step, people=served["people"].to_numpy(float) / step
    )
    frame["weighted"] = frame["people"] * (served["weighted"] / served["unmet"]).to_numpy(float)
    frame["period"] = period_of(questions.model, frame)
    gains = served["proven"].to_numpy(bool) & ~served["kind"].astype(str).str.contains(WEIGHED).to_numpy(bool)
    frame = frame[gains].sort_values("weighted", ascending=False, kind="stable")
    return frame.drop_duplicates(THING).reset_index(drop=True)


@dataclass(frozen=True)
class _Look:
    """What it takes to look at things once more, by solving again; for how long."""

    questions: Questions
    prices: Prices
    scarce: Scarce
    shortfalls: pd.DataFrame
    until: Until
    _answers: dict[int, Answer | None] = field(default_factory=dict)

    def at_first(self, things: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the lines of the first things, solved again, and those of the others as they are."""
        numbers = things.groupby(THING, sort=False, dropna=False).ngroup()
        found: list[pd.DataFrame] = []
        done: list[int] = []
        for number in range(min(_LOOKS, numbers.max() + 1)):
            if sum(map(len, found)) >= CONFIRMED or self.until.passed:
                break
            again = self._again(things[numbers == number])
            if again is None:
                continue
            found.append(again)
            done.append(number)
        rest = things[~numbers.isin(done)]
        kept = [lines for lines in found if len(lines)]
        return (pd.concat(kept, ignore_index=True) if kept else things.iloc[:0]), rest

    def _again(self, lines: pd.DataFrame) -> pd.DataFrame | None:
        """Return the lines of one thing, solved again; None if that was not found out in time."""
        pieces = self._first_to_mandates(lines[lines["step"].notna()])
        kind, amount = str(lines["kind"].iloc[0]), float(lines["amount"].max())
        price = lines[lines["step"].isna()]
        told: list[tuple[Prices, Ints, Worth]] = []
        if len(price):
            named = np.array(price["limits"].iloc[0], dtype=np.int64)
            worth = self._worth(self.prices, named, float(price["weighted"].iloc[0]), amount)
            if worth is None:
                return None
            told.append((self.prices, named, worth))
        if kind not in WHOLE and self.prices.found:
            told += self._begun(kind, amount, pieces)
        told = [each for each in told if each[2].weighted > NOTHING]
        if not told:
            return pieces
        begun, named, worth = max(told, key=lambda each: each[2].weighted)
        line = lines.head(1).assign(**self._figures(begun, named, worth, kind, amount), at_least=False)
        more = pieces[pieces["weighted"] > worth.weighted * (1 + _SAME_WORTH)]
        return pd.concat([line, more])

    def _first_to_mandates(self, pieces: pd.DataFrame) -> pd.DataFrame:
        """Return the pieces confirmed where tiers before need could be met better: more goes there first.

        Of one more of what comes whole it is not known how much: its figure leaves mandates as they are.
        """
        if not self.prices.before or pieces.empty:
            return pieces
        found = {}
        for at, piece in pieces.iterrows():
            found[at] = {**piece[list(_CONFIRMED)], "confirmed_mandates": np.nan}
            if not np.isnan(piece["shortfall"]):
                limits = self.scarce.of(piece.to_dict())["at"].to_numpy(np.int64)
                begun = self._prices_begun(self.shortfalls.iloc[int(piece["shortfall"])], str(piece["kind"]))
                again = self._confirmed(begun or self.prices, limits, float(piece["step"]))
                # Where nothing goes to mandates the answer that was proven stands.
                first = abs(again["confirmed_mandates"]) > _SAME_WORTH
                found[at] = (
                    again if first else {**found[at], "confirmed_mandates": again["confirmed_mandates"]}
                )
        return pieces.assign(**pd.DataFrame.from_dict(found, orient="index"))

    def _begun(self, kind: str, amount: float, pieces: pd.DataFrame) -> Iterator[tuple[Prices, Ints, Worth]]:
        """Yield what a thing is worth where that is begun which takes a piece of it."""
        at_once = float(pieces["weighted"].max()) if len(pieces) else 0.0
        for piece in pieces[pieces["shortfall"].notna()].to_dict("records"):
            if self.until.passed:
                return
            limits = self.scarce.of(piece)["at"].to_numpy(np.int64)
            begun = self._prices_begun(self.shortfalls.iloc[int(piece["shortfall"])], kind)
            for named in [limits] if kind != "stock" else limits[:, None]:
                nothing = None if begun is None or self.until.passed else begun.gain(named, 0.0, self.until)
                if begun is None or nothing is None or nothing.weighted < -NOTHING * (1 + at_once):
                    continue
                worth = self._worth(begun, named, nothing.slope, amount)
                if worth is not None:
                    yield begun, named, worth

    def _prices_begun(self, shortfall: pd.Series, kind: str) -> Prices | None:
        """Return the prices where what a shortfall takes is begun; None if nothing has to be."""
        sets = self.questions.model.assembly.sets
        n = sets.number_of(shortfall)
        if n not in self._answers:
            self._answers[n] = self.questions.about(int(sets.needs["site"][n])).ask(n)
        answer = self._answers[n]
        if answer is None or set(self.questions.limits.table["kind"].iloc[answer.limits]) != {kind}:
            return None
        whole = self.questions.model.program.integer[answer.columns]
        return self.prices.begun(answer.columns[whole], answer.values[whole]) if whole.any() else None

    def _worth(self, prices: Prices, limits: Ints, price: float, amount: float) -> Worth | None:
        ends = [end * max(amount, 1.0) for end in _FAR]
        return worth_of(partial(prices.gain, limits, until=self.until), price, ends, self.until)

    def _figures(
        self, prices: Prices, limits: Ints, worth: Worth, kind: str, amount: float
    ) -> dict[str, Any]:
        """Return what is told of a price: what one more serves, for how many, and with a step more."""
        gained = partial(prices.gain, limits, until=self.until)
        step = 1.0 if kind in WHOLE else share_of(amount)
        return {
            **{"people": worth.people, "weighted": worth.weighted},
            **{"least": less_of(gained, worth.weighted, amount, self.until), "most": worth.most},
            **{"further": worth.further, "step": step},
            **self._confirmed(prices, limits, step),
        }

    def _confirmed(self, prices: Prices, limits: Ints, step: float) -> dict[str, float]:
        """Return what each of a step gains: where mandates are broken, with what goes to them first."""
        need = people = mandates = np.nan
        if prices.before:
            before, after = self._now, prices.in_order(limits, step, self.until)
            if before is not None and after is not None:
                need, people = before.weighted - after.weighted, before.people - after.people
                mandates = before.mandate - after.mandate
        else:
            again = None if self.until.passed else prices.gain(limits, step, self.until)
            if again is not None:
                need, people, mandates = again.weighted, again.people, 0.0
        return dict(zip(_CONFIRMED, (need / step, people / step, mandates / step), strict=True))

    @cached_property
    def _now(self) -> InOrder | None:
        """What is left with nothing more."""
        return self.prices.in_order(EMPTY, 0.0, self.until)
