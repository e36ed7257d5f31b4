#!/usr/bin/env python3
"""Run the peers of the anchor scripts beside walkshed, on the same files, in one run; compare answers and print ratios.

    cargo build --release --examples --bins
    A/bin/python scripts/peers.py --anchors ../shared/anchors --graphs GRAPHS --ours target/release \\
        --python A/bin/python --graph-tool /usr/bin/python3 --routers B/bin/python --routers-bin B/bin \\
        --valhalla-conf V.json --pbf CITY.osm.pbf --study STUDY --record runs.jsonl

GRAPHS holds the folders that the anchors' README says how to make (porto, porto-full, city1m, city5m), STUDY is what
`walkshed init` makes of the same extract. What is not there is skipped, and a peer that is not installed is told and
skipped. --works takes a regular expression, so that a long run can be made in pieces; --record gathers the lines of
all pieces and --table prints them as one table. A ratio is given only beside an equal answer: every node (W1, W2), the
sums of pairs (W2c); for drawings (W3) recall and precision stand beside it. "preparation" is what a tool does once a
graph before the query; "first answer" adds up both, from arrays in memory to the first answer (files read on neither
side). Runs of one work follow each other, on a machine with nothing else to do.
"""
import argparse, json, os, re, subprocess, sys, tempfile, time

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--anchors")
ap.add_argument("--graphs")
ap.add_argument("--ours", help="folder of the built program; its examples are below it")
ap.add_argument("--python", default=sys.executable, help="an interpreter with numpy, scipy, pandana, pyrosm, shapely")
ap.add_argument("--graph-tool", help="an interpreter with graph-tool")
ap.add_argument("--routers", help="an interpreter with valhalla")
ap.add_argument("--routers-bin", help="folder of valhalla_build_tiles")
ap.add_argument("--valhalla-conf")
ap.add_argument("--pbf")
ap.add_argument("--study")
ap.add_argument("--works", default="", help="only works whose name matches this")
ap.add_argument("--runs", type=int, default=5)
ap.add_argument("--threads", default="0", help="of walkshed; 0 is all")
ap.add_argument("--record", help="append one line of JSON for every row to this file")
ap.add_argument("--table", help="print the rows that were recorded in this file, and run nothing")
a = ap.parse_args()

PYTHONS = {"graphtool": a.graph_tool, "valhalla": a.routers}
ENV = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
ENV.update(PYTHONDONTWRITEBYTECODE="1", OPENBLAS_NUM_THREADS="1")


def w1(name, graph, facilities, demands, peers=("scipy", "pandana")):
    return name, graph, ["w1", str(facilities)], [("w1.py", p, ["--facilities", str(facilities)]) for p in peers], demands


# name, graph, what is asked of walkshed, (script, peer, what is asked of it), {peer: ratio demanded}
WORKS = [
    w1("W1 porto F=20", "porto", 20, {}),
    w1("W1 porto F=200", "porto", 200, {"scipy": 4, "pandana": 70}, ("scipy", "graphtool", "pandana")),
    w1("W1 porto F=2000", "porto", 2000, {"scipy": 4, "graphtool": 4}, ("scipy", "graphtool", "pandana")),
    ("W1 porto F=200, no cutoff", "porto", ["w1u", "200"], [("w1.py", "scipy", ["--facilities", "200", "--nocut"])], {}),
    w1("W1 porto-full F=200", "porto-full", 200, {}, ("scipy",)),
    w1("W1 porto-full F=2000", "porto-full", 2000, {}, ("scipy",)),
    w1("W1 city1m F=20000", "city1m", 20000, {"scipy": 15}, ("scipy",)),
    w1("W1 city5m F=100000", "city5m", 100000, {"scipy": 15}, ("scipy",)),
    ("W2 porto", "porto", ["w2"], [("w2.py", "pandana", [])], {"pandana.aggregate": 7, "pandana.aggregate+precompute": 0.91, "first": 30}),
    ("W2 porto-full", "porto-full", ["w2"], [("w2.py", "pandana", [])], {"pandana.aggregate": 9}),
    ("W2 city1m", "city1m", ["w2"], [("w2.py", "pandana", [])], {"pandana.aggregate": 6, "first": 30}),
    ("W2 city5m", "city5m", ["w2"], [], {}),
    ("W2c porto N=10000", "porto", ["w2c", "10000"], [("w2.py", "scipy", ["--candidates", "10000"])], {"scipy": 30}),
]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, env=ENV)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no answer"])[-1])
    return lines


