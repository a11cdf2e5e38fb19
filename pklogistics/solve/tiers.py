"""Lexicographic solve: tier after tier, each held at its value while the next is minimised.

A tier with costs c whose value v was found is held by the row ``c·x <= v + tolerance·|v| + slack``, in
which ``slack = 1e-12 · Σ|c_j x_j|``: the rounding of the sum and no more. Where v is the least
that the columns' bounds allow, the columns with costs are fixed there instead, which is exact.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.math_opt import solution_pb2

from pklogistics.model.program import Floats, Program, Tier
from pklogistics.solve.decomposition import Blocks
from pklogistics.solve.engine import Engine
from pklogistics.solve.exact import idle_point
from pklogistics.solve.kin import Kin, kin_of
from pklogistics.solve.piece import FEASIBLE, Piece
from pklogistics.solve.search import Search
from pklogistics.solve.solution import PricedPart, Solution, Stopped, TierSolution, relative_gap
from pklogistics.solve.strategy import blocks_of, search_any

_SLACK = 1e-12
_LOOSE_SLACK = FEASIBLE / 2
"""Slack while a rounded point is cleaned; what it lets through still counts as feasible."""


@dataclass
class State:
    """The program with every solved tier held (``held``: by a row, in order), and the best point so far."""

    piece: Piece
    loose: Piece
    values: Floats | None = None
    basis: solution_pb2.BasisProto | None = None
    kin: tuple[Kin, ...] = ()
    blocks: Blocks | None = None
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What is remembered of a tier: its certificate, and how it was reached."""

    bound: float
    seconds: float
    stopped: Stopped
    notes: tuple[str, ...] = ()
    parts: tuple[PricedPart, ...] = ()
    held: tuple[str, ...] = ()
    held_at: float | None = None


def solve_tiers(program: Program, piece: Piece, engine: Engine, started: float) -> Solution:
    """Minimise the tiers of a program in order; ``piece`` is its rows and columns."""
    blocks = blocks_of(program, piece, engine.options)
    state = State(piece, piece, kin=kin_of(program), blocks=blocks)
    records: list[Record] = []
    for index, tier in enumerate(program.tiers):
        records.append(_tier(program, tier, state, engine, _objectives(program, program.tiers[index + 1 :])))
    values = state.values
    tiers = tuple(
        _certificate(tier.name, math.nan if values is None else program.tier_value(tier, values), record)
        for tier, record in zip(program.tiers, records, strict=True)
    )
    notes = tuple(f"{t.name}: {note}" for t, r in zip(tiers, records, strict=True) for note in r.notes)
    notes += tuple(engine.crew.notes)
    return Solution(values, tiers, _overall(records), time.monotonic() - started, notes)


def _tier(program: Program, tier: Tier, state: State, engine: Engine, later: list[Floats]) -> Record:
    """Solve one tier; ``later`` are the objectives of those that follow."""
    began = time.monotonic()
    costs, offset = program.tier_costs(tier)
    held = state.held
    search = Search(
        name=tier.name,
        piece=state.piece.with_objective(costs, offset),
        loose=state.loose.with_objective(costs, offset),
        values=state.values,
        bound=-math.inf,
        proven_before=state.values is not None,
        basis=state.basis,
        kin=state.kin,
        today=program.start,
        next_costs=later[0] if later else None,
        blocks=state.blocks,
    )
    search.bound = search.piece.trivial_bound()
    engine.monitor.begin(tier.name, search.value, search.bound)
    reason: Stopped | None = engine.monitor.check() or ("time" if engine.clock.left() <= 0 else None)
    try:
        if reason is None:
            search_any(engine, search, max(1, bool(costs.any()) + len(later)))
        elif tier is program.tiers[0]:
            search.offer(idle_point(engine, search.piece))
    except KeyboardInterrupt:
        reason = "interrupted"
    search.stopped = reason or search.stopped
    if search.stopped == "interrupted":
        engine.monitor.reason = "interrupted"
    if search.solved(engine.options.gap):
        search.stopped = "gap"
    engine.monitor.tell(search.value, search.bound)
    state.values, state.basis = search.values, search.basis
    held_at = None
    if search.values is not None and later and costs.any():
        value = search.piece.value(search.values)
        held_at = value + tier.tolerance * abs(value)
        _hold(state, search.piece, search.values, tier.name, held_at)
    seconds = time.monotonic() - began
    return Record(search.bound, seconds, search.stopped, tuple(search.notes), search.parts, held, held_at)


def _hold(state: State, piece: Piece, values: Floats, name: str, most: float) -> None:
    """Hold a solved tier at no more than ``most``, in its unit, while later ones are minimised."""
    terms = np.abs(piece.costs * values)
    limit = most - piece.offset
    slack = _SLACK * float(terms.sum())
    if limit <= piece.trivial_bound() - piece.offset + slack:
        state.piece, state.loose = (
            each.with_objective(piece.costs, 0.0).at_trivial_bound() for each in (state.piece, state.loose)
        )
        return
    loose_slack = max(slack, _LOOSE_SLACK * (1.0 + float(terms.max(initial=0.0))))
    state.piece = state.piece.with_row(piece.costs, limit + slack)
    state.loose = state.loose.with_row(piece.costs, limit + loose_slack)
    state.held = (*state.held, name)


def _objectives(program: Program, tiers: Sequence[Tier]) -> list[Floats]:
    """Return the costs of those tiers that have an objective at all, in order."""
    return [costs for costs, _ in map(program.tier_costs, tiers) if costs.any()]


def _certificate(name: str, value: float, record: Record) -> TierSolution:
    bound = record.bound if math.isnan(value) else min(record.bound, value)
    gap = relative_gap(value, bound)
    how = (record.seconds, record.stopped, record.parts, record.held, record.held_at)
    return TierSolution(name, value, bound, gap, *how)


def _overall(records: Sequence[Record]) -> Stopped:
    reasons: tuple[Stopped, ...] = ("interrupted", "stopped", "time")
    return next((reason for reason in reasons if any(r.stopped == reason for r in records)), "gap")
