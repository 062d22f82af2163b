"""Clusters: providers that start and remove them. Input and output; decides nothing."""
