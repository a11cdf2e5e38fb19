"""Missions solved once for all tests of the room, and questions asked anew of relaxed ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import pklogistics
from pklogistics.explain import Explanation, explain
from pklogistics.explain.generous import generous
from pklogistics.explain.questions import Questions
from pklogistics.explain.relaxation import relaxed
from pklogistics.instance.mission import Mission
from pklogistics.model.encode import encode
from pklogistics.plan import Plan

INSTANCES = Path(__file__).resolve().parents[2] / "instances"


@cache
def solved(name: str) -> tuple[Mission, Plan]:
    """Read and solve a tiny mission."""
    mission = pklogistics.read(INSTANCES / name)
    return mission, pklogistics.solve(mission, threads=1, time_limit=20)


@cache
def explained(name: str) -> Explanation:
    """Explain the plan of a tiny mission."""
    return explain(*solved(name))


def served_when_relaxed(mission: Mission, plan: Plan, shortfall: pd.Series, limits: pd.DataFrame) -> float:
    """Return the people whom the plan could serve in addition in the mission with these limits relaxed.

    The relaxed mission is compiled anew, the plan put into it, and the exact program of the site solved
    again, in which nothing further may be relaxed.
    """
    willing = generous(relaxed(mission, limits))
    questions = Questions(willing.model, encode(willing.model, plan), willing.refused)
    sets = willing.model.assembly.sets
    needs = sets.needs
    at = (
        (needs["site"] == sets.names.codes("site", [shortfall["site"]])[0])
        & (needs["activity"] == sets.names.codes("activity", [shortfall["activity"]])[0])
        & (needs["period"] == shortfall["period"])
    )
    n = int(np.flatnonzero(at)[0])
    answer = questions.about(int(needs["site"][n])).most(n)
    return 0.0 if answer is None else answer.people
