"""What binds, in the words of the tables: the chain of limits of each answer, and what sentences ask of it.

Keys stand in them as `plan.mention` has it, so that reports can tell names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.explain.kinds import BY_NAME, GOODS, Kind
from pklogistics.explain.questions import REFUSAL, Answer, Questions
from pklogistics.explain.results import LIMIT_COLUMNS
from pklogistics.explain.sentences import BindingLimit, enough, number
from pklogistics.model.force.reasons import kept_away
from pklogistics.model.sets import BLANK
from pklogistics.plan.mention import mention

OPEN = "open"
"""Kind of a shortfall that nothing stands in the way of."""

UNTOLD = "untold"
"""Kind of a shortfall whose question was not asked in time."""

HOPELESS = "rearrangement"
"""Kind of a shortfall that none of the limits that can be named would let serve, not all of them together."""

OPEN_WORDS = "nothing stands in its way: the search ended before it was served"
WEIGHED = "weighed"
"""Kind of a shortfall that is no gain to serve by the mission's objective: something else counts for more."""

WEIGHED_WORDS = "it could be served, but costs more than it counts for in the mission's objective"
WEIGHED_TOO = "then it would still cost more than it counts for in the mission's objective"
HOPELESS_WORDS = (
    "whatever were relaxed, others would have to be served less,"
    " or who is present and which units stand where would have to change"
)
UNTOLD_WORDS = "money, goods, transport, staff, troops or rules are short"

_LITTLE = 1e-3
"""Part of what there is that does not count as left over."""

_NOTHING = 1e-6
"""What is left of a solver's rounding."""

_NO_LIMITS = pd.DataFrame(columns=list(LIMIT_COLUMNS))


@dataclass(frozen=True)
class Chain:
    """What binds one shortfall: the kinds joined, the words, and a line per limit (see `LIMIT_COLUMNS`)."""

    kind: str
    words: str
    limits: pd.DataFrame


