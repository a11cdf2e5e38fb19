"""Coordination: who works where, with what limits (C1-C5).

C1  people served by a capability row at a site <= its max_people, only with a presence of that row, which
    exists only where the row applies and somebody needs the activity.
C2  where present, an organisation serves at least min_share of the net need.
C3  organisations present per site and activity <= max_organisations.
C4  a base is open exactly while its organisation is present at the site and is set up in the first such
    period; an organisation is mobilised once, no later than its first presence.
C5  continuous activities: once present, present in the next period too if there is need, a capability and
    no refusal.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.claims import Claims
from pklogistics.check.consent import refused
from pklogistics.check.facts import NEED, Facts
from pklogistics.check.findings import violations
from pklogistics.check.limits import served_by_option
from pklogistics.check.matching import earliest, look_up, occurs, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import NOTHING, slack

USED = ["option", "site", "period"]
DEED = ["organisation", "activity", "site", "period"]
BASE = ["organisation", "site"]


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of C1 to C5."""
    return [
        *_capabilities(facts, claims),
        *_presence_first(facts, claims),
        *_people_per_site(facts, claims),
        *_shares(facts, claims),
        *_crowding(facts, claims),
        *_bases(claims),
        *_mobilisation(claims),
        *_continuity(facts, claims),
    ]


def _by_organisation(claims: Claims) -> pd.DataFrame:
    """Return the service of organisations; the rest is served by posts."""
    return claims.service[claims.service["organisation"] != BLANK]


def _capabilities(facts: Facts, claims: Claims) -> list[Violation]:
    service = _by_organisation(claims)
    unable = service[(service["option"] == BLANK) & (service["people"] > slack())]
    idle = claims.presence[claims.presence["option"] == BLANK]
    needless = claims.active[facts.net(claims.active) <= NOTHING].assign(amount=1.0)
    lacks = " with '{modality}' ({scope}), but has no such capability"
    keys = ["organisation", "activity", "modality", "site"]
    return [
        *violations(
            claims.names,
            "C1",
            unable.assign(amount=unable["people"]),
            keys,
            "people",
            "{organisation} serves {amount} people with {activity} at {site} in period {period}" + lacks,
        ),
        *violations(
            claims.names,
            "C1",
            idle.assign(amount=1.0),
            keys,
            "presences",
            "{organisation} is present for {activity} at {site} in period {period}" + lacks,
        ),
        *violations(
            claims.names,
            "C1",
            needless,
            ["organisation", "activity", "site"],
            "presences",
            "{organisation} is present for {activity} at {site} in period {period}, where nobody needs it",
        ),
    ]


def _presence_first(facts: Facts, claims: Claims) -> list[Violation]:
    service = _by_organisation(claims)
    served = service[(service["option"] != BLANK) & (service["people"] > slack())]
    wrong = served[~occurs(served, claims.presence, USED)]
    return violations(
        claims.names,
        "C1",
        wrong.assign(amount=wrong["people"]),
        ["organisation", "activity", "modality", "site"],
        "people",
        "{organisation} serves {amount} people with {activity} at {site} in period {period} without presence",
    )


def _people_per_site(facts: Facts, claims: Claims) -> list[Violation]:
    served = served_by_option(facts, claims, USED)
    over = served["people"] - served["max_people"]
    wrong = served.assign(amount=over)[over > slack(served["people"])]
    return violations(
        claims.names,
        "C1",
        wrong,
        ["organisation", "activity", "modality", "site"],
        "people",
        "{organisation} serves {people} people with {activity} at {site} in period {period}; "
        "its limit is {max_people}",
    )


