"""Protection, monitoring and policing by posts within a radius (T6).

A unit type that counts as a post by itself needs no binary: its stationed number says that the post is
there. Where every unit that can do an activity protects people without limit, it does not matter from
which post a need is served, and one column per need takes the place of one per pair of need and post.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model import reach
from pklogistics.model.assembly import Assembly
from pklogistics.model.sets import BLANK, Sets, grouped

FAMILY = "force"


def add_posts(assembly: Assembly) -> None:
    """Add the posts and the people served from them; extend ``service`` by these."""
    if assembly.strength.empty:
        return
    capable = _capable(assembly)
    pairs = _pairs(assembly, capable)
    limited = _limited_activities(assembly, capable)
    by_post = pairs[limited[pairs["activity"]]]
    by_reach = pairs[~limited[pairs["activity"]]]
    guards = _add_guards(assembly, pd.concat([by_post, by_reach.drop_duplicates("n").assign(post=BLANK)]))
    presence = _add_post_presence(assembly, capable, pairs)
    _add_guarded_only_by_posts(assembly, guards, pairs, presence)
    _add_people_protected(assembly, guards, capable)
    assembly.guards, assembly.reached, assembly.posts = guards, pairs, presence
    service = guards.assign(organisation=BLANK)[["n", "organisation", "served"]]
    assembly.service = pd.concat([assembly.service, service], ignore_index=True).astype("int64")


def _capable(assembly: Assembly) -> pd.DataFrame:
    """Return stationing lines once per force activity that the unit can do: with activity and post."""
    units = assembly.mission.frame("units")
    tasks = units["tasks"].explode().dropna()
    can = pd.DataFrame(
        {"unit": tasks.index, "activity": assembly.sets.names.codes("activity", tasks)}
    ).astype("int64")
    can = can[assembly.sets.activities["force"].to_numpy(bool)[can["activity"]]]
    lines = assembly.strength.merge(can, on="unit").rename(columns={"site": "post"})
    lines["persons"] = units["persons"].to_numpy(float)[lines["unit"]]
    lines["protects"] = units["people_protected"].astype(float).fillna(np.inf).to_numpy()[lines["unit"]]
    return lines


def radius_of(sets: Sets) -> np.ndarray:
    """Return the radius of each activity in km."""
    default = sets.mission.header.policy.patrol_radius_km or 0.0
    return sets.activities["radius_km"].astype(float).fillna(default).to_numpy()


def _pairs(assembly: Assembly, capable: pd.DataFrame) -> pd.DataFrame:
    """Return (need n, post) where units that could be at the post could serve the need."""
    sets = assembly.sets
    needs = sets.needs[(sets.needs["net"] > 0) & sets.needs["force"]].reset_index(names="n")
    posts = capable[["activity", "post", "period"]].drop_duplicates()
    radius = radius_of(sets)
    parts = [pd.DataFrame({"n": [], "activity": [], "post": [], "period": []}, dtype="int64")]
    for activity in needs["activity"].unique():  # force activities are few, each has its radius
        own = needs.loc[needs["activity"] == activity, ["n", "activity", "site", "period"]]
        needing, possible = np.zeros((2, len(sets.sites)), dtype=bool)
        needing[own["site"]] = True
        possible[posts.loc[posts["activity"] == activity, "post"]] = True
        near = reach.within_km(sets, radius[activity], needing, possible)
        parts.append(
            own.merge(near, on="site").merge(posts, on=["activity", "post", "period"]).drop(columns="site")
        )
    return pd.concat(parts, ignore_index=True).sort_values(["n", "post"], ignore_index=True)


def _limited_activities(assembly: Assembly, capable: pd.DataFrame) -> np.ndarray:
    """Say for each activity whether some unit protects only so many people."""
    limited = np.zeros(assembly.sets.names.count("activity"), dtype=bool)
    limited[capable.loc[np.isfinite(capable["protects"]), "activity"].unique()] = True
    return limited


def _add_guards(assembly: Assembly, guards: pd.DataFrame) -> pd.DataFrame:
    need = assembly.sets.needs.iloc[guards["n"]].reset_index(drop=True)
    guards = guards.reset_index(drop=True).assign(site=need["site"], net=need["net"])
    guards["served"] = assembly.builder.columns(
        FAMILY,
        "guarded",
        assembly.labelled(guards, "post"),
        upper=guards["net"],
        # From a post, people are served by its block: only the need, not each pair, is then shared by sites.
        block=guards["site"].where(guards["post"] == BLANK, guards["post"]),
    )
    return guards


def _add_post_presence(assembly: Assembly, capable: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return (activity, post, period, column): the columns whose sum says that there is a post."""
    builder, keys = assembly.builder, ["activity", "post", "period"]
    least = assembly.sets.activities["min_persons"].to_numpy(float)
    useful = capable.merge(pairs[keys].drop_duplicates(), on=keys)
    useful["least"] = least[useful["activity"]]
    useful["alone"] = useful["persons"] >= useful["least"]
    alone = useful.groupby(keys)["alone"].transform("all") if len(useful) else useful["alone"]
    direct = useful.loc[alone, [*keys, "stationed"]].rename(columns={"stationed": "column"})
    joint = useful[~alone]
    numbers, posts = grouped(joint, keys)
    labels = assembly.labelled(posts.rename(columns={"post": "site"}))
    posts["column"] = builder.columns(FAMILY, "post", labels, upper=1, integer=True, block=posts["post"])
    rows = builder.rows(FAMILY, "T6", labels, lower=0)
    builder.entries(rows, posts["column"], -least[posts["activity"]])
    builder.entries(rows[numbers], joint["stationed"], np.minimum(joint["persons"], joint["least"]))
    return pd.concat([direct, posts], ignore_index=True).astype("int64")


