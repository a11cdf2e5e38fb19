"""Family supplies: what is allowed but probably not meant of commodities, recipes and baskets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.findings import Findings, Place
from pklogistics.instance.header import Header
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.supplies_reach import entries
from pklogistics.instance.texts import cell_text
from pklogistics.instance.wording import quoted

Frames = Mapping[str, pd.DataFrame]
Places = Mapping[str, Place]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WEIGHTS = {
    **dict.fromkeys(("g", "gram", "grams"), 1e-6),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilogram", "kilograms"), 1e-3),
    **dict.fromkeys(("t", "mt", "ton", "tons", "tonne", "tonnes", "metric ton", "metric tons"), 1.0),
}
"""Tonnes in units that have a weight of their own."""
SCOPE = 2.0
"""Factor by which such a unit may weigh more or less: its packaging, say."""
HEAVIEST_KG, HEAVIEST_KG_A_DAY = 200.0, 20.0
"""What a person may take of a commodity in a period, whichever is more; nothing is heavier than water."""
LIGHTEST_KG, LIGHTEST_KG_A_DAY = 1e-4, 7e-4
"""The least of a commodity in a period; a day, if it is counted in kilograms or tonnes: 5 g a week."""
COARSE_T = 1e-3
"""Units of at least this weight (kg, t) are not used for what is taken in less: a recipe in tonnes is."""


def find_doubts_of_goods(frames: Frames, header: Header, places: Places, findings: Findings) -> None:
    """Add a warning for each commodity, recipe or requirement that is doubtful.

    Parameters
    ----------
    frames
        The filled form of all tables, absent ones without rows.
    places
        Of the tables that are there.
    """
    if "commodities" in places:
        _units_of_another_weight(frames["commodities"], places["commodities"], findings)
        _goods_that_no_limit_counts(frames, places["commodities"], findings)
        _goods_that_nobody_takes(frames, places["commodities"], findings)
    if "recipes" in places:
        _recipes_out_of_scale(frames, header, places["recipes"], findings)
        _recipes_of_nothing(frames, places["recipes"], findings)
        _recipes_without_goods(frames, places["recipes"], findings)
        _limits_of_no_basket(frames, places["recipes"], findings)
    if "requirements" in places:
        _requirements_out_of_reach(frames, places["requirements"], findings)


def _weight_of_its_unit(commodities: pd.DataFrame) -> Floats:
    weights = commodities["unit"].str.lower().map(WEIGHTS)
    return np.asarray(weights, dtype=np.float64)


def _of_another_weight(commodities: pd.DataFrame) -> Bools:
    weight, usual = commodities["weight_t"].to_numpy(), _weight_of_its_unit(commodities)
    return np.asarray((weight > 0) & ((weight > usual * SCOPE) | (weight < usual / SCOPE)), dtype=bool)


def _units_of_another_weight(commodities: pd.DataFrame, place: Place, findings: Findings) -> None:
    weight, usual = commodities["weight_t"].to_numpy(), _weight_of_its_unit(commodities)
    off = _of_another_weight(commodities)

    def word(at: int) -> tuple[str | None, str]:
        value, unit = cell_text(weight[at]), commodities["unit"].iloc[at]
        return value, (
            f"one {unit} of {quoted(commodities['commodity'].iloc[at])} weighs {value} t here, but a {unit} "
            f"is {usual[at]:.10g} t; correct unit or weight_t"
        )

    findings.at_rows(place, np.flatnonzero(off), "weight_t", word, "warning")


def _goods_that_no_limit_counts(frames: Frames, place: Place, findings: Findings) -> None:
    """Warn of goods without weight or volume where depots, routes or vehicles are limited by it."""
    commodities, depots, sites = frames["commodities"], frames["depots"], frames["sites"]
    routes, fleets = frames["routes"], frames["fleets"]
    tonnes = [depots["capacity_t"], depots["throughput_t"], routes["capacity_t"], fleets["payload_t"]]
    tonnes += [sites["storage_t"].where(sites["storage_t"] > 0), routes["escort"].where(routes["escort"])]
    cubic = [depots["capacity_m3"], fleets["payload_m3"], sites["storage_m3"].where(sites["storage_m3"] > 0)]
    limits = {
        "weight_t": any(limit.notna().any() for limit in tonnes),
        "volume_m3": any(limit.notna().any() for limit in cubic),
    }
    what = {
        "weight_t": ("weight", "depots, sites, routes, vehicles or escorts in tonnes"),
        "volume_m3": ("volume", "depots, sites or vehicles in cubic metres"),
    }
    for column in (name for name, limited in limits.items() if limited):
        blank = np.flatnonzero(commodities[column] == 0)

        def word(at: int, column: str = column) -> tuple[str | None, str]:
            measure, which = what[column]
            name = quoted(commodities["commodity"].iloc[at])
            return "0", (f"{name} has no {measure}, so no limit of {which} counts it; give {column}")

        findings.at_rows(place, blank, column, word, "warning")


def _goods_that_nobody_takes(frames: Frames, place: Place, findings: Findings) -> None:
    names, nutrients = frames["commodities"]["commodity"], frames["nutrients"]
    useful = nutrients[nutrients["nutrient"].isin(frames["requirements"]["nutrient"])]
    taken = names.isin(frames["recipes"]["commodity"]) | names.isin(useful["commodity"])
    idle = np.flatnonzero(names.isin(entries(frames)["commodity"]) & ~taken)

    def word(at: int) -> tuple[str | None, str]:
        name = str(names.iloc[at])
        return name, f"no activity takes {quoted(name)}, which depots have or buy; it is given to nobody"

    findings.at_rows(place, idle, "commodity", word, "warning")


def _recipes_out_of_scale(frames: Frames, header: Header, place: Place, findings: Findings) -> None:
    """Warn of recipes whose weight nobody takes, unless the weight of the commodity is doubtful already."""
    recipes, commodities = frames["recipes"], frames["commodities"]
    weight = commodities["weight_t"].mask(_of_another_weight(commodities))
    each = weight.set_axis(commodities["commodity"]).reindex(recipes["commodity"]).to_numpy()
    kg = recipes["per_person"].to_numpy() * each * 1000.0
    most = max(HEAVIEST_KG, HEAVIEST_KG_A_DAY * header.period_days)
    usual = pd.Series(_weight_of_its_unit(commodities), index=commodities["commodity"])
    coarse = usual.reindex(recipes["commodity"]).to_numpy() >= COARSE_T
    least = np.where(coarse, max(LIGHTEST_KG, LIGHTEST_KG_A_DAY * header.period_days), LIGHTEST_KG)
    off = (kg > most) | ((kg > 0) & (kg < least))

    def word(at: int) -> tuple[str | None, str]:
        limit = f"more than {most:.10g} kg" if kg[at] > most else f"less than {least[at] * 1000:.10g} g"
        amount = f"{kg[at]:.10g} kg" if kg[at] > most else f"{kg[at] * 1000:.6g} g"
        return cell_text(recipes["per_person"].iloc[at]), (
            f"a person takes {amount} of {quoted(recipes['commodity'].iloc[at])} in a period, {limit}; "
            f"per_person counts units of {each[at]:.10g} t each: was another unit meant?"
        )

    findings.at_rows(place, np.flatnonzero(off), "per_person", word, "warning")


def _recipes_of_nothing(frames: Frames, place: Place, findings: Findings) -> None:
    """Warn of recipes that take nothing; in a basket, and with a most, 0 has a meaning."""
    recipes = frames["recipes"]
    fixed = ~recipes["activity"].isin(frames["requirements"]["activity"])
    none = np.flatnonzero(fixed & (recipes["per_person"] == 0) & ~(recipes["max_per_person"] > 0))

    def word(at: int) -> tuple[str | None, str]:
        row = recipes.iloc[at]
        return "0", (
            f"per_person is 0, so activity {quoted(row['activity'])} is served without any "
            f"{quoted(row['commodity'])}; give what a person takes, or remove the row"
        )

    findings.at_rows(place, none, "per_person", word, "warning")


def _recipes_without_goods(frames: Frames, place: Place, findings: Findings) -> None:
    recipes = frames["recipes"]
    there = recipes["commodity"].isin(entries(frames)["commodity"])
    lost = np.flatnonzero((recipes["per_person"] > 0) & ~there)

    def word(at: int) -> tuple[str | None, str]:
        name = str(recipes["commodity"].iloc[at])
        return name, (
            f"no depot has, buys or is sent {quoted(name)}, so activity "
            f"{quoted(recipes['activity'].iloc[at])} cannot be served in kind"
        )

    findings.at_rows(place, lost, "commodity", word, "warning")


def _limits_of_no_basket(frames: Frames, place: Place, findings: Findings) -> None:
    recipes = frames["recipes"]
    fixed = ~recipes["activity"].isin(frames["requirements"]["activity"])
    idle = np.flatnonzero(fixed & (recipes["max_per_person"] > recipes["per_person"]))

    def word(at: int) -> tuple[str | None, str]:
        return cell_text(recipes["max_per_person"].iloc[at]), (
            f"activity {quoted(recipes['activity'].iloc[at])} has no requirements, so each person takes "
            "exactly per_person; max_per_person counts for nothing"
        )

    findings.at_rows(place, idle, "max_per_person", word, "warning")


def _requirements_out_of_reach(frames: Frames, place: Place, findings: Findings) -> None:
    """Warn of requirements that no basket meets: no good holds the nutrient, or recipes forbid it."""
    requirements, nutrients = frames["requirements"], frames["nutrients"]
    held = nutrients[nutrients["content"] > 0]
    had = held[held["commodity"].isin(entries(frames)["commodity"])]
    limits = frames["recipes"][["activity", "commodity", "per_person", "max_per_person"]]
    rows = requirements[["activity", "nutrient"]].reset_index(names="row").merge(had, on="nutrient")
    rows = rows.merge(limits, how="left", on=["activity", "commodity"])
    rows["most"] = rows["content"] * rows["max_per_person"].fillna(np.inf)
    rows["least"] = rows["content"] * rows["per_person"].fillna(0.0)
    sums = rows.groupby("row")[["most", "least"]].sum().reindex(range(len(requirements)), fill_value=0.0)
    most, least = sums["most"].to_numpy(), sums["least"].to_numpy()
    wanted, allowed = (requirements[name].to_numpy() for name in ("per_person", "max_per_person"))
    nowhere = ~requirements["nutrient"].isin(held["nutrient"]).to_numpy(dtype=bool)
    unavailable = ~requirements["nutrient"].isin(had["nutrient"]).to_numpy(dtype=bool)

    def word(at: int) -> tuple[str | None, str]:
        name = str(requirements["nutrient"].iloc[at])
        end = f"activity {quoted(requirements['activity'].iloc[at])} cannot be served in kind"
        if nowhere[at]:
            near = did_you_mean(name, held["nutrient"].unique())
            return name, f"no commodity holds nutrient {quoted(name)}, so {end}{near}"
        if unavailable[at]:
            return name, f"no depot has, buys or is sent a commodity that holds {quoted(name)}, so {end}"
        if most[at] < wanted[at]:
            said = f"no more than {most[at]:.10g} of {quoted(name)}, but per_person is {wanted[at]:.10g}"
        else:
            said = f"at least {least[at]:.10g} of {quoted(name)}, but max_per_person is {allowed[at]:.10g}"
        return name, f"the recipe lets in {said}, so {end}"

    off = (most < wanted * (1 - 1e-9)) | (least > allowed * (1 + 1e-9))
    findings.at_rows(place, np.flatnonzero(off), "nutrient", word, "warning")
