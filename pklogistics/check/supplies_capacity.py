"""Supplies, room (S3): what depots and sites keep and take in, and what routes carry.

S3  stock at the end of a period <= capacity_t and capacity_m3 of the depot, storage_t and storage_m3 of the
    site (both 0: nothing stays, whatever it weighs); pledges taken in, purchases and what comes by route
    <= throughput_t of the depot; tonnes sent off in a period <= capacity_t of the route.
"""

from __future__ import annotations

import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import total
from pklogistics.check.names import BLANK, SOURCES
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_facts import WAY
from pklogistics.check.supplies_wording import told
from pklogistics.check.tolerance import slack

SPOT = ["place", "period"]
MEASURES = {"t": "weight", "m3": "volume"}


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return the violations of S3 but for vehicles."""
    return [
        *_stores(facts, claims, goods),
        *_nothing_stays(facts, claims, goods),
        *_intake(facts, claims, goods),
        *_routes(claims, goods),
    ]


def _over(
    claims: Claims, rows: pd.DataFrame, used: str, keys: list[str], unit: str, message: str
) -> list[Violation]:
    """Return the rows that use more than their ``most``; blank is no limit."""
    rows = rows.assign(used=rows[used], amount=rows[used] - rows["most"])
    wrong = rows[rows["amount"] > slack(rows["used"])]
    return violations(claims.names, "S3", wrong, keys, unit, message)


def _stores(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    kept = total(goods.inventory, SPOT, *MEASURES.values())
    found = []
    for unit, measure in MEASURES.items():
        room = pd.concat([facts.sites[f"storage_{unit}"], goods.supply.depots[f"capacity_{unit}"]])
        stored = kept.assign(most=room.to_numpy(dtype=float)[kept["place"].to_numpy()])
        message = (
            f"{{used}} {unit} are kept at {{place}} as period {{period}} ends; there is room for {{most}}"
        )
        found += _over(claims, stored, measure, ["place"], unit, message)
    return found


def _nothing_stays(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return what stays at sites without storage and is not told by weight or volume, having none."""
    kept = goods.inventory[goods.inventory["place"] < goods.supply.sites]
    storage = facts.sites[["storage_t", "storage_m3"]].to_numpy(dtype=float)
    none = (storage == 0).all(axis=1)[kept["place"].to_numpy()]
    weightless = (kept["weight"] <= slack()) & (kept["volume"] <= slack())
    wrong = kept[none & weightless & (kept["quantity"] > slack())]
    message = "{quantity} {counted} of {lot} are kept at {place} in period {period}, where nothing can stay"
    return told(goods, claims, "S3", wrong, ["place"], message)


def _intake(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    came = goods.shipments.assign(place=goods.shipments["destination"], period=goods.shipments["due"])
    bought = goods.purchases.assign(period=goods.purchases["due"])
    pledged = goods.intake[goods.intake["source"] == SOURCES.index("pledge")]
    taken = pd.concat([rows[[*SPOT, "weight"]] for rows in (came, bought, pledged)], ignore_index=True)
    taken = taken[(taken["place"] >= goods.supply.sites) & (taken["period"] <= facts.periods)]
    sums = total(taken, SPOT, "weight")
    most = goods.supply.depots["throughput_t"].to_numpy(dtype=float)
    sums = sums.assign(most=most[goods.supply.depot(sums["place"].to_numpy())])
    message = "{place} takes in {used} t in period {period}; it can take {most}"
    return _over(claims, sums, "weight", ["place"], "t", message)


def _routes(claims: Claims, goods: Goods) -> list[Violation]:
    sent = goods.shipments[goods.shipments["route"] != BLANK]
    sums = total(sent, ["route", "period"], "weight")
    routes = goods.supply.routes.iloc[sums["route"].to_numpy()].reset_index(drop=True)
    sums = sums.assign(most=routes["capacity_t"].astype(float), **{name: routes[name] for name in WAY})
    message = (
        "{used} t go from {origin} to {destination} by {mode} in period {period}; the route carries {most}"
    )
    return _over(claims, sums, "weight", WAY, "t", message)
