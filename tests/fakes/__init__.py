"""Fakes of services that tests cannot have."""
