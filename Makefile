# make demo | test | slow | chaos | fuzz | soak | check | bench: each does all of its own set-up.
# Needs Python 3.11 to 3.13, make and a C/C++ compiler; uv is installed into the project if it is missing.

SHELL := /bin/bash
# The Python that the environment was made with, once there is one.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
BIN := .venv/bin
INSTALLED := .venv/.installed

# What is left out of llama.cpp is not used here. On Linux the build is for any CPU with AVX2, so that a cached wheel
# stays safe on another machine; on a Mac it is for Metal.
CMAKE_OFF := -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_CURL=OFF \
  '-DCMAKE_PROJECT_llama.cpp_INCLUDE=$(CURDIR)/deployments/llama-cpp.cmake'
ifeq ($(shell uname -s),Darwin)
export CMAKE_ARGS ?= -DGGML_METAL=ON $(CMAKE_OFF)
else
export CMAKE_ARGS ?= -DGGML_NATIVE=OFF $(CMAKE_OFF)
endif

# Commands start many processes, of which each would compile what it imports anew: a Prefect command five seconds of it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo test slow chaos fuzz soak check lint types layers bench lock clean

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "nyay needs Python 3.11 to 3.13, this is " + sys.version.split()[0] + ": install one and name it, as make demo PYTHON=python3.12")'
	@start=$$(date +%s); \
	  [ -x $(BIN)/python ] || $(UV) venv --quiet --python $(PYTHON) .venv; \
	  echo "installing what requirements.lock names (llama.cpp is compiled, which takes some minutes the first time)"; \
	  $(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock && \
	  $(UV) pip install --quiet --python $(BIN)/python --no-deps --editable . && \
	  echo "installed in $$(( $$(date +%s) - start )) s" && touch $@

.tools/bin/uv:
	@$(PYTHON) -m venv .tools && .tools/bin/pip install --quiet --disable-pip-version-check uv

demo: install
	@$(BIN)/python deployments/demo.py

test: install
	$(BIN)/pytest -m "not slow and not ollama and not browser" --numprocesses 2 --dist worksteal

# The demo has the machine for itself, as a user's has it: its matrix products wait for each other where other work has
# the second core. Of the others a file stays together, since its tests share a server, and the files come in their own
# order: by number of tests the few that take longest would come last. Three at a time on two cores: a good part of its
# time a test waits for a heartbeat, a tick or a night.
SUITES ?= slow or ollama or browser
slow: install
	$(BIN)/pytest -m "$(SUITES)" tests/demo
	$(BIN)/pytest -m "$(SUITES)" --ignore=tests/demo --numprocesses 3 --dist loadfile --no-loadscope-reorder

# Every step against every fault, on the tiny model; writes the table into docs/chaos.md.
chaos: install
	$(BIN)/python -m tests.chaos --write docs/chaos.md

# 10,000 inputs a parser.
fuzz: install
	NYAY_FUZZ=10000 $(BIN)/pytest tests/fuzz -s

# Twenty runs of the tiny profile, one after another, under one `nyay up`.
soak: install
	$(BIN)/python -m tests.soak

check: lint types layers

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/pyright

layers: install
	$(BIN)/lint-imports

bench: install
	@$(BIN)/python deployments/bench.py

# Resolve the versions anew.
lock: | $(UV)
	$(UV) pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url --no-header --extra dev --extra wandb \
	  --python-version 3.11 pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv .tools
