"""The wire: HTTP, and bodies in JSON, YAML and protobuf."""
