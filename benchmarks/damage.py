"""What happened to a few public files, and what they said before."""

from __future__ import annotations

import numpy as np

_ALIKE = 9
"""So many customers whose costs are most like a customer's say what one of his costs should be."""


def with_lines(text: str, replaced: tuple[tuple[str, str], ...]) -> str:
    """Return a text with other lines in the places of those that say just this.

    Raises
    ------
    ValueError
        If there is not one such line.
    """
    lines = text.splitlines()
    for wrong, right in replaced:
        at = [place for place, line in enumerate(lines) if line.strip() == wrong]
        if len(at) != 1:
            raise ValueError(f"there are {len(at)} lines that say {wrong!r}; expected one")
        lines[at[0]] = right
    return "\n".join(lines) + "\n"


def with_threes(text: str) -> str:
    """Return a file of warehouses in which each 300 had been replaced by 1000, as it was before.

    Somebody gave all warehouses a capacity of 300 and then of 1000, and did so by replacing the digits in
    all of the file: of 100,000 costs in capa.txt none has 300 in it, and 746 have 1000, of which some always
    had. A cost has five decimals, so a sixth tells. Whether 1000 in front of the point was 300 is said by the
    price of a unit, which is then ten or three times too high beside what customers alike pay at the same
    warehouse.
    """
    tokens = text.split()
    warehouses, customers = int(tokens[0]), int(tokens[1])
    head = 2 + 2 * warehouses
    table = np.array(tokens[head:], dtype=object).reshape(customers, warehouses + 1)
    need, cost = table[:, :1].astype(float), table[:, 1:].astype(float)
    doubted = np.vectorize(lambda token: "1000" in token, otypes=[bool])(table[:, 1:])
    price = np.where(doubted, np.nan, np.log(cost / need))
    for customer, warehouse in np.argwhere(doubted):
        unlike = np.nanmedian(np.abs(price - price[customer]), axis=1)
        unlike[customer] = np.inf
        usual = np.nanmedian(price[np.argsort(unlike)[:_ALIKE], warehouse])
        whole, _, part = table[customer, warehouse + 1].partition(".")
        part = part.replace("1000", "300") if len(part) > 5 else part
        either = [f"{each}.{part}" for each in (whole, whole.replace("1000", "300", 1))]
        off = [abs(np.log(float(one) / need[customer, 0]) - usual) for one in either]
        table[customer, warehouse + 1] = either[int(np.argmin(off))]
    lines = [" ".join(tokens[:2])]
    lines += [" ".join(tokens[at : at + 2]) for at in range(2, head, 2)]
    lines += ["\n".join((row[0], " ".join(row[1:]))) for row in table]
    return "\n".join(lines) + "\n"
