"""Steps: how each kind of step of a scenario is done, and what the kinds share."""
