"""The verb ``import`` for humanitarian sheets: what they add to a mission, and what had to be assumed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pklogistics.cli.arguments import WrongUseError, require
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output, counted

if TYPE_CHECKING:
    from pklogistics.exchange.hxl import Imported, Unmatched
    from pklogistics.exchange.hxl.outcome import SheetSettings

SHEETS: Mapping[str, str] = MappingProxyType(
    {
        "hxl-4w": "who does what where, a sheet with HXL hashtags",
        "hxl-needs": "people in need by area and sector, a sheet with HXL hashtags",
    }
)
"""Humanitarian sheets that can be imported."""

SETTINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "household": ("5", "people in a household, where the sheet counts households"),
        "missing": ("0", "4W: share of the need that a row without a number of people stands for, 0 to 1"),
        "planned": (
            "agreed",
            "4W: what a row of a planned organisation becomes: agreed, allowed or coverage",
        ),
        "people": ("", "people where the sheet gives no number"),
        "severity-scale": ("5", "needs: the greatest severity of the sheet, brought to 1 to 5"),
        "activities": ("", "needs: activities that every place of a sheet without sectors needs, ; between"),
        "near": ("yes", "whether a probable misspelling is taken for the mission's name, and told"),
    }
)
"""What may be set: the default of each, and what it means."""

NUMBERS = ("household", "missing", "people", "severity_scale")
FLAGS = {"yes": True, "no": False}


def import_sheet(
    format_name: str,
    file: Path,
    mission_path: Path | None,
    target: Path,
    settings: Mapping[str, str],
    given: Mapping[str, Any],
    out: Output,
) -> int:
    """Read a humanitarian sheet into a mission and write that."""
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.exchange.hxl import SheetOptions, import_4w, import_needs
    from pklogistics.instance import read, write

    if format_name == "hxl-4w" and mission_path is None:
        raise WrongUseError("a 4W adds to a mission: say which, --mission M (import hxl-needs can begin one)")
    options = SheetOptions(tuple(tags_of(given["tags"])), tuple(given["rows"]), given["sheet"])
    chosen = settings_of(settings, dict(pairs_of(given["mapping"])))
    with ProgressLine(out, "read") as line:
        mission = None if mission_path is None else read(require(mission_path))
        line.phase("match")
        if mission is None or format_name == "hxl-needs":
            found = import_needs(file, mission, options, chosen)
        else:
            found = import_4w(file, mission, options, chosen)
        line.phase("write")
        write(found.mission, target, overwrite=True)
    _show(found, out)
    out.say(f"mission written to {target}")
    name = found.mission.header.name
    out.answer({"ok": True, "mission": name, "source": str(file), "target": str(target), **found.record})
    return DONE


def list_settings(file: Path, out: Output) -> int:
    """Tell what may be set for humanitarian sheets."""
    told = {name: {"default": default, "meaning": what} for name, (default, what) in SETTINGS.items()}
    out.answer({"ok": True, "source": str(file), "settings": told})
    for name, (default, what) in SETTINGS.items():
        out.tell(f"--set {name}={default}  {what}")
    return DONE


def tags_of(given: Sequence[str]) -> Iterator[str]:
    """Yield ``header=#tag`` from options (several with commas between) and files."""
    for each in given:
        if "=" not in each:
            yield from _lines(each, "HEADER=#tag")
            continue
        # A header may hold a comma; a tag does not.
        yield from re.split(r",(?=[^#]*=\s*#)", each)


