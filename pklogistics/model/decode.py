"""From a settled point back to the tables of a plan, in labels and units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.build import Model
from pklogistics.model.decode_money import decode_accounts, decode_costs, decode_funds
from pklogistics.model.labels import labelled, labels
from pklogistics.model.program import Floats
from pklogistics.model.reasons import reasons
from pklogistics.model.sets import BLANK
from pklogistics.model.settle import arrivals
from pklogistics.model.supplies.decode import decode_goods


def decode(model: Model, values: Floats) -> dict[str, pd.DataFrame]:
    """Return the tables of the plan (see `pklogistics.plan`) at a settled point of shape (columns,)."""
    in_use = _options_in_use(model, values)
    presence = _presence(model, in_use)
    bases = _bases(model, presence)
    costs, payments = decode_costs(model, values)
    return {
        "service": _service(model, values, in_use),
        "presence": presence.drop(columns="organisation_code"),
        "bases": bases,
        "mobilisation": _mobilisation(model, values, bases),
        "stationing": _stationing(model, values),
        "moves": _moves(model, values),
        "costs": costs,
        "payments": payments,
        "accounts": decode_accounts(model, costs),
        "funds": decode_funds(model, payments),
        **decode_goods(model.assembly, values),
        **_coverage(model, values),
        "broken": _broken(model, values),
    }


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
    return labelled(
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
    return labelled(
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
            "post": labels(sets, "site", lines["post"]),
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
            "organisation": labels(assembly.sets, "organisation", frame["organisation"]),
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
    return labelled(assembly.sets, frame, columns)


def _persons(model: Model) -> np.ndarray:
    return model.assembly.mission.frame("units")["persons"].to_numpy(float)


def _moves(model: Model, x: Floats) -> pd.DataFrame:
    moves = arrivals(model, x)
    moves = moves[(moves["arriving"] > 0.5) | (moves["leaving"] > 0.5)]
    arriving = moves["arriving"].to_numpy().round().astype(np.int64)
    return labelled(
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


def _coverage(model: Model, x: Floats) -> dict[str, pd.DataFrame]:
    """Return coverage of every need, and the shortfalls among them with their reasons."""
    assembly, sets = model.assembly, model.assembly.sets
    needs = sets.needs
    unmet = np.where(assembly.unmet == BLANK, 0.0, np.append(x, 0.0)[assembly.unmet])
    served = np.bincount(assembly.service["n"], weights=x[assembly.service["served"]], minlength=len(needs))
    share = (needs["covered"] + served) / needs["people"]
    keys = {"site": None, "activity": None, "sector": None, "period": None}
    coverage = labelled(
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
    shortfalls = labelled(
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
        "depot",
        "commodity",
        "period",
        "amount",
        "measure",
    ]
    parts = [frame.assign(amount=x[frame["column"]] * frame["weight"]) for frame in model.assembly.broken]
    lines = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["rule", "amount"])
    for key in columns[1:-2]:
        filler = 0 if key == "period" else BLANK
        lines[key] = lines[key].fillna(filler).astype("int64") if key in lines else filler
    lines = lines[lines["amount"] > 0].reset_index(drop=True)
    measure = np.where(lines["rule"] == "T3", "persons", "people")
    return labelled(model.assembly.sets, lines, {**dict.fromkeys(columns), "measure": measure})
