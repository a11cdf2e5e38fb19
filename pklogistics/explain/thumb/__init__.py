"""What people do today: the rule of thumb that a plan is held against."""

from pklogistics.explain.thumb.rule import rule_of_thumb

__all__ = ["rule_of_thumb"]
