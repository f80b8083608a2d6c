#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens what dlrm-cli writes as HDF5 with the software people use: hdf5_readers.py {h5py|pandas|xarray} DLRM_CLI SOURCE_DIR. Exit code 77: not installed."""
import hashlib
import pathlib
import subprocess
import sys
import tempfile


class Folder(type(pathlib.Path())):
    """Where everything is written; `data` is the dataset that predictions are made on."""
    data = None


def need(*modules):
    import importlib
    try:
        return [importlib.import_module(m) for m in modules]
    except ImportError as e:
        print(f"skipped: {e}")
        sys.exit(77)


def cli(*arguments):
    subprocess.run([sys.argv[2], *map(str, arguments), "--quiet"], check=True, stdout=subprocess.DEVNULL)


def repack(h5py, source, target, options):
    with h5py.File(source) as f, h5py.File(target, "w") as out:
        def copy_attributes(a, b):
            for key, value in a.attrs.items():
                if key not in ("CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"):
                    b.attrs.create(key, value, dtype=h5py.string_dtype() if getattr(value, "dtype", None) == object else None)

        def copy(name, item):
            if isinstance(item, h5py.Group):
                copy_attributes(item, out.require_group(name))
            elif item.shape and item.dtype.byteorder != ">":  # not a dimension without values
                chunks = tuple(min(c, s) for c, s in zip(options.get("chunks", ()), item.shape)) or None
                copy_attributes(item, out.create_dataset(name, data=item[:], **{**options, "chunks": chunks}))

        copy_attributes(f, out)
        f.visititems(copy)


def contents_sum(np, h5py, f):
    """contents_sha256 of a state, as core/measure/state_file.h describes it."""
    def sha(data):
        return hashlib.sha256(data).hexdigest()

    lines = []
    for name, value in f.attrs.items():
        if name == "contents_sha256":
            continue
        if isinstance(value, (str, np.ndarray)):
            texts = [value] if isinstance(value, str) else list(value)
            lines.append(f"attribute {name} texts {sha(b''.join(t.encode() + bytes(1) for t in texts))}\n")
        else:
            lines.append(f"attribute {name} {value.dtype} {sha(value.tobytes())}\n")

    def add(path, item):
        if isinstance(item, h5py.Group):
            lines.append(f"/{path} group\n")
        else:
            lines.append(f"/{path} {item.dtype} ({', '.join(map(str, item.shape))}) {sha(item[:].tobytes())}\n")

    f.visititems(add)
    return sha("".join(sorted(lines)).encode())


def check_state(folder, np, h5py):
    with h5py.File(folder / "state.h5") as f:
        assert f.attrs["format"] == "dlrm-measures" and f.attrs["format_version"] == 1 and f.attrs["fingerprint"].startswith("xxh3:"), dict(f.attrs)
        assert f["rows"][:].tolist() == [[3, 60], [70, 70]] and f.attrs["seconds"] > 0
        assert contents_sum(np, h5py, f) == f.attrs["contents_sha256"]
        positives, negatives = f["scores/positives"], f["scores/negatives"]
        assert positives.dtype == np.uint32 and len(positives) + len(negatives) == 59 and len(negatives) > 0
        assert np.all(np.diff(negatives[:].astype(np.int64)) >= 0)


def check_h5py(folder, checkpoints, np, h5py):
    check_state(folder, np, h5py)
    for name, path in checkpoints.items():
        with h5py.File(folder / f"{name}.h5") as f:
            assert f.attrs["format"] == "dlrm-checkpoint" and f.attrs["source_layout"] == "C", dict(f.attrs)
            order = list(f.attrs["table_order"])
            assert order == [f"cat_{i}" for i in range(5)], order
            for i, table in enumerate(order):
                expected, values = np.load(path / f"feature_{i}_part0.npy"), f["tables"][table]["values"]
                assert values.dtype == expected.dtype and values[:].tobytes() == expected.tobytes(), table
                assert values.fletcher32 and values.chunks and values.compression is None
                assert values.attrs["units"] == "1" and values.attrs["long_name"]
                assert [d.keys()[0] if d.keys() else d.label for d in values.dims] is not None
                assert values.dims[0][0].name.endswith("/row") and values.dims[1][0].name.endswith("/column")
            for mlp in ("bottom_mlp", "top_mlp"):
                for k in f[mlp]:
                    for part in ("kernel", "bias"):
                        expected, values = np.load(path / f"{mlp}_layer_{k}_{part}_part0.npy"), f[mlp][k][part]
                        assert values.dtype == expected.dtype and values[:].tobytes() == expected.tobytes(), (mlp, k, part)
    with h5py.File(folder / "tables.h5") as f:
        assert [t.decode() for t in f["table"][:]] == [f"cat_{i}" for i in range(5)]
        for i in range(5):
            table = np.load(checkpoints["c_custom_cuda"] / f"feature_{i}_part0.npy").astype(np.float64)
            assert f["rows"][i] == len(table) and abs(f["mean"][i] - table.mean()) < 1e-9 and abs(f["std"][i] - table.std()) < 1e-9
            # Sums of products in float32 over 256 rows: gram error of the program's own contract, far above double rounding.
            got, want = f["singular_values"][i], np.linalg.svd(table, compute_uv=False)
            assert np.all(np.abs(got[: len(want)] - want) <= 1e-3 * want.max()), (got, want)
            assert f["histogram"][i].sum() + f["histogram_below"][i] + f["histogram_above"][i] == table.size
    # Packed anew by other software it is still a model with the same logits.
    for name, options in {"gzip": {"chunks": (100, 16), "compression": "gzip", "shuffle": True}, "contiguous": {}, "columns": {"chunks": (64, 10)}}.items():
        repack(h5py, folder / "c_custom_cuda.h5", folder / f"{name}.h5", options)
        cli("predict", folder / f"{name}.h5", "--data", folder.data, "--rows", "0-99", "--out", folder / f"{name}.npy")
        cli("predict", checkpoints["c_custom_cuda"], "--data", folder.data, "--rows", "0-99", "--out", folder / "original.npy")
        assert (folder / f"{name}.npy").read_bytes() == (folder / "original.npy").read_bytes(), name


