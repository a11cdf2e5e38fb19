from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

import pklogistics
from pklogistics.plan import Plan
from pklogistics.report.posts import held_sites
from pklogistics.report.reading import what_was_read
from pklogistics.report.terminal import summary
from pklogistics.starter import new
from tests.report.missions import hostile
from tests.report.test_figures import plan_with
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


def test_people_read_names_and_keys_only_where_two_share_a_name():
    tables = {
        "sites": [
            {"site": "s1", "name": "Old Port"},
            {"site": "s2", "name": "Mill"},
            {"site": "s3", "name": "Mill"},
        ],
        "activities": [{"activity": "a1", "name": "Safe water", "sector": "safe_water"}],
        "needs": [{"site": site, "activity": "a1", "people": 10} for site in ("s1", "s2", "s3")],
        "organisations": [{"organisation": "o1"}],
        "capabilities": [{"organisation": "o1", "activity": "a1"}],
        "units": [{"unit": "u1", "name": "Jordanian infantry", "persons": 100, "available": 2}],
        "funds": [{"fund": fund, "name": "Pooled fund", "amount": 5} for fund in ("f1", "f2")],
    }
    mission = pklogistics.Mission.from_tables({"name": "m"}, tables)
    here = {"unit": "u1", "period": 1, "count": 1, "persons": 100}
    stationing = [{**here, "site": site} for site in ("s1", "s2")]
    shortfalls = [{"site": "s3", "activity": "a1", "sector": "wash", "unmet": 10, "reason": "no road"}]
    broken = [{"rule": "T3", "unit": "u1", "site": "s1", "period": 0, "amount": 1, "measure": "units"}]
    funds = [{"fund": "f1", "donor": "someone", "amount": 5, "paid": 5, "left": 0}]
    needs = {"activity": "a1", "sector": "safe_water", "period": 1, "people": 30, "unmet": 30}
    coverage = [{**needs, "site": "s3", "covered_by_others": 0, "served": 0, "share": 0}]
    tables = {"stationing": stationing, "shortfalls": shortfalls, "broken": broken, "funds": funds}
    plan = plan_with(**tables, coverage=coverage)
    text = " ".join(shown(mission, plan).split())
    for words in ("Old Port 1 × Jordanian infantry 100", "Mill (s2) 1 × Jordanian infantry 100"):
        assert words in text
    assert "Mill (s3) Safe water" in text
    assert "Jordanian infantry, Old Port" in text
    assert "Pooled fund (f1) someone 5" in text
    assert "safe water 30" in text  # A sector has no name but its key, which is read with spaces.
    assert held_sites(mission, plan)["units"].tolist() == ["1 × Jordanian infantry"] * 2
