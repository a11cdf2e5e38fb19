"""Consent and leadership: what was agreed with the authorities and among the organisations (C6).

C6  agreed: the organisation is present in every period in which there is net need for its activity
    (blank: for one of the activities that it can do there and is not refused), elastic; a break weighs the
    net need concerned, at least 1.
    refused: it is not present. A refusal that names no activity is lifted for those that are allowed by name.
    lead: others are present for the activity (blank: each one the lead can do there) only if the lead is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import crossed, distinct, occurs, over_periods, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import NOTHING

PLACE = ["organisation", "site", "period"]
DEED = ["organisation", "activity", "site", "period"]


def statuses(facts: Facts, *wanted: str) -> pd.DataFrame:
    """Return the presence rows of the wanted statuses, once for each period that they hold."""
    rows = facts.table("presence")
    rows = rows[rows["status"].isin(wanted)]
    spread = over_periods(rows, rows["from"].to_numpy(), rows["until"].to_numpy(), facts.periods)
    return distinct(spread, DEED)


def refused(facts: Facts, frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell for each organisation, activity, site and period of the frame whether presence is refused."""
    refusals = statuses(facts, "refused")
    general = refusals[refusals["activity"] == BLANK]
    particular = refusals[refusals["activity"] != BLANK]
    lifted = statuses(facts, "allowed")
    by_row = occurs(frame, particular, DEED)
    return by_row | (occurs(frame, general, PLACE) & ~occurs(frame, lifted, DEED))


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of C6 that are not elastic: presence refused, and others without the lead."""
    if not facts.mission.has("presence"):
        return []
    return [*_refusals(facts, claims), *_leads(facts, claims)]


def _refusals(facts: Facts, claims: Claims) -> list[Violation]:
    wrong = claims.active[refused(facts, claims.active)].assign(amount=1.0)
    return violations(
        claims.names,
        "C6",
        wrong,
        ["organisation", "site", "activity"],
        "presences",
        "{organisation} is present for {activity} at {site} in period {period}, where it is refused",
    )


def _leads(facts: Facts, claims: Claims) -> list[Violation]:
    leads = statuses(facts, "lead").rename(columns={"organisation": "lead"})
    named = leads[leads["activity"] != BLANK]
    general = leads[leads["activity"] == BLANK].drop(columns="activity")
    general = crossed(general, activity=np.arange(len(facts.activities)))
    general = general[facts.capable(general.rename(columns={"lead": "organisation"}))]
    on = ["activity", "site", "period"]
    asked = distinct(pd.concat([named, general]), ["lead", *on])
    led = claims.active.merge(asked, on=on)
    alone = ~occurs(
        led[["lead", *on]].rename(columns={"lead": "organisation"}),
        claims.active,
        DEED,
    )
    wrong = led[alone].assign(amount=1.0)
    wrong = wrong.assign(lead=claims.names.label("organisation", wrong["lead"].to_numpy()))
    return violations(
        claims.names,
        "C6",
        wrong,
        ["organisation", "site", "activity", "lead"],
        "presences",
        "{organisation} is present for {activity} at {site} in period {period} without the lead, {lead}",
    )


def breaks(facts: Facts, claims: Claims) -> pd.DataFrame:
    """Return the agreements (C6) not kept: organisation, site, activity, period, amount (people)."""
    if not facts.mission.has("presence"):
        return pd.DataFrame()
    agreed = statuses(facts, "agreed")
    named = agreed[agreed["activity"] != BLANK]
    named = named.assign(need=facts.net(named))
    general = agreed[agreed["activity"] == BLANK]
    kept = pd.concat(
        [
            named[occurs(named, claims.active, DEED)],
            general[occurs(general, claims.there, PLACE)],
        ]
    )
    concerned = pd.concat([named, _needed_by_any(facts, general)])
    concerned = concerned[(concerned["need"] > NOTHING) & ~occurs(concerned, kept, DEED)]
    return concerned[DEED].assign(
        rule="C6", amount=np.maximum(1.0, concerned["need"]), size=np.maximum(1.0, concerned["need"])
    )


def _needed_by_any(facts: Facts, general: pd.DataFrame) -> pd.DataFrame:
    """Return agreements without an activity with the net need (people) of all activities concerned."""
    each = crossed(general[PLACE], activity=np.arange(len(facts.activities)))
    each = each[facts.capable(each)]
    each = each[~refused(facts, each)]
    return total(each.assign(need=facts.net(each)), PLACE, "need").assign(activity=BLANK)
