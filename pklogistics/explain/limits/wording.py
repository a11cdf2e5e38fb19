"""What binds, in the words of the tables: the chain of limits of each answer, and what sentences ask of it.

Keys stand in them as `plan.mention` has it, so that reports can tell names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from itertools import chain as every

import numpy as np
import pandas as pd

from pklogistics.explain.limits.chain import (
    HOPELESS,
    HOPELESS_WORDS,
    NOT_TOLD,
    OPEN,
    OPEN_WORDS,
    WEIGHED,
    WEIGHED_WORDS,
    Chain,
)
from pklogistics.explain.limits.kinds import BY_NAME, GOODS, Kind
from pklogistics.explain.limits.limits import alike
from pklogistics.explain.limits.places import table_rows
from pklogistics.explain.limits.sentences import BindingLimit, counted, number, plural, when_of
from pklogistics.explain.shortfalls.questions import Answer, Questions
from pklogistics.instance.changes import key_of
from pklogistics.instance.mission import Mission
from pklogistics.model.force.reasons import kept_away
from pklogistics.model.program import Ints
from pklogistics.plan.mention import mention


class Wording:
    """Words for the answers about one plan."""

    def __init__(
        self,
        questions: Questions,
        currency: str,
        worth: pd.Series | None = None,
        told: Mission | None = None,
    ) -> None:
        """Prepare.

        Parameters
        ----------
        questions : of the plan, about a mission without its refusals
        worth : the weighted need that one more unit of money in each fund meets
        told : the mission with its refusals; without it no row is named that refuses consent
        """
        self.asked = questions
        self._model, self._x = questions.model, questions.x
        self.mission = questions.model.assembly.mission
        self.told = told or self.mission
        self.currency = currency
        self._keys: dict[int, tuple[str, ...]] = {}
        self._binding: dict[tuple[int, bytes | None], BindingLimit] = {}
        self.worth = worth if worth is not None else pd.Series(dtype=float)
        goods = self.mission.frame("commodities")
        self._goods_unit = dict(zip(goods["commodity"], goods["unit"], strict=True))
        self._depots = frozenset(self.mission.frame("depots")["depot"])

    def of(self, answer: Answer | None, weight: float = 0.0, *, begun: bool = False) -> Chain:
        """Return the chain of one answer about a need.

        ``weight`` is what one person of it counts, ``begun`` whether a part of it is served.
        """
        if answer is None:
            return NOT_TOLD
        if not answer.people:
            return Chain(HOPELESS, HOPELESS_WORDS)
        if not len(answer.limits):
            dear = self.asked.dearer(answer, relaxed=False)
            return Chain(WEIGHED if dear else OPEN, WEIGHED_WORDS if dear else OPEN_WORDS)
        gain = answer.people * weight
        lines = tuple(
            self.line(int(at), float(by), places, gain=gain, begun=begun)
            for at, by, places in zip(answer.limits, answer.amounts, answer.places, strict=True)
        )
        kinds, said = (list(dict.fromkeys(str(line[name]) for line in lines)) for name in ("kind", "words"))
        weighed = self.asked.dearer(answer, relaxed=True)
        kinds = [*kinds, WEIGHED] if weighed else kinds
        return Chain(" + ".join(kinds), "; ".join(said), lines, weighed)

    def line(
        self,
        limit: int,
        amount: float | None,
        places: Ints | None = None,
        *,
        gain: float = 0.0,
        begun: bool = False,
    ) -> dict[str, object]:
        """Return the line of a limit: its place in the tables, how much of it is missing, and its words.

        Where it is not known how much is missing (None) the words name no amount. ``places`` are where the
        plan breaks it; without them the words are of all of it, and say how much there is, not what the plan
        leaves. ``gain`` is the weighted need that would be met, ``begun`` whether a part of it is served.
        """
        binding = replace(self._bound(limit, places), amount=amount, gain=gain, begun=begun)
        row, kind = binding.row, BY_NAME[str(self.asked.limits.table["kind"].iloc[limit])]
        table, column = self.stands(kind, row)
        return {
            **row,
            **{"limit": limit, "kind": kind.name, "table": table, "column": column},
            **{"keys": self.keys(limit), "amount": amount, "measure": self.measure(kind, row)},
            "words": kind.sentence(self, binding),
        }

    def _bound(self, limit: int, places: Ints | None) -> BindingLimit:
        """Return a limit that binds at these places, with no amount: many shortfalls lack the same."""
        key = limit, None if places is None else places.tobytes()
        if key not in self._binding:
            limits = self.asked.limits
            every = limits.places(limit) if places is None else places
            labels = limits.labels_of(every)
            periods = labels["period"] if places is not None else limits.table["period"].iloc[[limit]]
            self._binding[key] = BindingLimit(
                alike(labels),
                labels,
                None,
                when_of(periods, self.mission.T),
                left=self.asked.left(every),
                most=float(self.asked.there(every).max(initial=0.0)) if places is None else None,
            )
        return self._binding[key]

    def keys(self, limit: int) -> tuple[str, ...]:
        """Return the keys by which changes name the rows of the tables that say a limit."""
        if limit not in self._keys:
            line = self.asked.limits.told(limit)
            kind = BY_NAME[str(line["kind"])]
            if line["place"]:
                self._keys[limit] = (str(line["place"]),)
            elif kind.table == "policy":
                self._keys[limit] = ("",)
            elif kind.name == "refused":
                self._keys[limit] = self._refusals(limit, kind)
            else:
                self._keys[limit] = tuple(key_of(self.mission, kind.table, row) for row in line["rows"])
        return self._keys[limit]

    def _refusals(self, limit: int, kind: Kind) -> tuple[str, ...]:
        """Return the keys of the rows that refuse consent, which the mission that is asked about lacks."""
        limits = self.asked.limits
        rows = set(every.from_iterable(table_rows(self.told, kind, limits.labels_of(limits.places(limit)))))
        return tuple(key_of(self.told, kind.table, row) for row in sorted(rows))

    def stands(self, kind: Kind, row: pd.Series) -> tuple[str, str]:
        """Return the table and the column of a limit; what a site can hold has columns of its own."""
        place = str(row.get("place", ""))
        if kind.table == "depots" and place and place not in self._depots:
            return "sites", kind.column.replace("capacity", "storage")
        return kind.table, kind.column

    def measure(self, kind: Kind, row: pd.Series) -> str:
        """Return the unit of a kind's amounts; of goods, that of the commodity of the row."""
        if kind.unit == GOODS:
            return self._goods_unit.get(str(row["commodity"])) or GOODS
        return self.currency if kind.unit == "money" else kind.unit

    def goods(self, row: pd.Series, amount: float) -> str:
        """Return an amount of the commodity of a row in its own unit: "20 bags"."""
        unit = self._goods_unit.get(str(row["commodity"])) or "unit"
        return counted(amount, unit, plural(unit))

    def in_stock(self, row: pd.Series, *, left: bool) -> float:
        """Return how much of a commodity a depot has at first, or what the plan leaves there in the end."""
        goods, codes = self._model.assembly.goods, self._model.assembly.sets.names.codes
        assert goods is not None, "there is stock"
        if not left:
            stock = self.mission.frame("stock")
            here = (stock["depot"] == row["depot"]) & (stock["commodity"] == row["commodity"])
            return float(stock.loc[here, "quantity"].sum())
        (depot,), (what,) = codes("depot", [row["depot"]]), codes("commodity", [row["commodity"]])
        rest = goods.on_hand
        here = (rest["place"] == depot) & (rest["commodity"] == what) & (rest["period"] == self.mission.T)
        return float(self._x[rest.loc[here, "on_hand"].to_numpy(np.int64)].sum())

    def place(self, key: object) -> str:
        """Return the words for a depot or a site."""
        return mention("depot" if str(key) in self._depots else "site", str(key))

    def present(self, row: pd.Series) -> str:
        """Return who is present for the need of a row: "organisation 'who'; organisation 'unicef'".

        Nobody, if it is of several needs.
        """
        sets, presence, of = self._model.assembly.sets, self._model.assembly.presence, self._needs(row)
        if len(of) != 1:
            return ""
        there = presence[(presence["n"] == of[0]) & (self._x[presence["active"].to_numpy(np.int64)] > 0.5)]
        names = sets.names.labels["organisation"].to_numpy()[there["organisation"]]
        return "; ".join(mention("organisation", name) for name in names)

    def leader(self, row: pd.Series) -> str:
        """Return who leads the activity of a row: "organisation 'who'"."""
        assembly = self._model.assembly
        presence, leads = assembly.presence, assembly.leads
        leading = presence.iloc[leads["lead"].to_numpy(np.int64)]
        codes = leading.loc[leading["n"].isin(self._needs(row)), "organisation"].unique()
        names = assembly.sets.names.labels["organisation"].to_numpy()[np.sort(codes)]
        return "; ".join(mention("organisation", name) for name in names)

    def has_base(self, labels: pd.DataFrame) -> bool:
        """Say whether the organisation of a line has a base at its site in its period, of any line."""
        bases, keys = self._model.assembly.bases, ["organisation", "site", "period"]
        there = self._model.assembly.labelled(bases[self._x[bases["base"].to_numpy(np.int64)] > 0.5])
        return bool(len(there.merge(labels[keys].astype({"period": int}), on=keys)))

    def _needs(self, row: pd.Series) -> Ints:
        """Return the needs of a row, by number; a blank label is any."""
        sets = self._model.assembly.sets
        chosen = np.ones(len(sets.needs), dtype=bool)
        for key in ("site", "activity"):
            if row[key]:
                chosen &= (sets.needs[key] == sets.names.codes(key, [str(row[key])])[0]).to_numpy()
        if row["period"]:
            chosen &= (sets.needs["period"] == row["period"]).to_numpy()
        return np.flatnonzero(chosen)

    @cached_property
    def empty_funds(self) -> frozenset[str]:
        """Keys of funds that have no money."""
        funds = self.mission.frame("funds")
        return frozenset(funds.loc[~(funds["amount"] > 0), "fund"])

    def money(self, labels: pd.DataFrame) -> tuple[str, str]:
        """Return the funds that may pay an account, and why none can in its periods ("" if some can)."""
        accounts = self._model.assembly.accounts
        named = accounts["funds"].to_numpy()[int(labels["account"].iloc[0])]
        if not named:
            return "", "no fund may pay for it"
        funds = self.mission.frame("funds").set_index("fund").loc[named.split("; ")]
        first, last = labels["period"].min(), labels["period"].max()
        live = funds[(funds["from"] <= last) & (funds["until"] >= first)]
        if len(live):
            return _mentioned(live.index), ""
        dates = "has expired" if (funds["until"] < first).all() else "is not open"
        when = when_of(labels["period"], self.mission.T)
        return "", f"the only money for it ({_mentioned(funds.index)}) {dates}{when}"

    def payers(self, labels: pd.DataFrame) -> list[str]:
        """Return the funds that may pay an account in all of its periods."""
        named = self._model.assembly.accounts["funds"].to_numpy()[int(labels["account"].iloc[0])]
        funds = self.mission.frame("funds").set_index("fund").loc[list(filter(None, named.split("; ")))]
        first, last = labels["period"].min(), labels["period"].max()
        open_: list[str] = funds.index[(funds["from"] <= first) & (funds["until"] >= last)].tolist()
        return open_

    def guards(self, points: float) -> str:
        """Return which units would give so many points of security: "1 unit 'guard' or 2 unit 'police'"."""
        units = self.mission.frame("units")
        able = units[units["security"] > 0]
        counts = np.ceil(points / able["security"].to_numpy(float) - 1e-9)
        named = [
            f"{number(count)} {mention('unit', unit)}"
            for count, unit in zip(counts, able["unit"], strict=True)
        ]
        return " or ".join(named[:4])

    def unsecured(self, labels: pd.DataFrame) -> str:
        """Return why no unit could give security at a site in any of these periods; blank if one can."""
        able = np.flatnonzero(self.mission.frame("units")["security"] > 0)
        if not len(able):
            return "no unit gives any"
        assembly = self._model.assembly
        site = assembly.sets.names.codes("site", labels["site"].head(1))
        whys = [kept_away(assembly, able, site, int(period)) for period in labels["period"]]
        if None in whys:
            return ""
        return f"no unit that gives any could be stationed there{whys[0]}"


def _mentioned(funds: Iterable[str]) -> str:
    return "; ".join(mention("fund", fund) for fund in funds)