def pairs_of(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield names of a sheet and the keys of the mission that they stand for; raises `WrongUseError`.

    They come from options (several with commas between) and files, where a name may hold commas.
    """
    for each in given:
        in_file = "=" not in each and Path(each).is_file()
        for pair in _lines(each, "NAME=KEY") if in_file else re.split(r",(?=[^,]*=)", each):
            name, equals, key = pair.rpartition("=")
            if not equals or not name.strip() or not key.strip():
                told = "does not say what for what: write 'NAME=KEY', or name a file of such lines"
                raise WrongUseError(f"--map {pair.strip()!r} {told}")
            yield name.strip(), key.strip()


def _lines(file: str, form: str) -> list[str]:
    """Return the lines of a text file that are not blank; raises `WrongUseError`."""
    try:
        lines = require(Path(file)).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUseError(f"{file} is no text file of lines {form}: {error}") from None
    return [line.strip() for line in lines if line.strip()]


def settings_of(
    given: Mapping[str, str], mapping: Mapping[str, str], known: Collection[str] = SETTINGS
) -> SheetSettings:
    """Return what was set of the settings that are known; raises `WrongUseError`."""
    from pklogistics.exchange.hxl.outcome import SheetSettings
    from pklogistics.instance.names import did_you_mean

    chosen: dict[str, Any] = {"mapping": mapping}
    for name, value in given.items():
        if (name := name.replace("_", "-")) not in known:
            near = did_you_mean(name, known) or f"; the settings are {', '.join(known)}"
            raise WrongUseError(f"there is no setting {name!r}{near}")
        key = name.replace("-", "_")
        chosen[key] = _value(key, value)
    return SheetSettings(**chosen)


def _value(name: str, text: str) -> Any:
    if name in NUMBERS:
        try:
            return float(text)
        except ValueError:
            raise WrongUseError(f"--set {name}={text} is not a number") from None
    if name == "near":
        if text not in FLAGS:
            raise WrongUseError(f"--set near={text} is neither yes nor no")
        return FLAGS[text]
    return tuple(part.strip() for part in text.split(";") if part.strip()) if name == "activities" else text


def _show(found: Imported, out: Output) -> None:
    """Tell what came of the sheet, every assumption, and every name that is not the mission's."""
    made = [
        counted(found.needs, "need"),
        f"{found.coverage:,} of coverage",
        f"{found.presence:,} of presence",
    ]
    out.tell(f"{found.used:,} of {found.rows:,} rows are used: {', '.join(made)}.", "bold")
    if found.assumed:
        out.tell("\nAssumed", "bold")
        for assumption in found.assumed:
            out.tell(f"- {assumption}")
    near = [each for each in found.unmatched if each.taken_for]
    if near:
        out.tell(f"\nTaken for the nearest name ({len(near):,}); --set near=no leaves them out", "bold")
        for each in near:
            key = "" if each.nearest == each.taken_for else f" ({each.taken_for})"
            out.tell(f"- {each.kind} '{each.name}' for '{each.nearest}'{key}, {counted(each.rows, 'row')}")
    for kind in ("place", "activity", "organisation"):
        _show_unmatched(kind, [one for one in found.unmatched if one.kind == kind and not one.taken_for], out)


def _show_unmatched(kind: str, names: list[Unmatched], out: Output) -> None:
    if not names:
        return
    rows = sum(each.rows for each in names)
    told = {"place": "left out", "activity": "left out", "organisation": "counted as others"}[kind]
    which = _PLURAL[kind] if len(names) > 1 else kind
    what = f"{len(names):,} {which}, {counted(rows, 'row')} {told}"
    out.tell(f"\nNot in the mission: {what}; --map 'NAME=KEY' says what they are", "bold")
    with_reason = [each for each in names if each.reason and kind != "organisation"]
    for each in with_reason:
        out.tell(f"- {each.name} ({counted(each.rows, 'row')}): {each.reason}", "yellow")
    plain = [each for each in names if each not in with_reason]
    if plain:
        out.tell("; ".join(_named(each) for each in plain))


def _named(each: Unmatched) -> str:
    near = f", nearest '{each.nearest}'" if each.nearest else ""
    return f"{each.name} ({each.rows}{near})"


_PLURAL = {"place": "places", "activity": "sectors or activities", "organisation": "organisations"}
