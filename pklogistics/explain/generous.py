"""A mission without its refusals.

Where consent is missing, what it would change can be told like any limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.model import coordination, supplies
from pklogistics.model.assembly import Assembly
from pklogistics.model.build import Model, compile_mission
from pklogistics.model.program import Bools
from pklogistics.model.sets import BLANK


@dataclass(frozen=True)
class Generous:
    """The program of a mission as if nobody refused anybody, every rule in rows of its own.

    Attributes
    ----------
    model : the compiled mission without refusals
    refused : columns that the mission's refusals forbid: of presence, or of service where nothing needs to
        know of a presence, shape (columns,)
    """

    model: Model
    refused: Bools


def generous(mission: Mission) -> Generous:
    """Compile a mission without its refusals, and say what they forbid."""
    table = mission.frame("presence")
    refusing = (table["status"] == "refused").to_numpy(bool)
    if not refusing.any():
        model = compile_mission(mission, apart=True)
        return Generous(model, np.zeros(model.program.columns, dtype=bool))
    kept = mission.tables["presence"][~refusing]
    model = compile_mission(mission.replace(tables={"presence": kept if len(kept) else None}), apart=True)
    options, presence = model.assembly.options, model.assembly.presence
    told = _presence(mission)
    forbidden = options[~_in(options, told.options, ["n", "h"])]
    free = forbidden["presence"] == BLANK
    refused = np.zeros(model.program.columns, dtype=bool)
    refused[forbidden.loc[free, "served"].to_numpy(np.int64)] = True
    if len(presence):
        refused[presence["active"].to_numpy(np.int64)[forbidden.loc[~free, "presence"]]] = True
    return Generous(_not_continued(model, told.presence), refused)


def _presence(mission: Mission) -> Assembly:
    """Return who may serve what in a mission: the first families alone say so, the rest is not compiled."""
    assembly = Assembly.of(mission)
    supplies.add_network(assembly)
    coordination.add_presence(assembly)
    return assembly


def _in(frame: pd.DataFrame, other: pd.DataFrame, keys: list[str]) -> Bools:
    """Say which lines stand in another frame as well, by these keys."""
    found = pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(other[keys]))
    return np.asarray(found, dtype=bool)


def _not_continued(model: Model, allowed: pd.DataFrame) -> Model:
    """Return the model in which what is allowed need not go on (C5) where it is refused.

    What is refused first has to go on where it is allowed to begin: one row of the table may say both.

    ``allowed`` is the presence that the mission knows, by n and organisation.
    """
    presence, program = model.assembly.presence, model.program
    rows = [group.index for group in program.row_groups if group.name == "C5" and len(group.keys)]
    if not rows or presence.empty:
        return model
    ends = np.zeros(program.columns)
    refused = ~_in(presence, allowed, ["n", "organisation"]) if len(allowed) else np.ones(len(presence), bool)
    ends[presence["active"].to_numpy(np.int64)[refused]] = 1.0
    going = np.concatenate(rows)
    upper = program.row_upper.copy()
    # In a row of C5 the presence that has to follow has the negative entry.
    matrix = program.matrix[going]
    upper[going[(matrix.minimum(0) @ ends < 0) & ~(matrix.maximum(0) @ ends > 0)]] = np.inf
    return replace(model, program=replace(program, row_upper=upper))
