"""The most people whom options and presences may serve as ``max_people`` says, other limits left aside."""

from __future__ import annotations

import numpy as np

from pklogistics.model.build import Model
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK


def option_capacity(model: Model) -> Floats:
    """Return the most people whom each option may serve at its site, staff and totals left aside.

    Shape (options,); 0 where the goods that it hands out cannot come.
    """
    options, sets = model.assembly.options, model.assembly.sets
    most = sets.capabilities["max_people"].astype(float).fillna(np.inf).to_numpy()[options["h"]]
    net = sets.needs["net"].to_numpy(float)[options["n"]]
    able: Floats = np.where(options["limit"] > 0, np.minimum(most, net), 0.0)
    return able


def presence_capacity(model: Model) -> Floats:
    """Return the same of each presence, all its options together, shape (presence,)."""
    options, presence = model.assembly.options, model.assembly.presence
    tied = (options["presence"] != BLANK).to_numpy()
    total = np.bincount(
        options["presence"].to_numpy(np.int64)[tied],
        weights=option_capacity(model)[tied],
        minlength=len(presence),
    )
    return np.minimum(total, presence["net"].to_numpy(float)) if len(presence) else np.zeros(0)
