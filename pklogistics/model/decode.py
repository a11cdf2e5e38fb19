"""From a settled point back to the tables of a plan, in labels and units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.build import Model
from pklogistics.model.program import Floats
from pklogistics.model.reasons import reasons
from pklogistics.model.sets import BLANK, Sets
from pklogistics.model.settle import arrivals


def decode(model: Model, values: Floats) -> dict[str, pd.DataFrame]:
    """Return the tables of the plan (see `pklogistics.plan`) at a settled point of shape (columns,)."""
    in_use = _options_in_use(model, values)
    presence = _presence(model, in_use)
    bases = _bases(model, presence)
    costs, payments = _money(model, values)
    return {
        "service": _service(model, values, in_use),
        "presence": presence.drop(columns="organisation_code"),
        "bases": bases,
        "mobilisation": _mobilisation(model, values, bases),
        "stationing": _stationing(model, values),
        "moves": _moves(model, values),
        "costs": costs,
        "payments": payments,
        "accounts": _accounts(model, costs),
        "funds": _funds(model, payments),
        **_coverage(model, values),
        "broken": _broken(model, values),
    }


def _labels(sets: Sets, kind: str, codes: pd.Series[int] | np.ndarray) -> np.ndarray:
    """Return the labels of codes, "" for a blank."""
    labels = np.append(sets.names.labels[kind].to_numpy(dtype=object), "")
    return np.asarray(labels[np.asarray(codes, dtype=np.int64)], dtype=object)


def _labelled(sets: Sets, frame: pd.DataFrame, columns: dict[str, object]) -> pd.DataFrame:
    """Build a table: a column given as a kind takes its labels from the frame's codes of that name."""
    kinds = sets.names.labels
    result = {
        name: _labels(sets, name, frame[name])
        if value is None and name in kinds
        else frame[name]
        if value is None
        else value
        for name, value in columns.items()
    }
    return pd.DataFrame(
        {name: np.asarray(value) if not np.isscalar(value) else value for name, value in result.items()},
        index=range(len(frame)),
    )


def _options_in_use(model: Model, x: Floats) -> pd.DataFrame:
    """Return the option lines in use: those that serve people, and the first of an idle presence."""
    options = model.assembly.options
    serves = x[options["served"]] > 0
    active = (
        np.append(x[model.assembly.presence["active"].to_numpy(np.int64)], 0.0)[options["presence"]] > 0.5
    )
    idle = active & ~pd.Series(serves, index=options.index).groupby(
        [options["presence"], options["n"]]
    ).transform("any")
    first = ~options.duplicated(["presence", "n"])
    chosen = options[serves | (idle & first)]
    return chosen.assign(people=x[chosen["served"]])


def _presence(model: Model, in_use: pd.DataFrame) -> pd.DataFrame:
    sets = model.assembly.sets
    capability = sets.capabilities.iloc[in_use["h"]]
    return _labelled(
        sets,
        in_use,
        {
            "organisation": None,
            "activity": None,
            "modality": capability["modality"],
            "scope": capability["scope"],
            "site": None,
            "period": None,
            "people": None,
            "organisation_code": in_use["organisation"],
        },
    )


def _service(model: Model, x: Floats, in_use: pd.DataFrame) -> pd.DataFrame:
    sets = model.assembly.sets
    serving = in_use[in_use["people"] > 0]
    capability = sets.capabilities.iloc[serving["h"]]
    by_organisation = serving.assign(
        modality=capability["modality"].to_numpy(), scope=capability["scope"].to_numpy(), post=BLANK
    )
    by_force = _posts_of(model, x)
    lines = pd.concat([by_organisation, by_force], ignore_index=True)
    lines["sector"] = sets.activities["sector"].to_numpy()[lines["activity"].to_numpy(np.int64)]
    return _labelled(
        sets,
        lines,
        {
            "site": None,
            "activity": None,
            "sector": None,
            "period": None,
            "organisation": None,
            "modality": None,
            "scope": None,
            "post": _labels(sets, "site", lines["post"]),
            "people": None,
        },
    )


