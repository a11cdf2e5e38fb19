"""Plans that are no plans: the checker answers, and never falls over."""

from __future__ import annotations

import pytest

from pklogistics.check import check
from pklogistics.errors import NoPlanError
from pklogistics.plan import TABLES, Plan, TierResult

from .builder import plan_of
from .missions import alone, caught, changed, fine, mission, repeated, serve, with_row, with_table
from .rich import rich_mission, rich_plan


def test_no_plan() -> None:
    with pytest.raises(NoPlanError):
        check(mission(), Plan.empty("small", "time"))


def test_a_plan_without_any_rows() -> None:
    # Two needs without a row of coverage each, and without their shortfalls: 4 times told, and N1 for
    # each because nobody is counted as unmet; and no tiers.
    report = check(mission(), Plan("small", "feasible", "gap"))
    assert sorted(v.rule for v in report.violations) == ["N1", "N1", *["tables"] * 6, "tiers"]
    assert report.tiers["need"] == 150


def test_a_plan_without_any_rows_for_a_rich_mission() -> None:
    assert {"N1", "N3", "C6", "T1", "T3", "tables", "tiers"} <= caught(
        rich_mission(), Plan("rich", "feasible", "gap")
    )


def test_a_plan_of_another_mission() -> None:
    assert "labels" in caught(mission(), rich_plan())
    assert caught(rich_mission(), plan_of(mission(), [serve("agency", "A", 10)]))


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_nothing_but_blanks(table: str) -> None:
    # Blank labels and zeros: a label that must be there is not.
    found = alone(mission(), with_row(plan_of(mission()), table), "labels") if table in SINGLE else None
    if found is None:
        assert "labels" in caught(mission(), with_row(plan_of(mission()), table))
    else:
        assert found.keys["table"] == table


# Tables in which one label alone may not be blank, and that have no period.
SINGLE = {"funds"}


def test_unreadable_cells_are_told_with_their_place() -> None:
    plan = plan_of(mission(), [serve("agency", "A", 60)])
    report = check(mission(), changed(plan, "service", 0, site="Atlantis"))
    found = report.violations[0]
    # The header of service.csv is row 1, so its first row is row 2.
    assert (found.rule, found.keys) == ("labels", {"table": "service", "row": 2, "column": "site"})
    assert "Atlantis" in found.message
    report = check(mission(), changed(plan, "service", 0, people=float("nan")))
    assert report.violations[0].rule == "numbers"
    assert report.violations[0].keys == {"table": "service", "row": 2, "column": "people"}


def test_a_negative_number() -> None:
    plan = plan_of(mission(), [serve("agency", "A", 60), serve("elders", "A", -10)])
    found = next(v for v in check(mission(), plan).violations if v.rule == "numbers")
    assert found.keys == {"table": "service", "row": 3, "column": "people"}


def test_duplicates_are_told_under_their_name() -> None:
    plan = repeated(plan_of(mission(), [serve("agency", "A", 60)]), "coverage", 0)
    assert "duplicates" in caught(mission(), plan)


def test_served_by_an_organisation_from_a_post() -> None:
    plan = plan_of(mission(), [serve("agency", "A", 60)])
    found = alone(mission(), changed(plan, "service", 0, post="A"), "tables")
    assert found.keys == {
        "table": "service",
        "site": "A",
        "activity": "food",
        "organisation": "agency",
        "post": "A",
    }


def test_labels_with_braces_and_quotes() -> None:
    # Messages are sentences with names in them; names may hold anything.
    name = "{0} {site} 'x' \"y\" %s"
    needs = [{"site": name, "activity": "food", "people": 10}]
    m = mission(sites=[{"site": name}], needs=needs)
    fine(m, plan_of(m, [serve("agency", name, 10)]))
    assert name in alone(m, plan_of(m, [serve("agency", name, 11)]), "N1").message


def test_tier_twice() -> None:
    plan = plan_of(mission())
    twice = Plan(
        **{"mission": "small", "status": "feasible", "stopped": "gap", "tables": plan.tables},
        tiers=(*plan.tiers, TierResult("cost", 0, 0, 0)),
    )
    assert caught(mission(), twice) == {"tiers"}


def test_the_plan_is_not_changed() -> None:
    plan = rich_plan()
    before = {name: frame.copy() for name, frame in plan.tables.items()}
    check(rich_mission(), plan)
    assert all(before[name].equals(plan.tables[name]) for name in before)


def test_text_where_a_number_should_be_is_refused_by_the_plan() -> None:
    frame = TABLES["coverage"].empty()
    assert with_table(plan_of(mission()), "coverage", frame).tables["coverage"].empty
