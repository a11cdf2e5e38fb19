"""Who must, may only, or may not be present beside whom (C6 and C7).

    (C6) agreed   sum_a active[o,s,a,t] + broken >= 1     broken counts in people: the need concerned
    (C6) lead     active[o,n] <= active[lead,n]
    (C7) exclusive           sum_{o in list} present[o,s,t] <= 1
    (C7) partner             present[first,s,t] <= sum_{o in others, a} active[o,s,a,t]
                             sum_h served[h,n] of first and others <= net[n] sum_{o in others} base[o,s,t]
    (C7) local partner       base[o,s,t] <= sum_{local o', a} active[o',s,a,t]
    (C7) incompatible sites  sum_{s in list} present[o,s,t] <= 1   (once o is mobilised: `mobilised`)

where present is the base, or the presence for the activity that the rule names.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.coordination import mobilised, rules
from pklogistics.model.coordination.status import AGREED
from pklogistics.model.program import Bools
from pklogistics.model.sets import BLANK, grouped

FAMILY = "coordination"


def add_agreements(assembly: Assembly) -> None:
    """Add agreed presence, leads, and the rules between organisations and between sites."""
    _add_agreed(assembly)
    _add_leads(assembly)
    _add_local_partners(assembly)
    if assembly.mission.has("rules"):
        table = rules.coded(assembly.sets)
        _add_exclusive(assembly, table)
        _add_partners(assembly, table)
        _add_incompatible_sites(assembly, table)


def _add_agreed(assembly: Assembly) -> None:
    builder, agreements, presence = assembly.builder, assembly.agreements, assembly.presence
    if agreements.empty:
        return
    numbers, keys = grouped(agreements, list(AGREED))
    people = np.maximum(np.bincount(numbers, weights=agreements["net"], minlength=len(keys)), 1.0)
    broken = assembly.break_column(FAMILY, "C6", keys, weight=people, upper=1.0, block=keys["site"])
    rows = builder.rows(FAMILY, "C6_agreed", assembly.labelled(keys), lower=1)
    possible = agreements["presence"].notna().to_numpy()
    line = agreements["presence"][possible].to_numpy(np.int64)
    builder.entries(rows[numbers[possible]], presence["active"].to_numpy()[line])
    builder.entries(rows, broken)


def _add_leads(assembly: Assembly) -> None:
    presence, leads = assembly.presence, assembly.leads
    if leads.empty:
        return
    other = presence.iloc[leads["candidate"].to_numpy(np.int64)]
    lead = presence["active"].to_numpy()[leads["lead"].to_numpy(np.int64)]
    rows = assembly.builder.rows(FAMILY, "C6_lead", assembly.labelled(other), upper=0)
    assembly.builder.entries(rows, other["active"], 1)
    assembly.builder.entries(rows, lead, -1)
    _add_service_of_leads(assembly)


def _add_service_of_leads(assembly: Assembly) -> None:
    """Add that nobody at all is served without the lead (C6, in sum over who serves; see T4 of `force`)."""
    builder = assembly.builder
    led = assembly.presence.iloc[np.unique(assembly.leads["lead"])]
    rows = builder.rows(FAMILY, "C6_served", assembly.labelled(led), upper=0)
    lines = assembly.options.merge(led[["n"]].assign(row=rows), on="n")
    builder.entries(lines["row"], lines["served"])
    builder.entries(rows, led["active"], -led["net"])


def _add_local_partners(assembly: Assembly) -> None:
    """Add the local partner of organisations that need one (C7)."""
    frame = assembly.sets.organisations
    local = frame["local"].to_numpy(bool)
    needing = frame["needs_local_partner"].to_numpy(bool) & ~local
    if not needing.any():
        return
    first = assembly.bases[needing[assembly.bases["organisation"]]].reset_index(drop=True)
    _add_support(assembly, "C7_local_partner", first.rename(columns={"base": "column"}), local)


def _add_support(assembly: Assembly, name: str, first: pd.DataFrame, partners: Bools) -> None:
    """Add ``column <= sum of the partners' presences`` per line of ``first`` (site, period, column)."""
    builder = assembly.builder
    presence = assembly.presence[partners[assembly.presence["organisation"]]]
    rows = builder.rows(FAMILY, name, assembly.labelled(first), upper=0)
    builder.entries(rows, first["column"], 1)
    beside = (
        first[["site", "period", "organisation"]]
        .assign(row=rows)
        .merge(
            presence[["site", "period", "organisation", "active"]],
            on=["site", "period"],
            suffixes=("", "_partner"),
        )
    )
    beside = beside[beside["organisation"] != beside["organisation_partner"]]
    builder.entries(beside["row"], beside["active"], -1)
    if not assembly.sets.apart:
        _add_service_with_partners(assembly, first["column"], partners)


