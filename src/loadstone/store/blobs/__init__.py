"""Blobs: named bytes with compare-and-swap, in a folder, on a branch, in a bucket."""
