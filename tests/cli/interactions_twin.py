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


def fed(count):
    """As NVIDIA's preprocessing feeds a count."""
    return float(np.float16(np.float32(np.log(np.float64(count + 3)))))


def explained():
    """X of every row in the float32 that the model has, labels, signed attributions, numericals, ids."""
    products, labels, added, numbers, ids = [], [], [], [], []
    for first in range(0, ROWS, AT_A_TIME):
        for row in said("predict", DEMO / "checkpoint", *DATA, "--explain", "--rows", f"{first}-{first + AT_A_TIME - 1}")["rows"]:
            products.append(np.array(row["interaction_matrix"], dtype=np.float32).astype(float))
            labels.append(row["label"])
            pairs = np.zeros_like(products[-1])
            for pair in row["attribution"]["pairs"]:
                pairs[pair["i"], pair["j"]] = pairs[pair["j"], pair["i"]] = pair["value"]
            added.append(pairs)
            numbers.append(row["numerical"])
            ids.append(row["ids"])
    return np.stack(products), np.array(labels), np.stack(added), np.array(numbers), np.array(ids)


def far(given, expected):
    """The largest difference by the largest value; both undefined is no difference."""
    given = np.array(given, dtype=float)  # null becomes NaN
    assert given.shape == expected.shape and (np.isnan(given) == np.isnan(expected)).all()
    if np.isnan(expected).all():
        return 0
    return np.nanmax(np.abs(given - expected)) / max(np.nanmax(np.abs(expected)), np.finfo(float).tiny)


