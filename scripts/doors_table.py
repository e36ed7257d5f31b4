#!/usr/bin/env python3
"""How homes meet the street, before and after a change: a table of eight cities from two builds of walkshed.

    R/bin/python scripts/doors_table.py BEFORE AFTER ../shared/data [CITY ...] > table.md      (routers.py tells how R is made)

Each city is taken as scripts/cities.py does: `init`, `audit`, `export graph`, `export nearest`, with the program's own answers. Homes are
matched by their key. Ties are laid back on the ways of the extract, and judged by tags alone:
  off the ground   every tie of a home lies on a way with tunnel (not building_passage), bridge, indoor, layer or level other than 0
  ... in reach     of these, a way on the ground that an adult may walk lies within the study's 250 m
  over obstacles   every leg, from whatever place of the home's outline, door or middle is as far from the tie as the leg is long,
                   crosses another building, wall, fence, water, railway or motorway on the ground
  changed          at least one rule of plain-15 says otherwise of the home
  step-free        of those who reach the nearest place of the city's commonest function in 15 min as adult, who does in a wheelchair
London has no homes: 5,000 are drawn beside streets, as in routers.py. What is left of "in reach" goes to standard error.
"""
import csv, functools, glob, json, math, os, random, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from edges import Extract, Graph, Ways, meters, mm
from routers import homes, inside

CITIES = {
    "monaco-2023": [], "helsinki-centre-2019": ["--demand", "../../develop/helsinki-population/derived/population_grid.geojson"], "las-palmas-2023": [],
    "isle-of-man-2020": [], "pyrosm-test-2019": [], "boston-cambridge": ["--demand", "derived/somerville_blocks.csv", "--facilities", "schools.geojson"],
    "porto-alegre-2020": ["--demand", "poa_hexgrid.csv"], "london-2026": None,
}
LIMIT_M = 250
BARRIERS = {"wall", "fence", "city_wall", "retaining_wall"}
TOLD = ("highway", "tunnel", "bridge", "layer", "level", "indoor", "name")
RAILS = {"rail", "light_rail", "subway", "narrow_gauge"}


def off_ground(t):
    level = t.get("level", "0")
    built = t.get("tunnel", "no") not in ("no", "building_passage") or t.get("bridge", "no") != "no" or t.get("indoor", "no") != "no"
    return built or t.get("layer", "0") != "0" or "0" not in level.split(";")


def run(words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode not in (0, 1): sys.exit(f"{' '.join(words)}\n{done.stderr}")
    return done.stdout


class Obstacles:
    """Outlines and lines that no leg should cross, in a grid."""

    def __init__(self, x):
        self.grid = {}
        outlines = [(f"way/{w}", t, w) for w, t in x.tags.items()]
        outlines += [(f"relation/{r}", t, w) for r, (t, members) in x.outer.items() for w in members if w in x.ways]
        for key, t, way in outlines:
            if t.get("layer", "0") != "0" or t.get("tunnel", "no") != "no" or t.get("bridge", "no") != "no": continue
            building = t.get("building", "no") not in ("no", "roof")
            if not (building or t.get("barrier") in BARRIERS or t.get("natural") in ("water", "coastline") or t.get("waterway") in ("river", "canal", "riverbank")
                    or t.get("railway") in RAILS or t.get("highway") in ("motorway", "motorway_link")): continue
            line = x.line(way)
            for a, b in zip(line, line[1:]):
                for cell in self.cells(a, b): self.grid.setdefault(cell, []).append((key, a, b))

    @staticmethod
    def cells(a, b):
        x0, x1 = sorted((int(a[0] * 1000), int(b[0] * 1000))); y0, y1 = sorted((int(a[1] * 1000), int(b[1] * 1000)))
        return [(i, j) for i in range(x0, x1 + 1) for j in range(y0, y1 + 1)]

    def crossed(self, a, b, own):
        length = meters(a, b)
        if length < 1: return None
        s = 0.4 / length  # who touches a wall does not cross it
        p, q = (a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1])), (b[0] - s * (b[0] - a[0]), b[1] - s * (b[1] - a[1]))
        for cell in self.cells(p, q):
            for way, c, d in self.grid.get(cell, ()):
                if way != own and cut(p, q, c, d): return way
        return None


def side(a, b, c): return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def cut(a, b, c, d): return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def nearest_on(line, p):
    """(metres, place) of a line nearest to p."""
    k, best = math.cos(math.radians(p[1])), (1e9, p)
    for a, b in zip(line, line[1:]):
        dx, dy = (b[0] - a[0]) * k, b[1] - a[1]
        n = dx * dx + dy * dy
        t = max(0, min(1, ((p[0] - a[0]) * k * dx + (p[1] - a[1]) * dy) / n)) if n else 0
        q = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))
        best = min(best, (meters(p, q), q))
    return best