def _add_service_with_partners(assembly: Assembly, columns: pd.Series[int], partners: Bools) -> None:
    """Add that nobody is served, by partners and those who need one, without a partner (C7, in sum).

    ``columns`` are the bases and presences of those who need one.
    """
    builder, options, keys = assembly.builder, assembly.options, ["organisation", "site", "period"]
    presence = assembly.presence.merge(assembly.bases[[*keys, "base"]], on=keys, how="left")
    needing = (presence["active"].isin(columns) | presence["base"].isin(columns)).to_numpy()
    supported = options[np.append(needing, False)[options["presence"]]]
    supporting = options[partners[options["organisation"]]]
    several = np.intersect1d(supported["n"], supporting["n"])
    need = assembly.sets.needs.iloc[several]
    rows = builder.rows(FAMILY, "C7_served", assembly.labelled(need[["activity", "site", "period"]]), upper=0)
    place = pd.DataFrame(
        {"n": several, "row": rows, **need[["site", "period", "net"]].reset_index(drop=True)}
    )
    lines = pd.concat([supported, supporting])[["n", "served"]].drop_duplicates().merge(place, on="n")
    builder.entries(lines["row"], lines["served"])
    bases = assembly.bases[partners[assembly.bases["organisation"]]].merge(place, on=["site", "period"])
    builder.entries(bases["row"], bases["base"], -bases["net"])


def _present(assembly: Assembly, table: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """Return a line per rule in ``named`` and presence of its organisation where the rule holds.

    ``named`` has row and organisation; the result adds site, period and the column that says present.
    """
    anywhere = table["anywhere"].to_numpy(bool)[named["row"]]
    placed = named.merge(rules.places(assembly.sets, table), on="row")
    bases = assembly.bases[["organisation", "site", "period", "base"]].rename(columns={"base": "column"})
    presence = assembly.presence[["organisation", "activity", "site", "period", "active"]]
    presence = presence.rename(columns={"active": "column"})
    parts = []
    for lines, keys in ((named[anywhere], ["organisation"]), (placed, ["organisation", "site"])):
        lines = lines.assign(activity=table["activity"].to_numpy()[lines["row"]])
        general = lines["activity"] == BLANK
        parts.append(lines[general].drop(columns="activity").merge(bases, on=keys))
        parts.append(lines[~general].merge(presence, on=[*keys, "activity"]).drop(columns="activity"))
    return pd.concat(parts, ignore_index=True)


def _add_exclusive(assembly: Assembly, table: pd.DataFrame) -> None:
    chosen = rules.members(assembly.sets, table)
    chosen = chosen[(table["rule"] == "exclusive").to_numpy()[chosen["row"]]]
    lines = _present(assembly, table, chosen)
    _add_at_most_one(assembly, "C7_exclusive", lines, ["row", "site", "period"])


def _add_incompatible_sites(assembly: Assembly, table: pd.DataFrame) -> None:
    incompatible = table.index[table["rule"] == "incompatible_sites"]
    everyone = np.arange(assembly.sets.names.count("organisation"), dtype=np.int64)
    listed = rules.members(assembly.sets, table)
    open_rules = incompatible.difference(pd.Index(listed["row"]))
    of_all = pd.DataFrame(
        {"row": np.repeat(open_rules, len(everyone)), "organisation": np.tile(everyone, len(open_rules))}
    )
    named = pd.concat([listed.loc[listed["row"].isin(incompatible), ["row", "organisation"]], of_all])
    lines = _present(assembly, table, named.astype("int64"))
    _add_at_most_one(assembly, "C7_incompatible_sites", lines, ["row", "organisation", "period"])


def _add_at_most_one(assembly: Assembly, name: str, lines: pd.DataFrame, by: list[str]) -> None:
    lines = lines[lines.groupby(by)["column"].transform("size") > 1]
    numbers, keys = grouped(lines, by)
    labels, one = assembly.labelled(keys, "row"), np.ones(len(keys))
    if "organisation" in by:
        rows = mobilised.limited_rows(assembly, name, labels, keys, one, one + 1)
    else:
        rows = assembly.builder.rows(FAMILY, name, labels, upper=one)
    assembly.builder.entries(rows[numbers], lines["column"])


def _add_partners(assembly: Assembly, table: pd.DataFrame) -> None:
    named = rules.members(assembly.sets, table)
    named = named[(table["rule"] == "partner").to_numpy()[named["row"]]]
    for row in named["row"].unique():  # a loop over rules of one kind, each with partners of its own
        of_rule = named[named["row"] == row]
        partners = np.zeros(assembly.sets.names.count("organisation"), dtype=bool)
        partners[of_rule.loc[~of_rule["first"], "organisation"]] = True
        first = _present(assembly, table, of_rule.loc[of_rule["first"], ["row", "organisation"]])
        _add_support(assembly, "C7_partner", first.reset_index(drop=True), partners)
