#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""evaluate's gain, lift, --gauc, --pcoc and --where once more in NumPy, from the files of the demo: ranking_twin.py DLRM_CLI SOURCE_DIR. Exit code 77: no NumPy."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as e:
    print(f"skipped: {e}")
    sys.exit(77)

# Sums of the command line are exact, those of NumPy are rounded; each exponential is within 4 ulp in both.
ROUNDING = 1e-11
NORMAL = 1.959963984540054
CLI, DEMO = sys.argv[1], pathlib.Path(sys.argv[2]) / "resources/demo"
MODEL = ["evaluate", DEMO / "checkpoint", "--data", DEMO / "dataset"]


def said(*arguments):
    out = subprocess.run([CLI, *map(str, arguments), "--json", "--quiet"], check=True, stdout=subprocess.PIPE)
    return json.loads(out.stdout)


def refused(*arguments):
    out = subprocess.run([CLI, *map(str, arguments), "--json", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert out.returncode == 2, (arguments, out.returncode)
    return json.loads(out.stdout)["error"]


def ids_of(field):
    spec = (DEMO / "dataset/feature_spec.yaml").read_text()
    width = re.search(rf"cat_{field}\.bin:\n\s+cardinality: \d+\n\s+dtype: (\w+)", spec).group(1)
    return np.fromfile(DEMO / f"dataset/test/cat_{field}.bin", width).astype(int)


def near(a, b):
    return abs(a - b) <= ROUNDING * max(1, abs(b))


class Ranked:
    """Rows that are ordered by score; equal scores share what is between them, so that sums are straight lines there."""

    def __init__(self, z, y):
        scores, at = np.unique(-z, return_inverse=True)
        self.p = 1 / (1 + np.exp(-z.astype(float)))
        self.rows = np.concatenate([[0], np.cumsum(np.bincount(at))])
        self.at = at
        self.n, self.y = len(z), y

    def top(self, weights, share):
        return np.interp(share * self.n, self.rows, np.concatenate([[0], np.cumsum(np.bincount(self.at, weights))]))


def check_gains(given, ranked):
    shares = [0.01, 0.02, 0.05, *(i / 10 for i in range(1, 11))]
    for key, by in (("gain", lambda share: 1), ("lift", lambda share: share)):
        assert [one["share"] for one in given[key]] == shares, given[key]
        for one in given[key]:
            expected = ranked.top(ranked.y, one["share"]) / ranked.y.sum() / by(one["share"])
            assert near(one["value"], expected), (key, one, expected)


def check_top(given, ranked, share):
    clicks, predicted = ranked.top(ranked.y, share), ranked.top(ranked.p, share)
    squares, both = ranked.top(ranked.p**2, share), ranked.top(ranked.p * ranked.y, share)
    n, ratio = share * ranked.n, predicted / clicks
    half = NORMAL * np.sqrt((squares - 2 * ratio * both + ratio**2 * clicks) * n / (n - 1)) / clicks
    wanted = {"share": share, "rows": n, "clicks": clicks, "predicted": predicted, "value": ratio, "low": ratio - half, "high": ratio + half}
    for key, value in wanted.items():
        assert near(given[key], value), (key, given, value)
    assert given["note"] is None


def auc(z, y):
    """Every pair."""
    one, none = z[y == 1][:, None], z[y == 0][None, :]
    return ((one > none) + 0.5 * (one == none)).mean()


def check_gauc(given, z, y, ids):
    weighted = rows = skipped = skipped_rows = 0
    values = np.unique(ids)
    for value in values:
        mask = ids == value
        if 0 < y[mask].sum() < mask.sum():
            weighted += mask.sum() * auc(z[mask], y[mask])
            rows += mask.sum()
        else:
            skipped += 1
            skipped_rows += mask.sum()
    assert near(given["value"], weighted / rows), (given, weighted / rows)
    counts = {"rows": len(z), "groups": len(values), "skipped_groups": skipped, "skipped_rows": skipped_rows}
    assert {key: given[key] for key in counts} == counts, (given, counts)
    assert near(given["skipped_share"], skipped_rows / len(z))
    return skipped


def main():
    with tempfile.TemporaryDirectory() as folder:
        logits = pathlib.Path(folder) / "logits.npy"
        said("predict", *MODEL[1:], "--out", logits)
        z = np.load(logits)
        y = np.fromfile(DEMO / "dataset/test/label.bin", np.uint8).astype(float)
        ranked = Ranked(z, y)
        skipped = 0
        for field, percent in ((19, 10), (3, 0.5), (0, 33.3), (25, 100)):
            given = said(*MODEL, "--gauc", f"cat_{field}", "--pcoc", percent)
            check_gains(given, ranked)
            check_top(given["pcoc"], ranked, percent / 100)
            assert given["gauc"]["field"] == f"cat_{field}"
            skipped += check_gauc(given["gauc"], z, y, ids_of(field))
        assert skipped > 10
        assert near(given["pcoc"]["value"], given["calibration"]) and near(given["pcoc"]["low"], given["calibration_ci"][0])
        assert "gauc" not in said(*MODEL) and "pcoc" not in said(*MODEL)

        # The same as text.
        given = said(*MODEL, "--gauc", "cat_3", "--pcoc", 10)
        text = subprocess.run([CLI, *map(str, MODEL), "--gauc", "cat_3", "--pcoc", "10", "--quiet"], check=True, stdout=subprocess.PIPE).stdout.decode()
        text = " ".join(text.split())
        top, gauc = given["pcoc"], given["gauc"]
        for words in (f"GAUC by cat_3: {gauc['value']:.7f} (of {gauc['groups']:,} groups {gauc['skipped_groups']:,} have one class only",
                      f"PCOC of the top 10 %: {top['value']:.7f}, 95 % {top['low']:.6f}..{top['high']:.6f}",
                      f"10 % {100 * given['gain'][3]['value']:.2f} % {given['lift'][3]['value']:.3f}"):
            assert words in text, (words, text)

        # Only some rows, by their numbers and by a sentence: each as if there were no others.
        some = np.r_[10:5000, 15000:20000]
        given = said(*MODEL, "--rows", "10-4999,15000-19999", "--gauc", "cat_19", "--pcoc", 5)
        check_gains(given, Ranked(z[some], y[some]))
        check_top(given["pcoc"], Ranked(z[some], y[some]), 0.05)
        check_gauc(given["gauc"], z[some], y[some], ids_of(19)[some])
        mask = (ids_of(19)[some] >= 10) & (some >= 100)
        given = said(*MODEL, "--rows", "10-4999,15000-19999", "--where", "cat_19 id 10- and row 100-", "--pcoc", 20)
        assert given["where"] == "cat_19 id 10- and row 100-" and (given["rows"], given["positives"]) == (mask.sum(), y[some][mask].sum())
        check_gains(given, Ranked(z[some][mask], y[some][mask]))
        check_top(given["pcoc"], Ranked(z[some][mask], y[some][mask]), 0.2)
        assert near(given["auc"], auc(z[some][mask], y[some][mask])), given["auc"]
        assert any("those where cat_19 id 10- and row 100-" in note for note in given["notes"]), given["notes"]

        # Shards that are merged have the gains of all.
        states = [pathlib.Path(folder) / f"{i}.h5" for i in range(2)]
        said(*MODEL, "--rows", "0-7776", "--state", states[0])
        said(*MODEL, "--rows", "7777-19999", "--state", states[1])
        check_gains(said("merge", *states), ranked)

    error = refused(*MODEL, "--gauc", "num_3")
    assert error["code"] == "E-FIELD-008" and error["found"] == "num_3", error
    error = refused(*MODEL, "--gauc", "cat_199")
    assert error["code"] == "E-FIELD-001" and "cat_19" in error["remedy"], error
    for wrong in ("0", "100.5", "-3", "ten"):
        assert refused(*MODEL, f"--pcoc={wrong}")["code"] == "E-CLI-001", wrong
    assert refused(*MODEL, "--where", "row 20000-")["code"] == "E-SLICE-006"
    assert refused(*MODEL, "--where", "row 0-9", "--by", "row blocks 2")["code"] == "E-CLI-001"
    assert refused(*MODEL, "--where", "row x")["code"] == "E-SLICE-001"
    golden = DEMO.parents[1] / "tests/data/golden"
    multi_hot = [golden / "newer_layouts/d_dcnv2/checkpoint", "--data", golden / "datasets/multihot_tfrecords", "--combiner", "mean"]
    assert refused("evaluate", *multi_hot, "--gauc", "cat_3")["code"] == "E-ENGINE-017"
    print(f"{skipped} groups of one class")


main()
