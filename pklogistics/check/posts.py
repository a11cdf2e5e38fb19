"""Service by posts: protection, monitoring and police (T6).

T6  an activity with provider = force is served at a site from a post within radius_km (the own site is at
    0 km), where units with that task number at least one and at least min_persons persons; people served
    from a post in a period <= sum people_protected * count of these units (blank: no limit).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.geography import distance_km
from pklogistics.check.matching import look_up, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import slack

POST = ["post", "activity", "period"]


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of T6."""
    service = claims.service
    by_post = service[(service["organisation"] == BLANK) & (service["people"] > slack())]
    if by_post.empty:
        return []
    able = (by_post["post"] != BLANK) & facts.by_force[by_post["activity"].to_numpy()]
    nobody = by_post.assign(amount=by_post["people"])[~able]
    served = by_post[able]
    return [
        *violations(
            claims.names,
            "T6",
            nobody,
            ["site", "activity", "post"],
            "people",
            "{amount} people are served with {activity} at {site} in period {period} by neither an "
            "organisation nor a post that can",
        ),
        *_radius(facts, claims, served),
        *_strength(facts, claims, served),
    ]


def _radius(facts: Facts, claims: Claims, served: pd.DataFrame) -> list[Violation]:
    policy = facts.mission.header.policy.patrol_radius_km
    own = facts.activities["radius_km"].to_numpy(dtype=float)
    radius = np.where(np.isnan(own), 0.0 if policy is None else policy, own)[served["activity"].to_numpy()]
    away = distance_km(facts, served["site"].to_numpy(), served["post"].to_numpy())
    placed = served.assign(away=away, radius=radius, amount=away - radius)
    far = placed[placed["amount"] > slack(radius)]
    lost = placed.assign(amount=placed["people"])[np.isnan(away)]
    keys = ["site", "activity", "post"]
    return [
        *violations(
            claims.names,
            "T6",
            far,
            keys,
            "km",
            "{site} is served with {activity} in period {period} from {post}, {away} km away; the radius is "
            "{radius} km",
        ),
        *violations(
            claims.names,
            "T6",
            lost,
            keys,
            "people",
            "{site} is served with {activity} in period {period} from {post}, at an unknown distance",
        ),
    ]


def _posts(facts: Facts, claims: Claims) -> pd.DataFrame:
    """Return the strength of each post for each task: count, persons, and people it can serve."""
    tasks = facts.units["tasks"].explode().dropna()
    tasked = pd.DataFrame({"unit": tasks.index, "activity": facts.names.code("activity", tasks)})
    units = facts.units[["persons", "people_protected"]].astype(float)
    held = claims.stations.rename(columns={"site": "post"}).merge(tasked.drop_duplicates(), on="unit")
    held = held[held["count"] > slack()]
    each = units.iloc[held["unit"].to_numpy()].reset_index(drop=True)
    held = held.reset_index(drop=True)
    protected = each["people_protected"].fillna(np.inf)
    held = held.assign(persons=each["persons"] * held["count"], protected=protected * held["count"])
    return total(held, POST, "count", "persons", "protected")


def _strength(facts: Facts, claims: Claims, served: pd.DataFrame) -> list[Violation]:
    posts = _posts(facts, claims)
    load = total(served, POST, "people")
    persons = np.nan_to_num(look_up(load, posts, POST, "persons"))
    least = facts.activities["min_persons"].to_numpy(dtype=float)[load["activity"].to_numpy()]
    load = load.assign(
        persons=persons,
        least=np.nan_to_num(least),
        units=np.nan_to_num(look_up(load, posts, POST, "count")),
        protected=look_up(load, posts, POST, "protected"),
    )
    empty = load.assign(amount=1.0)[load["units"] < 1 - slack()]
    manned = load[load["units"] >= 1 - slack()]
    weak = manned.assign(amount=manned["least"] - manned["persons"])
    over = manned.assign(amount=manned["people"] - manned["protected"])
    keys = ["post", "activity"]
    return [
        *violations(
            claims.names,
            "T6",
            empty,
            keys,
            "units",
            "{people} people are served with {activity} from {post} in period {period}, where no unit has "
            "that task",
        ),
        *violations(
            claims.names,
            "T6",
            weak[weak["amount"] > slack(weak["least"])],
            keys,
            "persons",
            "{post} serves {activity} in period {period} with {persons} persons; a post needs {least}",
        ),
        *violations(
            claims.names,
            "T6",
            over[over["amount"] > slack(over["people"])],
            keys,
            "people",
            "{post} serves {people} people with {activity} in period {period}; its units can {protected}",
        ),
    ]
