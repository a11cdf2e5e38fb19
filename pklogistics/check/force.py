"""Force: where units are stationed, whom they secure and whom they serve (T2-T6; T1 and T7 stand apart).

T2  sum over sites of stationed + on escort duty (S5) <= available within the unit's dates, 0 outside.
T3  sum persons * stationed <= max_persons of the site; unit_rules: max hard, min elastic (broken counts
    missing units * persons), at the site, over the region's sites, or in the whole theatre, from its first
    to its last period.
T4  where a site requires security, an organisation that needs it is present only if
    sum security * stationed >= required.
T5  an organisation that does not accept armed presence is not where an armed unit is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import crossed, look_up, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import slack

SPOT = ["site", "period"]
PLACE_OF_RULE = ["unit", "site", "region"]


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of T2 to T5 that are not elastic."""
    if not facts.mission.has("units"):
        return []
    return [
        *_contingents(facts, claims),
        *_camps(facts, claims),
        *_caveats(facts, claims),
        *_security(facts, claims),
        *_armed(facts, claims),
    ]


def at_site(facts: Facts, claims: Claims, column: str) -> pd.DataFrame:
    """Return sum over units of the unit's number times the count, by site and period: ``sum``."""
    each = facts.units[column].to_numpy(dtype=float)[claims.stations["unit"].to_numpy()]
    weighed = claims.stations.assign(sum=np.nan_to_num(each) * claims.stations["count"])
    return total(weighed, SPOT, "sum")


def _contingents(facts: Facts, claims: Claims) -> list[Violation]:
    stationed = total(claims.duties, ["unit", "period"], "count")
    unit, period = stationed["unit"].to_numpy(), stationed["period"].to_numpy()
    begin, end = facts.units["from"].to_numpy()[unit], facts.units["until"].to_numpy()[unit]
    offered = facts.units["available"].to_numpy(dtype=float)[unit]
    stationed = stationed.assign(available=np.where((period >= begin) & (period <= end), offered, 0.0))
    stationed = stationed.assign(amount=stationed["count"] - stationed["available"])
    return violations(
        claims.names,
        "T2",
        stationed[stationed["amount"] > slack()],
        ["unit"],
        "units",
        "{count} of {unit} are stationed or escort in period {period}; {available} are available",
    )


def _camps(facts: Facts, claims: Claims) -> list[Violation]:
    camped = at_site(facts, claims, "persons")
    camped = camped.assign(room=facts.sites["max_persons"].to_numpy(dtype=float)[camped["site"].to_numpy()])
    camped = camped.assign(amount=camped["sum"] - camped["room"])
    return violations(
        claims.names,
        "T3",
        camped[camped["amount"] > slack(camped["sum"])],
        ["site"],
        "persons",
        "{sum} persons are camped at {site} in period {period}; there is room for {room}",
    )


def _under_rules(facts: Facts, claims: Claims) -> pd.DataFrame:
    """Return the unit rules in every period with the units stationed where they hold: ``stationed``."""
    rules = crossed(facts.table("unit_rules"), period=np.arange(1, facts.periods + 1))
    in_force = (rules["from"] <= rules["period"]) & (rules["period"] <= rules["until"])
    rules = rules[in_force].reset_index(drop=True)
    stations = claims.stations.assign(region=facts.region_of_site[claims.stations["site"].to_numpy()])
    stationed: NDArray[np.float64] = np.zeros(len(rules))
    of_site, of_region = rules["site"] != BLANK, rules["region"] != BLANK
    for on, chosen in (
        (["unit", "site", "period"], of_site),
        (["unit", "region", "period"], of_region & ~of_site),
        (["unit", "period"], ~of_region & ~of_site),
    ):
        counted = look_up(rules, total(stations, on, "count"), on, "count")
        stationed = np.where(chosen, np.nan_to_num(counted), stationed)
    return rules.assign(stationed=stationed)


def _caveats(facts: Facts, claims: Claims) -> list[Violation]:
    if not facts.mission.has("unit_rules"):
        return []
    rules = _under_rules(facts, claims)
    over = rules["stationed"] - rules["max"]
    return violations(
        claims.names,
        "T3",
        rules.assign(amount=over)[over > slack()],
        PLACE_OF_RULE,
        "units",
        "{stationed} of {unit} are stationed {site}{region} in period {period}; at most {max} may be",
    )


def breaks(facts: Facts, claims: Claims) -> pd.DataFrame:
    """Return the posts (T3 min) not held: unit, site, region, period, amount and size (persons)."""
    if not facts.mission.has("unit_rules"):
        return pd.DataFrame()
    rules = _under_rules(facts, claims)
    persons = facts.units["persons"].to_numpy(dtype=float)[rules["unit"].to_numpy()]
    missing = (rules["min"] - rules["stationed"]) * persons
    found = rules[[*PLACE_OF_RULE, "period"]].assign(rule="T3", amount=missing, size=rules["min"] * persons)
    return found[found["amount"] > 0]


def _security(facts: Facts, claims: Claims) -> list[Violation]:
    threat = facts.sites["threat"].to_numpy(dtype=np.int64)
    policy = np.asarray(facts.mission.header.policy.security_by_threat, dtype=float)
    own = facts.sites["security_required"].to_numpy(dtype=float)
    required = np.where(np.isnan(own), policy[threat], own)
    careful = facts.organisations["needs_security"].to_numpy(dtype=bool)
    guests = claims.there[careful[claims.there["organisation"].to_numpy()]]
    given = np.nan_to_num(look_up(guests, at_site(facts, claims, "security"), SPOT, "sum"))
    guests = guests.assign(given=given, required=required[guests["site"].to_numpy()])
    guests = guests.assign(amount=guests["required"] - given)
    return violations(
        claims.names,
        "T4",
        guests[guests["amount"] > slack(guests["required"])],
        ["organisation", "site"],
        "points",
        "{organisation} is at {site} in period {period}; security there is {given}, not {required}",
    )


def _armed(facts: Facts, claims: Claims) -> list[Violation]:
    wary = ~facts.organisations["accepts_armed_presence"].to_numpy(dtype=bool)
    armed = at_site(facts, claims, "armed")
    guests = claims.there[wary[claims.there["organisation"].to_numpy()]]
    guests = guests.assign(amount=look_up(guests, armed, SPOT, "sum"))
    return violations(
        claims.names,
        "T5",
        guests[guests["amount"] > slack()],
        ["organisation", "site"],
        "units",
        "{organisation} does not accept armed presence but is at {site} in period {period} with {amount} "
        "armed units",
    )
