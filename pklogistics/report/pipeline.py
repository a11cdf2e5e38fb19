"""The pipeline: what came in of each commodity, what went out, and when people first went short of it.

In tonnes, summed over all periods: stock at the start + pledges + purchases = given out + expired + left
at the end. A commodity *breaks* in the first period in which people are left without an activity whose
recipe holds it; what they would have taken is what is missing. Where the plan chooses the basket, that is
what it gave for each person served on average; where it serves nobody, what the recipe asks for at least.
"""

from __future__ import annotations

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.report.naming import names_of
from pklogistics.report.words import counted, number

COLUMNS = ("commodity", "unit", "stock", "pledged", "bought", "given", "expired", "left", "breaks", "missing")
FLOWS = ("stock", "pledged", "bought", "given", "expired", "left", "missing")
"""What is told of a commodity in each period."""


def pipeline(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return a row per commodity that is in the plan or missing from it, the heaviest flow first.

    Columns: commodity, unit, stock, pledged, bought, given, expired, left, breaks (the first period in which
    people go without, 0 for none), missing (in that period). The unit is t; goods that weigh nothing are
    counted in their own, and named by it in ``unit``.
    """
    if not mission.has("commodities"):
        return pd.DataFrame({name: [] for name in COLUMNS})
    goods = mission.frame("commodities").set_index("commodity")
    weight = _weight(goods)
    tables = plan.tables
    intake = tables["intake"]  # its quantities are what was taken; what was declined stands beside them
    last = tables["inventory"].loc[lambda t: t["period"] == mission.T]
    sums = {
        "stock": _sum(intake[intake["source"] == "stock"]),
        "pledged": _sum(intake[intake["source"] == "pledge"]),
        "bought": _sum(tables["purchases"]),
        "given": _sum(tables["distributions"]),
        "expired": _sum(tables["expiries"]),
        "left": _sum(last),
    }
    result = pd.DataFrame(sums, index=goods.index).fillna(0.0).mul(weight, axis=0)
    breaks = _first_breaks(mission, plan)
    result["unit"] = goods["unit"].replace("", "units").mask(goods["weight_t"] > 0, "t")
    result["breaks"] = breaks["period"].reindex(result.index).fillna(0).astype("int64")
    result["missing"] = (breaks["quantity"].reindex(result.index) * weight).fillna(0.0)
    used = (result[list(FLOWS)] > 0).any(axis=1)
    heaviest = result[["stock", "pledged", "bought"]].sum(axis=1)
    result = result.assign(inflow=heaviest)[used].sort_values("inflow", ascending=False, kind="stable")
    result.index = result.index.map(names_of(mission, "commodity"))
    return result.rename_axis("commodity").reset_index()[list(COLUMNS)]


def _sum(frame: pd.DataFrame, *keys: str) -> pd.Series:
    return frame.groupby(["commodity", *keys])["quantity"].sum()


def _weight(goods: pd.DataFrame) -> pd.Series:
    """Return the tonnes of one unit by commodity; 1 for what weighs nothing."""
    return goods["weight_t"].where(goods["weight_t"] > 0, 1.0)


def pipeline_by_period(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return a row per commodity of `pipeline`, in its order, and period, in tonnes.

    Columns: commodity, period, stock, pledged, bought (by the period in which they arrive), given, expired,
    left (on hand at the end of the period), missing (what those left without would have taken).
    """
    order = pipeline(mission, plan)["commodity"]
    if order.empty:
        return pd.DataFrame({name: [] for name in ("commodity", "period", *FLOWS)})
    tables = plan.tables
    intake = tables["intake"]
    arriving = tables["purchases"].drop(columns="period").rename(columns={"arrives": "period"})
    sums = {
        "stock": _sum(intake[intake["source"] == "stock"], "period"),
        "pledged": _sum(intake[intake["source"] == "pledge"], "period"),
        "bought": _sum(arriving, "period"),
        "given": _sum(tables["distributions"], "period"),
        "expired": _sum(tables["expiries"], "period"),
        "left": _sum(tables["inventory"], "period"),
        "missing": _missing(mission, plan).set_index(["commodity", "period"])["quantity"],
    }
    goods = mission.frame("commodities").set_index("commodity")
    cells = pd.MultiIndex.from_product([goods.index, range(1, mission.T + 1)], names=["commodity", "period"])
    frame = pd.DataFrame({name: each.reindex(cells) for name, each in sums.items()}).fillna(0.0)
    frame = frame.mul(_weight(goods), axis=0, level="commodity").reset_index()
    frame["commodity"] = frame["commodity"].map(names_of(mission, "commodity"))
    position = frame["commodity"].map(pd.Series(range(len(order)), index=order))
    shown = frame.assign(position=position).dropna(subset="position")
    return shown.sort_values(["position", "period"], ignore_index=True).drop(columns="position")


def _first_breaks(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return by commodity the first period in which it is missing, and how much then: period, quantity."""
    first = _missing(mission, plan).sort_values("period").drop_duplicates("commodity")
    return first.set_index("commodity")


def _missing(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return what those left without would have taken: commodity, period, quantity (above 0)."""
    unmet = plan.tables["coverage"][["activity", "period", "unmet"]]
    recipes = mission.frame("recipes")[["activity", "commodity", "per_person"]]
    baskets = _average_basket(plan, mission.frame("requirements")["activity"])
    fixed = recipes[~recipes["activity"].isin(baskets["activity"])]
    rations = pd.concat([fixed, baskets])
    lines = unmet[unmet["unmet"] > 0].merge(rations, on="activity")
    lines["quantity"] = lines["unmet"] * lines["per_person"]
    grouped = lines[lines["quantity"] > 0].groupby(["commodity", "period"], as_index=False)
    missing: pd.DataFrame = grouped[["quantity"]].sum()
    return missing


def _average_basket(plan: Plan, activities: pd.Series) -> pd.DataFrame:
    """Return what was given per person served with goods: activity, commodity, per_person."""
    given = plan.tables["distributions"]
    given = given[given["activity"].isin(activities)]
    service = plan.tables["service"]
    with_goods = service[service["modality"].isin(("in_kind", "service"))]
    people = with_goods.groupby("activity")["people"].sum()
    basket = given.groupby(["activity", "commodity"], as_index=False)[["quantity"]].sum()
    basket["per_person"] = basket["quantity"] / basket["activity"].map(people)
    return basket.drop(columns="quantity")


def duties(mission: Mission, plan: Plan) -> list[str]:
    """Return sentences on what is left where it was, opened, repaired and escorted.

    Names may hold commas, so semicolons stand between them.
    """
    tables = plan.tables
    openings, escorts = tables["openings"], tables["escorts"]
    depots = openings[openings["kind"] == "depot"]
    routes = openings[openings["kind"] == "route"]
    names = {**names_of(mission, "depot"), **names_of(mission, "site")}
    sentences = _declined(mission, plan)
    if len(depots):
        opened = [
            f"{names.get(d, d)} (period {p})" for d, p in zip(depots["origin"], depots["period"], strict=True)
        ]
        sentences.append(f"Depots opened: {'; '.join(opened)}.")
    if len(routes):
        ways = zip(routes["origin"], routes["destination"], routes["mode"], routes["period"], strict=True)
        repaired = [f"{names.get(o, o)} to {names.get(d, d)} by {m} (period {p})" for o, d, m, p in ways]
        sentences.append(f"Routes opened: {'; '.join(repaired)}.")
    if len(escorts):
        each = escorts.groupby("period")[["count", "persons", "tonnes"]].sum()
        most, persons = each["count"].max(), each["persons"].max()
        sentences.append(
            f"On escort duty: at most {counted(most, 'unit')} ({counted(persons, 'person')}) "
            f"in a period, {number(each['tonnes'].sum())} t in all."
        )
    return sentences


def _declined(mission: Mission, plan: Plan) -> list[str]:
    """Return a sentence on stock and pledges that depots have not taken in, if there are any."""
    goods = mission.frame("commodities").set_index("commodity")
    each = plan.tables["intake"].groupby("commodity", as_index=False)[["declined"]].sum()
    left = each[each["declined"] > 0]
    weight = goods["weight_t"].reindex(left["commodity"]).to_numpy()
    unit = goods["unit"].replace("", "units").reindex(left["commodity"]).to_numpy()
    names = names_of(mission, "commodity")
    parts = [
        f"{names.get(k, k)} {number(q * w)} t" if w > 0 else f"{names.get(k, k)} {number(q)} {u}"
        for k, q, w, u in zip(left["commodity"], left["declined"], weight, unit, strict=True)
    ]
    return [f"Stock and pledges not taken in: {'; '.join(parts)}."] if parts else []
