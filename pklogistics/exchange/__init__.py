"""Missions out of the files of others: public instances and data sets, as ordinary missions.

An importer writes the tables of `pklogistics.instance` and nothing else: what comes out is validated,
solved and checked like any mission. A class that cannot be said in the tables shows that the tables are
too weak, and is a matter for the model, never for the importer.

To add a format, write a module named after it that holds a `Format` called ``FORMAT``. Its docstring names
the source of the format and the mapping: who is an organisation, what is a depot, which is the fund. Then
add a line to `FORMATS`.

>>> from pklogistics.exchange import import_mission
>>> mission = import_mission("reliefops", "realhist5.csv", instance="2016")  # doctest: +SKIP
"""

from __future__ import annotations

from pklogistics.exchange.errors import FormatError
from pklogistics.exchange.registry import FORMATS, import_mission, instances, settings_of

__all__ = ["FORMATS", "FormatError", "import_mission", "instances", "settings_of"]
