# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmarks beside their peers and prints a Markdown table of ratios.

    python3 tests/bench/run.py BUILD [--checkpoint DIR --data DIR] [--only PART …]

BUILD is a build directory of the preset `bench`. The peers run in a virtual environment of their own, made on the first run in
BUILD/peers. Ours and the peer run alternately, `--rounds` times; a figure is the median over the rounds, its spread the range.
"""
import argparse
import collections
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PEER_PACKAGES = ["numpy", "onnx", "onnxruntime", "torch", "scikit-learn", "pyarrow", "faiss-cpu", "umap-learn", "h5py"]
FLOP_PER_ROW = 4_820_224
DEMO = os.path.join(ROOT, "resources", "demo")


class Figures:
    """Values by name over all rounds."""

    def __init__(self):
        self.values, self.units = collections.defaultdict(list), {}

    def add(self, name, value, unit):
        self.values[name].append(value)
        self.units[name] = unit

    def median(self, name):
        return statistics.median(self.values[name]) if name in self.values else None

    def text(self, name):
        v = self.values[name]
        return f"{statistics.median(v):,.4g} {self.units[name]} ({min(v):,.4g} – {max(v):,.4g})"


def run(figures, command, environment=None):
    """Runs a program that prints JSON lines {what | bench, value | seconds, unit}."""
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env={**os.environ, **(environment or {})})
    for line in done.stdout.decode().splitlines():
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        if "value" in entry:
            figures.add(entry["what"], entry["value"], entry["unit"])
        elif "seconds" in entry:
            figures.add("cli." + entry["bench"], entry["seconds"], "s")
            if "rows_per_second" in entry:
                figures.add("cli." + entry["bench"] + ".rate", entry["rows_per_second"], "rows/s")


def whole_process(figures, name, command, repeats=15, environment=None):
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env={**os.environ, **(environment or {})})
        figures.add(name, (time.perf_counter() - start) * 1e3, "ms")


def google_benchmark(figures, command, environment):
    done = subprocess.run(command + ["--benchmark_format=json"], stdout=subprocess.PIPE, check=True, env={**os.environ, **environment})
    for b in json.loads(done.stdout)["benchmarks"]:
        figures.add(b["name"].split("/process_time")[0].split("/real_time")[0], b["items_per_second"], "rows/s")


def peers_python(build):
    python = os.path.join(build, "peers", "bin", "python")
    if not os.path.exists(python):
        print("making the peers' virtual environment …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", os.path.join(build, "peers")], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEER_PACKAGES], check=True)
    return python


def drop_from_cache(directory):
    for name in os.listdir(directory):
        descriptor = os.open(os.path.join(directory, name), os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("build")
    p.add_argument("--checkpoint", help="a full-size checkpoint, for open, browse and evaluate")
    p.add_argument("--data", help="its dataset")
    p.add_argument("--only", nargs="*", choices=["predict", "metrics", "stats", "tsv", "open", "evaluate", "window", "tables-view", "neighbors", "maps", "hdf5"])
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--peers", help="Python of an environment that has the peers already")
    o = p.parse_args()
    python = o.peers or peers_python(o.build)
    binary = lambda name: os.path.join(o.build, "bin", name)
    peer = lambda *arguments: [python, os.path.join(HERE, "peers.py"), *arguments]
    parts = o.only or ["predict", "metrics", "stats", "tsv", "open", "evaluate", "window", "tables-view", "neighbors", "maps", "hdf5"]
    f = Figures()

    if "tsv" in parts:
        tsv = os.path.join(o.build, "bench_rows.tsv")
        with open(os.path.join(DEMO, "raw_rows.tsv"), "rb") as source:
            rows = source.read()
        with open(tsv, "wb") as out:
            for _ in range(200):
                out.write(rows)

    for _ in range(o.rounds):
        if "predict" in parts:
            batches = "1,256,2048"
            run(f, [binary("bench_predict"), "--batch", batches, "--reps", "5", "--secs", "0.4"])
            run(f, peer("ort", "--batches", batches))
            run(f, [binary("bench_predict"), "--batch", batches, "--reps", "5", "--secs", "0.4"])
            run(f, peer("torch", "--batches", batches))
        if "metrics" in parts:
            run(f, [binary("bench_metrics"), "--n", "10000000"])
            run(f, peer("sklearn"))
        if "stats" in parts:
            run(f, [binary("bench_stats"), "--rows", "2097152", "--file", os.path.join(o.build, "bench_table.bin")])
            run(f, peer("numpy-stats"))
        if "tsv" in parts:
            google_benchmark(f, [binary("bench_tsv"), "--benchmark_filter=tsv_open_and_read"],
                             {"DLRM_BENCH_TSV": tsv, "DLRM_BENCH_DICTIONARY": os.path.join(DEMO, "dictionary")})
            run(f, peer("pyarrow", "--path", tsv, "--dictionary", os.path.join(DEMO, "dictionary")))
        if "open" in parts:
            run(f, [binary("bench_open")], {"TMPDIR": o.build})
        if "open" in parts and o.checkpoint and o.data:
            whole_process(f, "dlrm-cli info", [binary("dlrm-cli"), "info", o.checkpoint])
            drop_from_cache(o.checkpoint)
            run(f, [binary("dlrm-cli"), "bench", "browse", "--checkpoint", o.checkpoint, "--data", o.data])
            run(f, peer("numpy-open", "--path", o.checkpoint))
        if "evaluate" in parts and o.checkpoint and o.data:
            common = ["--checkpoint", o.checkpoint, "--data", o.data]
            run(f, [binary("dlrm-cli"), "bench", "predict", *common])
            run(f, [binary("dlrm-cli"), "bench", "evaluate", *common])
        if "hdf5" in parts:
            prefix = os.path.join(o.build, "bench_hdf5")
            run(f, [binary("bench_hdf5"), "--prefix", prefix])
            run(f, peer("h5py", "--path", prefix + ".h5"))
            os.remove(prefix + ".h5")
        if "neighbors" in parts:
            run(f, [binary("bench_neighbors")])
            run(f, peer("faiss", "--threads", "1"))  # one query: slower with two OpenMP threads than with one
            run(f, peer("faiss"))
        if "maps" in parts:
            run(f, [binary("bench_projection")])
            run(f, peer("pca"))
            run(f, peer("umap"))
        if "window" in parts:
            offscreen = {"QT_QPA_PLATFORM": "offscreen"}
            whole_process(f, "window", [binary("bench_window")], 9, offscreen)
            whole_process(f, "minimal Qt window", [binary("bench_minimal_window")], 9, offscreen)
        if "tables-view" in parts:
            run(f, [binary("bench_tables_view")], {"QT_QPA_PLATFORM": "offscreen"})

    with open("/proc/loadavg") as load:
        print("load average at the end:", load.read().split()[0])
    for name in sorted(f.values):
        print(f"- {name}: {f.text(name)}")


if __name__ == "__main__":
    main()
