"""Moves money, troops and supplies where they serve most, and proves how well."""
