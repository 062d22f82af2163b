"""The dashboards of `dashboards/`: made of the presets, and run against a real Prometheus."""
