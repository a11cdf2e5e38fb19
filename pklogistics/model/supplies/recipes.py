"""What people take: recipes with exact amounts, and baskets chosen by the nutrients that they hold (S2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.sets import Sets


def nutrients(sets: Sets) -> pd.Index:
    """Return the names of the nutrients that anything requires; they are numbered in this order."""
    distinct: pd.Index = pd.Index(sets.mission.frame("requirements")["nutrient"].unique())
    return distinct


def requirements(sets: Sets, names: pd.Index) -> pd.DataFrame:
    """Return the requirements: activity, nutrient (number), least and most per person (inf: no limit)."""
    frame = sets.mission.frame("requirements")
    return pd.DataFrame(
        {
            "activity": sets.names.codes("activity", frame["activity"]),
            "nutrient": names.get_indexer(pd.Index(frame["nutrient"])),
            "least": frame["per_person"].astype(float),
            "most": frame["max_per_person"].astype(float).fillna(np.inf),
        }
    )


def contents(sets: Sets, names: pd.Index) -> pd.DataFrame:
    """Return what goods hold of these nutrients: commodity, nutrient (number), content above 0."""
    frame = sets.mission.frame("nutrients")
    frame = frame[(frame["content"] > 0) & frame["nutrient"].isin(names)].reset_index(drop=True)
    return pd.DataFrame(
        {
            "commodity": sets.names.codes("commodity", frame["commodity"]),
            "nutrient": names.get_indexer(pd.Index(frame["nutrient"])),
            "content": frame["content"].astype(float),
        }
    )


def takes(sets: Sets, required: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return what an activity takes: activity, commodity, least and most per person, ``exact``.

    Without requirements each person takes just ``per_person``. In a basket without a limit of its own
    nobody needs more of a commodity than meets a requirement by itself, so no plan gets better by giving
    more; that stands for the limit.
    """
    table = sets.mission.frame("recipes")
    listed = pd.DataFrame(
        {
            "activity": sets.names.codes("activity", table["activity"]),
            "commodity": sets.names.codes("commodity", table["commodity"]),
            "least": table["per_person"].astype(float),
            "limit": table["max_per_person"].astype(float),
        }
    )
    holding = required[["activity", "nutrient", "least"]].merge(held, on="nutrient")
    holding["alone"] = holding["least"] / holding["content"]
    alone = holding.groupby(["activity", "commodity"], as_index=False)["alone"].max()
    both = listed.merge(alone, on=["activity", "commodity"], how="outer").fillna({"least": 0.0, "alone": 0.0})
    most = both["limit"].fillna(both["alone"].clip(lower=both["least"]))
    both["most"] = most.where(both["activity"].isin(required["activity"]), both["least"])
    both["exact"] = both["most"] <= both["least"]
    return both[both["most"] > 0].drop(columns=["alone", "limit"]).reset_index(drop=True)
