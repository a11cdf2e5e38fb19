"""Family equity: no group of people is favoured over another (Q1).

Sets and symbols
    g a group of sites, c a sector, P[c,g] the people in need, U[c,g] the unmet people, all periods together

    low[c]      in [0,1]   the least share of unmet people of any group
    broken[c]   >= 0       by how much the spread exceeds the tolerance, in people of the smallest group

Equations: the share of people covered is 1 - U/P, so its spread is that of U/P:
    (Q1) low[c] P[c,g] <= U[c,g] <= (low[c] + tolerance) P[c,g] + broken[c] P[c,g] / min_g P[c,g]
"""

from __future__ import annotations

import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.sets import BLANK, grouped

FAMILY = "equity"


def add_impartiality(assembly: Assembly) -> None:
    """Add impartiality between groups, per sector, where the policy sets a tolerance."""
    tolerance = assembly.mission.header.policy.impartiality_tolerance
    if tolerance is None:
        return
    builder, sets = assembly.builder, assembly.sets
    needs = sets.needs.assign(group=sets.sites["group"].to_numpy()[sets.needs["site"]], unmet=assembly.unmet)
    needs = needs[(needs["group"] != "") & (needs["people"] > 0)]
    groups = needs.groupby(["sector", "group"], as_index=False)["people"].sum()
    several = groups.groupby("sector")["group"].transform("size") > 1
    groups = groups[several].reset_index(drop=True)
    numbers, sectors = grouped(groups, ["sector"])
    smallest = groups.groupby("sector")["people"].transform("min")

    low = builder.columns(FAMILY, "low", assembly.labelled(sectors), upper=1)
    broken = assembly.break_column(FAMILY, "Q1", sectors, weight=1.0)
    keys = assembly.labelled(groups[["sector"]]).assign(group=groups["group"])
    at_least = builder.rows(FAMILY, "Q1_least", keys, lower=0)
    at_most = builder.rows(FAMILY, "Q1_most", keys, upper=tolerance * groups["people"])
    builder.entries(at_least, low[numbers], -groups["people"])
    builder.entries(at_most, low[numbers], -groups["people"])
    builder.entries(at_most, broken[numbers], -groups["people"] / smallest)
    lines = needs[needs["unmet"] != BLANK].merge(
        pd.DataFrame(
            {"sector": groups["sector"], "group": groups["group"], "least": at_least, "most": at_most}
        )
    )
    builder.entries(lines["least"], lines["unmet"])
    builder.entries(lines["most"], lines["unmet"])
