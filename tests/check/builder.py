"""A plan written out in full from its decisions, the slow and plain way.

Written for the tests of the checker, from the meaning of the tables and not from anybody's code: loops
over rows, dictionaries, nothing clever. It does not keep any rule; it only tells the truth.
"""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from pklogistics.instance import Mission
from pklogistics.plan import TABLES, Plan, TierResult

from .goods import Goods
from .mandates import broken
from .money import Money, rows


class Author(Money, Goods):
    """Writes the plan; every method writes one table."""

    def __init__(
        self,
        mission: Mission,
        service,
        presence=(),
        stationing=None,
        mobilised=None,
        payments=None,
        goods=None,
        escorts=None,
    ):
        self.mission = mission
        self.periods = range(1, mission.T + 1)
        self.sites = {r["site"]: r for r in rows(mission.frame("sites"))}
        self.activities = {r["activity"]: r for r in rows(mission.frame("activities"))}
        self.organisations = {r["organisation"]: r for r in rows(mission.frame("organisations"))}
        self.units = {r["unit"]: r for r in rows(mission.frame("units"))}
        self.capabilities = {
            (r["organisation"], r["activity"], r["modality"], r["site"], r["region"]): r
            for r in rows(mission.frame("capabilities"))
        }
        self.service = [self._full(dict(s)) for s in service]
        self.extra = [self._full({**p, "people": 0.0}) for p in presence]
        self.stationing = dict(stationing or {})
        self.mobilised = dict(mobilised or {})
        self.payments = payments
        self.read_goods(goods, escorts)

    def _full(self, row):
        """Fill in what a decision leaves out: period 1, the sector, modality 'service', scope anywhere."""
        force = "post" in row
        row.setdefault("period", 1)
        row.setdefault("post", "")
        for name, value in (("organisation", ""), ("modality", "" if force else "service")):
            row.setdefault(name, value)
        row.setdefault("scope", "" if force else "anywhere")
        row["sector"] = self.activities[row["activity"]]["sector"]
        return row

    def region(self, site):
        return (self.sites[site]["region"] or "") if site in self.sites else ""

    def capability(self, row):
        site = row["site"] if row["scope"] == "site" else None
        region = self.region(row["site"]) if row["scope"] == "region" else None
        return self.capabilities.get(
            (row["organisation"], row["activity"], row["modality"], site, region), {}
        )

    # Tables, in the order of the plan.

    def presence(self):
        people = defaultdict(float)
        for row in [*self.service, *self.extra]:
            if row["organisation"]:
                key = ("organisation", "activity", "modality", "scope", "site", "period")
                people[tuple(row[k] for k in key)] += row["people"]
        names = ("organisation", "activity", "modality", "scope", "site", "period", "people")
        return [dict(zip(names, (*key, value), strict=True)) for key, value in people.items()]

    def there(self):
        return {(r["organisation"], r["site"], r["period"]) for r in self.presence()}

    def bases(self):
        there = sorted(self.there())
        first = {}
        for organisation, site, period in there:
            first[organisation, site] = min(period, first.get((organisation, site), period))
        return [{"organisation": o, "site": s, "period": t, "set_up": t == first[o, s]} for o, s, t in there]

    def mobilisation(self):
        first = {}
        for organisation, _, period in self.there():
            first[organisation] = min(period, first.get(organisation, period))
        return [{"organisation": o, "period": t} for o, t in {**first, **self.mobilised}.items()]

    def stations(self):
        return [
            {"unit": u, "site": s, "period": t, "count": n, "persons": n * self.units[u]["persons"]}
            for (u, s, t), n in self.stationing.items()
        ]

    def moves(self):
        before = {(r["unit"], r["site"]): r["count"] for r in rows(self.mission.frame("deployments"))}
        # Escort duty is a post of its own, nowhere.
        held = {**self.stationing, **{(u, "", t): n for (u, t), n in self.on_escort.items()}}
        posts = {*before, *((u, s) for u, s, _ in held)}
        found = []
        for unit, site in sorted(posts):
            earlier = before.get((unit, site), 0)
            for t in self.periods:
                now = held.get((unit, site, t), 0)
                if now != earlier:
                    come, go = max(0, now - earlier), max(0, earlier - now)
                    persons = come * self.units[unit]["persons"]
                    found.append(
                        {
                            "unit": unit,
                            "site": site,
                            "period": t,
                            "arriving": come,
                            "leaving": go,
                            "persons": persons,
                        }
                    )
                earlier = now
        return found

    def coverage(self):
        others, served = defaultdict(float), defaultdict(float)
        for row in rows(self.mission.by_period("coverage")):
            others[row["site"], row["activity"], row["period"]] += row["people"]
        for row in self.service:
            served[row["site"], row["activity"], row["period"]] += row["people"]
        found = []
        for need in rows(self.mission.by_period("needs")):
            key = (need["site"], need["activity"], need["period"])
            people, covered = need["people"], min(need["people"], others[key])
            unmet = max(0.0, people - covered - served[key])
            found.append(
                {
                    **dict(zip(("site", "activity", "period"), key, strict=True)),
                    "sector": self.activities[need["activity"]]["sector"],
                    "people": people,
                    "covered_by_others": covered,
                    "served": served[key],
                    "unmet": unmet,
                    "share": (covered + served[key]) / people if people else 1.0,
                    "need": need,
                }
            )
        return found

    def shortfalls(self):
        weights = self.mission.header.policy.severity_weights
        found = []
        for row in self.coverage():
            severity = row["need"]["severity"]
            factor = 1.0 if severity is None else weights[int(severity) - 1]
            if row["unmet"] > 0:
                weighted = row["unmet"] * row["need"]["weight"] * factor
                found.append({**row, "severity": severity, "weighted": weighted, "reason": "as decided"})
        return found

    def broken(self):
        return broken(self)

    def terms(self):
        persons = sum(
            (self.sites[r["site"]]["threat"] or 0) * r["persons"]
            for r in self.stations()
            if r["site"] in self.sites
        )
        return {
            "mandate": sum(r["amount"] for r in self.broken()),
            "need": sum(r["weighted"] for r in self.shortfalls()),
            "cost": sum(r["amount"] for r in self.lines()),
            "risk": float(persons),
            "waste": sum(r["tonnes"] for r in self.expiries()),
        }

    def plan(self, tiers=("mandate", "need", "cost")) -> Plan:
        values = self.terms()
        made = {
            "service": self.service,
            "presence": self.presence(),
            "bases": self.bases(),
            "mobilisation": self.mobilisation(),
            "stationing": self.stations(),
            "moves": self.moves(),
            "purchases": self.purchases(),
            "intake": self.intake(),
            "shipments": self.shipments(),
            "inventory": self.inventory(),
            "distributions": self.distributions(),
            "expiries": self.expiries(),
            "vehicles": self.vehicles(),
            "escorts": self.escorts(),
            "openings": self.openings(),
            "costs": self.costs(),
            "payments": self.paid(),
            "accounts": self.accounts(),
            "funds": self.funds(),
            "coverage": self.coverage(),
            "shortfalls": self.shortfalls(),
            "broken": self.broken(),
        }
        return Plan(
            mission=self.mission.header.name,
            status="optimal",
            stopped="gap",
            tables={
                name: pd.DataFrame(made[name], columns=TABLES[name].column_names)
                if made[name]
                else table.empty()
                for name, table in TABLES.items()
            },
            tiers=tuple(TierResult(name, values[name], values[name], 0.0) for name in tiers),
        )


def plan_of(mission: Mission, service=(), **decisions) -> Plan:
    """The whole plan that follows from the decisions."""
    return Author(mission, service, **decisions).plan()
