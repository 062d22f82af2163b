"""What a Kubernetes API server promises its clients, stated against any cluster.

By default the cluster is the in-memory provider. With `LOADSTONE_CONTRACT_KUBECONFIG` set, it is
the one that file names; what only the in-memory server offers is then skipped, with the reason.

Where the two differ, kube-apiserver is right and its source was read. Bare requests and answers are
compared, not a client library's idea of them. That nothing happens is shown by what happens next (a
marker event), never by waiting.
"""
