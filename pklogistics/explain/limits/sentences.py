"""Words for limits that bind: who or what binds where, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.explain.tolerances import NOTHING
from pklogistics.plan.mention import KINDS, mention

if TYPE_CHECKING:
    from pklogistics.explain.limits.wording import Wording


_FEW = 3
"""So many names, or periods, are told one by one."""


def when_of(labels: Iterable[object], periods: int) -> str:
    """Return " in period 3", or " in periods 1 and 3"; blank for all, or many, of so many periods."""
    told = sorted({int(str(period)) for period in labels if period})
    if not told or len(told) >= min(_FEW + 1, periods):
        return ""
    return f" in period{'s' * (len(told) > 1)} {several([str(period) for period in told])}"


def number(value: float) -> str:
    """Return a number as people read it: whole from 100 on, two digits below."""
    if abs(value) >= 100 or abs(value - round(value)) < 1e-6 * max(1.0, abs(value)):
        return f"{value:,.0f}"
    return f"{value:,.2g}" if abs(value) < 0.1 else f"{value:,.1f}"


def enough(by: float, *, whole: bool = False) -> float:
    """Return an amount rounded up as it is shown: a little less than what is needed would not do."""
    steps = 1.0 if whole or by >= 100 else 10.0 if by >= 0.1 else 1000.0
    if 0 < by < 0.01 and not whole:
        steps = 10.0 ** (1 - np.floor(np.log10(by)))
    return float(np.ceil(by * steps - 1e-4) / steps)


def counted(value: float, one: str, several: str = "", *, whole: bool = False) -> str:
    """Return an amount of something, rounded up as it is shown: "1 person", "2 people"."""
    told = number(enough(value, whole=whole))
    return f"{told} {one if told == '1' else several or one + 's'}"


def plural(unit: str) -> str:
    """Return what several of a unit of goods are called, "bags"; what is no word, such as kg or MT, stays."""
    if len(unit) < 3 or not (unit.isalpha() and unit.islower()) or unit.endswith("s"):
        return unit
    return f"{unit}{'es' if unit.endswith(('x', 'ch', 'sh')) else 's'}"


@dataclass(frozen=True)
class BindingLimit:
    """A limit that binds, and what its sentence may tell of it.

    Attributes
    ----------
    row : its labels, blank where they differ
    labels : its labels, a line for each place of it that is told of
    amount : by how much it is short; None where that is not known
    when : words for its period, blank where it has none, or the mission no other
    left : how much of it the plan leaves unused
    most : how much of it there is, where that is told and not what the plan leaves of it; None otherwise
    gain : the weighted need that would be met; 0 where it is not told what others gain from the same
    begun : whether a part of that need is served
    mentioned : words for its labels, once they are known
    """

    row: pd.Series
    labels: pd.DataFrame
    amount: float | None
    when: str
    left: float = 0.0
    most: float | None = None
    gain: float = 0.0
    begun: bool = False
    mentioned: dict[str, str] = field(default_factory=dict)

    @property
    def by(self) -> float:
        """The amount, 0 where it is not known."""
        return self.amount or 0.0

    @property
    def told(self) -> str:
        """The amount as it is shown."""
        return number(enough(self.by))

    @property
    def some(self) -> float:
        """How much of it there is, where that is told; otherwise how much the plan leaves of it."""
        return self.left if self.most is None else self.most

    @property
    def further(self) -> str:
        """So much of it, and whether that is beside what is used: "30 further"."""
        return number(self.some) + (" further" if self.most is None else "")

    def missing(self, words: str) -> str:
        """Return words of the amount in brackets; none where it is not known."""
        return "" if self.amount is None else f" ({words})"

    def mention(self, kind: str) -> str:
        """Return the words for one of its labels: "site 'yopougon'", or of several that it has."""
        if kind not in self.mentioned:
            self.mentioned[kind] = several([mention(kind, key) for key in self.labels[kind].unique() if key])
        return self.mentioned[kind]


def several(names: Sequence[str]) -> str:
    """Return names as words tell them: all, or the first of many "and others"."""
    few = names if len(names) <= _FEW else [names[0], "others"]
    return " and ".join(filter(None, (", ".join(few[:-1]), *few[-1:])))


Words = Callable[["Wording", BindingLimit], str]
"""The sentence of a limit that binds."""


def fund(say: Wording, limit: BindingLimit) -> str:
    """Say how little a fund has left, and whether others gain more, a dollar, from what it has."""
    fund, key = limit.mention("fund"), limit.row["fund"]
    money = f"{limit.told} {say.currency}"
    if key in say.empty_funds:
        return f"{fund} has no money{limit.missing(f'{money} would do')}"
    if limit.most is not None:
        return f"{fund} has {number(limit.most)} {say.currency} and no more"
    # What this need would gain from the money against what the fund's last unit of money gains where it is:
    # that may be this very need, if a part of it is served.
    most = float(say.worth.get(key, 0.0)) * limit.by * (1 + (-1e-6 if limit.begun else 1e-6))
    others = "; others gain as much or more from the money it has" if 0 < limit.gain <= most else ""
    left = f"of {fund} no more than {number(limit.left)} {say.currency} are left"
    return f"{left if limit.left else f'{fund} is spent'}{limit.missing(f'{money} more would do{others}')}"


def earmark(say: Wording, limit: BindingLimit) -> str:
    """Say that those funds are spent which may pay, or why none can."""
    funds, closed = say.money(limit.labels)
    spent = closed or f"all that may pay ({funds}) are spent"
    return spent + limit.missing(f"{limit.told} {say.currency} missing")


def cap(say: Wording, limit: BindingLimit) -> str:
    """Say who has come already."""
    who = say.present(limit.row)
    reached = f"no further organisation may come{limit.when}: the cap is reached"
    return f"{reached} (by {who})" if who else reached


def max_people(say: Wording, limit: BindingLimit) -> str:
    """Say that an organisation is at its most at one site."""
    who, missing = limit.mention("organisation"), f"{counted(limit.by, 'person', 'people')} more"
    full = f"{who} serves as many as its max_people allows{limit.when}"
    some = f"{who} may serve no more than {limit.further} people by its max_people{limit.when}"
    return (some if limit.some else full) + limit.missing(missing)


def lead(say: Wording, limit: BindingLimit) -> str:
    """Say with whom alone an organisation may come."""
    leader, activity = say.leader(limit.row), limit.mention("activity")
    with_whom = f"with {leader}, the lead of {activity}" if leader else f"with the lead of {activity}"
    return f"{limit.mention('organisation')} may come only {with_whom}{limit.when}"


def security(say: Wording, limit: BindingLimit) -> str:
    """Say which units would give what is missing, or why none can."""
    where = f"security is missing at {limit.mention('site')}{limit.when}"
    points, unsecured = counted(limit.by, "point"), say.unsecured(limit.labels)
    if unsecured:
        return f"{where}{limit.missing(points)}, and {unsecured}"
    return where + limit.missing(f"{points}: {say.guards(limit.by)}")


def units(say: Wording, limit: BindingLimit) -> str:
    """Say how few units are idle, if any, and how many more would do."""
    # Where the others are is not said: all may be at this very site.
    who = limit.mention("unit")
    idle = f"of {who} no more than {number(limit.left)} {'is' if limit.left == 1 else 'are'} idle"
    there = idle if limit.left and limit.most is None else f"no further {who} is available"
    count = number(max(1.0, enough(limit.by, whole=True)))
    return f"{there}{limit.when}{limit.missing(f'{count} more would do')}"


def armed(say: Wording, limit: BindingLimit) -> str:
    """Say who works, or would work, where arms may not be."""
    who, where = limit.mention("organisation"), limit.mention("site")
    if say.has_base(limit.labels):
        return f"{who} works at {where} and accepts no armed presence{limit.when}"
    return f"{who} accepts no armed presence, which there is or would have to be at {where}{limit.when}"


def unit_rule(say: Wording, limit: BindingLimit) -> str:
    """Say which rule holds units to what they are, and where."""
    site, region = limit.mention("site"), limit.row["region"]
    where = f"at {site}" if site else f"in region {region}" if region else "in the theatre"
    row = f"row {_row_of(limit)} of unit_rules"
    return f"{row} allows no change of {limit.mention('unit')} {where}{limit.when}"


def surgeon(say: Wording, limit: BindingLimit) -> str:
    """Say how near a surgeon has to be."""
    minutes = number(float(say.mission.header.policy.medevac_minutes or 0))
    return f"no surgeon is within {minutes} minutes of {limit.mention('site')}{limit.when}"


def stock(say: Wording, limit: BindingLimit) -> str:
    """Say which goods a depot lacks."""
    # No verb: a commodity may be one thing (rice) or many (biscuits).
    what, where = limit.mention("commodity"), limit.mention("depot")
    some = say.in_stock(limit.row, left=limit.most is None)
    left = f"no more than {say.goods(limit.row, some)} left" if some > NOTHING else "none left"
    return f"{what}: {left} at {where}" + limit.missing(f"{say.goods(limit.row, limit.by)} more")


def supply(say: Wording, limit: BindingLimit) -> str:
    """Say which goods are bought out."""
    some = f" than {say.goods(limit.row, limit.some)}" if limit.some else ""
    sold = f"{limit.mention('commodity')}: no more{some} for sale at {limit.mention('depot')}{limit.when}"
    return sold + limit.missing(f"{say.goods(limit.row, limit.by)} more")


def stock_target(say: Wording, limit: BindingLimit) -> str:
    """Say which goods a depot has to keep."""
    rest = f"{limit.mention('commodity')}: the rest at {limit.mention('depot')} is safety stock{limit.when}"
    return rest + limit.missing(say.goods(limit.row, limit.by))


def route(say: Wording, limit: BindingLimit) -> str:
    """Say which route is full, or takes too little."""
    way = f"the route from {say.place(limit.row['origin'])} to {say.place(limit.row['destination'])}"
    full = f"takes no more than {limit.further} t" if limit.some else "is full"
    return f"{way} {full}{limit.when}{limit.missing(f'{limit.told} t more')}"


def fleet(say: Wording, limit: BindingLimit) -> str:
    """Say whose vehicles are all in use, or have hours left, but too few."""
    vehicles = f"{limit.row['vehicle']} of {limit.mention('depot')}"
    left = limit.left or limit.most
    busy = f"the hours of every {vehicles} are too few" if left else f"every {vehicles} is on the road"
    count = number(max(1.0, enough(limit.by, whole=True)))
    return f"{busy}{limit.when}{limit.missing(f'{count} more would do')}"


def staff(say: Wording, limit: BindingLimit) -> str:
    """Say how few staff of an organisation are free, or are there at all."""
    who = limit.mention("organisation")
    if limit.most is not None:
        there = f"no more than {number(limit.most)}" if limit.most else "too few"
        return f"{who} has {there} staff{limit.when}"
    free = f"no more than {number(limit.left)} staff of {who} are free"
    staff = free if limit.left else f"all staff of {who} are at work"
    return f"{staff}{limit.when}{limit.missing(f'{limit.told} more would do')}"


def _row_of(limit: BindingLimit) -> str:
    """Return the row of a rule in its table as a file counts it, and as `check` tells it."""
    return str(int(str(limit.row["row"])) + 2)


def plain(text: str, missing: str = "", some: str = "") -> Words:
    """Return a sentence with a limit's labels and its period in it, and words of the amount in brackets.

    ``some`` is what to say where the plan leaves some of it, but too little.
    """

    def words(say: Wording, limit: BindingLimit) -> str:
        labels = {str(name): str(value) for name, value in limit.row.items()}
        labels |= {kind: limit.mention(kind) for kind in KINDS if kind in labels}
        labels |= {"place": say.place(labels["place"])} if "place" in labels else {}
        labels |= {"row": _row_of(limit)} if "row" in labels else {}
        counts = {name: counted(limit.by, "person", name) for name in ("people", "persons")}
        known = {**labels, **counts, "when": limit.when, "amount": limit.told, "further": limit.further}
        said = some if some and limit.some else text
        return said.format(**known) + (limit.missing(missing.format(**known)) if missing else "")

    return words
