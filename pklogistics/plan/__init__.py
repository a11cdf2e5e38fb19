"""What was decided: plans in labels and units, saved and read back."""

from __future__ import annotations

from pklogistics.plan.plan import Plan, Status, TierResult
from pklogistics.plan.tables import TABLES, Column, PlanTable

__all__ = ["TABLES", "Column", "Plan", "PlanTable", "Status", "TierResult"]
