# Every target sets up what it needs; nothing but Rust, Python 3, Node and make has to be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ONLY ?=

.PHONY: help demo test test-rust test-python test-wasm test-oracle lint lint-rust lint-python lint-wasm bench docs clean python wasm

help:            ## what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 16

demo:            ## the main job on real input, on the terminal
	cargo run --quiet --package cpcfit --example demo

test: test-rust test-python test-wasm test-oracle   ## everything: Rust, Python, WebAssembly, conformance, oracle, README

test-rust:       ## the core, its documentation and the conformance suite
	cargo test --package cpcfit

test-python: python   ## the Python package, the conformance suite and the README
	$(BIN)/python -m pytest bindings-python tests/test_conformance.py tests/test_generated.py tests/test_generated_scores.py tests/test_readme.py

test-wasm: wasm       ## the npm package, the conformance suite and the README
	npm --prefix bindings-wasm test
	node --test tests/conformance.test.mjs tests/generated.test.mjs tests/generated_scores.test.mjs tests/readme.test.mjs

test-oracle: python   ## the independent reference, line by line
	$(BIN)/python -m pytest tests/oracle
	$(BIN)/python tests/oracle/compare.py

lint: lint-rust lint-python lint-wasm   ## formats, lints, types, documentation

lint-rust:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	cargo clippy --package cpcfit --no-default-features -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --quiet

lint-python: python
	$(BIN)/ruff check bindings-python tests
	$(BIN)/ruff format --check bindings-python tests
	cd bindings-python && ../$(BIN)/mypy && ../$(BIN)/pyright --pythonpath ../$(BIN)/python
	cd bindings-python && ../$(BIN)/python -m mypy.stubtest cpcfit._cpcfit

lint-wasm: wasm
	npm --prefix bindings-wasm run check

bench: python wasm    ## against NumPy, polars, DuckDB and plain JavaScript; ONLY=name for one row
	$(BIN)/python bindings-python/bench $(if $(ONLY),--only $(ONLY))

docs:            ## schemas, types and reference pages of the documents, into target/docs
	cargo run --quiet --package cpcfit --example reference -- target/docs

clean:           ## what was built and installed here
	rm -rf target $(VENV) bindings-wasm/node_modules bindings-wasm/pkg

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/tools: bindings-python/requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement $<
	touch $@

python: $(VENV)/tools  ## the Python package in .venv
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip install --quiet --no-build-isolation ./bindings-python

bindings-wasm/node_modules/.package-lock.json: bindings-wasm/package-lock.json
	npm --prefix bindings-wasm ci --no-audit --no-fund

wasm: bindings-wasm/node_modules/.package-lock.json   ## the npm package in bindings-wasm/pkg
	npm --prefix bindings-wasm run build
