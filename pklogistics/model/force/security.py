"""Security before anyone works, armed presence kept apart, and surgeons within reach (T4, T5, T7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model import reach
from pklogistics.model.assembly import Assembly
from pklogistics.model.force.stationing import near_facility
from pklogistics.model.program import Bools, Floats
from pklogistics.model.sets import BLANK, grouped

FAMILY = "force"

_TINY = 1e-9


def add_security(assembly: Assembly) -> None:
    """Add what stationing allows and forbids to organisations, and where units may be at all."""
    if not assembly.mission.has("units"):
        return
    secured = _add_required_security(assembly)
    armed = _add_armed_presence(assembly)
    held = _add_evacuation(assembly)
    bearing = assembly.mission.frame("units")["armed"].to_numpy(bool)
    points = assembly.mission.frame("units")["security"].to_numpy(float)
    _add_implied(assembly, "T4_held", secured, "secured", held, "held")
    if bearing[points > 0].all():
        _add_implied(assembly, "T4_armed", secured, "secured", armed, "armed")
    _add_implied_of_posts(assembly, held)


def _add_required_security(assembly: Assembly) -> pd.DataFrame:
    """Add T4: whoever needs security has a base only where units give enough of it."""
    builder, sets, bases = assembly.builder, assembly.sets, assembly.bases
    required = sets.sites["required"].to_numpy(float)
    wary = sets.organisations["needs_security"].to_numpy(bool)
    guarded = bases[wary[bases["organisation"]] & (required[bases["site"]] > 0)]
    numbers, keys = grouped(guarded, ["site", "period"])
    keys["secured"] = builder.columns(FAMILY, "secured", assembly.labelled(keys), upper=1, block=keys["site"])
    if keys.empty:
        return keys
    rows = builder.rows(FAMILY, "T4_base", assembly.labelled(guarded), upper=0)
    builder.entries(rows, guarded["base"], 1)
    builder.entries(rows, keys["secured"].to_numpy()[numbers], -1)

    points = sets.mission.frame("units")["security"].to_numpy(float)
    lines = assembly.strength.merge(keys.reset_index(names="key"), on=["site", "period"])
    needed = required[keys["site"]]
    value = np.minimum(points[lines["unit"]], required[lines["site"]])
    _add_points(assembly, "T4", keys, lines, needed, value)
    for step in np.unique(points[points > 0]):
        # Whole units: rounding up after a division by any step is valid (Chvatal-Gomory), and tighter.
        _add_points(assembly, "T4_whole", keys, lines, _ceil(needed / step), _ceil(value / step))
    _add_unsecured(assembly, keys, wary)
    return keys


def _add_unsecured(assembly: Assembly, secured: pd.DataFrame, wary: Bools) -> None:
    """Add that organisations in need of security serve nobody without it, all of them together (T4).

    ``base <= secured`` says the same of whole points; in fractions, three organisations that are each half
    there would serve everyone with half of the security.
    """
    builder, sets, options = assembly.builder, assembly.sets, assembly.options
    needs = sets.needs
    by_wary = options.loc[wary[options["organisation"]] & (options["limit"] > 0), ["n", "limit", "served"]]
    most = np.minimum(by_wary.groupby("n")["limit"].sum(), needs["net"])
    concerned = needs[["activity", "site", "period"]].assign(n=needs.index, most=most)
    concerned = concerned.merge(secured, on=["site", "period"])
    concerned = concerned[concerned["most"] > 0]
    rows = builder.rows(FAMILY, "T4_served", assembly.labelled(concerned), upper=0)
    lines = by_wary.merge(concerned[["n"]].assign(row=rows), on="n")
    builder.entries(lines["row"], lines["served"])
    builder.entries(rows, concerned["secured"], -concerned["most"])
    by_others = options[~wary[options["organisation"]]]
    if not sets.apart:
        _add_shared_needs(assembly, concerned, by_others)
    others = by_others["n"]
    mandated = concerned[~concerned["n"].isin(others)].merge(assembly.floors, on="n")
    rows = builder.rows(FAMILY, "T4_floor", assembly.labelled(mandated), lower=mandated["floor"])
    builder.entries(rows, mandated["broken"])
    builder.entries(rows, mandated["secured"], mandated["floor"])


def _add_shared_needs(assembly: Assembly, concerned: pd.DataFrame, by_others: pd.DataFrame) -> None:
    """Add that without security no more are served than others can serve (T4 with N1).

    In fractions, those in need of security would serve who is left with a part of it (a flow cover, as
    `C1_pair`).
    """
    builder, options = assembly.builder, assembly.options
    net = assembly.sets.needs["net"].to_numpy(float)[concerned["n"]]
    others = by_others.groupby("n")["limit"].sum().reindex(concerned["n"]).fillna(0.0).to_numpy()
    left = net - others
    more = (others > 0) & (left > _TINY * net) & (concerned["most"].to_numpy() > left * (1 + _TINY))
    shared = concerned[more]
    rows = builder.rows(FAMILY, "T4_others", assembly.labelled(shared), upper=others[more])
    lines = options[["n", "served"]].merge(shared[["n"]].assign(row=rows), on="n")
    builder.entries(lines["row"], lines["served"])
    builder.entries(rows, shared["secured"], -left[more])


def _ceil(values: Floats) -> Floats:
    return np.ceil(values - 1e-9)


def _add_points(
    assembly: Assembly, name: str, keys: pd.DataFrame, lines: pd.DataFrame, needed: Floats, value: Floats
) -> None:
    rows = assembly.builder.rows(FAMILY, name, assembly.labelled(keys[["site", "period"]]), lower=0)
    assembly.builder.entries(rows, keys["secured"], -needed)
    assembly.builder.entries(rows[lines["key"]], lines["stationed"], value)


def _add_armed_presence(assembly: Assembly) -> pd.DataFrame:
    """Add T5: who does not accept armed presence has no base where armed units are."""
    builder, sets, bases = assembly.builder, assembly.sets, assembly.bases
    shy = ~sets.organisations["accepts_armed_presence"].to_numpy(bool)
    apart = bases[shy[bases["organisation"]]]
    numbers, keys = grouped(apart, ["site", "period"])
    keys["armed"] = builder.columns(FAMILY, "armed", assembly.labelled(keys), upper=1, block=keys["site"])
    rows = builder.rows(FAMILY, "T5", assembly.labelled(apart), upper=1)
    builder.entries(rows, apart["base"])
    builder.entries(rows, keys["armed"].to_numpy()[numbers])

    bearing = sets.mission.frame("units")["armed"].to_numpy(bool)
    units = assembly.strength[bearing[assembly.strength["unit"]]]
    lines = units.merge(keys, on=["site", "period"])
    rows = builder.rows(FAMILY, "T5_armed", assembly.labelled(lines), upper=0)
    builder.entries(rows, lines["stationed"], 1)
    builder.entries(rows, lines["armed"], -lines["limit"])
    return keys


def _add_evacuation(assembly: Assembly) -> pd.DataFrame:
    """Add T7: units are only where a surgeon is within minutes: a facility there, or a medical unit."""
    builder, sets, frame = assembly.builder, assembly.sets, assembly.strength
    policy = sets.mission.header.policy
    alone = frame[~near_facility(sets)[frame["site"]]]
    numbers, keys = grouped(alone, ["site", "period"])
    keys["held"] = builder.columns(FAMILY, "held", assembly.labelled(keys), upper=1, block=keys["site"])
    if policy.medevac_minutes is None:
        return keys
    rows = builder.rows(FAMILY, "T7_units", assembly.labelled(alone), upper=0)
    builder.entries(rows, alone["stationed"], 1)
    builder.entries(rows, keys["held"].to_numpy()[numbers], -alone["limit"])

    rows = builder.rows(FAMILY, "T7", assembly.labelled(keys), upper=0)
    builder.entries(rows, keys["held"], 1)
    surgeon = (sets.mission.frame("units")["medical_level"] >= 2).to_numpy()
    medical = frame[surgeon[frame["unit"]]]
    lonely, hospital = np.zeros((2, len(sets.sites)), dtype=bool)
    lonely[alone["site"]] = True
    hospital[medical["site"]] = True
    pairs = reach.within_minutes(sets, policy.medevac_minutes, policy.medevac_speed_kmh, lonely, hospital)
    posted = medical[["site", "period", "stationed"]].rename(columns={"site": "post"})
    reaching = keys.assign(row=rows).merge(pairs, on="site").merge(posted, on=["post", "period"])
    builder.entries(reaching["row"], reaching["stationed"], -1)
    return keys


def _add_implied(
    assembly: Assembly, name: str, these: pd.DataFrame, column: str, those: pd.DataFrame, implied: str
) -> None:
    """Add ``column <= implied`` at every site and period that has both.

    Whole solutions keep this anyway: who is secured has units there. Fractional ones do not.
    """
    if these.empty or those.empty:
        return
    both = these.merge(those, on=["site", "period"])
    rows = assembly.builder.rows(FAMILY, name, assembly.labelled(both), upper=0)
    assembly.builder.entries(rows, both[column], 1)
    assembly.builder.entries(rows, both[implied], -1)


def _add_implied_of_posts(assembly: Assembly, held: pd.DataFrame) -> None:
    """Add ``guarded <= net held``: a post that serves people is held, and so has a surgeon (T6, T7)."""
    builder, guards = assembly.builder, assembly.guards
    if guards.empty or held.empty:
        return
    own = guards[guards["post"] != BLANK].rename(columns={"site": "at"})
    both = own.merge(held.rename(columns={"site": "post"}), on=["post", "period"])
    rows = builder.rows(FAMILY, "T6_held", assembly.labelled(both, "post"), upper=0)
    builder.entries(rows, both["served"], 1)
    builder.entries(rows, both["held"], -both["net"])
