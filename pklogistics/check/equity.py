"""Equity: no community is favoured over another (Q1).

Q1  (with policy.impartiality_tolerance) per sector and over the whole horizon, for each group g with
    people: ratio_g = covered_g / people_g, others' coverage included; max - min <= tolerance + broken,
    elastic; a break counts in people: broken * people of the sector's smallest group.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.matching import total
from pklogistics.check.tolerance import NOTHING


def breaks(facts: Facts, claims: Claims) -> pd.DataFrame:
    """Return the sectors in which groups are served too unequally (Q1): sector, amount, size (people)."""
    tolerance = facts.mission.header.policy.impartiality_tolerance
    if tolerance is None:
        return pd.DataFrame()
    group, names = pd.factorize(facts.sites["group"])
    none = names.get_indexer(pd.Index([""], dtype=object))[0]
    met = claims.met.assign(
        group=group[claims.met["site"].to_numpy()], reached=claims.met["covered"] + claims.met["served"]
    )
    groups = total(met[met["group"] != none], ["sector", "group"], "people", "reached")
    groups = groups[groups["people"] > NOTHING]
    groups = groups.assign(ratio=groups["reached"] / groups["people"])
    sectors = groups.groupby("sector", as_index=False).agg(
        most=("ratio", "max"), least=("ratio", "min"), smallest=("people", "min")
    )
    too_far = np.maximum(0.0, sectors["most"] - sectors["least"] - tolerance)
    found = sectors[["sector"]].assign(
        rule="Q1", period=0, amount=too_far * sectors["smallest"], size=sectors["smallest"]
    )
    return found[found["amount"] > 0]
