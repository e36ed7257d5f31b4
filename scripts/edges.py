"""Which way of an extract each edge of `walkshed export graph` lies on: for routers.py and doors_table.py. Needs osmium.

An edge of the export has two nodes and a length, no id of a way. Its way is one that passes both places and is as long between
them. An edge that lies on no way is a line over a square, a lift, or stands for something the program joined.
"""
import csv, math, os

import osmium

E7 = 10_000_000


def mm(text): return int(text.replace(".", ""))  # three decimals


def meters(a, b):
    """Between two (lon, lat) in degrees, on a sphere."""
    x = math.radians(b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return 6_371_008.8 * math.hypot(x, math.radians(b[1] - a[1]))


class Extract:
    """Nodes and ways of an extract, as they stand in the file."""

    def __init__(self, path):
        self.place, self.ways, self.tags, self.node_tags, self.outer = {}, {}, {}, {}, {}
        for o in osmium.FileProcessor(path):
            if o.is_node():
                self.place[o.id] = (round(o.lon * E7), round(o.lat * E7))
                if o.tags: self.node_tags[o.id] = dict(o.tags)
            elif o.is_way():
                self.ways[o.id], self.tags[o.id] = [n.ref for n in o.nodes], dict(o.tags)
            elif o.is_relation() and o.tags.get("type") == "multipolygon":
                self.outer[o.id] = (dict(o.tags), [m.ref for m in o.members if m.type == "w" and m.role != "inner"])
        self.ways = {w: [n for n in refs if n in self.place] for w, refs in self.ways.items()}

    def at(self, node):
        x, y = self.place[node]
        return (x / E7, y / E7)

    def line(self, way): return [self.at(n) for n in self.ways[way]]

    def paths(self):
        """Ways that may be walked or have to do with walking."""
        keys = ("highway", "railway", "public_transport", "man_made", "route", "amenity", "leisure", "place", "indoor", "room", "area:highway")
        return [w for w, tags in self.tags.items() if "building" not in tags and any(k in tags for k in keys) and len(self.ways[w]) > 1]


class Ways:
    """Finds the way of an edge."""

    def __init__(self, extract):
        self.extract, self.at, self.along, self.pairs = extract, {}, {}, {}
        for way in sorted(extract.paths(), key=lambda w: "highway" not in extract.tags[w]):
            refs, line = extract.ways[way], extract.line(way)
            along = [0.0]
            for a, b in zip(line, line[1:]): along.append(along[-1] + meters(a, b))
            self.along[way] = along
            for i, n in enumerate(refs): self.at.setdefault(extract.place[n], []).append((way, i))
            for a, b in zip(refs, refs[1:]): self.pairs.setdefault((min(a, b), max(a, b)), []).append(way)

    def find(self, u, v, length_m):
        """(way, first, last) between two places in 1e-7 degrees, or None; first > last where it runs against the way."""
        best, gap = None, 0.05 + 0.006 * length_m  # the earth is no sphere
        ends = {}
        for way, j in self.at.get(v, ()): ends.setdefault(way, []).append(j)
        for way, i in self.at.get(u, ()):
            for j in ends.get(way, ()):
                off = abs(abs(self.along[way][j] - self.along[way][i]) - length_m)
                if i != j and off < gap: best, gap = (way, i, j), off
        return best

    def steps(self, found):
        """Pairs of nodes that (way, first, last) walks."""
        way, i, j = found
        refs, step = self.extract.ways[way], 1 if j > i else -1
        return [(refs[k], refs[k + step]) for k in range(i, j, step)]

    def point(self, found, share):
        """The place at a share of (way, first, last)."""
        way, i, j = found
        along, line, step = self.along[way], self.extract.line(way), 1 if j > i else -1
        want = along[i] + share * (along[j] - along[i])
        for k in range(i, j, step):
            a, b = along[k], along[k + step]
            if (want - a) * step >= 0 and (b - want) * step >= 0 and a != b:
                t = (want - a) / (b - a)
                p, q = line[k], line[k + step]
                return (p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1]))
        return line[j]


class Graph:
    """The folder of an `export graph`."""

    def __init__(self, folder):
        rows = lambda name: csv.DictReader(open(os.path.join(folder, name), newline="", encoding="utf-8"))
        self.nodes = [(round(float(r["lon"]) * E7), round(float(r["lat"]) * E7)) for r in rows("nodes.csv")]
        self.edges = [(int(r["u"]), int(r["v"]), mm(r["length_m"]), int(r["forward_ms"] or -1), int(r["backward_ms"] or -1)) for r in rows("edges.csv")]
        self.demand, self.facilities = list(rows("demand.csv")), list(rows("facilities.csv"))
        self.arcs = [[] for _ in self.nodes]
        for e, (u, v, _, forward, backward) in enumerate(self.edges):
            if forward >= 0: self.arcs[u].append((v, forward, e))
            if backward >= 0: self.arcs[v].append((u, backward, e))

    def lonlat(self, node): return (self.nodes[node][0] / E7, self.nodes[node][1] / E7)
