"""Loadstone: a performance-regression bot for Kubernetes components.

Start with `loadstone.model`, the vocabulary; `loadstone.flows` has a screen for each thing that is
done from start to end.
"""

__version__ = "0.1.0"
