"""A plan whose prices are damaged: all but its bound can be used, and what is wrong is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pklogistics
from tests.command import run

STAFF = Path(__file__).resolve().parents[2] / "instances" / "tiny-staff"


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A plan of decomposition whose last price was cut off."""
    plan = pklogistics.solve(pklogistics.read(STAFF), strategy="decomposition", threads=1, time_limit=5)
    plan.save(tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    priced = next(line for line in record["certificate"] if "rows" in line)
    priced["rows"] = priced["rows"].rpartition(":")[0] + ":"
    (tmp_path / "plan" / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    return tmp_path / "plan"


def test_only_the_proof_of_the_bound_is_refused(damaged: Path) -> None:
    commands: list[tuple[Any, ...]] = [
        ("check", STAFF, damaged),
        ("explain", STAFF, damaged),
        ("compare", damaged, damaged),
        ("report", STAFF, damaged, "-o", damaged.parent / "page.html", "--time-limit", "0"),
    ]
    for words in commands:
        said = run(*words).stderr
        assert f"the prices that prove the bounds of the plan are damaged ({damaged / 'plan.json'}: " in said
        assert "all else can be used" in said
        assert run(*words, "-q").output == ""
    refused = json.loads(run("check", STAFF, damaged, "--bound", "--json", code=1).stdout)["error"]
    assert str(damaged / "plan.json") in refused
    assert "solve the mission again for new ones; without --bound all else is checked" in refused
