"""Supplies, armed escort (S5); that units escort or stand at a site, and not both, is T2.

S5  tonnes sent in a period on routes with escort = the sum of what units on escort duty escort, each no more
    than escort_t * count, so that what weighs nothing needs none; goods for organisations that refuse escort
    take no such route.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import side_by_side
from pklogistics.check.names import CARGO, at
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_facts import WAY
from pklogistics.check.supplies_wording import told
from pklogistics.check.tolerance import slack


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return the violations of S5."""
    guarded = at(
        goods.supply.routes["escort"].to_numpy(dtype=bool), goods.shipments["route"].to_numpy(), False
    )
    escorted = goods.shipments.loc[guarded]
    return [
        *_refused(claims, goods, escorted),
        *_strength(facts, claims, goods),
        *_tonnes(claims, goods, escorted),
    ]


def _refused(claims: Claims, goods: Goods, escorted: pd.DataFrame) -> list[Violation]:
    wrong = escorted[(escorted["cargo"] == CARGO.index("unescorted")) & (escorted["quantity"] > slack())]
    message = (
        "{quantity} {counted} of {lot} go from {origin} to {destination} by {mode} in period {period}, under "
        "armed escort"
    )
    return told(goods, claims, "S5", wrong, WAY, message)


def _strength(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    rows = goods.escorts
    each = np.nan_to_num(facts.units["escort_t"].to_numpy(dtype=float))[rows["unit"].to_numpy()]
    rows = rows.assign(most=each * rows["count"])
    rows = rows.assign(amount=rows["tonnes"] - rows["most"])
    return violations(
        claims.names,
        "S5",
        rows[rows["amount"] > slack(rows["tonnes"], rows["most"])],
        ["unit"],
        "t",
        "{count} of {unit} escort {tonnes} t in period {period}; they can escort {most}",
    )


def _tonnes(claims: Claims, goods: Goods, escorted: pd.DataFrame) -> list[Violation]:
    stated = goods.escorts.rename(columns={"tonnes": "weight"})
    both = side_by_side(escorted, stated, ["period"], ["weight"])
    both = both.assign(amount=np.abs(both["weight"] - both["weight_stated"]))
    return violations(
        claims.names,
        "S5",
        both[both["amount"] > slack(both["weight"], both["weight_stated"])],
        [],
        "t",
        "{weight} t are sent on routes that need escort in period {period}; {weight_stated} t are escorted",
    )
