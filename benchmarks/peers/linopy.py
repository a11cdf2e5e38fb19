"""The core in linopy: labelled arrays of variables, sums by group; handed over to HiGHS in memory."""

from __future__ import annotations

from typing import Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr

from benchmarks.peers.core import NONE, Core


def build(core: Core) -> linopy.Model:
    """Return the core as a model."""
    m = linopy.Model()
    _add_variables(m, core)
    _add_needs(m, core)
    _add_bases(m, core)
    _add_limits(m, core)
    _add_funding(m, core)
    return m


def _along(dimension: str, values: Any, labels: Any = None) -> xr.DataArray:
    """Return numbers along a dimension that is labelled by position, or by ``labels``."""
    labels = np.arange(len(values)) if labels is None else labels
    return xr.DataArray(np.asarray(values), coords={dimension: labels}, dims=[dimension])


def _at(variable: Any, dimension: str, places: Any, new: str, labels: Any = None) -> Any:
    """Return the variables at places, along a dimension of their own."""
    return (1 * variable).isel({dimension: _along(new, places, labels)}).drop_vars(dimension)


def _summed(expression: Any, dimension: str, groups: Any, new: str) -> Any:
    """Return an expression summed by group, along a dimension of the groups; NONE is left out."""
    there = np.flatnonzero(np.asarray(groups) != NONE)
    chosen = expression.isel({dimension: there})
    labels = pd.Series(np.asarray(groups)[there], index=chosen.indexes[dimension], name=new)
    return chosen.groupby(labels.to_xarray()).sum()


def _add_variables(m: linopy.Model, c: Core) -> None:
    m.add_variables(0, _along("k", c.limit), name="served")
    m.add_variables(0, _along("k", c.possible), name="active", integer=True)
    m.add_variables(coords=[pd.RangeIndex(len(c.base_organisation), name="b")], name="base", binary=True)
    m.add_variables(coords=[pd.RangeIndex(c.organisations, name="o")], name="mobilised", binary=True)
    m.add_variables(0, _along("n", c.net), name="unmet")
    m.add_variables(coords=[pd.Index(c.whole, name="w")], name="full", binary=True)
    m.add_variables(0, _along("i", c.least), name="broken")
    m.add_variables(0, _along("p", c.most), name="paid")


def _add_needs(m: linopy.Model, c: Core) -> None:
    """Add N1 to N3 and C1 to C3."""
    served, active, unmet, broken = (m.variables[name] for name in ("served", "active", "unmet", "broken"))
    total = _summed(1 * served, "k", c.need, "n")
    m.add_constraints(1 * unmet + total == _along("n", c.net), name="N1")
    m.add_constraints(
        _at(unmet, "n", c.whole, "w", c.whole) + m.variables["full"] * _along("w", c.net[c.whole], c.whole)
        == _along("w", c.net[c.whole], c.whole),
        name="N2",
    )
    m.add_constraints(_at(unmet, "n", c.floor_need, "i") - broken <= _along("i", c.allowed), name="N3")
    m.add_constraints(served - active * _along("k", c.limit) <= 0, name="C1")
    least = xr.DataArray(c.smallest, coords={"k": np.arange(len(c.smallest))})
    m.add_constraints(served - active * least >= 0, name="C2", mask=least > 0)
    who = _at(active, "k", c.asked_option, "j") * _along("j", c.asked)
    enough = _summed(who, "j", c.asked_floor, "i")
    m.add_constraints(
        enough + broken.isel(i=c.backed) >= _along("i", c.least[c.backed], c.backed), name="C1_floor"
    )
    capped = np.where(np.isin(c.need, c.capped), c.need, NONE)
    m.add_constraints(_summed(1 * active, "k", capped, "n") <= _along("n", c.cap, c.capped), name="C3")


