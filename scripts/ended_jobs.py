#!/usr/bin/env python3
"""Memory of a server after many jobs have ended, in MB: scripts/ended_jobs.py PROGRAM STUDY [JOBS]

Starts the program on the study, has audits made one after the other, and tells what it takes before, after each eighth and
after all. More than 100 MB for 64 ended jobs is a fault.
"""

import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

PROGRAM, STUDY = sys.argv[1:3]
JOBS = int(sys.argv[3]) if len(sys.argv) > 3 else 64
MOST_MB = 100


def ask(path, method="GET", body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{base}/api/v1/{path}", data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.load(answer)


def memory():
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024


server = subprocess.Popen([PROGRAM, "serve", "--port", "0", STUDY], stderr=subprocess.PIPE, text=True)
try:
    base = next(found[0] for line in server.stderr if (found := re.findall(r"http://127\.0\.0\.1:\d+", line)))
    study = ask("studies")["studies"][0]["id"]

    def job(number):
        begun = ask(f"studies/{study}/audit", "POST", {})["id"]
        while ask(f"jobs/{begun}")["state"] in ("queued", "running"):
            time.sleep(0.05)
        assert ask(f"jobs/{begun}")["state"] == "done", ask(f"jobs/{begun}")
        ask(f"jobs/{begun}/result")

    job(0)
    # What the first one works out once is kept by the study, not by the job.
    before = memory()
    for number in range(1, JOBS + 1):
        job(number)
        if number % max(JOBS // 8, 1) == 0:
            print(f"{number:3} jobs: {memory()} MB", flush=True)
    more = memory() - before
    print(f"{JOBS} ended jobs: {more} MB more than {before} MB")
finally:
    server.terminate()
    server.wait()
sys.exit(1 if more > MOST_MB else 0)
