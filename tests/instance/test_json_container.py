"""The JSON container as other programs write it, and what is said when they get it wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pklogistics.instance import read, validate, write
from tests.instance.small_mission import mission


def test_json_takes_numbers_flags_and_lists(tmp_path: Path) -> None:
    content = {
        "format": 1,
        "mission": {"periods": 2},
        "tables": {
            "sites": [{"site": 7}, {"site": "a"}],
            "activities": [
                {"activity": "watch", "sector": "protection", "provider": "force", "continuous": True}
            ],
            "needs": [{"site": "7", "activity": "watch", "people": 12}],
            "organisations": [],
            "capabilities": [],
            "units": [{"unit": "u", "persons": 3, "available": 1.0, "tasks": ["watch"], "from": 2}],
        },
    }
    (tmp_path / "m.json").write_text(json.dumps(content))
    one = read(tmp_path / "m.json")
    assert one.tables["sites"]["site"].tolist() == ["7", "a"]
    assert one.frame("units")[["tasks", "from", "available"]].iloc[0].tolist() == [("watch",), 2, 1]
    assert one.frame("activities")["continuous"].tolist() == [True]


BAD_JSON = {
    "no JSON": (
        "{\n  oops",
        2,
        "is not JSON: Expecting property name enclosed in double quotes (line 2, column 3)",
    ),
    "a list": ("[]", None, "must be an object with the entries format, mission and tables"),
    "NaN": (
        '{"format": NaN}',
        None,
        "is not JSON: NaN is not a number that JSON knows; leave a blank value out",
    ),
    "an unknown entry": (
        '{"format": 1, "tabels": {}}',
        None,
        "entry 'tabels' is not known; did you mean 'tables'?",
    ),
    "tables as a list": (
        '{"format": 1, "tables": []}',
        None,
        "tables and columns must be objects with an entry per table",
    ),
}


@pytest.mark.parametrize(("text", "row", "message"), BAD_JSON.values(), ids=BAD_JSON.keys())
def test_bad_json_is_worded(tmp_path: Path, text: str, row: int | None, message: str) -> None:
    (tmp_path / "m.json").write_text(text)
    first = validate(tmp_path / "m.json")[0]
    assert (first.file, first.row, first.message) == ("m.json", row, message)


def test_bad_records_are_worded(tmp_path: Path) -> None:
    write(mission(), tmp_path / "m.json")
    content = json.loads((tmp_path / "m.json").read_text())
    content["tables"]["sites"] = [{"site": "a"}, {"site": {"name": "b"}}]
    content["tables"]["needs"][0]["people"] = "few"
    (tmp_path / "m.json").write_text(json.dumps(content))
    assert [str(problem) for problem in validate(tmp_path / "m.json")] == [
        "m.json table sites row 2: must be an object whose values are text, numbers, true, false "
        "or lists of text",
        "m.json table needs row 1: people is 'few'; expected a number of 0 or more (people)",
    ]
