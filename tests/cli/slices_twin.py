#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""evaluate --slice and --by once more in NumPy, from the files of the demo: slices_twin.py DLRM_CLI SOURCE_DIR. Exit code 77: no NumPy."""
import csv
import json
import pathlib
import random
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

# Sums of the command line are exact, those of NumPy are rounded; each logarithm and exponential is within 4 ulp in both.
ROUNDING = 1e-11
CLI, DEMO = sys.argv[1], pathlib.Path(sys.argv[2]) / "resources/demo"
MODEL = [DEMO / "checkpoint", "--data", DEMO / "dataset", "--dictionary", DEMO / "dictionary"]
METRICS = ["auc", "log_loss", "normalized_entropy", "calibration", "bias", "brier"]
OPERATORS = {
    "=": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal
}


def said(*arguments):
    out = subprocess.run([CLI, *map(str, arguments), "--json", "--quiet"], check=True, stdout=subprocess.PIPE)
    return json.loads(out.stdout)


def fed(count):
    """As NVIDIA's preprocessing feeds a count."""
    return np.float16(np.float32(np.log(np.float64(count + 3)))) if count + 3 > 0 else np.float16(0)


class Data:
    def __init__(self):
        test = DEMO / "dataset/test"
        self.label = np.fromfile(test / "label.bin", np.uint8).astype(float)
        self.rows = len(self.label)
        self.numerical = np.fromfile(test / "numerical.bin", np.float16).reshape(self.rows, 13)
        widths = dict(re.findall(r"(cat_\d+)\.bin:\n\s+cardinality: \d+\n\s+dtype: (\w+)", (DEMO / "dataset/feature_spec.yaml").read_text()))
        self.ids = [np.fromfile(test / f"cat_{c}.bin", widths[f"cat_{c}"]).astype(int) for c in range(26)]
        self.values = []
        for c in range(26):
            lines = [line.split("\t") for line in (DEMO / f"dictionary/cat_{c}.tsv").read_text().splitlines()]
            self.values.append({int(fields[1]): fields[0] for fields in lines})
        with tempfile.TemporaryDirectory() as folder:
            said("predict", *MODEL, "--out", pathlib.Path(folder) / "logits.npy")
            self.logit = np.load(pathlib.Path(folder) / "logits.npy")


def term(data, random):
    """A term of the grammar and which rows it is true of."""
    row = random.randrange(data.rows)
    c, k = random.randrange(26), random.randrange(13)
    ids, numbers = data.ids[c], data.numerical[:, k]
    kind = random.randrange(9)
    if kind < 3:
        count = int(round(np.exp(float(numbers[row])))) - 3 if numbers[row] != 0 else random.choice([0, 5, 1000])
        present = numbers != 0
        if kind == 0:
            more = [count, count + 1, 7]
            return f"num_{k} in {more[0]},{more[1]} , {more[2]}", present & np.isin(numbers, [fed(x) for x in more])
        name = random.choice(list(OPERATORS))
        holds = OPERATORS[name](numbers, fed(count))
        return f"num_{k}{random.choice(['', ' '])}{name} {count}", (holds | ~present) if name == "!=" else (holds & present)
    if kind == 3:
        word = random.choice(["missing", "present"])
        return f"num_{k} {word}", (numbers == 0) == (word == "missing")
    if kind == 4:
        first, last = sorted([ids[row], random.choice(ids)])
        return f"cat_{c} id {first}-{last}", (ids >= first) & (ids <= last)
    if kind == 5:
        digits = len(str(ids[row])) if ids[row] > 0 else 0
        return f"cat_{c} decade {digits}", (ids == 0) if digits == 0 else (ids >= 10**(digits - 1)) & (ids < 10**digits)
    if kind == 6:
        number = ids[row] if ids[row] > 0 else 1
        name = random.choice(["=", "!="])
        return f"cat_{c} {name} {data.values[c][number]}", (ids == number) == (name == "=")
    if kind == 7:
        name, number = random.choice(list(OPERATORS)), random.randrange(6)
        return f"unknown_fields {name} {number}", OPERATORS[name](sum(column == 0 for column in data.ids), number)
    rows = np.arange(data.rows)
    return random.choice([(f"row {row}-", rows >= row), (f"row -{row}", rows <= row)])


