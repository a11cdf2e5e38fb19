"""Plans made by hand, small enough to read."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from pklogistics.plan import TABLES, Plan, TierResult
from pklogistics.plan.certificate import Certificate, Part, PricedTier, Prices

SERVICE = {
    "site": "Man",
    "activity": "health",
    "sector": "Health",
    "period": 1,
    "organisation": "MSF",
    "modality": "service",
    "scope": "anywhere",
    "post": "",
    "people": 250.5,
}

CERTIFICATE = Certificate(
    "0123456789abcdef",
    (
        PricedTier(
            "mandate",
            (Prices((), ()), Prices((0, 1, 7), (-0.1, 1e-300, 2.5e17), (("need", -1.234567),))),
            (Part((), 1), Part(((3, 0.0, 0.0), (12, -math.inf, 4.0)), 0)),
        ),
        PricedTier("need", (Prices((5,), (1.0,)),), ()),
    ),
)


def small_plan(**changes: Any) -> Plan:
    """One site, one activity: 1,000 people in need, 250.5 of them served for 501 dollars."""
    tables: dict[str, pd.DataFrame] = {
        "service": pd.DataFrame([SERVICE]),
        "bases": pd.DataFrame([{"organisation": "MSF", "site": "Man", "period": 1, "set_up": True}]),
        "funds": pd.DataFrame(
            [{"fund": "CERF", "donor": 'Côte, "d\'Ivoire"', "amount": 501.0, "paid": 501.0, "left": 0.0}]
        ),
        "coverage": pd.DataFrame(
            [
                {
                    **{key: SERVICE[key] for key in ("site", "activity", "sector", "period")},
                    **{"people": 1000.0, "covered_by_others": 0.0, "served": 250.5, "unmet": 749.5},
                    "share": 0.2505,
                }
            ]
        ),
        "shortfalls": pd.DataFrame(
            [
                {
                    **{key: SERVICE[key] for key in ("site", "activity", "sector", "period")},
                    **{"severity": None, "unmet": 749.5, "weighted": 749.5, "reason": "no money is left"},
                }
            ]
        ),
    }
    tiers = (
        TierResult("mandate", 0.0, 0.0, 0.0, 0.1, "gap", 0.25),
        TierResult("need", 749.5, float("-inf"), float("inf"), 0.2, "time"),
    )
    attributes: dict[str, Any] = {
        "mission": "Côte d'Ivoire",
        "status": "feasible",
        "stopped": "time",
        "tables": tables,
        "tiers": tiers,
        "seconds": {"compile": 0.25, "total": 1 / 3},
        "solver": "highs",
        "created_by": "0.1.0",
        "currency": "USD",
        "violations": ({"rule": "N1", "keys": {"site": "Man"}, "period": 1, "amount": 0.1 + 0.2},),
        "notes": ("=1+1 went otherwise",),
        "names": {"fund": {"CERF": '=Central fund, "emergency"'}, "site": {"Elsewhere": "Côté Ouest"}},
        "certificate": CERTIFICATE,
    }
    return Plan(**{**attributes, **changes})


def with_texts(texts: list[str]) -> Plan:
    """A plan whose sites are these texts, one service row each."""
    rows = [{**SERVICE, "site": text, "organisation": text[::-1]} for text in texts]
    return small_plan(tables={"service": pd.DataFrame(rows, columns=TABLES["service"].column_names)})
