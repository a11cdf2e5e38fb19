"""The flow of goods: columns for what enters, moves, stays, is given and expires, and their balance (S1).

A column is made only where goods can come from somewhere and lead to a use or to a stock target. What is
there whatever is decided (stock, pledges), and what is held for a target, may stay where it is, expire, or be
cleared out of a depot that is costly to keep or narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Bools, Ints
from pklogistics.model.supplies import uses
from pklogistics.model.supplies.entry import add_entries, entry_nodes
from pklogistics.model.supplies.goods import FAMILY, Goods
from pklogistics.model.supplies.lots import USE
from pklogistics.model.supplies.network import network_of, reached
from pklogistics.model.supplies.tables import PURCHASE, Supplies
from pklogistics.model.supplies.worth import worth_of

LOT = ["place", "commodity", "cargo", "expires", "period"]


def network_and_arrivals(supplies: Supplies, guarded: Bools) -> Goods:
    """Return the network of a mission, and where goods can come at all."""
    network = network_of(supplies, guarded)
    sources = entry_nodes(supplies, network)["node"].to_numpy(np.int64)
    come = reached(len(network.lot), *network.links(), sources)
    return Goods(supplies, network, come, uses.lacking(supplies, network, come))


@dataclass(frozen=True)
class _Live:
    """What matters of the network.

    Attributes
    ----------
    useful : nodes from which goods can come to a use, or count for a target, shape (nodes,)
    left : nodes where goods may be left over, shape (nodes,)
    ways : ways that goods may take, shape (ways,)
    """

    useful: Bools
    left: Bools
    ways: Bools


def add_flow(assembly: Assembly) -> None:
    """Add the columns of goods and the rows of balance; fill `Goods`."""
    goods = assembly.goods
    if goods is None:
        return
    supplies, network = goods.supplies, goods.network
    goods.people = uses.takers(supplies, assembly.options)
    goods.portions = uses.portions(supplies, network, goods.come, goods.people)
    goods.worth = worth_of(supplies, network.index.pairs, goods.portions)
    entries = entry_nodes(supplies, network)
    live = _live(goods, entries)
    add_entries(assembly, goods, entries, live.useful)
    _add_ways(assembly, goods, live)
    _add_rests(assembly, goods, live)
    _add_balance(assembly, goods)


def target_nodes(goods: Goods) -> pd.DataFrame:
    """Return the nodes that count for each stock target: target (line of `Supplies.targets`) and node."""
    network, targets = goods.network, goods.supplies.targets.reset_index(names="target")
    vintages = network.index.vintages.reset_index(names="vintage")
    lines = targets.merge(vintages, on="commodity")
    fresh = lines["expires"] >= lines["period"] + lines["min_life"]
    lines = lines[fresh & (lines["first"] <= lines["period"]) & (lines["period"] <= lines["last"])]
    lines = lines.merge(pd.DataFrame({"cargo": range(network.index.cargoes)}), how="cross")
    lot = network.index.depot(lines["depot"], lines["cargo"], lines["vintage"])
    node = network.node(lot, lines["period"])
    there = goods.come[node] & network.stays[node]
    return pd.DataFrame({"target": lines["target"], "node": node})[there]


def _live(goods: Goods, entries: pd.DataFrame) -> _Live:
    network, come = goods.network, goods.come
    tail, head = (network.ways[end].to_numpy(np.int64) for end in ("tail", "head"))
    count = len(network.lot)
    targets = target_nodes(goods)["node"].to_numpy(np.int64)
    sinks = np.concatenate([goods.portions["node"].to_numpy(np.int64), targets])
    tails, heads = network.links()
    useful = reached(count, heads, tails, sinks) & come
    used = useful[tail] & useful[head]
    clearing = come[tail] & _clearing(goods)
    staying = np.flatnonzero(network.stays & ~network.last & come)
    there = entries.loc[entries["source"] != PURCHASE, "node"].to_numpy(np.int64)
    left = reached(
        count,
        np.concatenate([staying, tail[used | clearing]]),
        np.concatenate([staying + 1, head[used | clearing]]),
        np.concatenate([there, targets]),
    )
    return _Live(useful, left, used | (clearing & left[tail]))


def _clearing(goods: Goods) -> Bools:
    """Say on which ways a depot could be cleared of what nobody needs, shape (ways,).

    That makes room, or saves the cost of a depot in use; elsewhere such goods stay where they are.
    """
    network, supplies = goods.network, goods.supplies
    tail, head = (network.ways[end].to_numpy(np.int64) for end in ("tail", "head"))
    every = np.arange(len(network.lot))
    expiring = (network.of("expires", every) == network.period) & (network.of("kind", every) != USE)
    rests = np.flatnonzero(network.stays | expiring)
    depots = supplies.depots
    held = np.isfinite(depots[["capacity_t", "capacity_m3"]].to_numpy(float)).any(axis=1)
    narrow = held | depots["closable"].to_numpy(bool)
    restful = reached(len(every), head, tail, rests)[head]
    return np.asarray(narrow[network.of("place", tail)] & restful, dtype=bool)


def _lots(goods: Goods, nodes: Ints) -> pd.DataFrame:
    """Return place, commodity, cargo, expires and period of nodes, and the nodes."""
    network = goods.network
    keys = {name: network.of(name, nodes) for name in LOT[:-1]}
    return pd.DataFrame({**keys, "period": network.period[nodes], "node": nodes})


def _add_ways(assembly: Assembly, goods: Goods, live: _Live) -> None:
    """Add what is sent on routes, and what leaves shelves for people."""
    supplies, network = goods.supplies, goods.network
    ways = network.ways[live.ways].reset_index(drop=True)
    sent = _lots(goods, ways["tail"].to_numpy()).drop(columns="node").assign(**ways)
    sent = sent.rename(columns={"place": "origin"})
    sent["arrives"] = sent["period"] + sent["lead"]
    sent["destination"] = network.of("place", sent["head"])
    sent["site"] = goods.block(sent["destination"].to_numpy())
    weight, capacity = goods.tonnes(sent), goods.of_route("capacity_t", sent["route"])
    carried = np.divide(capacity, weight, out=np.full(len(sent), np.inf), where=weight > 0)
    there = goods.useful(sent["origin"], sent["commodity"], sent["period"])
    wanted = goods.useful(sent["destination"], sent["commodity"], sent["arrives"])
    sent["useful"] = np.minimum(there, wanted)
    sent["upper"] = np.minimum(carried, sent["useful"])
    keys = sent[["origin", "destination", "commodity", "cargo", "expires", "period", "arrives"]]
    modes = pd.Categorical(supplies.routes["mode"])
    at = supplies.routes.index.get_indexer(pd.Index(sent["route"]))
    labels = goods.labels(assembly, keys).assign(mode=modes[at])
    sent["sent"] = assembly.builder.columns(FAMILY, "sent", labels, upper=sent["upper"], block=sent["site"])
    goods.sent = sent

    gifts = network.gifts
    gifts = gifts[live.useful[gifts["tail"]] & live.useful[gifts["head"]]].reset_index(drop=True)
    given = _lots(goods, gifts["tail"].to_numpy()).drop(columns="node").assign(**gifts)
    given["site"] = goods.block(given["place"].to_numpy())
    labels = goods.labels(assembly, given[["site", "commodity", "cargo", "expires", "period"]])
    most = goods.useful(given["place"], given["commodity"], given["period"])
    given["given"] = assembly.builder.columns(FAMILY, "given", labels, upper=most, block=given["site"])
    goods.given = given


def _add_rests(assembly: Assembly, goods: Goods, live: _Live) -> None:
    """Add what is on hand at the end of periods, and what expires."""
    network, builder = goods.network, assembly.builder
    following = np.append(live.useful[1:], False) & ~network.last
    staying = np.flatnonzero(network.stays & goods.come & (following | live.left))
    frame = _lots(goods, staying)
    # Goods held for an earlier target, or there whatever is decided, may be left when nobody needs them.
    since = frame["period"].where(~live.left[staying], 1)
    most = goods.useful(frame["place"], frame["commodity"], frame["period"], since)
    block = goods.block(frame["place"].to_numpy())
    labels = goods.labels(assembly, frame[LOT])
    frame["upper"] = most
    frame["on_hand"] = builder.columns(FAMILY, "on_hand", labels, upper=most, block=block)
    goods.on_hand = frame

    last = network.of("expires", np.arange(len(network.lot))) == network.period
    perished = np.flatnonzero(live.left & last)
    frame = _lots(goods, perished)
    since = pd.Series(1, index=frame.index)
    most = goods.useful(frame["place"], frame["commodity"], frame["period"], since)
    block = goods.block(frame["place"].to_numpy())
    labels = goods.labels(assembly, frame[[*LOT[:3], "period"]])
    frame["expired"] = builder.columns(FAMILY, "expired", labels, upper=most, block=block)
    builder.term("waste", frame["expired"], goods.tonnes(frame), unit="t")
    goods.expired = frame


def _add_balance(assembly: Assembly, goods: Goods) -> None:
    """Add S1: what comes to a node leaves it. At nodes of use this is S2 as well."""
    builder, network = assembly.builder, goods.network
    ins = [(goods.bought, "node", "bought"), (goods.taken, "node", "taken"), (goods.sent, "head", "sent")]
    ins += [(goods.given, "head", "given")]
    outs = [(goods.sent, "tail", "sent"), (goods.given, "tail", "given"), (goods.expired, "node", "expired")]
    outs += [(goods.on_hand, "node", "on_hand")]
    onward = goods.on_hand[~network.last[goods.on_hand["node"]]]
    ins.append((onward.assign(node=onward["node"] + 1), "node", "on_hand"))
    met = np.zeros(len(network.lot), dtype=bool)
    for frame, end, _ in (*ins, *outs):
        met[frame[end].to_numpy(np.int64)] = True
    met[goods.portions["node"].to_numpy(np.int64)] = True
    kind = network.lots["kind"].to_numpy()[network.lot]
    rows = np.full(len(network.lot), -1)
    for name, chosen in (("S1", met & (kind != USE)), ("S2", met & (kind == USE))):
        nodes = np.flatnonzero(chosen)
        keys = _lots(goods, nodes)[LOT]
        labels = goods.labels(assembly, keys if name == "S1" else keys.drop(columns="expires"))
        rows[nodes] = builder.rows(FAMILY, name, labels, lower=0, upper=0)
    for sign, parts in ((1.0, ins), (-1.0, outs)):
        for frame, end, column in parts:
            builder.entries(rows[frame[end].to_numpy(np.int64)], frame[column], sign)
    goods.rows = rows
