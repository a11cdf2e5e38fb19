"""A mission, and its plan where there is one, as GeoJSON for any map: sites, depots, flows of goods.

RFC 7946: longitude before latitude, WGS 84. A place without coordinates is a feature without geometry, so
that nothing is lost; maps leave it out.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.errors import PlanError
from pklogistics.instance import Mission
from pklogistics.plan import Plan
from pklogistics.plan.whole import written_whole

AXES = ["longitude", "latitude"]


def geojson(mission: Mission, plan: Plan | None = None) -> dict[str, Any]:
    """Return a feature collection of sites, depots and flows.

    Properties of sites: name, region, group, threat, people in need, served, unmet and the share covered
    (averages over the periods), and the same shares by sector; persons stationed in the last period;
    organisations at work. Without a plan a site has its needs alone. Places and organisations are told by
    their names; keys of the tables stand beside those of places.
    """
    features = [*_sites(mission, plan), *_depots(mission)]
    if plan is not None:
        features += _flows(mission, plan)
    return {"type": "FeatureCollection", "name": mission.header.name, "features": features}


def export_geojson(mission: Mission, plan: Plan | None, path: str | os.PathLike[str]) -> dict[str, Any]:
    """Write `geojson` to a file, whole or not at all, and return it; raises `PlanError` if it cannot."""
    collection = geojson(mission, plan)
    try:
        with written_whole(Path(path)) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as file:
            # A feature a line: large files can be compared, and read by people.
            head = {key: value for key, value in collection.items() if key != "features"}
            file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n')
            lines = (json.dumps(each, ensure_ascii=False, allow_nan=False) for each in collection["features"])
            file.write(",\n".join(lines) + "\n]}\n")
    except OSError as error:
        raise PlanError(f"the map cannot be written to {path}: {error.strerror or error}") from error
    return collection


def _sites(mission: Mission, plan: Plan | None) -> list[dict[str, Any]]:
    sites = mission.frame("sites")
    frame = (
        sites[["site", "name", "pcode", "region", "group", "threat"]].assign(kind="site").set_index("site")
    )
    if plan is None:
        need = mission.by_period("needs").groupby("site")["people"].sum() / mission.T
        frame["people_in_need"] = need.reindex(frame.index).fillna(0.0)
    else:
        frame = frame.join(_covered(plan, mission.T)).join(_present(mission, plan))
    return _features(frame.reset_index(), sites[AXES])


def _covered(plan: Plan, periods: int) -> pd.DataFrame:
    """Return people in need, served and unmet by site (average a period), and shares by sector."""
    coverage = plan.tables["coverage"]
    sums = coverage.groupby("site")[["people", "served", "unmet"]].sum()
    frame = (sums / periods).rename(columns={"people": "people_in_need"})
    frame["covered"] = 1.0 - sums["unmet"] / sums["people"].where(sums["people"] > 0)
    by_sector = coverage.groupby(["site", "sector"])[["people", "unmet"]].sum()
    shares = (1.0 - by_sector["unmet"] / by_sector["people"].where(by_sector["people"] > 0)).unstack("sector")
    return pd.DataFrame(frame.join(shares.add_prefix("covered_")))


def _present(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return by site the persons stationed in the last period, and who is at work."""
    stationed = plan.tables["stationing"]
    last = stationed[stationed["period"] == stationed["period"].max()]
    persons = last.groupby("site")["persons"].sum()
    present = plan.tables["presence"][["site", "organisation"]].drop_duplicates()
    present["organisation"] = _named(present["organisation"], mission, "organisation")
    names = present.sort_values("organisation").groupby("site")["organisation"].agg("; ".join)
    return pd.DataFrame({"persons_stationed": persons, "organisations": names})


def _depots(mission: Mission) -> list[dict[str, Any]]:
    depots = mission.frame("depots")
    frame = depots[["depot", "name", "site", "organisation"]].assign(kind="depot")
    frame["organisation"] = _named(frame["organisation"], mission, "organisation")
    places = _places(mission).reindex(depots["depot"]).reset_index(drop=True)
    return _features(frame, places)


def _places(mission: Mission) -> pd.DataFrame:
    """Return the coordinates of depots and sites; a depot without its own stands at its site."""
    sites = mission.frame("sites").set_index("site")[AXES].astype(float)
    depots = mission.frame("depots").set_index("depot")
    at_site = sites.reindex(depots["site"]).set_axis(depots.index)
    both = pd.concat([depots[AXES].astype(float).fillna(at_site), sites])
    return both[~both.index.duplicated()]


def _flows(mission: Mission, plan: Plan) -> list[dict[str, Any]]:
    """Return a line for each origin, destination and mode, with its tonnes over all periods."""
    keys = ["origin", "destination", "mode"]
    flows = plan.tables["shipments"].groupby(keys, as_index=False)["tonnes"].sum()
    flows = (
        flows[(flows["tonnes"] > 0) & (flows["mode"] != "local")].reset_index(drop=True).assign(kind="flow")
    )
    ends = [_named(flows[name], mission, "site", "depot") for name in ("origin", "destination")]
    flows["name"] = ends[0] + " → " + ends[1]
    places = _places(mission)
    begin, end = (places.reindex(flows[name]).to_numpy(float).tolist() for name in ("origin", "destination"))
    lines = [[a, b] if all(map(math.isfinite, [*a, *b])) else None for a, b in zip(begin, end, strict=True)]
    return [
        _feature(row, None if line is None else {"type": "LineString", "coordinates": line})
        for row, line in zip(flows.to_dict("records"), lines, strict=True)
    ]


def _named(keys: pd.Series[str], mission: Mission, *kinds: str) -> pd.Series[str]:
    """Return the names for keys of organisations, sites or depots; keys where there is no name."""
    frames = [(kind, mission.frame(f"{kind}s")) for kind in kinds]
    pairs = [pair for kind, frame in frames for pair in zip(frame[kind], frame["name"], strict=True)]
    names = {key: name for key, name in pairs if name}
    return keys.map(names).fillna(keys).astype("str")


def _features(frame: pd.DataFrame, axes: pd.DataFrame) -> list[dict[str, Any]]:
    points = axes[AXES].to_numpy(float)
    known = np.isfinite(points).all(axis=1)
    return [
        _feature(row, {"type": "Point", "coordinates": point} if there else None)
        for row, point, there in zip(frame.to_dict("records"), points.tolist(), known.tolist(), strict=True)
    ]


def _feature(row: dict[Any, Any], geometry: dict[str, Any] | None) -> dict[str, Any]:
    """Return a feature; what is blank is left out of its properties."""
    values = {str(name): value for name, value in row.items() if not (value == "" or pd.isna(value))}
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}
    return {"type": "Feature", "geometry": geometry, "properties": rounded}
