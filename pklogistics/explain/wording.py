"""What binds, in the words of the tables: a sentence for each limit, and one for the chain of them.

Keys stand in them as `plan.mention` has it, so that reports can tell names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.explain.limits import BY_NAME, GOODS, Kind
from pklogistics.explain.questions import REFUSAL, Answer, Questions
from pklogistics.explain.results import LIMIT_COLUMNS
from pklogistics.model.sets import BLANK
from pklogistics.plan.mention import KINDS, mention

OPEN = "open"
"""Kind of a shortfall that nothing stands in the way of."""

UNTOLD = "untold"
"""Kind of a shortfall whose question was not asked in time."""

HOPELESS = "rearrangement"
"""Kind of a shortfall that none of the limits that can be named would let serve, not all of them together."""

OPEN_WORDS = "nothing stands in its way: the search ended before it was served"
WEIGHED_WORDS = "it could be served, but costs more than it counts for in the mission's objective"
HOPELESS_WORDS = (
    "whatever were relaxed, others would have to be served less,"
    " or who is present and which units stand where would have to change"
)
UNTOLD_WORDS = "money, goods, transport, staff, troops or rules are short"


_NO_LIMITS = pd.DataFrame(columns=list(LIMIT_COLUMNS))


@dataclass(frozen=True)
class Chain:
    """What binds one shortfall: the kinds joined, the words, and a line per limit (see `LIMIT_COLUMNS`)."""

    kind: str
    words: str
    limits: pd.DataFrame


def number(value: float) -> str:
    """Return a number as people read it: whole from 100 on, two digits below."""
    if abs(value) >= 100 or abs(value - round(value)) < 1e-6 * max(1.0, abs(value)):
        return f"{value:,.0f}"
    return f"{value:,.2g}" if abs(value) < 0.1 else f"{value:,.1f}"


def _counted(value: float, one: str, several: str) -> str:
    told = number(value)
    return f"{told} {one if told == '1' else several}"


class Wording:
    """Words for the answers about one plan."""

    def __init__(self, questions: Questions, currency: str, worth: pd.Series | None = None) -> None:
        """Prepare; ``worth`` is the weighted need that one more unit of money in each fund meets."""
        self._asked = questions
        self._model, self._x = questions.model, questions.x
        self._mission = questions.model.assembly.mission
        self._currency = currency
        self._worth = worth if worth is not None else pd.Series(dtype=float)
        self._several, self._gain = self._mission.T > 1, 0.0
        goods = self._mission.frame("commodities")
        self._goods_unit = dict(zip(goods["commodity"], goods["unit"], strict=True))
        self._depots = frozenset(self._mission.frame("depots")["depot"])
        # Need that is weighed against cost, given up within a tolerance, or minimised after it, may be left.
        tiers = questions.model.program.tiers
        first = next((tier for tier in tiers if tier.weights.get("need", 0.0)), None)
        before = tiers[: tiers.index(first)] if first else tiers
        dear = any(tier.weights.get(term, 0.0) for tier in before for term in ("cost", "risk", "waste"))
        mixed = first is not None and (
            first.tolerance > 0 or any(w for t, w in first.weights.items() if t != "need")
        )
        self._weighed = first is None or dear or mixed

    def of(self, answer: Answer | None, weight: float = 0.0, *, asked: bool = True) -> Chain:
        """Return the chain of one answer; ``weight`` is what one person of the need counts."""
        if answer is None:
            kind, words = (HOPELESS, HOPELESS_WORDS) if asked else (UNTOLD, UNTOLD_WORDS)
            return Chain(kind, words, _NO_LIMITS)
        if not answer.people:
            return Chain(HOPELESS, HOPELESS_WORDS, _NO_LIMITS)
        if not len(answer.limits):
            kind, words = ("weighed", WEIGHED_WORDS) if self._weighed else (OPEN, OPEN_WORDS)
            return Chain(kind, words, _NO_LIMITS)
        self._gain = answer.people * weight
        lines = [self.line(int(at), float(by)) for at, by in zip(answer.limits, answer.amounts, strict=True)]
        table = pd.DataFrame(lines).drop_duplicates("words", ignore_index=True)
        kinds = list(dict.fromkeys(table["kind"]))
        return Chain(" + ".join(kinds), "; ".join(table["words"]), table.reindex(columns=list(LIMIT_COLUMNS)))

    def line(self, limit: int, amount: float) -> dict[str, object]:
        """Return the line of a limit: its place in the tables, how much of it is missing, and its words."""
        if limit <= REFUSAL:
            row, kind = self._refusal(REFUSAL - limit), BY_NAME["refused"]
        else:
            row = self._asked.limits.table.iloc[limit]
            kind = BY_NAME[str(row["kind"])]
        said = _WORDS[kind.name](self, row, amount)
        labels = {name: row[name] for name in LIMIT_COLUMNS if name in row.index}
        return {
            **labels,
            **{"kind": kind.name, "table": kind.table, "column": kind.column},
            **{"amount": amount, "measure": self.measure(kind, row), "words": said},
        }

    def measure(self, kind: Kind, row: pd.Series) -> str:
        """Return the unit of a kind's amounts; of goods, that of the commodity of the row."""
        if kind.unit == GOODS:
            return self._goods_unit.get(str(row["commodity"])) or GOODS
        return self._currency if kind.unit == "money" else kind.unit

    def goods(self, row: pd.Series, amount: float) -> str:
        """Return an amount of the commodity of a row in its own unit: "20 bag"."""
        return f"{number(amount)} {self._goods_unit.get(str(row['commodity'])) or 'units'}"

    def place(self, key: object) -> str:
        """Return the words for a depot or a site."""
        return mention("depot" if str(key) in self._depots else "site", str(key))

    def _refusal(self, column: int) -> pd.Series:
        options = self._model.assembly.options
        line = options[options["served"] == column]
        keys = self._model.assembly.labelled(line[["organisation", "activity", "site", "period"]])
        return keys.iloc[0]

    def when(self, row: pd.Series) -> str:
        """Return " in period 3" where the mission has several."""
        return f" in period {row['period']}" if self._several and row["period"] else ""

    def present(self, row: pd.Series) -> str:
        """Return who is present for the need of a row: "organisation 'who'; organisation 'unicef'"."""
        sets, presence = self._model.assembly.sets, self._model.assembly.presence
        at = self._need(row)
        there = presence[(presence["n"] == at) & (self._x[presence["active"].to_numpy(np.int64)] > 0.5)]
        names = sets.names.labels["organisation"].to_numpy()[there["organisation"]]
        return "; ".join(mention("organisation", name) for name in names)

    def _need(self, row: pd.Series) -> int:
        sets = self._model.assembly.sets
        site, activity = (int(sets.names.codes(key, [str(row[key])])[0]) for key in ("site", "activity"))
        needs = sets.needs
        found = (needs["site"] == site) & (needs["activity"] == activity) & (needs["period"] == row["period"])
        return int(np.flatnonzero(found)[0]) if found.any() else BLANK

    def money(self, row: pd.Series) -> tuple[str, str]:
        """Return the funds that may pay an account, and why none can in its period ("" if some can)."""
        accounts = self._model.assembly.accounts
        named = accounts["funds"].to_numpy()[int(row["account"])]
        if not named:
            return "", "no fund may pay for it"
        funds = self._mission.frame("funds").set_index("fund").loc[named.split("; ")]
        live = funds[(funds["from"] <= row["period"]) & (funds["until"] >= row["period"])]
        if len(live):
            return _mentioned(live.index), ""
        gone = (funds["until"] < row["period"]).all()
        dates = "has expired" if gone else "is not open"
        return "", f"the only money for it ({_mentioned(funds.index)}) {dates}{self.when(row)}"

    def guards(self, row: pd.Series, points: float) -> str:
        """Return which units would give so many points of security: "1 unit 'guard' or 2 unit 'police'"."""
        units = self._mission.frame("units")
        able = units[units["security"] > 0]
        counts = np.ceil(points / able["security"].to_numpy(float) - 1e-9)
        named = [
            f"{number(count)} {mention('unit', unit)}"
            for count, unit in zip(counts, able["unit"], strict=True)
        ]
        return " or ".join(named[:4]) if named else "no unit gives any"

    def may_station(self, row: pd.Series) -> bool:
        """Say whether any unit could be at the site of a row."""
        sets, stationing = self._model.assembly.sets, self._model.assembly.stationing
        site = int(sets.names.codes("site", [str(row["site"])])[0])
        return bool((stationing["site"] == site).any())


