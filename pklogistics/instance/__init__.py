"""What a mission is: its words and tables, its containers, and the checks that it passes before use."""

from pklogistics.instance import schema
from pklogistics.instance.changes import changed
from pklogistics.instance.files import read, validate, write
from pklogistics.instance.header import Header
from pklogistics.instance.mission import Mission

__all__ = ["Header", "Mission", "changed", "read", "schema", "validate", "write"]
