"""The sentence of each kind of limit: who or what binds where, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.plan.mention import KINDS, mention

if TYPE_CHECKING:
    from pklogistics.explain.wording import Wording


Words = Callable[["Wording", pd.Series, "float | None"], str]
"""Words for a limit, and for an amount by which it is short, None where that is not known."""


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


def _missing(amount: float | None, told: str) -> str:
    """Return the words of an amount in brackets; none where it is not known."""
    return "" if amount is None else f" ({told})"


def _fund(say: Wording, row: pd.Series, amount: float | None) -> str:
    funds, by = say.mission.frame("funds"), amount or 0.0
    money = f"{number(enough(by))} {say.currency}"
    if not funds.loc[funds["fund"] == row["fund"], "amount"].any():
        return f"{mention('fund', row['fund'])} has no money{_missing(amount, f'{money} would do')}"
    # What this need would gain from the money against what the fund's last unit of money gains where it is:
    # that may be this very need, if a part of it is served.
    most = float(say.worth.get(row["fund"], 0.0)) * by * (1 + (-1e-6 if say.begun else 1e-6))
    dearer = 0 < say.gain <= most
    others = "; others gain as much or more from the same money" if dearer else ""
    fund = mention("fund", row["fund"])
    if say.most is not None:
        return f"{fund} has {number(say.most)} {say.currency} and no more"
    left = f"of {fund} no more than {number(say.left)} {say.currency} are left"
    return f"{left if say.left else f'{fund} is spent'}{_missing(amount, f'{money} more would do{others}')}"


def _earmark(say: Wording, row: pd.Series, amount: float | None) -> str:
    funds, closed = say.money(row)
    spent = closed or f"all that may pay ({funds}) are spent"
    return spent + _missing(amount, f"{number(enough(amount or 0.0))} {say.currency} missing")


def _cap(say: Wording, row: pd.Series, amount: float | None) -> str:
    who = say.present(row)
    return f"no further organisation may come{say.when(row)}: the cap is reached" + (
        f" (by {who})" if who else ""
    )


def _max_people(say: Wording, row: pd.Series, amount: float | None) -> str:
    full = f"{mention('organisation', row['organisation'])} serves as many as its max_people allows"
    more = f"{counted(amount or 0.0, 'person', 'people')} more"
    return f"{full}{say.when(row)}{_missing(amount, more)}"


def _lead(say: Wording, row: pd.Series, amount: float | None) -> str:
    who, activity = mention("organisation", row["organisation"]), mention("activity", row["activity"])
    leader = say.leader(row)
    with_whom = f"with {leader}, the lead of {activity}" if leader else f"with the lead of {activity}"
    return f"{who} may come only {with_whom}{say.when(row)}"


def _security(say: Wording, row: pd.Series, amount: float | None) -> str:
    where = f"security is missing at {mention('site', row['site'])}{say.when(row)}"
    points, unsecured = counted(amount or 0.0, "point", "points"), say.unsecured(row)
    if unsecured:
        return f"{where}{_missing(amount, points)}, and {unsecured}"
    return where + ("" if amount is None else f" ({points}: {say.guards(row, amount)})")


def _units(say: Wording, row: pd.Series, amount: float | None) -> str:
    # Where they are is not said: all may be at this very site, or idle because one alone is of no use.
    none_left = f"no further {mention('unit', row['unit'])} is available"
    count = number(max(1.0, enough(amount or 0.0, whole=True)))
    return f"{none_left}{say.when(row)}{_missing(amount, f'{count} more would do')}"


def _armed(say: Wording, row: pd.Series, amount: float | None) -> str:
    who, where = mention("organisation", row["organisation"]), mention("site", row["site"])
    if say.has_base(row):
        return f"{who} works at {where} and accepts no armed presence{say.when(row)}"
    return f"{who} accepts no armed presence, which there is or would have to be at {where}{say.when(row)}"


def _unit_rule(say: Wording, row: pd.Series, amount: float | None) -> str:
    where = f" at {mention('site', row['site'])}" if row["site"] else ""
    where = where or (f" in region {row['region']}" if row["region"] else " in the theatre")
    return f"a rule on {mention('unit', row['unit'])}{where} allows no change{say.when(row)}"


def _surgeon(say: Wording, row: pd.Series, amount: float | None) -> str:
    minutes = say.mission.header.policy.medevac_minutes
    near = f"within {number(float(minutes or 0))} minutes of {mention('site', row['site'])}"
    return f"no surgeon is {near}{say.when(row)}"


def _stock(say: Wording, row: pd.Series, amount: float | None) -> str:
    # No verb: a commodity may be one thing (rice) or many (biscuits).
    goods, depot = mention("commodity", row["commodity"]), mention("depot", row["depot"])
    return f"{goods}: none left at {depot}{_missing(amount, f'{say.goods(row, amount or 0.0)} more')}"


def _stock_target(say: Wording, row: pd.Series, amount: float | None) -> str:
    goods, depot = mention("commodity", row["commodity"]), mention("depot", row["depot"])
    rest = f"{goods}: the rest at {depot} is safety stock{say.when(row)}"
    return rest + _missing(amount, say.goods(row, amount or 0.0))


def _route(say: Wording, row: pd.Series, amount: float | None) -> str:
    way = f"the route from {say.place(row['origin'])} to {say.place(row['destination'])}"
    return f"{way} is full{say.when(row)}{_missing(amount, f'{number(enough(amount or 0.0))} t more')}"


def _fleet(say: Wording, row: pd.Series, amount: float | None) -> str:
    vehicles = f"every {row['vehicle']} of {mention('depot', row['depot'])} is on the road{say.when(row)}"
    return vehicles + _missing(amount, f"{number(enough(amount or 0.0))} hours more")


def _staff(say: Wording, row: pd.Series, amount: float | None) -> str:
    who = mention("organisation", row["organisation"])
    if say.most is not None:
        there = f"{who} has no more than {number(say.most)} staff" if say.most else f"{who} has too few staff"
        return there + say.when(row)
    free = f"no more than {number(say.left)} staff of {who} are free"
    staff = free if say.left else f"all staff of {who} are at work"
    return f"{staff}{say.when(row)}{_missing(amount, f'{number(enough(amount or 0.0))} more would do')}"


def _place(text: str, missing: str = "") -> Words:
    """Return words made of a row's labels and its period, and of the amount in brackets."""

    def words(say: Wording, row: pd.Series, amount: float | None) -> str:
        labels = {str(name): str(value) for name, value in row.items()}
        labels |= {kind: mention(kind, labels[kind]) for kind in KINDS if kind in labels}
        labels |= {"place": say.place(labels["place"])} if "place" in labels else {}
        # Rows are counted as a file does, as `check` tells them and `--set` takes them.
        labels |= {"row": f"{int(str(row['row'])) + 2}"} if "row" in labels else {}
        by = amount or 0.0
        counts = {name: counted(by, "person", name) for name in ("people", "persons")}
        known = {**labels, **counts, "when": say.when(row), "amount": number(enough(by))}
        return text.format(**known) + (_missing(amount, missing.format(**known)) if missing else "")

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
