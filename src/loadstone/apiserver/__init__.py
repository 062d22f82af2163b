"""An in-memory Kubernetes API server: a process of its own that real clients cannot tell apart.

    connection ─► routing ─► dials ─► reading, writing, deleting ─► store ─► watch ─► connection

`http` speaks HTTP and knows no Kubernetes; `server` takes a request through the stages; `store`
holds the objects as bytes and the history of their changes; `watch` shares that history among
watchers. No controller runs here apart from garbage collection and the deletion of namespaces.
"""
