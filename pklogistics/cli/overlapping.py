"""The verb ``overlaps``: who duplicates whom, where, and which gaps stand beside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pklogistics.cli.arguments import (
    AsJson,
    Mapping,
    Quiet,
    Rows,
    Settings,
    Sheet,
    Tags,
    WrongUseError,
    pairs_set,
    require,
)
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output, counted

if TYPE_CHECKING:
    from pklogistics.instance import Mission
    from pklogistics.instance.duplication import Duplication

MOST = 12
LONGEST = 18
"""Characters of an organisation's name in a table."""
OVERLAPS = ("household", "people", "near")
"""Settings of sheets (``import --list``) that matter for overlaps."""
BOUNDS = ("at_least", "at_most", "money_at_least", "money_at_most")


def overlaps(
    path: Annotated[
        Path, typer.Argument(metavar="FILE|MISSION", help="A mission, or a 3W/4W sheet (.csv or .xlsx).")
    ],
    mission_path: Annotated[
        Path | None,
        typer.Option(
            "--mission", metavar="M", help="For a sheet: the mission whose needs it is held against."
        ),
    ] = None,
    tags: Tags = None,
    mapping: Mapping = None,
    rows: Rows = None,
    sheet: Sheet = None,
    setting: Settings = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Tell who duplicates whom, where, by how many people and how much money, and the gaps beside it.

    Of a mission: coverage by others and signed agreements, against its needs.
    """
    from pklogistics.cli.progress import ProgressLine

    out = Output(as_json=as_json, quiet=quiet)
    require(path)
    mission: Mission | None
    with ProgressLine(out, "read"):
        if is_mission(path):
            if mission_path is not None or tags or mapping or rows or setting or sheet is not None:
                raise WrongUseError(f"{path} is a mission; --mission, --tags and the like are for sheets")
            found, assumed, unmatched, mission = _of_mission(path)
        else:
            given = {"tags": tags or [], "mapping": mapping or [], "rows": rows or [], "sheet": sheet}
            found, assumed, unmatched, mission = _of_sheet(
                path, mission_path, given, pairs_set(setting or [])
            )
    currency = "" if mission is None else mission.header.currency
    _show(found if mission is None else _called(found, mission), currency, assumed, unmatched, out)
    record = {name: _records(getattr(found, name)) for name in ("overlaps", "pairs", "gaps")}
    told = {"assumptions": assumed, "unmatched": [each.row for each in unmatched]}
    out.answer({"ok": True, "source": str(path), **record, **told})
    return DONE


def is_mission(path: Path) -> bool:
    """Tell whether a path is a mission, and not a sheet of somebody."""
    if path.is_dir() or path.suffix.lower() in (".json", ".toml"):
        return True
    if path.suffix.lower() != ".xlsx":
        return False
    import openpyxl

    from pklogistics.instance.workbook import HEADER

    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except Exception:  # Whatever it is, it is no mission; the reader of sheets says what is wrong with it.
        return False
    try:
        return HEADER in [name.strip().lower() for name in book.sheetnames]
    finally:
        book.close()


def _of_mission(path: Path) -> tuple[Duplication, list[str], list[Any], Mission]:
    from pklogistics.instance import read
    from pklogistics.instance.duplication import duplication

    mission = read(path)
    assumed = ["money: the median cost a person of what the mission's organisations can do"]
    return _with_names(duplication(mission), mission), assumed, [], mission


def _of_sheet(
    path: Path, mission_path: Path | None, given: dict[str, Any], setting: dict[str, str]
) -> tuple[Duplication, list[str], list[Any], Mission | None]:
    from pklogistics.cli.importing_hxl import pairs_of, settings_of, tags_of
    from pklogistics.exchange.hxl import SheetOptions
    from pklogistics.exchange.hxl.overlaps import sheet_overlaps
    from pklogistics.instance import read

    if given["mapping"] and mission_path is None:
        raise WrongUseError("--map says what names are in a mission: say which, --mission M")
    mission: Mission | None = None if mission_path is None else read(require(mission_path))
    options = SheetOptions(tuple(tags_of(given["tags"])), tuple(given["rows"]), given["sheet"])
    settings = settings_of(setting, dict(pairs_of(given["mapping"])), OVERLAPS)
    found, assumed, unmatched = sheet_overlaps(path, mission, options, settings)
    if mission is not None:
        found = _with_names(found, mission)
    return found, list(assumed), list(unmatched), mission


def _with_names(found: Duplication, mission: Mission) -> Duplication:
    """Add the names of places, which people know better than keys."""
    from pklogistics.report.naming import names_of

    names = names_of(mission, "site")
    gaps = found.gaps.assign(beside_name=found.gaps["beside"].map(names))
    named = (frame.assign(name=frame["site"].map(names)) for frame in (found.overlaps, gaps))
    return replace(found, **dict(zip(("overlaps", "gaps"), named, strict=True)))


def _called(found: Duplication, mission: Mission) -> Duplication:
    """Return what people read: names in place of the keys of activities and organisations."""
    from pklogistics.report.naming import names_of, renamed

    activities, who = (names_of(mission, kind) for kind in ("activity", "organisation"))
    each = found.overlaps["organisations"].str.split("; ").explode()
    organisations = renamed(each, who).groupby(level=0).agg("; ".join)
    what = {"activity": renamed(found.overlaps["activity"], activities)}
    return replace(
        found,
        overlaps=found.overlaps.assign(organisations=organisations, **what),
        pairs=found.pairs.assign(
            **{name: renamed(found.pairs[name], who) for name in ("organisation", "other")}
        ),
        gaps=found.gaps.assign(activity=renamed(found.gaps["activity"], activities)),
    )


def _show(found: Duplication, currency: str, assumed: list[str], unmatched: list[Any], out: Output) -> None:
    if not out.for_people:
        return
    places = found.overlaps
    if places.empty:
        out.tell("No two organisations do the same at one place.", "green")
    else:
        out.show(_places(found, currency))
        out.tell(_total(found, currency), "bold")
        if len(found.pairs):
            out.show("", _pairs(found))
        if len(found.gaps):
            out.show("", _gaps(found))
    for each in assumed:
        out.tell(f"- {each}", "dim")
    left = [each for each in unmatched if not each.taken_for and each.kind != "organisation"]
    if left:
        names = "; ".join(f"{each.name} ({each.rows})" for each in left)
        out.tell(f"Not in the mission, and left out: {names}", "yellow")


def _places(found: Duplication, currency: str) -> Any:
    """Return the table of overlaps; columns of which nothing is known are left out."""
    from pklogistics.report.tables import SummaryTable, figure, label
    from pklogistics.report.words import short_number

    shown = found.overlaps
    told = {
        "People": "people",
        "Need": "need",
        "Twice": "at_most",
        f"Money {currency}".strip(): "money_at_most",
    }
    known = [title for title, name in told.items() if shown[name].notna().any() or name == "at_most"]
    who = label("Who", LONGEST)
    title = f"Overlaps: {counted(len(shown), 'place')} with several organisations for the same activity"
    table = SummaryTable(title, label("Place"), label("Activity"), who, *(figure(name) for name in known))
    for row in shown.head(MOST).to_dict("records"):
        cells = {"People": _number(row["people"]), "Need": _number(row["need"])}
        cells["Twice"] = _between(row["at_least"], row["at_most"])
        cells[list(told)[3]] = _between(row["money_at_least"], row["money_at_most"], short_number)
        table.row(
            row.get("name", row["site"]), row["activity"], _names(row), *(cells[title] for title in known)
        )
    table.more(len(shown) - MOST)
    return table


def _total(found: Duplication, currency: str) -> str:
    """Return in a sentence how many people are served twice, and what that costs.

    Where it is not known of one place how many they are at most, it is not known of all of them.
    """
    total = found.overlaps[list(BOUNDS)].sum(min_count=1)
    total = total.mask(found.overlaps[list(BOUNDS)].isna().any() & total.index.str.endswith("at_most"))
    people, money = _between(*total[list(BOUNDS[:2])]), _between(*total[list(BOUNDS[2:])])
    if not people:
        return "How many people are served twice is not known: numbers of people are missing."
    costs = f", for {money} {currency or '(in the currency of the sheet)'}" if money else ""
    return f"Served twice, all places together: {people} people{costs}."


def _names(row: dict[Any, Any]) -> str:
    """Return the first organisations of a place, and how many more there are; a machine is told them all."""
    names = str(row["organisations"]).split("; ")
    some = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names[:2]]
    more = f" +{len(names) - 2}" if len(names) > 2 else ""
    return f"{'; '.join(some)}{more}"


def _pairs(found: Duplication) -> Any:
    from pklogistics.report.tables import SummaryTable, figure, label

    columns = (label("Organisation"), label("And"), figure("Places"), figure("People, at most"))
    table = SummaryTable("Who does the same at the same places", *columns)
    for row in found.pairs.head(MOST).to_dict("records"):
        table.row(row["organisation"], row["other"], f"{row['places']:,}", _number(row["people"]))
    table.more(len(found.pairs) - MOST)
    return table


def _gaps(found: Duplication) -> Any:
    from pklogistics.report.tables import SummaryTable, figure, label

    known = range(3) if found.gaps["need"].notna().any() else ()
    columns = [figure(("Need", "Served", "Gap")[at]) for at in known]
    title = "Gaps beside them (activities that overlap elsewhere)"
    table = SummaryTable(title, label("Place"), label("Activity"), *columns, label("Beside"))
    for row in found.gaps.head(MOST).to_dict("records"):
        numbers = [_number(row[name]) for name in ("need", "served", "gap")]
        place, beside = row.get("name", row["site"]), row.get("beside_name", row["beside"])
        table.row(place, row["activity"], *(numbers[at] for at in known), beside)
    table.more(len(found.gaps) - MOST)
    return table


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:,.0f}"


def _between(low: float, high: float, told: Callable[[float], str] = "{:,.0f}".format) -> str:
    """Return "120–500", or the end that is known."""
    if math.isnan(high):
        return f"≥ {told(low)}" if low > 0 else ""
    if math.isnan(low):
        return f"≤ {told(high)}"
    return told(high) if round(low) == round(high) else f"{told(low)}–{told(high)}"


def _records(frame: Any) -> list[dict[str, Any]]:
    return [
        {
            str(name): None if isinstance(value, float) and math.isnan(value) else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]