def study(program, folder, work, city):
    """init and audit of a city by one program: (study, audit.json, homes by key, graph folder, {profile: {id: ms}})."""
    pbf = glob.glob(folder + "/*.pbf")[0]
    name, out, graph = (os.path.join(work, w) for w in ("study", "out", "graph"))
    words = CITIES[city]
    if words is None:
        table = os.path.join(work, "homes.csv")
        with open(table, "w") as f:
            print("id,lon,lat,population", file=f)
            for i, p in enumerate(homes(Extract(pbf), random.Random(1), 5000)[0]): print(f"{i:06},{p[0]:.7f},{p[1]:.7f},1", file=f)
        words = ["--demand", table]
    words = [w if w.startswith("--") else os.path.join(folder, w) for w in words]
    run([program, "init", name, "--osm", pbf, *words, "--quiet"])
    run([program, "audit", name, "--out", out, "--quiet"])
    run([program, "export", "graph", name, "--profile", "adult", "--out", graph, "--quiet"])
    audit = json.load(open(out + "/audit.json"))
    people = {f["properties"]["key"]: (f["properties"], f["geometry"]["coordinates"]) for f in json.load(open(out + "/demand.geojson"))["features"]}
    return pbf, name, audit, people, graph


def reach(program, name, work, profile, function):
    to = os.path.join(work, f"{profile}.csv")
    run([program, "export", "nearest", name, "--profile", profile, "--layer", function, "--cutoff-min", "15", "--out", to, "--quiet"])
    return {int(r["demand"]) for r in csv.DictReader(open(to[:-4] + ".demand.csv")) if r["time_ms"]}


@functools.cache
def read(pbf):
    x = Extract(pbf)
    return x, Ways(x), Obstacles(x)


def look(pbf, people, folder):
    """Of each home: every tie off the ground; all of them while a street is near; every leg over an obstacle; forced."""
    x, ways, walls = read(pbf)
    g = Graph(folder)
    found = {}
    def at(e):
        if e not in found: u, v, length, _, _ = g.edges[e]; found[e] = ways.find(g.nodes[u], g.nodes[v], length / 1000)
        return found[e]
    ties, key_of = {}, {p["id"]: k for k, (p, _) in people.items()}
    for r in g.demand: ties.setdefault(key_of.get(int(r["id"])), []).append(r)
    ground = {}
    for e, (u, v, length, f, b) in enumerate(g.edges):
        if (f >= 0 or b >= 0) and at(e) and not off_ground(x.tags[at(e)[0]]):
            for p, q in ways.steps(at(e)):
                for cell in Obstacles.cells(x.at(p), x.at(q)): ground.setdefault(cell, []).append((at(e)[0], x.at(p), x.at(q)))
    told = {}
    for key, rows in ties.items():
        if key is None: continue
        props, point = people[key]
        point, own = tuple(point), str(key).split("#")[-1]  # "44#way/1": building 1 of cell 44
        number = int(own.split("/")[1]) if "/" in own else 0
        rings = [w for w in ([number] if own.startswith("way/") else x.outer.get(number, ({}, []))[1]) if w in x.ways and len(x.ways[w]) > 1]
        doors = [x.at(n) for w in rings for n in x.ways[w] if {"entrance", "door"} & set(x.node_tags.get(n, {}))]
        off, over, where = [], [], []
        for r in rows:
            e, offset = int(r["edge"]), mm(r["offset_m"])
            u, v, length, _, _ = g.edges[e]
            t = offset / length if length else 0
            a, b = g.lonlat(u), g.lonlat(v)
            tie = ways.point(at(e), t) if at(e) else (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))
            off.append(bool(at(e)) and off_ground(x.tags[at(e)[0]]))
            # Where the leg may have begun: places of the outline, doors or the middle that lie as far from the tie as it is long.
            start = min(nearest_on(x.line(w), tie) for w in rings)[1] if rings else point
            crossing = at(e) and walls.crossed(start, tie, own)  # a tie on no way has no known place
            if crossing:
                far = float(r["access_m"])
                others = (p for p in (point, *doors, *(x.at(n) for w in rings for n in x.ways[w])) if abs(meters(p, tie) - far) < 0.5 + 0.01 * far)
                if not all(walls.crossed(p, tie, own) for p in others): crossing = None
            over.append(crossing)
            where.append((at(e) and at(e)[0], tie, r["access_m"], r.get("forced")))
            if not all(off) and not all(over): break  # nothing more to learn of this home
        one = {"persons": props["persons_all"], "off": all(off), "over": all(over), "forced": all(r.get("forced") == "1" for r in rows),
               "where": where, "point": point, "in_reach": None, "crosses": over}
        if one["off"]:
            best = (1e9, None, None)
            cx, cy = int(point[0] * 1000), int(point[1] * 1000)
            for cell in ((cx + i, cy + j) for i in range(-5, 6) for j in range(-4, 5)):
                for way, a, b in ground.get(cell, ()):
                    d = nearest_on([a, b], point)
                    if d[0] < best[0]: best = (d[0], way, d[1])
            if best[0] <= LIMIT_M: one["in_reach"] = best
        told[key] = one
    return told, x


