#!/usr/bin/env python3
"""Recheck walkshed's times with SciPy, from its exports alone.

    walkshed export graph STUDY --profile P --out G
    walkshed export nearest STUDY --profile P --layer L --cutoff-min N --out G/nearest.csv
    python3 scripts/recheck.py G --layer L --cutoff-min N

Every node's and every demand point's time must agree to the millisecond. Needs numpy and scipy. The rule: an edge takes
forward_ms from u to v and backward_ms from v to u (empty: not allowed); a part of it takes whole * part / length, rounded
half up; a position is a node of its own between u and v; access_ms is added at both ends; within means <= the cutoff.
"""
import argparse, csv, os, sys
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("folder"); ap.add_argument("--layer", required=True); ap.add_argument("--cutoff-min", type=float, default=15)
ap.add_argument("--nearest", default="nearest.csv")
a = ap.parse_args()
rows = lambda name: csv.DictReader(open(os.path.join(a.folder, name), newline="", encoding="utf-8"))
mm = lambda text: int(text.replace(".", ""))  # three decimals
part = lambda whole, piece, length: (whole * piece + length // 2) // length if length else (0 if piece == 0 else whole)
cutoff = round(a.cutoff_min * 60000)

edges = [(int(r["u"]), int(r["v"]), mm(r["length_m"]), r["forward_ms"], r["backward_ms"]) for r in rows("edges.csv")]
nodes = sum(1 for _ in rows("nodes.csv"))
arcs = {}  # walking from i to j takes ms; parallel edges keep the shortest


def arc(i, j, ms):
    if i != j:
        arcs[i, j] = min(ms, arcs.get((i, j), 1 << 60))


for u, v, _, f, b in edges:
    if f: arc(u, v, int(f))
    if b: arc(v, u, int(b))
super_node, count, seeds, on_edge = nodes, nodes + 1, [], {}
for r in rows("facilities.csv"):
    if r["layer"] != a.layer: continue
    e, at, ms = int(r["edge"]), mm(r["offset_m"]), int(r["access_ms"])
    u, v, length, f, b = edges[e]
    if f: arc(u, count, part(int(f), at, length))
    if b: arc(v, count, part(int(b), length - at, length))
    arc(count, super_node, ms)
    on_edge.setdefault(e, []).append((at, ms)); count += 1
# A sparse matrix holds no zeros, so times are counted in millionths with one added to each step, dropped at the end.
i, j = np.array(list(arcs)).T if arcs else np.zeros((2, 0), int)
w = np.array(list(arcs.values()), dtype=float) * 1e6 + 1
# Times toward the facilities: search the reversed graph from the one node behind all of them.
field = dijkstra(coo_matrix((w, (j, i)), shape=(count, count)).tocsr(), indices=super_node, limit=(cutoff + 1) * 1e6)
time = np.where(np.isfinite(field), np.floor(field / 1e6), np.inf)
time[time > cutoff] = np.inf

wrong = 0
for r in rows(a.nearest):
    ours = float(r["time_ms"]) if r["time_ms"] else np.inf
    if ours != time[int(r["node"])]: wrong += 1
print(f"nodes: {nodes}, {np.isfinite(time[:nodes]).sum()} within the cutoff, {wrong} differ")

stem, end = os.path.splitext(a.nearest)
best = {}
for r in rows("demand.csv"):
    e, at, ms = int(r["edge"]), mm(r["offset_m"]), int(r["access_ms"])
    u, v, length, f, b = edges[e]
    found = [time[v] + part(int(f), length - at, length)] if f else []
    if b: found.append(time[u] + part(int(b), at, length))
    for other, access in on_edge.get(e, []):
        way = f if other >= at else b
        if way or other == at: found.append(access + (part(int(way), abs(other - at), length) if other != at else 0))
    t = min(found, default=np.inf) + ms
    best[int(r["id"])] = min(t if t <= cutoff else np.inf, best.get(int(r["id"]), np.inf))
off = 0
for r in rows(stem + ".demand" + end):
    ours = float(r["time_ms"]) if r["time_ms"] else np.inf
    if ours != best.get(int(r["demand"]), np.inf): off += 1
print(f"demand: {len(best)} points, {sum(np.isfinite(t) for t in best.values())} within the cutoff, {off} differ")
sys.exit(1 if wrong or off else 0)
