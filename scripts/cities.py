#!/usr/bin/env python3
"""Audit every city below a data folder as a newcomer would (`init`, then `audit`) and print a table in Markdown.

    python3 scripts/cities.py target/release/walkshed ../shared/data
"""
import glob, json, os, subprocess, sys, tempfile, time

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


UNIT = {"persons": "people", "persons_estimated": "people, estimated", "street_meters": "m of street"}
print("| city | PBF MB | street km | edges | counted | in | without street data | points | sites | zones | init s | audit s | peak MB | issues | kept / judged | not recorded | other rules without a verdict | most left out by a broken promise |")
print("|---|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|")
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
        tally, recorded, unit = a["tally"], a["completeness"], UNIT[a["totals"]["unit"]]
        # Where metres of street stand in for people, the file says so in every member.
        word = "street_m" if a["totals"]["unit"] == "street_meters" else "persons"
        lacking = recorded[f"no_street_{word}"] / (recorded[word] or 1)
        worst = "none"
        for finding in a["findings"][:1]:  # most left out first; never of a layer that was not recorded
            worst = f"{finding[f'left_out_{word}']:,.0f} {unit.split(',')[0]}, {finding['rule']}"
        others = tally["unverified"] + tally["counted_only"] + tally["not_assessable"]
        print(f"| {city} | {os.path.getsize(pbf) / 1e6:.1f} | {c['street_km']:,.0f} | {c['edges']:,} | {recorded[word]:,.0f} | {unit} | {lacking:.1%} | {c['demand_points']:,} | "
              f"{sum(c['facilities'].values()):,} | {sum(c['zones'].values())} | {init_s:.2f} | {audit_s:.2f} | {peak:.0f} | {sum(c['issue_counts'].values()):,} | {tally['met']} / {tally['judged']} | {tally['not_recorded']} | {others} | {worst} |", flush=True)
sys.exit(1 if failed else 0)