def _add_guarded_only_by_posts(
    assembly: Assembly, guards: pd.DataFrame, pairs: pd.DataFrame, presence: pd.DataFrame
) -> None:
    """Add T6: people are served only where there is a post; from it, or from any within reach."""
    builder, keys = assembly.builder, ["activity", "post", "period"]
    rows = builder.rows(FAMILY, "T6_guarded", assembly.labelled(guards, "post"), upper=0)
    builder.entries(rows, guards["served"], 1)
    guards = guards.assign(row=rows)
    own = guards[guards["post"] != BLANK]
    any_post = guards.loc[guards["post"] == BLANK, ["n", "net", "row"]].merge(pairs, on="n")
    lines = pd.concat([own, any_post])[[*keys, "net", "row"]].merge(presence, on=keys)
    builder.entries(lines["row"], lines["column"], -lines["net"])


def _add_people_protected(assembly: Assembly, guards: pd.DataFrame, capable: pd.DataFrame) -> None:
    """Add T6: a post serves no more people than its units protect."""
    builder, keys = assembly.builder, ["activity", "post", "period"]
    own = guards[guards["post"] != BLANK]
    numbers, posts = grouped(own, keys)
    rows = builder.rows(
        FAMILY, "T6_people", assembly.labelled(posts.rename(columns={"post": "site"})), upper=0
    )
    builder.entries(rows[numbers], own["served"], 1)
    posts["most"] = np.bincount(numbers, weights=own["net"], minlength=len(posts))
    lines = capable.merge(posts.assign(row=rows), on=keys)
    builder.entries(lines["row"], lines["stationed"], -np.minimum(lines["protects"], lines["most"]))


def add_whole_posts(assembly: Assembly) -> None:
    """Add T6 for one need, rounded: the last unit serves what is left, not all that it could protect.

    From ``slack + Σ protects stationed >= people`` follows, for any step d and people = (k - 1 + r) d with
    whole k and 0 < r <= 1, the mixed-integer rounding ``slack + Σ r d G(protects / d) stationed >= r d k``
    with G(a) = floor(a) + min(1, (a - floor(a)) / r) (Nemhauser and Wolsey, Mathematical Programming 46,
    1990). It holds for all people in need, of whom some are unmet, and for a floor, that may be broken.
    """
    if assembly.reached.empty:
        return
    keys = ["activity", "post", "period"]
    reached = assembly.reached.merge(_capable(assembly)[[*keys, "protects", "stationed"]], on=keys)
    reached = reached[["n", "protects", "stationed"]]
    needs = assembly.sets.needs
    all_people = pd.DataFrame({"n": needs.index, "people": needs["net"], "slack": assembly.unmet})
    mandated = assembly.floors.rename(columns={"floor": "people", "broken": "slack"})
    for name, asked in (("T6_whole", all_people), ("T6_floor", mandated)):
        lines = reached.merge(asked, on="n")
        lines["protects"] = np.minimum(lines["protects"], lines["people"])
        _add_rounded(assembly, name, lines)


def _add_rounded(assembly: Assembly, name: str, lines: pd.DataFrame) -> None:
    """Add one row for each need and each step, in order of steps, where rounding says something new."""
    builder = assembly.builder
    each = lines.drop_duplicates(["n", "protects"]).rename(columns={"protects": "step"})
    each = each.sort_values(["step", "n"])[["n", "step", "people", "slack"]]
    step, people = each["step"].to_numpy(), each["people"].to_numpy()
    whole = np.ceil(people / step - 1e-9)
    rest = people / step - (whole - 1)
    new = rest < 1 - 1e-6
    new = new & (whole > 1) if name == "T6_whole" else new | (whole == 1)
    each, step, whole, rest = each[new], step[new], whole[new], rest[new]
    worth = rest * step
    labels = assembly.labelled(assembly.sets.needs.iloc[each["n"]][["activity", "site", "period"]])
    rows = builder.rows(FAMILY, name, labels, lower=worth * whole)
    builder.entries(rows, each["slack"])
    each = each[["n", "step"]].assign(row=rows, rest=rest, worth=worth)
    lines = lines[["n", "protects", "stationed"]].merge(each, on="n")
    ratio = lines["protects"] / lines["step"]
    part = (ratio - np.floor(ratio + 1e-9)).clip(lower=0)
    times = np.floor(ratio + 1e-9) + np.minimum(1.0, part / lines["rest"])
    builder.entries(lines["row"], lines["stationed"], lines["worth"] * times)
