from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

import pklogistics
from pklogistics.plan import Plan
from pklogistics.report.reading import what_was_read
from pklogistics.report.terminal import summary
from pklogistics.starter import new
from tests.report.missions import hostile
from tests.report.test_pipeline import relief


def shown(mission, plan, *, width=80, encoding="utf-8", **keys):
    """The summary as text, on a terminal of this width and encoding."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    Console(file=stream, width=width, markup=False, highlight=False, **keys).print(summary(mission, plan))
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [80, 120])
def test_hostile_names_fit_and_change_nothing(width):
    text = shown(*hostile(), width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "[bold]b[/bold]" in text.replace("\n", "")  # Brackets are names, not markup.
    assert "\n lines" not in text


def test_numbers_are_never_cut():
    mission, plan = hostile()
    text = shown(mission, plan)
    # 12 sites of 100 people, of whom 80 are served, in each of two periods.
    for number in ("1,200", "960", "240", "80%", "100,000"):
        assert number in text
    assert "960…" not in text


def test_every_section_says_what_it_should():
    text = shown(*hostile())
    for words in (
        *(
            "How sure it is",
            "Proven best",
            "every rule, cost and tier holds",
            "Who is reached",
            "average of 2 periods",
        ),
        *("Money by fund", "Troops and police by site", "Broken mandates", "Largest shortfalls", "Time: "),
    ):
        assert words in text
    assert "and 2 more" in text  # 12 shortfalls, of which 10 are shown.


def test_a_key_is_not_broken_and_no_limit_is_cut():
    mission, plan = relief()
    chain = "; ".join(f"the road to town_{n} is full in period {n} (0.7 t more)" for n in range(1, 9))
    funds = pd.DataFrame(
        [{"fund": "unhcr_appeal_1993", "donor": "Member states, assessed", "amount": 1.9e9, "paid": 5.0e8}]
    ).assign(left=1.4e9)
    short = plan.tables["shortfalls"].assign(reason=chain)
    text = shown(mission, replace(plan, tables={**plan.tables, "funds": funds, "shortfalls": short}))
    assert "unhcr_appeal_1993 " in text
    for figure in ("1,900,000,000", "500,000,000", "1,400,000,000", "26%"):
        assert figure in text
    told = " ".join(text.split("Largest shortfalls")[1].split())
    assert "town_2" in told
    assert "and 6 more" in told
    assert "…" not in text


def test_every_table_of_a_mission_is_named():
    stream = io.StringIO()
    Console(file=stream, width=80, markup=False, highlight=False).print(what_was_read(new("robust").mission))
    assert "stock_targets 1" in " ".join(stream.getvalue().split())


def test_a_plain_terminal_shows_bars_in_ascii():
    text = shown(*hostile(), encoding="ascii")
    assert "########.." in text  # 80% of ten.


def test_nothing_found_is_one_sentence():
    mission, _ = hostile()
    assert "No plan was found (interrupted)." in shown(mission, Plan.empty("m", "interrupted"))


def test_all_is_well_is_said_too():
    tables = {
        "sites": [{"site": "a"}],
        "activities": [{"activity": "food", "sector": "Food"}],
        "needs": [{"site": "a", "activity": "food", "people": 10}],
        "organisations": [{"organisation": "WFP"}],
        "capabilities": [{"organisation": "WFP", "activity": "food"}],
    }
    mission = pklogistics.Mission.from_tables({"name": "m"}, tables)
    text = shown(mission, pklogistics.solve(mission))
    assert "Every mandate is kept." in text
    assert "Nobody in need is left without service." in text
    assert "100%" in text
    assert "Money" not in text  # Nothing costs anything, and there are no funds.
