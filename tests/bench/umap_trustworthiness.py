# SPDX-License-Identifier: Apache-2.0
"""Trustworthiness (k = 15) of our UMAP and of umap-learn's on the same rows: the demo's largest tables, and made-up clusters.

    python3 tests/bench/umap_trustworthiness.py BUILD [--seeds 3]

Needs numpy, scikit-learn and umap-learn, and bench_projection in BUILD/bin. Ends with 1 when ours is more than 0.01 below umap-learn's mean.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np

warnings.filterwarnings("ignore")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ALLOWED = 0.01


def ours(build, rows, metric, seed):
    with tempfile.TemporaryDirectory() as directory:
        source, target = os.path.join(directory, "rows"), os.path.join(directory, "picture")
        rows.astype(np.float32).tofile(source)
        subprocess.run([os.path.join(build, "bin", "bench_projection"), "--only", "umap", "--reps", "1", "--input", source, "--output", target,
                        "--dim", str(rows.shape[1]), "--metric", metric, "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
        return np.fromfile(target, np.float32).reshape(len(rows), 2)


def data_sets():
    tables = os.path.join(ROOT, "resources", "demo", "checkpoint")
    for table in (19, 9, 21):
        rows = np.load(os.path.join(tables, f"feature_{table}_part0.npy")).astype(np.float32)
        yield f"demo table {table}", rows[np.abs(rows).max(1) > 0]
    rng = np.random.default_rng(2)
    centres = rng.standard_normal((20, 64)).astype(np.float32) * 2
    yield "clusters", centres[rng.integers(0, 20, 3000)] + rng.standard_normal((3000, 64)).astype(np.float32)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("build")
    p.add_argument("--seeds", type=int, default=3)
    o = p.parse_args()
    import umap
    from sklearn.manifold import trustworthiness
    good = True
    for name, rows in data_sets():
        for metric in ("euclidean", "cosine"):
            trust = lambda picture: float(trustworthiness(rows, picture, n_neighbors=15, metric=metric))
            mine = [trust(ours(o.build, rows, metric, seed)) for seed in range(o.seeds)]
            theirs = [trust(umap.UMAP(n_neighbors=15, min_dist=0.1, metric=metric, random_state=seed).fit_transform(rows)) for seed in range(o.seeds)]
            difference = float(np.mean(mine) - np.mean(theirs))
            good &= difference >= -ALLOWED
            print(json.dumps({"what": f"umap.trustworthiness.{name}.{metric}", "value": round(float(np.mean(mine)), 4), "unit": "", "umap_learn": round(float(np.mean(theirs)), 4),
                              "difference": round(difference, 4), "ours": [round(v, 4) for v in mine], "theirs": [round(v, 4) for v in theirs], "rows": len(rows)}), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
