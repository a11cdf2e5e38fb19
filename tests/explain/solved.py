"""Missions solved and explained once for all tests of the room."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pklogistics
from pklogistics.errors import SolverError
from pklogistics.explain import Explanation, explain
from pklogistics.instance.generate import generate
from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan

INSTANCES = Path(__file__).resolve().parents[2] / "instances"
GENERATED = "generated"


@cache
def solved(name: str) -> tuple[Mission, Plan]:
    """Read and solve a tiny mission, or a small generated one."""
    if name == GENERATED:
        mission = generate(8, seed=3, organisations=4, activities=4, funds=4)
        return mission, pklogistics.solve(mission, threads=1, time_limit=2)
    mission = pklogistics.read(INSTANCES / name)
    try:  # Where nothing is whole GLOP solves it in this process, ten times sooner than another could start.
        return mission, pklogistics.solve(mission, solver="glop")
    except SolverError:
        return mission, pklogistics.solve(mission, threads=1, time_limit=20)


@cache
def explained(name: str) -> Explanation:
    """Explain the plan of such a mission."""
    return explain(*solved(name))