def _mentioned(funds: Iterable[str]) -> str:
    return "; ".join(mention("fund", fund) for fund in funds)


def _fund(say: Wording, row: pd.Series, amount: float) -> str:
    more = f"{number(amount)} {say._currency} more would do"
    # What this need would gain from the money against what the fund's last unit of money gains where it is.
    dearer = 0 < say._gain <= float(say._worth.get(row["fund"], 0.0)) * amount * (1 + 1e-6)
    others = "; others gain as much or more from the same money" if dearer else ""
    return f"{mention('fund', row['fund'])} is spent ({more}{others})"


def _earmark(say: Wording, row: pd.Series, amount: float) -> str:
    funds, closed = say.money(row)
    missing = f"{number(amount)} {say._currency}"
    return (
        f"{closed} ({missing} missing)"
        if closed
        else f"all that may pay ({funds}) are spent ({missing} missing)"
    )


def _cap(say: Wording, row: pd.Series, amount: float) -> str:
    who = say.present(row)
    return f"no further organisation may come{say.when(row)}: the cap is reached" + (
        f" (by {who})" if who else ""
    )


def _max_people(say: Wording, row: pd.Series, amount: float) -> str:
    full = f"{mention('organisation', row['organisation'])} serves as many as its max_people allows"
    return f"{full}{say.when(row)} ({_counted(amount, 'person', 'people')} more)"


def _security(say: Wording, row: pd.Series, amount: float) -> str:
    where = f"{mention('site', row['site'])}{say.when(row)}"
    missing = f"security is missing at {where} ({_counted(amount, 'point', 'points')}"
    if not say.may_station(row):
        return f"{missing}), and no unit may be stationed there"
    return f"{missing}: {say.guards(row, amount)})"


