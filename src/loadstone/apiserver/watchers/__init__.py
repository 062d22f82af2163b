"""Watchers: places in the shared history of a resource, and the hub that tells them of changes."""
