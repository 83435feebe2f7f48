# The whole developer interface. `make help` lists it.
#
# Everything is installed into this checkout: Python and Node.js into .venv, the CDK CLI into node_modules.

SYSTEM ?= restartix
ENV ?= production
PHASE ?=
PLATFORM ?=
OUT ?= cdk.out

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TARGET = --system $(SYSTEM) --env $(ENV) $(if $(PHASE),--phase $(PHASE)) $(if $(PLATFORM),--platform $(PLATFORM))
STAMPS := $(VENV)/stamps

# The pinned Node.js comes with the virtual environment; no tool looks at the machine's.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export CDK_DISABLE_CLI_TELEMETRY := true
# jsii unpacks the construct library once, here rather than in the home folder.
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/.cambium/jsii
# Python keeps what it compiles: hundreds of programs that tests start would compile all of ours again.
unexport PYTHONPATH VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

.PHONY: help setup up down status synth diff check lint types test tests test-long test-nightly bench lock snapshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMPS)/python $(STAMPS)/commands $(STAMPS)/node $(STAMPS)/lambda ## install everything into this checkout

# The stamp comes last, so that an environment that was interrupted half way is made anew.
$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cambium needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Point PYTHON at one: make up PYTHON=python3.12")'
	@echo "setup 1/3  creating $(VENV)"
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python: requirements.txt pyproject.toml | $(STAMPS)/venv
	@echo "setup 1/3  installing the Python packages of requirements.txt (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/commands: ops/pinned_node.py $(STAMPS)/python
	@$(BIN)/python -m ops.pinned_node
	@touch $@

$(STAMPS)/node: package.json package-lock.json $(STAMPS)/python | $(STAMPS)/commands
	@echo "setup 2/3  installing the CDK CLI into node_modules"
	@npm ci --loglevel=error --no-audit --no-fund --ignore-scripts > /dev/null
	@touch $@

# The libraries a Lambda ships are installed once, here: synthesis downloads nothing. Pure Python or refused, so
# that what is tested on this machine's architecture is what runs on arm64.
$(STAMPS)/lambda: runtime/requirements.txt $(STAMPS)/python
	@echo "setup 3/3  installing the libraries the Lambdas ship"
	@rm -rf .cambium/lambda-layer
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile \
		--only-binary=:all: --platform any --implementation py --abi none --python-version 3.13 \
		--target .cambium/lambda-layer/python -r runtime/requirements.txt
	@touch $@

up: setup ## deploy SYSTEM ENV [PHASE] [PLATFORM] to the embedded AWS
	@$(BIN)/cambium up $(TARGET)

down: ## destroy the embedded AWS and stop it
	@test ! -x $(BIN)/cambium || $(BIN)/cambium down

status: setup ## show what exists on the embedded AWS
	@$(BIN)/cambium status

synth: setup ## write the cloud assembly of SYSTEM ENV [PHASE] to OUT
	@$(BIN)/cambium synth $(TARGET) --out $(OUT)

diff: setup ## compare SYSTEM ENV [PHASE] with what is deployed on the embedded AWS
	@$(BIN)/cambium diff $(TARGET)

check: lint types ## linters, types, workflows

lint: setup
	@ruff format --check . && ruff check .
	@$(BIN)/cambium check-workflows

types: setup
	@mypy

PYTEST = pytest -q -n auto --maxprocesses 4 --dist loadfile --durations=3

# mypy has one thread, and tests wait for servers half of the time: beside each other they cost little more.
test: lint ## all checks, and every test but the long ones
	@echo "types and tests: minutes on two cores"
	@$(MAKE) --no-print-directory -j2 types tests

tests: setup
	@$(PYTEST) -m "not long"

test-long: setup ## the tests that deploy whole products and rehearse on real servers
	@echo "long tests: each deploys a product or runs servers under load; half an hour on two cores"
	@$(PYTEST) -m "long and not nightly"

test-nightly: setup ## the tests that break every step of long operations, some beside each other
	@echo "nightly tests: each step of each state machine of tenants fails once; an hour on two cores"
	@$(PYTEST) -m nightly

# The JavaScript app that ours is compared with brings its own libraries, which nothing else needs.
$(STAMPS)/bench: bench/javascript/package.json bench/javascript/package-lock.json $(STAMPS)/node
	@echo "bench      installing the JavaScript CDK into bench/javascript/node_modules"
	@cd bench/javascript && npm ci --silent --ignore-scripts
	@touch $@

bench: setup $(STAMPS)/bench ## measure and write docs/benchmarks.md; PART=... for one part, QUICK=1 for an idea
	@$(BIN)/python -m bench $(if $(QUICK),--quick) $(foreach part,$(PART),--part $(part))

snapshots: setup ## accept the templates as they are now, and freeze new logical ids
	@pytest -q tests/stacks/test_snapshots.py tests/stacks/test_frozen_ids.py --snapshot-update

lock: setup ## compile the lock files again
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o requirements.txt
	@uv pip compile runtime/requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o runtime/requirements.txt
	@cd runtime/pgbouncer && uv pip compile requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o requirements.txt
	@cd runtime/database && uv pip compile requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o requirements.txt
	@npm install --package-lock-only --silent

clean: down ## remove everything make installed or built
	@rm -rf $(VENV) node_modules .cambium cdk.out bench/javascript/node_modules
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
