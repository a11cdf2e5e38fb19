"""The tables of a plan: who serves whom, who pays, which units stand where, what goods move."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pklogistics.plan import supplies
from pklogistics.plan.table import MONEY, Column, PlanTable, number, table

_COST_KEYS = ("kind_of_cost", "organisation", "unit", "activity", "sector", "site", "region", "commodity")

MANDATES = {
    "N3": "mandated floor of coverage",
    "C6": "signed agreement",
    "C9": "handover to local organisations",
    "T3": "post held by mandate",
    "S1": "stock target",
    "Q1": "impartiality between groups",
}
"""Mandates that a plan may break, in words."""

TABLES: Mapping[str, PlanTable] = MappingProxyType(
    {
        made.name: made
        for made in (
            table(
                "service",
                "Who serves how many people, with what, where and when.",
                *("site", "activity", "sector", "period", "organisation", "modality", "scope"),
                Column("post", "text", "", "site of the post that serves; blank for organisations"),
                number("people", "people", "people served in the period"),
            ),
            table(
                "presence",
                "Organisations at work: a row for each capability row in use.",
                *("organisation", "activity", "modality", "scope", "site", "period"),
                number("people", "people", "people served; 0 where an agreement alone asks for presence"),
            ),
            table(
                "bases",
                "Offices and stores kept open.",
                *("organisation", "site", "period"),
                Column("set_up", "bool", "", "set up in this period (base_cost is paid)"),
            ),
            table("mobilisation", "Organisations called in, once.", "organisation", "period"),
            table(
                "stationing",
                "Units at sites.",
                *("unit", "site", "period"),
                number("count", "units", "whole units stationed"),
                number("persons", "persons", "their persons"),
            ),
            table(
                "moves",
                "Units that arrive and leave.",
                "unit",
                Column("site", "text", "", "site; blank: escort duty on the roads"),
                "period",
                number("arriving", "units", "whole units more than in the period before"),
                number("leaving", "units", "whole units fewer than in the period before"),
                number("persons", "persons", "persons of the arriving units"),
            ),
            *supplies.TABLES,
            table(
                "costs",
                "Every cost line.",
                *(*_COST_KEYS, "period"),
                number("amount", MONEY, "cost of the line"),
                "account",
            ),
            table(
                "payments",
                "Which fund pays which cost line.",
                *("fund", *_COST_KEYS, "period"),
                number("amount", MONEY, "paid by the fund"),
            ),
            table(
                "accounts",
                "Cost lines grouped by the funds that may pay them.",
                "account",
                Column("funds", "text", "", "the funds that may pay, joined by '; '"),
                "period",
                number("cost", MONEY, "cost of the account in the period"),
            ),
            table(
                "funds",
                "What is paid from each fund and what is left.",
                "fund",
                Column("donor", "text", "", "donor"),
                number("amount", MONEY, "amount of the fund"),
                number("paid", MONEY, "paid from it over all periods"),
                number("left", MONEY, "amount less paid"),
            ),
            table(
                "coverage",
                "Who is reached of those in need.",
                *("site", "activity", "sector", "period"),
                number("people", "people", "people in need"),
                number("covered_by_others", "people", "of them served outside this plan"),
                number("served", "people", "of them served by this plan"),
                number("unmet", "people", "of them served by nobody"),
                number("share", "share", "share of the people covered, those of others included (0-1)"),
            ),
            table(
                "shortfalls",
                "Need that the plan does not cover.",
                *("site", "activity", "sector", "period"),
                number("severity", "grade", "severity 1-5; blank: not graded"),
                number("unmet", "people", "people served by nobody"),
                number("weighted", "weighted people", "unmet times weight and severity factor"),
                Column("reason", "text", "", "why"),
            ),
            table(
                "broken",
                "Mandates that the plan cannot keep.",
                Column(
                    "rule",
                    "text",
                    "",
                    "N3 floor, C6 agreement, C9 handover, T3 post, Q1 impartiality, S1 stock target",
                ),
                *("organisation", "unit", "site", "region", "activity", "sector"),
                *supplies.STOCK_TARGET_KEYS,
                Column("period", "int", "period", "period, from 1; 0: over the whole horizon"),
                number("amount", "measure", "how far the mandate is broken"),
                Column("measure", "text", "", "what the amount counts: people or persons"),
            ),
        )
    }
)
"""Every table of a plan by name, in order."""
