"""What all statistics share: samples, estimates with their errors, levels of tests."""
