"""What label selectors mean, as plainly as it can be said: the reference the server is held to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Requirement:
    """One condition on one label. `operator` is as it is written in a selector."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        match self.operator:
            case "exists":
                return self.key
            case "!":
                return f"!{self.key}"
            case "in" | "notin":
                return f"{self.key} {self.operator} ({','.join(self.values)})"
            case _:
                return f"{self.key}{self.operator}{self.values[0]}"

    def holds(self, labels: Labels) -> bool:
        """An absent label satisfies only `!`, `!=` and `notin`."""
        present, value = self.key in labels, labels.get(self.key)
        match self.operator:
            case "exists":
                return present
            case "!":
                return not present
            case "=" | "==" | "in":
                return present and value in self.values
            case "!=" | "notin":
                return value not in self.values
            case ">" | "<":
                return present and self._compares(labels[self.key])
            case _:
                raise ValueError(self.operator)

    def _compares(self, value: str) -> bool:
        """Both are compared as 64-bit integers; a value that is none does not match."""
        if not value.isdigit():
            return False
        bound = int(self.values[0])
        return int(value) > bound if self.operator == ">" else int(value) < bound


def written(requirements: Sequence[Requirement]) -> str:
    return ",".join(map(str, requirements))


def matches(requirements: Sequence[Requirement], labels: Labels) -> bool:
    return all(requirement.holds(labels) for requirement in requirements)
