"""Clusters of real nodes in Docker: what the provider `kind` is held to where nothing is played."""
