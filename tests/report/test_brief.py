"""The minute of a head of office."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pklogistics.report import Explanation
from pklogistics.report.brief import brief
from pklogistics.report.html import report
from tests.report.missions import hostile
from tests.report.test_pipeline import relief


def answers(mission, plan, *explanation):
    return {answer.question: answer for answer in brief(mission, plan, *explanation)}


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
    assert "Mandates that cannot be kept: 12 of mandated floor of coverage." in (
        found["What is not, and why?"].sentences
    )
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


SHORTFALLS = pd.DataFrame(
    {"site": ["town"], "activity": ["food"], "unmet": [50.0], "reason": ["the road <b>is full</b>"]}
)
VALUES = pd.DataFrame(
    {"what": ["fund <i>cerf</i>", "road"], "people": [0.125, 40.0], "confirmed": [0.1, None]}
)
RULE = pd.DataFrame({"measure": ["people reached"], "plan": [75.0], "rule_of_thumb": [60.0]})


def explained():
    return Explanation(
        SHORTFALLS, VALUES, RULE, "One more dollar feeds 2 people.", "It reaches 15 more.", ["Marginal, <u>"]
    )


def test_an_explanation_is_told():
    found = answers(*relief(), explained())
    assert found["What would one more dollar do?"].headline == "One more dollar feeds 2 people."
    assert found["Against the rule of thumb?"].headline == "It reaches 15 more."
    assert "food at town, 50 people: the road <b>is full</b>." in found["What is not, and why?"].sentences
    assert "What would one more dollar do?" not in answers(*relief())


def test_an_explanation_is_on_the_page_as_text():
    page = report(*relief(), explained())
    for words in (
        *("What one more would change", "Beside the rule of thumb", "Shortfalls and what binds"),
        *("the road &lt;b&gt;is full&lt;/b&gt;", "fund &lt;i&gt;cerf&lt;/i&gt;", "Marginal, &lt;u&gt;"),
        *('<td class="n">0.1</td>', 'href="#values"', 'href="#rule"'),
    ):
        assert words in page, words
    assert '<td class="n"></td>' in page  # What was not confirmed is blank.
    plain = report(*relief())
    assert 'id="values"' not in plain
    assert 'id="rule"' not in plain
