# SPDX-License-Identifier: Apache-2.0
"""What a user would run today instead, each as `peers.py NAME [options]`, printing JSON lines {what, value, unit, …}.

ort, torch     the FL15-wide DLRM (tables capped) end to end: latency of one row, rows a second of larger batches
sklearn        exact AUC, log loss and Brier score of random scores with ties
pyarrow        a raw Criteo TSV file: parse, and map the categories through dictionaries
numpy-stats    the usual statistics of one table in memory, one NumPy call each, and XᵀX by its BLAS
numpy-open     all tables of a checkpoint by np.load(mmap_mode="r"), and 1,000 scattered rows
"""
import argparse
import glob
import json
import os
import re
import statistics
import sys
import time

import numpy as np

BOTTOM = (13, 512, 256, 128)
TOP = (479, 1024, 1024, 512, 256, 1)
DIM = 128
CARDINALITIES = (7912889, 33823, 17139, 7339, 20046, 4, 7105, 1382, 63, 5554114, 582469, 245828, 11, 2209, 10667, 104, 4, 968, 15,
                 8165896, 2675940, 7156453, 302516, 12022, 97, 35)


def report(what, values, unit, **extra):
    print(json.dumps({"what": what, "value": statistics.median(values), "unit": unit, "min": min(values), "max": max(values),
                      "runs": len(values), **extra}), flush=True)


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure_model(prefix, predict, batches, make_batch, seconds):
    for batch in batches:
        inputs = [make_batch(batch, seed) for seed in range(16 if batch <= 64 else 4)]
        for i in range(20 if batch <= 64 else 2):
            predict(*inputs[i % len(inputs)])
        times, deadline, i = [], time.perf_counter() + seconds, 0
        while time.perf_counter() < deadline or len(times) < 5:
            times.append(timed(lambda: predict(*inputs[i % len(inputs)])))
            i += 1
        if batch == 1:
            micro = sorted(t * 1e6 for t in times)
            report(f"{prefix}.latency.1", micro, "us", p99=micro[int(len(micro) * 0.99)])
        else:
            report(f"{prefix}.rate.{batch}", [batch / t for t in times], "rows/s")


class Weights:
    def __init__(self, cap, seed=1):
        rng = np.random.default_rng(seed)
        self.cardinalities = np.minimum(CARDINALITIES, cap)
        self.offsets = np.concatenate([[0], np.cumsum(self.cardinalities)[:-1]]).astype(np.int64)
        self.table = rng.uniform(-0.25, 0.25, (int(self.cardinalities.sum()), DIM)).astype(np.float32)
        self.bottom = self.layers(rng, BOTTOM)
        self.top = self.layers(rng, TOP)

    @staticmethod
    def layers(rng, widths):
        return [(rng.normal(0, np.sqrt(2 / i), (i, o)).astype(np.float32), rng.normal(0, 0.05, o).astype(np.float32))
                for i, o in zip(widths, widths[1:])]

    def batch(self, rows, seed):
        rng = np.random.default_rng((seed, rows))
        numerical = np.log(rng.integers(0, 500, (rows, 13)) + 3.0).astype(np.float32)
        ids = np.stack([rng.integers(0, c, rows) for c in self.cardinalities], 1) + self.offsets
        return numerical, ids


PAIRS = [(i, j) for i in range(27) for j in range(i)]


