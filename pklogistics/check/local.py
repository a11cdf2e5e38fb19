"""Local organisations: their staff grows by training, and the mission hands over to them (C9).

C9  growth of the staff of an organisation in t = sum over periods <= t - lag and all sites of the people
    served with the training, by anyone, times staff_per_person.
    handover: from its period on, until a later row for the same activity or sector takes over, people
    served by local organisations >= local_share * people served by anyone - broken (people), elastic.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.matching import look_up, over_periods, total
from pklogistics.check.names import BLANK, at


def growth(facts: Facts, claims: Claims) -> pd.DataFrame:
    """Return the staff (people) that each organisation has gained by each period: ``grown``."""
    rows = facts.table("capacity_building")
    trained = total(claims.service, ["activity", "period"], "people").rename(columns={"period": "trained_in"})
    gains = rows.merge(trained, on="activity")
    gains = gains.assign(grown=gains["people"] * gains["staff_per_person"])
    first = (gains["trained_in"] + gains["lag"]).to_numpy(dtype=np.int64)
    last = np.full(len(gains), facts.periods, dtype=np.int64)
    return total(over_periods(gains, first, last, facts.periods), ["organisation", "period"], "grown")


def breaks(facts: Facts, claims: Claims) -> pd.DataFrame:
    """Return the shares of handover (C9) missed: activity or sector, period, amount and size (people)."""
    if not facts.mission.has("handover"):
        return pd.DataFrame()
    rows = _in_force(facts)
    local = facts.organisations["local"].to_numpy(dtype=bool)
    served = facts.placed(claims.service)
    served = served.assign(own=served["people"] * at(local, served["organisation"].to_numpy(), False))
    parts = []
    for field in ("activity", "sector"):
        of = rows[rows[field] != BLANK]
        sums = total(served, [field, "period"], "people", "own")
        everyone = np.nan_to_num(look_up(of, sums, [field, "period"], "people"))
        own = np.nan_to_num(look_up(of, sums, [field, "period"], "own"))
        parts.append(of.assign(size=everyone, amount=of["local_share"] * everyone - own))
    found = pd.concat(parts)[["activity", "sector", "period", "amount", "size"]]
    return found[found["amount"] > 0].assign(rule="C9")


def _in_force(facts: Facts) -> pd.DataFrame:
    """Return each handover row in every period in which it holds; one with an activity has no sector."""
    rows = facts.table("handover")
    rows = rows.assign(
        sector=np.where(rows["activity"] != BLANK, BLANK, rows["sector"]),
        begin=rows["period"].fillna(1).astype(np.int64),
    ).sort_values("begin")
    until = rows.groupby(["activity", "sector"])["begin"].shift(-1, fill_value=facts.periods + 1) - 1
    return over_periods(rows, rows["begin"].to_numpy(), until.to_numpy(), facts.periods)
