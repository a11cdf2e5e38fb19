"""From the tables of a plan back to a point of the program: the way back of `decode`.

Labels find their columns, decisions proper are put there, and what follows from them is derived by the same
rules that settle a solver's point. So a plan can be explained by the program's own rows, a search can begin
at it, and an earlier plan can be held against a mission that has changed: what the program has no column for
any more (a site that is gone, consent withdrawn) is left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.build import Model
from pklogistics.model.funding import KINDS
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK, Sets
from pklogistics.model.settle import settle
from pklogistics.model.spread import coded, put
from pklogistics.model.supplies.encode import encode_goods
from pklogistics.plan import Plan

NEED = ("site", "activity", "period")
OPTION = (*NEED, "organisation", "modality", "scope")


def encode(model: Model, plan: Plan) -> Floats:
    """Return the settled point of a plan, shape (columns,).

    The point keeps every rule if the plan does, and the tables decoded from it are those of the plan, but
    for the order in which one account's costs are paid. A plan of another mission gives a point that may
    break rules: `Program.violation` tells.

    Raises
    ------
    NoPlanError
        If the plan was not found.
    """
    x: Floats = np.where(model.program.col_lower > 0, model.program.col_lower, 0.0)
    _encode_service(model, plan, x)
    _encode_presence(model, plan, x)
    _encode_units(model, plan, x)
    encode_what_units_do(model, x)
    if model.assembly.goods is not None:
        encode_goods(model, plan, x)
    _encode_payments(model, plan, x)
    settled = settle(model, x)
    _encode_whole(model, settled)
    return settled


def _encode_service(model: Model, plan: Plan, x: Floats) -> None:
    assembly, sets = model.assembly, model.assembly.sets
    table = coded(sets, plan.tables["service"], site="site", activity="activity", organisation="organisation")
    by_force = table["organisation"] == BLANK
    put(x, _options(model), "served", table[~by_force], "people", OPTION)
    guards = assembly.guards
    if guards.empty:
        return
    need = sets.needs.iloc[guards["n"]]
    lines = guards[["post", "served"]].assign(**{key: need[key].to_numpy() for key in NEED})
    guarded = table[by_force].assign(post=sets.names.codes("site", table.loc[by_force, "post"]))
    anywhere = lines["post"] == BLANK
    put(x, lines[anywhere], "served", guarded, "people", NEED)
    put(x, lines[~anywhere], "served", guarded, "people", (*NEED, "post"))


def _options(model: Model) -> pd.DataFrame:
    """Return the options with what tells them apart in a plan."""
    capability = model.assembly.sets.capabilities.iloc[model.assembly.options["h"]]
    names = {name: capability[name].astype(str).to_numpy() for name in ("modality", "scope")}
    return model.assembly.options.assign(**names)


def _encode_presence(model: Model, plan: Plan, x: Floats) -> None:
    """Put presences, the options that they use, and mobilisation; bases follow from them."""
    sets, presence = model.assembly.sets, model.assembly.presence
    table = coded(
        sets, plan.tables["presence"], site="site", activity="activity", organisation="organisation"
    )
    table = table.assign(there=1.0)
    keys = (*NEED, "organisation")
    put(x, presence, "active", table.drop_duplicates(list(keys)), "there", keys)
    options = _options(model)
    put(x, options[options["used"] != BLANK], "used", table.drop_duplicates(list(OPTION)), "there", OPTION)
    called = coded(sets, plan.tables["mobilisation"], organisation="organisation").assign(there=1.0)
    put(x, model.assembly.mobilisation, "mobilised", called, "there", ("organisation", "period"))


def _encode_units(model: Model, plan: Plan, x: Floats) -> None:
    assembly, sets = model.assembly, model.assembly.sets
    table = coded(sets, plan.tables["stationing"], unit="unit", site="site")
    put(x, assembly.stationing, "stationed", table, "count", ("unit", "site", "period"))
    on_duty = coded(sets, plan.tables["escorts"], unit="unit")
    put(x, assembly.escorts, "on_escort", on_duty, "count", ("unit", "period"))


def encode_what_units_do(model: Model, x: Floats) -> None:
    """Derive strength, posts, and which sites are secure, armed or held, from where units are.

    Each of these is as much as the units allow, which never stands in the way of anything.
    """
    program = model.program
    for name, row in (("strength", "T2_strength"), ("post", "T6"), ("secured", "T4"), ("held", "")):
        group = program.group(name)
        if group is None or not len(group.keys):
            continue
        x[group.index] = 0.0
        if name == "strength":
            x[group.index] = _activity(model, row, x)
        elif name == "held":
            x[group.index] = _occupied(model, group.keys, x, armed_only=False)
        else:
            x[group.index] = 1.0
            enough = _least_activity(model, row, x) >= -1e-9
            x[group.index] = enough.astype(float)
    armed = program.group("armed")
    if armed is not None and len(armed.keys):
        x[armed.index] = _occupied(model, armed.keys, x, armed_only=True)


def _activity(model: Model, row: str, x: Floats) -> Floats:
    group = next(rows for rows in model.program.row_groups if rows.name == row)
    result: Floats = model.program.matrix[group.index] @ x
    return result


def _least_activity(model: Model, row: str, x: Floats) -> Floats:
    """Return the least activity of the rows of a rule, one per line of its labels, its rounded forms too."""
    least = _activity(model, row, x)
    for group in model.program.row_groups:
        if group.name == f"{row}_whole" and len(group.keys) == len(least):
            least = np.minimum(least, model.program.matrix[group.index] @ x)
    return least


def _occupied(model: Model, keys: pd.DataFrame, x: Floats, *, armed_only: bool) -> Floats:
    """Say (0 or 1) which sites and periods have units, or armed ones."""
    assembly, names = model.assembly, model.assembly.sets.names
    frame = assembly.stationing
    there = x[frame["stationed"].to_numpy(np.int64)] > 0.5
    if armed_only:
        there &= assembly.mission.frame("units")["armed"].to_numpy(bool)[frame["unit"]]
    taken = frame.loc[there, ["site", "period"]].drop_duplicates().assign(there=1.0)
    at = pd.DataFrame({"site": names.codes("site", keys["site"]), "period": keys["period"].to_numpy()})
    found: Floats = at.merge(taken, how="left")["there"].fillna(0.0).to_numpy(float)
    return found


def _encode_payments(model: Model, plan: Plan, x: Floats) -> None:
    """Put what each fund pays to each account; the account of a payment is that of its cost line."""
    assembly, sets = model.assembly, model.assembly.sets
    if assembly.payments.empty:
        return
    keys = ["kind", "organisation", "unit", "activity", "site", "commodity", "period"]
    kinds = {key: key for key in keys[1:-1]}
    table = coded(sets, plan.tables["payments"], fund="fund", **kinds)
    table["kind"] = pd.Index(KINDS).get_indexer(pd.Index(table["kind_of_cost"]))
    lines = assembly.lines.assign(kind=assembly.lines["kind"].cat.codes.astype(np.int64))
    accounts = lines[[*keys, "account"]].drop_duplicates(keys)
    paid = table.merge(accounts, on=keys)
    put(x, assembly.payments, "paid", paid, "amount", ("fund", "account", "period"))


def _encode_whole(model: Model, x: Floats) -> None:
    """Derive which needs are served whole or not at all (N2)."""
    group = model.program.group("full")
    if group is None or not len(group.keys):
        return
    assembly = model.assembly
    at = pd.DataFrame({key: _codes(assembly.sets, key, group.keys) for key in NEED})
    needs = assembly.sets.needs[list(NEED)].assign(unmet=assembly.unmet)
    unmet = at.merge(needs, how="left")["unmet"].to_numpy(np.int64)
    x[group.index] = (x[unmet] <= 0).astype(float)


def _codes(sets: Sets, key: str, keys: pd.DataFrame) -> np.ndarray:
    return keys[key].to_numpy(np.int64) if key == "period" else sets.names.codes(key, keys[key])