def placements(p, n):
    """DeLong's: of every positive the share of negatives below it, ties ½; of every negative of positives above it."""
    def below(values, others):
        others = np.sort(others)
        return (np.searchsorted(others, values, "left") + np.searchsorted(others, values, "right")) / 2

    return below(p, n) / len(n), 1 - below(n, p) / len(p)


def expected_of(logit, label):
    """Per metric value, standard error, and by how much the AUC may be another."""
    out = {key: (None, None, 0.0) for key in METRICS}
    n, y = len(label), label
    if n == 0:
        return out
    z = logit.astype(float)
    p = 1 / (1 + np.exp(-z))
    loss = np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - y * z

    def mean_of(terms):
        return terms.mean(), terms.std(ddof=1) / np.sqrt(n) if n > 1 else None, 0.0

    out["log_loss"], out["bias"], out["brier"] = mean_of(loss), mean_of(p - y), mean_of((p - y)**2)
    q = y.mean()
    if q > 0:
        ratio = p.sum() / y.sum()
        error = np.sqrt(((p - ratio * y)**2).sum() * n / (n - 1)) / y.sum() if n > 1 else None
        out["calibration"] = (ratio, error, 0.0)
    if 0 < q < 1:
        entropy = -(q * np.log(q) + (1 - q) * np.log(1 - q))
        slope = loss.mean() * np.log((1 - q) / q) / entropy**2
        influence = (loss - loss.mean()) / entropy - slope * (y - q)
        out["normalized_entropy"] = (loss.mean() / entropy, np.sqrt((influence**2).sum() / (n - 1) / n), 0.0)
        bits = (logit + np.float32(0)).view(np.uint32)
        bucket = np.where(bits >> 31, ~bits, bits | np.uint32(0x80000000)) >> 16
        one, none = bucket[y == 1], bucket[y == 0]
        open_ = sum((one == b).sum() * (none == b).sum() for b in np.unique(one)) / 2 / len(one) / len(none)
        up, down = placements(one, none)
        error = np.sqrt(up.var(ddof=1) / len(one) + down.var(ddof=1) / len(none)) if min(len(one), len(none)) > 1 else None
        out["auc"] = (up.mean(), error, open_)
        exact = placements(logit[y == 1], logit[y == 0])[0].mean()
        assert abs(exact - up.mean()) <= open_ + ROUNDING, (exact, up.mean(), open_)
    return out


def near(a, b):
    return a is None and b is None or (a is not None and b is not None and abs(a - b) <= ROUNDING * max(1, abs(b)))


def compare(given, data, mask):
    own, rest = expected_of(data.logit[mask], data.label[mask]), expected_of(data.logit[~mask], data.label[~mask])
    assert given["rows"] == mask.sum() and given["positives"] == data.label[mask].sum(), given
    for key in METRICS:
        (value, error, open_), (other, other_error, other_open) = own[key], rest[key]
        said_of, against = given["metrics"][key], given["difference"][key]
        assert near(said_of["value"], value), (key, said_of, value)
        assert (said_of["low"] is None) == (error is None), (key, said_of)
        if error is not None:
            half = 1.959963984540054 * error + open_
            least, most = {"auc": (0, 1), "brier": (0, 1), "bias": (-1, 1)}.get(key, (0, np.inf))
            assert near(said_of["low"], max(least, value - half)) and near(said_of["high"], min(most, value + half)), (key, given)
        both = value is not None and other is not None
        assert near(against["value"], value - other if both else None), (key, given)
        if both and error is not None and other_error is not None:
            half = 1.959963984540054 * np.hypot(error, other_error) + open_ + other_open
            assert near(against["low"], value - other - half) and near(against["high"], value - other + half), (key, given)
        else:
            assert against["low"] is None and against["high"] is None


