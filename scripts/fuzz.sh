#!/usr/bin/env bash
# Fuzzes every reader, each for SECONDS (60): scripts/fuzz.sh [SECONDS] [TARGET…]
# What is found lies in fuzz/artifacts/TARGET; mended, it goes to fuzz/found/TARGET, which `cargo test` reads.
# Needs Rust and a C++ compiler. `cargo fuzz run -s none TARGET` (with RUSTC_BOOTSTRAP=1 on stable) does the same by hand.
# Without a sanitizer: the readers have no unsafe code of their own, and a build takes minutes, not an hour.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
seconds="${1:-60}"
shift || true
host="$(rustc -vV | sed -n 's/^host: //p')"
coverage="-Cpasses=sancov-module"
for wish in level=4 inline-8bit-counters pc-table trace-compares; do
  coverage+=" -Cllvm-args=-sanitizer-coverage-$wish"
done
export RUSTFLAGS="--cfg fuzzing $coverage"
# Named, so that programs which only run while building are left as they are.
cargo build --release --target "$host" --quiet
built="${CARGO_TARGET_DIR:-target}/$host/release"
"$built/seed"
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for file in fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi
found=0
for target in "${targets[@]}"; do
  mkdir -p "corpus/$target" "artifacts/$target"
  log="artifacts/$target.log"
  if "$built/$target" "corpus/$target" "-artifact_prefix=artifacts/$target/" "-max_total_time=$seconds" \
    -timeout=20 -rss_limit_mb=3000 -max_len=65536 -print_final_stats=1 -verbosity=1 >"$log" 2>&1; then
    said="nothing found"
  else
    said="FOUND, see $log"
    found=1
  fi
  runs="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)"
  peak="$(sed -n 's/^stat::peak_rss_mb: *//p' "$log" | tail -1)"
  printf '%-12s %9s inputs, %5s MB at most: %s\n' "$target" "${runs:-?}" "${peak:-?}" "$said"
done
exit "$found"
