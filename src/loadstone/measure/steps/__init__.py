"""Steps: what is done for each kind of step of a scenario, and what the kinds share."""
