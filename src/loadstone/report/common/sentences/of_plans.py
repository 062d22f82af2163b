"""Sentences for what was decided before anything ran: of metrics, searches and revisions."""

from __future__ import annotations

from loadstone.report.common.sentences.filling import Table

OF_PLANS: Table = {
    "demoted": "{metric} is reported and not gated: {why}",
    "metric-not-offered": (
        "{metric} is left out: {component} has no scrape alias `{alias}`",
        "{metric} is left out: {component} has no process `{process}`",
        "{metric} is left out: {component} has no query `{query}`",
        "{metric} is left out: no `prometheus` is named that {component} could ask `{unasked}`",
        (
            "{metric} is left out: the process `{process}` of {component} has no scrape alias "
            "`{alias}`"
        ),
    ),
    "session-outlives": "measuring may take {seconds:seconds}, and after {hours:g} h a sweep "
    "removes the session's cluster: raise `eks.hours`, or lower the budget",
    "session-price": (
        (
            "on {provider} the measuring alone costs about ${likely:.2f}, and a session at most "
            "${most:.2f} of the ${cap:.2f} that it may: {nodes:.0f} nodes at ${price:g} an hour by "
            "{source}"
        ),
        (
            "on {provider} the measuring alone costs about ${likely:.2f}, and a session at most "
            "${most:.2f} of the ${cap:.2f} that it may: {nodes:.0f} nodes at ${price:g} an hour by "
            "{source} of {day}"
        ),
    ),
    "minimum": (
        (
            "{metric} can hardly gate: its minimum of {minimum:g} is more than the {asked:g} "
            "that is asked for"
        ),
        "{metric} can hardly gate: it was less than its minimum in the newest baseline ({cases})",
    ),
    "search": "{sizes:.0f} sizes of {axis} from {low:g} to {high:g}, at most {steps:.0f} of them "
    "tried on a side, each {least:.0f} to {most:.0f} times: up to {shortest:.0f} to "
    "{longest:.0f} min",
    "searched-at": "searched at {axes}; --at AXIS=VALUE searches elsewhere",
    "shard": "shard {number} of {of} measures {cases} of {all:cases}",
    "too-few-rounds": (
        (
            "{rounds:rounds} cannot show even a tenfold change of {names} ({rows:gated rows}): "
            "that takes {needed:.0f}; --looks {needed:.0f} asks for them"
        ),
        (
            "the budget of {budget:seconds} is spent after about {rounds:rounds}, which cannot "
            "show even a tenfold change of {names} ({rows:gated rows}): that takes {needed:.0f}; "
            "give a larger --budget, or fewer cases"
        ),
    ),
    "too-few-samples": "{metric} is shown, not gated: {have:.0f} observations a run, "
    "{needed:.0f} needed",
    # of a revision
    "ambiguous-revision": (
        "{name} is a file here, which was taken, and the name of commits: build:{name}",
        "{name} is the name of {refs}: {taken} was taken",
        (
            "{name} is the name of {kind} {ref}, which was taken, and the beginning of the commit "
            "{commit}"
        ),
    ),
    "missing-program": "{said} ({step})",
    "missing-provider": "provider {provider} cannot be had here: {said} ({step})",
    "image-to-pull": "{image} is not in this machine's Docker: the nodes pull it from its registry",
    "shared-cluster": "both sides of {cases:cases} share the API server of that one cluster, each "
    "in a namespace of its own: what one side asks of it can slow the other",
    "missing-tool": "{name} cannot be made here: {said} ({step})",
    "no-lfs": (
        "large files are pointers only ({files}): {said}",
        "large files are pointers only ({files} and {more:.0f} more): {said}",
        "{revision}: large files are pointers only ({files}): {said}",
        "{revision}: large files are pointers only ({files} and {more:.0f} more): {said}",
    ),
    "no-submodules": (
        "its submodules are not checked out: {said}",
        "{revision}: its submodules are not checked out: {said}",
    ),
    "remote-branch": "there is no branch or tag {name} in {repository}: {taken} was taken",
}
