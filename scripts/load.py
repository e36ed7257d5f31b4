#!/usr/bin/env python3
"""50 clients for 60 s, mixed calls, against a running server: requests, errors, and the times they took.

  scripts/load.py http://127.0.0.1:8731 [CLIENTS] [SECONDS]
"""

import http.client
import json
import random
import sys
import threading
import time
from urllib.parse import quote, urlsplit

BASE = urlsplit(sys.argv[1])
CLIENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 50
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 60.0


def call(connection, method, path, body=None):
    headers = {"content-type": "application/json", "accept-encoding": "gzip"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def connect():
    return http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=60)


def plain(path):
    connection = connect()
    connection.request("GET", path)
    return json.loads(connection.getresponse().read())


library = plain("/api/v1/studies")
study_id = library["studies"][0]["id"]
S = f"/api/v1/studies/{quote(study_id)}"
study = plain(S)
west, south, east, north = study["bounds"]
functions = [f["id"] for f in study["functions"] if f["facilities"]][:4]
profiles = [p["id"] for p in study["profiles"]][:2]


def tile(dice):
    import math

    z = dice.choice([11, 12, 13, 14])
    lon, lat = dice.uniform(west, east), dice.uniform(south, north)
    side = 2**z
    x = int((lon + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    kind = dice.choice(["base", f"time/{dice.choice(functions)}/{dice.choice(profiles)}"])
    return f"/tiles/{quote(study_id)}/{kind}/{z}/{x}/{y}.mvt"


def ask(dice, scenario):
    function, profile = dice.choice(functions), dice.choice(profiles)
    chosen = f"function={function}&profile={profile}&group=all&cutoff_min={dice.choice([5, 10, 15])}"
    at = f"lon={dice.uniform(west, east):.6f}&lat={dice.uniform(south, north):.6f}"
    kind = dice.random()
    if kind < 0.40:
        return "tile", "GET", tile(dice), None
    if kind < 0.60:
        return "coverage", "GET", f"{S}/coverage?{chosen}", None
    if kind < 0.68:
        return "gaps", "GET", f"{S}/gaps?{chosen}", None
    if kind < 0.76:
        return "why", "GET", f"{S}/why?{at}&profile={profile}", None
    if kind < 0.84:
        return "reach", "GET", f"{S}/reach?{at}&profile={profile}", None
    if kind < 0.88:
        return "search", "GET", f"{S}/search?q={dice.choice('aeiorst')}", None
    place = [dice.uniform(west, east), dice.uniform(south, north)]
    edit = {"edit": "open_facility", "key": f"l{dice.random()}", "place": place, "offers": [{"function": function}]}
    body = {"edit": edit, "function": function, "profile": profile, "group": "all", "cutoff_min": 15}
    return "preview", "POST", f"{S}/scenarios/{scenario}/preview", body


def client(number, until, rows):
    dice = random.Random(number)
    connection = connect()
    _, made = call(connection, "POST", f"{S}/scenarios", {"name": f"Load {number % 4}"}) if number < 4 else (0, b"")
    if made:
        import gzip

        scenarios[number] = json.loads(gzip.decompress(made) if made[:2] == b"\x1f\x8b" else made)["id"]
    ready.wait()
    while time.monotonic() < until:
        kind, method, path, body = ask(dice, scenarios[number % 4])
        began = time.monotonic()
        try:
            status, _ = call(connection, method, path, body)
        except OSError as fault:
            status, connection = f"{fault}", connect()
        rows.append((kind, status, time.monotonic() - began, path))


scenarios = {}
ready = threading.Barrier(CLIENTS)
rows = [[] for _ in range(CLIENTS)]
until = time.monotonic() + SECONDS
threads = [threading.Thread(target=client, args=(n, until, rows[n])) for n in range(CLIENTS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
every = [row for part in rows for row in part]
# 422 and 404 are answers to places without a street.
wrong = [row for row in every if row[1] not in (200, 204, 304, 404, 422)]


def told(name, part):
    times = sorted(row[2] for row in part)
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))] * 1000
    print(f"{name:10} {len(times):7} p50 {at(0.5):7.1f} ms  p95 {at(0.95):7.1f} ms  p99 {at(0.99):7.1f} ms  max {times[-1] * 1000:7.1f} ms")


told("all", every)
for kind in sorted({row[0] for row in every}):
    told(kind, [row for row in every if row[0] == kind])
print(f"{len(every) / SECONDS:.0f} requests a second, {len(wrong)} errors {sorted({str(row[1]) for row in wrong})[:5]}")
sys.exit(1 if wrong else 0)
