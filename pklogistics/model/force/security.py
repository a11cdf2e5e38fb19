"""Security before anyone works, armed presence kept apart, and surgeons within reach (T4, T5, T7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model import reach
from pklogistics.model.assembly import Assembly
from pklogistics.model.force.stationing import near_facility
from pklogistics.model.sets import grouped

FAMILY = "force"


def add_security(assembly: Assembly) -> None:
    """Add what stationing allows and forbids to organisations, and where units may be at all."""
    if not assembly.mission.has("units"):
        return
    _add_required_security(assembly)
    _add_armed_presence(assembly)
    _add_evacuation(assembly)


def _add_required_security(assembly: Assembly) -> None:
    """Add T4: whoever needs security has a base only where units give enough of it."""
    builder, sets, bases = assembly.builder, assembly.sets, assembly.bases
    required = sets.sites["required"].to_numpy(float)
    wary = sets.organisations["needs_security"].to_numpy(bool)
    guarded = bases[wary[bases["organisation"]] & (required[bases["site"]] > 0)]
    numbers, keys = grouped(guarded, ["site", "period"])
    secured = builder.columns(FAMILY, "secured", assembly.labelled(keys), upper=1, block=keys["site"])
    rows = builder.rows(FAMILY, "T4_base", assembly.labelled(guarded), upper=0)
    builder.entries(rows, guarded["base"], 1)
    builder.entries(rows, secured[numbers], -1)

    rows = builder.rows(FAMILY, "T4", assembly.labelled(keys), lower=0)
    builder.entries(rows, secured, -required[keys["site"]])
    points = sets.mission.frame("units")["security"].to_numpy(float)
    lines = assembly.stationing.merge(keys.assign(row=rows), on=["site", "period"])
    value = np.minimum(points[lines["unit"]], required[lines["site"]])
    builder.entries(lines["row"], lines["stationed"], value)


def _add_armed_presence(assembly: Assembly) -> None:
    """Add T5: who does not accept armed presence has no base where armed units are."""
    builder, sets, bases = assembly.builder, assembly.sets, assembly.bases
    shy = ~sets.organisations["accepts_armed_presence"].to_numpy(bool)
    apart = bases[shy[bases["organisation"]]]
    numbers, keys = grouped(apart, ["site", "period"])
    armed = builder.columns(FAMILY, "armed", assembly.labelled(keys), upper=1, block=keys["site"])
    rows = builder.rows(FAMILY, "T5", assembly.labelled(apart), upper=1)
    builder.entries(rows, apart["base"])
    builder.entries(rows, armed[numbers])

    bearing = sets.mission.frame("units")["armed"].to_numpy(bool)
    units = assembly.stationing[bearing[assembly.stationing["unit"]]]
    lines = units.merge(keys.assign(armed=armed), on=["site", "period"])
    rows = builder.rows(FAMILY, "T5_armed", assembly.labelled(lines), upper=0)
    builder.entries(rows, lines["stationed"], 1)
    builder.entries(rows, lines["armed"], -lines["limit"])


def _add_evacuation(assembly: Assembly) -> None:
    """Add T7: units are only where a surgeon is within minutes: a facility there, or a medical unit."""
    builder, sets, frame = assembly.builder, assembly.sets, assembly.stationing
    policy = sets.mission.header.policy
    if policy.medevac_minutes is None:
        return
    alone = frame[~near_facility(sets)[frame["site"]]]
    numbers, keys = grouped(alone, ["site", "period"])
    held = builder.columns(FAMILY, "held", assembly.labelled(keys), upper=1, block=keys["site"])
    rows = builder.rows(FAMILY, "T7_units", assembly.labelled(alone), upper=0)
    builder.entries(rows, alone["stationed"], 1)
    builder.entries(rows, held[numbers], -alone["limit"])

    rows = builder.rows(FAMILY, "T7", assembly.labelled(keys), upper=0)
    builder.entries(rows, held, 1)
    surgeon = (sets.mission.frame("units")["medical_level"] >= 2).to_numpy()
    medical = frame[surgeon[frame["unit"]]]
    lonely, hospital = np.zeros((2, len(sets.sites)), dtype=bool)
    lonely[alone["site"]] = True
    hospital[medical["site"]] = True
    pairs = reach.within_minutes(sets, policy.medevac_minutes, policy.medevac_speed_kmh, lonely, hospital)
    reaching = (
        keys.assign(row=rows)
        .merge(pairs, on="site")
        .merge(
            pd.DataFrame(
                {"post": medical["site"], "period": medical["period"], "stationed": medical["stationed"]}
            ),
            on=["post", "period"],
        )
    )
    builder.entries(reaching["row"], reaching["stationed"], -1)
