"""Loadstone: a performance-regression bot for Kubernetes components.

Start with `loadstone.model`, the vocabulary; `loadstone.flows.compare` is the whole flow on one screen.
"""

__version__ = "0.1.0"
