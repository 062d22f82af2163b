"""The price of a session, foretold of its plan before anything is started."""

from __future__ import annotations

from math import inf

from loadstone.cluster.provider import HasPrice, provider
from loadstone.errors import LoadstoneError
from loadstone.flows.cluster_programs import provider_options
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.model import Note
from loadstone.plan.estimate import duration


def foretold(job: Job, request: Request) -> list[Note]:
    """The price, where the provider has one; nothing where it is not known.

    Why it is not known is among the provider's problems.
    """
    if job.component.api:
        return []
    source = provider(job.plan.provider, options=provider_options(request.config, make=False))
    if not isinstance(source, HasPrice):
        return []
    policy = job.plan.policy
    seconds = min(duration(job.plan, max(policy.looks)), policy.budget or inf)
    try:
        return source.foretold(seconds)
    except LoadstoneError:
        return []
