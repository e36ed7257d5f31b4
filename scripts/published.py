#!/usr/bin/env python3
"""Published placement instances: ours beside HiGHS on the same machine, as a markdown table (needs highspy, numpy).

usage: published.py WALKSHED DATA [--time 30] [--highs 60] [--only WORD] > table.md
  WALKSHED  the program;  DATA  a folder with mclp/{SJC,ZDS,BDS,Beasley} and orlib-pmed
Every plan is checked by `walkshed verify`; exits 1 when one is not valid, or a proven value differs.
"""
import argparse, json, math, pathlib, subprocess, sys, tempfile, time
import highspy
import numpy as np


def floyd(n, edges):
    d = np.full((n, n), np.inf)
    for a, b, c in edges: d[a, b] = d[b, a] = c
    np.fill_diagonal(d, 0)
    for k in range(n): np.minimum(d, d[:, k:k + 1] + d[k:k + 1, :], out=d)
    return d


def cover(path, radius):
    """weights and, by customer, the sites that cover it"""
    lines = [l.split() for l in path.read_text().splitlines() if l.strip()]
    body = lines[1:]
    if body[0][0] in "FC":
        site = np.array([[float(x) for x in l[2:4]] for l in body if l[0] == "F"])
        cust = np.array([[float(x) for x in l[2:5]] for l in body if l[0] == "C"])
    elif len(body[0]) == 4 and int(lines[0][1]) == len(body):
        n = int(lines[0][0])
        d = floyd(n, [(int(l[0]) - 1, int(l[1]) - 1, int(l[2])) for l in body])
        w = np.array([float(l[3]) for l in body if len(l) > 3])
        return w, [np.flatnonzero(row <= radius) for row in d]
    else:
        cust = np.array([[float(x) for x in l[:3]] for l in body]); site = cust
    rows = []
    for x, y in cust[:, :2]:
        rows.append(np.flatnonzero((site[:, 0] - x) ** 2 + (site[:, 1] - y) ** 2 <= radius * radius))
    return cust[:, 2], rows


def highs_cover(weights, rows, p, limit):
    merged = {}
    for w, r in zip(weights, rows):
        if len(r) and w > 0: merged[r.tobytes()] = merged.get(r.tobytes(), 0) + w
    keys = [np.frombuffer(k, dtype=np.int64) for k in merged]
    sites = 1 + max(int(k.max()) for k in keys); n = sites + len(keys)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n, len(keys) + 1
    lp.col_cost_ = np.concatenate([np.zeros(sites), -np.array(list(merged.values()))])
    lp.col_lower_, lp.col_upper_ = np.zeros(n), np.ones(n)
    lp.row_lower_ = np.full(len(keys) + 1, -np.inf); lp.row_upper_ = np.concatenate([np.zeros(len(keys)), [p]])
    index, value, start = [], [], [0]
    for i, k in enumerate(keys):
        index += [sites + i] + k.tolist(); value += [1.0] + [-1.0] * len(k); start.append(len(index))
    index += range(sites); value += [1.0] * sites; start.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = np.array(start), np.array(index), np.array(value)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * len(keys)
    return run_highs(lp, limit, -1)


