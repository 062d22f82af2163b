"""The wire: HTTP, JSON, YAML and protobuf on their way in and out, and failures."""
