"""What was decided: plans in labels and units, saved and read back."""

from __future__ import annotations

from pklogistics.plan.plan import Plan, Status, TierResult
from pklogistics.plan.table import Column, PlanTable
from pklogistics.plan.tables import TABLES

__all__ = ["TABLES", "Column", "Plan", "PlanTable", "Status", "TierResult"]
