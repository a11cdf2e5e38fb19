"""How much a presence may serve, and how many there may be (C1, C2, C3, C5, C8)."""

from __future__ import annotations

import numpy as np

from pklogistics.model.assembly import Assembly
from pklogistics.model.coordination import mobilised
from pklogistics.model.sets import BLANK, grouped

FAMILY = "coordination"

_MOST_PAIRED = 12
"""Needs that more presences could serve than this get no rows of pairs: there would be too many."""

_TINY = 1e-9


def add_limits(assembly: Assembly) -> None:
    """Add the rows that tie service to presence and limit presences, bases and totals."""
    _add_service_of_presence(assembly)
    _add_service_of_pairs(assembly)
    _add_presence_for_floors(assembly)
    _add_use_of_options(assembly)
    _add_duplication_cap(assembly)
    _add_continuity(assembly)
    _add_max_sites(assembly)
    _add_max_people_total(assembly)


def _add_service_of_presence(assembly: Assembly) -> None:
    """Add C1 (served by a presence within its limit) and C2 (at least its smallest share)."""
    builder, presence = assembly.builder, assembly.presence
    tied = assembly.options[assembly.options["presence"] != BLANK]
    share = presence["share"].to_numpy()
    smallest = share * presence["net"].to_numpy()
    whole = (share >= 1) & (not assembly.sets.apart)
    # A presence that must serve all serves exactly that: one equation takes the place of C1 and C2.
    rows = builder.rows(
        FAMILY, "C1", assembly.labelled(presence), lower=np.where(whole, 0.0, -np.inf), upper=0
    )
    builder.entries(rows[tied["presence"]], tied["served"])
    builder.entries(rows, presence["active"], -np.where(whole, smallest, presence["capacity"]))

    sharing = (share > 0) & ~whole
    rows = np.full(len(presence), BLANK)
    rows[sharing] = builder.rows(FAMILY, "C2", assembly.labelled(presence[sharing]), lower=0)
    serving = tied[sharing[tied["presence"]]]
    builder.entries(rows[serving["presence"]], serving["served"])
    builder.entries(rows[sharing], presence["active"][sharing], -smallest[sharing])


def _add_service_of_pairs(assembly: Assembly) -> None:
    """Add what two presences serve that could serve more than there are between them (C1 with N1).

    Where one of them is absent, the other serves no more than it can. In fractions, who could serve 600 would
    serve the last 200 with a third of a presence (flow cover inequalities: Padberg, Van Roy, Wolsey,
    Operations Research 33, 1985).
    """
    builder, presence = assembly.builder, assembly.presence
    if assembly.sets.apart:
        return
    count = presence.groupby("n")["n"].transform("size")
    several = presence[(count > 1) & (count <= _MOST_PAIRED) & (presence["cap"] > 1)]
    several = several[["n", "net", "capacity", "active"]].reset_index(names="presence")
    pairs = several.merge(several.drop(columns="net"), on="n", suffixes=("", "_other"))
    pairs = pairs[pairs["presence"] < pairs["presence_other"]]
    # What is left for each of the two where the other serves what it can.
    left, left_other = pairs["net"] - pairs["capacity_other"], pairs["net"] - pairs["capacity"]
    more = pairs["capacity"] + pairs["capacity_other"] > pairs["net"] * (1 + _TINY)
    more &= np.maximum(left, left_other) > _TINY * pairs["net"]
    pairs, left, left_other = pairs[more], left[more], left_other[more]
    keys = presence.iloc[pairs["presence"]][["organisation", "activity", "site", "period"]]
    keys = keys.assign(other=presence["organisation"].to_numpy()[pairs["presence_other"]])
    upper = pairs["net"] - left - left_other
    rows = builder.rows(FAMILY, "C1_pair", assembly.labelled(keys), upper=upper)
    builder.entries(rows, pairs["active"], -left)
    builder.entries(rows, pairs["active_other"], -left_other)
    served = assembly.options[["presence", "served"]]
    for one in ("presence", "presence_other"):
        lines = served.merge(pairs[[one]].assign(row=rows), left_on="presence", right_on=one)
        builder.entries(lines["row"], lines["served"])


def _add_presence_for_floors(assembly: Assembly) -> None:
    """Add that a mandated floor asks for presences enough to reach it (C1 with N3).

    With ``floor <= Σ served + broken`` and ``served <= capacity active`` no coefficient of a whole presence
    need exceed the floor: ``Σ min(capacity, floor) active + broken >= floor``.
    """
    builder, presence, options = assembly.builder, assembly.presence, assembly.options
    if assembly.floors.empty:
        return
    untied = options.loc[options["presence"] == BLANK, "n"]
    floors = assembly.floors[~assembly.floors["n"].isin(untied)]
    floors = floors[floors["n"].isin(options["n"])]
    keys = assembly.sets.needs.iloc[floors["n"]][["activity", "site", "period"]]
    rows = builder.rows(FAMILY, "C1_floor", assembly.labelled(keys), lower=floors["floor"])
    builder.entries(rows, floors["broken"])
    lines = presence.merge(floors.assign(row=rows), on="n")
    builder.entries(lines["row"], lines["active"], np.minimum(lines["capacity"], lines["floor"]))


