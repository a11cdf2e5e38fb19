"""Made-up countries for generated missions: settlements, people, threat, and what the people need.

The shapes follow what is seen in the field: settlements cluster round towns, populations are
log-normal, violence is clustered and rarely at the capital's gate, and severity grows with threat and
with the distance from the capital. The country grows with the number of sites, so that the density of
settlements, and with it the number of neighbours within a radius, stays the same at every size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Geography = Literal["clustered", "uniform"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KM_PER_DEGREE = 111.19
"""Kilometres per degree of latitude on a sphere of radius 6371 km."""

AREA_PER_SITE_KM2 = 40.0
SITES_PER_TOWN = 40
STREAMS = ("sites", "needs", "coverage", "organisations", "presence", "funds", "units", "supplies")


@dataclass(frozen=True)
class Kind:
    """What generated missions know about one activity of the catalogue.

    ``share`` is the share of the population that needs it, ``found`` the share of sites where anyone
    does, ``cost`` the usual cost per person and period, ``staff`` per 1000 people served.
    """

    activity: str
    sector: str
    share: float
    found: float
    cost: float
    staff: float
    provider: str = "organisation"
    all_or_nothing: bool = False
    continuous: bool = False
    modality: str = "service"


CATALOGUE = (
    Kind("food_distribution", "food_security", 0.45, 0.95, 14.0, 3.0, modality="in_kind"),
    Kind("primary_health_care", "health", 0.30, 0.80, 9.0, 8.0, continuous=True),
    Kind("safe_water", "wash", 0.40, 0.70, 5.0, 2.0),
    Kind("patrolling", "protection", 0.60, 0.50, 0.0, 0.0, provider="force"),
    Kind("health_worker_training", "health", 0.004, 0.15, 120.0, 20.0, all_or_nothing=True),
    Kind("psychosocial_support", "protection", 0.08, 0.45, 18.0, 12.0),
    Kind("emergency_shelter", "shelter", 0.12, 0.50, 40.0, 4.0, modality="in_kind"),
    Kind("primary_education", "education", 0.18, 0.60, 11.0, 9.0, continuous=True),
    Kind("ceasefire_monitoring", "peace_and_security", 0.50, 0.25, 0.0, 0.0, provider="force"),
    Kind("nutrition", "nutrition", 0.09, 0.55, 22.0, 6.0, modality="in_kind"),
    Kind("voter_registration", "governance", 0.35, 0.40, 3.0, 2.0, all_or_nothing=True),
    Kind("disarmament_reintegration", "peace_and_security", 0.01, 0.20, 300.0, 25.0),
)


@dataclass(frozen=True)
class Land:
    """Settlements of a made-up country; arrays of shape (sites,), the capital first, then the towns.

    ``x`` and ``y`` are kilometres from the south-west corner; ``region`` counts from 0; ``towns`` is
    how many of the first sites are towns and ``regions`` how many of those are regional capitals.
    """

    x: Floats
    y: Floats
    region: Ints
    population: Ints
    threat: Ints
    towns: int
    regions: int

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.x)


@dataclass(frozen=True)
class Scene:
    """What the tables of one generated mission have in common.

    ``need`` is what others leave to do: people per period, by activity in the order of ``kinds``.
    """

    seed: int
    land: Land
    kinds: tuple[Kind, ...]
    periods: int
    tightness: float
    need: Ints


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random stream of one table: a change in one table leaves the others as they were."""
    return np.random.Generator(np.random.PCG64([seed, STREAMS.index(name)]))


def keys(prefix: str, n: int) -> NDArray[np.str_]:
    """Return ``n`` keys such as ``ngo_03``, all of one width so that they sort as they count."""
    width = max(2, len(str(n)))
    return np.char.add(f"{prefix}_", np.char.zfill(np.arange(1, n + 1).astype(str), width))


