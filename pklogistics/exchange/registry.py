"""The formats that can be imported, and the way from a file to a mission."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pklogistics.errors import OptionsError
from pklogistics.exchange.errors import refusal
from pklogistics.exchange.source import Format, Setting, Source

if TYPE_CHECKING:
    from pklogistics.instance import Mission

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "esups": "folder of prepositioned stock and past disasters (ESUPS)",
        "gap": "which agent does which job (generalised assignment, OR-Library)",
        "mcnd": "network with arcs to open and commodities to carry (Canad .dow)",
        "mknap": "projects under several budgets (multidimensional knapsack, OR-Library)",
        "mscflp-ci": "facility location with stores that may not share a warehouse (MiniZinc data)",
        "orlib-cap": "warehouses with capacities and fixed costs, and customers (OR-Library)",
        "pabulib": "participatory budget of a city (Pabulib .pb)",
        "pmed": "network of which p vertices are to be medians (OR-Library)",
        "reliefops": "monthly refugees and rice prices, with simconfig.json (relief-ops)",
        "sscflp": "single-source capacitated facility location (Holmberg)",
    }
)
"""What can be imported: the name of each format and what its files hold, in a line.

The importer of a format is the module of its name beside this one, with ``_`` for ``-``. It is loaded when
it is first used.
"""

SHOWN = 12
"""Names of instances that a message lists; a file may hold hundreds."""


def import_mission(
    format_name: str,
    path: str | os.PathLike[str],
    instance: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> Mission:
    """Read a file of a public format as a mission, and check it.

    Parameters
    ----------
    format_name
        A key of `FORMATS`.
    path
        The file, or the folder where the format is one.
    instance
        Which of the instances of the file, as `instances` names them; may be left out where there is one.
    settings
        Values for `settings_of` the format; what is left out has its default.

    Raises
    ------
    OptionsError
        If there is no such format, instance or setting; the message lists what there is.
    FormatError
        If the file is not of the format, with every place and reason.
    MissionError
        If what the file says contradicts itself.
    """
    from pklogistics.instance import Mission

    source = _opened(format_name, path, settings)
    draft = source.draft(_chosen(source.names, instance, str(path)))
    return Mission.from_tables(draft.header, draft.tables)


def instances(
    format_name: str, path: str | os.PathLike[str], settings: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return the names of the instances of a file, in its order; raises as `import_mission` does."""
    return _opened(format_name, path, settings).names


def settings_of(format_name: str) -> Mapping[str, Setting]:
    """Return what may be set of a format; raises `OptionsError` if there is no such format."""
    return _format(format_name).settings


def _opened(format_name: str, path: str | os.PathLike[str], settings: Mapping[str, str] | None) -> Source:
    form = _format(format_name)
    place = Path(path)
    given = dict(settings or {})
    for name in given:
        if name not in form.settings:
            raise OptionsError(
                f"{format_name} has no setting {_offer(name, form.settings, 'the settings are')}"
            )
    if not place.exists():
        from pklogistics.exchange.files import (
            near_name,
        )  # Here, since it loads pandas and --help lists formats.

        raise refusal(str(path), f"does not exist{near_name(place)}")
    return form.open(place, {**{name: each.default for name, each in form.settings.items()}, **given})


def _format(format_name: str) -> Format:
    if format_name not in FORMATS:
        raise OptionsError(f"there is no format {_offer(format_name, FORMATS, 'the formats are')}")
    module: Any = import_module(f"{__package__}.{format_name.replace('-', '_')}")
    form: Format = module.FORMAT
    return form


def _chosen(names: tuple[str, ...], wanted: str | None, file: str) -> str:
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None:
        raise OptionsError(f"{file} holds {len(names):,} instances, name one of {_listed(names)}")
    if wanted not in names:
        raise OptionsError(f"{file} holds no instance {_offer(wanted, names, 'there are')}")
    return wanted


def _offer(name: str, known: Iterable[str], intro: str) -> str:
    """Return the name, the nearest known one, and what there is."""
    from pklogistics.instance.names import did_you_mean

    names = tuple(known)
    there = f"{intro} {_listed(names)}" if names else "it has none"
    return f"'{name}'{did_you_mean(name, names)}; {there}"


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
