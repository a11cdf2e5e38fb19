"""What the rule of thumb keeps before anything else: presence that is signed (C6).

An agreement over several periods is begun as one, base and mobilisation for all of them, with whoever leads
there. Where that cannot be paid for or is against a rule, what can be kept of it is: of a service that has to
go on, its last periods, of others each period for itself. Then people there are served, as far as it goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.thumb.serving import Moves
from pklogistics.model.build import Model

_KEYS = ["organisation", "site", "activity"]


def begin_agreements(model: Model, moves: Moves, until: Deadline) -> None:
    """Be present where it is agreed, in the order of the tables, as far as rules and money allow."""
    leads = _leads(model)
    for lines, continuous in _agreed(model):
        parts = [lines[at:] for at in range(1, len(lines))] if continuous else [[line] for line in lines]
        for part in [lines, *parts]:
            if until.passed:
                return
            leading = [lead for line in part for lead in leads[line]]
            if moves.begin([*leading, *part]) and (continuous or part is lines):
                break


def serve_agreements(model: Model, moves: Moves, until: Deadline) -> bool:
    """Serve people where presence is agreed, as far as that goes; say if in time."""
    for line in (line for lines, _ in _agreed(model) for line in lines):
        if until.passed:
            return False
        moves.serve_at(line)
    return True


def _leads(model: Model) -> dict[int, list[int]]:
    """Return the presences without which a presence may not be."""
    leads: dict[int, list[int]] = defaultdict(list)
    for side in model.assembly.leads[["candidate", "lead"]].itertuples(index=False, name=None):
        leads[side[0]].append(side[1])
    return leads


def _agreed(model: Model) -> Iterator[tuple[list[int], bool]]:
    """Yield the presences of each agreement, by period, and whether they have to go on once begun.

    An agreement for no activity in particular is one for each that is possible there. What has to go on is
    so until its last period, whether that is agreed or not.
    """
    agreements, presence = model.assembly.agreements, model.assembly.presence
    if agreements.empty:
        return
    signed = np.unique(agreements["presence"].dropna().to_numpy(np.int64))
    of_places = presence.groupby(_KEYS, sort=False).groups
    turn = presence.iloc[agreements["presence"].dropna().to_numpy(np.int64)].drop_duplicates(_KEYS)
    for place in turn[_KEYS].itertuples(index=False, name=None):
        lines = np.asarray(of_places[place], dtype=np.int64)
        lines = lines[np.argsort(presence["period"].to_numpy()[lines], kind="stable")]
        continuous = bool(presence["continuous"].iloc[lines[0]])
        agreed = np.isin(lines, signed)
        kept = lines[np.argmax(agreed) :] if continuous else lines[agreed]
        yield kept.tolist(), continuous
