"""What one more is worth, where money is stuck, what cannot hold together, and what prices prove."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import pklogistics
from pklogistics.explain import explain
from pklogistics.explain.certificate import prove
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.explain import _notes
from pklogistics.explain.refusals import without_refusals
from pklogistics.explain.shortfalls import exact_site
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.values import one_more as values_of_one_more
from pklogistics.explain.values.look import Look
from pklogistics.explain.values.one_more import one_more_of_each
from pklogistics.explain.values.prices import Gain
from pklogistics.explain.values.scarce import Piece, ScarceThing
from pklogistics.explain.values.value import Value
from pklogistics.explain.values.worth import Worth
from pklogistics.solve.backend import Outcome
from pklogistics.solve.small import solve_small
from tests.explain.solved import explained, solved


def _value(mission, kind, name):
    values = explained(mission).values
    return values[(values["kind"] == kind) & (values["name"] == name)].iloc[0]


def test_one_more_dollar_is_worth_what_it_buys():
    # tiny-coverage: 900 USD at 1 USD a person; the next dollar goes to the dock, severity 5, where 100 wait.
    dollar = _value("tiny-coverage", "fund", "core")
    assert (dollar["weighted"], dollar["people"]) == (pytest.approx(5), pytest.approx(1))
    assert dollar["confirmed"] == pytest.approx(5)
    assert dollar["most"] == pytest.approx(100, rel=1e-2)  # Beyond, the mill is served, which counts 3.
    assert dollar["confirmed_people"] == pytest.approx(1)


CAPABLE = {"organisation": "agency", "activity": "food", "cost_per_person": 2}


def _mission(**tables):
    camp = {"site": "camp", "activity": "food"}
    given = {
        "sites": [{"site": "camp"}],
        "activities": [{"activity": "food", "sector": "food", "max_organisations": 1}],
        "needs": [{**camp, "people": 100}],
        "organisations": [{"organisation": "agency"}],
        "capabilities": [CAPABLE],
    }
    header = {"name": "small", "periods": 1, "currency": "USD"}
    return pklogistics.Mission.from_tables(header, {**given, **tables})


def _small(**tables):
    mission = _mission(**tables)
    return explain(mission, pklogistics.solve(mission, threads=1, time_limit=20))


def test_the_first_dollar_of_a_mission_without_money_has_its_value():
    found = _small(funds=[{"fund": "CERF", "amount": 0}])
    assert found.shortfalls[["kind", "reason", "proven"]].values.tolist() == [
        ["fund", "fund 'CERF' has no money (200 USD would do)", True]
    ]
    dollar = found.values.iloc[0]
    assert (dollar["kind"], dollar["name"], dollar["amount"]) == ("fund", "CERF", 0)
    figures = dollar[["weighted", "confirmed", "least", "most"]].tolist()
    assert figures == pytest.approx([0.5, 0.5, 0, 200])
    assert found.stuck[["fund", "added", "gain"]].values.tolist() == [["CERF", pytest.approx(0.5), 0]]


def test_one_more_organisation_and_one_more_site_are_worth_whom_they_serve():
    # The agency serves 60 of 100, and no second organisation may come.
    both = [{"organisation": name} for name in ("agency", "charity")]
    sixty = [{**each, "activity": "food", "max_people": 60} for each in both]
    cap = _small(organisations=both, capabilities=sixty).values.iloc[0]
    assert cap[["kind", "name", "measure", "step", "people"]].tolist() == [
        *("cap", "food", "organisations", 1, pytest.approx(40))
    ]
    # It works at one site, the camp; in the town 70 wait.
    sites = [{"site": name} for name in ("camp", "town")]
    needs = [{**site, "activity": "food", "people": n} for site, n in zip(sites, (100, 70), strict=True)]
    one = _small(sites=sites, needs=needs, organisations=[{**both[0], "max_sites": 1}]).values.iloc[0]
    assert one[["kind", "name", "measure", "step", "people"]].tolist() == [
        *("max_sites", "agency", "sites", 1, pytest.approx(70))
    ]


def test_what_could_be_served_without_it_is_no_value_of_one_more(monkeypatch):
    # The charity is there and serves nobody, though it could serve 60: a second organisation adds 40.
    both = [{"organisation": name} for name in ("agency", "charity")]
    sixty = [{**each, "activity": "food", "max_people": 60} for each in both]
    willing = without_refusals(_mission(organisations=both, capabilities=sixty))
    x = np.zeros(willing.model.program.columns)
    x[willing.model.assembly.unmet] = 100
    presence = willing.model.assembly.presence
    x[presence.loc[presence["organisation"] == 1, "active"]] = 1
    questions = Questions(willing.model, x, willing.refused)
    lost = pd.DataFrame({"site": ["camp"], "weighted": [100.0]})
    found = one_more_of_each(questions, lost, Deadline())
    assert [questions.limits.table["kind"].iloc[limit] for limit, _ in found] == ["cap"]
    assert [(piece.people, piece.weighted) for _, piece in found] == [(40, 40)]
    # Where there was no time to find out how many could be served without it, these 40 are not known either:
    # all 100 would be told.
    with monkeypatch.context() as patch:
        patch.setattr(exact_site, "solve_small", _no_time_without(questions))
        assert one_more_of_each(questions, lost, Deadline()) == []
    # One more of what serves nobody is worth nothing, though two programs are rounded by more than that.
    monkeypatch.setattr(values_of_one_more, "one_more", _sixty_and_rounding)
    assert one_more_of_each(questions, lost, Deadline()) == []


def _sixty_and_rounding(question, limits):
    served = 60 + 1e-6 * len(limits)
    return exact_site.Served(served, served, best=True)


def _no_time_without(questions):
    """Return a solver that finds nothing in time where no limit may be relaxed."""

    def solved_in_time(piece, scaling, effort, start=None):
        relaxed = (piece.col_upper[questions.at_site(0).own :] > 0).any()
        return solve_small(piece, scaling, effort, start) if relaxed else Outcome("nothing")

    return solved_in_time


def test_one_more_unit_is_worth_whom_it_protects():
    # tiny-moves: one more team of observers in period 3 takes the need from 210 to 130.
    team = _value("tiny-moves", "units", "observers")
    assert (team["people"], team["step"], team["confirmed_people"]) == (
        pytest.approx(80),
        1,
        pytest.approx(80),
    )


def test_values_are_ranked_and_the_first_are_confirmed():
    values = explained("tiny-capacity").values
    # By what a hundredth more gains of what there is, or, where nothing is, of what is of use.
    more = values["amount"].where(values["amount"] > 0, values["most"])
    assert (values["weighted"] * more).is_monotonic_decreasing
    assert len(values) > 3
    assert values["confirmed"].iloc[:10].notna().all()
    # Solved again it is no more than the price says, as much for as long as it holds, and never nothing.
    first = values.iloc[:10]
    assert (first["confirmed"] <= first["weighted"] * (1 + 1e-6)).all()
    assert (first["confirmed"] > 0).all()
    holds = first[(first["most"] >= first["step"]) | (first["most"] == 0)]
    assert len(holds)
    assert holds["confirmed"].tolist() == pytest.approx(holds["weighted"].tolist(), rel=1e-3)


def test_money_is_stuck_where_a_freed_dollar_would_do_more():
    # tiny-accounts: 30 USD of setup are left, and may not pay the running cost that keeps 80 people waiting.
    stuck = explained("tiny-accounts").stuck.set_index("fund")
    assert stuck.loc["setup", "left"] == pytest.approx(30)
    assert stuck.loc["setup", "added"] == pytest.approx(0)
    assert stuck.loc["setup", "unearmarked"] == pytest.approx(1)
    assert stuck.loc["running", "added"] == pytest.approx(1)
    # Solved again with a hundredth of setup's 200 USD let pay for running costs: 2 people more have water.
    first = stuck.loc["setup"]
    assert first["confirmed_gain"] == pytest.approx(first["gain"])
    assert first["confirmed_added"] == pytest.approx(0)
    assert stuck.loc["running", "confirmed_added"] == pytest.approx(1)
    assert stuck.loc["setup", "needed_by"] == "organisation 'engineers': activity 'water'"


def test_moving_a_dollar_that_already_works_gains_only_the_difference():
    # 10 USD for the town feed ten people of severity 1 there; the same dollar in the camp counts 5.
    tables = {
        "sites": [{"site": "camp"}, {"site": "town"}],
        "activities": [{"activity": "food", "sector": "food"}],
        "needs": [
            {"site": "camp", "activity": "food", "people": 100, "severity": 5},
            {"site": "town", "activity": "food", "people": 100, "severity": 1},
        ],
        "organisations": [{"organisation": "agency"}],
        "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
        "funds": [{"fund": "local", "amount": 10}, {"fund": "other", "amount": 20}],
        "earmarks": [{"fund": "local", "site": "town"}, {"fund": "other", "site": "camp"}],
    }
    mission = pklogistics.Mission.from_tables({"name": "moved", "periods": 1, "currency": "USD"}, tables)
    found = explain(mission, pklogistics.solve(mission, solver="glop")).stuck.set_index("fund")
    local = found.loc["local"]
    assert local[["added", "unearmarked", "gain"]].tolist() == pytest.approx([1, 5, 4])
    assert local[["confirmed_added", "confirmed_gain"]].tolist() == pytest.approx([1, 4])
    assert local["step"] == pytest.approx(0.1)
    # Nothing is gained by freeing what is where it counts most.
    assert found.loc["other", "confirmed_gain"] == pytest.approx(0, abs=1e-6)


def test_a_freed_dollar_pays_for_whatever_gains_most_and_stays_where_nothing_does():
    # 100 of the town's 200 USD are left. Freed, 2 USD feed the one in the camp (severity 5), then one of the
    # hamlet (severity 2): 7 for 2 USD, and not what twice the camp would count. The money of the hamlet, all
    # of it at work there, gains 3 by its first dollar, and loses nothing by the other nine.
    tables = {
        "sites": [{"site": site} for site in ("camp", "hamlet", "town")],
        "activities": [{"activity": "food", "sector": "food"}],
        "needs": [
            {"site": "camp", "activity": "food", "people": 1, "severity": 5},
            {"site": "hamlet", "activity": "food", "people": 5000, "severity": 2},
            {"site": "town", "activity": "food", "people": 100, "severity": 1},
        ],
        "organisations": [{"organisation": "agency"}],
        "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
        "funds": [{"fund": "of town", "amount": 200}, {"fund": "of hamlet", "amount": 1000}],
        "earmarks": [{"fund": "of town", "site": "town"}, {"fund": "of hamlet", "site": "hamlet"}],
    }
    mission = pklogistics.Mission.from_tables({"name": "freed", "periods": 1, "currency": "USD"}, tables)
    found = explain(mission, pklogistics.solve(mission, solver="glop")).stuck.set_index("fund")
    town, hamlet = found.loc["of town"], found.loc["of hamlet"]
    assert town[["step", "gain", "confirmed_gain"]].tolist() == pytest.approx([2, 5, 3.5])
    assert hamlet[["step", "gain", "confirmed_gain"]].tolist() == pytest.approx([10, 3, 0.3])


@pytest.mark.parametrize(
    ("mission", "rules", "change"),
    [
        # old may be at one site and has agreed to be at two.
        ("tiny-agreements", ["C6", "C6", "max_sites"], "organisations.max_sites: 1 site more"),
        # Three companies must be at the fort, and its camp holds 250 of their 300 persons.
        ("tiny-camps", ["T3", "camp"], "sites.max_persons: 50 persons more"),
        # The city police have too few people for their share of 90; of the 80 they could do it.
        ("tiny-handover", ["C9", "N3", "staff"], "staff.people: 0.8 staff more"),
        ("tiny-handover", ["C9", "N3", "staff"], "lower min_coverage from 0.90 to 0.80"),
    ],
)
def test_a_conflict_names_the_rows_and_what_would_let_them_hold(mission, rules, change):
    found = explained(mission).conflicts
    # Smallest: the mandate, the others that it cannot hold with, and one limit.
    sets = [lines["rule"].tolist() for _, lines in found.groupby("conflict")]
    assert rules in sets, found.to_string()
    assert change in found["change"].tolist(), found.to_string()


def test_where_every_mandate_is_kept_nothing_conflicts():
    assert explained("tiny-first").conflicts.empty


def test_prices_of_another_solver_prove_a_linear_mission_best():
    mission, plan = solved("tiny-coverage")  # Nothing whole: the linear program is the mission.
    proofs = prove(mission, plan)
    assert [proof.tier for proof in proofs] == ["mandate", "need", "cost"]
    assert all(proof.gap < 1e-6 and proof.by != plan.solver for proof in proofs)
    assert [proof.value for proof in proofs] == [pytest.approx(v, abs=1e-6) for v in (0, 1700, 900)]


def test_what_prices_cannot_prove_rests_on_the_solver():
    mission, plan = solved("tiny-whole")  # All or nothing: no prices prove that 60 must be left.
    need = next(proof for proof in prove(mission, plan) if proof.tier == "need")
    assert need.proven < need.reported <= need.value + 1e-6
    assert need.rest == pytest.approx(need.reported - need.proven)


def test_where_cost_comes_first_nothing_is_worth_more_and_reasons_say_why():
    tiers = [{"name": "cost", "terms": {"cost": 1}}, {"name": "need", "terms": {"need": 1}}]
    mission = _mission(capabilities=[{**CAPABLE, "max_people": 60}], funds=[{"fund": "f", "amount": 50}])
    mission = mission.replace(
        header={"name": "small", "periods": 1, "currency": "USD", "objective": {"tiers": tiers}}
    )
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20))
    assert found.shortfalls["kind"].str.endswith("weighed").all()
    assert found.shortfalls["reason"].str.contains("costs? more than (?:it counts|they count) for").all()
    assert not (found.values["confirmed"] > 1e-9).any()


def test_a_reason_says_for_how_many_it_holds_and_that_all_staff_are_at_work():
    # 100 at 2 USD and 0.1 staff each: 4 staff serve 40, for 81 of 101 USD. Money for 10 more is there, for 60
    # more another 100 would do.
    who = [{"organisation": "agency", "mobilisation_cost": 1}]
    given = {
        "organisations": who,
        "capabilities": [{**CAPABLE, "staff_per_1000": 100}],
        "staff": [{"organisation": "agency", "people": 4}],
        "funds": [{"fund": "f", "amount": 101}],
    }
    reason = _small(**given).shortfalls["reason"].iloc[0]
    assert reason == (
        "10 of them could be served, but all staff of organisation 'agency' are at work (1 more would do);"
        " all of them could be, but of fund 'f' no more than 20 USD are left (100 USD more would do);"
        " all staff of organisation 'agency' are at work (6 more would do)"
    )
    more = _small(**{**given, "staff": [{"organisation": "agency", "people": 5}]})
    assert more.shortfalls["unmet"].tolist() == pytest.approx([50])


@pytest.mark.parametrize("order", ["in tiers", "weighted"])
def test_where_a_mandate_is_broken_more_goes_to_it_first_and_the_confirmed_figure_says_so(order):
    # 100 USD: a floor of 50 in the hills, where a person costs 10, and 100 wait in the town at 1 USD each.
    # Ten of the floor are met. With mandates as they are a dollar serves one in the town; but it goes to the
    # hills, where it serves a tenth.
    places = [{"site": name, "activity": "food", "people": 100} for name in ("hills", "town")]
    who = ("for_hills", "for_town")
    tables = {
        "sites": [{"site": name} for name in ("hills", "town")],
        "needs": [{**places[0], "min_coverage": 0.5}, places[1]],
        "organisations": [{"organisation": name} for name in who],
        "capabilities": [
            {"organisation": name, "activity": "food", "cost_per_person": cost}
            for name, cost in zip(who, (10, 1), strict=True)
        ],
        "presence": [
            {"organisation": name, "site": site, "activity": "food", "status": "refused"}
            for name, site in zip(who, ("town", "hills"), strict=True)
        ],
        "funds": [{"fund": "f", "amount": 100}],
    }
    mission = _mission(**tables)
    if order == "weighted":
        weights = {"mandate": 100.0, "need": 1.0}
        header = {"name": "small", "periods": 1, "currency": "USD", "objective": {"weights": weights}}
        mission = mission.replace(header=header)
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    found = explain(mission, plan)
    dollar = found.values[found.values["kind"] == "fund"].iloc[0]
    assert (dollar["weighted"], dollar["people"]) == (pytest.approx(1), pytest.approx(1))
    confirmed = dollar[["confirmed", "confirmed_people", "confirmed_mandates"]].tolist()
    assert confirmed == pytest.approx([0.1] * 3, rel=1e-4)
    assert any("more goes to them first" in note for note in found.notes)
    step = dollar["step"]
    richer = mission.replace(tables={"funds": pd.DataFrame([{"fund": "f", "amount": 100 + step}])})
    more = pklogistics.solve(richer, threads=1, time_limit=20)
    unmet = [each.tables["shortfalls"]["weighted"].sum() for each in (plan, more)]
    assert (unmet[0] - unmet[1]) / step == pytest.approx(dollar["confirmed"], rel=1e-4)


def test_of_one_more_of_what_comes_whole_it_is_told_what_goes_to_mandates():
    # The agency may be at one of two sites. It is in the camp, where the floor is larger; 35 of the floor in
    # the town are broken: one site more serves all 70 there.
    sites = [{"site": name} for name in ("camp", "town")]
    needs = [
        {**site, "activity": "food", "people": people, "min_coverage": floor}
        for site, people, floor in zip(sites, (100, 70), (0.8, 0.5), strict=True)
    ]
    found = _small(
        sites=sites, needs=needs, organisations=[{"organisation": "agency", "max_sites": 1}]
    ).values
    one = found[found["kind"] == "max_sites"].iloc[0]
    figures = one[["weighted", "confirmed", "confirmed_people", "confirmed_mandates"]].tolist()
    assert figures == pytest.approx([70, 70, 70, 35])


def test_a_piece_does_not_count_those_who_could_be_served_without_it():
    # Of 200 people carriers serve 100 and flyers could serve 60, of whom ten are given up for what they
    # cost (a tolerance). With 40 more of carriers' max_people 40 more are served by them, one each, not 50.
    found = explained("tiny-tolerance")
    assert found.shortfalls["people"].tolist() == [pytest.approx(50)]
    assert found.values["weighted"].tolist() == [pytest.approx(1), pytest.approx(1)], found.values.to_string()


def test_a_piece_that_is_worth_what_the_price_says_is_no_line_of_its_own(monkeypatch):
    # Amounts are rounded: 10 at once seem to be worth 5 millionths more each than the price says of one.
    # Of 5 at once that are worth half as much again that is told.
    same, better = Piece(10.0, 1.0, 1.0 + 5e-6), Piece(5.0, 1.5, 1.5)
    thing = ScarceThing(0, "fund", 10.0, np.array([0]), price=1.0, pieces=[better, same])
    monkeypatch.setattr(Look, "_worth", lambda *_: Worth(1.0, 1.0, 10.0))
    monkeypatch.setattr(Look, "_begun", lambda *_: iter(()))
    monkeypatch.setattr(Look, "_step", lambda _, thing: Value(thing, 1.0, confirmed=1.0))
    first, limits = SimpleNamespace(before=()), SimpleNamespace(places=lambda _: np.array([0]))
    asked, prices = SimpleNamespace(limits=limits), SimpleNamespace(found=True)
    look = Look(asked, prices, first, pd.DataFrame(), Deadline())
    values, _ = look.at_first([thing])
    assert [value.weighted for value in values] == [1.0, 1.5]


def test_a_piece_ranks_by_what_it_serves_and_not_by_a_hundredth_of_a_fund():
    # 0.4 of 3,000,000 USD are short for 40 people: a hundredth of the fund is not worth 3,000,000.
    fund = ScarceThing(0, "fund", 3e6, np.array([0]), pieces=[Piece(0.4, 100.0, 100.0)])
    assert fund.rank == pytest.approx(40)
    assert Value(fund, 100.0, most=0.0, step=0.4).rank == pytest.approx(40)
    # Of a price as far as it holds, if that is known, and of a whole thing one.
    assert Value(fund, 2.0, most=50.0, step=3e4).rank == pytest.approx(100)
    assert Value(fund, 2.0).rank == pytest.approx(6e4)
    units = ScarceThing(0, "units", 5.0, np.array([0]), pieces=[Piece(1.0, 80.0, 80.0)])
    assert units.rank == pytest.approx(80)


@pytest.mark.parametrize(("values", "said"), [(1, "1 of 1 value is"), (3, "3 of 3 values are")])
def test_notes_count_the_values_that_there_are(values, said):
    lines = pd.DataFrame({"confirmed": [np.nan] * values, "confirmed_mandates": [0.0] * values})
    nothing = pd.DataFrame(columns=["kind", "reason", "proven", "begins", "confirmed_gain"])
    told = _notes(nothing, SimpleNamespace(found=True), lines, nothing, "no time was left")
    assert told == (f"{said} not confirmed: no time was left",)


def test_where_a_step_gains_more_than_the_average_of_more_it_is_told_for_the_step():
    # The first 0.5 gain 240 each, and all that follow nothing: on average of 0.6 that is 200.
    gained = SimpleNamespace(
        gain=lambda places, step, until: Gain(min(240 * step, 120), min(2 * step, 1), 0.0)
    )
    limits = SimpleNamespace(places=lambda _: np.array([0]))
    look = Look(
        SimpleNamespace(limits=limits), gained, SimpleNamespace(before=()), pd.DataFrame(), Deadline()
    )
    thing = ScarceThing(0, "staff", 50.0, np.array([0]), price=240.0)
    value = look._value(thing, gained, np.array([0]), Worth(200.0, 1.7, 0.6, further=True))
    assert (value.weighted, value.people, value.most, value.further) == (pytest.approx(240), 2, 0.5, True)
    assert value.confirmed == pytest.approx(240)
