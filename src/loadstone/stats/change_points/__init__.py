"""change_points."""
