"""A mission without its refusals, and with rows for what is closed to units.

Where consent is missing, what it would change can be told like any limit. A program has no columns for units
where none could ever be, by a rule or for want of room. That keeps it small, but then no row says what keeps
them away, and a conflict could not name it.
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

_MANY = 1e6
"""More units than any rule allows, and more persons than any camp has room for."""


@dataclass(frozen=True)
class WithoutRefusals:
    """The program of a mission as if nobody refused anybody, every rule in rows of its own.

    Attributes
    ----------
    model : the compiled mission without refusals
    refused : columns that the mission's refusals forbid: of presence, or of service where nothing needs to
        know of a presence, shape (columns,)
    """

    model: Model
    refused: Bools


def without_refusals(mission: Mission) -> WithoutRefusals:
    """Compile a mission without its refusals, and say what they forbid."""
    table = mission.frame("presence")
    refusing = (table["status"] == "refused").to_numpy(bool)
    if not refusing.any():
        model = compile_mission(mission, apart=True)
        return WithoutRefusals(model, np.zeros(model.program.columns, dtype=bool))
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
    return WithoutRefusals(_not_continued(model, told.presence), refused)


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


def with_rows_of_closed(mission: Mission) -> WithoutRefusals | None:
    """Compile a mission without its refusals, with units where they may not be, and rows against that.

    None, if no place is closed to a unit.
    """
    rules, sites, units = (mission.frame(name) for name in ("unit_rules", "sites", "units"))
    banned = (rules["max"] < 1).fillna(value=False).to_numpy(bool)
    largest = float(units["persons"].max()) if len(units) else 0.0
    small = (sites["max_persons"] < largest).fillna(value=False).to_numpy(bool)
    if not banned.any() and not small.any():
        return None
    opened = {}
    for name, column, rows in (("unit_rules", "max", banned), ("sites", "max_persons", small)):
        if rows.any():
            cells = mission.tables[name][column].astype(object).to_numpy(copy=True)
            cells[rows] = _MANY
            opened[name] = mission.tables[name].assign(**{column: cells})
    willing = without_refusals(mission.replace(tables=opened))
    room = sites.set_index("site")["max_persons"][small]
    upper = willing.model.program.row_upper.copy()
    for group in willing.model.program.row_groups:
        if group.name == "T3_rule" and len(group.keys):
            upper[group.index[banned[group.keys["row"].to_numpy(np.int64)]]] = 0.0
        elif group.name == "T3_camp" and len(group.keys):
            said = room.reindex(group.keys["site"]).to_numpy(float)
            upper[group.index] = np.where(np.isnan(said), upper[group.index], said)
    program = replace(willing.model.program, row_upper=upper)
    return replace(willing, model=replace(willing.model, program=program))
