"""Documents beside the resources: discovery, OpenAPI, version, health."""
