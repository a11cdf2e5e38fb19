"""Family needs: who is served, who is not, and what is mandated (N1–N3).

Sets and symbols
    n = (s, a, t) a need with people[n], of whom covered[n] are served outside this plan
    net[n] = max(0, people[n] - covered by others)

    served[h,n]  >= 0     people served by option h (or from a post, see `force`)
    unmet[n]     >= 0     people not served
    full[n]      binary   an all-or-nothing need is served
    broken[n]    >= 0     people below the mandated floor

Equations
    (N1) sum_h served[h,n] + unmet[n] = net[n]
    (N2) unmet[n] = net[n] (1 - full[n])                      for all-or-nothing activities
    (N3) unmet[n] <= (1 - min_coverage[n]) people[n] + broken[n]
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.sets import BLANK

FAMILY = "needs"


def add_service(assembly: Assembly) -> None:
    """Add the people served by each option, the use of options that cost, and what service costs."""
    builder, sets, options = assembly.builder, assembly.sets, assembly.options
    need = sets.needs.iloc[options["n"]].reset_index(drop=True)
    for key in ("activity", "site", "period"):
        options[key] = need[key]
    keys = assembly.labelled(options).assign(modality=sets.capabilities["modality"].to_numpy()[options["h"]])
    options["served"] = builder.columns(FAMILY, "served", keys, upper=options["limit"], block=options["site"])
    capability = sets.capabilities.iloc[options["h"]].reset_index(drop=True)
    assembly.charge("service", options, column="served", rate=capability["cost_per_person"])
    per_presence = capability["cost_per_presence"].to_numpy(float)
    tied = options[options["presence"] != BLANK]
    several = tied.groupby("presence")["h"].transform("size") > 1
    costly = (pd.Series(per_presence > 0).groupby(options["presence"]).transform("any")).loc[tied.index]
    options["used"] = BLANK
    chosen = tied[several & costly]
    options.loc[chosen.index, "used"] = builder.columns(
        "coordination", "used", keys.loc[chosen.index], upper=1, integer=True, block=chosen["site"]
    )
    active = np.append(assembly.presence["active"].to_numpy(np.int64), BLANK)[options["presence"]]
    options["occupied"] = np.where(options["used"] != BLANK, options["used"], active)
    paying = options["occupied"] != BLANK
    assembly.charge("presence", options[paying], column="occupied", rate=per_presence[paying.to_numpy()])
    assembly.service = options[["n", "organisation", "served"]]


def add_balance(assembly: Assembly) -> None:
    """Add the unmet people and the rows N1, N2 and N3."""
    builder, sets = assembly.builder, assembly.sets
    needs = sets.needs
    is_open = (needs["net"] > 0).to_numpy()
    remaining = needs[is_open]
    keys = assembly.labelled(remaining[["activity", "site", "period"]])
    unmet = builder.columns(FAMILY, "unmet", keys, upper=remaining["net"], block=remaining["site"])
    builder.term("need", unmet, remaining["weight"], unit="severity-weighted people")
    assembly.unmet = np.full(len(needs), BLANK)
    assembly.unmet[is_open] = unmet
    rows = np.full(len(needs), BLANK)
    rows[is_open] = builder.rows(FAMILY, "N1", keys, lower=remaining["net"], upper=remaining["net"])
    builder.entries(rows[is_open], unmet)
    builder.entries(rows[assembly.service["n"]], assembly.service["served"])
    _add_all_or_nothing(assembly, remaining[remaining["whole"]])
    _add_floors(assembly, remaining)


def _add_all_or_nothing(assembly: Assembly, whole: pd.DataFrame) -> None:
    builder = assembly.builder
    keys = assembly.labelled(whole[["activity", "site", "period"]])
    full = builder.columns(FAMILY, "full", keys, upper=1, integer=True, block=whole["site"])
    rows = builder.rows(FAMILY, "N2", keys, lower=whole["net"], upper=whole["net"])
    builder.entries(rows, assembly.unmet[whole.index])
    builder.entries(rows, full, whole["net"])


def _add_floors(assembly: Assembly, remaining: pd.DataFrame) -> None:
    builder = assembly.builder
    allowed = (1 - remaining["floor"]) * remaining["people"]
    binding = remaining[allowed < remaining["net"]]
    place = binding[["activity", "site", "period"]].assign(n=binding.index)
    allowed = allowed[binding.index]
    broken = assembly.break_column(
        FAMILY, "N3", place, weight=1.0, upper=binding["net"] - allowed, block=binding["site"]
    )
    rows = builder.rows(FAMILY, "N3", assembly.labelled(place), upper=allowed)
    builder.entries(rows, assembly.unmet[binding.index], 1)
    builder.entries(rows, broken, -1)
    mandated = (binding["net"] - allowed).to_numpy(float)
    assembly.floors = pd.DataFrame({"n": binding.index, "floor": mandated, "broken": broken})
