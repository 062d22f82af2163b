"""The cluster of a component that is an API server itself: none, until the component starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loadstone.model import ApiAccess

NOWHERE = "http://api.invalid"  # RFC 2606: a name that nothing has, and that nobody asks


@dataclass(frozen=True, kw_only=True)
class OwnApi:
    """No cluster, in the place of one; a fresh component is as empty as it can be."""

    provider: str
    version: str = ""
    api: str = NOWHERE
    kubeconfig: Path = Path("/nonexistent")

    @property
    def access(self) -> ApiAccess:
        return ApiAccess(url=self.api)

    def reset(self) -> None:
        """Nothing: the component is started afresh for each run."""

    def alive(self) -> bool:
        """Yes: that the component has ended is seen and said of the component."""
        return True
