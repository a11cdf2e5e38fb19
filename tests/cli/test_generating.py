"""The verb ``generate`` as a person and a script meet it."""

from __future__ import annotations

import json

import pytest

import pklogistics
from tests.command import run


def test_every_option_reaches_the_mission(tmp_path):
    sizes = {"organisations": 4, "activities": 3, "commodities": 2, "depots": 3, "funds": 5, "units": 2}
    words = [word for name, n in sizes.items() for word in (f"--{name}", n)]
    more = ("--periods", 2, "--tightness", 0.3, "--geography", "uniform")
    target = tmp_path / "made"
    record = json.loads(run("generate", target, "--sites", 30, "--seed", 7, *words, *more, "--json").stdout)
    mission = pklogistics.read(target)
    assert mission == pklogistics.generate(30, 7, **sizes, periods=2, tightness=0.3, geography="uniform")
    assert record["mission"] == "generated-30-7"
    assert record["rows"] == {name: len(table) for name, table in mission.tables.items()}


def test_all_families_are_there_unless_told_otherwise(tmp_path):
    run("generate", tmp_path / "whole", "--sites", 20, "-q")
    whole = set(pklogistics.read(tmp_path / "whole").tables)
    assert {"needs", "capabilities", "funds", "units", "depots", "routes"} <= whole
    run("generate", tmp_path / "bare", "--sites", 20, "--units", 0, "--depots", 0, "--funds", 0, "-q")
    assert not {"funds", "units", "depots", "routes"} & set(pklogistics.read(tmp_path / "bare").tables)


def test_the_same_options_write_the_same_bytes(tmp_path):
    for name in ("one", "other"):
        run("generate", tmp_path / name, "--sites", 40, "--seed", 3, "-q")
    files = sorted((tmp_path / "one").iterdir())
    assert len(files) > 20
    assert [f.read_bytes() for f in files] == [(tmp_path / "other" / f.name).read_bytes() for f in files]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sites", 0), "sites is 0, but must be at least 1"),
        (("--sites", 5, "--tightness", 2), "tightness must be from 0 to 1"),
        (("--sites", 5, "--geography", "round"), "'round' is not one of"),
        ((), "missing option '--sites'"),
    ],
)
def test_wrong_use_is_told_and_writes_nothing(tmp_path, words, told):
    assert told in run("generate", tmp_path / "made", *words, code=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_kept(tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "thesis.txt").write_text("years of work")
    assert "is there already" in run("generate", tmp_path / "made", "--sites", 5, code=2).stderr
    assert (tmp_path / "made" / "thesis.txt").read_text() == "years of work"