def expected_of(x, label, added):
    one, none = x[label == 1], x[label == 0]
    n1, n0 = len(one), len(none)
    if not n1 or not n0:  # of one class nothing can be said of clicks
        undefined = np.full(x.shape[1:], np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            size = np.sqrt(np.einsum("rii->ri", x))
            cosine = np.nanmean(x / (size[:, :, None] * size[:, None, :]), axis=0)
        return {
            "mean": x.mean(0), "std": x.std(0), "clicked": one.mean(0) if n1 else undefined,
            "not_clicked": none.mean(0) if n0 else undefined, "difference": undefined, "difference_se": undefined,
            "effect_size": undefined, "mean_cosine": cosine, "attribution": added.mean(0),
            "attribution_abs": np.abs(added).mean(0)
        }
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


def check_matrices(given, expected):
    for key, values in expected.items():
        off = far(given[key], values)
        assert off <= (IN_FLOAT32 if key.startswith("attribution") else EXACT), (key, off)


def compared(x, inside, against):
    """Difference, its standard error row by row, effect size."""
    a, b = x[inside], x[against]
    na, nb = len(a), len(b)
    weight = np.zeros_like(x)
    weight[inside] += (a - a.mean(0)) / np.sqrt(na * (na - 1))
    weight[against] -= (b - b.mean(0)) / np.sqrt(nb * (nb - 1))
    pooled = np.sqrt(((a - a.mean(0))**2).sum(0) + ((b - b.mean(0))**2).sum(0)) / np.sqrt(na + nb - 2)
    difference = a.mean(0) - b.mean(0)
    return {
        "slice_difference": difference,
        "slice_difference_se": np.sqrt((weight**2).sum(0)),
        "slice_effect_size": difference / pooled,
    }


def check_slices(x, label, added, numbers, ids):
    def number_above(k, count):
        return (numbers[:, k] > fed(count)) & (numbers[:, k] != 0)

    rows = np.arange(ROWS)
    everything = rows >= 0
    masks = {
        "num_3 > 5": number_above(3, 5),
        "num_3 > 5 and cat_5 id 1": number_above(3, 5) & (ids[:, 5] == 1),
        "cat_2 decade 2": (ids[:, 2] >= 10) & (ids[:, 2] < 100),
        "row 0-299": rows < 300,
        "row 300-": rows >= 300,
        f"row {int(np.flatnonzero(label == 1)[0])}": rows == np.flatnonzero(label == 1)[0],  # one class
        "all": everything,
    }
    asked = [DEMO / "checkpoint", *DATA, "--rows", f"0-{ROWS - 1}"]
    for slice_, against in [("num_3 > 5", "all"), ("num_3 > 5", "cat_2 decade 2"), ("row 0-299", "row 300-"),
                            ("num_3 > 5 and cat_5 id 1", "num_3 > 5"), ("all", "row 0-299")]:
        given = said("interactions", *asked, "--slice", slice_, "--against", against)
        inside, other = masks[slice_], masks[against]
        assert given["slice"] == slice_ and given["against"]["slice"] == against
        assert given["rows"] == inside.sum() and given["against"]["rows"] == other.sum() and given["seen_rows"] == ROWS
        assert given["positives"] == label[inside].sum() and given["against"]["positives"] == label[other].sum()
        assert given["against"]["shared_rows"] == (inside & other).sum()
        check_matrices(given, expected_of(x[inside], label[inside], added[inside]))
        check_matrices(given["against"], expected_of(x[other], label[other], added[other]))
        check_matrices(given["against"], compared(x, inside, other))
        sizes = [abs(pair["effect_size"]) for pair in given["against"]["pairs"]]
        assert len(sizes) == 351 and sizes == sorted(sizes, reverse=True)
        first = given["against"]["pairs"][0]
        assert first["difference"] == given["against"]["slice_difference"][first["i"]][first["j"]]
        assert first["against"] == given["against"]["mean"][first["i"]][first["j"]]
        print(f"{slice_:26} against {against:16} {inside.sum():4} {other.sum():4} {(inside & other).sum():4}")
    # What the standard error means where slices have rows in common: rows drawn anew scatter the difference so.
    draws, within = 400, 0.1
    given = said("interactions", *asked, "--slice", "num_3 > 5", "--against", "all")["against"]
    random, inside = np.random.default_rng(1), masks["num_3 > 5"]
    drawn = []
    for _ in range(draws):
        at = random.integers(0, ROWS, ROWS)
        drawn.append(x[at][inside[at]].mean(0) - x[at].mean(0))
    ratio = np.std(drawn, axis=0) / np.array(given["slice_difference_se"])
    print(f"standard error by drawing rows anew, by that of the command: {ratio.mean():.3f}")
    assert abs(ratio.mean() - 1) < within
    # The same rows differ by nothing, for sure.
    same = said("interactions", *asked, "--slice", "num_3 > 5", "--against", "num_3 > 5")["against"]
    assert np.max(np.abs(same["slice_difference"])) == 0 and np.max(same["slice_difference_se"]) < 1e-7
    for only in (f"row {int(np.flatnonzero(label == 1)[0])}", "cat_2 decade 2"):
        given = said("interactions", *asked, "--slice", only)
        inside = masks[only]
        assert given["against"] is None and given["rows"] == inside.sum()
        check_matrices(given, expected_of(x[inside], label[inside], added[inside]))
    # Other threads, other batches: the same digits; files hold the same.
    with tempfile.TemporaryDirectory() as folder:
        given = said("interactions", *asked, "--slice", "num_3 > 5", "--against", "cat_2 decade 2")
        alone = pathlib.Path(folder) / "matrices.npy"
        again = said("interactions", *asked, "--slice", "num_3 > 5", "--against", "cat_2 decade 2", "--threads", "1", "--out", alone)
        for key in ("mean", "attribution", "pairs", "against"):
            assert again[key] == given[key], key
        keys = json.loads((alone.parent / "matrices.npy.json").read_text())["holds"].split(":")[1].split(";")[0].split()
        stack = np.load(alone)
        assert len(keys) == 23 and stack.shape == (23, 27, 27)
        for matrix, key in zip(stack, keys):
            of = given["against"][key.removeprefix("against_")] if key.startswith(("against_", "slice_")) else given[key]
            assert np.array_equal(matrix, np.array(of, dtype=float), equal_nan=True), key
        check_hdf5(folder, asked, given)
        pairs = pathlib.Path(folder) / "pairs.tsv"
        said("interactions", *asked, "--slice", "num_3 > 5", "--against", "cat_2 decade 2", "--out", pairs)
        lines = [line.split("\t") for line in pairs.read_text().splitlines()]
        assert lines[0][4:] == ["mean", "against", "difference", "difference_se", "effect_size"] and len(lines) == 352
        assert [float(line[6]) for line in lines[1:]] == [pair["difference"] for pair in given["against"]["pairs"]]


def check_hdf5(folder, asked, given):
    """The same in a file that h5py opens."""
    try:
        import h5py
    except ImportError:
        print("no h5py: the file is not opened")
        return
    path = pathlib.Path(folder) / "interactions.h5"
    more = said("interactions", *asked, "--slice", "num_3 > 5", "--against", "cat_2 decade 2", "--extremes", "--out", path)
    with h5py.File(path) as file:
        assert file.attrs["slice"] == "num_3 > 5" and file["against"].attrs["slice"] == "cat_2 decade 2"
        assert file["against"].attrs["shared_rows"] == given["against"]["shared_rows"]
        for key in ("mean", "effect_size", "attribution_abs"):
            assert np.array_equal(file[key][:], np.array(given[key], dtype=float), equal_nan=True), key
        for key in ("mean", "slice_difference", "slice_difference_se", "slice_effect_size"):
            assert np.array_equal(file["against"][key][:], np.array(given["against"][key], dtype=float), equal_nan=True), key
        assert file["against/pairs/difference"][:].tolist() == [pair["difference"] for pair in given["against"]["pairs"]]
        for end in ("lowest", "highest"):
            for key in ("row", "value", "label"):
                wanted = [[one[key] for one in pair[end]] for pair in more["extremes"]]
                assert np.array_equal(file[f"extremes/{end}_{key}"][:].astype(np.float32), np.array(wanted, dtype=np.float32)), (end, key)
        assert file["extremes/i"][:].tolist() == [pair["i"] for pair in more["extremes"]]


def check_extremes(x, label, numbers):
    """The outermost rows of every pair by a sort; of equal values the lower row."""
    asked = [DEMO / "checkpoint", *DATA, "--without-attribution", "--extremes"]
    whole = said("interactions", *asked, "--rows", f"0-{ROWS - 1}")["extremes"]
    assert len(whole) == 351
    sliced = said("interactions", *asked, "--rows", f"0-{ROWS - 1}", "--slice", "num_3 > 5", "--threads", "1")["extremes"]
    inside = (numbers[:, 3] > fed(5)) & (numbers[:, 3] != 0)
    for given, rows in ((whole, np.arange(ROWS)), (sliced, np.flatnonzero(inside))):
        for pair in given:
            values = x[rows, pair["i"], pair["j"]]
            for end, key in (("lowest", values), ("highest", -values)):
                order = np.lexsort((rows, key))[:10]
                assert [one["row"] for one in pair[end]] == rows[order].tolist(), (pair["first"], pair["second"], end)
                assert np.array_equal(np.float32([one["value"] for one in pair[end]]), values[order].astype(np.float32))
                assert [one["label"] for one in pair[end]] == label[rows[order]].tolist()
    # Rows in another order of reading, as the dataset numbers them.
    turned = said("interactions", *asked, "--rows", f"500-{ROWS - 1},0-499")["extremes"]
    assert turned == whole
    assert "extremes" not in said("interactions", *asked[:-1], "--rows", "0-9")


def refused(*arguments):
    out = subprocess.run([CLI, "interactions", DEMO / "checkpoint", *DATA, *arguments, "--json", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert out.returncode not in (0, 134, 139) and not out.stdout.strip().startswith(b"{\n \"dataset"), arguments
    return (out.stdout + out.stderr).decode()


def check_refusals():
    for sentence, code in {"num_3 >": "E-SLICE-001", "nun_3 > 5": "E-SLICE-002", "cat_3 > 5": "E-SLICE-003",
                           "num_3 > 5 and num_3 < 2": "E-SLICE-006"}.items():
        for arguments in (["--slice", sentence], ["--slice", "all", "--against", sentence]):
            text = refused("--rows", "0-99", *arguments)
            assert code in text and (code == "E-SLICE-006" or "column" in text), text
    assert "--against requires --slice" in refused("--against", "all")


def main():
    x, label, added, numbers, ids = explained()
    check_slices(x, label, added, numbers, ids)
    check_extremes(x, label, numbers)
    check_refusals()
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
