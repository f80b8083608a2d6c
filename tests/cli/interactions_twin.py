#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""interactions once more in NumPy, from what predict --explain says of each row: interactions_twin.py DLRM_CLI SOURCE_DIR. Exit code 77: no NumPy."""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as e:
    print(f"skipped: {e}")
    sys.exit(77)

# Of sums of the same numbers: those of the command line are exact, NumPy's are not.
EXACT = 1e-9
# Gradients of many rows are in float32, those of one row in double.
IN_FLOAT32 = 1e-5
ROWS, AT_A_TIME = 1000, 100
CLI, DEMO = sys.argv[1], pathlib.Path(sys.argv[2]) / "resources/demo"
DATA = ["--data", DEMO / "dataset"]


def said(*arguments):
    out = subprocess.run([CLI, *arguments, "--json", "--quiet"], check=True, stdout=subprocess.PIPE)
    return json.loads(out.stdout)


def explained():
    """X of every row in the float32 that the model has, labels, signed attributions."""
    products, labels, added = [], [], []
    for first in range(0, ROWS, AT_A_TIME):
        for row in said("predict", DEMO / "checkpoint", *DATA, "--explain", "--rows", f"{first}-{first + AT_A_TIME - 1}")["rows"]:
            products.append(np.array(row["interaction_matrix"], dtype=np.float32).astype(float))
            labels.append(row["label"])
            pairs = np.zeros_like(products[-1])
            for pair in row["attribution"]["pairs"]:
                pairs[pair["i"], pair["j"]] = pairs[pair["j"], pair["i"]] = pair["value"]
            added.append(pairs)
    return np.stack(products), np.array(labels), np.stack(added)


def far(given, expected):
    """The largest difference by the largest value; both undefined is no difference."""
    given = np.array(given, dtype=float)  # null becomes NaN
    assert given.shape == expected.shape and (np.isnan(given) == np.isnan(expected)).all()
    return np.nanmax(np.abs(given - expected)) / np.nanmax(np.abs(expected))


def expected_of(x, label, added):
    one, none = x[label == 1], x[label == 0]
    n1, n0 = len(one), len(none)
    pooled = np.sqrt(((n1 - 1) * one.var(0, ddof=1) + (n0 - 1) * none.var(0, ddof=1)) / (n1 + n0 - 2))
    size = np.sqrt(np.einsum("rii->ri", x))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = x / (size[:, :, None] * size[:, None, :])
        effect = np.where(pooled > 0, (one.mean(0) - none.mean(0)) / pooled, np.nan)
    return {
        "mean": x.mean(0),
        "std": x.std(0),
        "clicked": one.mean(0),
        "not_clicked": none.mean(0),
        "difference": one.mean(0) - none.mean(0),
        "difference_se": np.sqrt(one.var(0, ddof=1) / n1 + none.var(0, ddof=1) / n0),
        "effect_size": effect,
        "mean_cosine": np.nanmean(cosine, axis=0),
        "attribution": added.mean(0),
        "attribution_abs": np.abs(added).mean(0),
    }


def main():
    x, label, added = explained()
    given = said("interactions", DEMO / "checkpoint", *DATA, "--rows", f"0-{ROWS - 1}")
    assert given["rows"] == ROWS and given["positives"] == int(label.sum()) and len(given["names"]) == 27
    assert given["names"][0] == "bottom"
    for key, expected in expected_of(x, label, added).items():
        off = far(given[key], expected)
        print(f"{key:16} {off:.1e}")
        assert off <= (IN_FLOAT32 if key.startswith("attribution") else EXACT), key
        assert np.array_equal(np.array(given[key], dtype=float), np.array(given[key], dtype=float).T, equal_nan=True), key
    shares = [pair["share"] for pair in given["pairs"]]
    assert len(shares) == 351 and shares == sorted(shares, reverse=True) and abs(sum(shares) - 1) < 1e-9
    first = given["pairs"][0]
    assert first["mean"] == given["mean"][first["i"]][first["j"]] and given["names"][first["i"]] == first["first"]

    with tempfile.TemporaryDirectory() as folder:
        alone = pathlib.Path(folder) / "matrices.npy"
        said("interactions", DEMO / "checkpoint", *DATA, "--rows", f"0-{ROWS - 1}", "--out", alone)
        stack = np.load(alone)
        keys = json.loads((alone.parent / "matrices.npy.json").read_text())["holds"].split(":")[1].split(";")[0].split()
        assert stack.shape == (10, 27, 27)
        for matrix, key in zip(stack, keys):
            assert np.array_equal(matrix, np.array(given[key], dtype=float), equal_nan=True), key

    # Other threads, other splits of the work: the same digits.
    one_thread = said("interactions", DEMO / "checkpoint", *DATA, "--rows", f"0-{ROWS - 1}", "--threads", "1")
    for key in keys + ["pairs"]:
        assert one_thread[key] == given[key], key
    without = said("interactions", DEMO / "checkpoint", *DATA, "--rows", f"0-{ROWS - 1}", "--without-attribution")
    assert without["mean"] == given["mean"] and "attribution" not in without


main()
