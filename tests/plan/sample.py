"""A small scenario and a small component, valid, to be broken in one place at a time."""

SCENARIO = """\
scenario: small
about: A scenario for tests.
role: ingress
axes:
  routes: {values: [100, 1000]}
  rate: {values: [500], unit: 1/s}
  body: {values: [600B, 22kB], unit: By}
tiers:
  quick:
    axes: {routes: [100]}
    warmup: 1s
    window: 4s
  full:
    scale: {routes: 0.5}
    warmup: 1s
    window: 60s
workload:
  templates:
    route:
      objects:
        - apiVersion: v1
          kind: Service
          metadata: {name: "r${i}"}
      check: {host: "r${i}.test", path: "/v${version}/body/${body}"}
  setup:
    - {do: create, template: route, count: "${routes}"}
    - {do: await, template: route}
  measured:
    - {do: load, template: route, rate: "${rate}", body: "${body}"}
  profiles: [cpu]
metrics:
  latency_p99:
    source: latency.p99
    unit: s
    better: lower
    margin: 10%
    minimum: 500us
  cpu:
    source: process.cpu_seconds
    per: load.requests
    times: 1000
    unit: s
    better: lower
    margin: 5%
  reloads:
    source: scrape.reloads.delta
    unit: "1"
    better: none
    margin: 0
objectives:
  - {metric: latency_p99, at_most: 30ms}
"""

COMPONENT = """\
component: small
about: A component for tests.
role: ingress
revisions:
  package: {name: small-bin, executable: small}
ports: [http, admin]
command: ["${executable}", --listen, "${http}", --api, "${api}"]
traffic: ${http}
ready: {url: "http://${admin}/ready"}
metrics: http://${admin}/metrics
scrape: {reloads: 'reloads_total{result="ok"}'}
push:
  url: http://${admin}/load
  template: "{{ routes | length }} {{ http }}"
"""


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with each (old, new) replaced; every `old` has to be there."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text
