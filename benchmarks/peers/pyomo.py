"""The core in Pyomo: indexed variables, and a rule for each family of rows; handed over to HiGHS in memory.

What others call active is ``present`` here, for Pyomo keeps the other name to itself.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers import Highs

from benchmarks.peers.core import Core, members


def build(core: Core) -> pyo.ConcreteModel:
    """Return the core as a concrete model."""
    m = pyo.ConcreteModel()
    c = core.listed()
    _add_variables(m, c)
    _add_needs(m, core, c)
    _add_bases(m, core, c)
    _add_limits(m, core, c)
    _add_funding(m, core, c)
    return m


def _add_variables(m: Any, c: Any) -> None:
    options, needs, floors = range(len(c.need)), range(len(c.net)), range(len(c.least))
    m.served = pyo.Var(options, bounds=lambda m, k: (0, c.limit[k]))
    m.present = pyo.Var(options, domain=pyo.Integers, bounds=lambda m, k: (0, c.possible[k]))
    m.base = pyo.Var(range(len(c.base_organisation)), domain=pyo.Binary)
    m.mobilised = pyo.Var(range(c.organisations), domain=pyo.Binary)
    m.unmet = pyo.Var(needs, bounds=lambda m, n: (0, c.net[n]))
    m.full = pyo.Var(c.whole, domain=pyo.Binary)
    m.broken = pyo.Var(floors, bounds=lambda m, i: (0, c.least[i]))
    m.paid = pyo.Var(range(len(c.most)), bounds=lambda m, p: (0, c.most[p]))


def _add_needs(m: Any, core: Core, c: Any) -> None:
    """Add N1 to N3 and C1 to C3."""
    by_need, entries = members(core.need, len(c.net)), members(core.asked_floor, len(c.least))
    options, needs = range(len(c.need)), range(len(c.net))
    m.N1 = pyo.Constraint(
        needs, rule=lambda m, n: pyo.quicksum(m.served[k] for k in by_need[n]) + m.unmet[n] == c.net[n]
    )
    m.N2 = pyo.Constraint(c.whole, rule=lambda m, n: m.unmet[n] + c.net[n] * m.full[n] == c.net[n])
    m.N3 = pyo.Constraint(
        range(len(c.least)), rule=lambda m, i: m.unmet[c.floor_need[i]] - m.broken[i] <= c.allowed[i]
    )
    m.C1 = pyo.Constraint(options, rule=lambda m, k: m.served[k] - c.limit[k] * m.present[k] <= 0)
    sharing = [k for k in options if c.smallest[k] > 0]
    m.C2 = pyo.Constraint(sharing, rule=lambda m, k: m.served[k] - c.smallest[k] * m.present[k] >= 0)
    m.C1_floor = pyo.Constraint(
        c.backed,
        rule=lambda m, i: (
            pyo.quicksum(c.asked[j] * m.present[c.asked_option[j]] for j in entries[i]) + m.broken[i]
            >= c.least[i]
        ),
    )
    cap = dict(zip(c.capped, c.cap, strict=True))
    m.C3 = pyo.Constraint(
        c.capped, rule=lambda m, n: pyo.quicksum(m.present[k] for k in by_need[n]) <= cap[n]
    )


def _add_bases(m: Any, core: Core, c: Any) -> None:
    """Add C4."""
    bases = range(len(c.base_organisation))
    own = members(core.own_base, len(bases))
    m.C4_presence = pyo.Constraint(c.shared, rule=lambda m, k: m.present[k] - m.base[c.own_base[k]] <= 0)
    m.C4_open = pyo.Constraint(
        bases, rule=lambda m, b: m.base[b] - pyo.quicksum(m.present[k] for k in own[b]) <= 0
    )
    m.C4_mobilised = pyo.Constraint(
        bases, rule=lambda m, b: m.base[b] - m.mobilised[c.base_organisation[b]] <= 0
    )
    m.C4_single = pyo.Constraint(
        c.single, rule=lambda m, k: m.present[k] - m.mobilised[c.organisation[k]] <= 0
    )


def _add_limits(m: Any, core: Core, c: Any) -> None:
    """Add C8."""
    totals, staffs = members(core.option_total, len(c.total)), members(core.option_staff, len(c.staff))
    most = dict(zip(c.sites_organisation, c.sites, strict=True))
    bases = {o: [m.base[b] for b, other in enumerate(c.base_organisation) if other == o] for o in most}
    for o in most:
        bases[o] += [m.present[k] for k in c.single if c.organisation[k] == o]
    m.C8_total = pyo.Constraint(
        range(len(totals)),
        rule=lambda m, r: (
            pyo.quicksum(m.served[k] for k in totals[r]) - c.total[r] * m.mobilised[c.total_organisation[r]]
            <= 0
        ),
    )
    m.C8_staff = pyo.Constraint(
        range(len(staffs)),
        rule=lambda m, r: (
            pyo.quicksum(c.staff_rate[k] * m.served[k] for k in staffs[r])
            - c.staff[r] * m.mobilised[c.staff_organisation[r]]
            <= 0
        ),
    )
    m.C8_sites = pyo.Constraint(
        list(most), rule=lambda m, o: pyo.quicksum(bases[o]) - most[o] * m.mobilised[o] <= 0
    )


def _add_funding(m: Any, core: Core, c: Any) -> None:
    """Add F1, F2 and the objective."""
    lines: list[list[Any]] = [[] for _ in range(c.accounts)]
    for accounts, rates, places, variable in (
        (c.service_account, c.service_rate, c.service_option, m.served),
        (c.presence_account, c.presence_rate, c.presence_option, m.present),
        (c.bases_account, c.bases_rate, c.bases_base, m.base),
        (c.mobilisation_account, c.mobilisation_rate, c.mobilisation_organisation, m.mobilised),
    ):
        for account, rate, place in zip(accounts, rates, places, strict=True):
            lines[account].append(rate * variable[place])
    payments, of_fund = members(core.account, c.accounts), members(core.fund, len(c.amount))
    m.F1 = pyo.Constraint(
        range(c.accounts),
        rule=lambda m, a: pyo.quicksum(m.paid[p] for p in payments[a]) - pyo.quicksum(lines[a]) == 0,
    )
    m.F2 = pyo.Constraint(
        range(len(c.amount)), rule=lambda m, f: pyo.quicksum(m.paid[p] for p in of_fund[f]) <= c.amount[f]
    )
    m.objective = pyo.Objective(
        expr=c.mandate_weight * pyo.quicksum(m.broken.values())
        + c.need_weight * pyo.quicksum(c.weight[n] * m.unmet[n] for n in range(len(c.net)))
        + c.cost_weight * pyo.quicksum(line for own in lines for line in own)
    )


def hand_over(model: pyo.ConcreteModel) -> Any:
    """Return the solver interface (APPSI) that holds the model as HiGHS does."""
    solver = Highs()
    solver.config.stream_solver = False
    solver.set_instance(model)
    return solver


def shape(handed: Any) -> tuple[int, int, int]:
    """Return rows, columns and nonzeros."""
    highs = handed._solver_model
    return highs.getNumRow(), highs.getNumCol(), highs.getNumNz()


def solve(model: pyo.ConcreteModel, handed: Any, seconds: float) -> float:
    """Return the optimum; the tool's own way to HiGHS."""
    handed.config.time_limit = seconds
    handed.config.mip_gap = 0.0
    handed.config.load_solution = True
    results = handed.solve(model)
    if results.termination_condition.name != "optimal":
        raise RuntimeError(f"not solved: {results.termination_condition}")
    return float(results.best_feasible_objective)