def run_ort(options):
    import onnxruntime as ort
    from onnx import TensorProto, helper, numpy_helper
    w = Weights(options.cap)
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def dense(x, layers, prefix, last_linear):
        for k, (kernel, bias) in enumerate(layers):
            y = f"{prefix}{k}"
            nodes.append(helper.make_node("Gemm", [x, constant(y + "_w", kernel), constant(y + "_b", bias)], [y]))
            if not (last_linear and k + 1 == len(layers)):
                nodes.append(helper.make_node("Relu", [y], [y + "_relu"]))
                y += "_relu"
            x = y
        return x

    bottom = dense("numerical", w.bottom, "bottom", False)
    nodes.append(helper.make_node("Unsqueeze", [bottom, constant("axis1", np.array([1]))], ["bottom_vector"]))
    nodes.append(helper.make_node("Gather", [constant("table", w.table), "ids"], ["vectors"], axis=0))
    nodes.append(helper.make_node("Concat", ["bottom_vector", "vectors"], ["all"], axis=1))
    nodes.append(helper.make_node("Transpose", ["all"], ["all_t"], perm=[0, 2, 1]))
    nodes.append(helper.make_node("MatMul", ["all", "all_t"], ["square"]))
    nodes.append(helper.make_node("Reshape", ["square", constant("flat", np.array([0, 729]))], ["flat_square"]))
    nodes.append(helper.make_node("Gather", ["flat_square", constant("lower", np.array([27 * i + j for i, j in PAIRS]))], ["dots"], axis=1))
    nodes.append(helper.make_node("Concat", [bottom, "dots"], ["top_input"], axis=1))
    logit = dense("top_input", w.top, "top", True)
    nodes.append(helper.make_node("Sigmoid", [logit], ["probability"]))
    graph = helper.make_graph(nodes, "dlrm",
                              [helper.make_tensor_value_info("numerical", TensorProto.FLOAT, ["n", 13]),
                               helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", 26])],
                              [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", 1])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    settings = ort.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = ort.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    measure_model("ort.fp32", lambda x, i: session.run(None, {"numerical": x, "ids": i}), options.batches, w.batch, options.seconds)


def run_torch(options):
    import torch
    torch.set_num_threads(options.threads)
    w = Weights(options.cap)
    table = torch.from_numpy(w.table)
    lower = torch.tensor([27 * i + j for i, j in PAIRS])

    def stack(layers, last_linear):
        modules = []
        for k, (kernel, bias) in enumerate(layers):
            linear = torch.nn.Linear(*kernel.shape)
            linear.weight.data = torch.from_numpy(np.ascontiguousarray(kernel.T))
            linear.bias.data = torch.from_numpy(bias)
            modules.append(linear)
            if not (last_linear and k + 1 == len(layers)):
                modules.append(torch.nn.ReLU())
        return torch.nn.Sequential(*modules)

    bottom, top = stack(w.bottom, False), stack(w.top, True)

    def forward(numerical, ids):
        b = bottom(numerical)
        v = torch.cat([b.unsqueeze(1), torch.nn.functional.embedding(ids, table).to(b.dtype)], 1)
        dots = torch.bmm(v, v.transpose(1, 2)).flatten(1)[:, lower]
        return torch.sigmoid(top(torch.cat([b, dots], 1)))

    def batch(rows, seed):
        numerical, ids = w.batch(rows, seed)
        return torch.from_numpy(numerical), torch.from_numpy(ids)

    with torch.inference_mode():
        measure_model("torch.fp32", forward, options.batches, batch, options.seconds)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            measure_model("torch.bf16", forward, options.batches, batch, options.seconds)


def run_sklearn(options):
    from sklearn import metrics
    rng = np.random.default_rng(7)
    labels = (rng.random(options.rows) < 0.034).astype(np.int8)
    scores = (rng.normal(0, 1, options.rows) + labels * 1.2 - 3.4).astype(np.float32)
    probabilities = 1 / (1 + np.exp(-scores.astype(np.float64)))
    report(f"sklearn.auc.{options.rows}", [timed(lambda: metrics.roc_auc_score(labels, scores)) for _ in range(3)], "s")
    report(f"sklearn.log_loss_brier.{options.rows}",
           [timed(lambda: (metrics.log_loss(labels, probabilities), metrics.brier_score_loss(labels, probabilities))) for _ in range(1)], "s")


def run_pyarrow(options):
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv
    names = ["label"] + [f"I{i}" for i in range(1, 14)] + [f"C{i}" for i in range(1, 27)]
    types = {n: (pa.string() if n[0] == "C" else pa.int32()) for n in names}
    dictionaries = []
    for k in range(26):
        with open(os.path.join(options.dictionary, f"cat_{k}.tsv")) as f:
            dictionaries.append(pa.array([line.split("\t")[0] for line in f]))

    def read():
        table = csv.read_csv(options.path, read_options=csv.ReadOptions(column_names=names, block_size=8 << 20),
                             parse_options=csv.ParseOptions(delimiter="\t"),
                             convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False))
        for k in range(26):
            ids = pc.index_in(table[f"C{k + 1}"], value_set=dictionaries[k])
            pc.add(pc.fill_null(ids, -1), 1)
        for k in range(13):
            pc.fill_null(pc.ln(pc.add(pc.cast(table[f"I{k + 1}"], pa.float64()), 3.0)), 0.0)
        return table.num_rows

    rows = read()
    report("pyarrow.tsv", [rows / timed(read) for _ in range(5)], "rows/s", rows=rows)


def run_numpy_stats(options):
    rows = options.rows if options.rows != 10_000_000 else 2_097_152
    x = np.random.default_rng(5).standard_normal((rows, DIM), dtype=np.float32)
    gigabytes = x.nbytes / 1e9

    def usual_set():
        return x.mean(dtype=np.float64), x.std(dtype=np.float64), x.min(), x.max(), np.isnan(x).sum(), np.isinf(x).sum(), np.linalg.norm(x, axis=1)

    report("numpy.stats", [timed(usual_set) / gigabytes for _ in range(3)], "s/GB", rows=rows)
    report("numpy.histogram", [timed(lambda: np.histogram(x, bins=512)) / gigabytes for _ in range(1)], "s/GB", rows=rows)
    report("numpy.gram", [rows * DIM * (DIM + 1) / timed(lambda: x.T @ x) / 1e9 for _ in range(3)], "GFLOP/s", rows=rows)


def run_numpy_open(options):
    files = sorted(glob.glob(os.path.join(options.path, "feature_*_part0.npy")), key=lambda f: int(re.findall(r"feature_(\d+)", f)[0]))
    report("numpy.open", [timed(lambda: [np.load(f, mmap_mode="r") for f in files]) * 1e3 for _ in range(9)], "ms")
    biggest = max(files, key=os.path.getsize)
    values = []
    for seed in range(3):
        descriptor = os.open(biggest, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
        table = np.load(biggest, mmap_mode="r")
        ids = np.random.default_rng(seed).integers(0, table.shape[0], 1000)
        values.append(timed(lambda: table[ids].sum()) * 1e3)
    report("numpy.cold_rows.1000", values, "ms")


def run_h5py(options):
    import h5py
    with h5py.File(options.path) as f:  # default cache: 1 MiB
        values = next(iter(f["tables"].values()))["values"]
        whole = np.empty(values.shape, values.dtype)
        block = np.empty((2048, values.shape[1]), values.dtype)

        def by_blocks():
            for first in range(0, values.shape[0], len(block)):
                values.read_direct(block, np.s_[first:first + len(block)])

        values.read_direct(whole)
        gigabytes = whole.nbytes / 1e9
        report("h5py.read.whole", [gigabytes / timed(lambda: values.read_direct(whole)) for _ in range(3)], "GB/s")
        report("h5py.read.blocks", [gigabytes / timed(by_blocks) for _ in range(2)], "GB/s")


def run_faiss(options):
    import faiss
    faiss.omp_set_num_threads(options.threads)
    rng = np.random.default_rng(1)
    table = rng.standard_normal((1_000_000, 128), dtype=np.float32)
    for metric, index in (("dot", faiss.IndexFlatIP(128)), ("l2", faiss.IndexFlatL2(128))):
        index.add(table)
        report(f"faiss.{metric}.1query.{options.threads}t", [timed(lambda: index.search(table[i:i + 1], 10)) * 1e3 for i in range(15)], "ms")
        faiss.cvar.distance_compute_blas_threshold = 20  # batches go through BLAS from 20 queries on
        report(f"faiss.{metric}.100queries.{options.threads}t", [timed(lambda: index.search(table[:100], 10)) * 10 for _ in range(3)], "ms per query")
        del index


def run_pca(options):
    from sklearn.decomposition import PCA
    rng = np.random.default_rng(2)
    table = rng.standard_normal((500_000, 128), dtype=np.float32) * np.linspace(3, 0.1, 128, dtype=np.float32)
    for solver in ("covariance_eigh", "randomized"):
        report(f"sklearn.pca.{solver}", [timed(lambda: PCA(2, svd_solver=solver).fit_transform(table)) for _ in range(5)], "s")


def run_umap(options):
    os.environ["NUMBA_NUM_THREADS"] = str(options.threads)
    import umap
    rng = np.random.default_rng(2)
    centres = rng.standard_normal((20, 128), dtype=np.float32) * 3
    rows = centres[rng.integers(0, 20, 20_000)] + rng.standard_normal((20_000, 128), dtype=np.float32)
    fit = lambda: umap.UMAP(n_neighbors=15, min_dist=0.1, n_jobs=options.threads).fit_transform(rows)
    report("umap_learn.first_call", [timed(fit)], "s")
    report("umap_learn.warm", [timed(fit) for _ in range(3)], "s")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("name", choices=["ort", "torch", "sklearn", "pyarrow", "numpy-stats", "numpy-open", "faiss", "pca", "umap", "h5py"])
    p.add_argument("--cap", type=int, default=100_000, help="rows of the largest table")
    p.add_argument("--batches", type=lambda s: [int(b) for b in s.split(",")], default=[1, 64, 256, 2048, 8192])
    p.add_argument("--seconds", type=float, default=1.0, help="per batch size")
    p.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    p.add_argument("--rows", type=int, default=10_000_000)
    p.add_argument("--path", help="the TSV file or checkpoint directory")
    p.add_argument("--dictionary", help="directory of cat_N.tsv")
    options = p.parse_args()
    {"ort": run_ort, "torch": run_torch, "sklearn": run_sklearn, "pyarrow": run_pyarrow, "numpy-stats": run_numpy_stats, "numpy-open": run_numpy_open,
     "faiss": run_faiss, "pca": run_pca, "umap": run_umap, "h5py": run_h5py}[options.name](options)


if __name__ == "__main__":
    sys.exit(main())
