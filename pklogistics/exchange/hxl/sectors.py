"""Sectors (clusters) under the names and codes that humanitarian sheets give them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SECTORS = {
    "camp_coordination": ("cccm", "ccm", "camp coordination and camp management", "camp management"),
    "child_protection": ("pro-cpn", "cpn", "cp", "child protection aor"),
    "coordination": ("css", "ccs", "coordination and common services", "coordination and support services"),
    "early_recovery": ("erl", "early recovery and livelihoods", "livelihoods"),
    "education": ("edu", "education in emergencies"),
    "emergency_telecommunications": ("etc", "tel", "telecommunications", "emergency telecom"),
    "food_security": (
        *("fsc", "fsl", "fss", "food", "food security and livelihoods", "food security and agriculture"),
        "food assistance",
    ),
    "gender_based_violence": ("pro-gbv", "gbv", "gender based violence aor"),
    "health": ("hea", "health cluster", "public health", "emergency health"),
    "housing_land_property": ("pro-hlp", "hlp", "housing land and property"),
    "logistics": ("log",),
    "mine_action": ("pro-min", "min", "ma", "mine action aor"),
    "multi_purpose_cash": ("mpc", "mpca", "multipurpose cash", "multi purpose cash assistance", "cash"),
    "multi_sector": ("ms", "multisector", "refugee response", "refugees"),
    "nutrition": ("nut",),
    "protection": ("pro", "general protection"),
    "shelter": (
        *("shl", "sheltr", "es/nfi", "esnfi", "shelter and nfi", "shelter/nfi", "shelter nfi"),
        *("emergency shelter", "emergency shelter and nfi", "shelter and non-food items"),
    ),
    "wash": (
        *("wsh", "water sanitation and hygiene", "water sanitation hygiene", "water and sanitation"),
        *("water", "watsan"),
    ),
}
"""Each sector, and its other names: the codes of the response plans and what sheets write."""

KEPT = 65_536
"""Names that are remembered: sheets repeat few of them on many rows."""

WHOLE = frozenset({"all", "intersectoral", "intersectorial", "total", "inter sectoral", "all sectors"})
"""What stands for all sectors together: a total, and not one more sector."""


@lru_cache(maxsize=KEPT)
def bare(text: str) -> str:
    """Return a name as it is compared: letters and digits alone, without case and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]+", "", "".join(c for c in letters if not unicodedata.combining(c)))


_KNOWN = {bare(name): sector for sector, names in SECTORS.items() for name in (sector, *names)}
_WHOLE = frozenset(map(bare, WHOLE))


@lru_cache(maxsize=KEPT)
def sector_of(text: str) -> str | None:
    """Return the sector that a name or code stands for, or None if it is not known."""
    words = bare(re.sub(r"(?i)\b(cluster|sector|aor)\b", "", text))
    return _KNOWN.get(bare(text)) or _KNOWN.get(words)


@lru_cache(maxsize=KEPT)
def is_whole(text: str) -> bool:
    """Tell whether a name stands for all sectors together."""
    return bare(text) in _WHOLE
