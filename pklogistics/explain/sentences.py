"""Words for limits that bind: who or what binds where, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.plan.mention import KINDS, mention

if TYPE_CHECKING:
    from pklogistics.explain.wording import Wording


def number(value: float) -> str:
    """Return a number as people read it: whole from 100 on, two digits below."""
    if abs(value) >= 100 or abs(value - round(value)) < 1e-6 * max(1.0, abs(value)):
        return f"{value:,.0f}"
    return f"{value:,.2g}" if abs(value) < 0.1 else f"{value:,.1f}"


def enough(by: float, *, whole: bool = False) -> float:
    """Return an amount rounded up as it is shown: a little less than what is needed would not do."""
    steps = 1.0 if whole or by >= 100 else 10.0 if by >= 0.1 else 1000.0
    return float(np.ceil(by * steps - 1e-4) / steps)


def counted(value: float, one: str, several: str = "") -> str:
    """Return an amount of something, rounded up as it is shown: "1 person", "2 people"."""
    told = number(enough(value))
    return f"{told} {one if told == '1' else several or one + 's'}"


@dataclass(frozen=True)
class BindingLimit:
    """A limit that binds, and what its sentence may tell of it.

    Attributes
    ----------
    row : its labels
    amount : by how much it is short; None where that is not known
    when : words for its period, blank where it has none, or the mission no other
    left : how much of it the plan leaves unused
    most : how much of it there is, where that is told and not what the plan leaves of it; None otherwise
    gain : the weighted need that would be met; 0 where it is not told what others gain from the same
    begun : whether a part of that need is served
    """

    row: pd.Series
    amount: float | None
    when: str
    left: float = 0.0
    most: float | None = None
    gain: float = 0.0
    begun: bool = False

    @property
    def by(self) -> float:
        """The amount, 0 where it is not known."""
        return self.amount or 0.0

    @property
    def told(self) -> str:
        """The amount as it is shown."""
        return number(enough(self.by))

    def missing(self, words: str) -> str:
        """Return words of the amount in brackets; none where it is not known."""
        return "" if self.amount is None else f" ({words})"

    def mention(self, kind: str) -> str:
        """Return the words for one of its labels: "site 'yopougon'"."""
        return mention(kind, self.row[kind])


Words = Callable[["Wording", BindingLimit], str]
"""The sentence of a limit that binds."""


def _fund(say: Wording, limit: BindingLimit) -> str:
    funds, fund, key = say.mission.frame("funds"), limit.mention("fund"), limit.row["fund"]
    money = f"{limit.told} {say.currency}"
    if not funds.loc[funds["fund"] == key, "amount"].any():
        return f"{fund} has no money{limit.missing(f'{money} would do')}"
    if limit.most is not None:
        return f"{fund} has {number(limit.most)} {say.currency} and no more"
    # What this need would gain from the money against what the fund's last unit of money gains where it is:
    # that may be this very need, if a part of it is served.
    most = float(say.worth.get(key, 0.0)) * limit.by * (1 + (-1e-6 if limit.begun else 1e-6))
    others = "; others gain as much or more from the same money" if 0 < limit.gain <= most else ""
    left = f"of {fund} no more than {number(limit.left)} {say.currency} are left"
    return f"{left if limit.left else f'{fund} is spent'}{limit.missing(f'{money} more would do{others}')}"


def _earmark(say: Wording, limit: BindingLimit) -> str:
    funds, closed = say.money(limit.row)
    spent = closed or f"all that may pay ({funds}) are spent"
    return spent + limit.missing(f"{limit.told} {say.currency} missing")


def _cap(say: Wording, limit: BindingLimit) -> str:
    who = say.present(limit.row)
    reached = f"no further organisation may come{limit.when}: the cap is reached"
    return f"{reached} (by {who})" if who else reached


def _max_people(say: Wording, limit: BindingLimit) -> str:
    full = f"{limit.mention('organisation')} serves as many as its max_people allows"
    return full + limit.when + limit.missing(f"{counted(limit.by, 'person', 'people')} more")


def _lead(say: Wording, limit: BindingLimit) -> str:
    leader, activity = say.leader(limit.row), limit.mention("activity")
    with_whom = f"with {leader}, the lead of {activity}" if leader else f"with the lead of {activity}"
    return f"{limit.mention('organisation')} may come only {with_whom}{limit.when}"


def _security(say: Wording, limit: BindingLimit) -> str:
    where = f"security is missing at {limit.mention('site')}{limit.when}"
    points, unsecured = counted(limit.by, "point"), say.unsecured(limit.row)
    if unsecured:
        return f"{where}{limit.missing(points)}, and {unsecured}"
    return where + limit.missing(f"{points}: {say.guards(limit.by)}")


def _units(say: Wording, limit: BindingLimit) -> str:
    # Where they are is not said: all may be at this very site, or idle because one alone is of no use.
    none_left = f"no further {limit.mention('unit')} is available"
    count = number(max(1.0, enough(limit.by, whole=True)))
    return f"{none_left}{limit.when}{limit.missing(f'{count} more would do')}"


def _armed(say: Wording, limit: BindingLimit) -> str:
    who, where = limit.mention("organisation"), limit.mention("site")
    if say.has_base(limit.row):
        return f"{who} works at {where} and accepts no armed presence{limit.when}"
    return f"{who} accepts no armed presence, which there is or would have to be at {where}{limit.when}"


def _unit_rule(say: Wording, limit: BindingLimit) -> str:
    site, region = limit.mention("site"), limit.row["region"]
    where = f"at {site}" if site else f"in region {region}" if region else "in the theatre"
    return f"a rule on {limit.mention('unit')} {where} allows no change{limit.when}"


def _surgeon(say: Wording, limit: BindingLimit) -> str:
    minutes = number(float(say.mission.header.policy.medevac_minutes or 0))
    return f"no surgeon is within {minutes} minutes of {limit.mention('site')}{limit.when}"


def _stock(say: Wording, limit: BindingLimit) -> str:
    # No verb: a commodity may be one thing (rice) or many (biscuits).
    none_left = f"{limit.mention('commodity')}: none left at {limit.mention('depot')}"
    return none_left + limit.missing(f"{say.goods(limit.row, limit.by)} more")


def _stock_target(say: Wording, limit: BindingLimit) -> str:
    rest = f"{limit.mention('commodity')}: the rest at {limit.mention('depot')} is safety stock{limit.when}"
    return rest + limit.missing(say.goods(limit.row, limit.by))


def _route(say: Wording, limit: BindingLimit) -> str:
    way = f"the route from {say.place(limit.row['origin'])} to {say.place(limit.row['destination'])}"
    return f"{way} is full{limit.when}{limit.missing(f'{limit.told} t more')}"


def _fleet(say: Wording, limit: BindingLimit) -> str:
    vehicles = f"every {limit.row['vehicle']} of {limit.mention('depot')} is on the road{limit.when}"
    return vehicles + limit.missing(f"{limit.told} hours more")


def _staff(say: Wording, limit: BindingLimit) -> str:
    who = limit.mention("organisation")
    if limit.most is not None:
        there = f"no more than {number(limit.most)}" if limit.most else "too few"
        return f"{who} has {there} staff{limit.when}"
    free = f"no more than {number(limit.left)} staff of {who} are free"
    staff = free if limit.left else f"all staff of {who} are at work"
    return f"{staff}{limit.when}{limit.missing(f'{limit.told} more would do')}"


def _place(text: str, missing: str = "") -> Words:
    """Return words made of a row's labels and its period, and of the amount in brackets."""

    def words(say: Wording, limit: BindingLimit) -> str:
        labels = {str(name): str(value) for name, value in limit.row.items()}
        labels |= {kind: mention(kind, labels[kind]) for kind in KINDS if kind in labels}
        labels |= {"place": say.place(labels["place"])} if "place" in labels else {}
        # Rows are counted as a file does, as `check` tells them and `--set` takes them.
        labels |= {"row": f"{int(str(limit.row['row'])) + 2}"} if "row" in labels else {}
        counts = {name: counted(limit.by, "person", name) for name in ("people", "persons")}
        known = {**labels, **counts, "when": limit.when, "amount": limit.told}
        return text.format(**known) + (limit.missing(missing.format(**known)) if missing else "")

    return words


