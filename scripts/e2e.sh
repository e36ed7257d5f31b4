#!/usr/bin/env bash
# The product as a user meets it, on the shipped cities: the same bytes with one thread and two, exports that open in GDAL,
# the page in Chromium with numbers that equal the shell's.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh chromium chromium ogrinfo gdal-bin fc-list fontconfig
# Chinese labels are drawn with a local font; without one the page still works, so this one is not a must.
fc-list :lang=zh 2>/dev/null | grep -q . || scripts/need.sh a-chinese-font fonts-noto-cjk || true

cargo build --locked --quiet
walkshed=${CARGO_TARGET_DIR:-target}/debug/walkshed
work=$(mktemp -d)
server=
trap '[[ -n $server ]] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

for threads in 1 2; do
  status=0
  "$walkshed" audit data/isle-of-man --out "$work/$threads" --threads "$threads" --quiet >"$work/$threads.txt" || status=$?
  [[ $status == 1 ]] || { echo "the demo's audit must end with findings (1), not $status" >&2; exit 1; }
done
diff -r "$work/1" "$work/2" && diff "$work/1.txt" "$work/2.txt"
echo "one thread and two: the same bytes"

for layer in zones demand gaps facilities; do
  ogrinfo -ro -al -so "$work/1/$layer.geojson" >"$work/$layer.ogr"
  grep -q 'WGS 84' "$work/$layer.ogr" || { echo "GDAL sees no WGS 84 in $layer.geojson" >&2; cat "$work/$layer.ogr" >&2; exit 1; }
  counted=$(sed -n 's/^Feature Count: //p' "$work/$layer.ogr")
  written=$(grep -c '"type":"Feature"' "$work/1/$layer.geojson")
  [[ $counted == "$written" ]] || { echo "GDAL counts $counted features in $layer.geojson, not $written" >&2; exit 1; }
  echo "GDAL: $layer.geojson, $counted features, WGS 84"
done

cp -r data "$work/data"
"$walkshed" serve "$work/data" --port 0 2>"$work/serve.log" &
server=$!
for _ in $(seq 600); do
  url=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/serve.log" | head -n 1 || true)
  [[ -n ${url:-} ]] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; exit 1; }
  sleep 0.2
done
[[ -n ${url:-} ]] || { echo "the server did not start" >&2; cat "$work/serve.log" >&2; exit 1; }
# A study of a folder is opened when it is first asked for; then the audit is a job that leaves the shell's files.
node --input-type=module - "$url/api/v1" isle-of-man >"$work/served.json" <<'SCRIPT'
const [api, study] = process.argv.slice(2);
const rest = () => new Promise((resolve) => setTimeout(resolve, 200));
await fetch(`${api}/studies/${study}/open`, { method: 'POST' });
let job;
for (let tries = 0; tries < 900; tries += 1) {
  if (!job) {
    const started = await fetch(`${api}/studies/${study}/audit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    job = started.ok ? (await started.json()).id : undefined;
  } else if ((await (await fetch(`${api}/jobs/${job}`)).json()).state === 'done') {
    const file = await fetch(`${api}/jobs/${job}/files/audit.json`);
    process.stdout.write(Buffer.from(await file.arrayBuffer()));
    process.exit(0);
  }
  await rest();
}
throw new Error('the audit did not come to an end');
SCRIPT
cmp "$work/served.json" "$work/1/audit.json"
echo "the server's audit and the shell's: the same bytes"
BASE_URL=$url WALKSHED="$walkshed" STUDIES_DIR="$work/data" EXPECT_STUDY=isle-of-man EXPECT_JSON="$work/1/audit.json" CHROMIUM_PATH="$(command -v chromium)" node web/e2e/run.mjs
