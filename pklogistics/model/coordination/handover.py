"""Staff, the training that makes it grow, and handover to local organisations (C8, C9).

(C8) sum staff_per_1000/1000 served[h,n] <= staff[o,t] + growth[o,t]   (staff once mobilised: `mobilised`)
(C9) growth[o,t] = sum_{t' <= t - lag} staff_per_person * served in t' by anyone (training activity)
(C9) sum_{local} served >= local_share * sum_{all} served - broken   from the period of the row on
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.coordination import mobilised
from pklogistics.model.sets import BLANK

FAMILY = "coordination"


def add_handover(assembly: Assembly) -> None:
    """Add the staff limit with its growth, and the shares that local organisations must reach."""
    if assembly.mission.has("staff"):
        _add_staff(assembly)
    if assembly.mission.has("handover"):
        _add_local_share(assembly)


def _add_staff(assembly: Assembly) -> None:
    builder, sets = assembly.builder, assembly.sets
    staff = sets.mission.by_period("staff")
    staff = pd.DataFrame(
        {
            "organisation": sets.names.codes("organisation", staff["organisation"]),
            "period": staff["period"].to_numpy(np.int64),
            "people": staff["people"].to_numpy(float),
        }
    )
    rate = sets.capabilities["staff_per_1000"].to_numpy(float) / 1000
    used = assembly.options[["h", "n", "organisation", "limit", "served"]]
    used = used.assign(period=sets.needs["period"].to_numpy()[used["n"]], rate=rate[used["h"]])
    line = staff[["organisation", "period"]].reset_index(names="line")
    used = used[used["rate"] > 0].merge(line, on=["organisation", "period"])
    most = np.bincount(used["line"], weights=used["rate"] * used["limit"], minlength=len(staff))
    people = staff["people"].to_numpy(float)
    labels = assembly.labelled(staff)
    staff["row"] = mobilised.limited_rows(assembly, "C8_staff", labels, staff, people, most)
    builder.entries(staff["row"].to_numpy()[used["line"]], used["served"], used["rate"])
    if sets.mission.has("capacity_building"):
        _add_growth(assembly, staff)


def _add_growth(assembly: Assembly, staff: pd.DataFrame) -> None:
    """Relax the staff rows by the people trained at least ``lag`` periods before (C9)."""
    sets = assembly.sets
    training = sets.mission.frame("capacity_building").copy()
    for kind in ("organisation", "activity"):
        training[kind] = sets.names.codes(kind, training[kind])
    needs = sets.needs[["activity", "period"]].rename(columns={"period": "trained"})
    trained = (
        assembly.service[["n", "served"]]
        .join(needs, on="n")
        .merge(training[["activity", "organisation", "staff_per_person", "lag"]], on="activity")
    )
    grown = trained.merge(staff, on="organisation")
    grown = grown[grown["trained"] + grown["lag"] <= grown["period"]]
    assembly.builder.entries(grown["row"], grown["served"], -grown["staff_per_person"])


def _add_local_share(assembly: Assembly) -> None:
    builder, sets = assembly.builder, assembly.sets
    shares = _shares(assembly)
    needs = sets.needs[["activity", "sector", "period"]]
    service = assembly.service.join(needs, on="n")
    broken = assembly.break_column(FAMILY, "C9", shares, weight=1.0)
    rows = builder.rows(FAMILY, "C9_local_share", assembly.labelled(shares), lower=0)
    builder.entries(rows, broken, 1)
    shares = shares.assign(row=rows)
    by_activity = (
        shares[shares["activity"] != BLANK].drop(columns="sector").merge(service, on=["activity", "period"])
    )
    by_sector = (
        shares[shares["activity"] == BLANK].drop(columns="activity").merge(service, on=["sector", "period"])
    )
    lines = pd.concat([by_activity, by_sector], ignore_index=True)
    local = np.append(sets.organisations["local"].to_numpy(bool), False)[lines["organisation"]]
    builder.entries(lines["row"], lines["served"], np.where(local, 1.0, 0.0) - lines["local_share"])


def _shares(assembly: Assembly) -> pd.DataFrame:
    """Return the share in force per activity or sector and period: that of the latest row so far."""
    sets = assembly.sets
    table = sets.mission.frame("handover")
    coded = pd.DataFrame(
        {
            "activity": sets.names.codes("activity", table["activity"]),
            "sector": sets.names.codes("sector", table["sector"]),
            "since": table["period"].fillna(1).to_numpy(np.int64),
            "local_share": table["local_share"].to_numpy(float),
        }
    )
    every = coded.merge(pd.DataFrame({"period": sets.periods}), how="cross")
    every = every[every["since"] <= every["period"]].sort_values("since", kind="stable")
    latest = every.groupby(["activity", "sector", "period"], as_index=False).last()
    return latest[latest["local_share"] > 0].drop(columns="since").reset_index(drop=True)
