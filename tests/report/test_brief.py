"""The minute of a head of office."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from pklogistics.report.brief import brief
from pklogistics.report.html import report
from pklogistics.report.reasons import reasons
from tests.report.missions import hostile
from tests.report.test_pipeline import relief


def answers(mission, plan, explanation=None):
    return {answer.question: answer for answer in brief(mission, plan, reasons(mission, explanation))}


def test_what_is_reached_and_what_is_not():
    found = answers(*relief())
    # 100 people in each of two periods, of whom 100 and 50 are fed.
    assert found["What is reached?"].headline == "75% of all needs"
    assert "meets 75 of 100 needs in a period, on average." in found["What is reached?"].sentences[0]
    missed = found["What is not, and why?"]
    assert missed.headline == "25 needs stay unmet"
    assert missed.sentences[0] == "Every mandate is kept."
    assert missed.sentences[1].startswith("food: 25, most at town")
    assert missed.sentences[2].startswith("Why: ")


def test_mandates_and_money_and_certainty():
    found = answers(*hostile())
    assert "Mandates not kept: mandated floor of coverage 12." in (found["What is not, and why?"].sentences)
    # Two periods of 960 people for 2 each, 12 bases for 10, and one unit for 5 in each period: 3,970.
    assert found["What does it cost?"].headline == "4.0k <i>USD</i>"
    assert "The funds hold 100k: 0 of 1 are spent to the last, 96.0k is left." in (
        found["What does it cost?"].sentences
    )
    assert found["How sure is it?"].headline == "Proven best"
    unproven = answers(hostile()[0], replace(hostile()[1], status="feasible"))
    assert unproven["How sure is it?"].headline == "A plan, not proven best"


def test_nobody_left_out_is_said():
    mission, plan = relief()
    coverage = plan.tables["coverage"].assign(unmet=0.0, served=plan.tables["coverage"]["people"])
    plan = replace(
        plan, tables={**plan.tables, "coverage": coverage, "shortfalls": plan.tables["shortfalls"].iloc[:0]}
    )
    found = answers(mission, plan)["What is not, and why?"]
    assert found.headline == "Nobody is left out"
    assert found.sentences == ("Every mandate is kept.",)


EXPLAINED = SimpleNamespace(
    shortfalls=pd.DataFrame(
        {
            **{"site": ["town"] * 2, "activity": ["food"] * 2, "period": [1, 2], "unmet": [50.0, 20.0]},
            **{"reason": ["the road <b>is full</b>"] * 2, "people": [40.0, 5.0], "proven": [False, True]},
        }
    ),
    values=pd.DataFrame(
        {
            **{"kind": ["fund", "route"], "name": ["<i>cerf</i>", "road"], "table": ["funds", "routes"]},
            **{"people": [0.125, 40.0], "weighted": [0.5, 99.0], "most": [30_000.0, 2.0]},
            **{"confirmed_people": [0.12, None], "step": [7000.0, None]},
        }
    ),
    stuck=pd.DataFrame({"fund": ["cerf"], "gain": [0.25]}),
    conflicts=pd.DataFrame(
        {"conflict": [1], "rule": ["N3"], "words": ["<u>floor</u>"], "change": ["lower it"]}
    ),
    rule_of_thumb=pd.DataFrame({"measure": ["people reached"], "plan": [75.0], "rule_of_thumb": [60.0]}),
    overlaps=pd.DataFrame({"site": ["town"], "organisations": ["agency; <s>"], "at_most": [9]}),
    gaps=pd.DataFrame({"site": ["town"], "activity": ["food"], "gap": [70.0], "beside": ["town"]}),
    against_rule="It reaches 15 more.",
    notes=("Marginal, <u>",),
)


def test_an_explanation_is_told():
    found = answers(*relief(), EXPLAINED)
    # Solved anew, 7,000 dollars more meet 0.12 needs each, not 0.125 as at the margin.
    sentence = "7,000 USD more in <i>cerf</i> would meet 840 needs more (solved anew)"
    assert found["What would more money do?"].headline == sentence
    assert found["Against the rule of thumb?"].headline == "It reaches 15 more."
    # Two periods of one reason are one sentence, of the graver of them.
    assert found["What is not, and why?"].sentences[1:] == (
        "food at town, 50 people: the road <b>is full</b>.",
    )
    assert "What would more money do?" not in answers(*relief())


@pytest.mark.parametrize(
    ("most", "people", "sentence"),
    [
        (30_000.0, 0.125, "1,000 USD more in <i>cerf</i> would meet 125 needs more, for the first 30.0k USD"),
        # No more is promised than the value holds for: 54.7 dollars are told by ten.
        (54.7, 0.5, "10 USD more in <i>cerf</i> would meet 5 needs more, for the first 54.7 USD"),
        (0.5, 0.5, "1 USD more in <i>cerf</i> would meet 0.5 needs more, for the first 0.5 USD"),
        # Nobody solved it anew, so only the weighted need is known: 0.5 for one dollar.
        (None, None, "1,000 USD more in <i>cerf</i> would meet 500 severity-weighted needs more"),
    ],
)
def test_one_more_dollar_is_told_as_far_as_it_is_known(most, people, sentence):
    values = EXPLAINED.values.assign(most=[most, 2.0], people=[people, 40.0], confirmed_people=None)
    values = values.astype({"most": float, "people": float})
    answer = answers(*relief(), SimpleNamespace(values=values))["What would more money do?"]
    assert answer.headline == sentence


def test_only_the_first_limits_of_a_long_chain_are_named():
    chain = EXPLAINED.shortfalls.assign(reason="a is full; b is full; c is full; d is full", kind="route")
    found = answers(*relief(), SimpleNamespace(shortfalls=chain))["What is not, and why?"]
    assert "food at town, 50 people: a is full; b is full; and 2 more." in found.sentences
    assert "People left without, by what binds" in report(*relief(), SimpleNamespace(shortfalls=chain))


def test_money_that_serves_nobody_is_said():
    values = EXPLAINED.values.assign(weighted=0.0)
    useless = SimpleNamespace(values=values, stuck=EXPLAINED.stuck)
    answer = answers(*relief(), useless)["What would more money do?"]
    assert answer.headline == "Nothing: no need waits for USD alone"
    # Where no fund was priced, because there was no time, it is not known.
    unpriced = SimpleNamespace(values=values)
    assert "What would more money do?" not in answers(*relief(), unpriced)


def test_money_that_its_earmark_holds_back_is_told():
    stuck = pd.DataFrame(
        {
            **{"fund": ["cerf", "pool"], "left": [5_000.0, 0.0], "added": [0.0, 0.0]},
            **{"unearmarked": [0.25, 0.9], "gain": [0.25, 0.9], "needed_by": ["agency: food"] * 2},
        }
    )
    held = SimpleNamespace(values=EXPLAINED.values.assign(weighted=0.0), stuck=stuck)
    answer = answers(*relief(), held)["What would more money do?"]
    assert answer.headline == "Nothing in any fund as it is: earmarks and dates hold USD back"
    # A thousand dollars at a quarter each; nothing is left of the other fund.
    assert answer.sentences == (
        "Freed of its earmark, 1,000 USD of cerf would meet about 250 severity-weighted needs more"
        " (agency: food).",
    )


def test_what_is_no_limit_is_told_in_words():
    chain = EXPLAINED.shortfalls.assign(kind=["untold", "open"])
    page = report(*relief(), SimpleNamespace(shortfalls=chain))
    assert "<bdi>no reason yet</bdi>" in page
    assert "<bdi>nothing: the search ended early</bdi>" in page


def test_an_explanation_is_on_the_page_as_text():
    page = report(*relief(), EXPLAINED)
    for words in (
        *("What one more would change", "Beside the rule of thumb", "Shortfalls and what binds"),
        *("Who duplicates whom", "agency; &lt;s&gt;", "Gaps beside them"),
        *("Where money is stuck", "What cannot hold together", "&lt;u&gt;floor&lt;/u&gt;", "lower it"),
        *("the road &lt;b&gt;is full&lt;/b&gt;", "&lt;i&gt;cerf&lt;/i&gt;", "Marginal, &lt;u&gt;"),
        *('<td class="n">0.125</td>', "<bdi>1-2</bdi>", "<bdi>no</bdi>", 'href="#values"', 'href="#rule"'),
    ):
        assert words in page, words
    assert '<td class="n"></td>' in page  # What was not confirmed is blank.
    plain = report(*relief())
    assert [name for name in ("values", "conflicts", "rule", "overlaps") if f'id="{name}"' in plain] == []
