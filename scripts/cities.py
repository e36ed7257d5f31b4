#!/usr/bin/env python3
"""Audit every city below a data folder as a newcomer would (`init`, then `audit`) and print a table in Markdown.

    python3 scripts/cities.py target/release/walkshed ../shared/data
"""
import glob, json, os, re, subprocess, sys, tempfile, time

program, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
EXTRA = {  # what a folder brings besides the extract
    "porto-alegre-2020": ["--demand", "poa_hexgrid.csv"],
    "boston-cambridge": ["--demand", "derived/somerville_blocks.csv", "--facilities", "schools.geojson"],
    "helsinki-centre-2019": ["--demand", "../../develop/helsinki-population/derived/population_grid.geojson"],
    "las-palmas-2023": ["--zones", "Las_Palmas_excerpt-_gobcan_educacion_areainfluenciacentrosecundaria.geojson"],
}


def run(words):
    began = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    return os.waitstatus_to_exitcode(status), time.perf_counter() - began, used.ru_maxrss / 1024, out, err


print("| city | PBF MB | street km | edges | people | points | sites | zones | init s | audit s | peak MB | issues | kept / promises | worst gap |")
print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|")
failed = 0
for pbf in sorted(glob.glob(data + "/*/*/*.pbf")):
    folder = os.path.dirname(pbf)
    city = os.path.basename(folder)
    words = EXTRA.get(city, [])
    words = [w if w.startswith("--") else os.path.join(folder, w) for w in words]
    with tempfile.TemporaryDirectory() as work:
        study, out = os.path.join(work, city), os.path.join(work, "out")
        code, init_s, _, _, err = run([program, "init", study, "--osm", pbf, *words, "--quiet"])
        if code:
            failed += 1; print(f"| {city} | init failed: {err.decode().strip()[:200]} |"); continue
        code, audit_s, peak, _, err = run([program, "audit", study, "--out", out, "--quiet"])
        if code not in (0, 1):
            failed += 1; print(f"| {city} | audit failed: {err.decode().strip()[:200]} |"); continue
        _, _, _, checked, _ = run([program, "check", study, "--json", "--quiet"])
        c, a = json.loads(checked), json.load(open(out + "/audit.json"))
        rules = a["rules"]
        kept = sum(r["outcome"] in ("pass", "benchmark") for r in rules)
        worst = "none", 0.0
        for line in open(out + "/gaps.geojson", encoding="utf-8"):  # a feature a line; read so, a child starts small
            found = re.search(r'"rule":"([^"]*)".*?"persons":([0-9.]+)', line)
            if found and float(found[2]) > worst[1]: worst = found[1], float(found[2])
        worst = f"{worst[1]:,.0f} people, {worst[0]}"
        print(f"| {city} | {os.path.getsize(pbf) / 1e6:.1f} | {c['street_km']:,.0f} | {c['edges']:,} | {c['persons'].get('all', 0):,.0f} | {c['demand_points']:,} | "
              f"{sum(c['facilities'].values()):,} | {sum(c['zones'].values())} | {init_s:.2f} | {audit_s:.2f} | {peak:.0f} | {sum(c['issue_counts'].values()):,} | {kept} / {len(rules)} | {worst} |", flush=True)
sys.exit(1 if failed else 0)
