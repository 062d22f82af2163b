"""The provider `eks`: clusters and nodes of Amazon's service, and how nothing of them is left."""
