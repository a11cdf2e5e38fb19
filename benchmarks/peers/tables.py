"""From a mission to the textbook core: its index sets and numbers, found by joins of labels.

Written without the model, from the meaning of the tables alone, so that two ways to the same program meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.peers.core import NONE, WEIGHTS, Core, Floats, Ints
from pklogistics.instance.generate import generate
from pklogistics.instance.mission import Mission


def core_mission(sites: int, seed: int = 0, tightness: float = 0.5) -> Mission:
    """Return a generated mission reduced to what the core covers.

    No force, supplies, agreements, rules, training, handover or impartiality, and one way for an
    organisation to deliver an activity; all else is as `pklogistics.instance.generate` makes it.
    """
    mission = generate(sites, seed, units=0, tightness=tightness)
    capabilities = mission.tables["capabilities"]
    tables: dict[str, pd.DataFrame | None] = dict.fromkeys(
        ("presence", "rules", "capacity_building", "handover"), None
    )
    tables["organisations"] = mission.tables["organisations"].drop(columns="needs_local_partner")
    tables["capabilities"] = capabilities.drop_duplicates(["organisation", "activity", "region"])
    header = mission.header.as_document()
    del header["policy"]["impartiality_tolerance"]
    return mission.replace(header, tables)


def weighted(mission: Mission) -> Mission:
    """Return the mission with the one objective that the tools build in place of its tiers."""
    return mission.replace({**mission.header.as_document(), "objective": {"weights": WEIGHTS}})


def core_of(mission: Mission) -> Core:
    """Return the core of a mission of one period.

    Raises
    ------
    ValueError
        If the mission has rules that the core does not cover.
    """
    return _Tables(mission).core()


class _Tables:
    """A mission's tables with coded keys; written without the model, by joins of labels."""

    def __init__(self, mission: Mission) -> None:
        self.mission = mission
        self.organisations = mission.frame("organisations").reset_index(names="o")
        self.needs = self._needs()
        self.options = self._options()
        self._refuse_what_is_not_covered()
        self.bases = self._bases()

    def _refuse_what_is_not_covered(self) -> None:
        """Refuse what would need an equation that the tools do not build."""
        known = {"sites", "activities", "needs", "coverage", "organisations", "capabilities", "staff"}
        known |= {"funds", "earmarks"}
        wrong = sorted(set(self.mission.tables) - known)
        reasons = {
            f"tables {', '.join(wrong)}": bool(wrong),
            "several periods": self.mission.T > 1,
            "no funds": not self.mission.has("funds"),
            "impartiality": self.mission.header.policy.impartiality_tolerance is not None,
            "organisations that cost nothing to mobilise": bool(
                (self.organisations["mobilisation_cost"] <= 0).any()
            ),
            "local partners": bool(self.organisations["needs_local_partner"].any()),
            "several ways to deliver an activity": bool(self.options.duplicated(["n", "o"]).any()),
            "needs served whole by one": bool((self.options["share"] >= 1).any())
            or bool((self.needs["whole"] & (self.needs["cap"] <= 1)).any()),
        }
        found = [reason for reason, is_there in reasons.items() if is_there]
        if found:
            raise ValueError(f"the core does not cover {'; '.join(found)}: see core_mission")

    def _needs(self) -> pd.DataFrame:
        """Return the needs with people left to serve: n, site, activity, sector, region, people, net …"""
        policy, keys = self.mission.header.policy, ["site", "activity"]
        needs = self.mission.by_period("needs")
        others = self.mission.by_period("coverage").groupby(keys, as_index=False)["people"].sum()
        needs = needs.merge(others.rename(columns={"people": "covered"}), "left", keys)
        needs["net"] = (needs["people"] - needs["covered"].fillna(0.0)).clip(lower=0.0)
        needs = needs.merge(self.mission.frame("sites")[["site", "region"]], on="site")
        activities = self.mission.frame("activities").drop(columns="name")
        needs = needs.merge(activities, on="activity")
        severity = needs["severity"].fillna(0).astype(int).to_numpy()
        needs["weight"] *= np.array([1.0, *policy.severity_weights])[severity]
        cap = np.inf if policy.max_organisations is None else policy.max_organisations
        needs["cap"] = needs["max_organisations"].astype(float).fillna(cap)
        needs["share"] = needs["min_share"].astype(float).fillna(policy.min_share)
        needs["allowed"] = (1.0 - needs["min_coverage"].astype(float).fillna(0.0)) * needs["people"]
        needs["whole"] = needs["all_or_nothing"]
        return needs[needs["net"] > 0].reset_index(drop=True).reset_index(names="n")

    def _options(self) -> pd.DataFrame:
        """Return who may serve which need: n, o, h, limit (people), smallest (people) and the keys."""
        able = self.mission.frame("capabilities").reset_index(names="h")
        able = able.merge(self.organisations[["organisation", "o"]], on="organisation")
        able = able.rename(columns={"site": "only_site", "region": "only_region"})
        columns = ["n", "site", "region", "activity", "sector", "net", "share"]
        options = self.needs[columns].merge(able, on="activity")
        there = (options["only_site"] == "") | (options["only_site"] == options["site"])
        there &= (options["only_region"] == "") | (options["only_region"] == options["region"])
        staff = self.mission.by_period("staff")[["organisation", "people"]]
        options = options[there].merge(staff.rename(columns={"people": "staff"}), "left", "organisation")
        rate = options["staff_per_1000"] / 1000.0
        most = options[["net", "max_people", "max_people_total"]].min(axis=1)
        options["limit"] = np.minimum(most, (options["staff"] / rate.where(rate > 0)).fillna(np.inf))
        options["smallest"] = options["share"] * options["net"]
        options = options[options["limit"] > 0].sort_values(["n", "h"])
        return options.reset_index(drop=True).reset_index(names="k")

    def _bases(self) -> pd.DataFrame:
        """Return the bases that several options have in common: b, o, site, region; code them in options."""
        keys = ["o", "organisation", "site", "region"]
        several = self.options.groupby(["o", "site"])["k"].transform("size") > 1
        bases = self.options.loc[several, keys].drop_duplicates(ignore_index=True).reset_index(names="b")
        coded = self.options.merge(bases[["o", "site", "b"]], "left", ["o", "site"])
        self.options["b"] = coded["b"].fillna(NONE).astype(int)
        return bases

    def core(self) -> Core:
        """Return everything coded."""
        needs, options = self.needs, self.options
        floors = needs[needs["allowed"] < needs["net"]].reset_index(drop=True).reset_index(names="i")
        floors["least"] = floors["net"] - floors["allowed"]
        asked = options[["k", "n", "limit"]].merge(floors[["n", "i", "least"]], on="n")
        count = options.groupby("n")["k"].size().reindex(needs["n"], fill_value=0).to_numpy()
        capped = needs[count > np.floor(needs["cap"])]
        option_total, total = _coded(options["h"].where(options["max_people_total"].notna()))
        totals = options.drop_duplicates("h").set_index("h").loc[total]
        staffed = options["staff"].notna() & (options["staff_per_1000"] > 0)
        option_staff, staff = _coded(options["o"].where(staffed))
        staffs = options[staffed].drop_duplicates("o").set_index("o").loc[staff]
        sites = options.groupby("o")["site"].nunique()
        limit = self.organisations["max_sites"].astype(float)
        limited = limit[sites.reindex(self.organisations["o"], fill_value=0) > limit]
        return Core(
            **_arrays(needs, "net", "weight"),
            whole=needs.loc[needs["whole"], "n"].to_numpy(),
            floor_need=floors["n"].to_numpy(),
            **_arrays(floors, "allowed", "least"),
            need=options["n"].to_numpy(),
            organisation=options["o"].to_numpy(),
            **_arrays(options, "limit", "smallest"),
            possible=(options["limit"] >= options["smallest"] * (1 - 1e-9)).to_numpy(float),
            own_base=options["b"].to_numpy(),
            base_organisation=self.bases["o"].to_numpy(),
            asked_floor=asked["i"].to_numpy(),
            asked_option=asked["k"].to_numpy(),
            asked=asked[["limit", "least"]].min(axis=1).to_numpy(),
            capped=capped["n"].to_numpy(),
            cap=np.floor(capped["cap"].to_numpy()),
            option_total=option_total,
            total_organisation=totals["o"].to_numpy(),
            total=totals["max_people_total"].to_numpy(float),
            option_staff=option_staff,
            staff_rate=options["staff_per_1000"].to_numpy(float) / 1000.0,
            staff_organisation=staff,
            staff=staffs["staff"].to_numpy(float),
            sites_organisation=limited.index.to_numpy(),
            sites=limited.to_numpy(),
            **self._money(),
            organisations=len(self.organisations),
        )

    def _money(self) -> dict[str, Any]:
        """Return the cost lines by account, and who may pay each account."""
        lines = pd.concat(self._lines(), ignore_index=True)
        lines = lines[lines["rate"] > 0].reset_index(drop=True)
        may_pay, lines["account"] = np.unique(self._payable(lines), axis=0, return_inverse=True)
        lines = lines.groupby(["column", "at", "account"], as_index=False)["rate"].sum()
        money: dict[str, Any] = {"accounts": len(may_pay)}
        columns = {"service": "option", "presence": "option", "bases": "base", "mobilisation": "organisation"}
        for name, column in columns.items():
            own = lines[lines["column"] == name]
            money |= {
                f"{name}_account": own["account"].to_numpy(),
                f"{name}_{column}": own["at"].to_numpy(),
                f"{name}_rate": own["rate"].to_numpy(),
            }
        amounts = self.mission.frame("funds")["amount"].to_numpy(float)
        account, fund = np.nonzero(may_pay & (amounts > 0))
        paying, fund = np.unique(fund, return_inverse=True)
        return money | {
            "fund": fund,
            "account": account,
            "most": amounts[paying][fund],
            "amount": amounts[paying],
        }

    def _lines(self) -> Iterator[pd.DataFrame]:
        """Yield the cost lines: column and position, rate, kind of cost and what an earmark may name."""
        named = ["organisation", "activity", "sector", "site", "region"]
        terms = self.organisations[["o", "base_cost", "base_cost_per_period", "mobilisation_cost"]]
        terms = terms.assign(base=terms["base_cost"] + terms["base_cost_per_period"]).set_index("o")
        single = self.options[self.options["b"] == NONE]
        sources = (
            ("service", "service", self.options, "k", self.options["cost_per_person"], named),
            ("presence", "presence", self.options, "k", self.options["cost_per_presence"], named),
            (
                "presence",
                "base",
                single,
                "k",
                single["o"].map(terms["base"]),
                ["organisation", "site", "region"],
            ),
            (
                "bases",
                "base",
                self.bases,
                "b",
                self.bases["o"].map(terms["base"]),
                ["organisation", "site", "region"],
            ),
            (
                "mobilisation",
                "mobilisation",
                self.organisations,
                "o",
                terms["mobilisation_cost"].to_numpy(),
                ["organisation"],
            ),
        )
        for column, kind, frame, at, rate, keys in sources:
            place = frame[keys].reindex(columns=[*named, "commodity"], fill_value="")
            yield place.assign(column=column, at=frame[at], kind_of_cost=kind, rate=rate)

    def _payable(self, lines: pd.DataFrame) -> NDArray[np.bool_]:
        """Say which funds may pay each line, shape (lines, funds)."""
        funds = self.mission.frame("funds")["fund"].to_list()
        earmarks = self.mission.frame("earmarks")
        may_pay = np.zeros((len(lines), len(funds)), dtype=bool)
        may_pay[:, ~np.isin(funds, earmarks["fund"])] = True
        for row in earmarks.to_dict("records"):
            fits = np.ones(len(lines), dtype=bool)
            for key in set(row) - {"fund"}:
                if row[key]:
                    fits &= (lines[key] == row[key]).to_numpy()
            may_pay[:, funds.index(row["fund"])] |= fits
        return may_pay


def _coded(values: pd.Series[Any]) -> tuple[Ints, Ints]:
    """Return the number of each value among the distinct ones (NONE if missing), and those in order."""
    numbers, distinct = pd.factorize(values, sort=True)
    return numbers.astype(np.int64), np.asarray(distinct, dtype=np.int64)


def _arrays(frame: pd.DataFrame, *columns: str) -> dict[str, Floats]:
    return {column: frame[column].to_numpy(float) for column in columns}
