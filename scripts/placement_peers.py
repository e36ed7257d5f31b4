#!/usr/bin/env python3
"""Covering problems against HiGHS on seeded random instances (needs highspy and numpy).

usage: placement_peers.py PATH_OF_EXAMPLE [--count 200] [--seed 1]
  cargo build --release --example placement_solve; placement_peers.py target/release/examples/placement_solve
Exits 1 when any value differs, any answer is not proven or any certificate is rejected.
"""
import argparse, json, random, subprocess, sys, time
import highspy
import numpy as np


def instance(rng, kind):
    rows, sites = rng.randint(20, 120), rng.randint(8, 40)
    points = [(rng.random(), rng.random()) for _ in range(rows)]
    places = [(rng.random(), rng.random()) for _ in range(sites)]
    r2 = rng.uniform(0.12, 0.3) ** 2
    lists = [[i for i, p in enumerate(points) if (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 <= r2] for q in places]
    if kind == "all":   # rows that no site reaches would make it infeasible
        reached = sorted(set(i for l in lists for i in l)); new = {i: k for k, i in enumerate(reached)}
        lists = [[new[i] for i in l] for l in lists]; rows = len(reached)
    w = [rng.randint(0, 500) for _ in range(rows)]
    facts = [dict(rows=l, cost=rng.randint(1, 9), bonus=rng.choice([0, 0, rng.randint(1, 200)])) for l in lists]
    rules = dict(max_sites=None, budget=None, conflicts=[], groups=[])
    payment = rng.choice(["per_site", "cost"])
    if kind == "most":
        objective = dict(kind="most_weight")
        if rng.random() < 0.7: rules["max_sites"] = rng.randint(1, 9)
        if rules["max_sites"] is None or rng.random() < 0.3: rules["budget"] = rng.randint(4, 40)
        if rng.random() < 0.4:
            rules["conflicts"] = [[a, b] for a in range(sites) for b in range(a) if rng.random() < 0.03]
        if rng.random() < 0.4:
            half = sites // 2
            rules["groups"] = [dict(sites=list(range(half)), min=0, max=rng.randint(1, 3)),
                               dict(sites=list(range(half, sites)), min=rng.randint(0, 1), max=sites)]
    elif kind == "all":
        objective = dict(kind="cover_all", payment=payment)
    else:
        reach = sum(w[i] for i in set(i for l in lists for i in l))
        objective = dict(kind="cover_weight", target=int(reach * rng.uniform(0.4, 1.0)), payment=payment)
    return dict(weights=w, sites=facts, problem=dict(objective=objective, rules=rules))


def highs(case):
    """the value of the MIP, or None when there is no plan"""
    w, sites, problem = case["weights"], case["sites"], case["problem"]
    kind, rules = problem["objective"]["kind"], problem["rules"]
    S, R = len(sites), len(w)
    h = highspy.Highs(); h.setOptionValue("output_flag", False); h.setOptionValue("mip_rel_gap", 0.0); h.setOptionValue("mip_abs_gap", 0.5)
    inf = highspy.kHighsInf
    price = [s["cost"] if problem["objective"].get("payment") == "cost" else 1 for s in sites]
    for s in range(S):
        h.addCol(-float(sites[s]["bonus"]) if kind == "most_weight" else float(price[s]), 0.0, 1.0, 0, np.array([], dtype=np.int32), np.array([]))
        h.changeColIntegrality(s, highspy.HighsVarType.kInteger)
    row = lambda low, high, ix, v: h.addRow(float(low), float(high), len(ix), np.array(ix, dtype=np.int32), np.array(v, dtype=float))
    of = [[] for _ in range(R)]
    for s, site in enumerate(sites):
        for i in site["rows"]: of[i].append(s)
    if kind == "cover_all":
        for i in range(R): row(1, inf, of[i], [1] * len(of[i]))
    else:
        for i in range(R):
            h.addCol(-float(w[i]) if kind == "most_weight" else 0.0, 0.0, 1.0, 0, np.array([], dtype=np.int32), np.array([]))
        for i in range(R): row(0, inf, of[i] + [S + i], [1] * len(of[i]) + [-1])
        if kind == "cover_weight": row(problem["objective"]["target"], inf, [S + i for i in range(R)], w)
    every = list(range(S))
    if rules["max_sites"] is not None: row(0, rules["max_sites"], every, [1] * S)
    if rules["budget"] is not None: row(0, rules["budget"], every, [s["cost"] for s in sites])
    for a, b in rules["conflicts"]: row(0, 1, [a, b], [1, 1])
    for g in rules["groups"]: row(g["min"], g["max"], g["sites"], [1] * len(g["sites"]))
    h.run()
    if h.getModelStatus() != highspy.HighsModelStatus.kOptimal: return None
    value = round(h.getInfo().objective_function_value)
    return -value if kind == "most_weight" else value


ap = argparse.ArgumentParser(); ap.add_argument("example"); ap.add_argument("--count", type=int, default=200); ap.add_argument("--seed", type=int, default=1)
a = ap.parse_args()
bad = 0
for kind in ("most", "all", "part"):
    rng = random.Random(f"{a.seed} {kind}")
    cases = [instance(rng, kind) for _ in range(a.count)]
    t = time.perf_counter(); theirs = [highs(c) for c in cases]; t_peer = time.perf_counter() - t
    t = time.perf_counter()
    out = subprocess.run([a.example], input="\n".join(json.dumps(c) for c in cases), capture_output=True, text=True, check=True)
    t_own = time.perf_counter() - t
    answers = [json.loads(l) for l in out.stdout.splitlines()]
    wrong = [k for k, (o, t) in enumerate(zip(answers, theirs))
             if o["rejected"] or (o["status"]["kind"] != "infeasible" if t is None else o["status"]["kind"] != "optimal" or o["value"] != t)]
    for k in wrong: print(kind, k, "HiGHS", theirs[k], "ours", answers[k])
    bad += len(wrong) + abs(len(answers) - len(cases))
    print(f"{kind}: {len(cases) - len(wrong)} of {len(cases)} agree; HiGHS {t_peer:.2f} s, ours {t_own:.2f} s with verification")
sys.exit(bad > 0)
