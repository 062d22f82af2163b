"""Admission: policies and quotas that a request has to pass."""
