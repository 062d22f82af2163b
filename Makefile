# Everything from nothing: `make demo` measures two releases of a real ingress controller here and now,
# `make test` is what every change has to pass. Both need Python 3.11 or later, pip and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check
# Requirements with hashes and without addresses, good for every Python from 3.11 on.
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --universal \
           --python-version 3.11 --no-header
OUT    ?= out
BASE   ?= 3.0.4
HEAD   ?= 3.7.15
PEERS  := $(VENV)/peers
WHEEL  := $(VENV)/wheel
# What the tests of `make real` build.
REAL   := planted allocating merging grpc typed messages operator go-operator helm etcd kwok kube-apiserver \
          kube-controller-manager kube-scheduler kube-proxy e2e.test cluster-api cluster-api-bootstrap \
          cluster-api-control-plane cluster-api-infrastructure
# What the nodes of `make kind` run, and kind itself.
NODES  := kind kubeadm kubelet etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy \
          coredns pause
PYTEST := $(BIN)/python -m pytest
# More workers than cores, since many tests wait; grouped tests share one.
BESIDE := -n $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3 / 2) --dist loadgroup
MARK   := $(VENV)/.installed
# Files with tests of a mark: to read all of them takes longer than some marks' tests.
marked  = $(shell grep -rlE 'mark\.$(1)\b' tests --include='test_*.py')
USE    := $(VENV)/.usable

.PHONY: demo test e2e study wheel real operators conformance firewall prometheus quick lint format generated lock clean \
        help browser peers merging action docker kind kind-load real-programs kind-programs

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(USE) ## Compare two releases of Traefik on this machine, in about six minutes
	$(BIN)/loadstone run --scenario ingress --component traefik --base $(BASE) --head $(HEAD) \
	  --provider memory --tier quick --out $(OUT) || [ $$? -eq 1 ]  # a regression is an answer
	@echo
	@echo "to go on, here:       . $(BIN)/activate   makes loadstone a command of this shell"
	@echo "                      loadstone more $(OUT)    adds rounds for what is inconclusive"
	@echo "in another repository: README.md, Get it"

# Side by side first; then those that measure time or need the whole machine, one after another.
# COVERAGE=1 shows which lines and branches of this checkout no test reaches, its processes included.
test: lint merging ## Lint, types, import contracts and tests
	$(PYTEST) -m "not alone and not e2e and not real and not action and not kind and not operators" $(BESIDE) $(if $(COVERAGE),--cov --cov-report=)
	$(PYTEST) -m "alone and not e2e and not real and not action and not kind and not operators" \
	  $(call marked,alone) $(if $(COVERAGE),--cov --cov-append --cov-report=term:skip-covered)

# One after another, because they measure. What a user types is typed at the built wheel.
e2e: export LOADSTONE_COMMAND = $(CURDIR)/$(WHEEL)/bin/loadstone
e2e: wheel ## The tests that run real components end to end, by the built wheel
	$(PYTEST) -m "e2e and not real" $(call marked,e2e)

# Kubernetes' own merging code, which tests hold the embedded server to; without Go they are skipped.
merging: $(MARK)
	! command -v go >/dev/null || $(BIN)/python -m tests.real.build merging

real-programs: $(MARK)
	$(BIN)/python -m tests.real.build $(REAL)

kind-programs: $(MARK)
	$(BIN)/python -m tests.real.build $(NODES)

real: $(MARK) ## The tests that build real programs of Kubernetes first, minutes each (needs Go)
	$(PYTEST) -m real $(call marked,real)

# Sessions that measure, a minute or two each: what they find needs a machine that does nothing else.
operators: $(MARK) ## Contour, and the operators of `examples` and their planted defects (needs Go)
	$(PYTEST) -m operators $(call marked,operators)

conformance: $(MARK) ## Kubernetes' own specs against the embedded server; writes the page (needs Go)
	$(BIN)/python -m tests.real.conformance --write

