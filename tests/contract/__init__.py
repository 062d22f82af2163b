"""What a Kubernetes API server promises its clients, stated against any cluster.

By default the cluster is the in-memory provider. With `LOADSTONE_CONTRACT_KUBECONFIG` set, it is
the one that file names; what only the in-memory server offers is then skipped, with the reason.
"""
