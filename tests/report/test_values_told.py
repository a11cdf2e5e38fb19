"""What one more would serve, as people read it: names, how far it holds, and what is known at least."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import pklogistics
from pklogistics.cli.output import Output
from pklogistics.explain.results import CONFLICT_COLUMNS, STUCK_COLUMNS, VALUE_COLUMNS, Explanation
from pklogistics.report import words
from pklogistics.report.explanation import explanation, worth_most
from pklogistics.report.html import report
from pklogistics.report.reasons import reasons
from tests.report.test_naming import text


@pytest.fixture(scope="module")
def mission():
    tables = {
        "sites": [{"site": "A"}],
        "activities": [{"activity": "c", "sector": "h"}],
        "needs": [{"site": "A", "activity": "c", "people": 10}],
        "organisations": [{"organisation": "rc", "name": "Red, cross"}],
        "capabilities": [{"organisation": "rc", "activity": "c"}],
        "funds": [{"fund": "po, ol. (2) =x", "amount": 5}],
    }
    return pklogistics.Mission.from_tables({"name": "told", "periods": 1, "currency": "USD"}, tables)


def _values(**line):
    given = {"table": "", "people": 2.0, "weighted": 3.0, "most": 0.0, "step": 1.0, "confirmed": 3.0}
    given |= {"confirmed_people": 2.0, "further": False, "at_least": False}
    given |= dict.fromkeys(("measure", "name", "set"), "")
    values = pd.DataFrame([{**given, **line}]).reindex(columns=list(VALUE_COLUMNS))
    empty = pd.DataFrame()
    return Explanation(empty, empty, values, pd.DataFrame(columns=list(STUCK_COLUMNS)), empty)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        # A comma in a key is no end of it.
        ({"kind": "fund", "name": "po, ol. (2) =x", "table": "funds", "fund": "po, ol. (2) =x"}, True),
        ({"kind": "staff", "name": "rc, period 2", "organisation": "rc", "period": 2}, True),
        # Where there is one of a kind it has no name, and no colon.
        ({"kind": "movement"}, False),
    ],
)
def test_things_are_called_by_their_labels(mission, line, shown):
    expected = {
        "fund": "fund: po, ol. (2) =x",
        "staff": "staff: Red, cross; period 2",
        "movement": "movement",
    }
    told = text(*worth_most(mission, _values(**line)))
    assert expected[line["kind"]] in told
    assert (": " in told.splitlines()[-1]) == shown
    page = reasons(mission, _values(**line)).values
    names = {"fund": "po, ol. (2) =x", "staff": "Red, cross; period 2", "movement": "the whole mission"}
    assert page["Which"].tolist() == [names[line["kind"]]]


def test_what_may_be_more_is_told_as_such(mission):
    found = _values(
        kind="max_sites", organisation="rc", at_least=True, confirmed=280.0, confirmed_people=70.0
    )
    assert "280 or more" in text(*worth_most(mission, found))
    assert reasons(mission, found).values["People, solved anew"].tolist() == ["70 or more"]
    assert words.holds_for(250.0, 1.0, True) == "250 or more"
    assert words.holds_for(250.0, 1.0, False) == "250"
    assert words.holds_for(0.0, 10.0, False) == "10 at once"


def test_a_confirmed_worth_that_is_another_says_of_how_many_more_it_is(mission):
    # The first dollars gain 3 each, the first 50 no more than 0.3 each, as nobody waits for what comes after.
    several = {"kind": "fund", "name": "f", "most": 5.0, "step": 50.0}
    found = _values(**several, confirmed=0.3, confirmed_people=0.2)
    assert " 2 3 5 0.3 for 50" in text(*worth_most(mission, found))
    assert reasons(mission, found).values["People, solved anew"].tolist() == ["0.2 for 50"]
    # Where it is the same, of one more as prices are, or not known, the figure alone says all.
    assert words.of_so_many(3.0, 3.001, 50.0) == words.of_so_many(2.0, 3.0, 1.0) == ""
    assert words.of_so_many(np.nan, 3.0, 50.0) == words.of_so_many(np.nan, 3.0, np.nan) == ""
    line = {"fund": "f", "left": 0.0, "added": 1.0, "unearmarked": 3.0, "gain": 2.0, "needed_by": ""}
    stuck = pd.DataFrame([{**line, "confirmed_gain": 0.5, "step": 20.0, "begins": False}])
    assert reasons(mission, SimpleNamespace(stuck=stuck)).stuck["Solved anew"].tolist() == ["0.5 for 20"]
    shown = explanation(mission, replace(found, stuck=stuck.reindex(columns=list(STUCK_COLUMNS))))
    assert "f 0 1 3 2 0.5 for 20" in text(shown)


def test_a_change_is_shown_as_a_shell_takes_it_on_a_line_of_its_own(mission, capsys):
    # A name with spaces, pasted as it stands, would be several words, and a table would break it in two.
    change = "needs.the old town by the river, where the ferry lands/primary health care/.min_coverage=0.5"
    line = {"conflict": 1, "rule": "N3", "table": "needs", "words": "a floor", "change": "lower it"}
    conflicts = pd.DataFrame([{**line, "set": change, "joint": 0}], columns=list(CONFLICT_COLUMNS))
    found = replace(_values(kind="movement"), conflicts=conflicts)
    Output(as_json=False, quiet=False).show(*worth_most(mission, found))
    typed = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert f"1  --set '{change}'" in typed
    shown = reasons(mission, found).conflicts
    assert shown["As the command line takes it"].tolist() == [f"--set '{change}'"]
    # So is a step more of a scarce thing, which the summary of a plan leaves out.
    found = _values(kind="fund", name="f", set="funds.the new fund.amount=+50")
    Output(as_json=False, quiet=False).show(explanation(mission, found))
    typed = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "--set 'funds.the new fund.amount=+50'" in typed
    assert "--set" not in text(*worth_most(mission, found))
    shown = reasons(mission, found).values
    assert shown["As the command line takes it"].tolist() == ["--set 'funds.the new fund.amount=+50'"]


def test_where_freed_money_would_have_to_begin_something_no_verdict_is_given(mission):
    nothing = pd.DataFrame(columns=["table", "name", "people", "weighted"])
    stuck = pd.DataFrame({"fund": ["f"], "left": [5.0], "unearmarked": [np.nan], "gain": [np.nan]})
    stuck = stuck.assign(needed_by="", begins=True)
    assert reasons(mission, SimpleNamespace(values=nothing, stuck=stuck)).one_more == ""


@pytest.mark.parametrize("periods", [1, 2])
def test_people_of_several_periods_are_not_taken_for_so_many_people(mission, periods):
    # A unit that protects 9 people in each of 11 periods is told as 99.
    mission = mission.replace(header={**mission.header.as_document(), "periods": periods})
    found = _values(kind="fund", name="f")
    assert ("all periods together" in text(*worth_most(mission, found))) == (periods > 1)
    page = report(mission, pklogistics.solve(mission), found)
    assert ("(people of all periods together)" in page) == (periods > 1)
