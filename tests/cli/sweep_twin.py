#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sweep once more in NumPy, from the demo's .npy files: every id, in double; the smallest changes that cross a threshold by trying all of them. sweep_twin.py DLRM_CLI SOURCE_DIR. Exit code 77: no NumPy or h5py."""
import json
import pathlib
import re
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
TYPES = [int(re.search(rf"cat_{t}\.bin:\s+cardinality: \d+\s+dtype: int(\d+)", (DEMO / "dataset/feature_spec.yaml").read_text())[1]) // 8 for t in range(26)]
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


NUMBERS = np.fromfile(DEMO / "dataset/test/numerical.bin", dtype="<f2").astype(float).reshape(-1, 13)
LABELS = np.fromfile(DEMO / "dataset/test/label.bin", dtype=np.uint8)


def fed_with(numerical, ids, field, values):
    """The row once for each value of one field: (values, 13), (values, 26)."""
    numbers, looked_up = np.repeat(numerical, len(values), axis=0), np.repeat(ids[None], len(values), axis=0)
    (numbers if field < 13 else looked_up)[:, field if field < 13 else field - 13] = values
    return numbers, looked_up


def quantiles(numerical):
    """All values where there are at most 200, else the quantiles k/199 of the column."""
    column = np.sort(NUMBERS[:, numerical])
    every = np.unique(column)
    return every if len(every) <= 200 else np.unique(column[np.arange(200) * (len(column) - 1) // 199])


def check_changes(row, threshold, order):
    """The smallest changes of all fields that cross, by trying every value of each. Returns (worst, compared)."""
    options = ["--interaction", order]
    explained = said("predict", *COMMON, *options, "--rows", row, "--explain")["rows"][0]
    numerical = np.array(explained["numerical"], dtype=np.float32).astype(float)[None]
    ids = np.array(explained["ids"])
    found = said("sweep", *COMMON, *options, "--row", row, "--cross", threshold)
    at = LABELS.mean() if threshold == "click-rate" else float(threshold)
    assert abs(found["threshold"] - at) < 1e-15 and len(found["changes"]) == 39
    now = probability(float(np.float32(found["logit"]))) >= at
    assert found["above_threshold"] == now
    worst, compared, crossing = 0.0, 0, 0
    for change in found["changes"]:
        kind, number = change["field"].split("_")
        field = int(number) + (13 if kind == "cat" else 0)
        if kind == "num":
            own = numerical[0, field]
            tried = quantiles(field)
            tried = tried[tried != own]
            tried = tried[np.lexsort((tried, np.abs(tried - own)))]
        else:
            tried = np.arange(len(TABLES[field - 13]))
            tried = tried[tried != ids[field - 13]]
        z = logits(*fed_with(numerical, ids, field, tried), order == "custom_cuda")
        crosses = (probability(z) >= at) != now
        near = np.abs(z - np.log(at / (1 - at))) < TOLERANCE  # float32 may see those on the other side
        first = int(np.argmax(crosses)) if crosses.any() else None
        place = int(np.flatnonzero(tried == (np.float32(change["value"]["fed"]) if kind == "num" else change["value"]["id"]))[0])
        assert change["others"] == len(tried)
        if not near[: place + 1].any():
            assert change["crosses"] == (first is not None), change
            assert place == first if first is not None else abs(z[place] - (z.min() if now else z.max())) < 2 * TOLERANCE, change
        worst = max(worst, abs(change["logit"] - z[place]))
        compared += change["tried"]
        crossing += change["crosses"]
    assert found["crossing"] == crossing and (crossing > 0) == (threshold != "0.99")
    return worst, compared


def check_average(row):
    """Means and quartiles of other rows, as numpy has them, of rows that sweep does not name: by their number."""
    given = said("sweep", *COMMON, "--row", row, "--field", "num_5", "--average")
    assert given["averaged_rows"] == 1000 and given["average_seed"] == 1
    fed = np.array([value["fed"] for value in given["values"]], dtype=np.float32).astype(float)
    assert np.array_equal(fed, quantiles(5))
    ids = np.stack([np.fromfile(DEMO / f"dataset/test/cat_{t}.bin", dtype=f"<i{TYPES[t]}") for t in range(26)], axis=1)
    chosen = chosen_rows(len(LABELS), 1000, 1)
    every = []
    for v in range(0, len(fed), 40):
        numbers = NUMBERS[chosen].copy()
        numbers[:, 5] = fed[v]
        p = probability(logits(numbers, ids[chosen], True))
        value = given["values"][v]
        every += [value["mean"] - p.mean(), value["lower_quartile"] - np.percentile(p, 25), value["upper_quartile"] - np.percentile(p, 75)]
    return np.abs(every).max()


def chosen_rows(rows, count, seed):
    """Floyd's choice by std::mt19937_64, which is spelled out here."""
    n, m, state = 312, 156, [seed]
    mask = (1 << 64) - 1
    for i in range(1, n):
        state.append((6364136223846793005 * (state[-1] ^ (state[-1] >> 62)) + i) & mask)
    index = n

    def draw():
        nonlocal index
        if index == n:
            for i in range(n):
                x = (state[i] & 0xFFFFFFFF80000000) | (state[(i + 1) % n] & 0x7FFFFFFF)
                state[i] = state[(i + m) % n] ^ (x >> 1) ^ (0xB5026F5AA96619E9 if x & 1 else 0)
            index = 0
        x = state[index]
        index += 1
        x ^= (x >> 29) & 0x5555555555555555
        x ^= (x << 17) & 0x71D67FFFEDA60000
        x ^= (x << 37) & 0xFFF7EEE000000000
        return (x ^ (x >> 43)) & mask

    chosen = set()
    for i in range(rows - count, rows):
        pick = draw() % (i + 1)
        chosen.add(i if pick in chosen else pick)
    return np.array(sorted(chosen))


def main():
    worst, compared = 0.0, 0
    for row, threshold, order in ((5, "0.3", "custom_cuda"), (8, "click-rate", "custom_cuda"), (5, "0.99", "tensorflow")):
        error, count = check_changes(row, threshold, order)
        worst, compared = max(worst, error), compared + count
    worst = max(worst, check_average(12))
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
