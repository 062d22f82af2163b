"""Custom resources: definitions, their schemas, and what holds of their objects."""
