from __future__ import annotations

import json
import math
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pklogistics.errors import NoPlanError, PlanError
from pklogistics.plan import TABLES, Plan
from pklogistics.plan.certificate import Certificate, Damaged, Part, PricedTier, Prices
from tests.plan.plans import SERVICE, small_plan, with_texts

CONTAINERS = ["plan", "plan.xlsx"]
HOSTILE = [
    *(
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "#N/A",
        "007",
        "1e5",
        "TRUE",
        "nan",
        "NA",
        "null",
        "None",
        "2024-01-01",
    ),
    *('say "no"', "a,b", "a;b", "two\nlines", "two\r\nlines", "lone\rreturn", "tab\t", " spaces ", "\n", "'"),
    *(
        "Bouaké",
        "Сектор",
        "مستشفى",
        "\u202eright to left",
        "𝔘",
        "e\u0301",
        "\u00a0",
        "\ufeff",
        "_x0041_",
        "\x01",
    ),
    *("<script>alert(1)</script>", "&amp;", "--", "\u2028", "\x7f", "\x85"),
]
one_place = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("name", CONTAINERS)
def test_as_many_prices_as_a_large_mission_has_are_read_back_equal(tmp_path, name):
    # More than one line of them, which a workbook's cell could not hold, and none of them in a row.
    rows = tuple(range(10_001, 30_000, 2))
    prices = Prices(rows, tuple(-1.234567e-05 * row for row in rows))
    plan = small_plan(certificate=Certificate("", (PricedTier("need", (prices,), (Part((), 0),)),)))
    plan.save(tmp_path / name)
    assert Plan.load(tmp_path / name) == plan


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_plan_without_prices_is_read_back_equal(tmp_path, name):
    small_plan(certificate=None).save(tmp_path / name)
    assert Plan.load(tmp_path / name) == small_plan(certificate=None)