def highs_median(path, limit):
    words = path.read_text().split(); n, m, p = (int(w) for w in words[:3])
    e = [int(w) for w in words[3:3 + 3 * m]]
    d = floyd(n, [(e[i] - 1, e[i + 1] - 1, e[i + 2]) for i in range(0, 3 * m, 3)])
    lp = highspy.HighsLp(); cols = n + n * n
    lp.num_col_ = cols; lp.col_cost_ = np.concatenate([np.zeros(n), d.ravel()])
    lp.col_lower_, lp.col_upper_ = np.zeros(cols), np.ones(cols)
    index, value, start, low, high = [], [], [0], [], []
    def row(ix, v, a, b):
        index.extend(ix); value.extend(v); start.append(len(index)); low.append(a); high.append(b)
    for i in range(n): row(range(n + i * n, n + i * n + n), [1.0] * n, 1.0, 1.0)
    for i in range(n):
        for j in range(n): row([n + i * n + j, j], [1.0, -1.0], -np.inf, 0.0)
    row(range(n), [1.0] * n, -np.inf, p)
    lp.num_row_ = len(low); lp.row_lower_, lp.row_upper_ = np.array(low), np.array(high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = np.array(start), np.array(index), np.array(value)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * n + [highspy.HighsVarType.kContinuous] * (n * n)
    return run_highs(lp, limit, 1)


def run_highs(lp, limit, sign):
    h = highspy.Highs(); h.setOptionValue("output_flag", False); h.setOptionValue("time_limit", float(limit))
    h.setOptionValue("mip_rel_gap", 0.0); h.setOptionValue("mip_abs_gap", 1e-6); h.setOptionValue("threads", 2)
    h.passModel(lp); begun = time.time(); h.run(); took = time.time() - begun
    info = h.getInfo()
    has = info.primal_solution_status == 2
    return (sign * info.objective_function_value if has else None), sign * info.mip_dual_bound, took


def ours(args, path, words):
    with tempfile.TemporaryDirectory() as out:
        begun = time.time()
        done = subprocess.run([args.walkshed, "place", "--instance", path, "--json", "-q", "--out", out,
                               "--time-limit-s", str(args.time), *words], capture_output=True, text=True)
        took = time.time() - begun
        if done.returncode not in (0, 1): raise SystemExit(f"{path}: {done.stderr}")
        answer = json.loads(done.stdout)
        check = subprocess.run([args.walkshed, "verify", f"{out}/solution.json"], capture_output=True, text=True)
        return answer, took, check.returncode == 0


def main():
    ask = argparse.ArgumentParser(); ask.add_argument("walkshed"); ask.add_argument("data", type=pathlib.Path)
    ask.add_argument("--time", type=float, default=30); ask.add_argument("--highs", type=float, default=60)
    ask.add_argument("--only", default=""); args = ask.parse_args()
    mclp = args.data / "mclp"; cases = []
    known = {}
    for line in (mclp / "SJC_reference_optima.csv").read_text().splitlines()[1:]:
        name, radius, p, best = line.split(",")[:4]; known[name, int(p)] = float(best)
        cases.append((mclp / "SJC" / f"{name}.txt", float(radius), int(p)))
    for name, radius, p in [("ZDS/ZDS1800", 3.5, 10), ("ZDS/ZDS1800", 3.5, 20), ("ZDS/ZDS2500", 3.5, 20),
                            ("Beasley/B700", 60, 10), ("Beasley/B700", 60, 20), ("Beasley/B900", 60, 10),
                            ("Beasley/B900", 60, 20), ("BDS/BDS1000", 5.5, 10), ("BDS/BDS5000", 5.5, 10),
                            ("BDS/BDS10000", 5.5, 10), ("BDS/BDS50000", 5.5, 10), ("BDS/BDS100000", 5.5, 10)]:
        cases.append((mclp / f"{name}.txt", radius, p))
    print("| instance | radius | p | ours | bound | gap | s | HiGHS | its bound | its s |")
    print("|---|---|---|---|---|---|---|---|---|---|"); wrong = 0
    for path, radius, p in cases:
        if args.only not in str(path) or not path.exists(): continue
        a, took, valid = ours(args, path, ["--radius", str(radius), "--sites", str(p)])
        value, bound = a["value"] / 1e6, a["bound"] / 1e6
        peer, its, s = highs_cover(*cover(path, radius), p, args.highs)
        best = known.get((path.stem, p))
        off = not valid or (best is not None and value > best + 1e-6) or (peer is not None and bound < peer - 1e-3)
        wrong += off
        print(f"| {path.stem} | {radius:g} | {p} | {value:.10g} | {bound:.10g} | {100 * (bound - value) / bound:.3f} % | {took:.2f} | "
              f"{'-' if peer is None else f'{peer:.10g}'} | {its:.10g} | {s:.2f} |{' WRONG' if off else ''}", flush=True)
    print("\n| instance | p | ours | bound | s | HiGHS | its s |\n|---|---|---|---|---|---|---|")
    folder = args.data / "orlib-pmed"
    for number in range(1, 41):
        path = folder / f"pmed{number}.txt"
        if args.only not in str(path) or not path.exists(): continue
        a, took, valid = ours(args, path, [])
        n = int(path.read_text().split()[0])
        peer, _, s = highs_median(path, args.highs) if n <= 200 else (None, None, math.nan)
        off = not valid or (peer is not None and a["bound"] > peer + 1e-6); wrong += off
        shown = "not run" if n > 200 else "-" if peer is None else f"{peer:.10g}"
        print(f"| {path.stem} | {a['ask']['candidates'][0].split()[-1]} | {a['value']} | {a['bound']} | {took:.2f} | {shown} | "
              f"{'' if math.isnan(s) else f'{s:.2f}'} |{' WRONG' if off else ''}", flush=True)
    sys.exit(1 if wrong else 0)


main()
