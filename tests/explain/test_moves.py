"""Moves of units in reasons: they follow from where units are."""

from __future__ import annotations

import numpy as np

import pklogistics
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.model.build import compile_mission
from pklogistics.model.encode import encode
from pklogistics.model.sets import BLANK
from tests.missions.draft import INSTANCES


def test_units_stay_where_they_are_but_nobody_has_to_arrive() -> None:
    mission = pklogistics.read(INSTANCES / "tiny-moves")
    plan = pklogistics.solve(mission)
    for apart in (False, True):
        model = compile_mission(mission, apart=apart)
        x = encode(model, plan)
        nobody = np.zeros(len(x), dtype=bool)
        lower = Questions(model, x, nobody, as_compiled=not apart).lower
        frame = model.assembly.stationing
        frame = frame[frame["arriving"] != BLANK]
        stationed, arriving = (frame[name].to_numpy(np.int64) for name in ("stationed", "arriving"))
        assert x[arriving].sum() > 0
        assert (lower[arriving] == 0).all()
        assert (lower[stationed] == np.round(x[stationed])).all()
