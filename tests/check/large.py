"""A mission of any size and a full plan of it, both made column by column.

Sites lie 1.1 km apart along a line. Twelve organisations can do four activities anywhere and share the
sites out; every tenth site is a post of two companies that patrols the ten round it; every fiftieth has a
surgeon. Eight funds are each earmarked for a region, and for mobilisation.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.instance import Mission
from pklogistics.plan import TABLES, Plan, TierResult

ACTIVITIES = ("food", "health", "water", "shelter")
ORGANISATIONS, FUNDS, POST, SURGEON = 12, 8, 10, 50
COST_PER_PERSON, COST_PER_PRESENCE, BASE_COST, MOBILISATION_COST, UNIT_COST = 2.0, 5.0, 50.0, 1000.0, 20.0
LINE = ["kind_of_cost", "organisation", "unit", "activity", "sector", "site", "region", "commodity", "period"]


def names(prefix: str, numbers) -> np.ndarray:
    return np.array([f"{prefix}{n}" for n in range(int(np.max(numbers)) + 1)], dtype=object)[numbers]


def large_mission(sites: int) -> Mission:
    site = np.arange(sites)
    policy = {"medevac_minutes": 60, "medevac_speed_kmh": 60, "patrol_radius_km": 15, "max_organisations": 2}
    activities = [{"activity": a, "sector": a.upper()} for a in ACTIVITIES]
    activities.append({"activity": "patrol", "sector": "PATROL", "provider": "force", "min_persons": 100})
    organisations = names("org", np.arange(ORGANISATIONS))
    funds = names("fund", np.arange(FUNDS))
    return Mission.from_tables(
        {"format": 1, "name": "large", "policy": policy},
        {
            "sites": pd.DataFrame(
                {
                    "site": names("s", site),
                    "region": names("r", site % FUNDS),
                    "latitude": 0.0,
                    "longitude": site * 0.01 % 180,
                    "medical_level": np.where(site % SURGEON == 0, 2, 0),
                    "security_required": np.where(site % POST == 0, 2.0, 0.0),
                }
            ),
            "activities": activities,
            "needs": needs(sites)[["site", "activity", "people", "severity", "min_coverage"]],
            "organisations": pd.DataFrame(
                {
                    "organisation": organisations,
                    "base_cost": BASE_COST,
                    "mobilisation_cost": MOBILISATION_COST,
                }
            ),
            "capabilities": pd.DataFrame(
                [(o, a, COST_PER_PERSON, COST_PER_PRESENCE) for o in organisations for a in ACTIVITIES],
                columns=["organisation", "activity", "cost_per_person", "cost_per_presence"],
            ),
            "funds": pd.DataFrame({"fund": funds, "amount": 1e9}),
            "earmarks": pd.DataFrame(
                {
                    "fund": np.repeat(funds, 2),
                    "region": [x for n in range(FUNDS) for x in (f"r{n}", "")],
                    "kind_of_cost": ["", "mobilisation"] * FUNDS,
                }
            ),
            "units": [
                {
                    **{"unit": "company", "persons": 100, "available": sites, "security": 1},
                    **{"cost_per_period": UNIT_COST, "tasks": "patrol", "people_protected": 5e5},
                }
            ],
        },
    )


def needs(sites: int) -> pd.DataFrame:
    site = np.repeat(np.arange(sites), len(ACTIVITIES) + 1)
    kind = np.tile(np.arange(len(ACTIVITIES) + 1), sites)
    activity = np.array([*ACTIVITIES, "patrol"], dtype=object)[kind]
    people = 100.0 + (site * 7 + kind) % 900
    return pd.DataFrame(
        {
            **{"number": site, "kind": kind, "site": names("s", site), "region": names("r", site % FUNDS)},
            **{"activity": activity, "sector": pd.Series(activity).str.upper(), "people": people},
            **{"severity": 1 + kind % 5, "min_coverage": 0.5, "period": 1},
        }
    )


def large_plan(sites: int) -> Plan:
    """Everybody is served but a tenth of those who need health, by one organisation a site or from a post."""
    need = needs(sites)
    short = need["activity"] == "health"
    need = need.assign(unmet=np.where(short, need["people"] / 10, 0.0))
    need = need.assign(served=need["people"] - need["unmet"])
    civil = need[need["kind"] < len(ACTIVITIES)]
    civil = civil.assign(
        organisation=names("org", civil["number"].to_numpy() % ORGANISATIONS), modality="service"
    )
    civil = civil.assign(scope="anywhere", post="", people=civil["served"])
    force = need[need["kind"] == len(ACTIVITIES)]
    force = force.assign(organisation="", modality="", scope="", people=force["served"])
    force = force.assign(post=names("s", force["number"].to_numpy() // POST * POST))
    posts = pd.DataFrame({"site": names("s", np.arange(0, sites, POST)), "unit": "company", "period": 1})
    posts = posts.assign(count=2.0, persons=200.0)
    bases = civil.drop_duplicates(["organisation", "site"])[["organisation", "site", "region", "period"]]
    called = pd.DataFrame({"organisation": names("org", np.arange(min(ORGANISATIONS, sites))), "period": 1})
    costs = _costs(civil, posts, bases, called)
    shortfalls = need[need["unmet"] > 0]
    shortfalls = shortfalls.assign(weighted=shortfalls["unmet"] * shortfalls["severity"], reason="as decided")
    made = {
        "service": pd.concat([civil, force]),
        "presence": civil,
        "bases": bases.assign(set_up=True),
        "mobilisation": called,
        "stationing": posts,
        "moves": posts.assign(arriving=posts["count"], leaving=0.0),
        "costs": costs,
        "payments": costs,
        "accounts": costs.groupby(["account", "funds", "period"], as_index=False)["amount"].sum(),
        "funds": costs.groupby("fund", as_index=False)["amount"].sum().rename(columns={"amount": "paid"}),
        "coverage": need.assign(covered_by_others=0.0, share=need["served"] / need["people"]),
        "shortfalls": shortfalls,
    }
    made["accounts"] = made["accounts"].rename(columns={"amount": "cost"})
    made["funds"] = made["funds"].assign(donor="", amount=1e9, left=1e9 - made["funds"]["paid"])
    values = {"mandate": 0.0, "need": shortfalls["weighted"].sum(), "cost": costs["amount"].sum()}
    return Plan(
        **{"mission": "large", "status": "optimal", "stopped": "gap"},
        tables={name: frame[TABLES[name].column_names] for name, frame in made.items()},
        tiers=tuple(TierResult(name, value, value, 0.0) for name, value in values.items()),
    )


def _costs(
    civil: pd.DataFrame, posts: pd.DataFrame, bases: pd.DataFrame, called: pd.DataFrame
) -> pd.DataFrame:
    """Cost lines with the fund that pays each, its account and the funds of the account."""
    number = posts["site"].str[1:].astype(int).to_numpy()
    lines = pd.concat(
        [
            called.assign(kind_of_cost="mobilisation", amount=MOBILISATION_COST),
            bases.assign(kind_of_cost="base", amount=BASE_COST),
            civil.assign(kind_of_cost="presence", amount=COST_PER_PRESENCE),
            civil.assign(kind_of_cost="service", amount=COST_PER_PERSON * civil["people"]),
            posts.assign(kind_of_cost="sustainment", amount=UNIT_COST * 2, region=names("r", number % FUNDS)),
        ]
    )
    lines = lines.reindex(columns=[*LINE, "amount"])
    texts = [name for name in LINE if name != "period"]
    lines[texts] = lines[texts].astype(object).fillna("")
    regional = lines["region"] != ""
    return lines.assign(
        fund=np.where(regional, "fund" + lines["region"].str[1:], "fund0"),
        account=np.where(regional, "only " + lines["region"], "anyone"),
        funds=np.where(
            regional, "fund" + lines["region"].str[1:], "; ".join(f"fund{n}" for n in range(FUNDS))
        ),
    )
