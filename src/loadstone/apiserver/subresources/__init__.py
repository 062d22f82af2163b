"""Subresources and reviews: answers that are no object of the store."""
