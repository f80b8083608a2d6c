// SPDX-License-Identifier: Apache-2.0
// An opened checkpoint: its ModelSpec, its tables in mapped memory, its MLP weights on request.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

struct CheckpointOptions {
    std::optional<InteractionOrder> interactionOrder;  // set: orderSource = User
    // Cardinalities of the dataset in feature order, used by layout A to say which table is which feature. Empty: no
    // dataset. For every layout they must match the tables' rows, else E-CKPT-020.
    std::vector<std::int64_t> cardinalities;
    std::vector<std::string> featureNames;  // of the dataset's categorical features; empty or one per table
    std::int64_t numericalFeatures = 0;  // of the dataset; 0: not known, deduced from zero padding rule where possible
    // Layout A, --table-order: entry k is the feature number of the checkpoint's k-th table. A permutation, or empty.
    std::vector<int> tableOrder;
};

struct CheckpointFile {
    std::string name;  // relative to the checkpoint's directory
    std::int64_t bytes = 0;
    std::string tensor;  // "table 0", "bottom_mlp/0 kernel"
    std::string shape;   // "7912889 × 128"
    std::string dtype;   // "float32"
};

// A tensor of an MLP or of a cross layer. KernelU: of a cross layer with a projection, whose Kernel is then V.
struct LayerTensor {
    enum class Stack { Bottom, Top, Cross };
    enum class Part { Kernel, Bias, KernelU };
    Stack stack = Stack::Bottom;
    int layer = 0;
    Part part = Part::Kernel;
};

// Values in the type they are stored in, little-endian, in C order.
struct StoredTensor {
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> values;
};

// Bytes of a file with a checksum of their own in it: fletcher32, in the 4 bytes after them.
struct ChecksummedBytes {
    std::shared_ptr<RandomAccessFile> file;
    std::int64_t offset = 0, bytes = 0;
    std::string tensor;  // whose values these are
};

class Checkpoint {
public:
    // Recognises the layout by file names, reads headers only (no table value is touched), checks every size against
    // its shape. `path`: a directory, or for layout A a prefix ("dir/ckpt") or a directory that holds one prefix; of a
    // TensorFlow checkpoint also its .index file; or a file that is a model on its own (.h5), or a part of one (.npz,
    // .npy).
    // Errors: E-CKPT-0xx with the file, E-NPY-0xx from a file's own header, E-FILE-0xx.
    static Result<std::shared_ptr<const Checkpoint>> open(const std::string& path, const CheckpointOptions& options,
                                                          const Job& job = {});
    // Whether the files of `directory` are by their names a checkpoint's; no file is opened.
    static bool isIn(const std::string& directory);

    const std::string& path() const { return m_contents.path; }
    const ModelSpec& spec() const { return m_contents.spec; }
    const TableView& table(TableId id) const { return m_contents.tables[static_cast<std::size_t>(value(id))]; }
    std::span<const TableView> tables() const { return m_contents.tables; }
    const std::vector<CheckpointFile>& files() const { return m_contents.files; }
    // Every file that was opened, once or once per tensor in it.
    std::span<const std::shared_ptr<RandomAccessFile>> openFiles() const { return m_contents.openFiles; }
    // Checksums that the container holds and opening did not compare; verifyCheckpoint() does. In the order of each
    // file.
    const std::vector<ChecksummedBytes>& checksums() const { return m_contents.checksums; }
    // Names of entries of the directory that do not belong to the checkpoint.
    const std::vector<std::string>& ignoredFiles() const { return m_contents.ignoredFiles; }

    // Reads the weights of one layer as float32 (a few MB). Any thread. Errors: E-FILE-004/005, E-CKPT-030 non-finite
    // weights are NOT an error here.
    Result<DenseWeights> bottomLayer(int index) const;
    Result<DenseWeights> topLayer(int index) const;
    // The same for a cross layer of DCNv2 (spec().crossLayers).
    Result<CrossWeights> crossLayer(int index) const;
    // One of their tensors bit by bit. REQUIRES: spec() has it. Errors as bottomLayer().
    Result<StoredTensor> storedTensor(const LayerTensor& tensor) const { return m_contents.tensorReader(tensor); }

    // Error E-FILE-005 naming the file that was changed, truncated or replaced since open. One stat per file; the first
    // call also does what opening left out because it takes long (Contents::lateCheck), with progress in bytes,
    // E-CANCELLED within 100 ms of a stop, and its error then and in every later call.
    Result<void> checkUnchanged(const Job& job = {}) const;
    // The same for what one table's rows come from: its own files, and what opening left out. Another table's file may
    // be gone.
    Result<void> checkUnchanged(TableId table) const;
    // Starts reading the pages of these rows into the page cache without waiting: in the order of the file, neighbours
    // at once. Returns early on stop.
    void prefetchRows(TableId table, std::span<const RowId> rows, const std::stop_token& stop = {}) const;
    // The same for a whole table, step by step: takes about as long as the disk does. Returns within 100 ms of a stop.
    void prefetchTable(TableId table, const std::stop_token& stop) const;
    // The same for some rows in their order. A part stored column by column is read whole with its first row.
    void prefetchRange(TableId table, RowRange rows, const std::stop_token& stop) const;
    // Takes these rows' pages out of this process' memory, once a pass has read them; see RandomAccessFile::release().
    // Parts stored column by column stay.
    void releaseRange(TableId table, RowRange rows) const;
    // What identifies the bytes of a table: of every part its file (device, inode, size, times of change) and where in
    // it the values stand.
    std::string tableIdentity(TableId table) const;
    // How many of these rows do not begin in the page cache. The kernel tells it only of files the user owns or may
    // write: of others all count as cached.
    std::int64_t coldRows(TableId table, std::span<const RowId> rows) const;

    // What a format hands over. `openFiles` keeps the mappings of `tables` alive; `layerReader(top, index)` reads one
    // layer, `crossReader(index)` one cross layer (empty where there is none), `tensorReader` one tensor of either.
    struct Contents {
        std::string path;
        ModelSpec spec;
        std::vector<TableView> tables;
        std::vector<std::vector<std::shared_ptr<RandomAccessFile>>> tableFiles;  // per table, one per part
        std::vector<std::shared_ptr<RandomAccessFile>> openFiles;                // all, MLP files included
        std::vector<CheckpointFile> files;
        std::vector<std::string> ignoredFiles;
        std::vector<ChecksummedBytes> checksums;
        std::function<Result<DenseWeights>(bool top, int index)> layerReader;
        std::function<Result<CrossWeights>(int index)> crossReader;
        std::function<Result<StoredTensor>(const LayerTensor&)> tensorReader;
        // Of what must hold before any result is shown; remembers its outcome, unless it was stopped; any thread; may
        // be empty.
        std::function<Result<void>(const Job& job)> lateCheck;
    };
    explicit Checkpoint(Contents contents) : m_contents(std::move(contents)) {}

private:
    Contents m_contents;
};

}  // namespace dlrm
