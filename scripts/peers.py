#!/usr/bin/env python3
"""Run the peers of the anchor scripts beside walkshed, on the same graphs, in one run; compare answers and print ratios.

    cargo build --profile dist --example anchor
    python3 scripts/peers.py --anchors ../shared/anchors --graphs GRAPHS --python A/bin/python --ours target/dist/examples/anchor

GRAPHS holds the folders that the anchors' README says how to make (porto, porto-full, city1m, city5m); those that are not
there are skipped. A peer that is not installed is told and skipped. --works picks rows by name. A ratio is given only
beside an equal answer: every node (W1, W2) or the sums of pairs and people (W2c). On a machine shared with others compare
the columns of processor time; walls of single runs are off by more than the difference.
"""
import argparse, json, os, subprocess, sys, tempfile

# name, graph, what is asked of walkshed, (script, peer, what is asked of it)
WORKS = [
    ("W1 porto F=20", "porto", ["w1", "20"], [("w1.py", p, ["--facilities", "20"]) for p in ("scipy", "pandana")]),
    ("W1 porto F=200", "porto", ["w1", "200"], [("w1.py", p, ["--facilities", "200"]) for p in ("scipy", "pandana", "graphtool")]),
    ("W1 porto F=2000", "porto", ["w1", "2000"], [("w1.py", p, ["--facilities", "2000"]) for p in ("scipy", "pandana", "graphtool")]),
    ("W1 porto whole F=200", "porto", ["w1u", "200"], [("w1.py", "scipy", ["--facilities", "200", "--nocut"])]),
    ("W1 porto-full F=200", "porto-full", ["w1", "200"], [("w1.py", "scipy", ["--facilities", "200"])]),
    ("W1 porto-full F=2000", "porto-full", ["w1", "2000"], [("w1.py", "scipy", ["--facilities", "2000"])]),
    ("W1 city1m F=20000", "city1m", ["w1", "20000"], [("w1.py", "scipy", ["--facilities", "20000"])]),
    ("W1 city5m F=100000", "city5m", ["w1", "100000"], [("w1.py", "scipy", ["--facilities", "100000"])]),
    ("W2 porto", "porto", ["w2"], [("w2.py", "pandana", [])]),
    ("W2 porto-full", "porto-full", ["w2"], [("w2.py", "pandana", [])]),
    ("W2 city1m", "city1m", ["w2"], [("w2.py", "pandana", [])]),
    ("W2 city5m", "city5m", ["w2"], []),
    ("W2c porto N=10000", "porto", ["w2c", "10000"], [("w2.py", "scipy", ["--candidates", "10000"])]),
]

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--anchors", required=True)
ap.add_argument("--graphs", required=True)
ap.add_argument("--ours", required=True, help="the built example `anchor`")
ap.add_argument("--python", default=sys.executable, help="an interpreter with the peers")
ap.add_argument("--works", default="", help="only works whose name contains this")
ap.add_argument("--runs", type=int, default=5)
ap.add_argument("--threads", default="0", help="of walkshed; 0 is all")
a = ap.parse_args()


def run(command):
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", OPENBLAS_NUM_THREADS="1")
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no answer")
    return lines


def same(folder, ours, peer):
    """equal answers: node by node where both left an array, else by their sums"""
    import numpy as np
    arrays = [np.load(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".npy")]
    if len(arrays) == 2:
        known = ~np.isnan(arrays[0].astype(float)) & ~np.isnan(arrays[1].astype(float))
        return bool((arrays[0][known] == arrays[1][known]).all())
    keys = [key for key in ("pairs", "sum_mm", "reached") if key in ours and key in peer]
    return bool(keys) and all(ours[key] == peer[key] for key in keys)


print("| work | who | median | min | processor | preparation | peak MB | answer | wall ratio | processor ratio |")
print("|---|---|---|---|---|---|---|---|---|---|")
wrong = 0
for name, graph, asked, peers in WORKS:
    folder = os.path.join(a.graphs, graph)
    if a.works not in name or not os.path.isdir(folder):
        continue
    # W2c leaves no array: the peer keeps people by node, not pairs.
    keeps = asked[0] in ("w1", "w2", "w1u")
    with tempfile.TemporaryDirectory() as answers:
        keep = ["--answers", answers] if keeps else []
        runs = ["--runs", str(a.runs * 20 if asked[0] == "w1" and graph == "porto" else a.runs)]
        [ours] = run([a.ours, folder, *asked, *runs, "--threads", a.threads, *keep])
        own = ours["prep_s"] + ours.get("tie_s", 0.0)
        print(f"| {name} | walkshed | {ours['median_s'] * 1e3:.2f} ms | {ours['min_s'] * 1e3:.2f} ms | {ours['cpu_s'] * 1e3:.1f} ms "
              f"| {own * 1e3:.0f} ms | {ours['peak_rss_mb']} | | | |", flush=True)
        for script, peer, more in peers:
            for left in os.listdir(answers):
                if "walkshed" not in left:
                    os.remove(os.path.join(answers, left))
            command = [a.python, os.path.join(a.anchors, script), "--graph", folder, "--peer", peer, "--runs", str(a.runs), *more, *keep]
            try:
                line = run(command)[0]
            except RuntimeError as error:
                print(f"| | {peer} | not run: {error} | | | | | | | |", flush=True)
                continue
            equal = same(answers, ours, line)
            wrong += not equal
            ratio = lambda key: f"{line[key] / ours[key]:.1f}" if equal and ours[key] > 0 else ""
            print(f"| | {line['peer']} {line['version']} | {line['median_s'] * 1e3:.1f} ms | {line['min_s'] * 1e3:.1f} ms "
                  f"| {line['cpu_s'] * 1e3:.0f} ms | {line['prep_s'] * 1e3:.0f} ms | {line['peak_rss_mb']:.0f} "
                  f"| {'equal' if equal else 'DIFFERS'} | {ratio('median_s')} | {ratio('cpu_s')} |", flush=True)
sys.exit(1 if wrong else 0)