class Wording:
    """Words for the answers about one plan."""

    def __init__(self, questions: Questions, currency: str, worth: pd.Series | None = None) -> None:
        """Prepare; ``worth`` is the weighted need that one more unit of money in each fund meets."""
        self._asked = questions
        self._model, self._x = questions.model, questions.x
        self.mission = questions.model.assembly.mission
        self.currency = currency
        self.worth = worth if worth is not None else pd.Series(dtype=float)
        self._several = self.mission.T > 1
        goods = self.mission.frame("commodities")
        self._goods_unit = dict(zip(goods["commodity"], goods["unit"], strict=True))
        self._depots = frozenset(self.mission.frame("depots")["depot"])

    def of(
        self, answer: Answer | None, weight: float = 0.0, *, asked: bool = True, begun: bool = False
    ) -> Chain:
        """Return the chain of one answer about a need.

        ``weight`` is what one person of it counts, ``begun`` whether a part of it is served.
        """
        if answer is None:
            kind, words = (HOPELESS, HOPELESS_WORDS) if asked else (UNTOLD, UNTOLD_WORDS)
            return Chain(kind, words, _NO_LIMITS)
        if not answer.people:
            return Chain(HOPELESS, HOPELESS_WORDS, _NO_LIMITS)
        if not len(answer.limits):
            dear = self._asked.dearer(answer, relaxed=False)
            return Chain(WEIGHED if dear else OPEN, WEIGHED_WORDS if dear else OPEN_WORDS, _NO_LIMITS)
        gain = answer.people * weight
        lines = [
            self.line(int(at), float(by), gain=gain, begun=begun)
            for at, by in zip(answer.limits, answer.amounts, strict=True)
        ]
        table = pd.DataFrame(lines).drop_duplicates("words", ignore_index=True)
        kinds, said = list(dict.fromkeys(table["kind"])), table["words"].tolist()
        if self._asked.dearer(answer, relaxed=True):
            kinds, said = [*kinds, WEIGHED], [*said, WEIGHED_TOO]
        return Chain(" + ".join(kinds), "; ".join(said), table.reindex(columns=list(LIMIT_COLUMNS)))

    def line(
        self,
        limit: int,
        amount: float | None,
        *,
        of_plan: bool = True,
        gain: float = 0.0,
        begun: bool = False,
    ) -> dict[str, object]:
        """Return the line of a limit: its place in the tables, how much of it is missing, and its words.

        Where it is not known how much is missing (None) the words name no amount. Unless ``of_plan`` they say
        how much there is, and not what the plan leaves of it. ``gain`` is the weighted need that would be
        met, ``begun`` whether a part of it is served.
        """
        refused = limit <= REFUSAL
        row = self._refusal(REFUSAL - limit) if refused else self._asked.limits.table.iloc[limit]
        kind = BY_NAME["refused" if refused else str(row["kind"])]
        left = 0.0 if refused else self._left(limit)
        most = None if refused or of_plan else self._most(limit)
        said = kind.sentence(self, BindingLimit(row, amount, self._when(row), left, most, gain, begun))
        labels = {name: row[name] for name in LIMIT_COLUMNS if name in row.index}
        table, column = self.stands(kind, row)
        return {
            **labels,
            **{"kind": kind.name, "table": table, "column": column},
            **{"amount": amount, "measure": self.measure(kind, row), "words": said},
        }

    def _left(self, limit: int) -> float:
        """Return how much of a limit the plan leaves unused; 0 if that is next to nothing of it."""
        rows = self._asked.limits.rows(limit)
        upper = self._asked.model.program.row_upper[rows]
        left = float((upper - self._asked.activity[rows]).min(initial=np.inf))
        # Where what there is hangs on who is called in, it is a term of its row and no side.
        there = np.maximum(np.abs(upper), self._asked.largest[rows]).max(initial=0.0)
        return left if max(_LITTLE * float(there), _NOTHING) < left < np.inf else 0.0

    def _most(self, limit: int) -> float:
        return float(self._asked.there(self._asked.limits.rows(limit)).max(initial=0.0))

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
        """Return an amount of the commodity of a row in its own unit: "20 bag"."""
        return f"{number(enough(amount))} {self._goods_unit.get(str(row['commodity'])) or 'units'}"

    def place(self, key: object) -> str:
        """Return the words for a depot or a site."""
        return mention("depot" if str(key) in self._depots else "site", str(key))

    def _refusal(self, column: int) -> pd.Series:
        options, presence = self._model.assembly.options, self._model.assembly.presence
        tied = presence[presence["active"] == column] if len(presence) else presence
        line = tied if len(tied) else options[options["served"] == column]
        keys = self._model.assembly.labelled(line[["organisation", "activity", "site", "period"]])
        return keys.iloc[0]

    def _when(self, row: pd.Series) -> str:
        """Return " in period 3" where the mission has several."""
        return f" in period {row['period']}" if self._several and row["period"] else ""

    def present(self, row: pd.Series) -> str:
        """Return who is present for the need of a row: "organisation 'who'; organisation 'unicef'"."""
        sets, presence = self._model.assembly.sets, self._model.assembly.presence
        at = self._need(row)
        there = presence[(presence["n"] == at) & (self._x[presence["active"].to_numpy(np.int64)] > 0.5)]
        names = sets.names.labels["organisation"].to_numpy()[there["organisation"]]
        return "; ".join(mention("organisation", name) for name in names)

    def leader(self, row: pd.Series) -> str:
        """Return who leads the activity of a row: "organisation 'who'"."""
        assembly, at = self._model.assembly, self._need(row)
        presence, leads = assembly.presence, assembly.leads
        of_need = presence["n"].to_numpy()[leads["lead"].to_numpy(np.int64)] == at
        leading = presence["organisation"].to_numpy()[leads["lead"].to_numpy(np.int64)[of_need]]
        names = assembly.sets.names.labels["organisation"].to_numpy()[np.unique(leading)]
        return "; ".join(mention("organisation", name) for name in names)

    def has_base(self, row: pd.Series) -> bool:
        """Say whether the organisation of a row has a base at its site in its period."""
        names, bases = self._model.assembly.sets.names, self._model.assembly.bases
        at = bases["period"] == row["period"]
        for key in ("organisation", "site"):
            at &= bases[key] == names.codes(key, [str(row[key])])[0]
        return bool((self._x[bases.loc[at, "base"].to_numpy(np.int64)] > 0.5).any())

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
        funds = self.mission.frame("funds").set_index("fund").loc[named.split("; ")]
        live = funds[(funds["from"] <= row["period"]) & (funds["until"] >= row["period"])]
        if len(live):
            return _mentioned(live.index), ""
        gone = (funds["until"] < row["period"]).all()
        dates = "has expired" if gone else "is not open"
        return "", f"the only money for it ({_mentioned(funds.index)}) {dates}{self._when(row)}"

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

    def unsecured(self, row: pd.Series) -> str:
        """Return why no unit could give security at the site and in the period of a row; blank if one can."""
        able = np.flatnonzero(self.mission.frame("units")["security"] > 0)
        if not len(able):
            return "no unit gives any"
        assembly = self._model.assembly
        site = assembly.sets.names.codes("site", [str(row["site"])])
        why = kept_away(assembly, able, site, int(row["period"]))
        return "" if why is None else f"no unit that gives any could be stationed there{why}"


def _mentioned(funds: Iterable[str]) -> str:
    return "; ".join(mention("fund", fund) for fund in funds)