SENTENCES: dict[str, Words] = {
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
    "lead": _lead,
    "continuity": _place("what {organisation} begins{when} has to go on, and cannot"),
    "exclusive": _place("rule {row}: another organisation is there that excludes whoever could serve{when}"),
    "partner": _place("{organisation} may come only with a partner who is not there{when}"),
    "local_partner": _place("{organisation} needs a local partner, and none is there{when}"),
    "incompatible_sites": _place(
        "{organisation} may not serve this site beside another that it serves{when}"
    ),
    "max_sites": _place("{organisation} is at as many sites as it can be{when}"),
    "max_people_total": _place("{organisation} serves as many as it can in all{when}", "{people} more"),
    "handover": _place(
        "more service by others would leave local organisations short of their share"
        " of {activity}{sector}{when}"
    ),
    "movement": _place("no more persons can be moved{when}", "{amount} more"),
    "camp": _place("there is no room for more troops at {site}{when}", "{persons} more"),
    "armed": _armed,
    "impartiality": _place("to serve group {group} more would break impartiality in {sector}"),
    "storage": _place("{place} is full{when}", "{amount} t more"),
    "storage_m3": _place("{place} is full{when}", "{amount} m3 more"),
    "throughput": _place("{depot} can take in no more{when}", "{amount} t more"),
    "open_depots": _place("as many depots are in use as may be{when}"),
    "stock_target": _stock_target,
    "market": _place("the market of {site} bears no more cash and vouchers{when}", "{people} more"),
    "refused": _place("{organisation} has no consent to work at {site}"),
}
