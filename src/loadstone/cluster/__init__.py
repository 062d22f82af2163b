"""Where clusters come from. Input and output: starts, dials and removes them; decides nothing."""
