"""The header: what it may say, how it is refused, and which formats are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pklogistics.errors import MissionError
from pklogistics.instance.findings import Naming
from pklogistics.instance.grid import Document
from pklogistics.instance.migrate import migrated
from tests.instance.small_mission import HEADER, folder, mission, said


def test_defaults() -> None:
    header = mission({"periods": 1}).header
    assert (header.name, header.currency, header.start, header.period_days) == ("mission", "USD", None, 30.0)
    policy = header.policy
    assert (policy.max_organisations, policy.min_share, policy.medevac_minutes) == (None, 0.0, None)
    assert (policy.medevac_speed_kmh, policy.security_by_threat) == (40.0, (0.0,) * 5)
    assert policy.severity_weights == (1.0, 2.0, 3.0, 4.0, 5.0)
    assert [(tier.name, tier.terms, tier.tolerance) for tier in header.objective.levels] == [
        ("mandate", {"mandate": 1.0}, 0.0),
        ("need", {"need": 1.0}, 0.0),
        ("cost", {"cost": 1.0}, 0.0),
    ]


BAD = {
    # text of mission.toml: (key, value, message)
    "unknown key": (
        "format = 1\nperoids = 3\n",
        "peroids",
        None,
        "key 'peroids' is not known; did you mean 'periods'?",
    ),
    "key in the wrong section": (
        "format = 1\nmin_share = 0.1\n",
        *("min_share", None),
        "key 'min_share' is not known; did you mean 'policy.min_share'?",
    ),
    "unknown key of the policy": (
        "format = 1\n[policy]\nmedvac_minutes = 3\n",
        *("policy.medvac_minutes", None),
        "key 'policy.medvac_minutes' is not known; did you mean 'policy.medevac_minutes'?",
    ),
    "no periods": ("format = 1\nperiods = 0\n", "periods", "0", "periods is '0'; expected 1 or more"),
    "periods as text": (
        "format = 1\nperiods = 'x'\n",
        "periods",
        "x",
        "periods is 'x'; expected a whole number",
    ),
    "no length": (
        "format = 1\nperiod_days = 0\n",
        "period_days",
        "0",
        "period_days is '0'; expected more than 0",
    ),
    "a share over 1": (
        "format = 1\n[policy]\nmin_share = 20\n",
        *("policy.min_share", "20"),
        "policy.min_share is '20'; expected 1 or less",
    ),
    "four threats": (
        "format = 1\n[policy]\nsecurity_by_threat = [0, 1, 2, 3]\n",
        *("policy.security_by_threat", None),
        "policy.security_by_threat has fewer values than expected; give one for each level",
    ),
    "no date": (
        "format = 1\nstart = '1 March'\n",
        *("start", "1 March"),
        "start is '1 March'; expected a date such as 2011-06-01",
    ),
    "unknown term": (
        "format = 1\n[objective]\nweights = {needs = 1}\n",
        *("objective.weights.needs", "needs"),
        "'needs' is not a term of the objective; known are mandate, need, cost, risk, change, waste; "
        "did you mean 'need'?",
    ),
    "tier without terms": (
        "format = 1\n[objective]\ntiers = ['people']\n",
        *("objective.tiers.1.terms", None),
        "objective.tiers.1.terms is missing; a tier is named as one of mandate, need, cost, risk, "
        "change, waste, or has terms = {need = 1.0}, say",
    ),
    "tiers and weights": (
        "format = 1\n[objective]\ntiers = ['need']\nweights = {need = 1}\n",
        *("objective", None),
        "objective: tiers and weights are both given; name one of them",
    ),
    "a tier twice": (
        "format = 1\n[objective]\ntiers = ['need', 'need']\n",
        *("objective", None),
        "objective: two tiers have the same name; give each its own",
    ),
    "no tier": (
        "format = 1\n[objective]\ntiers = []\n",
        *("objective", None),
        "objective: tiers is empty; name at least one",
    ),
    "no weight": (
        "format = 1\n[objective]\nweights = {}\n",
        *("objective.weights", None),
        "objective.weights: expected at least 1 value",
    ),
    "no format": ("periods = 3\n", "format", None, "format is missing; add format = 1"),
    "a newer format": (
        "format = 2\n",
        *("format", "2"),
        "format 2 is newer than this release reads (1); install a newer pklogistics",
    ),
    "a format that is none": ("format = 'one'\n", "format", "one", "format is 'one'; expected 1"),
}


@pytest.mark.parametrize(("text", "key", "value", "message"), BAD.values(), ids=BAD.keys())
def test_a_bad_header_is_worded(tmp_path: Path, text: str, key: str, value: str | None, message: str) -> None:
    assert said(folder(tmp_path, header=text, needs="site,activity,people\nbouake,food,1\n")) == [
        ("mission.toml", None, key, value, message)
    ]


def test_a_header_that_is_no_toml(tmp_path: Path) -> None:
    (problem,) = said(folder(tmp_path, header="format = 1\nname = small\n"))
    assert problem[0] == "mission.toml"
    assert problem[4] == "is not TOML: invalid value (at line 2, column 8)"


def test_a_folder_without_a_header(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "mission.toml").rename(path / "misson.toml")
    assert said(path) == [
        (
            *("mission.toml", None, None, None),
            "is missing; a mission needs it, with format = 1 at least; is it 'misson.toml'?",
        )
    ]


def test_dates_need_a_start(tmp_path: Path) -> None:
    path = folder(
        tmp_path, header="format = 1\nperiods = 3\n", funds="fund,amount,until\necho,5,2011-05-01\n"
    )
    assert said(path) == [
        (
            *("funds.csv", 2, "until", "2011-05-01"),
            "until is the date '2011-05-01', but mission.toml has no start; add one",
        )
    ]


def test_weights_make_one_tier() -> None:
    header = mission({"objective": {"weights": {"need": 1, "cost": 2}}}).header
    (tier,) = header.objective.tiers
    assert (tier.name, tier.terms) == ("weighted", {"need": 1.0, "cost": 2.0})


def test_headers_refuse_control_characters() -> None:
    with pytest.raises(MissionError, match="holds a control character"):
        mission({"name": "a\x00b"})


def _document(header: dict[str, Any]) -> Document:
    return Document(header, {}, Naming())


def test_older_formats_are_migrated_step_by_step() -> None:
    # Format 1 called the periods months, format 2 calls them periods; format 3 adds a currency.
    def second(document: Document) -> Document:
        header = dict(document.header or {})
        header["periods"] = header.pop("months")
        return replace(document, header=header)

    def third(document: Document) -> Document:
        assert document.header is not None
        assert "periods" in document.header
        return replace(document, header={**document.header, "currency": "USD"})

    document = migrated(_document({"format": 1, "months": 4}), steps={1: second, 2: third}, newest=3)
    assert document.header == {"format": 3, "periods": 4, "currency": "USD"}
    assert document.findings.problems == []
    again = migrated(_document({"format": "2", "periods": 4}), steps={1: second, 2: third}, newest=3)
    assert again.header == {"format": 3, "periods": 4, "currency": "USD"}


def test_a_format_without_a_step_is_refused() -> None:
    document = migrated(_document({"format": 1}), steps={}, newest=2)
    assert [str(problem) for problem in document.findings.problems] == [
        "mission.toml: format 1 is no longer read; convert the mission with an older release"
    ]


def test_the_present_format_is_left_as_it_is(tmp_path: Path) -> None:
    assert said(folder(tmp_path, header=HEADER)) == []
