#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""predict --scenarios --explain once more in NumPy, from the demo's workspace, dictionary and .npy files as they lie there: scenarios_twin.py DLRM_CLI
SOURCE_DIR. Exit code 77: no NumPy."""
import json
import math
import subprocess

from attribution_twin import CLI, DEMO, attribution, layers, np

TOLERANCE = 1e-9  # relative to 1: both are in double, their sums in another order
ROUNDING = 1e-5  # of a logit in float32


def dictionaries():
    out = []
    for t in range(26):
        lines = (DEMO / f"dictionary/cat_{t}.tsv").read_text().splitlines()
        out.append({line.split("\t")[0]: int(line.split("\t")[1]) for line in lines})
    return out


def fed(values, words):
    """What the model is fed for tokens of raw Criteo columns."""
    numerical = [float(np.float16(math.log(int(values[f"num_{i}"]) + 3))) if values[f"num_{i}"] else 0.0 for i in range(13)]
    return numerical, [words[t].get(values[f"cat_{t}"], 0) for t in range(26)]


def main():
    kept = json.loads((DEMO / "demo.dlrmx").read_text())["scenarios"]
    out = subprocess.run([CLI, "predict", DEMO / "demo.dlrmx", "--scenarios", "--explain", "--json", "--quiet"], check=True, stdout=subprocess.PIPE)
    said = json.loads(out.stdout)["scenarios"]
    assert len(kept) == 4 and [s["name"] for s in said] == [s["name"] for s in kept]
    bottom, top, words = layers("bottom_mlp"), layers("top_mlp"), dictionaries()
    tables = [np.load(DEMO / f"checkpoint/feature_{t}_part0.npy", mmap_mode="r") for t in range(26)]
    names = [f"num_{i}" for i in range(13)] + [f"cat_{t}" for t in range(26)]
    worst = 0.0
    for scenario, told in zip(kept, said):
        assert told["fits"] and told["row"] == scenario["row"] and told["label"] == scenario["label"]
        before = attribution(*fed(scenario["values"], words), tables, bottom, top, True)[-1]
        numericals, fields, _, _, logit = attribution(*fed({**scenario["values"], **scenario["edits"]}, words), tables, bottom, top, True)
        chance, was = (1 / (1 + math.exp(-z)) for z in (logit, before))
        assert abs(told["logit"] - logit) < ROUNDING and abs(told["logit_before"] - before) < ROUNDING
        assert abs(told["probability"] - chance) < ROUNDING and abs(told["probability_before"] - was) < ROUNDING
        assert abs(told["change"] - (told["probability"] - told["probability_before"])) < TOLERANCE
        assert [e["field"] for e in told["edits"]] == sorted(scenario["edits"], key=names.index)
        adds = np.concatenate([numericals, fields])
        strongest = sorted(range(39), key=lambda i: -abs(adds[i]))[:5]
        assert [r["field"] for r in told["reasons"]] == [names[i] for i in strongest]
        for reason, i in zip(told["reasons"], strongest):
            worst = max(worst, abs(reason["adds"] - adds[i]))
            size = "strongly" if abs(adds[i]) >= math.log(2) else "clearly" if abs(adds[i]) >= math.log(1.25) else "slightly"
            assert f" speaks {size} {'for' if adds[i] > 0 else 'against'} a click." in reason["sentence"], reason
    print(f"largest difference {worst:.2e}")
    assert worst <= TOLERANCE, worst


main()
