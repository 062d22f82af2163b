"""A proxy in front of any API server: it counts requests by client, and delays and fails them.

`python -m loadstone.cluster.api_proxy`, a process of its own, which `cluster/proxy.py` starts.
Heads are read, bodies go through as they came. A client's connection has one of its own to the
server for as long as it lasts, so that what closes, and when, is what the client would see without.
"""
