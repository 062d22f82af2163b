"""Measuring: starts components, sends load, probes, and the only loop over time. Judges nothing."""
