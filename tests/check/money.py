"""The tables of money of a plan, written out line by line; see `builder`."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import pandas as pd

LINE = ("kind_of_cost", "organisation", "unit", "activity", "sector", "site", "region", "commodity", "period")


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Records with None for blanks."""
    if frame.empty:
        return []

    def filled(value):
        return None if value == "" or (isinstance(value, float) and math.isnan(value)) else value

    return [{name: filled(value) for name, value in row.items()} for row in frame.to_dict("records")]


class Money:
    """Costs, payments, accounts and funds of an author's decisions."""

    def lines(self):
        """Cost lines, each once, with the amount."""
        lines = defaultdict(float)

        def add(amount, kind, **keys):
            if "activity" in keys:
                keys["sector"] = self.activities[keys["activity"]]["sector"]
            if keys.get("site"):
                keys["region"] = self.region(keys["site"])
            if amount:
                lines[tuple({"kind_of_cost": kind, **keys}.get(name, "") for name in LINE)] += amount

        for row in self.mobilisation():
            add(self.organisations[row["organisation"]]["mobilisation_cost"], "mobilisation", **row)
        for row in self.bases():
            organisation = self.organisations[row["organisation"]]
            keys = {k: row[k] for k in ("organisation", "site", "period")}
            add(
                organisation["base_cost"] * row["set_up"] + organisation["base_cost_per_period"],
                "base",
                **keys,
            )
        for row in self.presence():
            keys = {k: row[k] for k in ("organisation", "activity", "site", "period")}
            add(self.capability(row).get("cost_per_presence") or 0, "presence", **keys)
        for row in self.service:
            keys = {k: row[k] for k in ("organisation", "activity", "site", "period")}
            add((self.capability(row).get("cost_per_person") or 0) * row["people"], "service", **keys)
        for row in self.moves():
            keys = {k: row[k] for k in ("unit", "site", "period")}
            add(self.units[row["unit"]]["deployment_cost"] * row["arriving"], "deployment", **keys)
        for (unit, site, period), count in self.stationing.items():
            cost = self.units[unit]["cost_per_period"] * count
            add(cost, "sustainment", unit=unit, site=site, period=period)
        for (unit, period), count in self.on_escort.items():
            add(self.units[unit]["cost_per_period"] * count, "sustainment", unit=unit, period=period)
        self.cost_of_goods(add)
        return [dict(zip(LINE, key, strict=True)) | {"amount": amount} for key, amount in lines.items()]

    def payers(self, line, dated):
        """Funds that may pay a line, within their dates or whenever."""
        marks = rows(self.mission.frame("earmarks"))
        keys = ("organisation", "activity", "sector", "site", "region", "kind_of_cost", "commodity")
        found = []
        for fund in rows(self.mission.frame("funds")):
            own = [mark for mark in marks if mark["fund"] == fund["fund"]]
            fits = any(all(mark[k] is None or mark[k] == line[k] for k in keys) for mark in own) or not own
            if fits and (not dated or fund["from"] <= line["period"] <= fund["until"]):
                found.append(fund["fund"])
        return found

    def paid(self):
        """Every line is paid by the first funds that may and can; what nobody can pay stays unpaid."""
        if self.payments is not None:
            return self.payments
        left = {fund["fund"]: fund["amount"] for fund in rows(self.mission.frame("funds"))}
        found = []
        for line in self.lines():
            due = line["amount"]
            for fund in self.payers(line, dated=True):
                part = min(due, left[fund])
                if part > 0:
                    left[fund] -= part
                    due -= part
                    found.append({"fund": fund, **line, "amount": part})
        return found

    def costs(self):
        if not self.mission.has("funds"):
            return [{**line, "account": ""} for line in self.lines()]
        return [{**line, "account": " + ".join(self.payers(line, dated=False))} for line in self.lines()]

    def accounts(self):
        sums = defaultdict(float)
        for line in self.costs():
            if line["account"]:
                sums[line["account"], line["period"]] += line["amount"]
        return [
            {"account": a, "funds": a.replace(" + ", "; "), "period": t, "cost": c}
            for (a, t), c in sums.items()
        ]

    def funds(self):
        paid = defaultdict(float)
        for row in self.paid():
            paid[row["fund"]] += row["amount"]
        return [
            {
                "fund": r["fund"],
                "donor": r["donor"] or "",
                "amount": r["amount"],
                "paid": paid[r["fund"]],
                "left": r["amount"] - paid[r["fund"]],
            }
            for r in rows(self.mission.frame("funds"))
        ]
