#!/usr/bin/env python3
"""Random walks in a city by walkshed, Valhalla and OSRM: how far they agree, and where they differ most.

    python3.12 -m venv R && R/bin/pip install pyvalhalla==3.9.1 osrm-bindings==26.10.0 osmium numpy
    R/bin/python scripts/routers.py target/release/walkshed CITY.osm.pbf OUT [--pairs 2000] [--seed 1]
    R/bin/python scripts/routers.py table OUT [OUT ...]          the tables of docs/routers.md

Half of the pairs go from street to street (a random point of a random metre of street), half from home to home (buildings of the
extract; where it has fewer than 200, points 8 to 40 m beside a street). Pairs lie 150 to 2,000 m apart in a straight line.

All three walk 5 km/h on any ground, steps too, and wait nowhere: walkshed by a profile, Valhalla by `shortest` (no penalties at all),
OSRM by a copy of its foot.lua without slower surfaces and without waits. Each ties points to streets by its own rules; the straight
line from a point to where the peer begins is added to the peer's walk, at the same speed. OUT gets pairs.csv, summary.json, and
worst-PEER.json: of streets and of homes, the twenty walks where walkshed says most more, and the twenty where it says most less than
the peer, with what only one of them walks on and the cause. Causes of "longer": where our streets do not follow the peer's walk; of
"shorter": what the peer does not walk when asked from end to end. "ties" and "where the peer begins": the streets agree, the ends do not.
"""
import argparse, bisect, csv, heapq, json, math, os, random, statistics, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from edges import E7, Extract, Graph, Ways, meters, mm
from router_peers import Osrm, Valhalla

SPEED = 5 / 3.6
STREETS = {"residential", "living_street", "unclassified", "tertiary", "tertiary_link", "secondary", "secondary_link", "primary", "primary_link",
           "pedestrian", "footway", "path", "steps", "service", "track", "cycleway", "road"}
PROFILE = f"""
[[profile]]
id = "walker"
base = "adult"
walk_speed_m_s = {SPEED:.9f}
off_street_speed_m_s = {SPEED:.9f}
steps_speed_factor = 1.0
rough_speed_factor = 1.0
elevator_s = 0.0
source = "for a comparison"
"""
STUDY = """version = 1
name = "routers"
profiles = ["adult", "elder", "child_with_carer", "stroller", "wheelchair", "walker"]
[streets]
osm = "{osm}"
[[facilities]]
id = "ends"
path = "ends.csv"
functions = ["pharmacy"]
[demand]
source = "file"
path = "starts.csv"
crs = "wgs84"
"""


def off_ground(t):
    return t.get("tunnel", "no") != "no" or t.get("bridge", "no") != "no" or t.get("indoor", "no") != "no" or t.get("layer", "0") != "0" or t.get("level", "0") != "0"


def inside(p, ring):
    odd = False
    for a, b in zip(ring, ring[1:]):
        if (a[1] > p[1]) != (b[1] > p[1]) and p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]): odd = not odd
    return odd


def on_streets(x, rng, count):
    """Random points of random metres of street on the ground; none on private ground or on areas."""
    lines, sums, total = [], [], 0.0
    for way in x.paths():
        t = x.tags[way]
        if t.get("highway") not in STREETS or t.get("area") == "yes" or {t.get("foot"), t.get("access")} & {"no", "private", "use_sidepath"}: continue
        if off_ground(t): continue  # coordinates do not say that somebody stands in a tunnel
        for a, b in zip(x.line(way), x.line(way)[1:]):
            total += meters(a, b); lines.append((a, b)); sums.append(total)
    out = []
    for _ in range(count):
        a, b = lines[bisect.bisect(sums, rng.random() * total)]
        t = rng.uniform(0.2, 0.8)
        out.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a, b))
    return out