def figures(slices):
    return [{key: slice[key] for key in ("slice", "rows", "positives", "judged", "metrics", "difference")} for slice in slices]


def raw_rows():
    """Of raw text the numbers that stand there and the values that the dictionary knows."""
    lines = [line.split("\t") for line in (DEMO / "raw_rows.tsv").read_text().splitlines()]
    number = np.array([int(fields[4]) if fields[4] else -10 for fields in lines])
    known = {line.split("\t")[0] for line in (DEMO / "dictionary/cat_3.tsv").read_text().splitlines()}
    value = np.array([fields[17] for fields in lines])
    common = max(known, key=list(value).count)
    expected = {"num_3 > 5": (number > 5).sum(), "num_3 missing": (number < -2).sum(), f"cat_3 = {common}": (value == common).sum(),
                "cat_3 missing": (~np.isin(value, list(known))).sum()}
    options = [option for text in expected for option in ("--slice", text)]
    given = said("evaluate", MODEL[0], "--data", DEMO / "raw_rows.tsv", "--dictionary", DEMO / "dictionary", *options)["slices"]
    assert {slice["slice"]: slice["rows"] for slice in given} == expected, (given, expected)
    assert expected[f"cat_3 = {common}"] > 10 and expected["num_3 > 5"] > 100, expected


