"""A program that is hard to begin and easy to improve, and what a search of it starts from."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd

from pklogistics.model.program import Builder, Program, Tier
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.exact import idle_point
from pklogistics.solve.highs import Highs
from pklogistics.solve.kin import kin_of
from pklogistics.solve.monitor import Interrupt, Monitor
from pklogistics.solve.options import Options
from pklogistics.solve.piece import piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.search import Search

SITES, PERIODS = 12, 4


def posts(*, today: bool = True) -> Program:
    """Posts at 12 sites over 4 periods: each is worth 1 to 12, at most 5 stand, at most one moves a period.

    Five stand today at the sites worth 8 to 12, which is the best plan: 4 x (8 + … + 12) = 200 of
    4 x (1 + … + 12) = 312 are covered, 112 are not. Whoever starts with nothing, and sends one a period,
    covers 12 + (12 + 11) + … = 110 at the most, if nothing stands today.
    """
    builder = Builder()
    keys = pd.DataFrame(
        {
            "site": np.repeat([f"S{site:02}" for site in range(SITES)], PERIODS),
            "period": np.tile(np.arange(1, PERIODS + 1), SITES),
        }
    )
    here = np.repeat(np.arange(SITES) >= SITES - 5, PERIODS).astype(float) if today else np.zeros(len(keys))
    post = builder.columns("force", "post", keys, upper=1, integer=True, start=here)
    moved = builder.columns("force", "moved", keys, upper=1)
    moves = builder.rows("force", "moves", keys, lower=np.where(keys["period"] == 1, -here, 0.0))
    builder.entries(moves, moved, 1)
    builder.entries(moves, post, -1)
    later = (keys["period"] > 1).to_numpy()
    builder.entries(moves[later], post[np.flatnonzero(later) - 1], 1)
    periods = pd.DataFrame({"period": np.arange(1, PERIODS + 1)})
    for name, columns, most in (("pool", post, 5), ("movement", moved, 1)):
        rows = builder.rows("force", name, periods, upper=most)
        builder.entries(rows[keys["period"] - 1], columns)
    worth = np.repeat(np.arange(1, SITES + 1), PERIODS)
    builder.term("need", post, -worth, offset=float(worth.sum()))
    return builder.build([Tier("need", {"need": 1.0})])


def search_of(program: Program, **options: object) -> tuple[Engine, Search]:
    """Return an engine and a search that knows the idle plan."""
    costs, offset = program.tier_costs(program.tiers[0])
    piece = replace(piece_of(program), costs=costs, offset=offset)
    chosen = Options(**options)  # type: ignore[arg-type]
    monitor = Monitor(chosen, time.monotonic(), Interrupt())
    engine = Engine(Highs(), scaling_of(piece), chosen, monitor, Clock(time.monotonic() + 60))
    values = idle_point(engine, piece)
    search = Search(
        "need", piece, piece, values, piece.trivial_bound(), False, kin=kin_of(program), today=program.start
    )
    return engine, search
