"""Audits: false-alarm rates and coverage in A/A comparisons, and what is demoted for them."""