def own_names():
    """A field has the name that the dataset gives it, wherever one is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = pathlib.Path(folder) / "dataset"
        shutil.copytree(DEMO / "dataset", dataset)
        spec = (dataset / "feature_spec.yaml").read_text()
        for old, new in ((r"cat_9\.bin", "item id"), ("num_3", "price")):
            spec, changes = re.subn(rf"(?m)^( *- | *){old}(:?)$", rf"\g<1>{new}\g<2>", spec)
            assert changes > 1, old
        (dataset / "feature_spec.yaml").write_text(spec)
        own = [DEMO / "checkpoint", "--data", dataset, "--dictionary", DEMO / "dictionary"]

        a, b = said("evaluate", *own, "--gauc", "item id")["gauc"], said("evaluate", *MODEL, "--gauc", "cat_9")["gauc"]
        assert {**a, "field": ""} == {**b, "field": ""}, (a, b)
        a, b = (said("predict", *model, "--rows", "5", "--set", f"{number}=12", "--set", f"{category}=id:7")["rows"][0]
                for model, number, category in ((own, "price", "item id"), (MODEL, "num_3", "cat_9")))
        assert a["logit"] == b["logit"], (a, b)
        a, b = said("evaluate", *own, "--slice", 'price > 5 and "item id" id 1-9'), said("evaluate", *MODEL, "--slice", "num_3 > 5 and cat_9 id 1-9")
        assert a["slices"][0]["metrics"] == b["slices"][0]["metrics"] and a["slices"][0]["slice"] == 'price > 5 and "item id" id 1-9', a["slices"]
        a, b = (said("sweep", *model, "--row", "5", "--field", field) for model, field in ((own, "item id"), (MODEL, "cat_9")))
        assert [value["logit"] for value in a["values"]] == [value["logit"] for value in b["values"]]


def refusals():
    def refused(*arguments):
        out = subprocess.run([CLI, "evaluate", *map(str, arguments), "--quiet", "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert out.returncode == 2, arguments
        return json.loads(out.stdout)["error"]

    plain = MODEL[:3]
    assert refused(*plain, "--slice", "cat_3 = a73ee510")["code"] == "E-SLICE-004"
    error = refused(*plain, "--slice", "num_3 > 5", "--slice", "num_3 > 5 and numm_4 > 2")
    assert error["code"] == "E-SLICE-002" and error["field"].startswith("column 15 of") and "num_4" in error["expected"], error
    assert refused(*plain, "--by", "row blocks 4096", "--by", "cat_3 top 9")["code"] == "E-SLICE-005"
    golden = DEMO.parents[1] / "tests/data/golden"
    multi_hot = [golden / "newer_layouts/d_dcnv2/checkpoint", "--data", golden / "datasets/multihot_tfrecords", "--combiner", "mean"]
    assert refused(*multi_hot, "--slice", "cat_3 id 5")["code"] == "E-ENGINE-017"
    # What looks at no id is told of such rows too.
    given = said("evaluate", *multi_hot, "--by", "row blocks 4", "--slice", "row 10-19")["slices"]
    assert sorted(slice["rows"] for slice in given) == [10, 64, 64, 64, 64], given
    with tempfile.TemporaryDirectory() as folder:
        without = pathlib.Path(folder) / "unlabelled.tsv"
        without.write_text("".join(line.split("\t", 1)[1] + "\n" for line in (DEMO / "raw_rows.tsv").read_text().splitlines()))
        error = refused(MODEL[0], "--data", without, "--dictionary", DEMO / "dictionary", "--slice", "num_3 > 5")
        assert error["code"] == "E-ENGINE-006", error


def main():
    data, draw = Data(), random.Random(3)
    chosen = [("all", np.ones(data.rows, bool)), ("row 20000-", np.zeros(data.rows, bool)),
              ("row 5", np.arange(data.rows) == 5)]
    while len(chosen) < 43:
        terms = [term(data, draw) for _ in range(draw.randrange(1, 4))]
        chosen.append((" and ".join(text for text, _ in terms), np.logical_and.reduce([mask for _, mask in terms])))
    options = [option for text, _ in chosen for option in ("--slice", text)]
    given = said("evaluate", *MODEL, *options)["slices"]
    assert len(given) == len(chosen)
    for slice, (text, mask) in zip(given, chosen):
        compare(slice, data, mask)
        enough = slice["rows"] >= 1000 and 50 <= slice["positives"] < slice["rows"]
        assert slice["judged"] == enough and (slice["not_judged"] is None) == enough, slice
    assert sum(slice["judged"] for slice in given) > 10 and sum(0 < slice["rows"] < data.rows for slice in given) > 30
    whole = said("evaluate", *MODEL)
    for key in METRICS[1:]:
        assert given[0]["metrics"][key]["value"] == whole[key], key  # the same exact sums, to the last digit
    assert given[1]["metrics"]["auc"]["value"] is None and given[2]["metrics"]["auc"]["value"] is None

    # Each value of a key is a slice that --slice takes back, and every row is in one of them.
    keys = ["cat_19 decade", "cat_3 top 8", "num_3 quantiles 8", "num_1 missing", "cat_9 missing", "row blocks 7", "unknown_fields",
            "cat_2 decade, num_5 quantiles 3", "cat_20 top 3, row blocks 2", "num_0 quantiles 4096"]
    answer = said("evaluate", *MODEL, *[option for key in keys for option in ("--by", key)])
    grouped = answer["slices"]
    # Calibration within the slices of a key.
    p = 1 / (1 + np.exp(-data.logit.astype(float)))
    off = p - data.label
    ids = data.ids[19]
    cuts = {"cat_19 decade": np.searchsorted([1, 10, 100, 1000], ids, "right"), "cat_9 missing": data.ids[9] == 0,
            "row blocks 7": np.searchsorted([2858 + 2857 * i for i in range(6)], np.arange(data.rows), "right")}
    errors = {group["by"]: group for group in answer["calibration_by"]}
    assert sorted(errors) == sorted(keys) and [g["error"] for g in answer["calibration_by"]] == sorted((g["error"] for g in errors.values()), reverse=True)
    for key, cut in cuts.items():
        expected = sum(abs(off[cut == value].sum()) for value in np.unique(cut)) / data.rows
        assert near(errors[key]["error"], expected) and errors[key]["slices"] == len(np.unique(cut)), (errors[key], expected)
    for key in keys:
        assert sum(slice["rows"] for slice in grouped if slice["by"] == key) == data.rows, key
    back = said("evaluate", *MODEL, *[option for slice in grouped for option in ("--slice", slice["slice"])])["slices"]
    assert figures(back) == figures(grouped)
    decades = {slice["slice"]: slice["rows"] for slice in grouped if slice["by"] == "cat_19 decade"}
    assert decades == {"cat_19 missing": (ids == 0).sum(), "cat_19 id 1-9": ((ids > 0) & (ids < 10)).sum(),
                       "cat_19 id 10-99": ((ids > 9) & (ids < 100)).sum(), "cat_19 id 100-999": ((ids > 99) & (ids < 1000)).sum(),
                       "cat_19 id 1000-4665": (ids > 999).sum()}, decades
    eighths = [slice["rows"] for slice in grouped if slice["by"] == "num_3 quantiles 8"]
    present = np.sort(data.numerical[:, 3][data.numerical[:, 3] != 0])
    edges = sorted({present[i * len(present) // 8] for i in range(1, 8)} - {present[0]})
    bounds = [0, *(np.searchsorted(present, edges)), len(present)]
    assert eighths == [data.rows - len(present), *np.diff(bounds)], eighths
    assert [slice["rows"] for slice in grouped if slice["by"] == "row blocks 7"] == [2858, 2857, 2857, 2857, 2857, 2857, 2857]

    # Only some rows are looked at: the same slices of them, by the numbers that the data give them.
    some = said("evaluate", *MODEL, "--rows", "10-4999,15000-19999", "--slice", "row 100-15099", "--slice", "num_3 > 5")["slices"]
    rows = np.arange(data.rows)
    looked = ((rows >= 10) & (rows < 5000)) | (rows >= 15000)
    part = Data.__new__(Data)
    part.logit, part.label = data.logit[looked], data.label[looked]
    compare(some[0], part, ((rows >= 100) & (rows <= 15099))[looked])
    compare(some[1], part, ((data.numerical[:, 3] > fed(5)))[looked])

    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "figures.csv"
        said("evaluate", *MODEL, "--slice", "cat_19 missing", "--min-rows", "100000", "--out", file)
        lines = [line for line in csv.DictReader(file.open()) if line["slice"] == "cat_19 missing"]
        alone = said("evaluate", *MODEL, "--slice", "cat_19 missing")["slices"][0]
        assert [line["metric"] for line in lines] == ["rows", "positives", *METRICS]
        assert lines[0]["note"] == "not judged: fewer than 100,000 rows" and int(lines[0]["value"]) == alone["rows"]
        try:
            import h5py
        except ImportError as e:
            print(f"skipped: the .h5: {e}")
        else:
            said("evaluate", *MODEL, "--slice", "cat_19 missing", "--slice", "row 20000-", "--out", file.with_suffix(".h5"))
            with h5py.File(file.with_suffix(".h5")) as written:
                assert [text.decode() for text in written["slices/slice"]] == ["cat_19 missing", "row 20000-"]
                assert written["slices/rows"][0] == alone["rows"] and written["slices/judged"][0] == 0
                for key in METRICS:
                    assert written["slices"][key][0] == alone["metrics"][key]["value"] and np.isnan(written["slices"][key][1])
                    assert written["slices"][key + "_difference_low"][0] == alone["difference"][key]["low"]
        for line in lines[2:]:
            assert float(line["value"]) == alone["metrics"][line["metric"]]["value"]
            assert float(line["difference_high"]) == alone["difference"][line["metric"]]["high"]
    raw_rows()
    own_names()
    refusals()
    print(f"{len(chosen)} slices, {len(grouped)} of keys")


main()
