"""Limits of organisations over all their sites (C8).

C8  bases per period <= max_sites; sum staff_per_1000 / 1000 * people served <= staff + growth (C9), where
    the staff of the period is given; people served by a capability row over all sites <= max_people_total.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check import local
from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import look_up, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import slack


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of C8."""
    return [*_sites(facts, claims), *_staff(facts, claims), *_people_in_all(facts, claims)]


def served_by_option(facts: Facts, claims: Claims, by: list[str]) -> pd.DataFrame:
    """Return the people served by each capability row, with the row's own columns."""
    service = claims.service[claims.service["option"] != BLANK]
    served = total(service, by, "people")
    own = [name for name in facts.options if name not in ("site", "region", "scope", "place", *by)]
    options = {name: facts.options[name].array.take(served["option"].to_numpy()) for name in own}
    return pd.DataFrame({**{name: served[name].array for name in served}, **options})


def _sites(facts: Facts, claims: Claims) -> list[Violation]:
    most = facts.organisations["max_sites"].to_numpy(dtype=float)
    bases = claims.there.assign(sites=1.0)
    count = total(bases, ["organisation", "period"], "sites")
    count = count.assign(most=most[count["organisation"].to_numpy()])
    count = count.assign(amount=count["sites"] - count["most"])
    return violations(
        claims.names,
        "C8",
        count[count["amount"] > 0],
        ["organisation"],
        "sites",
        "{organisation} works at {sites} sites in period {period}; it can at {most}",
    )


def _staff(facts: Facts, claims: Claims) -> list[Violation]:
    if not facts.mission.has("staff"):
        return []
    by = ["organisation", "period"]
    served = served_by_option(facts, claims, ["option", "period"])
    busy = total(
        served.assign(busy=served["staff_per_1000"].fillna(0.0) / 1000 * served["people"]), by, "busy"
    )
    staff = facts.names.coded(facts.mission.by_period("staff"))[[*by, "people"]]
    grown = np.nan_to_num(look_up(staff, local.growth(facts, claims), by, "grown"))
    staff = staff.assign(grown=grown, busy=np.nan_to_num(look_up(staff, busy, by, "busy")))
    over = staff["busy"] - staff["people"] - staff["grown"]
    wrong = staff.assign(amount=over)[over > slack(staff["busy"], staff["people"])]
    return violations(
        claims.names,
        "C8",
        wrong,
        ["organisation"],
        "staff",
        "{organisation} needs {busy} staff in period {period}; it has {people} and {grown} trained",
    )


def _people_in_all(facts: Facts, claims: Claims) -> list[Violation]:
    served = served_by_option(facts, claims, ["option", "period"])
    over = served["people"] - served["max_people_total"]
    wrong = served.assign(amount=over)[over > slack(served["people"])]
    return violations(
        claims.names,
        "C8",
        wrong,
        ["organisation", "activity", "modality"],
        "people",
        "{organisation} serves {people} people with {activity} in period {period}; its limit over all sites "
        "is {max_people_total}",
    )
