"""Supplies, on the way (S1): goods move on routes that are there and open, and arrive in time.

S1  sent in t on a route open in t, or handed over (mode local, in the same period, at no cost) by a depot to
    the site at which it stands; arrives = t + lead_time, within the mission and no later than the last period
    of use.
"""

from __future__ import annotations

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.matching import occurs
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_facts import WAY
from pklogistics.check.supplies_wording import told
from pklogistics.check.tolerance import slack


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return the shipments that no route can carry, and those that come too late (S1)."""
    rows = goods.shipments
    untrue = rows[rows["arrives"] != rows["due"]]
    sent = rows[rows["quantity"] > slack()]
    lost = sent[(sent["route"] == BLANK) & ~sent["local"]]
    known = occurs(lost, goods.supply.routes, WAY)
    late = sent[sent["due"] > facts.periods]
    spoilt = sent[(sent["due"] > sent["last"]) & goods.supply.life.perishes(sent)]
    quantity = (
        "{quantity} {counted} of {lot} are sent from {origin} to {destination} by {mode} in period {period}"
    )
    found = []
    for wrong, what in (
        (lost[~known], quantity + "; there is no such route"),
        (lost[known], quantity + ", when the route is closed"),
        (late, quantity + " and arrive after the mission, in period {due}"),
        (spoilt, quantity + " and have expired when they arrive, in period {due}"),
        (
            untrue,
            "{lot} sent from {origin} to {destination} by {mode} in period {period} arrives in period {due}, "
            "not {arrives}",
        ),
    ):
        found += told(goods, claims, "S1", wrong, WAY, what)
    return found
