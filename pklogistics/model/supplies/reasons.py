"""Why goods cannot reach a need, whatever the plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.sets import BLANK
from pklogistics.model.supplies.goods import Goods
from pklogistics.model.supplies.tables import ANY
from pklogistics.plan.mention import mention

NO_COMMODITY = "no {item} can come to this site in this period"
NO_NUTRIENT = "nothing that holds {item} can come to this site in this period"
ONLY_ESCORTED = " but under armed escort, which all who would deliver it refuse"
NONE_YET = ": no depot has any by then"
NO_ROUTE = ": no route leads to it"
CLOSED = ": no route to it is open, with room and with vehicles"
TOO_LATE = ": what there is has no way here in time"


def goods_reasons(assembly: Assembly) -> pd.Series[str]:
    """Return the reason by need, for the needs that could be served if goods came."""
    goods, options = assembly.goods, assembly.options
    if goods is None:
        return pd.Series([], dtype=str)
    barred = ~options["n"].isin(options.loc[options["limit"] > 0, "n"])
    cargo = pd.Series(goods.supplies.cargo_of[options["organisation"]], index=options.index)
    least = cargo[barred].groupby(options["n"]).min().rename("cargo").reset_index()
    lines = least.merge(goods.lacking, on=["n", "cargo"]).drop_duplicates("n")
    return pd.Series(_worded(assembly, goods, lines), index=lines["n"], dtype=object)


def _worded(assembly: Assembly, goods: Goods, lines: pd.DataFrame) -> np.ndarray:
    """Return the words for each line of what is lacking."""
    thing = ["n", "commodity", "nutrient"]
    plain = goods.lacking.loc[goods.lacking["cargo"] == ANY, thing].assign(cargo_free=True)
    lacking = lines.merge(plain, on=thing, how="left")["cargo_free"].notna().to_numpy(bool)
    commodities = assembly.sets.names.labels["commodity"].to_numpy(dtype=object)
    nutrients = goods.supplies.nutrients.to_numpy(dtype=object)
    # Things are few: each is worded once, and looked up by its code.
    items = [mention("commodity", name) for name in [*commodities, ""]]
    of_commodity = np.array([NO_COMMODITY.format(item=item) for item in items], dtype=object)
    of_nutrient = np.array([NO_NUTRIENT.format(item=name) for name in [*nutrients, ""]], dtype=object)
    commodity, nutrient = (lines[key].to_numpy(np.int64) for key in ("commodity", "nutrient"))
    words = np.where(commodity != BLANK, of_commodity[commodity], of_nutrient[nutrient])
    why = np.where(commodity != BLANK, _where_it_ends(assembly, goods, lines), "")
    return np.asarray(words + np.where(lacking, why, ONLY_ESCORTED), dtype=object)


def _where_it_ends(assembly: Assembly, goods: Goods, lines: pd.DataFrame) -> np.ndarray:
    """Return for each line what keeps its commodity from its site: there is none, or no way."""
    supplies, sets = goods.supplies, assembly.sets
    needs = sets.needs.iloc[lines["n"].to_numpy(np.int64)]
    site, period = (needs[key].to_numpy(np.int64) for key in ("site", "period"))
    first = supplies.entries.groupby("commodity")["period"].min()
    there = first.reindex(lines["commodity"]).to_numpy(float) <= period
    place = supplies.depot_count + site
    listed = sets.names.codes("place", sets.mission.frame("routes")["destination"])
    ends = supplies.routes[["destination", "first", "last"]].reset_index(drop=True)
    ways = pd.DataFrame({"destination": place, "period": period}).reset_index().merge(ends, on="destination")
    open_ = ways.loc[(ways["first"] <= ways["period"]) & (ways["period"] <= ways["last"]), "index"]
    usable = np.isin(np.arange(len(lines)), open_)
    led = np.isin(place, listed) | np.isin(place, ends["destination"])
    return np.select([~there, ~led, ~usable], [NONE_YET, NO_ROUTE, CLOSED], TOO_LATE)