def _posts_of(model: Model, x: Floats) -> pd.DataFrame:
    """Return the people served by the force, each from one post: the first that stands within reach."""
    assembly = model.assembly
    guards = assembly.guards
    if guards.empty:
        return pd.DataFrame(
            columns=["activity", "site", "period", "organisation", "modality", "scope", "post", "people"]
        )
    keys = ["activity", "post", "period"]
    standing = (
        assembly.posts.assign(there=x[assembly.posts["column"]] > 0.5)
        .groupby(keys, as_index=False)["there"]
        .max()
    )
    near = assembly.reached.merge(standing[standing["there"]], on=keys).drop_duplicates("n")
    served = guards.assign(people=x[guards["served"]])
    served = served[served["people"] > 0].drop(columns=["activity", "site", "period"], errors="ignore")
    nearest = served[["n"]].merge(near[["n", "post"]], how="left")["post"].fillna(BLANK).to_numpy(np.int64)
    need = assembly.sets.needs.iloc[served["n"]]
    return pd.DataFrame(
        {
            "activity": need["activity"].to_numpy(),
            "site": need["site"].to_numpy(),
            "period": need["period"].to_numpy(),
            "organisation": BLANK,
            "modality": "",
            "scope": "",
            "post": np.where(served["post"] == BLANK, nearest, served["post"]),
            "people": served["people"].to_numpy(),
        }
    )


def _bases(model: Model, presence: pd.DataFrame) -> pd.DataFrame:
    keys = ["organisation", "site", "period"]
    bases = presence[keys].drop_duplicates().sort_values(keys, ignore_index=True)
    first = bases.groupby(["organisation", "site"])["period"].transform("min")
    return bases.assign(set_up=bases["period"] == first)


def _mobilisation(model: Model, x: Floats, bases: pd.DataFrame) -> pd.DataFrame:
    """Return when each organisation in use is mobilised; without a cost, when it first has a base."""
    assembly = model.assembly
    first = bases.groupby("organisation", as_index=False)["period"].min()
    frame = assembly.mobilisation[x[assembly.mobilisation["mobilised"]] > 0.5]
    paid = pd.DataFrame(
        {
            "organisation": _labels(assembly.sets, "organisation", frame["organisation"]),
            "period": frame["period"].to_numpy(),
        }
    )
    free = first[~first["organisation"].isin(paid["organisation"])]
    both: pd.DataFrame = pd.concat([paid, free], ignore_index=True)
    return both.sort_values("organisation", ignore_index=True)


def _stationing(model: Model, x: Floats) -> pd.DataFrame:
    assembly = model.assembly
    frame = assembly.stationing.assign(count=x[assembly.stationing["stationed"].to_numpy(np.int64)])
    frame = frame[frame["count"] > 0.5]
    persons = _persons(model)[frame["unit"].to_numpy(np.int64)]
    count = frame["count"].to_numpy().round().astype(np.int64)
    columns = {"unit": None, "site": None, "period": None, "count": count, "persons": persons * count}
    return _labelled(assembly.sets, frame, columns)


def _persons(model: Model) -> np.ndarray:
    return model.assembly.mission.frame("units")["persons"].to_numpy(float)


def _moves(model: Model, x: Floats) -> pd.DataFrame:
    moves = arrivals(model, x)
    moves = moves[(moves["arriving"] > 0.5) | (moves["leaving"] > 0.5)]
    arriving = moves["arriving"].to_numpy().round().astype(np.int64)
    return _labelled(
        model.assembly.sets,
        moves,
        {
            "unit": None,
            "site": None,
            "period": None,
            "arriving": arriving,
            "leaving": moves["leaving"].to_numpy().round().astype(np.int64),
            "persons": _persons(model)[moves["unit"].to_numpy(np.int64)] * arriving,
        },
    )


LINE_COLUMNS = ("organisation", "unit", "activity", "sector", "site", "region")