def homes(x, rng, count):
    built = sorted(w for w, t in x.tags.items() if t.get("building", "no") not in ("no", "roof") and len(x.ways[w]) > 3)
    if len(built) >= 200:
        out = []
        while len(out) < count:
            ring = x.line(rng.choice(built))
            middle = (sum(p[0] for p in ring[1:]) / len(ring[1:]), sum(p[1] for p in ring[1:]) / len(ring[1:]))
            if inside(middle, ring): out.append(middle)
        return out, "buildings"
    out = []
    for lon, lat, a, b in on_streets(x, rng, count):
        off, side = rng.uniform(8, 40), rng.choice((-1, 1))
        k = math.cos(math.radians(lat))
        dx, dy = (b[0] - a[0]) * k, b[1] - a[1]
        n = math.hypot(dx, dy) or 1
        out.append((lon - side * dy / n * off / 111_195 / k, lat + side * dx / n * off / 111_195))
    return out, "beside streets"


def draw(x, seed, count):
    rng = random.Random(seed)
    pairs, told = [], {}
    for kind in ("street", "home"):
        want = count // 2 if kind == "street" else count - count // 2
        if kind == "street": pool = [p[:2] for p in on_streets(x, rng, 4000)]
        else: pool, told["homes"] = homes(x, rng, 4000)
        pool = [(round(p[0], 7), round(p[1], 7)) for p in pool]
        cell = {}
        for p in pool: cell.setdefault((int(p[0] * 50), int(p[1] * 50)), []).append(p)
        made = 0
        while made < want:
            a = rng.choice(pool)
            cx, cy = int(a[0] * 50), int(a[1] * 50)
            near = [p for i in (-2, -1, 0, 1, 2) for j in (-1, 0, 1) for p in cell.get((cx + i, cy + j), ())]
            for b in rng.sample(near, min(20, len(near))):
                if 150 <= meters(a, b) <= 2000: pairs.append((kind, a, b)); made += 1; break
    return pairs, told


# ---- walkshed ---------------------------------------------------------------------------------------------------


def export(program, osm, out, pairs):
    study, graph = os.path.join(out, "study"), os.path.join(out, "graph")
    os.makedirs(study, exist_ok=True)
    for name, end, head in (("starts.csv", 1, "id,lon,lat,population"), ("ends.csv", 2, "id,lon,lat,name")):
        with open(os.path.join(study, name), "w") as f:
            print(head, file=f)
            for i, p in enumerate(pairs): print(f"{i:06},{p[end][0]:.7f},{p[end][1]:.7f},{1 if end == 1 else f'end {i}'}", file=f)
    open(os.path.join(study, "study.toml"), "w").write(STUDY.format(osm=os.path.abspath(osm)) + PROFILE)
    subprocess.run([program, "export", "graph", study, "--profile", "walker", "--out", graph, "-q", "--no-cache", "--accept-losses"], check=True)
    return Graph(graph)


