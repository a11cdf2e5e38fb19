"""A mission as it stands in its files, in text, so that tests can change a cell and read it again."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pklogistics

INSTANCES = Path(__file__).parents[2] / "instances"


@dataclass(frozen=True)
class Draft:
    """Header and tables of a mission, all cells as text; every change gives a new draft."""

    header: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    def __repr__(self) -> str:
        """Show every cell that is not blank, so that a failing test can be repeated by hand."""
        lines = [f"header {dict(self.header)}"]
        for name, frame in self.tables.items():
            rows = [{k: cell for k, cell in row.items() if cell} for row in frame.to_dict("records")]
            lines.append(f"{name} {rows}")
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Be shown so by hypothesis, which otherwise shows data classes field by field."""
        printer.text(repr(self))

    @classmethod
    def of(cls, name: str) -> Draft:
        """Return the draft of a mission in ``instances``."""
        folder = INSTANCES / name
        header = tomllib.loads((folder / "mission.toml").read_text(encoding="utf-8"))
        tables = {
            path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
            for path in sorted(folder.glob("*.csv"))
        }
        return cls(header, tables)

    def mission(self) -> pklogistics.Mission:
        """Validate the draft."""
        return pklogistics.Mission.from_tables(copy.deepcopy(dict(self.header)), dict(self.tables))

    def with_header(self, **values: Any) -> Draft:
        """Return the draft with these entries of the header."""
        return replace(self, header={**self.header, **values})

    def with_policy(self, **values: Any) -> Draft:
        """Return the draft with these policies."""
        return self.with_header(policy={**self.header.get("policy", {}), **values})

    def without_policy(self, *names: str) -> Draft:
        """Return the draft without these policies."""
        kept = {name: value for name, value in self.header["policy"].items() if name not in names}
        assert len(kept) == len(self.header["policy"]) - len(names)
        return self.with_header(policy=kept)

    def with_table(self, table: str, frame: pd.DataFrame) -> Draft:
        """Return the draft with another table in the place of this one."""
        return replace(self, tables={**self.tables, table: frame})

    def without(self, table: str) -> Draft:
        """Return the draft without a table, and so without its rules."""
        assert table in self.tables
        return replace(self, tables={k: frame for k, frame in self.tables.items() if k != table})

    def without_rows(self, table: str, **where: str) -> Draft:
        """Return the draft without the rows that have these cells."""
        frame = self.tables[table]
        return self.with_table(table, frame[~self._rows(table, where)].reset_index(drop=True))

    def with_cells(self, table: str, column: str, value: str, **where: str) -> Draft:
        """Return the draft with this value in a column, in the rows that have these cells."""
        frame = self.tables[table].copy()
        assert column in frame or not where, column
        if column not in frame:
            frame[column] = ""
        frame.loc[self._rows(table, where), column] = value
        return self.with_table(table, frame)

    def blanked(self, table: str, *columns: str, **where: str) -> Draft:
        """Return the draft with blanks in these columns, in the rows that have these cells."""
        draft = self
        for column in columns:
            assert column in self.tables[table], column
            draft = draft.with_cells(table, column, "", **where)
        return draft

    def _rows(self, table: str, where: Mapping[str, str]) -> np.ndarray:
        frame = self.tables[table]
        chosen = np.ones(len(frame), dtype=bool)
        for column, value in where.items():
            chosen &= (frame[column] == value).to_numpy()
        assert chosen.any(), f"{table} has no row with {where}"
        return chosen
