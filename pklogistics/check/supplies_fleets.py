"""Supplies, vehicles (S3): who carries what, and for how long.

S3  routes whose mode has a fleet at their origin: tonnes and m3 sent in a period = what its vehicles carry;
    hours = 2 * one-way hours * loads, loads the larger of tonnes / payload_t and m3 / payload_m3; sum of the
    hours of a type of vehicle over all routes in a period <= count * hours_per_period.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.findings import violations
from pklogistics.check.matching import side_by_side, total
from pklogistics.check.names import BLANK, at
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_facts import WAY
from pklogistics.check.tolerance import slack

USE = ["depot", "vehicle", "mode", "destination"]
CARRIED = {"weight": "t", "volume": "m3"}


def check(claims: Claims, goods: Goods) -> list[Violation]:
    """Return the violations of S3 by vehicles."""
    return [*_idle(claims, goods), *_loads(claims, goods), *_hours(claims, goods), *_limits(claims, goods)]


def _driven(goods: Goods, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows on routes that a fleet drives."""
    driven = at(goods.supply.routes["driven"].to_numpy(dtype=bool), rows["route"].to_numpy(), False)
    return rows.loc[driven]


def _idle(claims: Claims, goods: Goods) -> list[Violation]:
    """Return the vehicles that no fleet has, or that drive where no route is open."""
    rows = goods.vehicles
    amount = np.maximum(rows["tonnes"], np.maximum(rows["volume_m3"], rows["hours"]))
    rows = rows.assign(amount=amount)[amount > slack()]
    strange = rows[rows["fleet"] == BLANK]
    lost = rows[(rows["fleet"] != BLANK) & (rows["route"] == BLANK)]
    found = []
    for wrong, what in ((strange, "; it has no such vehicles"), (lost, ", where no route is open to them")):
        message = "{vehicle} of {depot} drive to {destination} by {mode} in period {period}" + what
        found += violations(claims.names, "S3", wrong, USE, "t, m3 or hours", message)
    return found


def _loads(claims: Claims, goods: Goods) -> list[Violation]:
    sent = _driven(goods, goods.shipments)
    carried = _driven(goods, goods.vehicles[goods.vehicles["fleet"] != BLANK])
    carried = carried.assign(weight=carried["tonnes"], volume=carried["volume_m3"])
    both = side_by_side(sent, carried, [*WAY, "period"], list(CARRIED))
    found = []
    for measure, unit in CARRIED.items():
        sides = both.assign(sent=both[measure], carried=both[f"{measure}_stated"])
        sides = sides.assign(amount=np.abs(sides["sent"] - sides["carried"]))
        wrong = sides[sides["amount"] > slack(sides["sent"], sides["carried"])]
        message = (
            f"{{sent}} {unit} are sent from {{origin}} to {{destination}} by {{mode}} in period {{period}}, "
            f"and vehicles carry {{carried}} {unit}"
        )
        found += violations(claims.names, "S3", wrong, WAY, unit, message)
    return found


def _hours(claims: Claims, goods: Goods) -> list[Violation]:
    rows = goods.vehicles[(goods.vehicles["fleet"] != BLANK) & (goods.vehicles["route"] != BLANK)]
    rows = rows.assign(amount=np.abs(rows["hours"] - rows["needed"]))
    return violations(
        claims.names,
        "S3",
        rows[rows["amount"] > slack(rows["hours"], rows["needed"])],
        USE,
        "hours",
        "{vehicle} of {depot} ({mode}) take {needed} hours to {destination} and back with {tonnes} t and "
        "{volume_m3} m3 in period {period}; the plan says {hours}",
    )


def _limits(claims: Claims, goods: Goods) -> list[Violation]:
    rows = goods.vehicles[goods.vehicles["fleet"] != BLANK]
    busy = total(rows, ["fleet", "period"], "needed")
    fleets = goods.supply.fleets.iloc[busy["fleet"].to_numpy()].reset_index(drop=True)
    have = fleets["count"] * fleets["hours_per_period"]
    busy = fleets.assign(period=busy["period"], needed=busy["needed"], have=have)
    busy = busy.assign(amount=busy["needed"] - busy["have"])
    return violations(
        claims.names,
        "S3",
        busy[busy["amount"] > slack(busy["needed"])],
        ["depot", "vehicle", "mode"],
        "hours",
        "{vehicle} of {depot} ({mode}) are on the road for {needed} hours in period {period}; {count} of "
        "them have {have}",
    )
