"""Why a plan is as it is.

The reason of each shortfall, what more of anything would change, and what conflicts.
"""

from pklogistics.explain.explain import explain
from pklogistics.explain.results import Explanation

__all__ = ["Explanation", "explain"]
