"""A mission whose closed places have rows that say so: where no unit may be, by a rule, or for want of room.

A program has no columns for units where none could ever be. That keeps it small, but then no row says what
keeps them away, and a conflict could not name it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pklogistics.explain.generous import Generous, generous
from pklogistics.instance.mission import Mission

_MANY = 1e6
"""More units than any rule allows, and more persons than any camp has room for."""


def with_rows_of_closed(mission: Mission) -> Generous | None:
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
    willing = generous(mission.replace(tables=opened))
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
