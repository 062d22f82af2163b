"""An in-memory Kubernetes API server: a process of its own that real clients cannot tell apart.

    wire ─► server ─► routing ─► dials ─► api ─► handlers ─► storage ─► watchers ─► wire

- `__main__` listens; `wire` speaks HTTP and decodes bodies; `server` takes a request through the
  stages, and `dials` may delay it or make it fail on the way.
- `api` picks the handler of a verb. `handlers` read, write, patch and delete objects: `defaults`
  fills one in, `validation` says what is wrong with it, `admission` asks policies and quotas,
  `storage` keeps it as bytes with the history of its changes.
- `watchers` share that history among clients; `responses` writes objects in the format that a
  client accepts, with the columns of `printing`.
- `patches` and `apply` compute what comes of a document, and know neither requests' paths nor the
  store; `conversion` turns one shape of a kind into another; `custom` is what definitions define.
- `subresources` and `discovery` answer what is no object. `controllers` change objects by
  themselves: garbage collection, the deletion of namespaces, custom resources; none of them runs a
  workload.
- `types` holds the built-in kinds as data; `machinery` what everything else speaks of.
- `control`, `accounting` and `prometheus` are for whoever measures.

Nothing here imports the rest of Loadstone, and nothing there imports this: `cluster.memory` starts
it as a process. The order of the layers is a contract in `pyproject.toml`.
"""
