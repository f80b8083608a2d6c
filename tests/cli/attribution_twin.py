#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""predict --explain's attribution once more in NumPy, from the demo's .npy files: attribution_twin.py DLRM_CLI SOURCE_DIR. Exit code 77: no NumPy."""
import json
import pathlib
import subprocess
import sys

try:
    import numpy as np
except ImportError as e:
    print(f"skipped: {e}")
    sys.exit(77)

TOLERANCE = 1e-9  # relative to the largest part: both are in double, their sums in another order
CLI, DEMO = sys.argv[1], pathlib.Path(sys.argv[2]) / "resources/demo"


def layers(name):
    """(kernel, bias) of every layer, in double."""
    out = []
    while (DEMO / f"checkpoint/{name}_layer_{len(out)}_kernel_part0.npy").exists():
        out.append([np.load(DEMO / f"checkpoint/{name}_layer_{len(out)}_{part}_part0.npy").astype(float) for part in ("kernel", "bias")])
    return out


def forward(x, stack, last_is_linear):
    """Outputs of every layer."""
    out = []
    for n, (kernel, bias) in enumerate(stack):
        x = np.pad(x, (0, kernel.shape[0] - x.size)) @ kernel + bias.ravel()
        if not (last_is_linear and n == len(stack) - 1):
            x = np.maximum(x, 0)
        out.append(x)
    return out


def backward(gradient, stack, outputs, last_is_linear):
    """Gradient by the input, and what the biases add."""
    biases = 0.0
    for n in range(len(stack) - 1, -1, -1):
        if not (last_is_linear and n == len(stack) - 1):
            gradient = gradient * (outputs[n] > 0)
        biases += gradient @ stack[n][1].ravel()
        gradient = stack[n][0] @ gradient
    return gradient, biases


def attribution(numerical, ids, tables, bottom, top, bottom_first):
    x = np.array(numerical, dtype=np.float32).astype(float)  # JSON has the digits of a float32
    bottoms = forward(x, bottom, False)
    vectors = np.stack([bottoms[-1]] + [tables[t][i].astype(float) for t, i in enumerate(ids)])
    products = vectors @ vectors.T
    lower = np.tril_indices(len(vectors), -1)
    dots = products[lower]
    fed = np.concatenate([bottoms[-1], dots] if bottom_first else [dots, bottoms[-1]])
    tops = forward(fed, top, True)
    j, biases = backward(np.ones(1), top, tops, True)
    width = vectors.shape[1]
    of_bottom, of_dots = (j[:width], j[width:width + dots.size]) if bottom_first else (j[dots.size:dots.size + width], j[:dots.size])
    pairs = np.zeros_like(products)
    pairs[lower] = of_dots * dots
    pairs += pairs.T
    by_dot = np.zeros_like(products)
    by_dot[lower] = of_dots
    gradient = of_bottom + 0.5 * by_dot[1:, 0] @ vectors[1:]
    by_numerical, more = backward(gradient, bottom, bottoms, False)
    return by_numerical[:x.size] * x, 0.5 * pairs[1:].sum(axis=1), pairs, biases + more, tops[-1][0]


def main():
    bottom, top = layers("bottom_mlp"), layers("top_mlp")
    tables = [np.load(DEMO / f"checkpoint/feature_{t}_part0.npy", mmap_mode="r") for t in range(26)]
    worst = 0.0
    for order in ("custom_cuda", "tensorflow"):
        out = subprocess.run([CLI, "predict", DEMO / "checkpoint", "--data", DEMO / "dataset", "--interaction", order, "--explain", "--rows", "0-49",
                              "--json", "--quiet"], check=True, stdout=subprocess.PIPE)
        rows = json.loads(out.stdout)["rows"]
        assert len(rows) == 50
        for row in rows:
            said = row["attribution"]
            assert said["method"] == "linear_region"
            numericals, fields, pairs, bias, logit = attribution(row["numerical"], row["ids"], tables, bottom, top, order == "custom_cuda")
            expected = np.concatenate([numericals, fields])
            scale = max(1.0, np.abs(pairs).max())
            values = np.array([field["value"] for field in said["fields"]])
            assert [field["name"] for field in said["fields"]][:2] == ["num_0", "num_1"] and values.size == 39
            given = np.zeros_like(pairs)
            for pair in said["pairs"]:
                assert pair["j"] < pair["i"]
                given[pair["i"], pair["j"]] = given[pair["j"], pair["i"]] = pair["value"]
            off = max(np.abs(values - expected).max(), np.abs(given - pairs).max(), abs(said["bias"] - bias)) / scale
            worst = max(worst, off)
            assert abs(values.sum() + said["bias"] + said["residual"] - float(np.float32(row["logit"]))) < TOLERANCE * scale
            assert abs(said["residual"]) <= 1e-5 and abs(logit - row["logit"]) <= 1e-5
    print(f"largest difference {worst:.2e}")
    assert worst <= TOLERANCE, worst


if __name__ == "__main__":
    main()
