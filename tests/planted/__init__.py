"""A small ingress controller and proxy with a switch for each flaw, to hold reports against.

Real releases differ in many ways at once, and made-up numbers never meet a probe, a profile or an
API server. Python, because that needs no compiler on a fresh machine; so its heap has no
collector's saw teeth and its latency no second thread to hide a stall. It proves that a flaw is
found on the right metric, not how small a flaw can be.
"""