# One after another: act names its containers after workflows. Without a daemon they are skipped.
action: $(MARK) ## The container action under act, with Docker (a daemon is started where none is)
	$(BIN)/python -m tests.action.harness.images || test -z "$$LOADSTONE_REQUIRE_DOCKER"
	$(PYTEST) -m action $(call marked,action)

# A node image is built first, of programs that are; a daemon is started where none is.
kind: $(MARK) ## The provider kind with real nodes, in Docker (needs Go; root, and `make docker`)
	$(BIN)/python -m tests.kind.node_image || test -z "$$LOADSTONE_REQUIRE_DOCKER"
	$(PYTEST) -m "kind and not kind_load" $(call marked,kind)

# Loadstone's own image has a gigabyte, and a search has many runs.
kind-load: $(MARK) ## Searches, and sessions whose load comes from pods, on real nodes (needs what `make kind` does)
	$(BIN)/python -m tests.kind.node_image || test -z "$$LOADSTONE_REQUIRE_DOCKER"
	$(PYTEST) -m kind_load $(call marked,kind_load)

quick: $(MARK) ## The tests that take seconds
	$(PYTEST) -m "not slow and not e2e and not alone and not real and not action and not kind and not operators" $(BESIDE)

study: $(MARK) ## The Monte-Carlo studies of the judge, whole: hours
	$(PYTEST) -m study --studies

# What a user installs: the built wheel in an environment of its own.
wheel: $(MARK)
	rm -rf dist && $(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python
	test -x $(WHEEL)/bin/python || $(PYTHON) -m venv $(WHEEL)
	$(WHEEL)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(WHEEL)/bin/pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/*.whl

lint: $(MARK)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --quiet --format plain .
	$(BIN)/actionlint
	$(BIN)/loadstone doctor --github

format: $(MARK) ## Let ruff lay out the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

browser: ## Chromium, which the browser test drives (Debian; needs root)
	command -v chromium || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium)

firewall: ## iptables and nftables, which the kube-proxy tests read (Debian; needs root)
	command -v iptables nft || (apt-get update -qq && \
	  apt-get install -y -qq --no-install-recommends iptables nftables)

# Without a runlevel nothing is started as a service.
prometheus: ## Prometheus, which the tests of queries and dashboards ask (Debian; needs root)
	command -v prometheus || (apt-get update -qq && \
	  RUNLEVEL=1 apt-get install -y -qq --no-install-recommends prometheus)

docker: ## What `make action` runs: a Docker daemon, and what makes a base image (Debian; needs root)
	(command -v dockerd && command -v debootstrap) || (apt-get update -qq && \
	  apt-get install -y -qq --no-install-recommends docker.io debootstrap)

# For use: what the package needs, and the tools that the embedded provider runs.
$(USE): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

# For work on it: the above, and the tools of the trade.
$(MARK): requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@ $(USE)

generated: $(MARK) ## Write schemas and golden texts anew; read the diff
	$(BIN)/python -m loadstone.store.schema > docs/schemas/record.schema.json
	$(BIN)/python -m loadstone.store.schema redline > docs/schemas/redline.schema.json
	$(BIN)/loadstone schema docs/schemas
	$(BIN)/python -m tests.report.golden
	$(BIN)/python -m tests.report.comment.situations
	$(BIN)/python -m tests.scaffold.golden
	$(BIN)/python -m tests.dashboards

peers: ## What other tools' rules flag and cost on the judge's numbers, Otava's among them
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements-peers.lock
	PYTHONPATH=src $(PEERS)/bin/python -m benchmarks.peers
	PYTHONPATH=src $(PEERS)/bin/python -m benchmarks.judge_speed

lock: $(MARK) ## Resolve the dependencies anew, with hashes
	$(COMPILE) pyproject.toml --extra tools --group build -o requirements.lock
	$(COMPILE) pyproject.toml --extra tools --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group peers -o requirements-peers.lock

clean: ## Remove what was made here
	rm -rf $(VENV) $(OUT) dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