def _add_use_of_options(assembly: Assembly) -> None:
    """Tie each of several options to its presence (C1), and to its own use where that costs."""
    builder = assembly.builder
    tied = assembly.options[assembly.options["presence"] != BLANK]
    several = tied.groupby("presence")["h"].transform("size") > 1
    costly = tied["used"] != BLANK
    limited = tied[
        several & ~costly & (tied["limit"] < assembly.presence["capacity"].to_numpy()[tied["presence"]])
    ]
    keys = assembly.labelled(limited)
    rows = builder.rows(FAMILY, "C1_option", keys, upper=0)
    builder.entries(rows, limited["served"])
    builder.entries(rows, assembly.presence["active"].to_numpy()[limited["presence"]], -limited["limit"])

    used = tied[costly & several]
    active = assembly.presence["active"].to_numpy()
    rows = builder.rows(FAMILY, "C1_option", assembly.labelled(used), upper=0)
    builder.entries(rows, used["served"])
    builder.entries(rows, used["used"], -used["limit"])
    rows = builder.rows(FAMILY, "C1_used", assembly.labelled(used), upper=0)
    builder.entries(rows, used["used"])
    builder.entries(rows, active[used["presence"]], -1)
    numbers, each = grouped(used, ["presence"])
    rows = builder.rows(FAMILY, "C1_some_option", each, lower=0)
    builder.entries(rows[numbers], used["used"])
    builder.entries(rows, active[each["presence"]], -1)


def _add_duplication_cap(assembly: Assembly) -> None:
    """Add C3: at most so many organisations for one need."""
    builder, presence = assembly.builder, assembly.presence
    several = presence.groupby("n")["active"].transform("size") > presence["cap"]
    capped = presence[several]
    numbers, keys = grouped(capped, ["n"])
    need = assembly.sets.needs.iloc[keys["n"]]
    rows = builder.rows(
        FAMILY, "C3", assembly.labelled(need[["activity", "site", "period"]]), upper=np.floor(need["cap"])
    )
    builder.entries(rows[numbers], capped["active"])


def _add_continuity(assembly: Assembly) -> None:
    """Add C5: a presence for a continuous activity goes on while it could."""
    builder, presence = assembly.builder, assembly.presence
    if not presence["continuous"].any():
        return
    going = presence.loc[presence["continuous"], ["organisation", "site", "activity", "period", "active"]]
    following = going.assign(period=going["period"] - 1)
    pairs = going.merge(following, on=["organisation", "site", "activity", "period"], suffixes=("", "_next"))
    rows = builder.rows(FAMILY, "C5", assembly.labelled(pairs), upper=0)
    builder.entries(rows, pairs["active"], 1)
    builder.entries(rows, pairs["active_next"], -1)


def _add_max_sites(assembly: Assembly) -> None:
    """Add C8: an organisation has at most ``max_sites`` bases in a period."""
    builder, bases = assembly.builder, assembly.bases
    limit = assembly.sets.organisations["max_sites"].astype(float).to_numpy()
    if np.isnan(limit).all():
        return
    count = bases.groupby(["organisation", "period"])["base"].transform("size")
    limited = bases[count > limit[bases["organisation"]]]
    numbers, keys = grouped(limited, ["organisation", "period"])
    most = np.bincount(numbers, minlength=len(keys)).astype(float)
    labels, allowed = assembly.labelled(keys), limit[keys["organisation"]]
    rows = mobilised.limited_rows(assembly, "C8_max_sites", labels, keys, allowed, most)
    builder.entries(rows[numbers], limited["base"])


def _add_max_people_total(assembly: Assembly) -> None:
    """Add C8: an option serves at most ``max_people_total`` people in a period, over all sites."""
    builder, sets = assembly.builder, assembly.sets
    limit = sets.capabilities["max_people_total"].astype(float).to_numpy()
    if np.isnan(limit).all():
        return
    limited = assembly.options[~np.isnan(limit[assembly.options["h"]])]
    limited = limited.assign(period=sets.needs["period"].to_numpy()[limited["n"]])
    numbers, keys = grouped(limited, ["h", "period"])
    of = sets.capabilities.iloc[keys["h"]][["organisation", "activity"]].assign(
        period=keys["period"].to_numpy()
    )
    most = np.bincount(numbers, weights=limited["limit"], minlength=len(keys))
    labels, allowed = assembly.labelled(of), limit[keys["h"]]
    rows = mobilised.limited_rows(assembly, "C8_max_people_total", labels, of, allowed, most)
    builder.entries(rows[numbers], limited["served"])
