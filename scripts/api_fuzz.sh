#!/usr/bin/env bash
# Schemathesis against the live server on the shipped city: no answer of the 500s, every answer as described.
#   scripts/api_fuzz.sh [EXAMPLES]
# Its Python environment is kept outside the repository (FUZZ_VENV, or a folder of the user's cache).
set -euo pipefail
cd "$(dirname "$0")/.."
examples=${1:-60}
venv=${FUZZ_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/walkshed/fuzz}
[[ -x $venv/bin/schemathesis ]] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet 'schemathesis>=4,<5'; }
[[ -n ${WALKSHED:-} ]] || { cargo build --locked --quiet; WALKSHED=${CARGO_TARGET_DIR:-target}/debug/walkshed; }
work=$(mktemp -d)
server=
trap '[[ -n $server ]] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cp -r data/isle-of-man "$work/study"
WALKSHED=$(realpath "$WALKSHED")
cd "$work"
"$WALKSHED" serve "$work/study" --port 0 2>"$work/serve.log" &
server=$!
for _ in $(seq 300); do
  url=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/serve.log" | head -n 1 || true)
  [[ -n ${url:-} ]] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; exit 1; }
  sleep 0.2
done
study=$(curl -sf "$url/api/v1/studies" | python3 -c 'import json,sys; print(json.load(sys.stdin)["studies"][0]["id"])')
scenario=$(curl -sf -X POST -H 'content-type: application/json' -d '{"name":"Fuzzed"}' "$url/api/v1/studies/$study/scenarios" | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
# A plan that is there, to be read, checked and accepted.
json='content-type: application/json'
plan='{"function":"childcare","profile":"adult","group":"all","cutoff_min":15,"problem":"mclp","sites":2,"candidates":["grid:5000"]}'
job=$(curl -sf -X POST -H "$json" -d "$plan" "$url/api/v1/studies/$study/place" | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
for _ in $(seq 300); do
  curl -sf "$url/api/v1/jobs/$job" | grep -qE '"state": ?"done"' && break
  sleep 0.2
done
cat >"$work/schemathesis.toml" <<TOML
base-url = "$url"
# Words of the study, so that more than refusals is seen.
[parameters]
"path.study" = "$study"
"path.scenario" = "$scenario"
"path.job" = "$job"
"path.name" = "sites.csv"
"path.function" = "childcare"
"path.profile" = "adult"
"path.group" = "all"
"path.functions" = "childcare"
"query.scenario" = "$scenario"
"query.function" = "childcare"
"query.profile" = "adult"
"query.group" = "all"
"query.functions" = "childcare"
"query.a" = "baseline"
"query.b" = "$scenario"
[checks]
# 422: understood, but not possible in this study (no street near the place, an edit that cannot be made).
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429"]
# Streams do not end while their job works, and the search over states would delete the scenario that is fuzzed.
[[operations]]
include-path-regex = "/(events|open)$"
enabled = false
# A place in town, so that there are streets; other routes are asked for places anywhere.
[[operations]]
include-path-regex = "/(reach|route)$"
parameters = { "query.lon" = -4.4814, "query.lat" = 54.1523 }
TOML
"$venv/bin/schemathesis" --config-file "$work/schemathesis.toml" run "$url/api/v1/openapi.json" \
  --max-examples "$examples" --phases examples,coverage,fuzzing --exclude-method DELETE --seed 7 --request-timeout 30
