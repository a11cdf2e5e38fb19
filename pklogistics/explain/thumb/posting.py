"""Where the rule of thumb posts units: where some have to be, and the others where need is largest."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from pklogistics.explain.thumb.stationing import Post, Posts, sites_by_need
from pklogistics.model.build import Model
from pklogistics.model.program import Ints


def post_units(model: Model, posts: Posts) -> None:
    """Hold what has to be held, then post the other units where need is largest.

    Those are posted for security first, then as posts that protect people.
    """
    if model.assembly.stationing.empty:
        return
    _hold(model, posts)
    for post in _wanted(model):
        posts.station([post])


def _hold(model: Model, posts: Posts) -> None:
    """Post units where a rule asks for some (T3): those of one site first, those of anywhere last.

    Each goes where need is largest of the sites that the rule names, as soon as it can be moved there.
    """
    place = {int(site): number for number, site in enumerate(sites_by_need(model)[0])}
    rules = [
        (sorted(where, key=lambda post: place[post[1]]), row_of) for where, row_of in _mandated(model, posts)
    ]
    surgeons = _surgeons(model)
    for where, row_of in sorted(rules, key=lambda rule: len(rule[0])):
        for post in where:
            while until := _lacks(model, posts, post, row_of):
                if not _soonest(posts, post, until, surgeons):
                    break


def _mandated(model: Model, posts: Posts) -> list[tuple[set[Post], dict[int, int]]]:
    """Return of each rule that asks for units its posts, and its row of each period."""
    program, rules = model.program, list[tuple[set[Post], dict[int, int]]]()
    for group in program.row_groups:
        if group.name != "T3_rule":
            continue
        asked = program.row_lower[group.index] > 0
        for lines in group.keys[asked].groupby("row", sort=False).indices.values():
            rows: Ints = group.index[asked][lines]
            columns = np.unique(program.matrix[rows].indices).tolist()
            where = {posts.of_column[column] for column in columns if column in posts.of_column}
            periods = group.keys["period"].to_numpy()[asked][lines].tolist()
            rules.append((where, dict(zip(periods, rows.tolist(), strict=True))))
    return rules


def _lacks(model: Model, posts: Posts, post: Post, row_of: dict[int, int]) -> int:
    """Return the last period in which a rule lacks a unit that could be at a post, 0 if there is none."""
    least, there = model.program.row_lower, posts.ledger.activity
    lacking = [
        period
        for period in posts.periods[post]
        if period in row_of and least[row_of[period]] > there[row_of[period]] + 1e-6
    ]
    return max(lacking, default=0)


def _soonest(posts: Posts, post: Post, until: int, surgeons: list[int]) -> bool:
    """Bring a unit to a post as soon as can be, with a surgeon where none is near; say if it was."""
    company = [[], *([(surgeon, post[1])] for surgeon in surgeons)]
    return any(
        posts.station([post, *others], since)
        for since in posts.periods[post]
        if since <= until
        for others in company
    )


def _surgeons(model: Model) -> list[int]:
    numbers: list[int] = np.flatnonzero(model.assembly.mission.frame("units")["medical_level"] >= 2).tolist()
    return numbers


def _wanted(model: Model) -> list[Post]:
    """Return which unit should go where, one at a time, the largest need first."""
    assembly, sets = model.assembly, model.assembly.sets
    needs, units = sets.needs, assembly.mission.frame("units")
    in_order, worth = sites_by_need(model)
    required = sets.sites["required"].to_numpy(float)
    points = units["security"].to_numpy(float)
    order = [int(site) for site in in_order if worth[site] > 0]
    wanted: list[Post] = []
    surgeons = _surgeons(model)
    for site in order:
        wanted += [(unit, site) for unit in surgeons] if required[site] > 0 else []
        if required[site] > 0 and (points > 0).any():
            guards = np.flatnonzero(points > 0)
            unit = int(guards[np.argmax(np.minimum(points[guards], required[site]))])
            wanted += [(unit, site)] * int(np.ceil(required[site] / points[unit]))
    tasks = units["tasks"].explode().dropna()
    able: dict[int, list[int]] = defaultdict(list)
    for unit, activity in zip(tasks.index, sets.names.codes("activity", tasks), strict=True):
        able[int(activity)].append(int(unit))
    guarded = needs[needs["force"] & (needs["net"] > 0)]
    guarded = guarded.assign(worth=guarded["weight"] * guarded["net"]).sort_values("worth", ascending=False)
    protects = units["people_protected"].astype(float).fillna(np.inf).to_numpy()
    for activity, site, net in zip(
        *(guarded[name].tolist() for name in ("activity", "site", "net")), strict=True
    ):
        for unit in able[activity][:1]:
            wanted += [(unit, site)] * int(min(10.0, max(1.0, np.ceil(net / protects[unit]))))
    return wanted
