"""The page of one flame graph, interactive, which loads nothing."""

from loadstone.report.flame.page import FlameNodes, page

__all__ = ["FlameNodes", "page"]
