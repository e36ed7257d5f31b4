#!/usr/bin/env python3
"""Optima of the extended placement problems, from HiGHS on plain formulations, against ours.

    cargo run --release --example extended_peers > cases.jsonl
    python3 scripts/extended_peers.py cases.jsonl

Each line holds a random instance, its problem and what we answered. The programs are written here anew, from the
text of the problems, row by row and without merging anything. Needs highspy.
"""

import json
import sys

import highspy


class Program:
    def __init__(self):
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        self.highs.setOptionValue("mip_abs_gap", 1e-6)
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.count = 0

    def var(self, profit, whole=False, high=1.0):
        self.highs.addCol(float(profit), 0.0, float(high), 0, [], [])
        if whole:
            self.highs.changeColIntegrality(self.count, highspy.HighsVarType.kInteger)
        self.count += 1
        return self.count - 1

    def row(self, terms, low=None, high=None):
        merged = {}
        for variable, value in terms:
            merged[variable] = merged.get(variable, 0.0) + float(value)
        low = -highspy.kHighsInf if low is None else float(low)
        high = highspy.kHighsInf if high is None else float(high)
        self.highs.addRow(low, high, len(merged), list(merged.keys()), list(merged.values()))

    def solve(self):
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return round(self.highs.getInfo().objective_function_value)
        assert status in (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        ), status
        return None


def reach(sites):
    """Rows covered by each site and rows settled by existing ones."""
    settled = {row for site in sites if site["status"] == "existing" for row in site["rows"]}
    return [set(site["rows"]) - settled for site in sites], settled


def decide(program, sites):
    chosen = []
    for site in sites:
        variable = program.var(0, whole=True)
        low = 1 if site["status"] == "required" else 0
        high = 0 if site["status"] in ("forbidden", "existing") else 1
        program.row([(variable, 1)], low, high)
        chosen.append(variable)
    return chosen


def limits(program, sites, chosen, rules):
    if rules.get("max_sites") is not None:
        program.row([(x, 1) for x in chosen], high=rules["max_sites"])
    if rules.get("budget") is not None:
        program.row([(x, s["cost"]) for x, s in zip(chosen, sites)], high=rules["budget"])


def covered(program, weights, lists, chosen, worth):
    parts = {}
    for row, weight in enumerate(weights):
        open_ = [x for x, rows in zip(chosen, lists) if row in rows]
        if open_:
            parts[row] = program.var(worth * weight)
            program.row([(parts[row], 1)] + [(x, -1) for x in open_], high=0)
    return parts


def capacitated(case):
    program = Program()
    sites, weights = case["sites"], case["weights"]
    opened = []
    for site in sites:
        variable = program.var(0, whole=True)
        fixed = site["status"] in ("required", "existing")
        program.row([(variable, 1)], 1 if fixed else 0, 0 if site["status"] == "forbidden" else 1)
        opened.append(variable)
    new = [(x, s) for x, s in zip(opened, sites) if s["status"] != "existing"]
    limits(program, [s for _, s in new], [x for x, _ in new], case["rules"])
    load = [[] for _ in sites]
    for row, weight in enumerate(weights):
        flows = []
        for at, site in enumerate(sites):
            if row in site["rows"]:
                flow = program.var(1, high=weight)
                flows.append((flow, 1))
                load[at].append((flow, 1))
                program.row([(flow, 1), (opened[at], -weight)], high=0)
        if flows:
            program.row(flows, high=weight)
    for at, site in enumerate(sites):
        if site["serves"] is not None and load[at]:
            program.row(load[at] + [(opened[at], -site["serves"])], high=0)
    return program.solve()


def phases(case):
    program = Program()
    sites, weights, years = case["sites"], case["weights"], case["years"]
    lists, _ = reach(sites)
    opened = []
    for t, year in enumerate(years):
        now = [program.var(0, whole=True) for _ in sites]
        for x, site in zip(now, sites):
            if site["status"] in ("forbidden", "existing"):
                program.row([(x, 1)], 0, 0)
            if site["status"] == "required" and t + 1 == len(years):
                program.row([(x, 1)], 1, 1)
        for before, x in zip(opened[-1] if opened else [], now):
            program.row([(before, 1), (x, -1)], high=0)
        opened.append(now)
        parts = covered(program, weights, lists, now, year["worth"])
        if year["milestone"] is not None:
            program.row([(y, weights[row]) for row, y in parts.items()], low=year["milestone"])
        for name, cost in (("sites", [1] * len(sites)), ("budget", [s["cost"] for s in sites])):
            window = years[: t + 1] if case["carried"] else [year]
            if any(y[name] is None for y in window):
                continue
            terms = [(x, c) for x, c in zip(now, cost)]
            if not case["carried"] and t > 0:
                terms += [(x, -c) for x, c in zip(opened[t - 1], cost)]
            program.row(terms, high=sum(y[name] for y in window))
    return program.solve()