def _units(say: Wording, row: pd.Series, amount: float) -> str:
    busy = f"every {mention('unit', row['unit'])} is in use elsewhere"
    return f"{busy}{say.when(row)} ({number(max(1.0, amount))} more would do)"


def _unit_rule(say: Wording, row: pd.Series, amount: float) -> str:
    where = mention("site", row["site"]) or row["region"] or "anywhere"
    return f"a rule on {mention('unit', row['unit'])} at {where} allows no change{say.when(row)}"


def _surgeon(say: Wording, row: pd.Series, amount: float) -> str:
    minutes = say._mission.header.policy.medevac_minutes
    near = f"within {number(float(minutes or 0))} minutes of {mention('site', row['site'])}"
    return f"no surgeon is {near}{say.when(row)}"


def _stock(say: Wording, row: pd.Series, amount: float) -> str:
    # No verb: a commodity may be one thing (rice) or many (biscuits).
    goods, depot = mention("commodity", row["commodity"]), mention("depot", row["depot"])
    return f"{goods}: none left at {depot} ({say.goods(row, amount)} more)"


def _stock_target(say: Wording, row: pd.Series, amount: float) -> str:
    goods, depot = mention("commodity", row["commodity"]), mention("depot", row["depot"])
    return f"{goods}: the rest at {depot} is safety stock{say.when(row)} ({say.goods(row, amount)})"


def _route(say: Wording, row: pd.Series, amount: float) -> str:
    way = f"the route from {say.place(row['origin'])} to {say.place(row['destination'])}"
    return f"{way} is full{say.when(row)} ({number(amount)} t more)"


def _fleet(say: Wording, row: pd.Series, amount: float) -> str:
    vehicles = f"every {row['vehicle']} of {mention('depot', row['depot'])}"
    return f"{vehicles} is on the road{say.when(row)} ({number(amount)} hours more)"


def _staff(say: Wording, row: pd.Series, amount: float) -> str:
    staff = f"all staff of {mention('organisation', row['organisation'])} are at work"
    return f"{staff}{say.when(row)} ({number(amount)} more would do)"


def _place(text: str) -> Callable[[Wording, pd.Series, float], str]:
    """Return words made of a row's labels, its period and the amount."""

    def words(say: Wording, row: pd.Series, amount: float) -> str:
        labels = {str(name): str(value) for name, value in row.items()}
        labels |= {kind: mention(kind, labels[kind]) for kind in KINDS if kind in labels}
        labels |= {"place": say.place(labels["place"])} if "place" in labels else {}
        counts = {name: _counted(amount, "person", name) for name in ("people", "persons")}
        return text.format(**{**labels, **counts, "when": say.when(row), "amount": number(amount)})

    return words


_WORDS: dict[str, Callable[[Wording, pd.Series, float], str]] = {
    "fund": _fund,
    "earmark": _earmark,
    "cap": _cap,
    "max_people": _max_people,
    "security": _security,
    "units": _units,
    "unit_rule": _unit_rule,
    "surgeon": _surgeon,
    "stock": _stock,
    "route": _route,
    "fleet": _fleet,
    "staff": _staff,
    "min_share": _place("what {organisation} could give{when} is less than the smallest share of a need"),
    "whole": _place("it must be served whole or not at all{when}"),
    "lead": _place("{organisation} may come only with the lead of {activity}{when}"),
    "continuity": _place("what {organisation} begins{when} has to go on, and cannot"),
    "exclusive": _place("rule {row}: another organisation is there that excludes whoever could serve{when}"),
    "partner": _place("{organisation} may come only with a partner who is not there{when}"),
    "local_partner": _place("{organisation} needs a local partner, and none is there{when}"),
    "incompatible_sites": _place(
        "{organisation} may not serve this site beside another that it serves{when}"
    ),
    "max_sites": _place("{organisation} is at as many sites as it can be{when}"),
    "max_people_total": _place("{organisation} serves as many as it can in all{when} ({people} more)"),
    "handover": _place(
        "more service by others would leave local organisations short of their share"
        " of {activity}{sector}{when}"
    ),
    "movement": _place("no more persons can be moved{when} ({amount} more)"),
    "camp": _place("there is no room for more troops at {site}{when} ({persons} more)"),
    "armed": _place("{organisation} works at {site} and accepts no armed presence{when}"),
    "impartiality": _place("to serve group {group} more would break impartiality in {sector}"),
    "storage": _place("{place} is full{when} ({amount} t more)"),
    "storage_m3": _place("{place} is full{when} ({amount} m3 more)"),
    "throughput": _place("{depot} can take in no more{when} ({amount} t more)"),
    "escort": _place("no unit is free to escort goods{when} ({amount} t)"),
    "open_depots": _place("as many depots are in use as may be{when}"),
    "stock_target": _stock_target,
    "market": _place("the market of {site} bears no more cash and vouchers{when} ({people} more)"),
    "refused": _place("{organisation} has no consent to work at {site}"),
}
