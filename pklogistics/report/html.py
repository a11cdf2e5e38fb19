"""The page: one HTML file that opens offline in any browser, on a phone and in print.

Everything is in its tables already; scripts add the map and the charts, and may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pklogistics.errors import NoPlanError, PlanError
from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.plan.plan import NOTHING_FOUND
from pklogistics.plan.whole import written_whole
from pklogistics.report import words
from pklogistics.report.boundaries import read_boundaries
from pklogistics.report.embedding import scripts, security_policy
from pklogistics.report.page import content
from pklogistics.report.reasons import known

SUFFIXES = (".html", ".htm")
GENERATOR = '<meta name="generator" content="pklogistics">'
"""Stands in the head of every page, so that a page is known as one and may be replaced."""


def report(
    mission: Mission,
    plan: Plan,
    explanation: object | None = None,
    boundaries: Mapping[str, Any] | str | Path | None = None,
    rule_of_thumb: Plan | None = None,
) -> str:
    """Return the page of a plan as HTML: one file that asks nothing of any network, user text escaped.

    Parameters
    ----------
    mission, plan
        The plan with the keys of its mission.
    explanation
        Why, and what one more of anything would change: what `explain` returns, or any object with tables
        as `pklogistics.report.reasons` describes them.
    boundaries
        Areas to lie under the map: GeoJSON in degrees, or the path of such a file.
    rule_of_thumb
        The plan to hold this one against: what `pklogistics.rule_of_thumb` returns.

    Raises
    ------
    NoPlanError
        If the plan has status none.
    PlanError
        If the boundaries cannot be read or are no areas in degrees.
    """
    if not plan.found:
        raise NoPlanError(NOTHING_FOUND)
    areas = read_boundaries(Path(boundaries)) if isinstance(boundaries, str | Path) else boundaries
    library, ours = scripts()
    return (
        _templates()
        .get_template("page.html")
        .render(
            content(mission, plan, known(mission, plan, explanation, rule_of_thumb), areas),
            generator=Markup(GENERATOR),
            policy=security_policy(),
            library=Markup(library),
            ours=Markup(ours),
        )
    )


def write_page(
    mission: Mission,
    plan: Plan,
    path: Path,
    explanation: object | None = None,
    boundaries: Mapping[str, Any] | str | Path | None = None,
    rule_of_thumb: Plan | None = None,
) -> None:
    """Write the page whole or not at all; raises `PlanError` if it cannot be written."""
    refuse_page(path)
    page = report(mission, plan, explanation, boundaries, rule_of_thumb)
    try:
        with written_whole(path) as fresh:
            fresh.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PlanError(f"the report cannot be written to {path}: {error.strerror or error}") from error
    except UnicodeEncodeError as error:
        raise PlanError(
            f"the report cannot be written: it holds text that is not Unicode ({error})"
        ) from None


def refuse_page(path: Path) -> None:
    """Raise `PlanError` if a page may not be written to ``path``: only a page is replaced by a page."""
    if path.suffix.lower() not in SUFFIXES:
        raise PlanError(f"the report is a page: name a file that ends in .html, not {path.name!r}")
    try:
        if path.is_dir() or (path.exists() and not _is_page(path)):
            raise PlanError(f"{path} exists and is not a report: it is left as it is; name another place")
        taken = next(
            (folder for folder in path.resolve().parents if folder.exists() and not folder.is_dir()), None
        )
    except OSError as error:
        raise PlanError(f"the report cannot be written to {path}: {error.strerror or error}") from error
    if taken is not None:
        raise PlanError(f"the report cannot be written to {path}: {taken} is a file")


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        return GENERATOR.encode() in file.read(2_000)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("pklogistics.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=words.number,
        fine=words.fine,
        whole=words.whole,
        percent=words.percent,
        shade=words.shade,
    )
    # The filter tojson writes < > & and quotes so that no name can end the script element that holds them.
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    return environment