def test_a_plan_of_before_there_were_prices_has_none(tmp_path):
    small_plan().save(tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    del record["certificate"]
    (tmp_path / "plan" / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    assert Plan.load(tmp_path / "plan") == small_plan(certificate=None)


@pytest.mark.parametrize(
    "line",
    [{}, {"tier": "need", "prices": 4, "rows": "1:2"}, {"rows": "x"}, "rows", None, 7, {"tier": "need"}]
    + [{"tier": "need", "prices": 0, "rows": text} for text in ("1:2 x", "1:", "1:2:3", 5)]
    + [{"tier": "need", "prices": 0, "part": text} for text in ("1", "1:0", "1:0..x")],
)
def test_a_plan_whose_prices_are_damaged_is_read_and_says_so(tmp_path, line):
    small_plan().save(tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    record["certificate"].append(line)
    (tmp_path / "plan" / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    plan = Plan.load(tmp_path / "plan")
    assert isinstance(plan.certificate, Damaged)
    assert plan.certificate.place == str(tmp_path / "plan" / "plan.json")
    assert replace(plan, certificate=None) == small_plan(certificate=None)
    plan.save(tmp_path / "again")
    assert Plan.load(tmp_path / "again").certificate is None


@pytest.mark.parametrize("certificate", ["all of it", {"tier": "need"}, 5, [[]], True])
def test_prices_that_are_something_else_altogether_are_damaged(tmp_path, certificate):
    small_plan().save(tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    (tmp_path / "plan" / "plan.json").write_text(json.dumps({**record, "certificate": certificate}))
    assert isinstance(Plan.load(tmp_path / "plan").certificate, Damaged)


def test_prices_that_are_damaged_in_a_workbook_leave_the_rest_of_it(tmp_path):
    small_plan().save(tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    book["certificate"]["A4"] = book["certificate"]["A4"].value[:-4]
    book.save(tmp_path / "plan.xlsx")
    plan = Plan.load(tmp_path / "plan.xlsx")
    assert isinstance(plan.certificate, Damaged)
    assert "sheet 'certificate'" in plan.certificate.place
    assert replace(plan, certificate=None) == small_plan(certificate=None)
    book["violations"]["A2"] = "{"
    book.save(tmp_path / "plan.xlsx")
    with pytest.raises(PlanError, match="damaged"):
        Plan.load(tmp_path / "plan.xlsx")


def test_a_record_that_ends_too_early_is_told_with_its_file_and_what_to_do(tmp_path):
    small_plan().save(tmp_path / "plan")
    record = tmp_path / "plan" / "plan.json"
    record.write_text(record.read_text(encoding="utf-8")[:-300], encoding="utf-8")
    with pytest.raises(PlanError, match=r"plan.json is damaged: .*; restore it, or solve the mission again"):
        Plan.load(tmp_path / "plan")


@pytest.mark.parametrize("name", CONTAINERS)
def test_read_back_equal(tmp_path, name):
    plan = small_plan()
    plan.save(tmp_path / name)
    assert Plan.load(tmp_path / name) == plan
    assert [entry.name for entry in tmp_path.iterdir()] == [name]  # Nothing else is left beside it.


@pytest.mark.parametrize("name", CONTAINERS)
def test_hostile_text_reads_back_equal(tmp_path, name):
    plan = with_texts(HOSTILE)
    plan.save(tmp_path / name)
    assert Plan.load(tmp_path / name).tables["service"]["site"].tolist() == HOSTILE


@pytest.mark.parametrize("name", CONTAINERS)
@one_place
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=20)
)
def test_any_text_reads_back_equal(tmp_path, name, texts):
    plan = with_texts(texts)
    plan.save(tmp_path / name, overwrite=True)
    assert Plan.load(tmp_path / name) == plan


@pytest.mark.parametrize("name", CONTAINERS)
@one_place
@given(numbers=st.lists(st.floats(allow_nan=True, allow_infinity=False), min_size=1, max_size=30))
def test_any_number_reads_back_exactly(tmp_path, name, numbers):
    rows = pd.DataFrame([{**SERVICE, "people": number} for number in numbers])
    plan = small_plan(tables={"service": rows})
    plan.save(tmp_path / name, overwrite=True)
    assert Plan.load(tmp_path / name) == plan


def test_files_are_plain_and_say_what_they_mean(tmp_path):
    small_plan().save(tmp_path / "plan")
    assert (tmp_path / "plan" / "service.csv").read_text(encoding="utf-8").splitlines() == [
        "site,activity,sector,period,organisation,modality,scope,post,people",
        "Man,health,Health,1,MSF,service,anywhere,,250.5",
    ]
    assert (tmp_path / "plan" / "bases.csv").read_text().splitlines()[1] == "MSF,Man,1,yes"
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert record["format"] == 1
    # Nothing is proven of the second tier, and JSON has no word for infinity.
    assert record["tiers"][1] == {
        **{"name": "need", "value": 749.5, "bound": None, "gap": None, "seconds": 0.2, "stopped": "time"},
        **{"held_at": None},
    }
    assert "mission currency" in record["tables"]["funds"]["columns"]["amount"]
    assert list(record["tables"]) == list(TABLES)


def test_workbook_holds_text_as_text_and_numbers_as_numbers(tmp_path):
    with_texts(["=1+1", "007"]).save(tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert book.sheetnames[:3] == ["summary", "plan", "tiers"]
    sheet = book["service"]
    assert [(cell.value, cell.data_type) for cell in sheet["A"]][1:] == [("=1+1", "s"), ("007", "s")]
    assert (sheet["I2"].value, sheet["I2"].data_type) == (250.5, "n")
    assert sheet.freeze_panes == "A2"


def test_nothing_found_is_not_saved(tmp_path):
    with pytest.raises(NoPlanError):
        Plan.empty("m", "time").save(tmp_path / "plan")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", CONTAINERS)
def test_overwrites_a_plan_only_when_asked(tmp_path, name):
    small_plan().save(tmp_path / name)
    with pytest.raises(PlanError, match="allow to overwrite"):
        small_plan(stopped="gap").save(tmp_path / name)
    assert Plan.load(tmp_path / name).stopped == "time"
    small_plan(stopped="gap").save(tmp_path / name, overwrite=True)
    assert Plan.load(tmp_path / name).stopped == "gap"
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_never_overwrites_what_is_not_a_plan(tmp_path):
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter.txt").write_text("years of work")
    (tmp_path / "data.xlsx").write_bytes(b"not a workbook")
    openpyxl.Workbook().save(tmp_path / "budget.xlsx")
    (tmp_path / "file").write_text("text")
    for name in ("thesis", "data.xlsx", "budget.xlsx", "file"):
        with pytest.raises(PlanError, match="not a plan"):
            small_plan().save(tmp_path / name, overwrite=True)
    with pytest.raises(PlanError, match="is a file"):
        small_plan().save(tmp_path / "file" / "plan")
    assert (folder / "chapter.txt").read_text() == "years of work"
    assert (tmp_path / "data.xlsx").read_bytes() == b"not a workbook"


@pytest.mark.parametrize("name", ["plan.json", "plan.csv", "plan.html"])
def test_other_containers_are_refused(tmp_path, name):
    with pytest.raises(PlanError, match="folder or a workbook"):
        small_plan().save(tmp_path / name)


def test_the_folder_one_stands_in_is_refused(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    for place in (".", ".."):
        with pytest.raises(PlanError, match="the folder you are in"):
            small_plan().save(place)


def test_files_kept_beside_a_plan_survive_its_replacement(tmp_path):
    small_plan().save(tmp_path / "plan")
    (tmp_path / "plan" / "report.html").write_text("mine")
    small_plan(stopped="gap").save(tmp_path / "plan", overwrite=True)
    assert (tmp_path / "plan" / "report.html").read_text() == "mine"
    assert Plan.load(tmp_path / "plan").stopped == "gap"


def test_an_empty_folder_and_missing_parents_are_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    small_plan().save(tmp_path / "empty")
    small_plan().save(tmp_path / "a" / "b" / "plan.xlsx")
    assert Plan.load(tmp_path / "empty") == Plan.load(tmp_path / "a" / "b" / "plan.xlsx")


class DiskFullError(OSError):
    def __init__(self) -> None:
        super().__init__(28, "No space left on device")


@pytest.mark.parametrize("error", [DiskFullError(), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("plan", "pklogistics.plan.folder.json.dumps"),  # After the tables, before the certificate.
        ("plan.xlsx", "openpyxl.writer.excel.ExcelWriter.save"),
    ],
)
@pytest.mark.parametrize("before", [False, True])
def test_failing_writes_leave_nothing_half_done(tmp_path, monkeypatch, name, fails, error, before):
    target = tmp_path / "deep" / name
    if before:
        small_plan().save(target)

    def fail(*_args, **_keys):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(fails, fail)
        expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else PlanError
        with pytest.raises(expected):
            small_plan(stopped="gap").save(target, overwrite=True)
    if before:
        assert Plan.load(target) == small_plan()
        assert [entry.name for entry in target.parent.iterdir()] == [name]
    else:
        assert list(tmp_path.iterdir()) == []  # The folder made on the way is gone as well.


def test_a_full_disk_is_said_in_words(tmp_path):
    with pytest.raises(PlanError, match="cannot be written"):
        small_plan().save("/dev/full/plan")


def test_text_that_is_not_unicode_is_refused(tmp_path):
    for name in CONTAINERS:
        with pytest.raises(PlanError, match="Unicode"):
            with_texts(["\ud800"]).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_text_too_long_for_a_cell_is_refused_by_the_workbook_alone(tmp_path):
    plan = with_texts(["a" * 200_000])
    with pytest.raises(PlanError, match="save the plan to a folder"):
        plan.save(tmp_path / "plan.xlsx")
    assert list(tmp_path.iterdir()) == []
    plan.save(tmp_path / "plan")
    assert Plan.load(tmp_path / "plan") == plan


def _change(path, old, new):
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda p: (p / "plan.json").unlink(), "has no plan.json"),
        (lambda p: (p / "plan.json").write_text("{"), "is damaged"),
        (lambda p: (p / "plan.json").write_text("[1]"), "not a plan"),
        (lambda p: (p / "plan.json").write_text('{"format": 1}'), "damaged"),
        (lambda p: (p / "plan.json").write_text('{"format": 9}'), "format 9"),
        (lambda p: (p / "service.csv").unlink(), "service.csv is missing"),
        (lambda p: (p / "service.csv").write_text(""), "is empty"),
        (lambda p: (p / "service.csv").write_bytes(b"site\xff"), "UTF-8"),
        (lambda p: _change(p / "service.csv", "people", "persons"), "columns must be"),
        (
            lambda p: _change(p / "service.csv", "250.5", "many"),
            "row 2, column people: 'many' is not a number",
        ),
        (lambda p: _change(p / "service.csv", ",1,", ",1.5,"), "column period: '1.5' is not a whole number"),
        (lambda p: _change(p / "bases.csv", "yes", "maybe"), "column set_up: 'maybe' is not yes or no"),
        (lambda p: _change(p / "service.csv", "250.5", "250.5,1,2"), "cannot be read as CSV"),
    ],
)
def test_damaged_folders_are_explained(tmp_path, damage, message):
    small_plan().save(tmp_path / "plan")
    damage(tmp_path / "plan")
    with pytest.raises(PlanError, match=message):
        Plan.load(tmp_path / "plan")


def test_what_is_not_a_plan_is_explained(tmp_path):
    (tmp_path / "text.xlsx").write_text("text")
    (tmp_path / "text").write_text("text")
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    for name, message in [
        ("nowhere", "there is no plan at"),
        ("nowhere.xlsx", "there is no plan at"),
        ("text", "give a folder or a workbook"),
        ("text.xlsx", "not a workbook"),
        ("other.xlsx", "no sheet 'plan'"),
    ]:
        with pytest.raises(PlanError, match=message):
            Plan.load(tmp_path / name)


def test_a_plan_edited_to_half_a_unit_can_be_read(tmp_path):
    half = {"unit": "company", "site": "Man", "period": 1, "count": 0.5, "persons": 60.0}
    small_plan(tables={"stationing": pd.DataFrame([half])}).save(tmp_path / "plan")
    assert math.isclose(Plan.load(tmp_path / "plan").tables["stationing"]["count"].iloc[0], 0.5)


def test_a_plan_of_before_tiers_told_at_what_they_were_held_says_nothing_of_it(tmp_path):
    small_plan().save(tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    for tier in record["tiers"]:
        del tier["held_at"]
    (tmp_path / "plan" / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    assert [tier.held_at for tier in Plan.load(tmp_path / "plan").tiers] == [None, None]
    small_plan().save(tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    book["tiers"].delete_cols(7)
    book.save(tmp_path / "plan.xlsx")
    assert [tier.held_at for tier in Plan.load(tmp_path / "plan.xlsx").tiers] == [None, None]
