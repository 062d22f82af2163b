"""Sentences for what is said of a run, and of the machine that it ran on."""

from __future__ import annotations

from loadstone.report.common.sentences.filling import Table

OF_RUNS: Table = {
    # why a run, or a part of it, does not count
    "api-errors": ("{message}", "adding and removing copies ended early: {said}"),
    "change-not-visible": "{url} answers right before the change to it",
    "environment-changed": "{fact} was {before} as the session began, and then {after}",
    "exited": (
        "the component ended with status {status:.0f} during the run",
        "the component ended with status {status:.0f} during the run; its last words: {said}",
        "the component ended by signal {signal:.0f} during the run",
        "the component ended by signal {signal:.0f} during the run; its last words: {said}",
        "the process {process} ended with status {status:.0f} during the run",
        (
            "the process {process} ended with status {status:.0f} during the run; "
            "its last words: {said}"
        ),
        "the process {process} ended by signal {signal:.0f} during the run",
        (
            "the process {process} ended by signal {signal:.0f} during the run; "
            "its last words: {said}"
        ),
    ),
    "failed": "{message}",
    "generator-bottleneck": (
        "the generator used {share:.0%} of its core ({allowed:.0%} allowed)",
        "the generator used {share:.0%} of its {cores:.0f} cores ({allowed:.0%} allowed)",
        "the load pod {pod} used {share:.0%} of its core ({allowed:.0%} allowed)",
        "the load pod {pod} used {share:.0%} of its {cores:.0f} cores ({allowed:.0%} allowed)",
        "the node of the load pod {pod} was busy for {node_cpu:.0%} ({allowed:.0%} allowed)",
        (
            "its quota kept the load pod {pod} waiting for {throttled:.1%} of the window "
            "({allowed:.1%} allowed)"
        ),
        (
            "the connection table of the load pod {pod} was {conntrack:.0%} full "
            "({allowed:.0%} allowed)"
        ),
        (
            "1 in 100 requests was sent more than {late:ms} late by the load pod {pod} itself "
            "({allowed:ms} allowed, where its latency's p99 is {latency:ms})"
        ),
        (
            "1 in 100 requests was sent more than {late:ms} late by the generator itself "
            "({allowed:ms} allowed, where the latency's p99 is {latency:ms})"
        ),
        (
            "without the component the generator reached {reached:.1f} times the rate "
            "({wanted:g} times wanted)"
        ),
    ),
    "hold-short": "{held:.0f} of {asked:.0f} idle connections were open at the end "
    "({lost:.0f} lost)",
    "no-secure-traffic": "the component does not say where it takes requests over TLS",
    "not-counted": "the step {step} needs an API server that counts the component's requests",
    "not-gone": "{late:.0f} of {copies:.0f} copies were still there after {timeout:g} s: {said}",
    "not-quiet": ("the component did not go quiet for {quiet:g} s within {timeout:g} s: {said}"),
    "not-ready": "{message}",
    "not-right": (
        "{late:.0f} of {copies:.0f} copies were not right within {timeout:g} s: {said}",
        "a change was not right within {timeout:g} s: {said}",
    ),
    "other-image": "the pod ran {ran}, and not {wanted}",
    "pod-gone": "the pod {pod} was gone before the run was over",
    "nothing-to-change": "there is no copy of {template} to change",
    "nothing-to-delete": "there is no copy of {template} to delete",
    "nothing-to-load": "there is no copy of {template} to ask",
    "nothing-to-request": "the API server has no {kind} to ask for",
    "nothing-to-watch": "there is no copy of {template} to watch",
    "profile-failed": "the {kind} profile could not be taken: {said}",
    "profile-not-a-profile": "the {kind} profile is none: {said}",
    "push-refused": (
        "{message}",
        "the routes could not be sent to {url}: {said}",
        "{url} refused the routes: {status:.0f} {said}",
    ),
    "rate-short": (
        (
            "{achieved:.1f} of the {asked:g} requests a second were answered "
            "({share:.1%}, {wanted:.1%} wanted)"
        ),
        "{done:.0f} operations in {seconds:.1f} s where {asked:.0f} were asked for",
    ),
    "requests-dropped": "{dropped:.0f} of {requests:.0f} requests were never sent: "
    "nothing was free",
    "restarted": "the component restarted {restarts:.0f} times ({allowed:.0f} allowed)",
    "stolen-time": (
        "the hypervisor took {share:.0%} of the CPU time ({allowed:.0%} allowed)",
        "the hypervisor takes {share:.0%} of the CPU time; measure at another hour or machine",
    ),
    "oom-killed": "memory ran out, and the kernel ended {kills:.0f} of the container's processes",
    "partner": "the other side of its pair does not count: {reason}",
    "waiting": (
        "waiting for {copies:.0f} `{template}`: {right:.0f} right; the first that is not: {said}",
        "waiting for the component to go quiet for {quiet:g} s: {said}",
    ),
    "upstream-bottleneck": "the upstream would be at its limit at {reached:.1f} times the rate "
    "({wanted:g} times wanted)",
    "watch-lost": (
        "{lost:.0f} of {expected:.0f} events of our writes did not come to a watcher",
        "{disordered:.0f} of {events:.0f} events came after one of a later revision",
    ),
    "wrong-answers": (
        (
            "{wrong:.0f} of {asked:.0f} requests were answered wrongly or not at all "
            "({allowed:.0f} allowed)"
        ),
        "{unasked:.0f} answers came that no request had asked for ({allowed:.0f} allowed)",
        "{wrong:.0f} routes did not come or go in time ({operations:.0f} operations in the window)",
        "{late:.0f} of {routes:.0f} routes did not answer right within {timeout:g} s: {said}",
        "a change was not answered right within {timeout:g} s: {url}: {said}",
    ),
    # what is worth knowing of a run that counts
    "checks-through-forward": "no port of the node could be reached from here: routes were checked "
    "through the API server, and how long they took is of that way as well; load was not",
    "churn-wrong": "{wrong:.0f} operations were not answered by in time, such as {said}",
    "counter-began-anew": "{alias} began anew {resets:times} while we looked; "
    "its growth counts on from 0 there",
    "histogram-beyond": "{names} of {alias} lie above the largest bound of its histogram, "
    "{bound:g}, and are not known",
    "hold-refused": "{refused:.0f} connections to hold were refused: {said}",
    "not-a-number": "no number, and left out: {names}",
    "image-ran": "{image} ran on the node {node} as {digest}",
    "image-loaded": "{image} was put on the nodes from this machine, where it is {digest}",
    "load-from-pods": "load came from {pods:.0f} pods on {nodes}, "
    "whose clocks are known within {clock:ms}",
    "node-agent": "an agent on the node {node} read the container's counters, with {cpu:ms} of "
    "CPU time",
    "old-version-answers": "after {old:.0f} of {changes:.0f} changes the old version still "
    "answered beside the new one",
    "prometheus-clock": "the clock of the Prometheus is {ahead:g} s ahead of ours: it does not "
    "know the window, and no query has a value",
    "query-empty": "{alias} has no value: no series answers its query",
    "query-failed": "{alias} has no value: {said}",
    "query-not-a-number": "{alias} has no value: the answer to its query is no number ({said})",
    "query-several": "{alias} has no value: {series:.0f} series answer its query, such as {said}",
    "query-sparse": "{alias} has no value: {selector} has {samples:samples} in the {window:g} s of "
    "the window, which may be shorter than the time between two scrapes",
    "query-warned": "{alias} has no value: Prometheus warns of its answer: {said}",
    "scrape-failed": "{failed:scrapes} failed, such as {said}",
    "scrape-incomplete": "there is no metrics page of {when} of the window: what was counted in it "
    "has no value",
    "sent-late": "1 in 100 requests was sent more than {late:ms} late by the generator itself, "
    "where the latency's p99 is {latency:ms}",
    "pressed": "something of the container waited for {what}, {seconds:ms} in all",
    "throttled": "its quota kept the container waiting {times:.0f} times, {seconds:ms} in all",
    "series-gone": "the metrics page of the end of the window shows no number for {names}, "
    "which was there before: what was counted in it has no value",
    "series-groups": "{alias} has {groups:.0f} groups of labels; the first {most:.0f} by name "
    "have quantities",
    "series-kept": "what Prometheus scraped for the queries is kept below prometheus/: "
    "{series:.0f} series, {samples:samples}",
    "series-left-out": "{series:.0f} series behind the queries were not kept: all of a run have "
    "more than {most:.0f} samples",
    "series-missing": "the metrics page shows no series for {names}",
    "series-not-a-number": "{alias} was NaN or infinite in {times:.0f} of {scrapes:.0f} scrapes, "
    "and has no value there",
    "series-too-many": "{alias} has more than {most:.0f} series on a page, and no quantities",
    "series-twice": "{samples:samples} {samples:were} shown twice, such as {said:quoted}; "
    "the first one counts",
    "series-unreadable": "{lines:lines} of the metrics page could not be read, "
    "such as {said:quoted}",
    "through-forward": "no port of the node could be reached from here: requests went through the "
    "API server, and latencies are of that way as well",
    "tls-unverified": "the load held the certificate to no authority",
    "wrong-answer-examples": "{said}",
    # what makes a machine noisy, or limits sizes
    "backlog": "only {backlog:g} connections may wait: `sysctl -w net.core.somaxconn=65535`",
    "cpu-quota": "the control group may use {quota:g} of {cores:g} cores, and stalls when it has; "
    "raise it: `docker run --cpus={cores:g}`, or the container's CPU limit",
    "few-cores": "one core for load, component and upstream; "
    "`taskset -pc $$` shows what is allowed",
    "governor": "CPU governor {governor}: `cpupower frequency-set -g performance`",
    "open-files": "at most {files:g} open files a process: `ulimit -n 65536`",
    "other-load": "other programs use {cores:.1f} cores; end what `top` shows",
    "port-range": "{ports:g} ports for outgoing connections: "
    '`sysctl -w net.ipv4.ip_local_port_range="1024 65535"`',
}