def two_tier(case):
    program = Program()
    stations, centers = case["stations"], case["centers"]
    x, z = decide(program, stations), decide(program, centers)
    covered(program, case["weights"], reach(stations)[0], x, case["station_worth"])
    covered(program, case["weights"], reach(centers)[0], z, case["center_worth"])
    for at, over in enumerate(case["over"]):
        if not any(centers[c]["status"] == "existing" for c in over):
            program.row([(x[at], 1)] + [(z[c], -1) for c in over], high=0)
    limits(program, stations, x, case["station_rules"])
    limits(program, centers, z, case["center_rules"])
    both = {"budget": case["budget"]}
    limits(program, stations + centers, x + z, both)
    return program.solve()


def worst_zone(case):
    program = Program()
    sites, weights, zone_of = case["sites"], case["weights"], case["zone_of"]
    lists, settled = reach(sites)
    x = decide(program, sites)
    limits(program, sites, x, case["rules"])
    parts = covered(program, weights, lists, x, 0)
    share = program.var(1e9)
    may = [s["status"] in ("free", "required") for s in sites]
    for zone in sorted({z for z in zone_of if z is not None}):
        rows = [row for row, z in enumerate(zone_of) if z == zone]
        people = sum(weights[row] for row in rows)
        helped = any(
            row in lists[at] and may[at] and weights[row] > 0
            for row in rows
            for at in range(len(sites))
        )
        if helped:
            inside = sum(weights[row] for row in rows if row in settled)
            terms = [(parts[row], -weights[row] / people) for row in rows if row in parts]
            program.row(terms + [(share, 1)], high=inside / people)
    return program.solve()


def multi_function(case):
    program = Program()
    functions, modules = case["functions"], case["modules"]
    sites = functions[0]["sites"]
    x = decide(program, sites)
    v = [program.var(0, whole=True) for _ in modules]
    for housed, module in zip(v, modules):
        site = x[module["site"]]
        program.row([(housed, 1), (site, -1)], 0 if case["all"] else None, 0)
    parts = []
    for at, function in enumerate(functions):
        lists, settled = reach(function["sites"])
        mine = [(h, lists[m["site"]]) for h, m in zip(v, modules) if m["function"] == at]
        parts.append(
            (
                covered(
                    program,
                    function["weights"],
                    [rows for _, rows in mine],
                    [h for h, _ in mine],
                    case["worths"][at],
                ),
                settled,
            )
        )
    for row, persons in enumerate(case["persons"]):
        lacks = [f for f in case["required"] if row not in parts[f][1]]
        if lacks and all(row in parts[f][0] for f in lacks):
            whole = program.var(case["complete_worth"] * persons)
            for f in lacks:
                program.row([(whole, 1), (parts[f][0][row], -1)], high=0)
    rules = case["rules"]
    limits(program, sites, x, {"max_sites": rules.get("max_sites")})
    if rules.get("budget") is not None:
        terms = [(x_, s["cost"]) for x_, s in zip(x, sites)]
        terms += [(h, m["cost"]) for h, m in zip(v, modules)]
        program.row(terms, high=rules["budget"])
    return program.solve()


def gates(case):
    program = Program()
    x = [program.var(0, whole=True) for _ in range(case["choices"])]
    program.row([(v, 1) for v in x], high=case["most"])
    for weight, ways in zip(case["weights"], case["ways"]):
        if not ways:
            continue
        parts = []
        for way in ways:
            part = program.var(0)
            for choice in way:
                program.row([(part, 1), (x[choice], -1)], high=0)
            parts.append(part)
        y = program.var(weight)
        program.row([(y, 1)] + [(part, -1) for part in parts], high=0)
    return program.solve()


PROBLEMS = {
    "capacitated": capacitated,
    "phases": phases,
    "two_tier": two_tier,
    "worst_zone": worst_zone,
    "multi_function": multi_function,
    "gates": gates,
}


def main():
    seen, wrong = {}, 0
    for number, line in enumerate(open(sys.argv[1], encoding="utf-8")):
        case = json.loads(line)
        problem, ours = case["problem"], case["ours"]
        theirs = PROBLEMS[problem](case)
        tally = seen.setdefault(problem, [0, 0, 0])
        # A share in billionths is a rounded-down number; HiGHS solves to 1e-6 of it.
        near = problem == "worst_zone" and None not in (ours, theirs) and abs(ours - theirs) <= 1000
        if ours == theirs or near:
            tally[0] += 1
            tally[1] += ours is None
        else:
            tally[2] += 1
            wrong += 1
            print(f"line {number + 1}: {problem}: ours {ours}, HiGHS {theirs}")
    for problem, (equal, infeasible, different) in sorted(seen.items()):
        print(f"{problem}: {equal} equal (of them {infeasible} infeasible), {different} different")
    sys.exit(1 if wrong or not seen else 0)


if __name__ == "__main__":
    main()