def covered(props, rules): return {r: props.get(f"plain-15.{r}.min") is not None and props[f"plain-15.{r}.min"] <= minutes for r, minutes in rules.items()}


def city_row(before, after, data, city):
    folder = next(f for f in glob.glob(f"{data}/*/{city}"))
    with tempfile.TemporaryDirectory() as work:
        sides = []
        for n, program in (("a", before), ("b", after)):
            os.makedirs(os.path.join(work, n))
            pbf, name, audit, people, graph = study(program, folder, os.path.join(work, n), city)
            sites = {}
            for r in csv.DictReader(open(graph + "/offers.csv")): sites[r["function"]] = sites.get(r["function"], 0) + 1
            sides.append((program, name, audit, people, look(pbf, people, graph), sites, os.path.join(work, n)))
        function = max(sides[1][5], key=lambda f: (min(sides[0][5].get(f, 0), sides[1][5][f]), f))
        rows = []
        for program, name, audit, people, (told, _), _, place in sides:
            adult, wheels = reach(program, name, place, "adult", function), reach(program, name, place, "wheelchair", function)
            of = lambda ids: sum(p["persons_all"] for p, _ in people.values() if p["id"] in ids)
            count = lambda test: sum(t["persons"] for t in told.values() if test(t))
            rows.append({"people": of({p["id"] for p, _ in people.values()}), "off": count(lambda t: t["off"]), "in_reach": count(lambda t: t["in_reach"]),
                         "over": count(lambda t: t["over"]), "forced": count(lambda t: t["forced"]), "step_free": of(wheels & adult) / (of(adult) or 1),
                         "adult": of(adult), "homes": len(people)})
        rules = {r["rule"]: r["cutoff_min"] for r in sides[1][2]["rules"] if r["standard"] == "plain-15" and r.get("cutoff_min")}
        gained = lost = both = 0.0
        for key, (props, _) in sides[1][3].items():
            if key not in sides[0][3]: continue
            was, now = covered(sides[0][3][key][0], rules), covered(props, rules)
            up, down = any(now[r] and not was[r] for r in rules), any(was[r] and not now[r] for r in rules)
            gained += props["persons_all"] * (up and not down)
            lost += props["persons_all"] * (down and not up)
            both += props["persons_all"] * (up and down)
        matched = sum(k in sides[0][3] for k in sides[1][3])
        for key, t in sides[1][4][0].items():
            if t["in_reach"] or t["over"]:
                x = sides[1][4][1]
                told = {k: t[k] for k in ("point", "off", "forced", "in_reach")}
                told |= {"city": city, "home": key, "persons": round(t["persons"], 1), "crosses": [w for w in t["crosses"][:3] if w]}
                told["ties"] = [(w, {k: v for k, v in x.tags.get(w, {}).items() if k in TOLD}, p, m, f) for w, p, m, f in t["where"]][:4]
                print(json.dumps(told), file=sys.stderr, flush=True)
    return {"city": city, "function": function, "before": rows[0], "after": rows[1], "gained": gained, "lost": lost, "both": both, "matched": matched}


def main():
    before, after, data = (os.path.abspath(w) for w in sys.argv[1:4])
    print("| city | people | off the ground | … while a street is in reach | over obstacles | told as forced | 15-minute answer changed (more / less / both) | step-free, within 15 min of |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    for city in sys.argv[4:] or CITIES:
        r = city_row(before, after, data, city)
        b, a = r["before"], r["after"]
        pair = lambda k: f"{b[k]:,.0f} → {a[k]:,.0f}"
        changed = r["gained"] + r["lost"] + r["both"]
        print(f"| {city} | {a['people']:,.0f} | {pair('off')} | {pair('in_reach')} | {pair('over')} | – → {a['forced']:,.0f} | {changed:,.0f} ({r['gained']:,.0f} / {r['lost']:,.0f} / {r['both']:,.0f}) | "
              f"{b['step_free']:.1%} → {a['step_free']:.1%}, {r['function'].replace('_', ' ')} |", flush=True)
        print(json.dumps(r), file=sys.stderr, flush=True)


if __name__ == "__main__": main()
