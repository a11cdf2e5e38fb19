"""What the terminal tells of an explanation: in plain words, in names, and where the rest of it is."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from pklogistics.explain.limits.kinds import KINDS
from pklogistics.explain.shortfalls.reasons import BY_WORDS
from pklogistics.plan.mention import mention
from pklogistics.report import words
from pklogistics.report.explanation import explanation
from pklogistics.report.reasons import reasons
from pklogistics.report.terminal import summary
from tests.explain.solved import explained, solved

IN_FULL = "with their whole reasons"


def shown(part: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(part)
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def test_every_kind_of_what_binds_is_told_in_words_of_the_field() -> None:
    kinds = {kind.name for kind in KINDS} | set(BY_WORDS.values()) | {"goods", "untold", "open", "weighed"}
    # These say it themselves.
    plain = {"fund", "max_people", "lead", "partner", "local_partner", "incompatible_sites", "max_sites"}
    plain |= {"staff", "units", "security", "impartiality", "stock", "route"}
    assert kinds - plain <= set(words.KINDS)
    assert words.kind("fund + armed + storage + storage_m3") == (
        "fund + no armed presence accepted + room for goods"
    )


@pytest.mark.parametrize("length", [10, 500])
def test_where_a_reason_is_cut_it_is_told_where_it_stands_whole(length: int) -> None:
    mission, plan = solved("tiny-first")
    reason = "x" * length + "."
    found = explained("tiny-first")
    found = replace(found, shortfalls=found.shortfalls.assign(reason=reason))
    assert (IN_FULL in shown(explanation(mission, found))) is (length > 240)
    table = plan.tables["shortfalls"].assign(reason=reason)
    plan = replace(plan, tables={**plan.tables, "shortfalls": table})
    assert (IN_FULL in shown(summary(mission, plan))) is (length > 240)


def test_where_limits_of_a_reason_are_left_out_it_is_told_where_they_stand() -> None:
    mission, plan = solved("tiny-first")
    table = plan.tables["shortfalls"].assign(reason="this is spent; that is full; so is another")
    plan = replace(plan, tables={**plan.tables, "shortfalls": table})
    assert f"and 1 more All of them, {IN_FULL}" in shown(summary(mission, plan))


def test_notes_tell_names_on_the_page_and_in_the_terminal() -> None:
    mission, _ = solved("tiny-first")
    sites = mission.tables["sites"].assign(name=["Camp of the mill", "Town"])
    mission = mission.replace(tables={"sites": sites})
    found = replace(explained("tiny-first"), notes=(f"more at {mention('site', 'camp')}",))
    assert "Note: more at Camp of the mill" in shown(explanation(mission, found))
    assert reasons(mission, found).notes == ("more at Camp of the mill",)


def test_a_mission_of_one_period_has_no_periods_together() -> None:
    assert "all periods" not in shown(explanation(solved("tiny-first")[0], explained("tiny-first")))
