"""The three containers: read and written without loss, and forgiving about how people's files look."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unicodedata import normalize

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pklogistics.instance import Mission, read, validate, write
from tests.instance.small_mission import HEADER, TABLES, folder, mission, said

CONTAINERS = ("folder", "book.xlsx", "file.json")

# Everything that a cell can hold: no control characters (they are refused), no lone surrogates.
letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
texts = st.text(letters | st.sampled_from("\n\t"), max_size=12) | st.sampled_from(
    [
        *(
            "=1+1",
            "+1",
            "-",
            "@x",
            "#N/A",
            "#loc",
            "007",
            "1e5",
            "0.1",
            "2011-03-01",
            "TRUE",
            "nan",
            "NA",
            "null",
        ),
        *(
            'a,"b"',
            "a;b",
            "a\nb",
            "'quoted",
            " lead",
            "trail ",
            "_x0041_",
            "_x005F_x0041_",
            "é",
            "e\u0301",
            "العربية",
        ),
    ]
)
keys = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=";"), min_size=1, max_size=6)
numbers = st.floats(min_value=0, allow_nan=False, allow_infinity=False)


@st.composite
def missions(draw: st.DrawFn) -> Mission:
    """Draw a small mission with hostile texts in every place where text may stand."""
    sites = draw(st.lists(keys, min_size=1, max_size=4, unique_by=lambda key: normalize("NFC", key)))
    own = draw(st.sampled_from(["notes", "Remarque, été", "#own", "siteX y", "population estimate"]))
    return mission(
        header={
            "name": draw(texts.filter(bool)),
            "sources": draw(st.lists(texts.filter(bool), max_size=3)),
            "description": draw(texts),
        },
        sites=[
            {"site": key, "name": draw(texts), "population": draw(numbers), own: draw(texts)} for key in sites
        ],
        needs=[{"site": key, "activity": "food", "people": draw(numbers)} for key in reversed(sites)],
        funds=[{"fund": "007", "donor": draw(texts), "amount": 1e300, "until": "2"}],
    )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=missions())
def test_no_container_loses_anything(tmp_path_factory: pytest.TempPathFactory, one: Mission) -> None:
    # Each container is read back, and the next one written from what was read.
    place = tmp_path_factory.mktemp("round")
    before = one
    for name in CONTAINERS:
        write(before, place / name)
        after = read(place / name)
        assert after == one, name
        before = after


@pytest.mark.parametrize("name", CONTAINERS)
def test_order_and_own_columns_survive(tmp_path: Path, name: str) -> None:
    one = mission(
        sites=[{"zone": "", "site": "z", "Amount due": "=1+1"}, {"site": "a", "zone": None}],
        needs=[
            {"site": "z", "activity": "food", "people": 1},
            {"site": "a", "activity": "food", "people": 2},
        ],
        staff=pd.DataFrame(columns=["organisation", "people", "remark"]),
    )
    write(one, tmp_path / name)
    two = read(tmp_path / name)
    assert two == one
    assert two.tables["sites"]["site"].tolist() == ["z", "a"]
    assert list(two.tables["sites"].columns[-2:]) == ["zone", "Amount due"]
    assert two.tables["sites"]["Amount due"].tolist() == ["=1+1", ""]
    # A table without rows is there, and switches its rules on; its own columns are there as well.
    assert two.has("staff")
    assert list(two.tables["staff"].columns) == ["organisation", "period", "people", "remark"]


@pytest.mark.parametrize("name", CONTAINERS)
def test_all_of_a_header_survives(tmp_path: Path, name: str) -> None:
    header: dict[str, Any] = {
        "name": "007",
        "description": "two\nlines; and more",
        "sources": ["a; b", "c"],
        "currency": "XOF",
        "start": "2011-03-01",
        "periods": 4,
        "period_days": 30.4375,
        "policy": {
            "max_organisations": 2,
            "min_share": 0.1,
            "impartiality_tolerance": 0,
            "medevac_minutes": 60,
            "patrol_radius_km": 0.1 + 0.2,
            "security_by_threat": [0, 0, 1, 2.5, 4],
            "severity_weights": [1, 1, 2, 3, 5],
        },
        "objective": {
            "tiers": [
                "mandate",
                {"name": "people", "terms": {"need": 1, "risk": 1e-7}, "tolerance": 0.01},
                "cost",
            ]
        },
    }
    one = mission(header)
    write(one, tmp_path / name)
    two = read(tmp_path / name)
    assert two == one
    assert two.header.sources == ("a; b", "c")
    assert two.header.policy.patrol_radius_km == 0.30000000000000004
    assert [tier.terms for tier in two.header.objective.tiers][1] == {"need": 1.0, "risk": 1e-7}
    # Only what was given is written: the default speed of evacuation is not there.
    assert "medevac_speed_kmh" not in one.header.as_document()["policy"]


@pytest.mark.parametrize("name", CONTAINERS)
def test_weights_survive(tmp_path: Path, name: str) -> None:
    one = mission({"objective": {"weights": {"need": 2, "cost": 0.5}}})
    write(one, tmp_path / name)
    two = read(tmp_path / name)
    assert two == one
    assert [(tier.name, tier.terms) for tier in two.header.objective.levels] == [
        ("weighted", {"need": 2.0, "cost": 0.5})
    ]


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_first_row_like_hashtags_is_not_lost(tmp_path: Path, name: str) -> None:
    one = mission(organisations=[{"organisation": "#org"}, {"organisation": "wfp"}], capabilities=[])
    write(one, tmp_path / name)
    assert read(tmp_path / name) == one


@pytest.mark.parametrize(
    "text", ["99999999999999990", "0.1", "1e-320", "123456789.12345679", "1.7976931348623157e308"]
)
@pytest.mark.parametrize("name", CONTAINERS)
def test_numbers_are_kept_to_the_last_digit(tmp_path: Path, name: str, text: str) -> None:
    # 123456789.12345679 needs all 17 digits; a workbook library that writes 16 would lose the last.
    one = mission(funds=[{"fund": "echo", "amount": text}])
    write(one, tmp_path / name)
    assert read(tmp_path / name).tables["funds"]["amount"].tolist() == [float(text)]


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    marked = {name: "\ufeff" + text for name, text in TABLES.items()}
    plain = read(folder(tmp_path / "plain"))
    path = folder(tmp_path / "marked", **marked)
    (path / "mission.toml").write_text("\ufeff" + HEADER, encoding="utf-8")
    assert validate(path) == ()
    assert read(path) == plain


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators(tmp_path: Path, separator: str) -> None:
    other = {name: text.replace(",", separator) for name, text in TABLES.items()}
    assert read(folder(tmp_path / "other", **other)) == read(folder(tmp_path / "plain"))


def test_decimal_commas_where_semicolons_separate(tmp_path: Path) -> None:
    path = folder(tmp_path, needs="site;activity;people;min_coverage\nbouake;food;1200,5;0,25\n")
    needs = read(path).tables["needs"]
    assert needs["people"].tolist() == [1200.5]
    assert needs["min_coverage"].tolist() == [0.25]


def test_windows_line_ends_and_blank_cells_at_the_end(tmp_path: Path) -> None:
    plain = read(folder(tmp_path / "plain"))
    windows = {name: text.replace("\n", ",,\r\n") + ",,,,,,,,,\r\n\r\n" for name, text in TABLES.items()}
    assert read(folder(tmp_path / "windows", **windows)) == plain


def test_headers_in_any_case_and_aliases(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        organisations="Organization, Base Cost\nwfp,100\ncaritas,\n",
        funds="FUND,Amount\necho,5\n",
        earmarks="fund,Cost kind\necho,Service\n",
    )
    one = read(path)
    assert one.tables["organisations"]["base_cost"].fillna(-1).tolist() == [100.0, -1.0]
    assert one.tables["earmarks"]["kind_of_cost"].tolist() == ["service"]


def test_hxl_hashtags_give_unknown_columns_their_meaning(tmp_path: Path) -> None:
    text = (
        "Lieu,Secteur d'activité,Période,Personnes,Remarque\n"
        "#loc +code,#activity,#date+period,#inneed+ind,\n"
        "bouake,food,,1000,urgent\n"
        "nowhere,health,1,500,\n"
    )
    path = folder(tmp_path, needs=text)
    # The row of hashtags counts as a row of the file.
    assert said(path) == [("needs.csv", 4, "site", "nowhere", "site 'nowhere' is not in sites.csv")]
    needs = read(folder(tmp_path, needs=text.replace("nowhere", "korhogo"))).tables["needs"]
    assert needs["people"].tolist() == [1000.0, 500.0]
    assert needs["Remarque"].tolist() == ["urgent", ""]


def test_a_known_header_beats_a_hashtag(tmp_path: Path) -> None:
    text = "site,activity,people,affected\n#loc,#activity,,#inneed\nbouake,food,7,9\n"
    needs = read(folder(tmp_path, needs=text)).tables["needs"]
    assert needs["people"].tolist() == [7.0]
    assert needs["affected"].tolist() == ["9"]


def test_names_are_compared_composed_and_without_blanks(tmp_path: Path) -> None:
    # The same é, in one letter and as e with an accent after it; a no-break space behind a name.
    path = folder(
        tmp_path,
        organisations="organisation\nWFP Séguéla\ncaritas\n",
        capabilities=(
            "organisation,activity\nWFP Se\u0301gue\u0301la\u00a0,food\nwfp se\u0301gue\u0301la,food\n"
        ),
    )
    assert said(path) == [
        (
            *("capabilities.csv", 3, "organisation", "wfp séguéla"),
            "organisation 'wfp séguéla' is not in organisations.csv; did you mean 'WFP Séguéla'?",
        )
    ]