def _shares(facts: Facts, claims: Claims) -> list[Violation]:
    own = facts.activities["min_share"].to_numpy(dtype=float)
    share = np.where(np.isnan(own), facts.mission.header.policy.min_share, own)
    served = total(_by_organisation(claims), DEED, "people")
    active = claims.active.assign(
        served=np.nan_to_num(look_up(claims.active, served, DEED, "people")), net=facts.net(claims.active)
    )
    least = share[active["activity"].to_numpy()] * active["net"]
    wrong = active.assign(least=least, amount=least - active["served"])
    return violations(
        claims.names,
        "C2",
        wrong[wrong["amount"] > slack(active["net"])],
        ["organisation", "activity", "site"],
        "people",
        "{organisation} is present for {activity} at {site} in period {period} and serves {served} people; "
        "the least share is {least} of {net}",
    )


def _crowding(facts: Facts, claims: Claims) -> list[Violation]:
    policy = facts.mission.header.policy.max_organisations
    own = facts.activities["max_organisations"].to_numpy(dtype=float)
    cap = np.where(np.isnan(own), np.inf if policy is None else policy, own)
    crowd = total(claims.active.assign(present=1.0), NEED, "present")
    crowd = crowd.assign(cap=cap[crowd["activity"].to_numpy()])
    crowd = crowd.assign(amount=crowd["present"] - crowd["cap"])
    return violations(
        claims.names,
        "C3",
        crowd[crowd["amount"] > 0],
        ["site", "activity"],
        "organisations",
        "{present} organisations are at {site} for {activity} in period {period}; at most {cap} may be",
    )


def _bases(claims: Claims) -> list[Violation]:
    bases = claims.tables["bases"]
    place = [*BASE, "period"]
    missing = claims.there[~occurs(claims.there, bases, place)].assign(amount=1.0)
    idle = bases[~occurs(bases, claims.there, place)].assign(amount=1.0)
    stated = bases.assign(first=look_up(bases, earliest(claims.there, BASE), BASE, "period"))
    wrong = stated[stated["set_up"] != (stated["period"] == stated["first"])].assign(amount=1.0)
    wrong = wrong[occurs(wrong, claims.there, place)]
    return [
        *violations(
            claims.names,
            "C4",
            missing,
            BASE,
            "bases",
            "{organisation} is present at {site} in period {period} without a base",
        ),
        *violations(
            claims.names,
            "C4",
            idle,
            BASE,
            "bases",
            "{organisation} keeps a base at {site} in period {period} without being present",
        ),
        *violations(
            claims.names,
            "C4",
            wrong,
            BASE,
            "bases",
            "the base of {organisation} at {site} is set up in period {first}, not as period {period} says",
        ),
    ]


def _mobilisation(claims: Claims) -> list[Violation]:
    called = earliest(claims.tables["mobilisation"], ["organisation"])
    first = earliest(claims.there, ["organisation"])
    mobilised = look_up(first, called, ["organisation"], "period")
    never = first[np.isnan(mobilised)].assign(amount=1.0)
    late = first.assign(mobilised=mobilised, amount=mobilised - first["period"])
    return [
        *violations(
            claims.names,
            "C4",
            never,
            ["organisation"],
            "mobilisations",
            "{organisation} is present in period {period} but is never mobilised",
        ),
        *violations(
            claims.names,
            "C4",
            late[late["amount"] > 0],
            ["organisation"],
            "periods",
            "{organisation} is present in period {period} but mobilised only in period {mobilised}",
        ),
    ]


def _continuity(facts: Facts, claims: Claims) -> list[Violation]:
    goes_on = facts.activities["continuous"].to_numpy(dtype=bool)
    begun = claims.active[goes_on[claims.active["activity"].to_numpy()]]
    after = begun.assign(period=begun["period"] + 1)
    after = after[after["period"] <= facts.periods]
    net = facts.net(after)
    could: NDArray[np.bool_] = (net > NOTHING) & facts.capable(after) & ~refused(facts, after)
    wrong = after.assign(amount=net)[could & ~occurs(after, claims.active, DEED)]
    return violations(
        claims.names,
        "C5",
        wrong,
        ["organisation", "activity", "site"],
        "people",
        "{organisation} leaves {activity} at {site} in period {period}, where {amount} people still need it",
    )
