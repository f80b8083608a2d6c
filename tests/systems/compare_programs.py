#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_programs.py BEFORE AFTER: whether two builds of dlrm-cli say the same of every model of tests/data/golden and of the demo.

BEFORE and AFTER are folders with dlrm-cli (build/<preset>/bin). Every number must have the same digits, and so the same bits; AFTER may say more (keys
of JSON objects are added), never less. Exit codes must be equal, and so must errors, where a model and a dataset do not belong together. What tells of
the run and not of the model is left out: times, rates, versions, the command line. Exit code 1 and a line for each difference when there are any.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/data/golden"
DEMO = ROOT / "resources/demo"
OF_THE_RUN = re.compile(r"(^|_)(seconds|per_second|created|recorded_at|version|commit|command)$")

VERBS = [  # the data of a model is put in for DATA
    "info",
    "info --check-tables",
    "tables --no-cache",
    "tables --no-cache --data DATA",
    "layers",
    "layers --data DATA",
    "rows --table 0 --ids 0-3",
    "neighbors --table 0 --id 0-2",
    "neighbors --table 1 --id 0-2 --metric l2",
    "predict --data DATA",
    "predict --data DATA --rows 0-3 --explain",
    "evaluate --data DATA",
    "doctor",
    "doctor --data DATA",
    "parity",
    "parity --data DATA --sample 64",
    "verify --check",
]


def models():
    """(folder or file of the model, its dataset with the options that it needs)"""
    for case in sorted([*GOLDEN.glob("checkpoints/*"), *GOLDEN.glob("newer_layouts/*")]):
        inside = [case / name for name in ("checkpoint", "dlrm") if (case / name).is_dir()]
        if not inside and case.name.startswith("x_"):
            inside = sorted([*(p for p in case.iterdir() if p.is_dir() and case.name == "x_bundles"), *case.rglob("*.h5"), *case.rglob("*.keras")])
        for model in inside or [case]:
            yield model, GOLDEN / "datasets/tiny"
    for name in ("multihot_tfrecords --combiner sum", "ragged_tfrecords --combiner mean"):
        yield GOLDEN / "newer_layouts/d_dlrm_dot_tensorflow/checkpoint", GOLDEN / "datasets" / name
    yield DEMO / "checkpoint", DEMO / "dataset"
    yield DEMO / "checkpoint_next", DEMO / "dataset"


def answer(program, arguments, cache):
    """(exit code, JSON or text); floats as the digits that were printed"""
    environment = {**os.environ, "XDG_CACHE_HOME": cache, "LC_ALL": "C.UTF-8"}
    done = subprocess.run([program, *arguments, "--json", "--quiet"], cwd=ROOT, env=environment, capture_output=True, text=True)
    try:
        return done.returncode, json.loads(done.stdout or done.stderr, parse_float=lambda digits: "number " + digits)
    except ValueError:
        return done.returncode, done.stdout + done.stderr


def differences(before, after, at=""):
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if OF_THE_RUN.search(key):
                continue
            if key not in after:
                yield f"{at}/{key} is gone"
            else:
                yield from differences(value, after[key], f"{at}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, pair in enumerate(zip(before, after)):
            yield from differences(*pair, f"{at}/{i}")
    elif type(before) is not type(after) or before != after:
        yield f"{at}: {str(before)[:200]} became {str(after)[:200]}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    programs = [str(Path(folder).resolve() / "dlrm-cli") for folder in sys.argv[1:]]
    different = compared = answered = 0
    with tempfile.TemporaryDirectory() as caches:
        for model, data in models():
            for verb in VERBS:
                name, *options = verb.split()
                arguments = [name, str(model.relative_to(ROOT)), *" ".join(options).replace("DATA", str(data.relative_to(ROOT))).split()]
                (rc, before), (rc_after, after) = [answer(p, arguments, f"{caches}/{i}") for i, p in enumerate(programs)]
                found = list(differences(before, after))
                if rc != rc_after:
                    found.insert(0, f"exit code {rc} became {rc_after}")
                compared += 1
                answered += rc == 0
                different += bool(found)
                for line in found[:5]:
                    print(f"dlrm-cli {' '.join(arguments)}: {line}")
    print(f"{compared} answers compared, {answered} of them without an error: {different} differ")
    if answered * 2 < compared:
        sys.exit("Most answers were errors: this compares nothing.")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
