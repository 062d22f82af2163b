"""Audits: how often reports alarm though nothing changed, and what is demoted for it."""
