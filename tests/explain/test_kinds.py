"""No row of a program is forgotten: each is of a kind of limit, or is told to be none."""

from __future__ import annotations

from functools import cache

import pytest

import pklogistics
from pklogistics.explain.limits.kinds import KINDS
from pklogistics.explain.limits.rows import IMPLIED, MANDATES, SERVED_WITH, WORKINGS
from pklogistics.explain.limits.sentences import plural
from pklogistics.instance.generate import generate
from pklogistics.model.build import compile_mission
from tests.explain.solved import INSTANCES


@cache
def _in_programs() -> frozenset[str]:
    """Return the names of the rows of all tiny missions, which have every rule, and of a made-up one."""
    tiny = [pklogistics.read(path) for path in sorted(INSTANCES.glob("tiny-*"))]
    made_up = generate(10, seed=1, periods=2, commodities=3, depots=3)
    programs = [compile_mission(mission, apart=True).program for mission in (*tiny, made_up)]
    # Rows that only make it tighter are in none of these.
    programs += [
        compile_mission(one).program for one in (pklogistics.read(INSTANCES / "tiny-security"), made_up)
    ]
    return frozenset(group.name for program in programs for group in program.row_groups)


def test_every_row_of_a_program_is_of_a_kind_or_told_to_be_no_limit():
    named = [row for kind in KINDS for row in kind.rows] + [*MANDATES, *IMPLIED, *SERVED_WITH, *WORKINGS]
    assert len(named) == len(set(named))
    assert set(named) == _in_programs()


@pytest.mark.parametrize(
    ("unit", "several"),
    [("bag", "bags"), ("box", "boxes"), ("kg", "kg"), ("MT", "MT"), ("pcs", "pcs"), ("m3", "m3")],
)
def test_several_of_a_unit_are_named_as_words_are_and_abbreviations_stay(unit, several):
    assert plural(unit) == several
