#!/usr/bin/env python3
"""p-median and p-center values against HiGHS (highspy) on 250 seeded random instances each.

usage: python scripts/assignment_peers.py [CASES]      needs numpy and highspy

Without CASES it has the example assignment_peers write them first. A line of the cases: kind p value rows sites, then for each row its weight and `site time` for every site.
"""
import os
import subprocess
import sys
import tempfile

import highspy
import numpy as np


def solve(kind, p, weights, times):
    """Least weighted sum or least longest walk, as a mixed integer program."""
    rows, sites = times.shape
    inf = highspy.kHighsInf
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.4)
    cost = (times * weights[:, None]).ravel().astype(float) if kind == "median" else np.zeros(rows * sites)
    for j in range(sites):
        model.addVar(0.0, 1.0)
    for c in cost:
        model.addVar(0.0, 1.0)
        model.changeColCost(model.getNumCol() - 1, float(c))
    x = lambda i, j: sites + i * sites + j
    for j in range(sites):
        model.changeColIntegrality(j, highspy.HighsVarType.kInteger)
    if kind == "center":
        model.addVar(0.0, inf)
        longest = model.getNumCol() - 1
        model.changeColCost(longest, 1.0)
        for i in range(rows):
            for j in range(sites):
                model.changeColIntegrality(x(i, j), highspy.HighsVarType.kInteger)
    model.addRow(-inf, float(p), sites, list(range(sites)), [1.0] * sites)
    for i in range(rows):
        model.addRow(1.0, 1.0, sites, [x(i, j) for j in range(sites)], [1.0] * sites)
        for j in range(sites):
            model.addRow(-inf, 0.0, 2, [x(i, j), j], [1.0, -1.0])
        if kind == "center":
            columns = [x(i, j) for j in range(sites)] + [longest]
            model.addRow(-inf, 0.0, sites + 1, columns, [float(t) for t in times[i]] + [-1.0])
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    chosen = np.asarray(model.getSolution().col_value)[:sites] > 0.5
    least = times[:, chosen].min(axis=1)
    return int((least * weights).sum()) if kind == "median" else int(least.max())


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(tempfile.mkdtemp(), "cases.txt")
    if len(sys.argv) < 2:
        command = ["cargo", "run", "--release", "--quiet", "--example", "assignment_peers"]
        with open(path, "w") as cases:
            subprocess.run(command, check=True, stdout=cases)
    count, wrong = {"median": 0, "center": 0}, 0
    for line in open(path):
        words = line.split()
        kind, (p, value, rows, sites) = words[0], map(int, words[1:5])
        table = np.array(words[5:], dtype=np.int64).reshape(rows, 1 + 2 * sites)
        times = np.empty((rows, sites), np.int64)
        np.put_along_axis(times, table[:, 1::2], table[:, 2::2], axis=1)
        found = solve(kind, p, table[:, 0], times)
        count[kind] += 1
        if found != value:
            wrong += 1
            print(f"{kind} p={p} {rows}x{sites}: HiGHS {found}, walkshed {value}")
    print(f"{count}, {wrong} differ")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
