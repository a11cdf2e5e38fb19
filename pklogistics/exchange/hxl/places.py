"""Which site a row of a sheet speaks of: by p-code first, then by name, the finest level first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.exchange.hxl.matching import Matches, Unmatched, counted
from pklogistics.exchange.hxl.reading import Sheet
from pklogistics.exchange.hxl.sectors import bare
from pklogistics.instance import Mission

LEVELS = ("#loc", "#adm5", "#adm4", "#adm3", "#adm2", "#adm1")


def code_columns(sheet: Sheet) -> list[pd.Series[str]]:
    """Return the columns of p-codes, the finest level first."""
    found = (sheet.find(f"{level}+code", f"{level}+pcode", f"{level}+v_pcode") for level in LEVELS)
    return [column for column in found if column is not None]


def name_columns(sheet: Sheet) -> list[pd.Series[str]]:
    """Return the columns of place names, the finest level first."""
    found = (sheet.find(f"{level}+name", f"{level}-code-pcode-type") for level in LEVELS)
    return [column for column in found if column is not None]


def sites_of(sheet: Sheet, mission: Mission, matches: Matches, assumed: list[str]) -> pd.Series[str]:
    """Return the site of each row, ``""`` where the mission has no such place."""
    sites = mission.frame("sites")
    found = pd.Series("", index=sheet.frame.index, dtype="str")
    codes = _by_code(sites)
    columns = code_columns(sheet)
    for at, column in enumerate(columns):
        more = column.map(bare).map(codes).fillna("")
        if at and (within := (found == "") & (more != "") & (columns[0] != "")).any():
            assumed.append(f"counted at the larger area that they lie in: {counted(int(within.sum()))}")
        found = found.mask(found == "", more)
    by_code = int((found != "").sum())
    left = found == ""
    names = name_columns(sheet)
    if names and left.any():
        found = found.mask(left, _by_name(names, left, sites, matches))
        by_name = int((found != "").sum()) - by_code
        assumed.append(f"places: {counted(by_code)} by p-code, {counted(by_name)} by name")
    elif left.any():
        _tell_codes(columns, left, matches)
    blank = (found == "") & (pd.concat([*columns, *names], axis=1) == "").all(axis=1)
    if blank.any():
        assumed.append(f"left out: {counted(int(blank.sum()))} without a place")
    return found


def _by_code(sites: pd.DataFrame) -> dict[str, str]:
    """Return the site of each p-code and key; a code that several sites share tells none of them."""
    coded = sites.assign(bare=sites["pcode"].map(bare))
    coded = coded[(coded["bare"] != "") & ~coded["bare"].duplicated(keep=False)]
    keys = {bare(site): site for site in sites["site"]}
    return {**keys, **dict(zip(coded["bare"], coded["site"], strict=True))}


def _by_name(
    names: list[pd.Series[str]], left: pd.Series[bool], sites: pd.DataFrame, matches: Matches
) -> pd.Series[str]:
    """Match by name; where several sites share one, by the name with that of the larger area."""
    finest = names[0]
    for column in names[1:]:  # A row that names only a larger area is of that area.
        finest = finest.where(finest != "", column)
    shown = sites["name"].where(sites["name"] != "", sites["site"])
    whole = pd.Series(shown.to_numpy() + np.array(" | ") + sites["region"].to_numpy(), dtype="str")
    twins = {bare(name): site for name, site in zip(whole, sites["site"], strict=True)}
    found = pd.Series("", index=finest.index, dtype="str")
    for column in names[1:]:
        found = found.mask(found == "", (finest + " | " + column).map(bare).map(twins).fillna(""))
    known = [*zip(shown, sites["site"], strict=True), *zip(sites["site"], sites["site"], strict=True)]
    rest = left & (found == "") & (finest != "")
    return found.mask(rest, _exact_or_near(finest[rest], known, matches))


def _exact_or_near(texts: pd.Series[str], known: list[tuple[str, str]], matches: Matches) -> pd.Series[str]:
    """Match names, of which several sites may share one: then it is told, and none is taken."""
    frame = pd.DataFrame(known, columns=["name", "site"]).drop_duplicates()
    frame["bare"] = frame["name"].map(bare)
    shared = frame[frame.groupby("bare")["site"].transform("nunique") > 1]
    twins = shared.groupby("bare")["site"].agg(list)
    plain = texts.map(bare)
    doubtful = plain.isin(twins.index)
    for name, rows in texts[doubtful].value_counts().items():
        sites = ", ".join(twins[bare(str(name))][:4])
        reason = f"several sites have this name: {sites}"
        matches.found.append(Unmatched("place", str(name), int(rows), reason=reason))
    alone = frame[~frame["bare"].isin(twins.index)]
    found = matches.match("place", texts[~doubtful], list(zip(alone["name"], alone["site"], strict=True)))
    return found.reindex(texts.index, fill_value="")


def _tell_codes(columns: list[pd.Series[str]], left: pd.Series[bool], matches: Matches) -> None:
    codes = columns[0][left]
    for code, rows in codes[codes != ""].value_counts().items():
        matches.found.append(Unmatched("place", str(code), int(rows)))
