"""Patches, as computed: JSON patch, JSON merge patch and strategic merge patch."""
