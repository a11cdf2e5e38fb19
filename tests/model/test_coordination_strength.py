"""How tight the rows of coordination are: as tight as a good hand-written model of the class."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

import pklogistics
from pklogistics.model.build import compile_mission
from pklogistics.model.program import Program
from tests.missions.draft import Draft
from tests.model.test_build import row

# Two facilities and three customers: capacities, costs of opening, demands, costs of serving each whole.
CAPACITY, FIXED, DEMAND = np.array([10.0, 8.0]), np.array([7.0, 5.0]), np.array([4.0, 5.0, 3.0])
COST = np.array([[1.0, 2.0, 3.0], [2.0, 6.0, 1.0]])


def mission(**policy):
    """Return the two facilities as organisations and the three customers as sites."""
    organisation, site = ["north", "south"], ["a", "b", "c"]
    return pklogistics.Mission.from_tables(
        {"policy": policy, "objective": {"tiers": ["need", "cost"]}},
        {
            "sites": [{"site": s} for s in site],
            "activities": [{"activity": "service", "sector": "any"}],
            "needs": [
                {"site": s, "activity": "service", "people": d} for s, d in zip(site, DEMAND, strict=True)
            ],
            "organisations": [
                {"organisation": o, "mobilisation_cost": f} for o, f in zip(organisation, FIXED, strict=True)
            ],
            "staff": [{"organisation": o, "people": c} for o, c in zip(organisation, CAPACITY, strict=True)],
            "capabilities": [
                {
                    "organisation": o,
                    "activity": "service",
                    "site": s,
                    "cost_per_person": COST[i, j] / DEMAND[j],
                    "staff_per_1000": 1000,
                }
                for i, o in enumerate(organisation)
                for j, s in enumerate(site)
            ],
        },
    )


def relaxed_cost(program: Program) -> float:
    """Return the least cost of the linear relaxation in which nobody goes without."""
    costs, offset = program.tier_costs(program.tiers[1])
    upper = program.col_upper.copy()
    unmet = program.group("unmet")
    assert unmet is not None
    upper[unmet.index] = 0
    most, least = np.isfinite(program.row_upper), np.isfinite(program.row_lower)
    found = linprog(
        costs,
        A_ub=sparse.vstack([program.matrix[most], -program.matrix[least]]),
        b_ub=np.concatenate([program.row_upper[most], -program.row_lower[least]]),
        bounds=np.column_stack([program.col_lower, upper]),
    )
    assert found.status == 0
    return float(found.fun + offset)


def textbook_cost() -> float:
    """Return the relaxation of the textbook: x_ij <= y_i, and capacity times y_i."""
    facilities, customers = COST.shape
    each = np.eye(facilities * customers)
    served = np.hstack([np.tile(np.eye(customers), facilities), np.zeros((customers, facilities))])
    opened = np.hstack([each, -np.repeat(np.eye(facilities), customers, axis=0)])
    room = np.hstack([np.kron(np.eye(facilities), DEMAND[None, :]), -np.diag(CAPACITY)])
    found = linprog(
        np.concatenate([COST.ravel(), FIXED]),
        A_ub=np.vstack([opened, room]),
        b_ub=np.zeros(len(opened) + facilities),
        A_eq=served,
        b_eq=np.ones(customers),
        bounds=(0, 1),
    )
    return float(found.fun)


@pytest.mark.parametrize("policy", [{}, {"max_organisations": 1, "min_share": 1}])
def test_facility_location_is_as_tight_as_the_textbook(policy) -> None:
    # Without the staff of a mobilised organisation alone (C8), half a mobilisation would lend all staff.
    assert relaxed_cost(compile_mission(mission(**policy)).program) == pytest.approx(textbook_cost())


def test_staff_counts_once_its_organisation_is_mobilised() -> None:
    # North could use 12 people of its 10, so it is bound; it has them only if it is there.
    program = compile_mission(mission()).program
    assert row(program, "C8_staff", organisation="north") == {"served": 3, "mobilised": -10}
    group = next(g for g in program.row_groups if g.name == "C8_staff")
    assert program.row_upper[group.index].tolist() == [0, 0]


def test_staff_that_nobody_has_to_pay_for_counts_as_it_is() -> None:
    free = mission().tables["organisations"].assign(mobilisation_cost=0)
    program = compile_mission(mission().replace(tables={"organisations": free})).program
    assert row(program, "C8_staff", organisation="north") == {"served": 3}


def test_incompatible_sites_wait_for_mobilisation() -> None:
    rules = [{"rule": "incompatible_sites", "sites": "a; b"}]
    program = compile_mission(mission().replace(tables={"rules": rules})).program
    assert row(program, "C7_incompatible_sites", organisation="north") == {"active": 2, "mobilised": -1}


def test_mobilisations_of_all_periods_so_far_count() -> None:
    # Mobilised in period 1 or 2, the builders have their staff in period 2 alike.
    draft = Draft.of("tiny-mobilisation")
    capabilities = draft.tables["capabilities"].assign(staff_per_1000="1000")
    tables = {**draft.tables, "capabilities": capabilities}
    changed = pklogistics.Mission.from_tables(
        draft.header, {**tables, "staff": [{"organisation": "builders", "people": 60}]}
    )
    program = compile_mission(changed).program
    assert row(program, "C8_staff", period=2) == {"served": 1, "mobilised": -120}
    plan = pklogistics.solve(changed, threads=1, gap=0.0)
    # 60 of 100 are served: 500 + 50 + 60.
    assert [tier.value for tier in plan.tiers] == pytest.approx([0, 40, 610])
    assert plan.violations == ()


def test_no_option_could_serve_more_than_all_staff_allow() -> None:
    staff = [{"organisation": "north", "people": 2.5}, {"organisation": "south", "people": 8}]
    program = compile_mission(mission().replace(tables={"staff": staff})).program
    assert row(program, "C1", organisation="north", site="b") == pytest.approx({"served": 1, "active": -2.5})
    # Who must take all of a need, and cannot, is not present.
    whole = compile_mission(
        mission(max_organisations=1, min_share=1).replace(tables={"staff": staff})
    ).program
    active = whole.group("active")
    assert active is not None
    north = active.keys["organisation"].astype(str).to_numpy() == "north"
    assert whole.col_upper[active.index][north].tolist() == [0, 0, 0]


def test_staff_that_training_adds_is_no_limit_to_a_single_site() -> None:
    changed = mission().replace(
        tables={
            "staff": [{"organisation": "north", "people": 2.5}, {"organisation": "south", "people": 8}],
            "organisations": [
                {"organisation": "north", "kind": "local", "mobilisation_cost": 7},
                {"organisation": "south", "mobilisation_cost": 5},
            ],
            "capacity_building": [
                {"activity": "service", "organisation": "north", "staff_per_person": 1, "lag": 0}
            ],
        }
    )
    program = compile_mission(changed).program
    assert row(program, "C1", organisation="north", site="b") == {"served": 1, "active": -5}


WHOLE = {"activity": "shelter", "sector": "any", "all_or_nothing": "yes"}
AGENCY = {"organisation": "agency", "activity": "shelter", "staff_per_1000": 100}
IDLE = {
    # In the first month ten staff shelter 100, in the second nobody does; what is begun goes on all the same.
    "it goes on": {
        "activities": [{**WHOLE, "continuous": "yes"}],
        "staff": [{"organisation": "agency", "period": t, "people": p} for t, p in ((1, 10), (2, 0))],
    },
    # Six staff shelter nobody, but an agreement is kept.
    "it is agreed": {
        "activities": [WHOLE],
        "staff": [{"organisation": "agency", "people": 6}],
        "presence": [{"organisation": "agency", "site": "camp", "activity": "shelter", "status": "agreed"}],
    },
    # The agency, which could shelter nobody, is the partner without whom the charity feeds nobody.
    "it is a partner": {
        "activities": [WHOLE, {"activity": "food", "sector": "any"}],
        "needs": [{"site": "camp", "activity": a, "people": 100} for a in ("shelter", "food")],
        "staff": [{"organisation": "agency", "people": 6}],
        "organisations": [{"organisation": "agency"}, {"organisation": "charity"}],
        "capabilities": [AGENCY, {"organisation": "charity", "activity": "food"}],
        "rules": [{"rule": "partner", "organisations": "charity; agency"}],
    },
}


@pytest.mark.parametrize("name", IDLE)
def test_a_cap_of_one_organisation_takes_nothing_from_a_mission_that_has_but_one(name) -> None:
    tables = {
        "sites": [{"site": "camp"}],
        "needs": [{"site": "camp", "activity": "shelter", "people": 100}],
        "organisations": [{"organisation": "agency"}],
        "capabilities": [AGENCY],
        **IDLE[name],
    }
    values = []
    for cap in (2, 1):
        first, *others = tables["activities"]
        capped = {**tables, "activities": [{**first, "max_organisations": cap}, *others]}
        plan = pklogistics.solve(
            pklogistics.Mission.from_tables({"periods": 2}, capped), threads=1, time_limit=20
        )
        values.append([tier.value for tier in plan.tiers[:2]])
    assert values[0] == pytest.approx(values[1])
    # In two months 100 of 200 are sheltered, or nobody, and 200 of 200 are fed.
    assert values[0] == pytest.approx([0, 100 if name == "it goes on" else 200])


def shared(able, **tables):
    """Return 800 people in one camp, and who could serve how many of them for what a presence costs."""
    everything = {
        "sites": [{"site": "camp"}],
        "activities": [{"activity": "clinic", "sector": "any"}],
        "needs": [{"site": "camp", "activity": "clinic", "people": 800}],
        "organisations": [{"organisation": name} for name in able],
        "capabilities": [
            {"organisation": name, "activity": "clinic", "max_people": most, "cost_per_presence": cost}
            for name, (most, cost) in able.items()
        ],
        **tables,
    }
    return pklogistics.Mission.from_tables({"objective": {"tiers": ["need", "cost"]}}, everything)


def test_the_last_of_a_need_take_a_whole_presence() -> None:
    # In fractions 600 and a third of 600 would do, for 100 + 30.
    program = compile_mission(shared({"agency": (600, 100), "charity": (600, 90)})).program
    assert row(program, "C1_pair") == {"served": 2, "active": -400}
    assert relaxed_cost(program) == pytest.approx(190)


def test_who_could_serve_all_of_a_need_stands_in_for_no_part_of_the_other() -> None:
    # The agency alone is dearer. In fractions a quarter of it would serve what the charity leaves.
    program = compile_mission(shared({"agency": (1000, 300), "charity": (600, 90)})).program
    assert relaxed_cost(program) == pytest.approx(300)


def test_presences_that_could_not_serve_too_many_have_no_row_of_pairs() -> None:
    program = compile_mission(shared({"agency": (500, 100), "charity": (300, 90)})).program
    assert not len(next(g for g in program.row_groups if g.name == "C1_pair").keys)


def test_nobody_is_served_in_part_by_those_with_part_of_a_partner() -> None:
    # The agency has to be there anyway. In fractions half of each would do, for 5 + 50.
    rules = [{"rule": "partner", "organisations": "charity; agency"}]
    program = compile_mission(shared({"charity": (800, 10), "agency": (800, 100)}, rules=rules)).program
    assert row(program, "C7_served") == {"served": 2, "active": -800}
    assert relaxed_cost(program) == pytest.approx(100)


def test_those_in_need_of_security_serve_who_is_left_with_all_of_it() -> None:
    # Without security the charity serves 600. In fractions a quarter of a company would do for the others.
    mission_ = shared(
        {"agency": (800, 0), "charity": (600, 0)},
        sites=[{"site": "camp", "security_required": 2}],
        organisations=[{"organisation": "agency"}, {"organisation": "charity", "needs_security": "no"}],
        units=[{"unit": "company", "persons": 100, "security": 2, "available": 1, "cost_per_period": 1000}],
    )
    program = compile_mission(mission_).program
    assert row(program, "T4_others") == {"served": 2, "secured": -200}
    assert relaxed_cost(program) == pytest.approx(1000)
