"""Shapes over sizes and growth in time: they explain, and never gate."""
