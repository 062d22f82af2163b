"""The release of Kubernetes that the server says it is."""

MINOR = 36
RELEASE = f"v1.{MINOR}.0"
