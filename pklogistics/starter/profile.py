"""Profiles: what a type of peace operation takes of the catalogue, and why."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pklogistics.errors import OptionsError
from pklogistics.instance.names import did_you_mean

HOME = Path(__file__).parent / "profiles"
PLAIN = "country_team"
PROFILES = ("traditional", "multidimensional", "robust", "preventive")


class Policy(BaseModel):
    """One value of the policy, and why it is so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: int | float | tuple[float, ...]
    note: str


class Activity(BaseModel):
    """An activity of the catalogue that is taken; ``floor`` is the least share of every need of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: float | None = None
    note: str


class Units(BaseModel):
    """A kind of unit of the catalogue that is taken, and how many there are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    available: int
    note: str


class Profile(BaseModel):
    """What a type of operation takes of the catalogue; every choice has a note that explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    summary: str
    tiers: tuple[str, ...] = ()
    tiers_note: str = ""
    policy: dict[str, Policy]
    activities: dict[str, Activity]
    units: dict[str, Units]


def profile_of(name: str | None) -> Profile:
    """Return a profile; None is the humanitarian country team. Raises `OptionsError` for an unknown name."""
    if name is not None and name not in PROFILES:
        near = did_you_mean(name, PROFILES)
        raise OptionsError(f"there is no profile {name!r}{near or '; they are ' + ', '.join(PROFILES)}")
    return Profile.model_validate(tomllib.loads((HOME / f"{name or PLAIN}.toml").read_text(encoding="utf-8")))