def part(whole, piece, length): return (whole * piece + length // 2) // length if length else (0 if piece == 0 else whole)


def walk(g, starts, ends, goal_place):
    """The shortest walk between the ties of two points, by the rule of the export's README: (ms, what was walked) or None.
    A* towards the place: nobody walks less than the straight line."""
    to_x, to_y, k = goal_place[0] * E7, goal_place[1] * E7, math.cos(math.radians(goal_place[1]))
    ms_unit = 6_371_008.8 * math.radians(1) / E7 / SPEED * 1000 * 0.99
    ahead = lambda n: ms_unit * math.hypot((g.nodes[n][0] - to_x) * k, g.nodes[n][1] - to_y)
    best, way, queue, came, goal = None, None, [], {}, {}
    time = {}
    for r in starts:
        e, at, a = int(r["edge"]), mm(r["offset_m"]), int(r["access_ms"])
        u, v, length, f, b = g.edges[e]
        for n, ms in ((v, f >= 0 and a + part(f, length - at, length)), (u, b >= 0 and a + part(b, at, length))):
            if ms is not False and ms < time.get(n, 1 << 60): time[n] = ms; came[n] = (None, e, r); heapq.heappush(queue, (ms + ahead(n), n))
        for s in ends:
            if int(s["edge"]) != e: continue
            q = mm(s["offset_m"])
            t = f if q >= at else b
            if t >= 0 or q == at:
                ms = a + int(s["access_ms"]) + (part(t, abs(q - at), length) if q != at else 0)
                if best is None or ms < best: best, way = ms, (r, s, [(e, None)])
    for s in ends:
        e, q, a = int(s["edge"]), mm(s["offset_m"]), int(s["access_ms"])
        u, v, length, f, b = g.edges[e]
        if f >= 0: goal.setdefault(u, []).append((part(f, q, length) + a, s))
        if b >= 0: goal.setdefault(v, []).append((part(b, length - q, length) + a, s))
    done = set()
    last = None
    while queue:
        bound, n = heapq.heappop(queue)
        if n in done: continue
        if best is not None and bound >= best: break
        ms = time[n]
        done.add(n)
        for more, s in goal.get(n, ()):
            if best is None or ms + more < best: best, last = ms + more, (n, s)
        for m, cost, e in g.arcs[n]:
            if ms + cost < time.get(m, 1 << 60): time[m] = ms + cost; came[m] = (n, e, None); heapq.heappush(queue, (ms + cost + ahead(m), m))
    if best is None: return None
    if last is None: return (best, *way)
    n, s = last
    steps = [(int(s["edge"]), n)]
    while True:
        before, e, r = came[n]
        steps.append((e, n))
        if r is not None: return best, r, s, steps[::-1]
        n = before


# ---- comparing --------------------------------------------------------------------------------------------------


class Ours:
    def __init__(self, g, x, ways):
        self.g, self.x, self.ways, self.found, self.walked = g, x, ways, {}, set()
        for e in range(len(g.edges)):
            u, v, length, f, b = g.edges[e]
            at = ways.find(g.nodes[u], g.nodes[v], length / 1000)
            if not at: continue
            self.found[e] = at
            for a, c in ways.steps(at):
                if f >= 0: self.walked.add((a, c))
                if b >= 0: self.walked.add((c, a))
        self.at, self.ties = {}, {}
        for n, place in enumerate(g.nodes): self.at.setdefault(place, []).append(n)
        for which, rows in (("a", g.demand), ("b", g.facilities)):
            for r in rows: self.ties.setdefault((which, int(r["id"])), []).append(r)

    def ask(self, i, pairs):
        a, b = self.ties.get(("a", i)), self.ties.get(("b", i))
        if not a or not b: return "no tie"
        return walk(self.g, a, b, pairs[i][2]) or "no way"

    def steps(self, answer):
        """[(way or None, metres, pairs of nodes, from, to)] of a walk."""
        out = []
        for k, (e, n) in enumerate(answer[3]):
            u, v, length, _, _ = self.g.edges[e]
            at = self.found.get(e)
            out.append((at and at[0], length / 1000, self.ways.steps(at) if at else [], self.g.lonlat(u), self.g.lonlat(v)))
        return out


TOLD = ("highway", "railway", "access", "motor_vehicle", "tunnel", "bridge", "layer", "level", "indoor", "area", "bicycle", "service", "oneway",
        "oneway:foot", "conveying", "opening_hours", "construction", "route", "public_transport", "man_made", "motorroad", "footway", "covered",
        "name", "place", "crossing", "barrier", "amenity")


def tags(x, way):
    t = x.tags.get(way, {})
    return {k: t[k] for k in sorted(t) if k in TOLD or k == "foot" or k.startswith(("foot:", "access:", "sidewalk"))}


def gather(x, parts):
    """Metres by way, longest first, with what they are tagged."""
    sums = {}
    for way, m in parts: sums[way] = sums.get(way, 0) + m
    return [{"way": w, "m": round(m, 1), "tags": tags(x, w) if w else "no way of the extract"} for w, m in sorted(sums.items(), key=lambda s: -s[1]) if m >= 1]


def blocked(peer, ours_steps, x):
    """Parts of our walk that the peer does not walk itself: asked from end to end, it goes well around."""
    out = []
    for way, m, pairs, a, b in ours_steps:
        if m < 1: continue
        told = peer.ask(a, b)
        off = 0 if isinstance(told, str) else meters(a, told["line"][0]) + meters(b, told["line"][-1])
        if isinstance(told, str) or told["way_m"] + off > m * 1.05 + 5 or off > 3: out.append((way, m))
    return out


def near(g, start, ends, limit):
    queue, best, found = [(0, start)], {start: 0}, set()
    while queue:
        ms, n = heapq.heappop(queue)
        if ms > best[n]: continue
        if n in ends: found.add(n)
        for m, cost, _ in g.arcs[n]:
            if ms + cost < min(best.get(m, 1 << 60), limit): best[m] = ms + cost; heapq.heappush(queue, (ms + cost, m))
    return found


def breaks(ours, x, steps):
    """Where our streets do not follow the peer's walk: [(node before, tags of it, ways to the next, metres)]."""
    out, on, before, run, way_ids = [], None, None, 0.0, []
    for p, q, way, m in steps + [(steps[-1][1], None, None, 0.0)] if steps else []:
        here = p and ours.at.get(x.place[p])
        if here:
            if on:
                limit = (run * 1.05 + 3) / SPEED * 1000
                on = {n for k in on for n in near(ours.g, k, set(here), limit)}
                if not on:
                    out.append({"after": before, "tags": x.node_tags.get(before, {}), "before": p, "before_tags": x.node_tags.get(p, {}),
                                "m": round(run, 1), "ways": gather(x, way_ids)})
            on, before, run, way_ids = on or set(here), p, 0.0, []
        run += m
        way_ids.append((way, m))
    return out


def kind_of(t):
    """A class of ways, by what decides whether they are walked."""
    if isinstance(t, str): return "line over a square"
    if t.get("route") == "ferry": return "ferry"
    if t.get("highway") == "construction": return "under construction"
    if t.get("foot") in ("no", "use_sidepath"): return "foot=no"
    if {t.get("foot"), t.get("access")} & {"private"}: return "private"
    if t.get("access") in ("no", "permit", "customers", "permissive", "destination", "delivery") and "foot" not in t: return "access=" + t["access"]
    if t.get("area") == "yes": return "outline of a square"
    if t.get("railway") == "platform" or t.get("public_transport") == "platform": return "platform"
    if t.get("highway") in ("trunk", "trunk_link", "motorway", "motorway_link"): return "trunk road"
    if any("separate" in v for k, v in t.items() if k.startswith("sidewalk")): return "sidewalk=separate"
    if t.get("highway") in ("corridor", "elevator") or t.get("indoor", "no") != "no": return "indoor"
    if t.get("tunnel", "no") != "no" or t.get("layer", "0") != "0" or t.get("level", "0") != "0": return "off the ground"
    if "opening_hours" in t or any("conditional" in k for k in t): return "at times"
    return "highway=" + t.get("highway", "none")


def gate(t): return "barrier" in t or t.get("access") in ("no", "private", "permit") or t.get("foot") in ("no", "private")


def cause(side, told):
    """One word why the walks differ, from what was found out; who is right is said by people (docs/routers.md)."""
    ours, peer = told["ours"], told["peer"]
    apart = abs(ours["m"] - peer["m"])
    if apart < 15 and apart < 0.01 * peer["m"]: return "none (under 1 % and 15 m)"
    if side == "longer":
        for b in peer["breaks"]:
            if gate(b["tags"]) or gate(b["before_tags"]): return "shut gate"
        if any(kind_of(part["tags"]) == "private" for part in peer["only"]): return "private"  # whoever does not live there passes it for nobody
        longest = max((b for b in peer["breaks"] if b["ways"]), key=lambda b: b["m"], default=None)
        if longest: return kind_of(longest["ways"][0]["tags"])
        return "where the peer begins" if max(peer["legs_m"]) > 5 and told["kind"] == "street" else "ties" if told["kind"] == "home" else "other"
    sums = {}
    for part in ours["peer_does_not_walk"]: sums[kind_of(part["tags"])] = sums.get(kind_of(part["tags"]), 0) + part["m"]
    most = max(sums, key=sums.get, default=None)
    if ours["one_tie_m"] > ours["m"] + 0.6 * apart: return "ties"  # with its nearest tie alone, walkshed says about the same
    if most and sums[most] >= 4: return most
    if peer["from_our_ties_m"] is not None and peer["from_our_ties_m"] < ours["m"] + 0.4 * apart: return "where the peer begins"
    return "other"


def tie_place(r, ours, ways):
    e, at = int(r["edge"]), mm(r["offset_m"])
    u, v, length, _, _ = ours.g.edges[e]
    t = at / length if length else 0
    if e in ours.found: return ways.point(ours.found[e], t)
    return tuple(p + t * (q - p) for p, q in zip(ours.g.lonlat(u), ours.g.lonlat(v)))


def look_into(side, i, pair, own, answer, peer, ours, x, ways):
    kind, a, b = pair
    mine, theirs = ours.steps(own), peer.steps(x, ways, answer)
    known = {(p, q) for s in mine for p, q in s[2]} | {(q, p) for s in mine for p, q in s[2]}
    walked = {(s[0], s[1]) for s in theirs}
    nearest = [[min(ours.ties[(k, i)], key=lambda r: int(r["access_ms"]))] for k in "ab"]
    one = walk(ours.g, *nearest, b)
    places = [tie_place(r, ours, ways) for r in own[1:3]]
    again = peer.ask(*places) if side == "shorter" else "not asked"
    legs = sum(int(own[k]["access_ms"]) for k in (1, 2)) / 1000 * SPEED
    told = {
        "pair": i, "kind": kind, "from": a, "to": b,
        "ours": {"m": round(own[0] / 1000 * SPEED, 1), "one_tie_m": round(one[0] / 1000 * SPEED, 1) if one else 1e6,
                 "legs_m": [round(int(own[k]["access_ms"]) / 1000 * SPEED, 1) for k in (1, 2)], "forced": [own[1]["forced"], own[2]["forced"]],
                 "ties": [[round(c, 6) for c in p] for p in places],
                 "only": gather(x, [(w, m) for w, m, pairs, _, _ in mine if not any(pq in walked for pq in pairs)]),
                 "peer_does_not_walk": gather(x, blocked(peer, mine, x)) if side == "shorter" else []},
        "peer": {"m": round(total(answer, a, b), 1), "from_our_ties_m": None if isinstance(again, str) else round(total(again, *places) + legs, 1),
                 "legs_m": [round(meters(a, answer["line"][0]), 1), round(meters(b, answer["line"][-1]), 1)],
                 "starts": [[round(c, 6) for c in answer["line"][k]] for k in (0, -1)],
                 "only": gather(x, [(w, m) for p, q, w, m in theirs if (p, q) not in known]), "breaks": breaks(ours, x, theirs) if side == "longer" else []},
    }
    return {"cause": cause(side, told), **told}


def total(answer, a, b): return answer["way_m"] + meters(a, answer["line"][0]) + meters(b, answer["line"][-1])


def tally(words):
    out = {}
    for w in words: out[w] = out.get(w, 0) + 1
    return dict(sorted(out.items(), key=lambda w: -w[1]))


def compare(peer, pairs, own, ours, x, ways, out):
    rows, answers = [], []
    for i, (kind, a, b) in enumerate(pairs):
        got = peer.ask(a, b)
        answers.append(got)
        m = None if isinstance(own[i], str) else own[i][0] / 1000 * SPEED
        t = None if isinstance(got, str) else total(got, a, b)
        rows.append((i, kind, m, t))
    both = [(i, k, m, t) for i, k, m, t in rows if m is not None and t is not None]
    summary = {"peer": peer.name, "version": peer.version, "pairs": len(pairs), "both": len(both),
               "only_walkshed": sum(m is not None and t is None for _, _, m, t in rows), "only_peer": sum(m is None and t is not None for _, _, m, t in rows)}
    for kind in ("street", "home", "all"):
        some = [(m, t) for _, k, m, t in both if kind in (k, "all")]
        ratio = sorted(m / t for m, t in some)
        share = lambda limit: round(sum(abs(r - 1) <= limit for r in ratio) / len(ratio), 4)
        summary[kind] = {"pairs": len(some), "median": round(statistics.median(ratio), 4), "p5": round(ratio[len(ratio) // 20], 4), "p95": round(ratio[-1 - len(ratio) // 20], 4),
                         "within_1": share(0.01), "within_5": share(0.05), "within_10": share(0.10),
                         "longer_10": round(sum(r > 1.1 for r in ratio) / len(ratio), 4), "shorter_10": round(sum(r < 1 / 1.1 for r in ratio) / len(ratio), 4)}
    worst = {(side, kind): sorted((r for r in both if r[1] == kind and (r[2] > r[3]) == (side == "longer")), key=lambda r: -abs(r[2] - r[3]))[:20]
             for side in ("longer", "shorter") for kind in ("street", "home")}
    told = {f"{kind}-{side}": [look_into(side, i, pairs[i], own[i], answers[i], peer, ours, x, ways) for i, _, _, _ in some]
            for (side, kind), some in worst.items()}
    summary["causes"] = {name: tally(r["cause"] for r in rows) for name, rows in told.items()}
    def one(test):
        for i, kind, m, t in rows:
            if not test(m, t): continue
            _, a, b = pairs[i]
            legs = None if t is None else [round(meters(a, answers[i]["line"][0]), 1), round(meters(b, answers[i]["line"][-1]), 1)]
            yield {"pair": i, "kind": kind, "from": a, "to": b, "walkshed": own[i] if m is None else round(m, 1), "peer": answers[i] if t is None else round(t, 1), "peer_legs_m": legs}
    told["only_walkshed"], told["only_peer"] = list(one(lambda m, t: m is not None and t is None)), list(one(lambda m, t: m is None and t is not None))
    json.dump(told, open(os.path.join(out, f"worst-{peer.name}.json"), "w"), indent=1)
    return summary, rows


def print_tables(folders):
    rows = [(os.path.basename(os.path.normpath(f)), p) for f in folders for p in json.load(open(os.path.join(f, "summary.json")))["peers"]]
    print("| city | peer | found by both | walkshed alone | peer alone | of | median | 5 % to 95 % | within 1 % | within 5 % | within 10 % |")
    print("|---|---|---:|---:|---:|---|---:|---|---:|---:|---:|")
    for city, p in rows:
        for kind in ("street", "home"):
            k = p[kind]
            head = f"| {city} | {p['peer']} | {p['both']:,} | {p['only_walkshed']} | {p['only_peer']}" if kind == "street" else "| | | | |"
            print(f"{head} | {kind}s | {k['median']:.3f} | {k['p5']:.2f} to {k['p95']:.2f} | {k['within_1']:.1%} | {k['within_5']:.1%} | {k['within_10']:.1%} |")
    print("\n| city | peer | streets, walkshed says more | streets, less | homes, more | homes, less |\n|---|---|---|---|---|---|")
    tell = lambda c: ", ".join(f"{n} {w}" for w, n in c.items())
    for city, p in rows: print(f"| {city} | {p['peer']} | " + " | ".join(tell(p["causes"][k]) for k in ("street-longer", "street-shorter", "home-longer", "home-shorter")) + " |")


def main():
    if sys.argv[1:2] == ["table"]: return print_tables(sys.argv[2:])
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("walkshed"); ap.add_argument("extract"); ap.add_argument("out")
    ap.add_argument("--pairs", type=int, default=2000); ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    x = Extract(a.extract)
    pairs, told = draw(x, a.seed, a.pairs)
    g = export(os.path.abspath(a.walkshed), a.extract, a.out, pairs)
    ways = Ways(x)
    ours = Ours(g, x, ways)
    own = [ours.ask(i, pairs) for i in range(len(pairs))]
    summary, table = {"extract": os.path.basename(a.extract), "seed": a.seed, "homes": told["homes"], "peers": []}, {}
    for kind in (Valhalla, Osrm):
        one, rows = compare(kind(os.path.abspath(a.extract), os.path.abspath(a.out)), pairs, own, ours, x, ways, a.out)
        summary["peers"].append(one); table[kind.name] = rows
    json.dump(summary, open(os.path.join(a.out, "summary.json"), "w"), indent=1)
    with open(os.path.join(a.out, "pairs.csv"), "w") as f:
        print("pair,kind,from_lon,from_lat,to_lon,to_lat,walkshed_m,valhalla_m,osrm_m", file=f)
        tell = lambda m: "" if m is None else f"{m:.1f}"
        for (i, kind, m, v), (_, _, _, o) in zip(table["valhalla"], table["osrm"]):
            (_, p, q) = pairs[i]
            print(f"{i},{kind},{p[0]:.7f},{p[1]:.7f},{q[0]:.7f},{q[1]:.7f},{tell(m)},{tell(v)},{tell(o)}", file=f)
    print(json.dumps(summary, indent=1))


if __name__ == "__main__": main()
