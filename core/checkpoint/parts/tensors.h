// SPDX-License-Identifier: Apache-2.0
// Opened .npy tensors put together to tables and Dense layers. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/progress.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"
#include "core/checkpoint/checkpoint.h"
#include "core/formats/npy.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

// A tensor in a .npy file, or the same kind of bytes in another container.
struct NpyTensor {
    std::string name;  // of the file, inside the checkpoint's directory
    std::shared_ptr<RandomAccessFile> file;
    NpyHeader header;
    DType dtype = DType::Float32;
    // Reads the values where they are not those of a .npy file, checking what the container lets check. Empty:
    // readNpyFloats.
    std::function<Result<std::vector<float>>()> reader;

    // Gives the values as StoredTensor wants them, where they do not lie in `file` as `header` says. Empty: they do.
    std::function<Result<std::vector<std::byte>>()> stored;

    Result<std::vector<float>> read() const { return reader ? reader() : readNpyFloats(*file, header); }
};

// REQUIRES: type.kind is Float.
DType floatType(const NpyType& type);

// Checks what the container lets check. Errors as NpyTensor::read(). REQUIRES: one or two dimensions. Throws
// std::bad_alloc.
Result<StoredTensor> readStored(const NpyTensor& tensor);

// One embedding table. Parts stand in the order TableView wants; tensors[i] is the file of parts[i], or the only tensor
// that of all of them.
struct OpenTable {
    std::int64_t rows = 0, dim = 0;
    DType dtype = DType::Float32;
    std::vector<TablePart> parts;
    std::vector<NpyTensor> tensors;
};

struct OpenLayer {
    NpyTensor kernel, bias;
    std::int64_t inputs() const { return kernel.header.shape[0]; }
    std::int64_t outputs() const { return kernel.header.shape[1]; }
};

// One cross layer of DCNv2; without `u` it has full rank.
struct OpenCross {
    std::optional<NpyTensor> u;  // (width, projection)
    NpyTensor v, bias;           // (projection or width, width), (width)
};

// Errors: E-CKPT-015 not two-dimensional or empty, 027 too large, E-FILE-006.
Result<OpenTable> wholeTable(NpyTensor tensor);
// The same for values that lie in the parts of TableView's contract.
Result<OpenTable> tableInParts(NpyTensor tensor, std::vector<TablePart> parts);
// Errors as TensorOpener::openLayers.
Result<OpenLayer> wholeLayer(NpyTensor kernel, NpyTensor bias);
// The tables that a fused one holds, one after the other. REQUIRES: one part; rows are positive and add up to
// fused.rows.
std::vector<OpenTable> splitRows(const OpenTable& fused, const std::vector<std::int64_t>& rows);

// File names of one table: [row part][column chunk].
using TableFileNames = std::vector<std::vector<std::string>>;
struct LayerFileNames {
    std::string kernel, bias;
};

using NamedLayers = std::map<std::int64_t, LayerFileNames>;  // by layer number; a name that was not found is empty

// Opens the files of one checkpoint one after the other, reading headers only.
class TensorOpener {
public:
    TensorOpener(std::string directory, std::int64_t files, const Job& job)
        : m_directory(std::move(directory)), m_files(files), m_progress(job.progress), m_stop(job.stop) {}

    // Errors: E-FILE-00x, E-NPY-0xx, E-CKPT-025 the values are no floats, E-CANCELLED.
    Result<NpyTensor> openTensor(const std::string& name);

    // REQUIRES: at least one part; every row part has the same number of column chunks.
    // Errors: E-CKPT-013 parts that do not fit together, E-CKPT-015 not two-dimensional or empty, E-CKPT-026 mixed
    // types, E-CKPT-027 too large.
    Result<OpenTable> openTable(const TableFileNames& names);

    // Errors: E-CKPT-015 wrong number of dimensions or empty, E-CKPT-017 bias and kernel differ, E-CKPT-026 mixed
    // types, E-CKPT-027 too large.
    Result<std::vector<OpenLayer>> openLayers(const NamedLayers& layers);

private:
    std::string m_directory;
    std::int64_t m_files;
    const ProgressFn& m_progress;
    std::stop_token m_stop;
    std::int64_t m_opened = 0;
};

// The table whose columns are those of `slices`, one after the other. REQUIRES: at least one slice.
// Error E-CKPT-013 when their row parts differ, E-CKPT-026 when their types do.
Result<OpenTable> joinColumns(std::vector<OpenTable> slices);

}  // namespace dlrm
