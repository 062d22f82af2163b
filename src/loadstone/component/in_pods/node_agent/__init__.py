"""The agent of a node, which reads the control groups of its containers for who may ask."""
