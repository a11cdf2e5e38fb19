"""How the rule of thumb stations a unit: for good, with all that rises with it, if every rule still holds."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from pklogistics.explain.thumb.ledger import Ledger
from pklogistics.model.build import Model
from pklogistics.model.program import Ints
from pklogistics.model.sets import BLANK

Post = tuple[int, int]
"""A unit and a site."""


class Posts:
    """Where units could be, and the moves that bring them there.

    Attributes
    ----------
    ledger : of the plan that grows
    periods : of each post, when there could be a unit, in order
    of_column : the post of each column that counts units
    """

    def __init__(self, model: Model, ledger: Ledger) -> None:
        self.ledger = ledger
        self._beside = _beside(model)
        self._columns: dict[Post, list[tuple[int, int, int]]] = defaultdict(list)
        self.of_column: dict[int, Post] = {}
        stationing = model.assembly.stationing
        for unit, site, period, column, arriving in zip(
            *(stationing[name].tolist() for name in ("unit", "site", "period", "stationed", "arriving")),
            strict=True,
        ):
            self._columns[(unit, site)].append((period, column, arriving))
            self.of_column[column] = (unit, site)
        for lines in self._columns.values():
            lines.sort()
        self.periods = {post: [period for period, _, _ in lines] for post, lines in self._columns.items()}
        start = model.program.start
        self.today = {post: float(start[lines[0][1]]) for post, lines in self._columns.items()}

    def leave(self) -> None:
        """Leave units where they are today."""
        for post, count in self.today.items():
            if count > 0:
                self._move([post], count, since=1, from_elsewhere=False)

    def station(self, posts: list[Post], since: int = 1) -> bool:
        """Bring one unit to each of these posts, all or none, from a period on; say whether that was done."""
        if not all(post in self._columns for post in posts):
            return False
        return self._move(posts, 1.0, since=since, from_elsewhere=True)

    def _move(self, posts: list[Post], count: float, *, since: int, from_elsewhere: bool) -> bool:
        changes: dict[int, float] = defaultdict(float)
        flags: dict[int, float] = {}
        for post in posts:
            lines = [line for line in self._columns[post] if line[0] >= since]
            first = lines[0][0] if lines else 0
            for period, column, arriving in lines:
                changes[column] += count
                if arriving != BLANK and period == first and (from_elsewhere or first > 1):
                    changes[arriving] += count
                for other, flag in self._beside[column]:
                    if not flag:
                        changes[other] += count
                    elif self.ledger.x[other] < 0.5:
                        flags[other] = 1.0
        return self.ledger.move({**changes, **flags})


def sites_by_need(model: Model) -> tuple[Ints, np.ndarray]:
    """Return the sites, the largest severity-weighted need first, and how large it is at each site."""
    sets = model.assembly.sets
    needs = sets.needs
    worth = np.bincount(needs["site"], weights=needs["weight"] * needs["net"], minlength=len(sets.sites))
    return np.argsort(-worth, kind="stable"), worth


def _beside(model: Model) -> dict[int, list[tuple[int, bool]]]:
    """Return the columns that rise with each stationing column: strength by as much, armed and held to 1."""
    assembly = model.assembly
    beside: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for name in ("armed", "held"):
        group = model.program.group(name)
        if group is None or not len(group.keys):
            continue
        sites = assembly.sets.names.codes("site", group.keys["site"])
        keys = pd.DataFrame({"site": sites, "period": group.keys["period"].to_numpy(), "flag": group.index})
        lines = assembly.stationing.merge(keys, on=["site", "period"])
        if name == "armed":
            lines = lines[assembly.mission.frame("units")["armed"].to_numpy(bool)[lines["unit"]]]
        for column, flag in zip(lines["stationed"].tolist(), lines["flag"].tolist(), strict=True):
            beside[column].append((flag, True))
    rows = next((group for group in model.program.row_groups if group.name == "T2_strength"), None)
    if rows is not None and len(rows.keys):
        part = model.program.matrix[rows.index].tocoo()
        strength = dict(zip(part.row[part.data < 0].tolist(), part.col[part.data < 0].tolist(), strict=True))
        for row, column in zip(
            part.row[part.data > 0].tolist(), part.col[part.data > 0].tolist(), strict=True
        ):
            beside[column].append((strength[row], False))
    return beside
