#!/usr/bin/env python3
"""W3: 15-minute isochrones of 100 origins, Valhalla and ours in one run, judged by the same neutral graph.

    cargo build --release --example isochrones
    python3 scripts/w3.py --anchors ../shared/anchors --graphs GRAPHS --graph porto --study STUDY \\
        --valhalla-conf V.json --python-valhalla B/bin/python --ours target/release/examples/isochrones

GRAPHS/porto comes from build_graph.py and make_inputs.py of the anchors; STUDY from `walkshed init` on the same
extract. Recall: nodes truly within 1200 m that lie inside the written polygon; precision: nodes inside that
truly are. Needs numpy and shapely; --peers also runs the osmnx ways (networkx).
"""
import argparse, csv, heapq, json, os, subprocess, sys, tempfile
import numpy as np
import shapely

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name in ("anchors", "graphs", "study", "ours"):
    ap.add_argument("--" + name, required=True)
ap.add_argument("--graph", default="porto")
ap.add_argument("--origins", type=int, default=100)
ap.add_argument("--runs", type=int, default=7)
ap.add_argument("--json", action="store_true", help="one line of JSON for each tool instead of a table")
ap.add_argument("--valhalla-conf")
ap.add_argument("--python-valhalla", default=sys.executable)
ap.add_argument("--peers", nargs="*", default=[], choices=["osmnx_hull", "osmnx_buffer"])
a = ap.parse_args()
folder = os.path.join(a.graphs, a.graph)


def rows(name):
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def truth(origins):
    """Nodes within 1200 m of each origin, by a plain heap on whole millimetres."""
    near = {}
    for edge in rows("edges.csv"):
        u, v, mm = int(edge["u"]), int(edge["v"]), round(float(edge["length_m"]) * 1000)
        near.setdefault(u, []).append((v, mm)); near.setdefault(v, []).append((u, mm))
    for start in origins:
        best, queue = {start: 0}, [(0, start)]
        while queue:
            at, node = heapq.heappop(queue)
            if at > best[node]: continue
            for other, mm in near.get(node, ()):
                if at + mm <= 1_200_000 and at + mm < best.get(other, 1 << 60):
                    best[other] = at + mm; heapq.heappush(queue, (at + mm, other))
        yield np.fromiter(best, int)


def ours():
    with tempfile.TemporaryDirectory() as work:
        origins, out = os.path.join(work, "origins.csv"), os.path.join(work, "out.geojson")
        chosen = rows("candidates.csv")[: a.origins]
        with open(origins, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file); writer.writerow(["id", "lon", "lat"])
            writer.writerows([row["id"], row["lon"], row["lat"]] for row in chosen)
        told = json.loads(subprocess.run([a.ours, a.study, origins, "1200", out], check=True, capture_output=True).stdout)
        shapes = [shapely.geometry.shape(f["geometry"]) for f in json.load(open(out, encoding="utf-8"))["features"]]
    nodes = rows("nodes.csv")
    ids = np.array([int(n["id"]) for n in nodes])
    lon, lat = np.array([float(n["lon"]) for n in nodes]), np.array([float(n["lat"]) for n in nodes])
    recall, precision = [], []
    for shape, reached in zip(shapes, truth([int(row["node"]) for row in chosen])):
        assert shape.is_valid, shapely.is_valid_reason(shape)
        west, south, east, north = shape.bounds
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        shapely.prepare(shape)
        inside = ids[near[shapely.contains_xy(shape, lon[near], lat[near])]]
        both = len(np.intersect1d(inside, reached))
        recall.append(both / len(reached)); precision.append(both / max(1, len(inside)))
    return dict(told, peer="walkshed", recall=float(np.mean(recall)), precision=float(np.mean(precision)))


VALHALLA = """
import json, sys, time, valhalla
actor, rounds = valhalla.Actor(sys.argv[1]), int(sys.argv[2])
places = json.loads(sys.stdin.read())
best = [float("inf")] * len(places)
for _ in range(rounds + 1):
    for at, (lon, lat) in enumerate(places):
        began = time.perf_counter()
        actor.isochrone({"locations": [{"lat": lat, "lon": lon}], "costing": "pedestrian", "costing_options":
            {"pedestrian": {"walking_speed": 4.8}}, "contours": [{"time": 15}], "polygons": True})
        best[at] = min(best[at], time.perf_counter() - began)
print(sum(best) / len(best) * 1000)
"""


def valhalla_ms():
    """The fastest of each origin, as ours: on a busy machine nothing else is like for like."""
    places = json.dumps([[float(r["lon"]), float(r["lat"])] for r in rows("candidates.csv")[: a.origins]])
    words = [a.python_valhalla, "-c", VALHALLA, a.valhalla_conf, "15"]
    told = subprocess.run(words, input=places, check=True, capture_output=True, text=True).stdout
    return float(told.split()[-1])  # Valhalla logs before it


def peer(python, name, *more):
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "results.jsonl")
        script = os.path.join(a.anchors, "w3.py")
        words = [python, script, "--graph", folder, "--peer", name, "--runs", str(a.runs), "--origins", str(a.origins), "--out", out, *more]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode: raise SystemExit(f"{name} failed: {done.stderr.strip()[-800:]}")
        return json.loads(open(out, encoding="utf-8").read().splitlines()[-1])


results = [ours()]
if a.valhalla_conf:
    results.append(peer(a.python_valhalla, "valhalla", "--valhalla-conf", a.valhalla_conf))
    results[-1]["ms_per_origin"] = valhalla_ms()
results += [peer(sys.executable, name) for name in a.peers]
if a.json:
    for r in results: print(json.dumps(r))
    sys.exit()
print("| who | ms per origin | times ours | nodes: recall / precision | vertices per origin | preparation s |")
print("|---|---:|---:|---|---:|---:|")
mine = results[0]["ms_per_origin"]
for r in results:
    print(f"| {r['peer']} | {r['ms_per_origin']:.3f} | {r['ms_per_origin'] / mine:.1f} | {r['recall']:.2%} / {r['precision']:.2%} | {r['vertices'] / a.origins:.0f} | {r.get('prep_s') or 0:.2f} |")
