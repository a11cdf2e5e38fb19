"""The verb ``import`` as a person and a script meet it."""

from __future__ import annotations

import json

import pytest

import pklogistics
from pklogistics.exchange import import_mission
from tests.command import run
from tests.exchange.samples import ESUPS, esups, reliefops

AT_TOWN = ("--set", "item=Kits", "--set", "location=Town")


def answer(*words: object, code: int = 0):
    return json.loads(run(*words, "--json", code=code).stdout)


@pytest.fixture
def folder(tmp_path):
    return esups(tmp_path / "stock")


@pytest.mark.parametrize("name", ["mission", "mission.xlsx", "mission.json"])
def test_import_writes_a_mission_in_any_container(folder, tmp_path, name):
    target = tmp_path / name
    record = answer("import", "esups", folder, "-o", target, "--instance", "D1", *AT_TOWN)
    assert record == {"ok": True, "mission": "esups-D1", "source": str(folder), "target": str(target)}
    assert pklogistics.read(target) == import_mission(
        "esups", folder, "D1", {"item": "Kits", "location": "Town"}
    )
    run("validate", target, "-q")


def test_import_tells_people_where_it_wrote(folder, tmp_path):
    words = ("import", "esups", folder, "-o", tmp_path / "mission", "--instance", "D1", *AT_TOWN)
    result = run(*words)
    assert (result.stdout, "mission written to" in result.stderr) == ("", True)
    assert run(*words, "--overwrite", "-q").output == ""


def test_import_replaces_only_when_told(folder, tmp_path):
    target = tmp_path / "mission"
    words = ("import", "esups", folder, "-o", target, *AT_TOWN)
    run(*words, "--instance", "D1")
    assert "--overwrite" in run(*words, "--instance", "D2", code=2).stderr
    assert pklogistics.read(target).header.name == "esups-D1"
    run(*words, "--instance", "D2", "--overwrite")
    assert pklogistics.read(target).header.name == "esups-D2"


def test_an_unknown_format_is_told_before_anything_else(tmp_path):
    result = run("import", "esup", tmp_path / "nowhere", "-o", tmp_path / "mission", code=2)
    assert "no format 'esup'; did you mean 'esups'?; the formats are esups, gap, " in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say where to write the mission: -o MISSION"),
        (("-o", "mission"), "holds 3 instances, name one of all, D1, D2"),
        (("-o", "mission", "--instance", "D4"), "no instance 'D4'"),
        (("-o", "mission", "--set", "item"), "--set item has no value: write --set NAME=VALUE"),
        (("-o", "mission", "--set", "item=Kits"), "--set item is said twice"),
        (("-o", "mission", "--set", "colour=red"), "no setting 'colour'"),
        (("-o", "no/such/folder"), "is not a folder: make it first"),
    ],
)
def test_wrong_use_is_told_and_writes_nothing(folder, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    assert told in run("import", "esups", folder, *AT_TOWN, *words, code=2).stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["stock"]


def test_a_file_that_is_not_there_is_wrong_use(tmp_path):
    result = run("import", "esups", tmp_path / "nowhere", "-o", tmp_path / "mission", code=2)
    assert "there is nothing at" in result.stderr


def test_a_file_of_another_format_is_refused_with_its_place(tmp_path):
    text = ESUPS["disasters.csv"].replace("Storm,Town,200", "Storm,Town,many")
    folder = esups(tmp_path / "stock", disasters=text)
    words = ("import", "esups", folder, "-o", tmp_path / "mission", "--instance", "D1", *AT_TOWN)
    record = answer(*words, code=1)
    assert (record["ok"], record["error"]) == (False, "the file has 1 error")
    problem = record["problems"][0]
    assert (problem["file"], problem["row"], problem["column"], problem["value"]) == (
        *("disasters.csv", 4, "TotAffected", "many"),
    )
    assert "disasters.csv row 4: TotAffected is 'many'" in run(*words, code=1).stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["stock"]


def test_nothing_is_half_written(folder, tmp_path, monkeypatch):
    def full(mission, place):
        place.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pklogistics.instance.files.WRITERS", {".json": full})
    words = ("import", "esups", folder, "-o", tmp_path / "mission.json", "--instance", "D1", *AT_TOWN)
    assert "No space left on device" in run(*words, code=1).stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["stock"]


def test_list_tells_instances_and_settings(folder, tmp_path):
    record = answer("import", "esups", folder, "--list", *AT_TOWN)
    assert record["instances"] == ["all", "D1", "D2"]
    assert list(record["settings"]) == ["item", "inventory", "location"]
    assert record["settings"]["item"]["default"] == "Buckets"
    text = run("import", "reliefops", reliefops(tmp_path / "rice"), "--list").stdout
    assert "2 instances: 1, 2" in text.replace("\n", " ")
    assert "--set config=" in text
