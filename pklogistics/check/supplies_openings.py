"""Supplies, what is opened (S4): depots in use and routes repaired.

S4  a depot is in use in every period in which it takes in, keeps or sends goods; a depot or route with an
    opening cost is opened once, no later than its first use, at that cost; depots in use in a period
    <= policy.max_open_depots. What has no opening cost need not be opened.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import distinct, look_up, occurs
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_facts import WAY
from pklogistics.check.tolerance import slack


def in_use(facts: Facts, goods: Goods) -> pd.DataFrame:
    """Return the depots in use by period: depot and period, each once."""
    shipments = goods.shipments
    moves = [
        goods.purchases.assign(period=goods.purchases["due"]),
        goods.intake,
        goods.inventory,
        shipments.assign(place=shipments["origin"]),
        shipments.assign(place=shipments["destination"], period=shipments["due"]),
    ]
    place, period, quantity = (
        np.concatenate([rows[name].to_numpy() for rows in moves]) for name in ("place", "period", "quantity")
    )
    uses = (quantity > slack()) & (place >= goods.supply.sites) & (period <= facts.periods)
    used = distinct(pd.DataFrame({"place": place[uses], "period": period[uses]}), ["place", "period"])
    return used.assign(depot=goods.supply.depot(used["place"].to_numpy()))[["depot", "period"]]


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return the violations of S4."""
    used = in_use(facts, goods)
    return [
        *_number(facts, claims, used),
        *_strange(claims, goods),
        *_opened(claims, goods, "depot", used),
        *_opened(claims, goods, "route", goods.shipments[goods.shipments["quantity"] > slack()]),
    ]


def _number(facts: Facts, claims: Claims, used: pd.DataFrame) -> list[Violation]:
    cap = facts.mission.header.policy.max_open_depots
    if cap is None:
        return []
    count = used.groupby("period", as_index=False).agg(depots=("depot", "size"))
    count = count.assign(amount=(count["depots"] - cap).astype(float))
    return violations(
        claims.names,
        "S4",
        count[count["amount"] > 0],
        [],
        "depots",
        f"{{depots}} depots are in use in period {{period}}; no more than {cap} may be",
    )


def _strange(claims: Claims, goods: Goods) -> list[Violation]:
    """Return the openings of what is neither a depot nor a route of the mission, or at another cost."""
    rows = goods.openings
    known = (rows["depot"] != BLANK) | (rows["route"] != BLANK)
    apart = np.abs(rows["cost"] - rows["price"])
    strange = rows[~known].assign(amount=1.0)
    dear = rows.assign(amount=apart)[known & (apart > slack(rows["price"], rows["cost"]))]
    found = []
    for wrong, unit, what in (
        (strange, "openings", "; there is no such {kind}"),
        (dear, "currency", " at a cost of {cost}; it is {price}"),
    ):
        message = "{kind} {origin} {destination} {mode} is opened in period {period}" + what
        found += violations(claims.names, "S4", wrong, ["kind", *WAY], unit, message)
    return found


def _opened(claims: Claims, goods: Goods, kind: str, uses: pd.DataFrame) -> list[Violation]:
    """Return what is used before it is opened, or never opened, or opened twice."""
    if uses.empty and goods.openings.empty:
        return []
    things = goods.supply.depots if kind == "depot" else goods.supply.routes
    things = things.assign(**{kind: np.arange(len(things))})
    names = WAY if kind == "route" else ["depot"]
    openings = goods.openings.loc[goods.openings[kind] != BLANK, [kind, "period"]]
    first = uses[uses[kind] != BLANK].groupby(kind, as_index=False).agg(period=("period", "min"))
    opened = openings.groupby(kind, as_index=False).agg(opened=("period", "min"))
    first = first.assign(opened=look_up(first, opened, [kind], "opened"))
    costly = things[things["opening_cost"] > 0]
    what = f"{kind} " + ("{origin} to {destination} by {mode}" if kind == "route" else "{depot}")
    found = []
    for rows, message in (
        (
            first[np.isnan(first["opened"]) & occurs(first, costly, [kind])],
            what + " is used from period {period} on and never opened",
        ),
        (
            first[first["opened"] > first["period"]],
            what + " is used from period {period} on and opened only in period {opened}",
        ),
        (openings[openings.duplicated(kind)], what + " is opened once more in period {period}"),
    ):
        if rows.empty:
            continue
        named = rows.merge(things[[*dict.fromkeys([kind, *names])]], on=kind).assign(amount=1.0)
        found += violations(claims.names, "S4", named, names, "openings", message)
    return found
