"""Small missions at random: every table may be there or not, and none contradicts another.

Numbers are few and round, so that ties and rules that just bind are common. All cells are text, as in files.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import strategies as st

from tests.missions.draft import Draft

Rows = list[dict[str, str]]

ACTIVITIES = ("food", "clinic")
PATROL = "patrol"
ORGANISATIONS = ("agency", "charity", "elders")


@st.composite
def drafts(draw: st.DrawFn, *, whole: bool = True) -> Draft:
    """Draw a mission; with ``whole=False`` one in which every decision is continuous."""
    periods = draw(st.integers(1, 2))
    sites = _sites(draw)
    places = [row["site"] for row in sites]
    troops = whole and draw(st.booleans())
    activities = _activities(draw, whole, troops)
    tables = {
        "sites": sites,
        "activities": activities,
        "needs": _needs(draw, places, [row["activity"] for row in activities]),
        "organisations": _organisations(draw, whole),
        "capabilities": _capabilities(draw, whole, sorted({row["region"] for row in sites})),
        "coverage": _coverage(draw, places),
        "funds": _funds(draw, periods),
        "staff": _staff(draw),
        "handover": [{"sector": "relief", "period": "1", "local_share": "0.5"}] if draw(_rarely) else [],
    }
    tables["earmarks"] = _earmarks(draw, tables["funds"], places)
    if whole:
        tables["presence"] = _presence(draw, places, tables["capabilities"])
        tables["rules"] = _rules(draw, places)
    if troops:
        tables["units"] = _units(draw)
        tables["unit_rules"] = _unit_rules(draw, places, tables["units"])
        tables["movement"] = [{"period": "1", "persons": draw(_of("40", "100"))}] if draw(_rarely) else []
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}
    if "capabilities" not in frames:
        frames["capabilities"] = pd.DataFrame(columns=["organisation", "activity"], dtype=str)
    return Draft(_header(draw, periods, whole), frames)


def _of(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


_rarely = st.sampled_from((False, False, True))


def _header(draw: st.DrawFn, periods: int, whole: bool) -> dict[str, Any]:
    policy: dict[str, Any] = {"security_by_threat": [0, 0, 1, 2, 2]}
    if draw(_rarely):
        policy["impartiality_tolerance"] = 0.25
    if whole and draw(_rarely):
        policy["max_organisations"] = draw(st.integers(1, 2))
    if whole and draw(_rarely):
        policy["min_share"] = 0.25
    if draw(_rarely):
        policy["medevac_minutes"] = 45
    return {"format": 1, "name": "random", "periods": periods, "policy": policy}


def _sites(draw: st.DrawFn) -> Rows:
    names = ("abri", "bois", "clos", "dune")[: draw(st.integers(2, 4))]
    return [
        {
            "site": name,
            "latitude": "0",
            "longitude": draw(_of("0", "0.1", "0.3")),
            "region": draw(_of("", "north", "south")),
            "group": draw(_of("", "red", "blue")),
            "threat": draw(_of("", "2", "3")),
            "max_persons": draw(_of("", "", "80")),
            "medical_level": draw(_of("", "2")),
        }
        for name in names
    ]


def _activities(draw: st.DrawFn, whole: bool, troops: bool) -> Rows:
    rows = [
        {
            "activity": name,
            "sector": "relief" if name == "food" else draw(_of("relief", "health")),
            "provider": "organisation",
            "all_or_nothing": "yes" if whole and draw(_rarely) else "",
            "continuous": "yes" if whole and draw(_rarely) else "",
            "radius_km": "",
            "min_persons": "",
        }
        for name in ACTIVITIES
    ]
    if troops:
        post = {"radius_km": draw(_of("", "15")), "min_persons": draw(_of("", "60"))}
        force = dict.fromkeys(rows[0], "") | {"activity": PATROL, "sector": "protection", "provider": "force"}
        rows.append(force | post)
    return rows


def _needs(draw: st.DrawFn, places: list[str], activities: list[str]) -> Rows:
    pairs = [(site, activity) for site in places for activity in activities]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=6, unique=True))
    return [
        {
            "site": site,
            "activity": activity,
            "period": draw(_of("", "", "1")),
            "people": draw(_of("50", "100", "160")),
            "severity": draw(_of("", "3")),
            "min_coverage": draw(_of("", "", "0.5")),
        }
        for site, activity in chosen
    ]


def _coverage(draw: st.DrawFn, places: list[str]) -> Rows:
    chosen = draw(st.lists(st.sampled_from(places), max_size=2, unique=True))
    return [
        {
            "site": site,
            "activity": draw(_of(*ACTIVITIES)),
            "organisation": "parish",
            "people": draw(_of("30", "120")),
        }
        for site in chosen
    ]


def _organisations(draw: st.DrawFn, whole: bool) -> Rows:
    return [
        {
            "organisation": name,
            "kind": "local" if name == "elders" else "international",
            "mobilisation_cost": draw(_of("", "60")) if whole else "",
            "base_cost": draw(_of("", "40")) if whole else "",
            "base_cost_per_period": draw(_of("", "10")) if whole else "",
            "max_sites": draw(_of("", "", "1")) if whole else "",
            "needs_security": draw(_of("", "no")) if whole else "no",
            "accepts_armed_presence": draw(_of("", "no")) if whole else "",
            "needs_local_partner": draw(_of("", "", "yes")) if whole and name == "charity" else "",
        }
        for name in ORGANISATIONS
    ]


def _capabilities(draw: st.DrawFn, whole: bool, regions: list[str]) -> Rows:
    pairs = [(organisation, activity) for organisation in ORGANISATIONS for activity in ACTIVITIES]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))
    return [
        {
            "organisation": organisation,
            "activity": activity,
            "region": "" if whole else draw(_of(*regions)),
            "cost_per_person": draw(_of("", "1", "3")),
            "cost_per_presence": draw(_of("", "20")) if whole else "",
            "max_people": draw(_of("", "60")),
            "max_people_total": draw(_of("", "", "90")),
            "staff_per_1000": draw(_of("", "100")),
        }
        for organisation, activity in chosen
    ]


def _staff(draw: st.DrawFn) -> Rows:
    chosen = draw(st.lists(_of(*ORGANISATIONS), max_size=1))
    return [{"organisation": name, "period": draw(_of("", "1")), "people": "8"} for name in chosen]


def _funds(draw: st.DrawFn, periods: int) -> Rows:
    names = ("core", "tied")[: draw(st.integers(0, 2))]
    return [
        {
            "fund": name,
            "amount": draw(_of("100", "250", "600")),
            "from": draw(_of("", "", str(periods))),
            "until": "",
        }
        for name in names
    ]


def _earmarks(draw: st.DrawFn, funds: Rows, places: list[str]) -> Rows:
    if len(funds) < 2 or not draw(st.booleans()):
        return []
    blank = dict.fromkeys(("organisation", "activity", "sector", "site", "kind_of_cost"), "")
    keys = draw(
        st.sampled_from(
            (
                {"organisation": draw(_of(*ORGANISATIONS))},
                {"activity": draw(_of(*ACTIVITIES))},
                {"sector": "relief"},
                {"site": draw(_of(*places))},
                {"kind_of_cost": draw(_of("mobilisation", "base", "presence", "service"))},
            )
        )
    )
    return [{"fund": "tied"} | blank | keys]


def _presence(draw: st.DrawFn, places: list[str], capabilities: Rows) -> Rows:
    """Say something of at most two different (organisation, activity, site): no two rows can contradict."""
    pairs = [
        (row["organisation"], row["activity"], site)
        for row in capabilities
        for site in places
        if row["max_people"] == ""
    ]
    if not pairs:
        return []
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True))
    return [
        {
            "organisation": organisation,
            "site": site,
            "activity": activity,
            "status": draw(_of("agreed", "refused", "refused", "lead")),
        }
        for organisation, activity, site in chosen
    ]


def _rules(draw: st.DrawFn, places: list[str]) -> Rows:
    exclusive = {"rule": "exclusive", "organisations": "agency; charity", "activity": draw(_of("", "food"))}
    partner = {"rule": "partner", "organisations": "agency; charity; elders", "activity": ""}
    apart = {"rule": "incompatible_sites", "organisations": draw(_of("", "agency")), "activity": ""}
    rules = (
        exclusive | {"sites": ""},
        partner | {"sites": places[0]},
        apart | {"sites": f"{places[0]}; {places[1]}"},
    )
    return [draw(st.sampled_from(rules))] if draw(st.booleans()) else []


def _units(draw: st.DrawFn) -> Rows:
    company = {
        "unit": "company",
        "persons": "40",
        "available": draw(_of("1", "3")),
        "deployment_cost": draw(_of("", "30")),
        "cost_per_period": draw(_of("", "5")),
        "security": draw(_of("1", "2")),
        "armed": "yes",
        "medical_level": draw(_of("", "2")),
        "tasks": PATROL,
        "people_protected": draw(_of("", "100")),
    }
    observers = company | {
        "unit": "observers",
        "persons": "10",
        "available": "1",
        "security": "1",
        "armed": "no",
    }
    return [company, observers][: draw(st.integers(1, 2))]


def _unit_rules(draw: st.DrawFn, places: list[str], units: Rows) -> Rows:
    if not draw(_rarely):
        return []
    limits = draw(
        st.sampled_from(({"min": "", "max": "1"}, {"min": "2", "max": ""}, {"min": "1", "max": "1"}))
    )
    return [{"unit": units[0]["unit"], "site": draw(_of("", places[0])), "region": ""} | limits]
