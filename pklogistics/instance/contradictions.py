"""Tables that contradict one another: found before solving, because no plan could satisfy them.

Everything else that a mission may ask too much of is elastic and ends up in the plan as a shortfall or a
broken mandate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pklogistics.instance.consent import (
    agreements_without_capability,
    allowed_and_refused,
    refused_agreements,
)
from pklogistics.instance.findings import Findings, Place
from pklogistics.instance.frames import with_absent
from pklogistics.instance.header import Header
from pklogistics.instance.overlap import overlapping
from pklogistics.instance.supplies import FAMILY
from pklogistics.instance.supplies_contradictions import find_contradictions_of_supplies
from pklogistics.instance.wording import quoted

Frames = Mapping[str, pd.DataFrame]
Places = Mapping[str, Place]


def find_contradictions(frames: Frames, header: Header, places: Places, findings: Findings) -> None:
    """Report every contradiction between rows whose cells are right by themselves."""
    _capabilities_of_the_force(frames, places, findings)
    if "rules" in frames:
        _rules_that_bind_too_few(frames, places, findings)
    if "presence" in frames:
        _agreements_that_cannot_be(frames, places["presence"], findings)
        _agreements_that_are_refused(frames, header, places["presence"], findings)
    if "unit_rules" in frames:
        _unit_rules_twice(frames["unit_rules"], places["unit_rules"], findings)
    if not FAMILY.isdisjoint(places):
        find_contradictions_of_supplies(with_absent(frames), places, findings)


def _agreements_that_cannot_be(frames: Frames, place: Place, findings: Findings) -> None:
    presence = frames["presence"]
    without = agreements_without_capability(frames)

    def no_capability(at: int) -> tuple[str | None, str]:
        row = presence.iloc[at]
        what = f"activity {quoted(row['activity'])}" if row["activity"] else "any activity"
        return str(row["organisation"]), (
            f"{quoted(row['organisation'])} is agreed at {quoted(row['site'])}, but has no capability for "
            f"{what} there; add it to capabilities, or remove the agreement"
        )

    findings.at_rows(place, without, "organisation", no_capability)
    both = allowed_and_refused(presence)

    def both_ways(at: int) -> tuple[str | None, str]:
        return (
            "allowed",
            f"allowed and refused in row {place.rows[both[at]]} for the same periods; keep one of the two",
        )

    findings.at_rows(place, np.array(sorted(both), dtype=np.int64), "status", both_ways)


def _agreements_that_are_refused(frames: Frames, header: Header, place: Place, findings: Findings) -> None:
    presence = frames["presence"]
    refused = refused_agreements(frames, header.periods)

    def is_refused(at: int) -> tuple[str | None, str]:
        row, (by, period) = presence.iloc[at], refused[at]
        hint = ""
        if row["activity"] and not presence["activity"].iloc[by]:
            hint = (
                f"; if only {quoted(row['activity'])} is consented to, add a row for it with status allowed"
            )
        return str(row["status"]), (
            f"{quoted(row['organisation'])} is {row['status']} at {quoted(row['site'])}, but refused in "
            f"row {place.rows[by]} (period {period}){hint}"
        )

    findings.at_rows(place, np.array(sorted(refused), dtype=np.int64), "status", is_refused)


def _capabilities_of_the_force(frames: Frames, places: Places, findings: Findings) -> None:
    activities, capabilities = frames["activities"], frames["capabilities"]
    of_force = activities.loc[activities["provider"] == "force", "activity"]
    wrong = np.flatnonzero(capabilities["activity"].isin(of_force))

    def word(at: int) -> tuple[str | None, str]:
        name = str(capabilities["activity"].iloc[at])
        return name, (
            f"activity {quoted(name)} has provider force, so no organisation can deliver it; "
            "remove the capability, or make the provider organisation"
        )

    findings.at_rows(places["capabilities"], wrong, "activity", word)


def _unit_rules_twice(rules: pd.DataFrame, place: Place, findings: Findings) -> None:
    """Report two rules for the same units at the same place in the same period (T3)."""
    twice, other = overlapping(rules, ("unit", "site", "region"))

    def word(at: int) -> tuple[str | None, str]:
        unit = str(rules["unit"].iloc[at])
        return unit, (
            f"row {place.rows[other(at)]} rules the same place for {quoted(unit)} in the same periods; put "
            "min and max into one row, or give the rows different dates"
        )

    findings.at_rows(place, twice, "unit", word)


def _rules_that_bind_too_few(frames: Frames, places: Places, findings: Findings) -> None:
    rules, sites = frames["rules"], frames["sites"]
    between_sites = rules["rule"].to_numpy() == "incompatible_sites"
    organisations = rules["organisations"].map(len).to_numpy(dtype=np.int64)
    in_region = rules["region"].map(sites["region"].value_counts()).fillna(0).to_numpy(dtype=np.int64)
    listed = rules["sites"].map(len).to_numpy(dtype=np.int64)
    places_bound = np.where(rules["region"] != "", in_region, listed)
    few = np.where(between_sites, places_bound, organisations) < 2

    def word(at: int) -> tuple[str | None, str]:
        row = rules.iloc[at]
        if not between_sites[at]:
            names = "; ".join(row["organisations"])
            return (
                names or None,
                f"{row['rule']} needs at least two organisations; it names {organisations[at]}",
            )
        if row["region"]:
            return str(
                row["region"]
            ), f"incompatible_sites needs at least two sites; the region has {places_bound[at]}"
        return "; ".join(row["sites"]) or None, (
            f"incompatible_sites needs at least two sites, or a region; it names {listed[at]}"
        )

    for which, column in ((~between_sites, "organisations"), (between_sites, "sites")):
        findings.at_rows(places["rules"], np.flatnonzero(few & which), column, word)
