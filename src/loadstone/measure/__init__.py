"""Measuring: sessions of runs, with their steps, load and probes. Judges nothing."""
