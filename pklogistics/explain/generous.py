"""A mission without its refusals.

Where consent is missing, what it would change can be told like any limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.model import coordination, supplies
from pklogistics.model.assembly import Assembly
from pklogistics.model.build import Model, compile_mission
from pklogistics.model.program import Bools


@dataclass(frozen=True)
class Generous:
    """The program of a mission as if nobody refused anybody.

    Attributes
    ----------
    model : the compiled mission without refusals
    refused : columns of service that the mission's refusals forbid, shape (columns,)
    """

    model: Model
    refused: Bools


def generous(mission: Mission) -> Generous:
    """Compile a mission without its refusals, and say what they forbid."""
    table = mission.frame("presence")
    refusing = (table["status"] == "refused").to_numpy(bool)
    if not refusing.any():
        model = compile_mission(mission)
        return Generous(model, np.zeros(model.program.columns, dtype=bool))
    kept = mission.tables["presence"][~refusing]
    model = compile_mission(mission.replace(tables={"presence": kept if len(kept) else None}))
    keys = ["n", "h"]
    allowed = pd.MultiIndex.from_frame(_options(mission)[keys])
    options = model.assembly.options
    forbidden = ~pd.MultiIndex.from_frame(options[keys]).isin(allowed)
    refused = np.zeros(model.program.columns, dtype=bool)
    refused[options["served"].to_numpy(np.int64)[forbidden]] = True
    return Generous(model, refused)


def _options(mission: Mission) -> pd.DataFrame:
    """Return who may serve what in a mission: the first families alone say so, the rest is not compiled."""
    assembly = Assembly.of(mission)
    supplies.add_network(assembly)
    coordination.add_presence(assembly)
    return assembly.options
