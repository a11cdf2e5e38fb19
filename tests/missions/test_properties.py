"""What must hold for any mission."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import pklogistics
from pklogistics.model.build import compile_mission
from pklogistics.solve import solve_program
from tests.missions.draft import Draft
from tests.missions.random_missions import drafts

ACCURACY = {"cp_sat": 1e-4, "pdlp": 1e-3}
"""Relative gaps that these can prove; the others end at a vertex and prove a millionth."""

MONEY = {
    "organisations": ("mobilisation_cost", "base_cost", "base_cost_per_period"),
    "capabilities": ("cost_per_person", "cost_per_presence"),
    "funds": ("amount",),
    "units": ("deployment_cost", "cost_per_period"),
}
"""Every column in the mission's currency."""

NAMES = {
    "site": ("abri", "bois", "clos", "dune"),
    "activity": ("food", "clinic", "patrol"),
    "organisation": ("agency", "charity", "elders"),
    "fund": ("core", "tied"),
    "unit": ("company", "observers"),
    "region": ("north", "south"),
    "group": ("red", "blue"),
    "sector": ("relief", "health", "protection"),
}
"""Every name that a random mission may use."""


def for_any(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Repeat a test, always with the same missions: a failure must not come and go.

    Failures are not shrunk, because that takes hundreds of solves and the missions are small already.
    """
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def values(draft: Draft, solver: str = "highs") -> list[float]:
    """Solve a mission and return its tiers: a plan always exists, is proven, and keeps every rule."""
    accuracy = ACCURACY.get(solver, 1e-6)
    gap = accuracy if solver in ACCURACY else 0.0
    options = pklogistics.Options(solver=solver, gap=gap, time_limit=60)  # type: ignore[arg-type]
    plan = pklogistics.solve(draft.mission(), options)
    assert plan.violations == ()
    for tier in plan.tiers:
        assert tier.value - tier.bound <= accuracy * (1 + abs(tier.value)), tier
    return [tier.value for tier in plan.tiers]


def same(expected: Sequence[float], accuracy: float = 1e-6) -> object:
    return pytest.approx(list(expected), rel=accuracy, abs=accuracy)


def no_worse(new: Sequence[float], old: Sequence[float]) -> bool:
    """Whether the first tier that differs is better; sizes are in the hundreds, and proven to about 1e-6."""
    for after, before in zip(new, old, strict=True):
        if abs(after - before) > 1e-4:
            return after < before
    return True


@for_any(8)
@given(drafts(), st.data())
def test_more_money_never_makes_the_best_plan_worse(draft: Draft, data: st.DataObject) -> None:
    assume("funds" in draft.tables)
    funds = draft.tables["funds"]
    row = data.draw(st.sampled_from(range(len(funds))))
    amount = str(int(funds["amount"][row]) + data.draw(st.sampled_from((10, 130))))
    richer = draft.with_cells("funds", "amount", amount, fund=funds["fund"][row])
    assert no_worse(values(richer), values(draft))


@for_any(8)
@given(drafts(), st.data())
def test_names_and_order_of_rows_change_nothing(draft: Draft, data: st.DataObject) -> None:
    assert values(renamed(shuffled(draft, data), data)) == same(values(draft))


@for_any(8)
@given(drafts())
def test_rows_that_make_relaxations_tight_take_no_plan_away(draft: Draft) -> None:
    # Compiled with every rule apart, a program has no such rows.
    program = compile_mission(draft.mission(), apart=True).program
    found = solve_program(program, pklogistics.Options(gap=0.0, time_limit=60))
    assert [tier.value for tier in found.tiers] == same(values(draft))


@for_any(8)
@given(drafts())
def test_currency_scales_cost_and_nothing_else(draft: Draft) -> None:
    mandate, need, cost = values(draft)
    assert values(in_cents(draft)) == same([mandate, need, 100 * cost])


@for_any(12)
@given(drafts(), st.data())
def test_removing_a_rule_never_worsens_the_objective(draft: Draft, data: st.DataObject) -> None:
    choices = looser(draft)
    assume(choices)
    name = data.draw(st.sampled_from(sorted(choices)))
    assert no_worse(values(choices[name]), values(draft)), name


@for_any(5)
@given(drafts())
def test_backends_agree(draft: Draft) -> None:
    reached = values(draft)
    assert values(draft, "scip") == same(reached)
    assert values(draft, "cp_sat") == same(reached, ACCURACY["cp_sat"])


@for_any(5)
@given(drafts(whole=False))
def test_linear_backends_agree(draft: Draft) -> None:
    reached = values(draft)
    assert values(draft, "glop") == same(reached)
    assert values(draft, "pdlp") == same(reached, ACCURACY["pdlp"])


def in_cents(draft: Draft) -> Draft:
    """Return the mission with every sum of money in a unit a hundred times smaller."""
    tables = dict(draft.tables)
    for name, columns in MONEY.items():
        if name in tables:
            frame = tables[name].copy()
            for column in frame.columns.intersection(list(columns)):
                frame[column] = frame[column].where(frame[column] == "", frame[column] + "00")
            tables[name] = frame
    return Draft(draft.header, tables)


def shuffled(draft: Draft, data: st.DataObject) -> Draft:
    """Return the mission with the rows of every table in another order."""
    orders = {
        name: data.draw(st.permutations(range(len(frame)))) for name, frame in sorted(draft.tables.items())
    }
    tables = {
        name: frame.iloc[orders[name]].reset_index(drop=True) if len(frame) else frame
        for name, frame in draft.tables.items()
    }
    return Draft(draft.header, tables)


def renamed(draft: Draft, data: st.DataObject) -> Draft:
    """Return the mission with other names, whose order in the alphabet is another one."""
    new: dict[str, dict[str, str]] = {}
    for kind, names in NAMES.items():
        numbers = data.draw(st.permutations(range(len(names))))
        new[kind] = {name: f"{kind} {number}" for name, number in zip(names, numbers, strict=True)}
    kinds = {**new, "organisations": new["organisation"], "sites": new["site"], "tasks": new["activity"]}
    tables = {}
    for table, frame in draft.tables.items():
        tables[table] = frame.copy()
        for column in frame.columns.intersection(list(kinds)):
            tables[table][column] = frame[column].map(lambda cell, to=kinds[column]: _renamed_cell(cell, to))
    return Draft(draft.header, tables)


def _renamed_cell(cell: str, new: dict[str, str]) -> str:
    return "; ".join(new.get(name, name) for name in cell.split("; "))


def looser(draft: Draft) -> dict[str, Draft]:
    """Return the mission without one of its rules or limits, for each that it has."""
    choices = {
        f"{table} {row}": draft.with_table(table, frame.drop(index=row).reset_index(drop=True))
        for table in ("presence", "rules", "unit_rules", "movement", "staff", "handover")
        if (frame := draft.tables.get(table)) is not None
        for row in range(len(frame))
    }
    for table, columns in LIMITS.items():
        frame = draft.tables.get(table, pd.DataFrame())
        for column in columns:
            if column in frame and (frame[column] != "").any():
                choices[f"{table} {column}"] = draft.blanked(table, column)
    if "earmarks" in draft.tables:
        choices["earmarks"] = draft.without("earmarks")
    for policy in ("impartiality_tolerance", "max_organisations", "min_share", "medevac_minutes"):
        if policy in draft.header["policy"]:
            choices[policy] = draft.without_policy(policy)
    if "units" in draft.tables:
        choices["needs_security"] = draft.with_cells("organisations", "needs_security", "no")
    return choices


LIMITS = {
    "sites": ("max_persons",),
    "activities": ("all_or_nothing", "continuous", "min_persons"),
    "needs": ("min_coverage",),
    "organisations": ("max_sites", "accepts_armed_presence", "needs_local_partner"),
    "capabilities": ("max_people", "max_people_total", "staff_per_1000", "cost_per_presence"),
    "units": ("people_protected",),
}
"""Columns that only ever limit: a blank is the loosest that they can be."""
