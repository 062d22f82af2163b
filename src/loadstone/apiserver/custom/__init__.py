"""Custom resources: definitions, their schemas, and the validation of their objects."""
