"""A program of clinics at sites that organisations can run where they are there at all: small, and torn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.program import Builder, Program, Tier


def clinics(seed: int, sites: int = 8, organisations: int = 3) -> Program:
    """Each organisation may run a clinic at each site, has staff for some, and costs a share of the budget.

    People at a site are served by any of them, up to what their clinics can do. What is left unserved is
    minimised. Being there is whole and shared, and links a hundred clinics to it; one of two of them may be
    there, so their rows of shared columns alone say something too.
    """
    random, count = np.random.default_rng(seed), sites * organisations
    site, who = np.repeat(np.arange(sites), organisations), np.tile(np.arange(organisations), sites)
    at, each = pd.DataFrame({"site": site, "who": who}), pd.DataFrame({"who": np.arange(organisations)})
    people = random.integers(20, 100, sites).astype(float)
    b = Builder()
    clinic = b.columns("f", "clinic", at, upper=1, integer=True, block=site)
    served = b.columns("f", "served", at, upper=people[site], block=site)
    there = b.columns("f", "there", each, upper=1, integer=True)
    spent = b.columns("f", "spent", each.head(1), upper=4.0 * sites)
    able = b.rows("f", "able", at, upper=0)
    b.entries(able, served, 1)
    b.entries(able, clinic, -random.integers(10, 60, count).astype(float))
    b.entries(b.rows("f", "need", pd.DataFrame({"site": np.arange(sites)}), upper=people)[site], served, 1)
    linked = b.rows("f", "linked", at, upper=0)
    b.entries(linked, clinic, 1)
    b.entries(linked, there[who], -1)
    b.entries(
        b.rows("f", "staff", each, upper=0.8 * sites + 1.0)[who],
        clinic,
        random.integers(1, 4, count).astype(float),
    )
    budget = b.rows("f", "budget", each.head(1), lower=0, upper=0)
    b.entries(np.repeat(budget, count), clinic, random.integers(2, 9, count).astype(float))
    b.entries(np.repeat(budget, organisations), there, 0.7 * sites)
    b.entries(budget, spent, -1)
    either = b.rows("f", "either", each.head(1), lower=1, upper=organisations - 1)
    b.entries(np.repeat(either, organisations), there, 1)
    b.term("unserved", served, -1.0, offset=float(people.sum()))
    return b.build([Tier("unserved", {"unserved": 1.0})])
