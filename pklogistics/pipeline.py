"""From mission to checked plan: compile, solve, decode, check."""

from __future__ import annotations

import math
import time
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any

from pklogistics import __version__
from pklogistics.certifying import certificate_of
from pklogistics.check import check
from pklogistics.errors import OptionsError
from pklogistics.instance.mission import Mission
from pklogistics.instance.naming import names_by_kind
from pklogistics.model.build import Model, compile_mission
from pklogistics.model.decode import decode
from pklogistics.model.program import Floats
from pklogistics.model.settle import settle
from pklogistics.plan import Plan, Status, TierResult
from pklogistics.solve import Options, Progress, Solution, TierSolution, solve_program
from pklogistics.solve.monitor import interrupts
from pklogistics.solve.solution import relative_gap

_ROUNDING = 1e-6
"""A value this near to its bound, in the unit of the tier, counts as proven whatever the ratio says.

A bound that a plan passes by more, relatively, is wrong, and none is reported.
"""


def solve(mission: Mission, options: Options | None = None, **overrides: Any) -> Plan:
    """Return the best plan found for a mission, with its certificate, checked.

    Parameters
    ----------
    mission : what is needed, who could help, and by which rules
    options : how to solve; the defaults of `Options` if left out
    **overrides : single options by name, such as ``time_limit=60`` (seconds) or ``gap=0.001``

    Returns
    -------
    Plan
        Its status is optimal if every tier is proven to within the gap asked for, feasible if not, and
        none if the search was stopped before anything was found. What the independent checker finds
        stands in ``violations`` and raises nothing. ``seconds`` has compile, solve, check and total.

    Raises
    ------
    OptionsError
        If an option does not exist or has a value that it cannot have.
    SolverError
        If the solver cannot solve this kind of program, or fails.
    """
    chosen = _chosen(options, overrides)
    began = time.perf_counter()
    _tell(chosen, "compile", began)
    model = compile_mission(mission)
    compiled = time.perf_counter()
    solution = solve_program(model.program, chosen)
    with interrupts() as interrupt:
        plan = _plan(mission, model, solution, chosen)
    plan = replace(plan, stopped="interrupted") if interrupt.pressed else plan
    decoded = time.perf_counter()
    if plan.found:
        _tell(chosen, "check", began)
        plan = _checked(mission, plan)
    ended = time.perf_counter()
    # Decoding turns the solver's point into a plan, so it is counted with the solve.
    seconds = {"compile": compiled - began, "solve": decoded - compiled, "check": ended - decoded}
    return replace(plan, seconds={**seconds, "total": ended - began})


def _chosen(options: Options | None, overrides: dict[str, Any]) -> Options:
    known = [field.name for field in fields(Options)]
    for name in overrides:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]!r}?" if nearest else f"the options are {', '.join(known)}"
            raise OptionsError(f"there is no option {name!r}; {hint}")
    return replace(options or Options(), **overrides)


def _tell(options: Options, phase: str, began: float) -> None:
    if options.progress is not None:
        options.progress(Progress(phase, math.inf, -math.inf, math.inf, time.perf_counter() - began))


def _plan(mission: Mission, model: Model, solution: Solution, options: Options) -> Plan:
    attributes: dict[str, Any] = {
        "mission": mission.header.name,
        "changes": mission.changes,
        "stopped": solution.stopped,
        "solver": options.solver,
        "created_by": __version__,
        "currency": mission.header.currency,
        "notes": solution.notes,
        "names": names_by_kind(mission),
    }
    if not solution.found:
        tiers = tuple(_result(tier, tier.value, tier.bound) for tier in solution.tiers)
        return Plan.empty(tiers=tiers, **attributes)
    point = settle(model, solution.values)
    tiers = _tiers(model, solution, point)
    allowed = [options.gap + tier.tolerance for tier in model.program.tiers]
    proven = all(_proven(tier, gap) for tier, gap in zip(tiers, allowed, strict=True))
    status: Status = "optimal" if proven else "feasible"
    tables, certificate = decode(model, point), certificate_of(model.program, solution)
    return Plan(status=status, tables=tables, tiers=tiers, certificate=certificate, **attributes)


def _tiers(model: Model, solution: Solution, point: Floats) -> tuple[TierResult, ...]:
    """Return the tiers at the settled point: what the plan says is what its tables add up to."""
    results = []
    for tier, found in zip(model.program.tiers, solution.tiers, strict=True):
        value = model.program.tier_value(tier, point)
        refuted = found.bound - value > _ROUNDING * max(1.0, abs(value))
        bound = -math.inf if refuted else min(found.bound, value)
        results.append(_result(found, value, bound))
    return tuple(results)


def _result(found: TierSolution, value: float, bound: float) -> TierResult:
    gap = relative_gap(value, bound)
    return TierResult(found.name, value, bound, gap, found.seconds, found.stopped, found.held_at)


def _proven(tier: TierResult, gap: float) -> bool:
    """Say whether a tier is proven to within a relative gap: what was asked for, and its own tolerance.

    A tier with a tolerance may be given up by that much for later tiers: a tolerance of its best value,
    which the bound stands for.
    """
    allowed = gap * max(abs(tier.value), abs(tier.bound)) + _ROUNDING * max(1.0, abs(tier.value))
    return tier.value - tier.bound <= allowed


def _checked(mission: Mission, plan: Plan) -> Plan:
    """Return the plan with what the checker finds; an impatient Ctrl-C leaves it unchecked, not lost."""
    try:
        found = check(mission, plan)
    except KeyboardInterrupt:
        return replace(plan, stopped="interrupted")
    return replace(plan, violations=tuple(violation.to_dict() for violation in found.violations))
