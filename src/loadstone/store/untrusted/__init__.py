"""Artifacts of jobs that ran foreign code: read with bounds, and held to a plan that is ours."""
