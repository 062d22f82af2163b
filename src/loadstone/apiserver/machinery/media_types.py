"""Media types of Kubernetes: of patches, and of protobuf."""

from __future__ import annotations

JSON = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
TYPES = (JSON, MERGE, STRATEGIC, APPLY)


def is_apply(content_type: str) -> bool:
    """Whether a body is a configuration for server-side apply."""
    return content_type.startswith(APPLY)


def is_patch(content_type: str) -> bool:
    """Whether a body is a patch of any type."""
    return content_type.partition(";")[0].strip() in TYPES


PROTOBUF = "application/vnd.kubernetes.protobuf"
