"""Somebody's GeoJSON: what is taken of it, and what is said of what cannot be."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pklogistics.errors import PlanError
from pklogistics.report.boundaries import MOST_POINTS, areas, read_boundaries, thinned
from pklogistics.report.html import report
from tests.report.missions import hostile

BOX = (0.0, 0.0, 10.0, 10.0)


def ring(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def collection(*rings, **properties):
    features = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [each]}}
        for each in rings
    ]
    return {"type": "FeatureCollection", "features": features}


def test_areas_on_the_map_are_kept_with_their_names():
    given = collection(ring(1, 1, 2, 2), ring(50, 50, 51, 51), ADM1_NAME="Kasaï", NAME="x")
    found = thinned(given, BOX)["features"]
    assert len(found) == 1  # The other lies far from the map.
    assert found[0]["properties"] == {"name": "x"}  # The shorter of the two that end in name.
    assert found[0]["geometry"]["coordinates"] == [[ring(1, 1, 2, 2)]]


def test_what_is_no_area_is_left_out():
    given = collection(ring(1, 1, 2, 2))
    given["features"] += [
        {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [1, 2]}},
        {"type": "Feature", "properties": None, "geometry": None},
    ]
    assert len(areas(given)) == 1


def test_neighbours_keep_their_common_border_when_thinned():
    # A border of 100,000 points between two areas: thinned to the same points on both sides.
    y = np.linspace(0, 10, 100_000)
    border = np.column_stack([5 + 0.3 * np.sin(7 * y), y])
    left = [*border.tolist(), [0, 10], [0, 0], border[0].tolist()]
    right = [*border[::-1].tolist(), [10, 0], [10, 10], border[-1].tolist()]
    found = thinned(collection(left, right), BOX)["features"]
    one, other = (each["geometry"]["coordinates"][0][0] for each in found)
    assert len(one) + len(other) <= MOST_POINTS
    inside = [{tuple(point) for point in each if 4 < point[0] < 6} for each in (one, other)]
    assert inside[0] == inside[1]
    assert len(inside[0]) > 1000
    # And it lies where it was: within a cell of the grid.
    kept = np.array(sorted(inside[0], key=lambda point: point[1]))
    assert np.abs(kept[:, 0] - (5 + 0.3 * np.sin(7 * kept[:, 1]))).max() < 0.02


def test_an_area_smaller_than_a_point_is_left_out():
    assert thinned(collection(ring(1, 1, 1.00001, 1.00001)), BOX)["features"] == []


def test_a_map_across_the_date_line_turns_its_boundaries():
    found = thinned(collection(ring(-175, 1, -170, 2)), (170, 0, 195, 10), turned=True)["features"]
    assert found[0]["geometry"]["coordinates"][0][0][0] == [185, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not GeoJSON"),
        ("[]", "expected a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "there is no Polygon"),
        ('{"type": "FeatureCollection"}', "not lists of longitude and latitude"),
        ('{"type": "Polygon", "coordinates": [[["a", 1]]]}', "not lists of longitude and latitude"),
        ('{"type": "Polygon", "coordinates": [[[500000, 4649776], [1, 1]]]}', "in WGS 84"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, text, message):
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    with pytest.raises(PlanError, match=message):
        read_boundaries(path)
    with pytest.raises(PlanError, match="cannot be read"):
        read_boundaries(tmp_path)


def test_the_page_holds_them_and_nothing_of_their_markup(tmp_path):
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps(collection(ring(0, 0, 5, 5), name="</script><script>alert(1)</script>")))
    page = report(*hostile(), boundaries=path)
    assert "\\u003c/script\\u003e\\u003cscript\\u003ealert(1)" in page
    assert page.count("<script") == 3
