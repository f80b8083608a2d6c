# SPDX-License-Identifier: Apache-2.0
"""Statistics of the small golden tables by NumPy in double, written to expected.json beside this file: what tst_statistics_golden compares with.

Run with an environment that has numpy; the untrained rows come from the checkpoints' own expected/untrained_rows.json, not from here.
"""
import glob
import json
import os
import re

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKPOINTS = os.path.join(HERE, "..", "golden", "checkpoints")


def part_number(path):
    return int(re.search(r"_part(\d+)\.npy$", path)[1])


def tables(checkpoint):
    directory = os.path.join(CHECKPOINTS, checkpoint, "checkpoint")
    names = glob.glob(os.path.join(directory, "feature_*_part*.npy"))
    features = sorted({int(re.search(r"feature_(\d+)_", n)[1]) for n in names})
    for feature in features:
        parts = sorted((n for n in names if re.search(rf"feature_{feature}_", n)), key=part_number)
        yield np.concatenate([np.load(p) for p in parts]).astype(np.float64)


def figures(x):
    norms = np.sqrt((x * x).sum(1)).astype(np.float32)
    sigma = np.linalg.svd(x, compute_uv=False)
    sigma = np.concatenate([sigma, np.zeros(x.shape[1] - len(sigma))])
    p = sigma[sigma > 0] / sigma.sum()
    mean = x.mean(0)
    lengths = np.sqrt((x * x).sum(1)) * np.linalg.norm(mean)
    return {
        "rows": len(x), "dim": x.shape[1], "mean": x.mean(), "std": x.std(), "min": x.min(), "max": x.max(),
        "norm_mean": norms.mean(dtype=np.float64), "norm_std": norms.std(dtype=np.float64), "norm_min": float(norms.min()), "norm_max": float(norms.max()),
        **{f"norm_p{q:02}": float(np.percentile(norms.astype(np.float64), q)) for q in (1, 5, 50, 95, 99)},
        "singular_values": sigma.tolist(), "effective_rank": float(np.exp(-(p * np.log(p)).sum())),
        "stable_rank": float((sigma**2).sum() / sigma[0] ** 2), "information_abundance": float(sigma.sum() / sigma[0]),
        "mean_vector": mean.tolist(), "cosine_to_mean": (x[:5] @ mean / lengths[:5]).tolist(),
    }


def main():
    out = {c: [figures(t) for t in tables(c)] for c in ("b_tensorflow", "c_tensorflow", "c_custom_cuda", "c_fp16")}
    with open(os.path.join(HERE, "expected.json"), "w") as f:
        json.dump(out, f)
        f.write("\n")


if __name__ == "__main__":
    main()
