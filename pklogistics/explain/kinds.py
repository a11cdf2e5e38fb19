"""The kinds of limits: of each its rows, its place in the tables, its sentence, and how it is relaxed.

To add one, add it to the table here, and to `sentences` and `relaxation` what no other kind has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pklogistics.explain import relaxation, sentences

GOODS = "units of the commodity"
"""Unit of the kinds whose amounts are goods; each commodity may have a unit of its own."""

NO_HALVES = ("units", "organisations", "sites", "depots", "persons")
"""Units of amounts that come whole."""

ONE = {
    "units": "unit",
    "organisations": "organisation",
    "sites": "site",
    "depots": "depot",
    "persons": "person",
    "people": "person",
    "points": "point",
}
"""What one of a unit is called."""


@dataclass(frozen=True)
class Kind:
    """A kind of limit.

    Attributes
    ----------
    name : by which reasons and values are told apart
    rows : groups of the program's rows that say it; consent that is refused has columns (see `questions`)
    table, column : where it stands in a mission; the column is blank where the row as a whole is the rule
    unit : of the amount by which it is relaxed, blank for rules; some come whole (see `NO_HALVES`)
    sentence : who or what binds where, and by how much
    relaxation : the mission in which it is relaxed; None of rules told by the number of their row, which are
        taken away together (see `limits.relaxed`)
    side : which side of its rows may be broken
    reluctance : how much rather another limit is named, where either would do
    less : whether it is relaxed by less in the column, not by more
    parts : whether what its rows lack adds up; those of others say the same in several forms
    lifted : what its column would have to say for it not to hold, where that is told and no amount
    priced : whether it is an amount of which one more unit means something
    counted : whether it is such an amount and a count, of which one more is of use at once (see `wholes`)
    every_period : whether its number in the tables holds for every period, whatever the mission
    """

    name: str
    rows: tuple[str, ...]
    table: str
    column: str
    unit: str
    sentence: sentences.Words
    relaxation: relaxation.Relaxation | None
    side: Literal["upper", "lower", "both"] = "upper"
    reluctance: float = 1.0
    less: bool = False
    parts: bool = False
    lifted: str = ""
    priced: bool = False
    counted: bool = False
    every_period: bool = False


# A line for where a kind stands, one for its sentence, one for how it is relaxed and what else holds for it.
# The formatter would give every cell of the table a line of its own.
# fmt: off
KINDS: tuple[Kind, ...] = (
    Kind("fund", ("F2",), "funds", "amount", "money",
        sentences.fund, relaxation.more("fund"), priced=True),
    Kind("earmark", ("F1",), "earmarks", "", "money",
        sentences.earmark, relaxation.another_fund, side="lower", reluctance=1.4),
    Kind("cap", ("C3",), "activities", "max_organisations", "organisations",
        sentences.cap, relaxation.set_to("1000", "activity"), counted=True),
    Kind("max_people", ("C1", "C1_option"), "capabilities", "max_people", "people",
        sentences.max_people, relaxation.set_to("none", "organisation", "activity"), priced=True),
    Kind("min_share", ("C2",), "activities", "min_share", "people",
        sentences.plain("what {organisation} could give{when} is less than the smallest share of a need"),
        relaxation.set_to("0", "activity"), side="lower", less=True),
    Kind("whole", ("N2",), "activities", "all_or_nothing", "people",
        sentences.plain("it must be served whole or not at all{when}"),
        relaxation.set_to("no", "activity"), side="both", reluctance=1.2,
        lifted="activities.all_or_nothing: no"),
    Kind("lead", ("C6_lead",), "presence", "", "",
        sentences.lead, relaxation.without("site", "activity", status="lead"),
        lifted="presence.status: allowed in place of lead"),
    Kind("continuity", ("C5",), "activities", "continuous", "",
        sentences.plain("what {organisation} begins{when} has to go on, and cannot"),
        relaxation.set_to("no", "activity"), lifted="activities.continuous: no"),
    Kind("exclusive", ("C7_exclusive",), "rules", "", "",
        sentences.plain("rule {row}: another organisation is there that excludes whoever could serve{when}"),
        None),
    Kind("partner", ("C7_partner",), "rules", "", "",
        sentences.plain("{organisation} may come only with a partner who is not there{when}"),
        relaxation.without_partner),
    Kind("local_partner", ("C7_local_partner",), "organisations", "needs_local_partner", "",
        sentences.plain("{organisation} needs a local partner, and none is there{when}"),
        relaxation.set_to("no", "organisation"), lifted="organisations.needs_local_partner: no"),
    Kind("incompatible_sites", ("C7_incompatible_sites",), "rules", "", "",
        sentences.plain("{organisation} may not serve this site beside another that it serves{when}"), None),
    Kind("max_sites", ("C8_max_sites",), "organisations", "max_sites", "sites",
        sentences.plain("{organisation} is at as many sites as it can be{when}"),
        relaxation.set_to("none", "organisation"), counted=True, every_period=True),
    Kind("max_people_total", ("C8_max_people_total",), "capabilities", "max_people_total", "people",
        sentences.plain("{organisation} serves as many as it can in all{when}", "{people} more"),
        relaxation.set_to("none", "organisation", "activity"), priced=True, every_period=True),
    Kind("staff", ("C8_staff",), "staff", "people", "staff",
        sentences.staff, relaxation.more("organisation"), priced=True),
    Kind("handover", ("C9_local_share",), "handover", "local_share", "people",
        sentences.plain(
            "more service by others would leave local organisations short of their share of"
            " {activity}{sector}{when}"),
        relaxation.without("activity", "sector"), side="lower", less=True),
    Kind("movement", ("T1_movement",), "movement", "persons", "persons",
        sentences.plain("no more persons can be moved{when}", "{amount} more"),
        relaxation.more(), priced=True),
    Kind("units", ("T2",), "units", "available", "units",
        sentences.units, relaxation.more("unit"), counted=True, every_period=True),
    Kind("camp", ("T3_camp",), "sites", "max_persons", "persons",
        sentences.plain("there is no room for more troops at {site}{when}", "{persons} more"),
        relaxation.more("site"), priced=True, every_period=True),
    Kind("unit_rule", ("T3_rule",), "unit_rules", "max", "units",
        sentences.unit_rule, relaxation.without("unit"), side="both"),
    Kind("security", ("T4", "T4_whole"), "sites", "security_required", "points",
        sentences.security, relaxation.set_to("0", "site"), side="lower", reluctance=1.8, less=True),
    Kind("armed", ("T5",), "organisations", "accepts_armed_presence", "",
        sentences.armed, relaxation.set_to("yes", "organisation"),
        lifted="organisations.accepts_armed_presence: yes"),
    Kind("surgeon", ("T7",), "sites", "medical_level", "",
        sentences.surgeon, relaxation.set_to("2", "site"), lifted="sites.medical_level: 2"),
    Kind("impartiality", ("Q1_least", "Q1_most"), "policy", "impartiality_tolerance", "people",
        sentences.plain("to serve group {group} more would break impartiality in {sector}"),
        relaxation.set_to("none"), side="both"),
    Kind("stock", ("S1",), "stock", "quantity", GOODS,
        sentences.stock, relaxation.more_stock, side="lower", reluctance=1.05, parts=True,
        priced=True, every_period=True),
    Kind("storage", ("S3_storage_t",), "depots", "capacity_t", "t",
        sentences.plain("{place} is full{when}", "{amount} t more"),
        relaxation.storage, priced=True, every_period=True),
    Kind("storage_m3", ("S3_storage_m3",), "depots", "capacity_m3", "m3",
        sentences.plain("{place} is full{when}", "{amount} m3 more"),
        relaxation.storage, priced=True, every_period=True),
    Kind("throughput", ("S3_throughput",), "depots", "throughput_t", "t",
        sentences.plain("{depot} can take in no more{when}", "{amount} t more"),
        relaxation.set_to("none", "depot"), priced=True, every_period=True),
    Kind("route", ("S3_route",), "routes", "capacity_t", "t",
        sentences.route, relaxation.set_to("none", "origin", "destination"), priced=True, every_period=True),
    Kind("fleet", ("S3_hours",), "fleets", "count", "vehicle-hours",
        sentences.fleet, relaxation.more_vehicles, priced=True, every_period=True),
    Kind("open_depots", ("S4_max_open_depots",), "policy", "max_open_depots", "depots",
        sentences.plain("as many depots are in use as may be{when}"),
        relaxation.set_to("none"), counted=True, every_period=True),
    Kind("stock_target", ("S1_target",), "stock_targets", "min_quantity", GOODS,
        sentences.stock_target, relaxation.without("depot", "commodity"), side="lower", less=True),
    Kind("market", ("S6",), "sites", "market_capacity", "people",
        sentences.plain("the market of {site} bears no more cash and vouchers{when}", "{people} more"),
        relaxation.set_to("none", "site"), priced=True, every_period=True),
    Kind("refused", (), "presence", "status", "",
        sentences.plain("{organisation} has no consent to work at {site}"),
        relaxation.without("organisation", "site", status="refused")),
)
# fmt: on

BY_NAME = {kind.name: kind for kind in KINDS}

IN_PARTS = tuple(kind.name for kind in KINDS if kind.parts)
"""Kinds of which what their rows lack adds up."""

COUNTED = tuple(kind.name for kind in KINDS if kind.counted)
"""Kinds that are counts of something, of which more is of use at once."""

PRICED = tuple(kind.name for kind in KINDS if kind.priced or kind.counted)
"""Kinds that are amounts, of which one more unit means something."""

WHOLE = tuple(kind.name for kind in KINDS if kind.unit in NO_HALVES)
"""Kinds whose amounts come whole."""