def check_pandas(folder, checkpoints, np, h5py, pd):
    with h5py.File(folder / "predictions.h5") as f:
        frame = pd.DataFrame({k: f[k][:] for k in ("row", "probability", "prediction", "logit", "label")})
    assert len(frame) == 100 and frame["probability"].between(0, 1).all()
    assert np.allclose(1 / (1 + np.exp(-frame["logit"].astype(float))), frame["probability"], atol=1e-6)
    with h5py.File(folder / "tables.h5") as f:
        frame = pd.DataFrame({k: f[k][:] for k in ("rows", "mean", "std", "norm_p50")}, index=f["table"].asstr()[:])
    assert list(frame.index) == [f"cat_{i}" for i in range(5)] and list(frame["rows"]) == [1000, 7, 300, 3, 50]
    with h5py.File(folder / "c_custom_cuda.h5") as f:
        frame = pd.DataFrame(f["tables/cat_2/values"][:])
    assert frame.shape == (300, 16)


def check_xarray(folder, checkpoints, np, xr):
    for engine in ("h5netcdf", "netcdf4"):
        for name, path in checkpoints.items():
            with xr.open_dataset(folder / f"{name}.h5", engine=engine) as root:
                assert root.attrs["Conventions"] == "DLRM-Explorer-1.0" and list(root.attrs["table_order"])[0] == "cat_0"
            # netCDF has no type of 16-bit floats: its own library ends the process on such a group.
            if name == "c_fp16" and engine == "netcdf4":
                continue
            with xr.open_dataset(folder / f"{name}.h5", engine=engine, group="tables/cat_0") as table:
                assert table["values"].dims == ("row", "column") and table["values"].attrs["units"] == "1", table
                assert table["values"].values.tobytes() == np.load(path / "feature_0_part0.npy").tobytes()
            with xr.open_dataset(folder / f"{name}.h5", engine=engine, group="top_mlp/0") as layer:
                assert layer["kernel"].dims == ("input", "output") and layer["bias"].dims == ("output",)
        with xr.open_dataset(folder / "predictions.h5", engine=engine) as predictions:
            assert predictions["probability"].dims == ("row",) and predictions.sizes["row"] == 100
        with xr.open_dataset(folder / "tables.h5", engine=engine) as tables:
            assert tables["mean"].dims == ("table",) and tables["singular_values"].dims == ("table", "component")
            assert tables["histogram"].dims == ("table", "bin") and "metrics" not in tables
        with xr.open_dataset(folder / "evaluation.h5", engine=engine) as evaluation:
            assert "interaction_order" in evaluation.attrs


def main():
    which, source = sys.argv[1], pathlib.Path(sys.argv[3])
    modules = {"h5py": ("numpy", "h5py"), "pandas": ("numpy", "h5py", "pandas"), "xarray": ("numpy", "xarray", "h5netcdf", "netCDF4")}[which]
    loaded = need(*modules)
    golden = source / "tests/data/golden"
    checkpoints = {name: golden / "checkpoints" / name / "checkpoint" for name in ("c_custom_cuda", "c_fp16")}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Folder(temporary)
        folder.data = golden / "datasets/tiny"
        for name, path in checkpoints.items():
            cli("convert", path, folder / f"{name}.h5")
        model, data = checkpoints["c_custom_cuda"], folder.data
        cli("tables", model, "--out", folder / "tables.h5")
        cli("predict", model, "--data", data, "--rows", "0-99", "--out", folder / "predictions.h5")
        cli("evaluate", model, "--data", data, "--out", folder / "evaluation.h5")
        cli("evaluate", model, "--data", data, "--rows", "3-60,70", "--state", folder / "state.h5")
        {"h5py": check_h5py, "pandas": check_pandas, "xarray": lambda f, c, np, xr, *_: check_xarray(f, c, np, xr)}[which](folder, checkpoints, *loaded)
    print(f"{which}: {', '.join(f'{m.__name__} {m.__version__}' for m in loaded)}")


main()
