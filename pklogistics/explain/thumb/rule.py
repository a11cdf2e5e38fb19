"""What people do today: the largest severity-weighted need first, each organisation on its own.

The rule of thumb, against which a plan is held. Units stay where they are, organisations are where they have
signed to be, and serve there; then units hold the posts that have to be held, and the rest go where need is
largest. Then each need in turn, the largest first, is served by whoever has a capability for it, in the order
of the tables but a lead first, as far as staff, money and the rules allow at that moment; funds pay in their
order, first come first served. Nobody waits, gives way or plans ahead. It keeps every rule that the mission
has, agreements and posts as far as it can, and other mandates as far as that happens to; its plan is settled,
decoded and checked like any other.

Where goods have to come, whoever would serve people is decided so, and then goods flow in the best way that
money and roads allow: they meet as much need as they can, break no more of mandates than that takes, and cost
no more. The rule is given better logistics than it would have, never worse.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np

from pklogistics.check import check
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.kinds import BY_NAME
from pklogistics.explain.limits.rows import SERVED_WITH
from pklogistics.explain.thumb.keeping import begin_agreements, serve_agreements
from pklogistics.explain.thumb.ledger import Ledger
from pklogistics.explain.thumb.posting import post_units
from pklogistics.explain.thumb.serving import Moves, serve_needs
from pklogistics.explain.thumb.stationing import Posts
from pklogistics.instance.mission import Mission
from pklogistics.model.build import Model, compile_mission
from pklogistics.model.decode import decode
from pklogistics.model.encode import encode_what_units_do
from pklogistics.model.program import Floats, Program
from pklogistics.model.sets import BLANK
from pklogistics.model.settle import settle
from pklogistics.plan import Plan, TierResult
from pklogistics.solve.backend import Start
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import solve_small

_GOODS = (*BY_NAME["stock"].rows, *SERVED_WITH)
"""Rows that are left to when goods are brought."""

_NOTHING = 1e-6
"""What a solver may leave of nothing, in the unit of a term."""

TIME_LIMIT = 60.0
"""Seconds for a plan that nobody waits for; 10,000 sites with supplies take two thirds of it."""


def rule_of_thumb(mission: Mission, model: Model | None = None, *, time_limit: float = TIME_LIMIT) -> Plan:
    """Return the plan of the rule of thumb, checked; its status is none if there is none.

    That is so where its goods could not be brought, or where time was up: ``stopped`` tells.

    Parameters
    ----------
    mission : whom to plan for
    model : the compiled mission, where it is at hand
    time_limit : seconds for working it out, once the mission is compiled
    """
    began = time.monotonic()
    model = model or compile_mission(mission)
    until = Deadline(time.monotonic() + time_limit)
    grown = _grown(model, until)
    x = grown if model.assembly.goods is None or grown is None else _with_goods(model, grown, until)
    attributes: dict[str, Any] = {
        "mission": mission.header.name,
        "changes": mission.changes,
        "solver": "rule of thumb",
        "currency": mission.header.currency,
    }
    if x is None:
        return Plan.empty(stopped="time" if until.passed else "stopped", **attributes)
    point = settle(model, x)
    values = [(tier.name, model.program.tier_value(tier, point)) for tier in model.program.tiers]
    tiers = tuple(TierResult(name, value, -math.inf, math.inf) for name, value in values)
    tables = decode(model, point)
    plan = Plan(status="feasible", stopped="gap", tables=tables, tiers=tiers, **attributes)
    found = check(mission, plan)
    seconds = {"total": time.monotonic() - began}
    return replace(plan, violations=tuple(v.to_dict() for v in found.violations), seconds=seconds)


def _grown(model: Model, until: Deadline) -> Floats | None:
    """Return the point of whom units and organisations serve, goods left aside; None if time is up."""
    program = model.program
    x: Floats = np.zeros(program.columns)
    unmet = model.assembly.unmet
    open_ = unmet != BLANK
    x[unmet[open_]] = model.assembly.sets.needs["net"].to_numpy(float)[open_]
    unchecked = () if model.assembly.goods is None else _GOODS
    ledger = Ledger(model, x, unchecked)
    moves, posts = Moves(model, ledger), Posts(model, ledger)
    posts.leave()
    _let_units_work(model, ledger)
    begin_agreements(model, moves, until)
    post_units(model, posts)
    _let_units_work(model, ledger)
    begin_agreements(model, moves, until)  # Those that had to wait for security.
    done = serve_agreements(model, moves, until) and serve_needs(model, moves, until)
    return ledger.x if done else None


def _let_units_work(model: Model, ledger: Ledger) -> None:
    if model.assembly.mission.has("units"):
        encode_what_units_do(model, ledger.x)
        ledger.activity = model.program.matrix @ ledger.x


def _with_goods(model: Model, x: Floats, until: Deadline) -> Floats | None:
    """Bring goods to whom the rule would serve, and serve those whom they reach.

    Presences whose people the goods do not reach in the least share are given up, and the rest tried again.
    """
    program = model.program
    served = model.assembly.service["served"].to_numpy(np.int64)
    upper = piece_of(program).col_upper.copy()
    upper[served] = x[served]
    fixed = program.integer.copy()
    free = np.zeros(program.columns, dtype=bool)
    for group in program.col_groups:
        free[group.index] = group.family == "supplies"
    fixed &= ~free
    lower = np.where(fixed, x, program.col_lower)
    upper = np.where(fixed, x, upper)
    present = np.zeros(program.columns, dtype=bool)
    for group in program.col_groups:
        present[group.index] = group.name in ("active", "used", "base", "mobilised", "full")
    lower[present & fixed] = 0.0
    piece = replace(
        piece_of(program),
        col_lower=lower,
        col_upper=upper,
        integer=(present | free) & program.integer,
    )
    best = _least_in_turn(program, piece, until)
    return None if best is None else np.clip(best, program.col_lower, program.col_upper)


def _least_in_turn(program: Program, piece: Piece, until: Deadline) -> Floats | None:
    """Return a point of least need, then mandates, then cost: whom one leaves out, the next leaves out.

    None if there is no point of least need; what time does not allow afterwards is left as it is.
    """
    best: Floats | None = None
    for name in ("need", "mandate", "cost"):
        costs = program.terms[name].costs if name in program.terms else np.zeros(program.columns)
        found = None
        if best is None or (costs @ best > _NOTHING and not until.passed):
            found = _least(piece.with_objective(costs, 0.0), best, until)
        best = best if found is None else found
        if best is None:
            return None
        held = np.minimum(piece.col_upper, np.maximum(piece.col_lower, best))
        piece = replace(piece, col_upper=np.where(costs > 0, held, piece.col_upper))
    return best


def _least(piece: Piece, start: Floats | None, until: Deadline) -> Floats | None:
    """Return the cheapest point of a piece, worked out anew once what is whole is chosen; None: not found."""
    scaling = scaling_of(piece)
    found = solve_small(piece, scaling, until.effort(math.inf, 3), Start(values=start))
    if found.values is None or piece.continuous:
        return found.values
    whole = piece.with_integers_fixed(piece.tidied(found.values))
    return solve_small(whole, scaling, until.effort(math.inf)).values
