"""Discovery: groups and resources, OpenAPI, version, health."""
