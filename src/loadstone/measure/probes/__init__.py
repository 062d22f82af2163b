"""Probes: instruments that measure a component from the outside while its steps run."""
