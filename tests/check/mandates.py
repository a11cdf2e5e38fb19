"""What the elastic rules miss, recounted by loops; see `builder`."""

from __future__ import annotations

from collections import defaultdict

from .money import rows

NAMES = ("organisation", "unit", "site", "region", "activity", "sector", "depot", "commodity")
BLANK = dict.fromkeys(NAMES, "")


def broken(author):
    """Return the rows of the plan's table of broken mandates."""
    found = [*floors(author), *agreements(author), *handovers(author), *held_posts(author), *groups(author)]
    found += stock_targets(author)
    return [{**BLANK, **row} for row in found if row["amount"] > 1e-9]


def floors(author):
    for row in author.coverage():
        floor = (row["need"]["min_coverage"] or 0) * row["people"]
        amount = max(0.0, floor - row["covered_by_others"] - row["served"])
        keys = {k: row[k] for k in ("site", "activity", "sector", "period")}
        yield {"rule": "N3", **keys, "amount": amount, "measure": "people"}


def net(author):
    found = defaultdict(float)
    for row in author.coverage():
        found[row["site"], row["activity"], row["period"]] = row["people"] - row["covered_by_others"]
    return found


def agreements(author):
    need = net(author)
    active = {(r["organisation"], r["activity"], r["site"], r["period"]) for r in author.presence()}
    table = rows(author.mission.frame("presence"))
    for row in table:
        if row["status"] != "agreed":
            continue
        o, s = row["organisation"], row["site"]
        for t in author.periods:
            if not row["from"] <= t <= row["until"]:
                continue
            if row["activity"]:
                concerned = [row["activity"]]
            else:
                concerned = [
                    a
                    for a in author.activities
                    if can(author, o, a, s)
                    and not any(
                        r["status"] == "refused"
                        and (r["organisation"], r["site"], r["activity"]) == (o, s, a)
                        and r["from"] <= t <= r["until"]
                        for r in table
                    )
                ]
            people = sum(need[s, a, t] for a in concerned)
            kept = any((o, a, s, t) in active for a in (concerned if row["activity"] else author.activities))
            if people > 0 and not kept:
                yield {
                    "rule": "C6",
                    "organisation": o,
                    "site": s,
                    "activity": row["activity"] or "",
                    "period": t,
                    "amount": max(1.0, people),
                    "measure": "people",
                }


def can(author, organisation, activity, site):
    return any(
        c["organisation"] == organisation
        and c["activity"] == activity
        and c["site"] in (None, site)
        and c["region"] in (None, author.region(site))
        for c in author.capabilities.values()
    )


def handovers(author):
    table = rows(author.mission.frame("handover"))
    for row in table:
        begin = row["period"] or 1
        of = ("activity", row["activity"]) if row["activity"] else ("sector", row["sector"])
        later = [r["period"] for r in table if r[of[0]] == of[1] and (r["period"] or 1) > begin]
        for t in author.periods:
            if t < begin or any(t >= p for p in later):
                continue
            served = [s for s in author.service if s["period"] == t and s[of[0]] == of[1]]
            own = sum(
                s["people"]
                for s in served
                if s["organisation"] and author.organisations[s["organisation"]]["local"]
            )
            missing = row["local_share"] * sum(s["people"] for s in served) - own
            yield {"rule": "C9", of[0]: of[1], "period": t, "amount": missing, "measure": "people"}


def held_posts(author):
    for row in rows(author.mission.frame("unit_rules")):
        if row["min"] is None:
            continue
        for t in range(row["from"], row["until"] + 1):
            held = sum(
                n
                for (u, s, p), n in author.stationing.items()
                if (u, p) == (row["unit"], t)
                and row["site"] in (None, s)
                and row["region"] in (None, author.region(s))
            )
            yield {
                "rule": "T3",
                "unit": row["unit"],
                "site": row["site"] or "",
                "region": row["region"] or "",
                "period": t,
                "amount": (row["min"] - held) * author.units[row["unit"]]["persons"],
                "measure": "persons",
            }


def groups(author):
    tolerance = author.mission.header.policy.impartiality_tolerance
    if tolerance is None:
        return
    people, reached = defaultdict(float), defaultdict(float)
    for row in author.coverage():
        group = author.sites[row["site"]]["group"]
        if group and row["people"]:
            people[row["sector"], group] += row["people"]
            reached[row["sector"], group] += row["covered_by_others"] + row["served"]
    for sector in {s for s, _ in people}:
        of = [key for key in people if key[0] == sector]
        ratios = [reached[key] / people[key] for key in of]
        amount = (max(ratios) - min(ratios) - tolerance) * min(people[key] for key in of)
        yield {"rule": "Q1", "sector": sector, "period": 0, "amount": amount, "measure": "people"}


def stock_targets(author):
    recipes = rows(author.mission.frame("recipes"))
    for row in rows(author.mission.by_period("stock_targets")):
        depot, commodity, t = row["depot"], row["commodity"], row["period"]
        kept = sum(
            r["quantity"]
            for r in author.inventory()
            if (r["place"], r["commodity"], r["period"]) == (depot, commodity, t)
            and (r["expires"] is None or r["expires"] >= t + row["min_life"])
        )
        taken = max([r["per_person"] for r in recipes if r["commodity"] == commodity], default=0) or 1
        amount = max(0.0, row["min_quantity"] - kept) / taken
        keys = {"depot": depot, "commodity": commodity, "period": t}
        yield {"rule": "S1", **keys, "amount": amount, "measure": "people"}