def same(folder, ours, peer):
    """equal answers: node by node where both left an array, else by their sums"""
    import numpy as np
    arrays = [np.load(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".npy")]
    if len(arrays) == 2:
        known = ~np.isnan(arrays[0].astype(float)) & ~np.isnan(arrays[1].astype(float))
        return bool(known.any() and (arrays[0][known] == arrays[1][known]).all())
    keys = [key for key in ("pairs", "sum_mm", "reached") if key in ours and key in peer]
    return bool(keys) and all(ours[key] == peer[key] for key in keys)


def row(work, who, line, answer="", **more):
    """one recorded row; seconds in, as the scripts write them"""
    keep = {key: line[key] for key in ("median_s", "min_s", "cpu_s", "peak_rss_mb", "graph_bytes_per_edge", "packed_bytes_per_edge", "build_s") if key in line}
    told = dict(work=work, who=who, answer=answer, **keep, **more)
    if a.record:
        with open(a.record, "a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
    print(as_text(told), flush=True)


def as_text(r):
    ms = lambda key: f"{r[key] * 1e3:,.2f}" if r.get(key) is not None else ""
    ratio = f"{r['ratio']:.1f} ×" if r.get("ratio") else ""
    if r.get("demand") and r.get("ratio"):
        ratio += f" (≥ {r['demand']:g}{'' if r['ratio'] >= r['demand'] else ': MISSED'})"
    first = f"{r['first_ratio']:.1f} ×" if r.get("first_ratio") else ""
    if r.get("first_demand") and first:
        first += f" (≥ {r['first_demand']:g}{'' if r['first_ratio'] >= r['first_demand'] else ': MISSED'})"
    peak = f"{r['peak_rss_mb']:.0f}" if r.get("peak_rss_mb") else ""
    return f"| {r['work']} | {r['who']} | {ms('median_s')} | {ms('cpu_s')} | {ms('prep_s')} | {ms('first_s')} | {peak} | {r['answer']} | {ratio} | {first} |"


def head():
    print("| work | who | median ms | processor ms | preparation ms | first answer ms | peak MB | answer | ours is faster | first answer |")
    print("|---|---|---:|---:|---:|---:|---:|---|---:|---:|")


def graph_work(name, graph, asked, peers, demands):
    folder, wrong = os.path.join(a.graphs, graph), 0
    with tempfile.TemporaryDirectory() as answers:
        keep = ["--answers", answers] if asked[0] != "w2c" else []  # the peer keeps people by node there, not pairs
        runs = a.runs * (40 if asked[0] == "w1" and graph == "porto" else 4 if graph != "city5m" else 1)
        [ours] = run([os.path.join(a.ours, "examples", "anchor"), folder, *asked, "--runs", str(runs), "--threads", a.threads, *keep])
        prep = ours["build_s"] + ours["prep_s"] + ours.get("tie_s", 0.0)
        row(name, "walkshed", ours, prep_s=prep, first_s=ours.get("first_s", prep + ours["median_s"]))
        for script, peer, more in peers:
            for left in os.listdir(answers):
                if "walkshed" not in left:
                    os.remove(os.path.join(answers, left))
            python = PYTHONS.get(peer, a.python)
            runs = a.runs * (4 if asked[0] == "w1" and graph != "city5m" else 1)
            try:
                if not python: raise RuntimeError("no interpreter for it was named")
                lines = run([python, os.path.join(a.anchors, script), "--graph", folder, "--peer", peer, "--runs", str(runs), *more, *keep])
            except RuntimeError as error:
                print(f"| {name} | {peer} | not run: {error} | | | | | | | |", flush=True)
                continue
            equal = same(answers, ours, lines[0])
            wrong += not equal
            for line in lines:
                who = line["peer"] if script == "w2.py" and peer == "pandana" else peer
                first = line["prep_s"] + line.get("first_s", line["median_s"]) if who != "pandana.aggregate+precompute" else None
                mine = ours.get("first_s", prep + ours["median_s"])
                told = dict(prep_s=line["prep_s"] + line.get("precompute_s", 0.0), first_s=first)
                if equal:
                    told.update(ratio=line["median_s"] / ours["median_s"], demand=demands.get(who))
                    if first: told.update(first_ratio=first / mine, first_demand=demands.get("first"))
                row(name, f"{line['peer']} {line['version']}", line, "equal" if equal else "DIFFERS", **told)
    return wrong


def drawings():
    if not (a.study and a.valhalla_conf and a.routers): return
    words = [a.python, os.path.join(os.path.dirname(os.path.abspath(__file__)), "w3.py"), "--anchors", a.anchors, "--graphs", a.graphs, "--study", a.study,
             "--ours", os.path.join(a.ours, "examples", "isochrones"), "--valhalla-conf", a.valhalla_conf, "--python-valhalla", a.routers, "--json"]
    lines = run(words)
    for r in lines:
        told = dict(prep_s=r.get("prep_s"))
        if r["peer"] != "walkshed":
            told.update(ratio=r["ms_per_origin"] / lines[0]["ms_per_origin"], demand=4)
        seconds = dict(median_s=r["ms_per_origin"] / 1e3, peak_rss_mb=r.get("peak_rss_mb"))
        row("W3 one origin of 100, 15 min", r["peer"], seconds, f"{r['recall']:.2%} / {r['precision']:.2%}", **told)


def ingest():
    if not a.pbf: return
    seconds, used = [], []
    for _ in range(a.runs + 1):
        began = time.perf_counter()
        child = subprocess.Popen([os.path.join(a.ours, "walkshed"), "graph", a.pbf, "--quiet"], stdout=subprocess.DEVNULL)
        used.append(os.wait4(child.pid, 0)[2])
        seconds.append(time.perf_counter() - began)
    median = sorted(seconds)[len(seconds) // 2]
    cpu = sorted(u.ru_utime + u.ru_stime for u in used)[len(used) // 2]
    row("W4 extract to walking graph", "walkshed", dict(median_s=median, cpu_s=cpu, peak_rss_mb=max(u.ru_maxrss for u in used) / 1024))
    valhalla = ["--valhalla-bin", a.routers_bin, "--valhalla-conf", a.valhalla_conf] if a.routers_bin and a.valhalla_conf else None
    for peer, demand, more in [("valhalla", 10, valhalla), ("pyrosm", 25, []), ("osmium_cat", None, [])]:
        if more is None: continue
        try:
            [line] = run([a.python, os.path.join(a.anchors, "w4.py"), "--pbf", a.pbf, "--peer", peer, "--runs", "3", *more])
        except RuntimeError as error:
            print(f"| W4 extract to walking graph | {peer} | not run: {error} | | | | | | | |", flush=True)
            continue
        row("W4 extract to walking graph", peer, line, "its own rules", ratio=line["median_s"] / median, demand=demand)


head()
if a.table:
    with open(a.table, encoding="utf-8") as file:
        print("\n".join(as_text(json.loads(line)) for line in file))
    sys.exit()
chosen = re.compile(a.works)
wrong = sum(graph_work(*work) for work in WORKS if chosen.search(work[0]) and os.path.isdir(os.path.join(a.graphs, work[1])))
if chosen.search("W3 drawings"): drawings()
if chosen.search("W4 ingest"): ingest()
sys.exit(1 if wrong else 0)
