"""The core in CVXPY: vectors of variables and sparse matrices that say who belongs to which row.

Handed over as the arrays that CVXPY compiles for HiGHS; they are what it passes on.
"""

from __future__ import annotations

from typing import Any

import cvxpy as cp
import numpy as np
from scipy import sparse

from benchmarks.peers.core import NONE, Core


def build(core: Core) -> cp.Problem:
    """Return the core as a problem."""
    c, n, k, b = core, len(core.net), len(core.need), len(core.base_organisation)
    served = cp.Variable(k, bounds=[0, c.limit])
    active = cp.Variable(k, integer=True, bounds=[0, c.possible])
    base = cp.Variable(b, integer=True, bounds=[0, 1])
    mobilised = cp.Variable(c.organisations, integer=True, bounds=[0, 1])
    unmet = cp.Variable(n, bounds=[0, c.net])
    full = cp.Variable(len(c.whole), integer=True, bounds=[0, 1])
    broken = cp.Variable(len(c.least), bounds=[0, c.least])
    paid = cp.Variable(len(c.most), bounds=[0, c.most])

    by_need, floors = _incidence(c.need, n), len(c.least)
    asked = sparse.csr_array((c.asked, (c.asked_floor, c.asked_option)), shape=(floors, k))
    sharing, single, shared = np.flatnonzero(c.smallest > 0), c.single, c.shared
    rows = [
        by_need @ served + unmet == c.net,
        unmet[c.whole] + cp.multiply(c.net[c.whole], full) == c.net[c.whole],
        unmet[c.floor_need] - broken <= c.allowed,
        served - cp.multiply(c.limit, active) <= 0,
        served[sharing] - cp.multiply(c.smallest[sharing], active[sharing]) >= 0,
        asked[c.backed] @ active + broken[c.backed] >= c.least[c.backed],
        by_need[c.capped] @ active <= c.cap,
        active[shared] - base[c.own_base[shared]] <= 0,
        base - _incidence(c.own_base, b) @ active <= 0,
        base - mobilised[c.base_organisation] <= 0,
        active[single] - mobilised[c.organisation[single]] <= 0,
        _incidence(c.option_total, len(c.total)) @ served
        - cp.multiply(c.total, mobilised[c.total_organisation])
        <= 0,
        _incidence(c.option_staff, len(c.staff), c.staff_rate) @ served
        - cp.multiply(c.staff, mobilised[c.staff_organisation])
        <= 0,
        _incidence(c.base_organisation, c.organisations)[c.sites_organisation] @ base
        + _incidence(np.where(c.own_base == NONE, c.organisation, NONE), c.organisations)[
            c.sites_organisation
        ]
        @ active
        - cp.multiply(c.sites, mobilised[c.sites_organisation])
        <= 0,
    ]
    costs = [
        _lines(c.accounts, c.service_account, c.service_option, c.service_rate, k) @ served,
        _lines(c.accounts, c.presence_account, c.presence_option, c.presence_rate, k) @ active,
        _lines(c.accounts, c.bases_account, c.bases_base, c.bases_rate, b) @ base,
        _lines(
            c.accounts,
            c.mobilisation_account,
            c.mobilisation_organisation,
            c.mobilisation_rate,
            c.organisations,
        )
        @ mobilised,
    ]
    spent = sum(costs[1:], costs[0])
    rows += [
        _incidence(c.account, c.accounts) @ paid - spent == 0,
        _incidence(c.fund, len(c.amount)) @ paid <= c.amount,
    ]
    value = c.mandate_weight * cp.sum(broken) + c.need_weight * (c.weight @ unmet)
    # A family without rows or columns is left out, which CVXPY does not do by itself.
    return cp.Problem(
        cp.Minimize(value + c.cost_weight * cp.sum(spent)), [row for row in rows if row.shape[0]]
    )


def _incidence(rows: Any, count: int, values: Any = None) -> Any:
    """Return who belongs to which row, shape (count, len(rows)); NONE belongs to none."""
    there = np.flatnonzero(rows != NONE)
    entries = np.ones(len(there)) if values is None else values[there]
    return sparse.csr_array((entries, (rows[there], there)), shape=(count, len(rows)))


def _lines(accounts: int, account: Any, column: Any, rate: Any, columns: int) -> Any:
    """Return the cost of columns by account, shape (accounts, columns)."""
    return sparse.csr_array((rate, (account, column)), shape=(accounts, columns))


def hand_over(model: cp.Problem) -> Any:
    """Return the arrays for HiGHS, and what undoes the compilation."""
    return model.get_problem_data(cp.HIGHS)


def shape(handed: Any) -> tuple[int, int, int]:
    """Return rows, columns and nonzeros."""
    matrix = handed[0]["A"]
    return matrix.shape[0], matrix.shape[1], matrix.nnz


def solve(model: cp.Problem, handed: Any, seconds: float) -> float:
    """Return the optimum; the tool's own way to HiGHS."""
    value = model.solve(cp.HIGHS, time_limit=seconds, mip_rel_gap=0.0)
    if model.status != cp.OPTIMAL:
        raise RuntimeError(f"not solved: {model.status}")
    return float(value)
