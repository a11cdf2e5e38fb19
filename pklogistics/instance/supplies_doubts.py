"""Family supplies: what is allowed but probably not meant, or will end as a shortfall.

Here: what depots keep, buy and are sent, and which needs goods cannot reach.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pklogistics.instance.findings import Findings, Place
from pklogistics.instance.header import Header
from pklogistics.instance.supplies_goods_doubts import find_doubts_of_goods
from pklogistics.instance.supplies_reach import needs_without_goods
from pklogistics.instance.supplies_transport_doubts import find_doubts_of_transport
from pklogistics.instance.texts import cell_text
from pklogistics.instance.wording import quoted

Frames = Mapping[str, pd.DataFrame]
Places = Mapping[str, Place]


def find_doubts_of_supplies(frames: Frames, header: Header, places: Places, findings: Findings) -> None:
    """Add a warning for each thing that is doubtful.

    Parameters
    ----------
    frames
        The filled form of all tables, absent ones without rows.
    places
        Of the tables that are there.
    """
    find_doubts_of_goods(frames, header, places, findings)
    if "stock" in places:
        _stock_expired(frames["stock"], places["stock"], findings)
    if "supplies" in places:
        _supplies_for_nothing(frames, places["supplies"], findings)
        _supplies_too_late(frames["supplies"], header, places["supplies"], findings)
    if "stock_targets" in places:
        _targets_above_capacity(frames, places["stock_targets"], findings)
    if "depots" in places:
        _depots_without_a_way_out(frames, places["depots"], findings)
    find_doubts_of_transport(frames, header, places, findings)
    if "recipes" in places or "requirements" in places:
        _needs_that_goods_cannot_reach(frames, header, places["needs"], findings)


def _stock_expired(stock: pd.DataFrame, place: Place, findings: Findings) -> None:
    late = np.flatnonzero((stock["expires"] < 1) & (stock["quantity"] > 0))

    def word(at: int) -> tuple[str | None, str]:
        row = stock.iloc[at]
        return str(row["commodity"]), (
            f"this stock of {quoted(row['commodity'])} at {quoted(row['depot'])} expires before the end of "
            "period 1; none of it can be given out"
        )

    findings.at_rows(place, late, "expires", word, "warning")


def _supplies_for_nothing(frames: Frames, place: Place, findings: Findings) -> None:
    """Warn of pledges beside which the same could be bought at no price and without limit."""
    supplies = frames["supplies"]
    usual = frames["commodities"].set_index("commodity")["price"].reindex(supplies["commodity"])
    price = supplies["price"].fillna(pd.Series(usual.to_numpy()))
    free = (price == 0) & supplies["max_quantity"].isna() & (supplies["pledged"] > 0)

    def word(at: int) -> tuple[str | None, str]:
        row = supplies.iloc[at]
        return None, (
            f"besides the pledge, {quoted(row['commodity'])} can be bought at {quoted(row['depot'])} without "
            "limit and for nothing; give max_quantity (0: there is only the pledge), or a price"
        )

    findings.at_rows(place, np.flatnonzero(free), "max_quantity", word, "warning")


def _supplies_too_late(supplies: pd.DataFrame, header: Header, place: Place, findings: Findings) -> None:
    first = supplies["period"].fillna(1) + supplies["lead_time"]
    late = np.flatnonzero(first > header.periods)

    def word(at: int) -> tuple[str | None, str]:
        row = supplies.iloc[at]
        return cell_text(row["lead_time"]), (
            f"{quoted(row['commodity'])} for {quoted(row['depot'])} arrives in period {first.iloc[at]:.0f} "
            f"at the earliest, but the mission ends with period {header.periods}; it comes too late"
        )

    findings.at_rows(place, late, "lead_time", word, "warning")


def _targets_above_capacity(frames: Frames, place: Place, findings: Findings) -> None:
    targets = frames["stock_targets"]
    each = frames["commodities"].set_index("commodity").reindex(targets["commodity"])
    depots = frames["depots"].set_index("depot").reindex(targets["depot"])
    for measure, of_unit in (("t", "weight_t"), ("m3", "volume_m3")):
        wanted = targets["min_quantity"].to_numpy() * each[of_unit].to_numpy()
        capacity = depots[f"capacity_{measure}"].to_numpy()

        amounts = pd.DataFrame({"wanted": wanted, "capacity": capacity})
        above = np.flatnonzero(wanted > capacity * (1 + 1e-9))

        def word(at: int, measure: str = measure, amounts: pd.DataFrame = amounts) -> tuple[str | None, str]:
            much, most = amounts.iloc[at]
            depot = quoted(targets["depot"].iloc[at])
            return cell_text(targets["min_quantity"].iloc[at]), (
                f"{much:.10g} {measure} are to be kept at {depot}, which can hold {most:.10g} {measure}; the "
                "target will stay unmet"
            )

        findings.at_rows(place, above, "min_quantity", word, "warning")


def _depots_without_a_way_out(frames: Frames, place: Place, findings: Findings) -> None:
    depots = frames["depots"]
    shut = np.flatnonzero((depots["site"] == "") & ~depots["depot"].isin(frames["routes"]["origin"]))

    def word(at: int) -> tuple[str | None, str]:
        name = str(depots["depot"].iloc[at])
        return name, (
            f"no route leaves depot {quoted(name)} and it stands at no site; what it holds reaches nobody"
        )

    findings.at_rows(place, shut, "depot", word, "warning")


def _needs_that_goods_cannot_reach(frames: Frames, header: Header, place: Place, findings: Findings) -> None:
    sites = frames["needs"]["site"]
    for missing in needs_without_goods(frames, header.periods):
        rows = missing.rows
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        what = f"nutrient {quoted(missing.item)}" if missing.is_nutrient else quoted(missing.item)
        how = "cannot reach"
        if missing.refused:
            how = "can reach only under armed escort, which its organisations refuse,"
        message = (
            f"activity {quoted(missing.activity)} needs {what}, which {how} "
            f"{quoted(sites.iloc[rows[0]])}{more}; this need will stay unmet for want of goods"
        )
        findings.warning(place.file, message, int(place.rows[rows[0]]), "activity", missing.activity)
