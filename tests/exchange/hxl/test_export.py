"""The plan as a 4W and as a map: valid for others, and read back by ourselves."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import hxl
import openpyxl
import pandas as pd
import pytest

import pklogistics
from pklogistics.errors import PlanError
from pklogistics.exchange.hxl import import_4w
from pklogistics.exchange.hxl.export import COLUMNS, errors_of, export_4w, table_4w
from pklogistics.plan import Plan
from tests.command import run
from tests.exchange.hxl.sheets import mission

HOSTILE = "=Relief & <Society>"


@pytest.fixture(scope="module")
def planned():
    """The small mission over two periods, and a plan for it, written by hand."""
    small = mission(periods=2, start="2027-01-01")
    small = small.replace(
        tables={
            "organisations": [{"organisation": "relief", "name": HOSTILE, "kind": "ngo"}],
            "funds": [{"fund": "pool", "donor": "Donor A", "amount": 9000}],
            "sites": small.tables["sites"].assign(latitude=[1.0, None, 3.0], longitude=[10.0, None, 30.0]),
        }
    )
    where = {"site": "d1", "activity": "food", "sector": "food_security", "organisation": "relief"}
    service = [
        {**where, "period": t, "modality": "in_kind", "scope": "anywhere", "post": "", "people": people}
        for t, people in ((1, 400.0), (2, 600.0))
    ]
    money = {**where, "kind_of_cost": "service", "unit": "", "region": "north", "commodity": "", "period": 1}
    coverage = [
        {
            **{key: where[key] for key in ("site", "activity", "sector")},
            **{"period": t, "people": 1000.0, "covered_by_others": 0.0, "served": n, "unmet": 1000.0 - n},
            "share": n / 1000,
        }
        for t, n in ((1, 400.0), (2, 600.0))
    ]
    tables = {
        "presence": [{key: value for key, value in service[0].items() if key not in ("sector", "post")}],
        "service": service,
        "coverage": coverage,
        "costs": [{**money, "amount": 800.0, "account": "a"}],
        "payments": [{**money, "fund": "pool", "amount": 800.0}],
        "funds": [{"fund": "pool", "donor": "Donor A", "amount": 9000.0, "paid": 800.0, "left": 8200.0}],
    }
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    return small, Plan("small", "feasible", "time", tables=frames, currency="USD")


@pytest.fixture(scope="module")
def saved(planned, tmp_path_factory):
    folder = tmp_path_factory.mktemp("planned")
    small, plan = planned
    pklogistics.write(small, folder / "m")
    plan.save(folder / "plan")
    return folder


def test_a_4w_tells_who_does_what_where_and_when(planned):
    rows = table_4w(*planned).to_dict("records")
    assert [(row["Start"], row["End"]) for row in rows] == [
        *(("2027-01-01", "2027-01-30"), ("2027-01-31", "2027-03-01")),
    ]
    first = rows[0]
    assert (first["Organisation"], first["Organisation code"]) == (HOSTILE, "relief")
    assert (first["People in need"], first["People to be reached"], first["Cost"]) == (1000, 400, 800)
    assert (first["Funded by"], first["P-code"], first["Region"]) == ("Donor A", "XX01", "north")


def test_libhxl_validates_the_sheet_by_its_own_schema(planned, tmp_path):
    table = export_4w(*planned, tmp_path / "4w.csv")
    data = hxl.data(str(tmp_path / "4w.csv"), hxl.InputOptions(allow_local=True))
    assert [column.display_tag for column in data.columns] == [tags for _, tags, _ in COLUMNS]
    assert data.validate(hxl.schema())
    assert errors_of(table) == []
    wrong = table.assign(Start="in spring")
    assert "#date" in errors_of(wrong)[0]


def test_what_is_not_valid_is_not_written(planned, tmp_path, monkeypatch):
    monkeypatch.setattr("pklogistics.exchange.hxl.export._dates", lambda *_: ("in spring", "later"))
    with pytest.raises(PlanError, match="not valid HXL"):
        export_4w(*planned, tmp_path / "4w.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["4w.csv", "4w.xlsx"])
def test_our_own_4w_comes_back_as_coverage(planned, tmp_path, name):
    export_4w(*planned, tmp_path / name)
    others = mission(periods=2, start="2027-01-01").replace(
        tables={
            "organisations": [{"organisation": "other"}],
            "capabilities": [{"organisation": "other", "activity": "food"}],
        }
    )
    found = import_4w(tmp_path / name, others)
    rows = found.mission.tables["coverage"][["site", "activity", "organisation", "period", "people"]]
    assert rows.to_numpy().tolist() == [["d1", "food", HOSTILE, 1, 400.0], ["d1", "food", HOSTILE, 2, 600.0]]
    assert [each.kind for each in found.unmatched] == ["organisation"]


def test_text_in_the_workbook_is_no_formula(planned, tmp_path):
    export_4w(*planned, tmp_path / "4w.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "4w.xlsx")["4w"]
    assert (sheet["A3"].value, sheet["A3"].data_type) == (HOSTILE, "s")
    assert (sheet["S3"].value, sheet["S3"].data_type) == (400, "n")


def test_text_in_the_csv_file_is_no_formula(planned, tmp_path):
    export_4w(*planned, tmp_path / "4w.csv")
    with (tmp_path / "4w.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[2][0] == f"'{HOSTILE}"


def test_a_map_has_every_place_and_what_is_known_of_it(planned, saved, tmp_path):
    run("export", "geojson", saved / "m", saved / "plan", "-o", tmp_path / "map.geojson", "-q")
    collection = json.loads((tmp_path / "map.geojson").read_text(encoding="utf-8"))
    features = {each["properties"]["site"]: each for each in collection["features"]}
    assert features["d1"]["geometry"] == {
        "type": "Point",
        "coordinates": [10.0, 1.0],
    }  # Longitude comes first.
    assert features["d2"]["geometry"] is None
    told = features["d1"]["properties"]
    # 400 and 600 of 1,000 are served in two periods: 500 on average, half of the need.
    assert (told["people_in_need"], told["served"], told["covered"]) == (1000, 500, 0.5)
    assert told["covered_food_security"] == 0.5
    assert told["organisations"] == HOSTILE  # As it is named, and not as tables call it.
    bare = pklogistics.geojson(planned[0])["features"][0]["properties"]
    assert bare["people_in_need"] == 4000  # Four activities, 1,000 people each.


def test_flows_are_lines_with_their_tonnes(planned):
    small, plan = planned
    depots = [
        {"depot": "port", "name": "Port of Rice", "latitude": 5.0, "longitude": 50.0},
        {"depot": "store", "site": "d3"},
        {"depot": "hill", "site": "d2"},
    ]
    goods = [{"commodity": "rice", "weight_t": 0.001}]
    sent = {
        "mode": "road",
        "commodity": "rice",
        "cargo": "open",
        "arrives": 1,
        "expires": None,
        "quantity": 1.0,
    }
    ways = [
        ("port", "store", "road", 1, 2.0),
        ("port", "store", "road", 2, 3.5),
        ("store", "d3", "local", 1, 9.0),
        ("port", "hill", "road", 1, 1.0),
    ]
    shipments = [
        {**sent, "origin": a, "destination": b, "mode": mode, "period": period, "tonnes": tonnes}
        for a, b, mode, period, tonnes in ways
    ]
    small = small.replace(tables={"depots": depots, "commodities": goods})
    plan = replace(plan, tables={**plan.tables, "shipments": pd.DataFrame(shipments)})
    features = [
        each for each in pklogistics.geojson(small, plan)["features"] if each["properties"]["kind"] == "flow"
    ]
    told = {
        each["properties"]["destination"]: (each["properties"]["tonnes"], each["geometry"])
        for each in features
    }
    # What a depot hands over where it stands is no flow; the store is at d3, nobody knows where d2 is.
    assert told["store"] == (5.5, {"type": "LineString", "coordinates": [[50.0, 5.0], [30.0, 3.0]]})
    assert told["hill"] == (1.0, None)
    assert {each["properties"]["name"] for each in features} == {
        "Port of Rice → store",
        "Port of Rice → hill",
    }
    assert len(told) == 2


def test_the_verb_tells_what_it_wrote(saved, tmp_path):
    words = ("export", "4w", saved / "m", saved / "plan", "-o", tmp_path / "4w.csv")
    record = json.loads(run(*words, "--json").stdout)
    assert record == {"ok": True, "mission": "small", "target": str(tmp_path / "4w.csv"), "rows": 2}
    assert "2 rows, valid by libhxl's schema" in run(*words).stderr
    with (tmp_path / "4w.csv").open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)][:3] == ["Organisation", "#org+name+impl", f"'{HOSTILE}"]
    text = run("export", "geojson", saved / "m", "-o", tmp_path / "map.json").stderr
    assert "map with 3 places (1 of them without coordinates)" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("4w", "m", "-o", "x.csv"), "a 4W tells of a plan"),
        (("4w", "m", "plan"), "say where to write it: -o FILE.csv"),
        (("4w", "m", "plan", "-o", "x.pdf"), "4w is written as .csv or .xlsx"),
        (("geojson", "m", "-o", "x.csv"), "geojson is written as .geojson or .json"),
        (("geojson", "m", "-o", "no/x.json"), "make its folder first"),
        (("5w", "m", "-o", "x.csv"), "'5w' is not one of"),
    ],
)
def test_wrong_use_is_told_and_writes_nothing(saved, monkeypatch, words, told):
    monkeypatch.chdir(saved)
    assert told in " ".join(run("export", *words, code=2).stderr.split())
    assert sorted(entry.name for entry in saved.iterdir()) == ["m", "plan"]
