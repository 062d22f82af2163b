"""Types: the built-in kinds as data, and what holds of the values of each type.

The data is made from what Kubernetes publishes with its sources, because reading that takes longer
than the server may take to start; a new release is one command, and tests make the data anew. How
values merge follows Kubernetes' own code, since a controller that is measured here must do the same
work as there. Rules that a real server has in code beyond these (of volumes, affinities, probes)
are not checked.
"""
