"""Missions and their plans, made small by hand, for the reports."""

from __future__ import annotations

from functools import cache
from typing import Any

import pklogistics

HOSTILE = (
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}{% raw %}",
        "=1+1",
        "[bold]b[/bold]",
    ),
    *(
        "\u202eright to left",
        "مستشفى بواكيه",
        "&lt;escaped&gt;",
        "a" * 300,
        "two\nlines",
        "]]>--><!--",
        "it's",
    ),
)
"""Names that break careless pages and terminals."""


@cache
def hostile() -> tuple[pklogistics.Mission, pklogistics.Plan]:
    """A mission in which every name is hostile: all kinds of tables, two periods, and its plan.

    100 people at each site need the activity; the one organisation carries 80 of them, so 20 stay
    without, and the floor of 90% is broken by 10 at each site. Each takes 1 kg of goods in a period: 12 sites
    with 80 people take 960 kg of the 4,000 kg in store. The last site has no coordinates.
    """
    names = [name.replace("\n", " ") for name in HOSTILE]
    keys = [name.replace(";", ",") for name in names]
    depot = f"depot {keys[0]}"
    degrees = [0.5 * row for row in range(len(keys) - 1)] + [None]
    tables: dict[str, list[dict[str, Any]]] = {
        "sites": [
            {"site": k, "name": n, "region": k, "threat": 1, "latitude": d, "longitude": d}
            for k, n, d in zip(keys, names, degrees, strict=True)
        ],
        "commodities": [{"commodity": keys[0], "name": names[1], "unit": names[0], "weight_t": 0.001}],
        "recipes": [{"activity": keys[0], "commodity": keys[0], "per_person": 1}],
        "depots": [{"depot": depot, "name": names[1], "latitude": 3, "longitude": -4}],
        "stock": [{"depot": depot, "commodity": keys[0], "quantity": 4_000}],
        "routes": [{"origin": depot, "destination": key, "mode": names[0]} for key in keys],
        "activities": [{"activity": keys[0], "name": names[1], "sector": names[0]}],
        "needs": [
            {"site": k, "activity": keys[0], "people": 100, "severity": 3, "min_coverage": 0.9} for k in keys
        ],
        "organisations": [{"organisation": keys[1], "name": names[0], "base_cost": 10}],
        "capabilities": [
            {"organisation": keys[1], "activity": keys[0], "cost_per_person": 2, "max_people": 80}
        ],
        "funds": [{"fund": keys[2], "donor": names[0], "amount": 100_000}],
        "units": [{"unit": keys[0], "persons": 10, "available": 2, "cost_per_period": 5}],
        "unit_rules": [{"unit": keys[0], "site": keys[0], "min": 1}],
    }
    header = {
        "name": names[0],
        "description": names[1],
        "sources": [names[0], "https://example.org/<b>"],
        "currency": "<i>USD</i>",
        "periods": 2,
        "start": "2011-04-01",
    }
    mission = pklogistics.Mission.from_tables(header, tables)
    return mission, pklogistics.solve(mission, time_limit=30)
