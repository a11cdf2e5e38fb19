"""The kinds of limits: of each its rows, its place in the tables, its sentence, and how it is relaxed.

To add one, add it to the table here, and to `sentences` and `relaxation` what no other kind has. Rows of a
program that are of none are named in `rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pklogistics.explain.limits import relaxation, sentences

GOODS = "units of the commodity"
"""Unit of the kinds whose amounts are goods; each commodity may have a unit of its own."""

NO_HALVES = ("units", "organisations", "sites", "depots", "persons", "vehicles")
"""Units of amounts that come whole."""

ONE = {
    "units": "unit",
    "organisations": "organisation",
    "sites": "site",
    "depots": "depot",
    "vehicles": "vehicle",
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
    rows : groups of the program's rows that say it; consent that is refused has columns (see `places`)
    table, column : where it stands in a mission; the column is blank where the row as a whole is the rule
    keys : the labels that tell its row of the table; of a rule, its number
    unit : of the amount by which it is relaxed, that of the column; blank for rules; some come whole
        (see `NO_HALVES`)
    sentence : who or what binds where, and by how much
    relaxation : the mission in which it is relaxed; None of rules told by the number of their row, which are
        taken away together (see `limits.relaxed`)
    side : which side of its rows may be broken
    reluctance : how much rather another limit is named, where either would do
    less : whether it is relaxed by less in the column, not by more
    parts : whether what its rows lack adds up; those of others say the same in several forms
    lifted : what its column would have to say for it not to hold, where that is told and no amount
    per : column of the table that says how much of the program's rows one unit is, blank where it is one
    policy : what in the header says it where the column is blank
    status : of presence, what its rows say
    mandate : whether its rows say what has to be, and nothing else
    priced : whether it is an amount of which one more unit means something
    counted : whether it is such an amount and a count, of which one more is of use at once (see `one_more`)
    """

    name: str
    rows: tuple[str, ...]
    table: str
    column: str
    keys: tuple[str, ...]
    unit: str
    sentence: sentences.Words
    relaxation: relaxation.Relaxation | None
    side: Literal["upper", "lower", "both"] = "upper"
    reluctance: float = 1.0
    less: bool = False
    parts: bool = False
    lifted: str = ""
    per: str = ""
    policy: str = ""
    status: str = ""
    priced: bool = False
    counted: bool = False
    mandate: bool = False


