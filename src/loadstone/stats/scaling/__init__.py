"""Scaling: exponents of cost over size, and slopes in time. They explain, and never gate."""
