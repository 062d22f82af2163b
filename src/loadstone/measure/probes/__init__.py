"""Probes: what is measured of a component from the outside while its steps run."""
