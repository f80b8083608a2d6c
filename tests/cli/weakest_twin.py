#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""evaluate --weakest once more in NumPy, on the demo with planted clicks: weakest_twin.py DLRM_CLI SOURCE_DIR. Exit code 77: no NumPy."""
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as e:
    print(f"skipped: {e}")
    sys.exit(77)

# Predictions are rounded to 2⁻³⁰ before they are added up, 20,000 of them at most.
ROUNDED = 1e-4
CLI, DEMO = sys.argv[1], pathlib.Path(sys.argv[2]) / "resources/demo"
LEVEL, LEAST_VARIANCE, NORMAL = 0.05, 25, 1.959963984540054


def said(*arguments):
    out = subprocess.run([CLI, *map(str, arguments), "--json", "--quiet"], check=True, stdout=subprocess.PIPE)
    return json.loads(out.stdout)


def fed(count):
    return np.float16(np.float32(np.log(np.float64(count + 3))))


def count_of(number):
    """The smallest count that is fed as this or more."""
    count = int(round(math.exp(float(number)))) - 3
    while fed(count) < number:
        count += 1
    while count > -2 and fed(count - 1) >= number:
        count -= 1
    return count


def bins_of(data):
    """Of every field the bin of each row, and the sentences of the bins."""
    test, spec = data / "test", (data / "feature_spec.yaml").read_text()
    rows = (test / "label.bin").stat().st_size
    out = []
    for k, numbers in enumerate(np.fromfile(test / "numerical.bin", np.float16).reshape(rows, 13).T):
        present = np.sort(numbers[numbers != 0])
        edges = sorted({present[i * len(present) // 8] for i in range(1, 8)} - {present[0]})
        typed = [count_of(edge) for edge in edges]
        name = f"num_{k}"
        sentences = [f"{name} missing"]
        if edges:
            sentences += [f"{name} < {typed[0]}", *(f"{name} >= {a} and {name} < {b}" for a, b in zip(typed, typed[1:])), f"{name} >= {typed[-1]}"]
        else:
            sentences.append(f"{name} present")
        out.append((np.where(numbers == 0, 0, 1 + np.searchsorted(edges, numbers, "right")), sentences))
    for c in range(26):
        size, width = re.search(rf"  cat_{c}\.bin:\n\s+cardinality: (\d+)\n\s+dtype: (\w+)", spec).groups()
        ids = np.fromfile(test / f"cat_{c}.bin", width).astype(int)
        edges = [edge for edge in [*range(1, 10), 10, 100, 1000, 10000] if edge < int(size)]
        ends = [*(edge - 1 for edge in edges[1:]), int(size) - 1]
        sentences = [f"cat_{c} missing", *(f"cat_{c} id {a}" + (f"-{b}" if b > a else "") for a, b in zip(edges, ends))]
        out.append((np.searchsorted(edges, ids, "right"), sentences))
    return out


def expected(bins, p, y):
    """All that is listed, the furthest off first, and among how many."""
    cells = []
    singles = []

    def sums(at, size):
        return [np.bincount(at, weights, size) for weights in (None, y, p, p * (1 - p))]

    for at, sentences in bins:
        singles.append(sums(at, len(sentences)))
        cells += [(None, sentence, *(column[i] for column in singles[-1])) for i, sentence in enumerate(sentences)]
    for a, (at, first) in enumerate(bins):
        for b in range(a + 1, len(bins)):
            second = bins[b][1]
            columns = sums(at * len(second) + bins[b][0], len(first) * len(second))
            for cell in range(len(first) * len(second)):
                i, j = divmod(cell, len(second))
                if columns[3][cell] >= LEAST_VARIANCE:
                    cells.append((((a, i), (b, j)), f"{first[i]} and {second[j]}", *(column[cell] for column in columns)))
    tested = [((clicks - chance) / math.sqrt(variance), of, name, n, clicks, chance, variance)
              for of, name, n, clicks, chance, variance in cells if variance >= LEAST_VARIANCE]
    tested.sort(key=lambda one: -abs(one[0]))
    out, adjusted = [], 0
    for rank, (t, of, name, n, clicks, chance, variance) in enumerate(tested):
        left = len(tested) - rank
        adjusted = min(1, max(adjusted, left * math.erfc(abs(t) / math.sqrt(2))))
        if adjusted >= LEVEL:
            break
        beyond = []
        for field, bin in of or []:
            ratio = singles[field][1][bin] / singles[field][2][bin]
            beyond.append(abs(clicks - ratio * chance) / math.sqrt(ratio * variance))
        if not of or left * math.erfc(min(beyond) / math.sqrt(2)) < LEVEL:
            out.append((name, n, clicks, chance, variance, t, adjusted))
    return out, len(tested)


def compare(given, wanted):
    assert [slice["slice"] for slice in given] == [one[0] for one in wanted], ([slice["slice"] for slice in given], [one[0] for one in wanted])
    for slice, (name, n, clicks, chance, variance, t, adjusted) in zip(given, wanted):
        assert (slice["rows"], slice["positives"]) == (n, clicks), slice
        figures = {"excess_clicks": clicks - chance, "t": t}
        for key, value in figures.items():
            assert abs(slice[key] - value) <= ROUNDED, (slice, key, value)
        assert abs(slice["p_adjusted"] - adjusted) <= 1e-3 * adjusted, (slice, adjusted)
        half = NORMAL * math.sqrt(clicks * (1 - clicks / n))
        ends = {"value": chance / clicks, "low": chance / (clicks + half), "high": chance / (clicks - half) if clicks > half else None}
        for key, value in ends.items():
            assert (value is None) == (slice["calibration"][key] is None) and (value is None or abs(slice["calibration"][key] - value) <= ROUNDED), slice


def check_files(folder, plain, data, found):
    """--out holds what JSON says."""
    lines = pathlib.Path(folder) / "weakest.tsv"
    said(*plain, data, "--weakest", 5, "--out", lines)
    rows = [line.split("\t") for line in lines.read_text().splitlines()]
    at = {name: place for place, name in enumerate(rows[0])}
    number = lambda text: float(text) if text else None
    for slice in found:
        own = {row[0]: row for row in rows if len(row) > at["slice"] and row[at["slice"]] == slice["slice"]}
        assert (int(own["weakest_rows"][1]), int(own["weakest_positives"][1])) == (slice["rows"], slice["positives"])
        for key in ("excess_clicks", "t", "p_adjusted"):
            assert float(own["weakest_" + key][1]) == slice[key], (key, slice)
        for key, place in (("value", 1), ("low", 2), ("high", 3)):
            assert number(own["weakest_calibration"][place]) == slice["calibration"][key], (key, slice)
    assert sum(row[0] == "weakest_t" for row in rows) == len(found)
    try:
        import h5py
    except ImportError:
        print("no h5py: the file is not opened")
        return
    path = pathlib.Path(folder) / "weakest.h5"
    said(*plain, data, "--weakest", 5, "--out", path)
    with h5py.File(path) as file:
        group = file["weakest"]
        assert [text.decode() for text in group["slice"][:]] == [slice["slice"] for slice in found]
        for key in ("rows", "positives", "excess_clicks", "t", "p_adjusted"):
            assert group[key][:].tolist() == [slice[key] for slice in found], key
        for key, name in (("value", "calibration"), ("low", "low"), ("high", "high")):
            wanted = [np.nan if slice["calibration"][key] is None else slice["calibration"][key] for slice in found]
            assert np.array_equal(group[name][:], wanted, equal_nan=True), key


def main():
    plain = ["evaluate", DEMO / "checkpoint", "--data"]
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "dataset"
        shutil.copytree(DEMO / "dataset", data)
        logits = data / "logits.npy"
        said("predict", DEMO / "checkpoint", "--data", data, "--out", logits)
        z = np.load(logits).astype(float)
        bins = bins_of(data)
        label = np.fromfile(data / "test/label.bin", np.uint8)
        given = said(*plain, data, "--weakest", 1000)
        wanted, tested = expected(bins, 1 / (1 + np.exp(-z)), label)
        compare(given["weakest"], wanted)
        assert given["weakest_tested"] == tested > 1000, (given["weakest_tested"], tested)

        # A quarter of the labels of one pair of bins is turned over: that pair is first.
        draw = np.random.default_rng(1)
        (_, (cat, cat_names)), (_, (num, num_names)) = (13 + 19, bins[13 + 19]), (3, bins[3])
        there = np.flatnonzero((cat == cat_names.index("cat_19 id 100-999")) & (num == num_names.index("num_3 missing")))
        turned = draw.choice(there, len(there) // 4, replace=False)
        label[turned] = 1 - label[turned]
        label.tofile(data / "test/label.bin")
        found = said(*plain, data, "--weakest", 5)["weakest"]
        wanted, _ = expected(bins, 1 / (1 + np.exp(-z)), label)
        compare(found, wanted[:5])
        assert found[0]["slice"] == "num_3 missing and cat_19 id 100-999", found[0]
        assert found[0]["rows"] == len(there) and found[0]["t"] > 10 and found[0]["excess_clicks"] > 0
        check_files(folder, plain, data, found)
        # A slice that is listed can be asked for.
        again = said(*plain, data, "--slice", found[0]["slice"])["slices"][0]
        assert (again["rows"], again["positives"]) == (found[0]["rows"], found[0]["positives"])
        assert abs(again["metrics"]["calibration"]["value"] - found[0]["calibration"]["value"]) < ROUNDED
        print(f"{len(there)} rows planted, {len(wanted)} slices beyond chance, t {found[0]['t']:.1f}")


main()
