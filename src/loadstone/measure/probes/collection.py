"""Collection of garbage in the component, where its runtime offers it.

Before a window opens, so that both sides begin with the same heap and go through as many cycles;
and before profiles of its memory are taken.
"""

from __future__ import annotations

import re

from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from loadstone.model import ApiAccess

_WITHIN = 10.0  # s for a collection and its answer
_CYCLES = re.compile(rb"^# NumGC = [1-9]\d*$", re.M)  # in the text of Go's heap profile


def collect(pprof: str, own: str = "", access: ApiAccess | None = None) -> bool:
    """Have the component collect its garbage; return whether it said that it did.

    `pprof`: URL of its /debug/pprof directory, where Go's heap profile collects first; `own`: URL
    of another runtime, whose answer 200 says that it is done. Returns when that is so, after
    10 s at most. Never raises for what the component answers.
    """
    url = own or (f"{pprof.rstrip('/')}/heap?gc=1&debug=1" if pprof else "")
    if not url:
        return False
    connections = pool(access)
    try:
        body = fetch(connections, url, within=_WITHIN)
    except FetchFailed:
        return False
    finally:
        connections.clear()
    return bool(own or _CYCLES.search(body))