def lognormal(rng: np.random.Generator, median: float, sigma: float, n: int) -> Floats:
    """Return ``n`` log-normal numbers of that median, rounded to whole ones."""
    return np.asarray(np.rint(median * np.exp(sigma * rng.standard_normal(n))))


def settle(seed: int, sites: int, geography: Geography) -> Land:
    """Place the settlements and say how many people live there and how dangerous it is."""
    rng = stream(seed, "sites")
    towns = max(1, sites // SITES_PER_TOWN)
    regions = min(towns, 12, 1 + round(np.sqrt(sites) / 6))
    side = float(np.sqrt(sites * AREA_PER_SITE_KM2))
    x, y = np.round(rng.random((2, sites)) * side, 2)
    x[0] = y[0] = round(side / 2, 2)
    if geography == "clustered":
        _gather(rng, x, y, towns, side)
    capitals = np.column_stack([x, y])[:regions]
    region = np.asarray(cKDTree(capitals).query(np.column_stack([x, y]))[1], dtype=np.int64)
    population = np.maximum(50, lognormal(rng, 1200.0, 0.9, sites)).astype(np.int64)
    population[:towns] = np.maximum(5000, lognormal(rng, 18000.0, 0.6, towns))
    population[0] *= 8
    threat = _threat(rng, x, y, side)
    threat[0] = min(threat[0], 1)
    return Land(x, y, region, population, threat, towns, regions)


def _gather(rng: np.random.Generator, x: Floats, y: Floats, towns: int, side: float) -> None:
    """Move seven in ten villages, in place, to the surroundings of towns, at most three times as dense."""
    villages = np.arange(towns, len(x))
    near = villages[rng.random(len(villages)) < 0.7]
    weight = np.cumsum(1.0 / np.arange(1, towns + 1) ** 0.7)
    town = np.searchsorted(weight / weight[-1], rng.random(len(near)))
    size = np.bincount(town, minlength=towns)
    # Uniform in a disc whose area grows with the villages in it, so that no town becomes a crowd.
    radius = np.sqrt(size[town] * AREA_PER_SITE_KM2 / 3.0 / np.pi) * np.sqrt(rng.random(len(near)))
    angle = 2.0 * np.pi * rng.random(len(near))
    x[near] = np.round(np.clip(x[town] + radius * np.cos(angle), 0.0, side), 2)
    y[near] = np.round(np.clip(y[town] + radius * np.sin(angle), 0.0, side), 2)


def _threat(rng: np.random.Generator, x: Floats, y: Floats, side: float) -> Ints:
    """Return threat 0 to 4: high round a few places, with some noise, and low elsewhere."""
    spots = max(1, len(x) // 400)
    place = rng.random((spots, 2)) * side
    distance = cKDTree(place).query(np.column_stack([x, y]))[0]
    reach = 0.35 * side / np.sqrt(spots)
    level = 4.6 * np.exp(-((distance / reach) ** 2)) + 0.8 * rng.random(len(x))
    return np.asarray(np.minimum(4.0, np.round(level, 6)), dtype=np.int64)


def site_table(land: Land) -> pd.DataFrame:
    """Return the table ``sites``; camps stand in towns and, of one platoon, in threatened villages."""
    n, town = land.sites, np.arange(land.sites) < land.towns
    latitude = 7.0 + (land.y - land.y[0]) / KM_PER_DEGREE
    longitude = -5.0 + (land.x - land.x[0]) / KM_PER_DEGREE
    medical = np.select([np.arange(n) == 0, np.arange(n) < land.regions, town], [3, 2, 1], 0)
    camp = np.select([town, land.threat >= 2], [600, 70], 0)
    group = np.array(["north", "south", "displaced"])
    number = np.arange(1, n + 1).astype(str)
    return pd.DataFrame(
        {
            "site": keys("site", n),
            "name": np.char.add(np.where(town, "Town ", "Village "), number),
            "latitude": np.round(np.clip(latitude, -85, 85), 4),
            "longitude": np.round(np.clip(longitude, -179, 179), 4),
            "pcode": np.char.add("XX", np.char.zfill(number, 7)),
            "region": keys("region", land.regions)[land.region],
            "population": land.population,
            # One village in sixteen is a camp of the displaced; the others side with their latitude.
            "group": group[np.where((np.arange(n) % 16 == 15) & ~town, 2, (land.y < land.y[0]).astype(int))],
            "threat": land.threat,
            "max_persons": camp,
            "medical_level": medical,
            "market_capacity": land.population // np.where(town, 2, 6),
        }
    )


def catalogue(activities: int, units: int) -> tuple[Kind, ...]:
    """Return that many kinds of activity, repeated under new names once all are used.

    Without units there is nobody to patrol, so activities of the force are left out.
    """
    known = [kind for kind in CATALOGUE if units or kind.provider == "organisation"]
    chosen = []
    for number in range(activities):
        kind = known[number % len(known)]
        again = number // len(known)
        chosen.append(replace(kind, activity=f"{kind.activity}_{again + 1}") if again else kind)
    return tuple(chosen)


def need_table(seed: int, land: Land, kinds: tuple[Kind, ...], periods: int) -> pd.DataFrame:
    """Return the table ``needs``, by site; food and shelter vary with the season, the rest does not."""
    rng = stream(seed, "needs")
    parts = []
    for kind in kinds:
        found = rng.random(land.sites) < kind.found
        found[0] = True
        if kind.provider == "force":
            found &= (land.threat >= 1) | (np.arange(land.sites) == 0)
        share = np.clip(kind.share * (0.6 + 0.8 * rng.random(land.sites)), 0.0, 1.0)
        parts.append(_need_rows(rng, land, kind, np.flatnonzero(found), share, periods))
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values(["at", "activity", "period"], kind="stable", ignore_index=True)


def _need_rows(
    rng: np.random.Generator, land: Land, kind: Kind, at: Ints, share: Floats, periods: int
) -> pd.DataFrame:
    remote = np.hypot(land.x - land.x[0], land.y - land.y[0])[at] / max(1.0, float(land.x.max()))
    grade = 1.2 + 0.6 * land.threat[at] + 1.5 * remote + rng.random(len(at))
    people = np.maximum(1, np.rint(land.population[at] * share[at])).astype(np.int64)
    # A floor is promised only where it can be kept: in villages that are not too dangerous to work in.
    promised = (rng.random(len(at)) < 0.03) & (land.population[at] < 3000) & (land.threat[at] <= 2)
    promised &= kind.provider == "organisation"
    rows = pd.DataFrame(
        {
            "at": at,
            "site": keys("site", land.sites)[at],
            "activity": kind.activity,
            "period": np.nan,
            "people": people,
            "severity": np.clip(np.round(grade, 6).astype(np.int64), 1, 5),
            "min_coverage": np.where(promised, 0.5, np.nan),
        }
    )
    if periods == 1 or kind.continuous or kind.provider == "force" or kind.all_or_nothing:
        return rows
    rows = rows.loc[rows.index.repeat(periods)].reset_index(drop=True)
    period = np.tile(np.arange(1, periods + 1), len(at))
    season = 1.0 + 0.3 * np.sin(2.0 * np.pi * (period + land.region[rows["at"]]) / 12.0)
    rows["period"] = period.astype(np.float64)
    rows["people"] = np.maximum(1, np.rint(rows["people"] * np.round(season, 6))).astype(np.int64)
    return rows


def coverage_table(seed: int, needs: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``coverage``: one need in seven is partly met by others, now and then over-met."""
    rng = stream(seed, "coverage")
    rows = needs.loc[rng.random(len(needs)) < 0.15, ["site", "activity", "period", "people"]]
    others = np.array(["red_cross_movement", "diocese", "diaspora_association"])
    rows.insert(3, "organisation", others[rng.integers(0, 3, len(rows))])
    return rows.assign(people=np.ceil(rows["people"] * (0.1 + rng.random(len(rows)))).astype(np.int64))
