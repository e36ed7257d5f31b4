# Everything a fresh clone needs is Rust, Node and a C compiler.
SHELL := bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
WEB_SOURCES := $(shell find web/src web/scripts web/index.html web/package.json web/package-lock.json web/vite.config.ts -type f 2>/dev/null)

.PHONY: demo test nightly web check-rust check-web e2e bench fuzz deny sbom fmt clean

# The main job on the shipped city: audit the Isle of Man, print the table, write the files, open the map.
demo: web/dist/index.html
	cargo run --profile demo --locked --quiet -- demo

# Everything CI checks.
test: check-web check-rust e2e

# What takes too long for every change: each entry of each list of a plan forged, ten thousand random towns.
nightly: web/dist/index.html
	cargo test --locked --workspace --lib -- --ignored
	WALKSHED_TOWNS=10000 cargo test --locked --test integration -- ties::

web: web/dist/index.html

web/node_modules/.stamp: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	touch node_modules/.stamp

web/dist/index.html: web/node_modules/.stamp $(WEB_SOURCES)
	cd web && npm run --silent build

check-web: web/dist/index.html
	cd web && npm run --silent check && npm test --silent

check-rust: web/dist/index.html
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --locked --workspace --no-fail-fast; else cargo test --locked --workspace --no-fail-fast --lib --bins --tests; fi
	cargo test --locked --workspace --doc
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items
	cargo bench --locked --no-run --profile dev

# The page and the exports as a user meets them, in Chromium and GDAL, on the shipped city.
e2e: web/dist/index.html
	scripts/e2e.sh

bench:
	cargo bench --locked

# Every reader, a minute each, from seeds and what earlier runs kept. Needs a C++ compiler.
FUZZ_SECONDS ?= 60
fuzz:
	scripts/fuzz.sh $(FUZZ_SECONDS)

# Licences, sources and versions of everything that is shipped; advisories where a copy of their database is at hand:
# make deny DENY_CHECKS="bans licenses sources advisories"
DENY_CHECKS ?= bans licenses sources
deny:
	python3 scripts/shipped.py
	cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny
	cargo deny --offline --locked check $(DENY_CHECKS)

# What the program is made of, as CycloneDX, and every notice that has to go with it: out/sbom/
sbom: web/node_modules/.stamp
	cargo cyclonedx --version >/dev/null 2>&1 || cargo install --locked cargo-cyclonedx
	mkdir -p out/sbom
	cargo cyclonedx --quiet --format json --describe binaries --spec-version 1.5 --override-filename walkshed-sbom
	mv walkshed-sbom.json out/sbom/program.cdx.json
	find src -name 'walkshed-sbom*.json' -delete
	cd web && npm sbom --sbom-format cyclonedx --omit dev >../out/sbom/page.cdx.json
	cd .. && python3 scripts/shipped.py --notices out/sbom/NOTICES.txt

fmt:
	cargo fmt

clean:
	cargo clean
	rm -rf web/dist web/fonts web/node_modules out
