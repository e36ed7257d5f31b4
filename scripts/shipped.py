#!/usr/bin/env python3
"""What is shipped in the program: versions pinned, licences known, notices gathered. Asks no network.

  scripts/shipped.py                 checks; exit 1 with what is wrong
  scripts/shipped.py --notices FILE  writes the licence texts of everything in the program too
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The same list is in deny.toml; OFL-1.1 is that of the fonts.
ALLOWED = {"Apache-2.0", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "Unicode-3.0", "Zlib", "bzip2-1.0.6", "OFL-1.1"}
OF_PAGE = ALLOWED | {"BSD-2-Clause", "0BSD"}
NAMES = re.compile(r"(licen[cs]e|copying|notice|ofl)", re.IGNORECASE)
faults = []


def allowed(expression, known):
    """Whether an SPDX expression can be met by the licences that are known."""
    text = expression.replace("/", " OR ").replace(" WITH LLVM-exception", "-with-exception")
    words = re.findall(r"\(|\)|AND|OR|[^\s()]+", text)
    logic = {"AND": "and", "OR": "or", "(": "(", ")": ")"}
    return bool(eval(" ".join(logic.get(word, str(word in known)) for word in words)))  # only True, False, and, or


def crates():
    call = ["cargo", "metadata", "--locked", "--offline", "--format-version", "1"]
    told = json.loads(subprocess.run(call, cwd=ROOT, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    waiting = [id for id, package in packages.items() if package["name"] == "walkshed"]
    seen = set()
    while waiting:
        id = waiting.pop()
        if id not in seen:
            seen.add(id)
            linked = (d for d in nodes[id]["deps"] if any(kind["kind"] is None for kind in d["dep_kinds"]))
            waiting.extend(dependency["pkg"] for dependency in linked)
    for id in sorted(seen, key=lambda id: packages[id]["name"]):
        package = packages[id]
        if package["source"] is not None:
            yield package["name"], package["version"], package["license"], pathlib.Path(package["manifest_path"]).parent
        if package["source"] and not package["source"].startswith("registry+"):
            faults.append(f"{package['name']}: comes from {package['source']}, not from a registry")


def page():
    described = json.loads((ROOT / "web/package.json").read_text())
    for group in ("dependencies", "devDependencies"):
        for name, version in described.get(group, {}).items():
            if not re.fullmatch(r"\d+\.\d+\.\d+", version):
                faults.append(f"web/package.json: {name} is {version!r}; pin one version")
    locked = json.loads((ROOT / "web/package-lock.json").read_text())
    for path, package in sorted(locked["packages"].items()):
        if path and not package.get("dev") and not package.get("optional"):
            if "integrity" not in package:
                faults.append(f"web/package-lock.json: {path} has no integrity")
            name = path.split("node_modules/")[-1]
            yield name, package["version"], package.get("license"), ROOT / "web" / path


def texts(folder):
    if folder.is_dir():
        for file in sorted(folder.iterdir()):
            if file.is_file() and NAMES.search(file.name) and file.suffix not in {".rs", ".js", ".ts"}:
                yield file.name, file.read_text(errors="replace").strip()


shipped = [(entry, ALLOWED) for entry in crates()] + [(entry, OF_PAGE) for entry in page()]
for (name, version, license, _), known in shipped:
    if license is None or not allowed(license, known):
        faults.append(f"{name} {version}: licence {license!r} is not among those that may be shipped")
if len(shipped) < 150:
    faults.append(f"only {len(shipped)} packages found; the list is not whole")
if "--notices" in sys.argv:
    file = pathlib.Path(sys.argv[sys.argv.index("--notices") + 1])
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as out:
        for (name, version, license, folder), _ in shipped:
            out.write(f"{'=' * 80}\n{name} {version} ({license})\n\n")
            for title, text in texts(folder):
                out.write(f"--- {title}\n{text}\n\n")
for fault in faults:
    print(fault)
print(f"{len(shipped)} packages shipped, {len(faults)} faults")
sys.exit(1 if faults else 0)
