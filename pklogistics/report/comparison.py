"""Two plans side by side: what they reach, what they cost, and where they differ most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from pklogistics.instance.naming import renamed
from pklogistics.plan import Plan
from pklogistics.plan.naming import Names
from pklogistics.report import figures, words

KEYS = ("site", "activity", "period")

_TOLD = {"site": "coverage", "activity": "coverage", "sector": "coverage", "fund": "funds"}
"""Kinds of keys that a comparison speaks of, and a table of a plan that has them."""


def comparison(first: Plan, second: Plan) -> pd.DataFrame:
    """Return a line per measure: ``measure``, ``unit``, ``first``, ``second`` and ``difference``.

    People are averages over the periods of each plan; money is summed over them. A measure that only one of
    the plans has (a fund, a sector) is NaN in the other.

    Raises
    ------
    NoPlanError
        If one of them was not found.
    """
    sides = [_measures(plan) for plan in (first, second)]
    both = sides[0].merge(sides[1], on=["measure", "unit"], how="outer", sort=False, suffixes=("_1", "_2"))
    order = pd.concat(sides)[["measure", "unit"]].drop_duplicates()
    both = order.merge(both, on=["measure", "unit"]).rename(columns={"value_1": "first", "value_2": "second"})
    return both.assign(difference=both["second"] - both["first"])


def differences(first: Plan, second: Plan) -> pd.DataFrame:
    """Return where the plans serve differently, the largest first: site, activity, period, people served.

    Both it and `comparison` speak in keys; `named` puts names in their place.
    """
    sides = [
        plan.tables["coverage"].groupby(list(KEYS), as_index=False)["served"].sum()
        for plan in (first, second)
    ]
    both = (
        sides[0]
        .merge(sides[1], on=list(KEYS), how="outer", suffixes=("_1", "_2"))
        .fillna({"served_1": 0.0, "served_2": 0.0})
    )
    both = both.rename(columns={"served_1": "first", "served_2": "second"})
    both["difference"] = both["second"] - both["first"]
    both = both[both["difference"].abs() > 0.5]
    order = both["difference"].abs().sort_values(ascending=False, kind="stable").index
    ranked: pd.DataFrame = both.loc[order]
    return ranked.reset_index(drop=True)


def names_of_both(first: Plan, second: Plan) -> Names:
    """Return what the keys of two plans are called: as in the second, or else as in the first.

    Where two keys would be called the same, each has its key behind it.
    """
    return {
        kind: _told_apart(
            {
                **{key: key for plan in (first, second) for key in plan.tables[table][kind]},
                **first.names.get(kind, {}),
                **second.names.get(kind, {}),
            }
        )
        for kind, table in _TOLD.items()
    }


def named(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return what `comparison` or `differences` found with names in place of keys."""
    measures = {
        f"{said}: {key}": f"{said}: {name}"
        for said, kind in (("reached", "sector"), ("paid", "fund"))
        for key, name in names[kind].items()
    }
    called = {"measure": measures, "site": names["site"], "activity": names["activity"]}
    return frame.assign(
        **{column: renamed(frame[column], to) for column, to in called.items() if column in frame}
    )


def _told_apart(names: Mapping[str, str]) -> dict[str, str]:
    times = Counter(names.values())
    return {key: f"{name} ({key})" if times[name] > 1 else name for key, name in names.items()}


def periods_of(plan: Plan) -> int:
    """Return the number of periods that a plan speaks of."""
    return max(1, int(plan.tables["coverage"]["period"].max())) if len(plan.tables["coverage"]) else 1


def _measures(plan: Plan) -> pd.DataFrame:
    periods = periods_of(plan)
    total = figures.total_coverage(plan, periods)
    service, shortfalls = plan.tables["service"], plan.tables["shortfalls"]
    lines: list[tuple[str, str, float]] = [
        (f"tier {tier.name}", words.tier_unit(tier, plan.currency), tier.value) for tier in plan.tiers
    ]
    lines += [
        ("people in need", "people", float(total["people"])),
        ("people reached", "people", float(total["people"] - total["unmet"])),
        ("share reached", "share", float(total["share"])),
        ("need left, weighted by severity", "weighted people", float(shortfalls["weighted"].sum())),
        ("money spent", plan.currency, float(plan.tables["costs"]["amount"].sum())),
        ("people served by several organisations", "people", shared_service(service) / periods),
        ("organisations at work", "organisations", float(plan.tables["presence"]["organisation"].nunique())),
        ("persons stationed, most in a period", "persons", _peak(plan)),
    ]
    sectors = figures.coverage_by(plan, periods, "sector")
    reached = sectors["people"] - sectors["unmet"]
    lines += [
        (f"reached: {name}", "people", float(value))
        for name, value in zip(sectors["sector"], reached, strict=True)
    ]
    funds = plan.tables["funds"]
    lines += [
        (f"paid: {name}", plan.currency, float(value))
        for name, value in zip(funds["fund"], funds["paid"], strict=True)
    ]
    return pd.DataFrame(lines, columns=["measure", "unit", "value"])


def shared_service(service: pd.DataFrame) -> float:
    """Return the people served, summed over periods, where more than one organisation serves one need."""
    by_organisation = service[service["organisation"] != ""]
    if by_organisation.empty:
        return 0.0
    several = by_organisation.groupby(list(KEYS))["organisation"].transform("nunique") > 1
    return float(by_organisation.loc[several, "people"].sum())


def _peak(plan: Plan) -> float:
    persons = plan.tables["stationing"].groupby("period")["persons"].sum()
    return float(np.max(persons.to_numpy(float), initial=0.0))
