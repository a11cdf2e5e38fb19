"""Family supplies: what is allowed but probably not meant of routes and fleets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pklogistics.instance.findings import Findings, Place
from pklogistics.instance.header import Header
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.texts import cell_text
from pklogistics.instance.wording import quoted

Frames = Mapping[str, pd.DataFrame]
Places = Mapping[str, Place]
HOURS_A_DAY = 24
ROAD, HEAVIEST_ON_ROAD_T = "road", 100.0
"""No vehicle on a road carries more; a payload in kilograms does."""


def find_doubts_of_transport(frames: Frames, header: Header, places: Places, findings: Findings) -> None:
    """Add a warning for each route or fleet that is doubtful.

    Parameters
    ----------
    frames
        The filled form of all tables, absent ones without rows.
    places
        Of the tables that are there.
    """
    if "routes" in places:
        _routes_that_carry_nothing(frames["routes"], header, places["routes"], findings)
        _routes_longer_than_their_lead(frames["routes"], header, places["routes"], findings)
        _routes_to_the_own_site(frames, places["routes"], findings)
        _routes_without_escort(frames, places["routes"], findings)
    if "fleets" in places:
        _fleets_without_routes(frames, places["fleets"], findings)
        _fleets_of_doubtful_size(frames["fleets"], header, places["fleets"], findings)
        _trips_longer_than_hours(frames, header, places["fleets"], findings)


def _routes_that_carry_nothing(
    routes: pd.DataFrame, header: Header, place: Place, findings: Findings
) -> None:
    """Warn of routes that are closed, full at nothing, or too slow for the mission."""
    closed, late = routes["until"] < 1, routes["from"] > header.periods
    none = routes["capacity_t"].astype(float) <= 0
    arrives = routes["from"].clip(lower=1) + routes["lead_time"]
    beyond = (arrives > header.periods) & ~closed & ~late & ~none

    def word(at: int) -> tuple[str | None, str]:
        origin, destination = routes["origin"].iloc[at], routes["destination"].iloc[at]
        way = f"the route from {quoted(origin)} to {quoted(destination)}"
        if closed.iloc[at]:
            return None, f"{way} is closed before the mission starts; it carries nothing"
        if late.iloc[at]:
            return None, f"{way} opens after the mission ends; it carries nothing"
        if none.iloc[at]:
            return "0", f"{way} carries nothing; give the tonnes of a period, or leave it blank for no limit"
        return cell_text(routes["lead_time"].iloc[at]), (
            f"what is sent on {way} arrives in period {arrives.iloc[at]} at the earliest, but the mission "
            f"ends with period {header.periods}; it carries nothing"
        )

    shut = none & ~closed & ~late
    for wrong, column in (
        (closed, "until"),
        (late & ~closed, "from"),
        (shut, "capacity_t"),
        (beyond, "lead_time"),
    ):
        findings.at_rows(place, np.flatnonzero(wrong), column, word, "warning")


def _routes_longer_than_their_lead(
    routes: pd.DataFrame, header: Header, place: Place, findings: Findings
) -> None:
    """Warn of journeys that take longer than the period in which they begin and the lead time."""
    hours, period = routes["hours"], HOURS_A_DAY * header.period_days
    long = np.flatnonzero(hours > period * (routes["lead_time"] + 1) * (1 + 1e-9))

    def word(at: int) -> tuple[str | None, str]:
        value, lead = cell_text(hours.iloc[at]), routes["lead_time"].iloc[at]
        return value, (
            f"one way takes {value} hours and a period has {period:.10g}, but lead_time is {lead}; "
            "correct one of them"
        )

    findings.at_rows(place, long, "hours", word, "warning")


def _routes_to_the_own_site(frames: Frames, place: Place, findings: Findings) -> None:
    routes = frames["routes"]
    site = frames["depots"].set_index("depot")["site"].reindex(routes["origin"]).to_numpy()
    own = np.flatnonzero(routes["destination"] == site)

    def word(at: int) -> tuple[str | None, str]:
        name = str(routes["destination"].iloc[at])
        origin = quoted(routes["origin"].iloc[at])
        return name, (
            f"depot {origin} stands at {quoted(name)} and supplies it without a route; this one is not needed"
        )

    findings.at_rows(place, own, "destination", word, "warning")


def _routes_without_escort(frames: Frames, place: Place, findings: Findings) -> None:
    """Warn of routes that need armed escort where nobody gives it, or nobody accepts it (S5)."""
    routes, units, options = frames["routes"], frames["units"], frames["capabilities"]
    guarded = np.flatnonzero(routes["escort"])
    if not len(guarded):
        return
    organisations = frames["organisations"]
    accept = organisations.loc[organisations["accepts_armed_escort"], "organisation"]
    carried = options["organisation"].isin(accept) & ~options["modality"].isin(["cash", "voucher"])
    fed = set(frames["recipes"]["activity"]) | set(frames["requirements"]["activity"])
    if not ((units["escort_t"] > 0) & (units["available"] > 0)).any():
        reason = "no unit escorts (column escort_t of units); it carries nothing that has weight"
    elif not (carried & options["activity"].isin(fed)).any():
        reason = (
            "no organisation that delivers goods accepts it (column accepts_armed_escort); it carries nothing"
        )
    else:
        return

    def word(at: int) -> tuple[str | None, str]:
        origin, destination = routes["origin"].iloc[at], routes["destination"].iloc[at]
        way = f"the route from {quoted(origin)} to {quoted(destination)}"
        return "yes", f"{way} needs armed escort, but {reason}"

    findings.at_rows(place, guarded, "escort", word, "warning")


def _fleets_without_routes(frames: Frames, place: Place, findings: Findings) -> None:
    fleets, routes = frames["fleets"], frames["routes"]
    driven = pd.MultiIndex.from_frame(routes[["origin", "mode"]])
    idle = np.flatnonzero(~pd.MultiIndex.from_frame(fleets[["depot", "mode"]]).isin(driven))

    def word(at: int) -> tuple[str | None, str]:
        depot, mode = str(fleets["depot"].iloc[at]), str(fleets["mode"].iloc[at])
        near = did_you_mean(mode, routes.loc[routes["origin"] == depot, "mode"].unique())
        return mode, (
            f"no route of mode {quoted(mode)} begins at {quoted(depot)}, so these vehicles stand still{near}"
        )

    findings.at_rows(place, idle, "mode", word, "warning")


def _fleets_of_doubtful_size(fleets: pd.DataFrame, header: Header, place: Place, findings: Findings) -> None:
    most = HOURS_A_DAY * header.period_days
    hours = fleets["hours_per_period"]

    def too_long(at: int) -> tuple[str | None, str]:
        value = cell_text(hours.iloc[at])
        return value, (
            f"hours_per_period is {value}, but a period has only {most:.10g} hours; it counts the hours of "
            "one vehicle"
        )

    findings.at_rows(
        place, np.flatnonzero(hours > most * (1 + 1e-9)), "hours_per_period", too_long, "warning"
    )
    payload = fleets["payload_t"]
    heavy = np.flatnonzero((fleets["mode"] == ROAD) & (payload > HEAVIEST_ON_ROAD_T))

    def too_heavy(at: int) -> tuple[str | None, str]:
        value = cell_text(payload.iloc[at])
        return value, (
            f"payload_t is {value}, more than any vehicle on a road carries ({HEAVIEST_ON_ROAD_T:.10g} t); "
            "was it meant in kg?"
        )

    findings.at_rows(place, heavy, "payload_t", too_heavy, "warning")
    total = fleets.groupby(["depot", "mode"])["count"].transform("sum")

    def none(at: int) -> tuple[str | None, str]:
        depot, mode = quoted(fleets["depot"].iloc[at]), fleets["mode"].iloc[at]
        return "0", (
            f"the fleet of {depot} has no vehicles, so nothing leaves it by {mode}; remove the row if routes "
            "are driven under contract"
        )

    findings.at_rows(place, np.flatnonzero(total == 0), "count", none, "warning")


def _trips_longer_than_hours(frames: Frames, header: Header, place: Place, findings: Findings) -> None:
    """Warn of fleets with a route on which one of their vehicles is not back within its hours (S3).

    Great circles are left out: nobody gave these distances.
    """
    fleets, routes = frames["fleets"], frames["routes"]
    trips = routes.assign(hours=2 * _hours_as_told(frames, header), depot=routes["origin"])
    trips["spread"] = trips["hours"] / (routes["lead_time"] + 1)
    longest = trips.sort_values("spread").drop_duplicates(["depot", "mode"], keep="last")
    there = ["depot", "mode", "destination", "hours", "spread"]
    driven = fleets[["depot", "mode"]].merge(longest[there], how="left", on=["depot", "mode"])
    hours = fleets["hours_per_period"].to_numpy(float)
    long = np.flatnonzero(driven["spread"].to_numpy(float) > hours * (1 + 1e-9))

    def word(at: int) -> tuple[str | None, str]:
        trip, value = driven.iloc[at], cell_text(hours[at])
        return value, (
            f"{quoted(fleets['vehicle'].iloc[at])} of {quoted(trip['depot'])} takes {trip['hours']:.10g} "
            f"hours to {quoted(trip['destination'])} and back by {trip['mode']}, but hours_per_period is "
            f"{value}; correct one of them, or give the route a longer lead_time"
        )

    findings.at_rows(place, long, "hours_per_period", word, "warning")


def _hours_as_told(frames: Frames, header: Header) -> pd.Series[float]:
    """Return the hours one way that tables give for each route, NaN where they give none."""
    routes, ends = frames["routes"], ["origin", "destination"]
    times = frames["travel_times"][[*ends, "minutes", "distance_km"]]
    back = times.rename(columns={"origin": "destination", "destination": "origin"})
    told = pd.concat([times, back]).groupby(ends, as_index=False).first()
    told = routes[ends].merge(told, how="left", on=ends)
    length = routes["distance_km"].fillna(told["distance_km"])
    return routes["hours"].fillna(told["minutes"] / 60).fillna(length / header.policy.convoy_speed_kmh)
