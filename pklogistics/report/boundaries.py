"""Boundaries for the map: somebody's GeoJSON, cut to the map and thinned so that the page stays small.

Coordinates are rounded to a grid that is finer than a map of the page can show, and points that fall
together are dropped. Neighbours share the grid, so their common border stays common.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pklogistics.errors import PlanError

Box = tuple[float, float, float, float]
"""West, south, east, north (degrees)."""

FINEST = 4000
"""Cells of the grid along the longer side of the map."""
MOST_POINTS = 12_000
"""Points on the page, about 0.2 MB."""
AREAS = ("Polygon", "MultiPolygon")
FORMS = ("FeatureCollection", "Feature", *AREAS)


def read_boundaries(path: Path) -> dict[str, Any]:
    """Read a GeoJSON file; raises `PlanError` if it cannot be read or is not GeoJSON in degrees."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PlanError(f"the boundaries cannot be read from {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError):
        raise PlanError(
            f"{path} is not GeoJSON: export the boundaries as GeoJSON in WGS 84 (EPSG:4326)"
        ) from None
    areas(found, str(path))
    return dict(found)


def areas(geojson: Any, place: str = "the boundaries") -> list[tuple[str, list[list[NDArray[np.float64]]]]]:
    """Return the name and the polygons (lists of rings of longitude and latitude) of each area.

    Raises
    ------
    PlanError
        If it holds no areas, or coordinates that are no degrees.
    """
    if not isinstance(geojson, Mapping) or geojson.get("type") not in FORMS:
        raise PlanError(f"{place}: expected a GeoJSON FeatureCollection of areas")
    try:
        found = [(name, _polygons(shape)) for name, shape in _shapes(geojson)]
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        raise PlanError(
            f"{place}: an area has coordinates that are not lists of longitude and latitude"
        ) from None
    rings = [ring for _, polygons in found for polygon in polygons for ring in polygon]
    if not rings:
        raise PlanError(f"{place}: there is no Polygon or MultiPolygon in it, so there are no boundaries")
    beyond = next((ring for ring in rings if not (np.abs(ring) <= (360.0, 90.0)).all()), None)
    if beyond is not None:
        x, y = beyond[~(np.abs(beyond) <= (360.0, 90.0)).all(axis=1)][0]
        raise PlanError(
            f"{place}: {x:g}, {y:g} is no longitude and latitude in degrees; export it in WGS 84 (EPSG:4326)"
        )
    return found


def _shapes(geojson: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give each area with its name: the shortest property that ends in name."""
    if geojson["type"] in AREAS:
        yield "", geojson
        return
    for feature in geojson["features"] if geojson["type"] == "FeatureCollection" else [geojson]:
        shape = feature.get("geometry")
        if shape is None or shape["type"] not in AREAS:
            continue  # Lines and points beside the areas are no boundaries.
        properties = feature.get("properties") or {}
        named = sorted((k for k in properties if k.lower().endswith("name")), key=len)
        yield str(properties[named[0]]) if named else "", shape


def _polygons(shape: Mapping[str, Any]) -> list[list[NDArray[np.float64]]]:
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [[_ring(ring) for ring in polygon] for polygon in polygons]


def _ring(points: Any) -> NDArray[np.float64]:
    ring = np.asarray([point[:2] for point in points], dtype=float)
    if ring.ndim != 2 or ring.shape[1] != 2:
        raise ValueError("a ring is a list of points")
    return ring


def thinned(geojson: Any, box: Box, *, turned: bool = False) -> dict[str, Any]:
    """Return the areas that meet the box as small GeoJSON, with their names.

    Parameters
    ----------
    geojson
        A FeatureCollection, Feature, Polygon or MultiPolygon.
    box
        What the map shows.
    turned
        Whether longitudes west of 0 lie a full turn to the east (see `places.places`).
    """
    west, south, east, north = box
    kept = []
    for name, polygons in areas(geojson):
        if turned:
            polygons = [[_turned(ring) for ring in polygon] for polygon in polygons]
        near = [p for p in polygons if p and _meets(p[0], box)]
        if near:
            kept.append((name, near))
    cell = max(east - west, north - south, 1e-6) / FINEST
    while True:
        coarse = [
            (name, [rings for p in polygons if (rings := _rounded(p, cell))]) for name, polygons in kept
        ]
        points = sum(len(ring) for _, polygons in coarse for rings in polygons for ring in rings)
        if points <= MOST_POINTS or cell > 10:
            break
        cell *= 2
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        }
        for name, polygons in coarse
        if polygons
    ]
    return {"type": "FeatureCollection", "features": features}


def _turned(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.where(ring[:, 0] < 0, ring[:, 0] + 360, ring[:, 0]), ring[:, 1]])


def _meets(ring: NDArray[np.float64], box: Box) -> bool:
    west, south, east, north = box
    low, high = ring.min(axis=0), ring.max(axis=0)
    return bool(low[0] <= east and high[0] >= west and low[1] <= north and high[1] >= south)


def _rounded(polygon: list[NDArray[np.float64]], cell: float) -> list[list[list[float]]]:
    """Return the rings on the grid; those that shrink to a line are left out, with the outer one all."""
    digits = max(0, int(np.ceil(-np.log10(cell))) + 1)
    rings = []
    for position, ring in enumerate(polygon):
        nodes = np.rint(ring / cell)
        moved = np.append(True, (np.diff(nodes, axis=0) != 0).any(axis=1))
        points = nodes[moved] * cell
        if len(points) >= 4:
            rings.append(np.round(points, digits).tolist())
        elif position == 0:
            return []
    return rings
