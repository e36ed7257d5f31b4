"""Valhalla and OSRM as they are asked by routers.py: graphs made from an extract, a walk from a to b, the ways it goes by."""
import json, os, shutil, subprocess, sys
from importlib.metadata import version

from edges import meters


def decode(text):
    out, i, x, y = [], 0, 0, 0
    while i < len(text):
        for axis in (0, 1):
            value = shift = 0
            while True:
                c = ord(text[i]) - 63; i += 1
                value |= (c & 31) << shift; shift += 5
                if c < 32: break
            value = ~(value >> 1) if value & 1 else value >> 1
            if axis == 0: y += value
            else: x += value
        out.append((x / 1e6, y / 1e6))
    return out


class Valhalla:
    name = "valhalla"
    options = {"walking_speed": 5.0, "shortest": True, "use_ferry": 0.0, "use_living_streets": 1.0, "use_tracks": 1.0, "walkway_factor": 1.0, "sidewalk_factor": 1.0,
               "alley_factor": 1.0, "driveway_factor": 1.0, "step_penalty": 0, "service_penalty": 0, "service_factor": 1.0, "elevator_penalty": 0,
               "gate_cost": 0, "gate_penalty": 0, "private_access_penalty": 0, "destination_only_penalty": 0, "maneuver_penalty": 0,
               "max_hiking_difficulty": 6, "max_distance": 100000}

    def __init__(self, osm, out):
        import valhalla
        self.version = version("pyvalhalla")
        tiles = os.path.join(out, "valhalla")
        conf = os.path.join(out, "valhalla.json")
        if not os.path.exists(conf):
            os.makedirs(tiles, exist_ok=True)
            config = valhalla.get_config(tile_extract="", tile_dir=tiles, verbose=False)
            config["mjolnir"]["tile_extract"] = ""
            json.dump(config, open(conf, "w"))
            tool = os.path.join(os.path.dirname(sys.executable), "valhalla_build_tiles")
            subprocess.run([tool, "-c", conf, osm], check=True, stdout=open(os.path.join(out, "valhalla.log"), "w"), stderr=subprocess.STDOUT)
        self.actor = valhalla.Actor(conf)

    def ask(self, a, b):
        place = lambda p: {"lon": p[0], "lat": p[1], "node_snap_tolerance": 0}
        asked = {"locations": [place(a), place(b)], "costing": "pedestrian", "costing_options": {"pedestrian": self.options}, "directions_type": "none", "units": "kilometers"}
        try: trip = self.actor.route(asked)["trip"]
        except RuntimeError as e: return str(e)
        line = decode(trip["legs"][0]["shape"])
        return {"way_m": trip["summary"]["length"] * 1000, "told_s": trip["summary"]["time"], "line": line, "shape": trip["legs"][0]["shape"]}

    def steps(self, x, ways, answer):
        """Pairs of nodes walked, and the id of each way."""
        asked = {"encoded_polyline": answer["shape"], "costing": "pedestrian", "costing_options": {"pedestrian": self.options}, "shape_match": "walk_or_snap",
                 "filters": {"attributes": ["edge.way_id", "edge.begin_shape_index", "edge.end_shape_index", "shape"], "action": "include"}}
        try: told = self.actor.trace_attributes(asked)
        except RuntimeError: return []
        line, out = decode(told["shape"]), []
        for e in told["edges"]:
            way = e["way_id"]
            places = [(n, x.at(n)) for n in x.ways.get(way, ())]
            refs = []
            for p in line[e["begin_shape_index"]:e["end_shape_index"] + 1]:
                n = min(places, key=lambda q: (q[1][0] - p[0]) ** 2 + (q[1][1] - p[1]) ** 2, default=None)
                if n and meters(n[1], p) < 0.3: refs.append(n[0])
                else: refs.append(None)
            out += [(a, b, way, meters(p, q)) for a, b, p, q in zip(refs, refs[1:], line[e["begin_shape_index"]:], line[e["begin_shape_index"] + 1:])]
        return out


class Osrm:
    name = "osrm"

    def __init__(self, osm, out):
        import osrm
        self.version, self.osrm = version("osrm-bindings"), osrm
        home = os.path.dirname(osrm.__file__)
        base = os.path.join(out, "osrm")
        if not os.path.exists(os.path.join(base, "city.osrm.cells")):
            shutil.rmtree(base, ignore_errors=True)
            shutil.copytree(os.path.join(home, "share", "profiles"), base)
            text = open(os.path.join(base, "foot.lua")).read()
            for old, new in (("traffic_signal_penalty        = 2", "traffic_signal_penalty        = 0"), ("u_turn_penalty                = 2", "u_turn_penalty                = 0"),
                             ("walking_speed*0.75", "walking_speed"), ("walking_speed*0.5", "walking_speed")):
                assert old in text, old
                text = text.replace(old, new)
            open(os.path.join(base, "foot.lua"), "w").write(text)
            os.symlink(os.path.abspath(osm), os.path.join(base, "city.osm.pbf"))
            with open(os.path.join(out, "osrm.log"), "w") as log:
                tool = lambda t, *words: subprocess.run([os.path.join(home, "bin", t), *words], check=True, stdout=log, stderr=subprocess.STDOUT)
                tool("osrm-extract", "-p", os.path.join(base, "foot.lua"), os.path.join(base, "city.osm.pbf"))
                tool("osrm-partition", os.path.join(base, "city.osrm"))
                tool("osrm-customize", os.path.join(base, "city.osrm"))
        self.router = osrm.OSRM(algorithm="MLD", storage_config=os.path.join(base, "city.osrm"), use_shared_memory=False)

    def ask(self, a, b):
        asked = self.osrm.RouteParameters(coordinates=[a, b], annotations=["nodes"], overview="full", geometries="geojson")
        try: told = self.router.Route(asked)
        except RuntimeError as e: return str(e)
        route = told["routes"][0]
        line = [tuple(p) for p in route["geometry"]["coordinates"]]
        nodes = [int(n) for n in route["legs"][0]["annotation"]["nodes"]]
        return {"way_m": route["distance"], "told_s": route["duration"], "line": [tuple(w["location"]) for w in told["waypoints"]], "nodes": nodes, "shape": line}

    def steps(self, x, ways, answer):
        nodes = answer["nodes"]
        return [(a, b, (ways.pairs.get((min(a, b), max(a, b))) or [None])[0], meters(x.at(a), x.at(b))) for a, b in zip(nodes, nodes[1:])]
