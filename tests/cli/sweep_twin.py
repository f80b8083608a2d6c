#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sweep once more in NumPy, from the demo's .npy files: every id, in double. sweep_twin.py DLRM_CLI SOURCE_DIR. Exit code 77: no NumPy or h5py."""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as e:
    print(f"skipped: {e}")
    sys.exit(77)

TOLERANCE = 1e-5  # what float32 keeps to on logits of order 1 to 10
CLI, DEMO = sys.argv[1], pathlib.Path(sys.argv[2]) / "resources/demo"
COMMON = [DEMO / "checkpoint", "--data", DEMO / "dataset"]


def said(*arguments):
    out = subprocess.run([CLI, *map(str, arguments), "--json", "--quiet"], check=True, stdout=subprocess.PIPE)
    return json.loads(out.stdout)


def layers(name):
    """(kernel, bias) of every layer, in double."""
    out = []
    while (DEMO / f"checkpoint/{name}_layer_{len(out)}_kernel_part0.npy").exists():
        out.append([np.load(DEMO / f"checkpoint/{name}_layer_{len(out)}_{part}_part0.npy").astype(float) for part in ("kernel", "bias")])
    return out


BOTTOM, TOP = layers("bottom_mlp"), layers("top_mlp")
TABLES = [np.load(DEMO / f"checkpoint/feature_{t}_part0.npy") for t in range(26)]


def through(x, stack, last_is_linear):
    """x: (rows, inputs)"""
    for n, (kernel, bias) in enumerate(stack):
        x = np.pad(x, ((0, 0), (0, kernel.shape[0] - x.shape[1]))) @ kernel + bias.ravel()
        if not (last_is_linear and n == len(stack) - 1):
            x = np.maximum(x, 0)
    return x


def logits(numerical, ids, bottom_first):
    """numerical: (rows, 13), ids: (rows, 26)"""
    bottom = through(numerical, BOTTOM, False)
    vectors = np.stack([bottom] + [table[ids[:, t]].astype(float) for t, table in enumerate(TABLES)], axis=1)
    products = np.einsum("rid,rjd->rij", vectors, vectors)
    i, j = np.tril_indices(27, -1)
    dots = products[:, i, j]
    return through(np.concatenate([bottom, dots] if bottom_first else [dots, bottom], axis=1), TOP, True)[:, 0]


def probability(z):
    return 1 / (1 + np.exp(-z))


def check_hdf5(path, row, field, expected, scale):
    """What --out F.h5 holds, against the JSON of the same."""
    given = said("sweep", *COMMON, "--row", row, "--field", field, "--top", 100000, "--out", path)
    with h5py.File(path) as file:
        assert set(file) == expected and file.attrs["field"] == field and file.attrs["row"] == row
        assert file["logit"].dims[0][0].name == "/" + scale and file.attrs["program"] == "dlrm-cli"
        values = sorted(given["values"], key=lambda value: value[scale])
        assert len(values) == len(file["logit"]) == given["count"]
        for column in sorted(expected):
            stored, printed = file[column][:], np.array([value[column] for value in values], dtype=float)  # null becomes NaN
            assert np.array_equal(stored, printed.astype(stored.dtype), equal_nan=stored.dtype.kind == "f"), column


def main():
    worst, compared = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "all.npy"
        for row, table, order in ((5, 19, "custom_cuda"), (11, 0, "custom_cuda"), (800, 19, "tensorflow"), (801, 25, "tensorflow")):
            options = ["--interaction", order]
            explained = said("predict", *COMMON, *options, "--rows", row, "--explain")["rows"][0]
            numerical = np.array(explained["numerical"], dtype=np.float32).astype(float)[None]
            given = said("sweep", *COMMON, *options, "--row", row, "--field", f"cat_{table}", "--top", 20, "--out", out)
            count = len(TABLES[table])
            ids = np.repeat(np.array(explained["ids"])[None], count, axis=0)
            ids[:, table] = np.arange(count)
            expected = logits(np.repeat(numerical, count, axis=0), ids, order == "custom_cuda")
            all_of_them = np.load(out)
            assert all_of_them.shape == (count,) and all_of_them.dtype == np.float32
            worst = max(worst, np.abs(all_of_them - expected).max())
            compared += count
            assert given["count"] == given["finite"] == count and len(given["values"]) == min(40, count)
            current = given["current"]
            assert current["id"] == explained["ids"][table] and current["logit"] == explained["logit"]
            assert given["raising"] == (all_of_them > np.float32(current["logit"])).sum()
            assert current["rank"] == (all_of_them > np.float32(current["logit"])).sum() + 1
            listed = np.array([value["id"] for value in given["values"]])
            assert len(set(listed)) == len(listed)
            ranked = np.argsort(-all_of_them, kind="stable")
            assert [value["rank"] for value in given["values"]] == [int(np.where(ranked == i)[0][0]) + 1 for i in listed]
            for value in given["values"]:
                assert np.float32(value["logit"]) == all_of_them[value["id"]]
                assert abs(value["probability"] - probability(float(all_of_them[value["id"]]))) < 1e-12

            given = said("sweep", *COMMON, *options, "--row", row, "--field", "num_2")
            stored = np.array([value["fed"] for value in given["values"]], dtype=np.float32)
            assert (np.diff(stored) > 0).all() and len(stored) <= 200 and given["rows_looked_at"] == 20000
            assert len(stored) == given["distinct"] or given["distinct"] > 200
            changed = np.repeat(numerical, len(stored), axis=0)
            changed[:, 2] = stored
            expected = logits(changed, np.repeat(np.array(explained["ids"])[None], len(stored), axis=0), order == "custom_cuda")
            worst = max(worst, np.abs(np.array([value["logit"] for value in given["values"]]) - expected).max())
            for value in given["values"]:  # ln(x + 3), through float16
                if value["value"] is not None:
                    assert np.float32(np.float16(np.log(value["value"] + 3))) == np.float32(value["fed"])
        check_hdf5(pathlib.Path(folder) / "table.h5", 5, "cat_19", {"id", "logit", "probability"}, "id")
        check_hdf5(pathlib.Path(folder) / "number.h5", 5, "num_3", {"fed", "value", "logit", "probability"}, "fed")
    print(f"largest difference {worst:.2e} over {compared} ids")
    assert worst <= TOLERANCE and compared > 9000, (worst, compared)


main()
