"""Object metadata that the server itself writes: uid, moment of creation, generated name."""

from __future__ import annotations

import random
import uuid

from loadstone.apiserver.machinery.clock import now
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource

SERVER_OWNED = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
)


_SUFFIX = "bcdfghjklmnpqrstvwxz2456789"  # without vowels: no words come out
_SUFFIX_LENGTH = 5
_GENERATED_LIMIT = 63 - _SUFFIX_LENGTH


def stamp(resource: Resource, metadata: Document, rng: random.Random) -> None:
    """Write the metadata of a new object."""
    if not metadata.get("name") and isinstance(metadata.get("generateName"), str):
        suffix = "".join(rng.choices(_SUFFIX, k=_SUFFIX_LENGTH))
        metadata["name"] = metadata["generateName"][:_GENERATED_LIMIT] + suffix
    for field in SERVER_OWNED:
        metadata.pop(field, None)
    metadata["uid"] = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    metadata["creationTimestamp"] = now()
    if resource.generation or resource.custom:
        metadata["generation"] = 1
