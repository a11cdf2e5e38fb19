"""Missions to start from: a made-up country, whole or as a type of peace operation needs it.

``catalogue`` is a mission folder with everything; ``profiles`` holds one TOML file per type of operation,
which says what of the catalogue it takes, with which floors, units and policy, and why.
"""

from __future__ import annotations

from pklogistics.starter.mission import Starter, new
from pklogistics.starter.place import write_starter
from pklogistics.starter.profile import PROFILES

__all__ = ["PROFILES", "Starter", "new", "write_starter"]