def _add_bases(m: linopy.Model, c: Core) -> None:
    """Add C4."""
    active, base, mobilised = (m.variables[name] for name in ("active", "base", "mobilised"))
    shared, single = c.shared, c.single
    own = _at(base, "b", c.own_base[shared], "k", shared)
    m.add_constraints(active.isel(k=shared) - own <= 0, name="C4_presence")
    m.add_constraints(1 * base - _summed(1 * active, "k", c.own_base, "b") <= 0, name="C4_open")
    m.add_constraints(base - _at(mobilised, "o", c.base_organisation, "b") <= 0, name="C4_mobilised")
    who = _at(mobilised, "o", c.organisation[single], "k", single)
    m.add_constraints(active.isel(k=single) - who <= 0, name="C4_single")


def _add_limits(m: linopy.Model, c: Core) -> None:
    """Add C8."""
    served, active, base, mobilised = (
        m.variables[name] for name in ("served", "active", "base", "mobilised")
    )
    limits = (
        ("C8_total", 1 * served, c.option_total, c.total_organisation, c.total),
        ("C8_staff", served * _along("k", c.staff_rate), c.option_staff, c.staff_organisation, c.staff),
    )
    for name, work, rows, organisation, most in limits:
        lent = _at(mobilised, "o", organisation, "r") * _along("r", most)
        m.add_constraints(_summed(work, "k", rows, "r") - lent <= 0, name=name)
    who = c.sites_organisation
    of_bases = np.where(np.isin(c.base_organisation, who), c.base_organisation, NONE)
    alone = (c.own_base == NONE) & np.isin(c.organisation, who)
    bases = _summed(1 * base, "b", of_bases, "o")
    alone_at = _summed(1 * active, "k", np.where(alone, c.organisation, NONE), "o")
    lent = mobilised.isel(o=who) * _along("o", c.sites, who)
    m.add_constraints(linopy.merge([bases, alone_at, -lent], join="outer") <= 0, name="C8_sites")


def _add_funding(m: linopy.Model, c: Core) -> None:
    """Add F1, F2 and the objective."""
    lines = (
        ("served", "k", c.service_account, c.service_option, c.service_rate),
        ("active", "k", c.presence_account, c.presence_option, c.presence_rate),
        ("base", "b", c.bases_account, c.bases_base, c.bases_rate),
        ("mobilised", "o", c.mobilisation_account, c.mobilisation_organisation, c.mobilisation_rate),
    )
    money = [_summed(1 * m.variables["paid"], "p", c.account, "a")]
    costs = []
    for name, dimension, account, place, rate in lines:
        cost = _at(m.variables[name], dimension, place, "l") * _along("l", rate)
        money.append(-_summed(cost, "l", account, "a"))
        costs.append(cost.sum())
    m.add_constraints(linopy.merge(money, join="outer") == 0, name="F1")
    of_fund = _summed(1 * m.variables["paid"], "p", c.fund, "f")
    m.add_constraints(of_fund <= _along("f", c.amount), name="F2")
    need = (m.variables["unmet"] * _along("n", c.weight)).sum()
    mandate = m.variables["broken"].sum()
    m.add_objective(
        c.mandate_weight * mandate + c.need_weight * need + c.cost_weight * linopy.merge(costs).sum()
    )


def hand_over(model: linopy.Model) -> Any:
    """Return the model as HiGHS holds it."""
    return model.to_highspy()


def shape(handed: Any) -> tuple[int, int, int]:
    """Return rows, columns and nonzeros."""
    return handed.getNumRow(), handed.getNumCol(), handed.getNumNz()


def solve(model: linopy.Model, handed: Any, seconds: float) -> float:
    """Return the optimum; the tool's own way to HiGHS."""
    status, condition = model.solve(
        "highs", io_api="direct", time_limit=seconds, mip_rel_gap=0.0, output_flag=False
    )
    if condition != "optimal":
        raise RuntimeError(f"not solved: {status}, {condition}")
    return float(model.objective.value)