# A line for where a kind stands, one for its sentence, one for how it is relaxed and what else holds for it.
# The formatter would give every cell of the table a line of its own.
# fmt: off
KINDS: tuple[Kind, ...] = (
    Kind("fund", ("F2",), "funds", "amount", ("fund",), "money",
        sentences.fund, relaxation.more, priced=True),
    Kind("earmark", ("F1",), "earmarks", "", ("account",), "money",
        sentences.earmark, relaxation.another_fund, side="lower", reluctance=1.4, parts=True),
    Kind("cap", ("C3",), "activities", "max_organisations", ("activity",), "organisations",
        sentences.cap, relaxation.set_to("1000"), counted=True, policy="max_organisations"),
    Kind("max_people", ("C1", "C1_option"), "capabilities", "max_people",
        ("organisation", "activity", "site"), "people",
        sentences.max_people, relaxation.set_to("none"), priced=True),
    Kind("min_share", ("C2",), "activities", "min_share", ("activity",), "of the need",
        sentences.plain("what {organisation} could give{when} is less than the smallest share of a need"),
        relaxation.set_to("0"), side="lower", less=True, policy="min_share"),
    Kind("whole", ("N2",), "activities", "all_or_nothing", ("activity",), "people",
        sentences.plain("it must be served whole or not at all{when}"),
        relaxation.set_to("no"), side="both", reluctance=1.2,
        lifted="no"),
    Kind("lead", ("C6_lead",), "presence", "status", ("site", "activity"), "",
        sentences.lead, relaxation.without("site", "activity", status="lead"),
        lifted="allowed", status="lead"),
    Kind("continuity", ("C5",), "activities", "continuous", ("activity",), "",
        sentences.plain("what {organisation} begins{when} has to go on, and cannot"),
        relaxation.set_to("no"), lifted="no"),
    Kind("exclusive", ("C7_exclusive",), "rules", "", ("row",), "",
        sentences.plain("rule {row}: another organisation is there that excludes whoever could serve{when}"),
        None),
    Kind("partner", ("C7_partner",), "rules", "", ("organisation",), "",
        sentences.plain("{organisation} may come only with a partner who is not there{when}"),
        relaxation.without_partner),
    Kind("local_partner", ("C7_local_partner",), "organisations", "needs_local_partner",
        ("organisation",), "",
        sentences.plain("{organisation} needs a local partner, and none is there{when}"),
        relaxation.set_to("no"), lifted="no"),
    Kind("incompatible_sites", ("C7_incompatible_sites",), "rules", "", ("row",), "",
        sentences.plain("{organisation} may not serve this site beside another that it serves{when}"), None),
    Kind("max_sites", ("C8_max_sites",), "organisations", "max_sites", ("organisation",), "sites",
        sentences.plain("{organisation} is at as many sites as it can be{when}"),
        relaxation.set_to("none"), counted=True),
    Kind("max_people_total", ("C8_max_people_total",), "capabilities", "max_people_total",
        ("organisation", "activity"), "people",
        sentences.plain(
            "{organisation} serves as many as it can in all{when}", "{people} more",
            "{organisation} can serve no more than {further} people in all{when}"),
        relaxation.set_to("none"), priced=True),
    Kind("staff", ("C8_staff",), "staff", "people", ("organisation", "period"), "staff",
        sentences.staff, relaxation.more, priced=True),
    Kind("handover", ("C9_local_share",), "handover", "local_share", ("activity", "sector"), "people",
        sentences.plain(
            "more service by others would leave local organisations short of their share of"
            " {activity}{sector}{when}"),
        relaxation.without("activity", "sector"), side="lower", less=True, mandate=True),
    Kind("movement", ("T1_movement",), "movement", "persons", ("period",), "persons",
        sentences.plain(
            "no more persons can be moved{when}", "{amount} more",
            "no more than {further} persons can be moved{when}"),
        relaxation.more, priced=True),
    Kind("units", ("T2",), "units", "available", ("unit",), "units",
        sentences.units, relaxation.more, counted=True),
    Kind("camp", ("T3_camp",), "sites", "max_persons", ("site",), "persons",
        sentences.plain(
            "there is no room for more troops at {site}{when}", "{persons} more",
            "there is room for no more than {further} troops at {site}{when}"),
        relaxation.more, priced=True),
    Kind("unit_rule", ("T3_rule",), "unit_rules", "max", ("row",), "units",
        sentences.unit_rule, None, side="both"),
    Kind("security", ("T4", "T4_whole"), "sites", "security_required", ("site",), "points",
        sentences.security, relaxation.set_to("0"), side="lower", reluctance=1.8, less=True,
        policy="security_by_threat"),
    Kind("armed", ("T5",), "organisations", "accepts_armed_presence", ("organisation",), "",
        sentences.armed, relaxation.set_to("yes"),
        lifted="yes"),
    Kind("surgeon", ("T7",), "sites", "medical_level", ("site",), "",
        sentences.surgeon, relaxation.set_to("2"), lifted="2"),
    Kind("impartiality", ("Q1_least", "Q1_most"), "policy", "impartiality_tolerance",
        ("group", "sector"), "people",
        sentences.plain("more service to group {group} would break impartiality in {sector}"),
        relaxation.set_to("none"), side="both", mandate=True),
    Kind("stock", ("S1",), "stock", "quantity", ("depot", "commodity"), GOODS,
        sentences.stock, relaxation.more_stock, side="lower", reluctance=1.05, parts=True,
        priced=True),
    Kind("supply", ("S1_bought",), "supplies", "max_quantity", ("depot", "commodity", "period"), GOODS,
        sentences.supply, relaxation.set_to("none"), reluctance=1.1, priced=True),
    Kind("storage", ("S3_storage_t",), "depots", "capacity_t", ("place",), "t",
        sentences.plain(
            "{place} is full{when}", "{amount} t more",
            "{place} has room for no more than {further} t{when}"),
        relaxation.storage, priced=True),
    Kind("storage_m3", ("S3_storage_m3",), "depots", "capacity_m3", ("place",), "m3",
        sentences.plain(
            "{place} is full{when}", "{amount} m3 more",
            "{place} has room for no more than {further} m3{when}"),
        relaxation.storage, priced=True),
    Kind("throughput", ("S3_throughput",), "depots", "throughput_t", ("depot",), "t",
        sentences.plain(
            "{depot} can take in no more{when}", "{amount} t more",
            "{depot} can take in no more than {further} t{when}"),
        relaxation.set_to("none"), priced=True),
    Kind("route", ("S3_route",), "routes", "capacity_t", ("origin", "destination", "mode"), "t",
        sentences.route, relaxation.set_to("none"), priced=True),
    Kind("fleet", ("S3_hours",), "fleets", "count", ("depot", "vehicle", "mode"), "vehicles",
        sentences.fleet, relaxation.more, priced=True, per="hours_per_period"),
    Kind("open_depots", ("S4_max_open_depots",), "policy", "max_open_depots", (), "depots",
        sentences.plain("as many depots are in use as may be{when}"),
        relaxation.set_to("none"), counted=True),
    Kind("stock_target", ("S1_target",), "stock_targets", "min_quantity",
        ("depot", "commodity", "period"), GOODS,
        sentences.stock_target, relaxation.without("depot", "commodity"), side="lower", less=True,
        mandate=True),
    Kind("market", ("S6",), "sites", "market_capacity", ("site",), "people",
        sentences.plain(
            "the market of {site} bears no more cash and vouchers{when}", "{people} more",
            "the market of {site} bears cash and vouchers for no more than {further} people{when}"),
        relaxation.set_to("none"), priced=True),
    Kind("refused", (), "presence", "status", ("organisation", "site"), "",
        sentences.plain("{organisation} has no consent to work at {site}"),
        relaxation.without("organisation", "site", status="refused"), lifted="allowed", status="refused"),
)
# fmt: on

BY_NAME = {kind.name: kind for kind in KINDS}

IN_PARTS = tuple(kind.name for kind in KINDS if kind.parts)
"""Kinds of which what their rows lack adds up."""

COUNTED = tuple(kind.name for kind in KINDS if kind.counted)
"""Kinds that are counts of something, of which more is of use at once."""

MANDATES = tuple(kind.name for kind in KINDS if kind.mandate)
"""Kinds that say what has to be, and nothing else; the rows of ``unit_rule`` may have a maximum, too."""

PRICED = tuple(kind.name for kind in KINDS if kind.priced or kind.counted)
"""Kinds that are amounts, of which one more unit means something."""

WHOLE = tuple(kind.name for kind in KINDS if kind.unit in NO_HALVES)
"""Kinds whose amounts come whole."""
