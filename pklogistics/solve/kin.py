"""Columns that belong together, by the labels of a program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pklogistics.model.program import Bools, Floats, Ints, Program


@dataclass(frozen=True)
class Kin:
    """Columns that belong together by one label: class number per column, -1 for none.

    ``ordered`` labels (periods) are freed in runs of neighbours, the others at random.
    """

    name: str
    classes: Ints
    ordered: bool

    def freed(self, values: Floats, share: float, random: np.random.Generator) -> Bools:
        """Return the columns of about a share of the classes, whatever the plan."""
        count = int(self.classes.max()) + 1
        chosen = max(1, round(share * count))
        if self.ordered:
            first = int(random.integers(0, count - chosen + 1))
            return np.asarray((self.classes >= first) & (self.classes < first + chosen))
        return np.isin(self.classes, random.choice(count, chosen, replace=False))


def kin_of(program: Program) -> tuple[Kin, ...]:
    """Return the labels by which the integer columns of a program fall into at least two classes."""
    names = dict.fromkeys(str(name) for group in program.col_groups for name in group.keys)
    every = (Kin(name, _classes(program, name), name == "period") for name in names)
    return tuple(kin for kin in every if _tells_apart(kin, program))


def _classes(program: Program, name: str) -> Ints:
    """Number the columns by one label, in the order of the labels themselves; -1 without one."""
    groups = [group for group in program.col_groups if name in group.keys and len(group.keys)]
    labels = sorted({label for group in groups for label in group.keys[name].dropna().unique()})
    numbers = {label: number for number, label in enumerate(labels)}
    classes = np.full(program.columns, -1, dtype=np.int64)
    for group in groups:
        codes, found = group.keys[name].factorize()
        known = np.array([*(numbers[label] for label in found), -1], dtype=np.int64)
        classes[group.index] = known[codes]
    return classes


def _tells_apart(kin: Kin, program: Program) -> bool:
    used = kin.classes[program.integer]
    return len(np.unique(used[used >= 0])) > 1