def _money(model: Model, x: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cost lines, and who pays which of them."""
    assembly, sets = model.assembly, model.assembly.sets
    lines = assembly.lines.assign(amount=assembly.lines["rate"] * x[assembly.lines["column"]])
    lines = lines[lines["amount"] > 0]
    by = ["kind", *LINE_COLUMNS, "period", "account"]
    lines = lines.groupby(by, observed=True)["amount"].sum().reset_index()
    lines = lines.sort_values(["account", "period"], kind="stable", ignore_index=True)
    table = _labelled(
        sets,
        lines,
        {
            "kind_of_cost": lines["kind"].astype(str),
            **dict.fromkeys(LINE_COLUMNS),
            "commodity": "",
            "period": None,
            "amount": None,
            "account": _account_names(lines["account"]),
        },
    )
    return table, _payments(model, x, lines, table)


def _account_names(accounts: pd.Series[int]) -> np.ndarray:
    return np.where(accounts == BLANK, "", "account " + (accounts + 1).astype(str))


def _payments(model: Model, x: Floats, lines: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Spread each fund's money over the lines of its account, in order, until both are used up."""
    sets, payments = model.assembly.sets, model.assembly.payments
    columns = ["fund", *[column for column in costs if column != "account"]]
    if payments.empty or lines.empty:
        return pd.DataFrame(columns=columns)
    paid = payments.assign(amount=x[payments["paid"]])
    paid = paid[paid["amount"] > 0].sort_values(["account", "period", "fund"], ignore_index=True)
    # Lines and payments of an account and period add up to the same sum, so their running totals over
    # all accounts meet: every stretch between two neighbouring totals is one line paid by one fund.
    due, given = lines["amount"].cumsum().to_numpy(), paid["amount"].cumsum().to_numpy()
    ends = np.unique(np.concatenate([due, given]))
    line = np.minimum(np.searchsorted(due, ends, side="left"), len(due) - 1)
    fund = np.minimum(np.searchsorted(given, ends, side="left"), len(given) - 1)
    amount = np.diff(ends, prepend=0.0)
    same = (lines["account"].to_numpy()[line] == paid["account"].to_numpy()[fund]) & (
        lines["period"].to_numpy()[line] == paid["period"].to_numpy()[fund]
    )
    table = (
        costs.drop(columns=["account", "amount"])
        .iloc[line]
        .assign(fund=_labels(sets, "fund", paid["fund"].to_numpy()[fund]), amount=amount)
    )
    # What lies between totals that differ by rounding alone belongs to no pair.
    spread: pd.DataFrame = table[same][columns]
    return spread.reset_index(drop=True)


def _accounts(model: Model, costs: pd.DataFrame) -> pd.DataFrame:
    accounts = model.assembly.accounts
    if accounts.empty:
        return pd.DataFrame(columns=["account", "funds", "period", "cost"])
    totals = costs.groupby(["account", "period"], as_index=False)["amount"].sum()
    names = pd.Series(accounts["funds"].to_numpy(), index=_account_names(accounts["account"]))
    funds = names.reindex(totals["account"]).to_numpy()
    return pd.DataFrame(
        {"account": totals["account"], "funds": funds, "period": totals["period"], "cost": totals["amount"]}
    )


def _funds(model: Model, payments: pd.DataFrame) -> pd.DataFrame:
    funds = model.assembly.mission.frame("funds")
    paid = payments.groupby("fund")["amount"].sum().reindex(funds["fund"]).fillna(0.0).to_numpy(float)
    amount = funds["amount"].to_numpy(float)
    # A sum of many payments misses a fund that is used up by its last digits.
    paid = np.where(np.abs(amount - paid) <= 1e-9 * amount, amount, paid)
    return pd.DataFrame(
        {
            "fund": funds["fund"],
            "donor": funds["donor"],
            "amount": amount,
            "paid": paid,
            "left": np.maximum(amount - paid, 0.0),
        }
    )


def _coverage(model: Model, x: Floats) -> dict[str, pd.DataFrame]:
    """Return coverage of every need, and the shortfalls among them with their reasons."""
    assembly, sets = model.assembly, model.assembly.sets
    needs = sets.needs
    unmet = np.where(assembly.unmet == BLANK, 0.0, np.append(x, 0.0)[assembly.unmet])
    served = np.bincount(assembly.service["n"], weights=x[assembly.service["served"]], minlength=len(needs))
    share = (needs["covered"] + served) / needs["people"]
    keys = {"site": None, "activity": None, "sector": None, "period": None}
    coverage = _labelled(
        sets,
        needs,
        {
            **keys,
            "people": None,
            "covered_by_others": needs["covered"],
            "served": served,
            "unmet": unmet,
            "share": share,
        },
    )
    short = needs[unmet > 0]
    severity = np.where(short["severity"] > 0, short["severity"], 0)
    shortfalls = _labelled(
        sets,
        short,
        {
            **keys,
            "severity": severity,
            "unmet": unmet[short.index],
            "weighted": unmet[short.index] * short["weight"],
            "reason": reasons(assembly)[short.index],
        },
    )
    order = shortfalls.sort_values("weighted", ascending=False, kind="stable", ignore_index=True)
    return {"coverage": coverage, "shortfalls": order}


def _broken(model: Model, x: Floats) -> pd.DataFrame:
    columns = [
        "rule",
        "organisation",
        "unit",
        "site",
        "region",
        "activity",
        "sector",
        "period",
        "amount",
        "measure",
    ]
    parts = [frame.assign(amount=x[frame["column"]] * frame["weight"]) for frame in model.assembly.broken]
    lines = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["rule", "amount"])
    for key in columns[1:8]:
        filler = 0 if key == "period" else BLANK
        lines[key] = lines[key].fillna(filler).astype("int64") if key in lines else filler
    lines = lines[lines["amount"] > 0].reset_index(drop=True)
    measure = np.where(lines["rule"] == "T3", "persons", "people")
    return _labelled(model.assembly.sets, lines, {**dict.fromkeys(columns), "measure": measure})
