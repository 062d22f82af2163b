"""The host: what machine measures, what it allows, and whether it stayed the same."""
