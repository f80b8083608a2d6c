// SPDX-License-Identifier: Apache-2.0
// Layout F: tables deployed for HugeCTR's Hierarchical Parameter Server, as raw files <version>/<table>/key (int64) and
// emb_vector (float32), with the dense part as SavedModel beside them. The JSON gives the vector sizes; its paths are
// those of the serving machine and are never followed.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include "core/base/thread_safety.h"
#include "core/checkpoint/layouts/layouts.h"
#include "core/checkpoint/parts/dlrm_config.h"
#include "core/checkpoint/parts/feature_files.h"
#include "core/checkpoint/parts/fused_tables.h"
#include "core/checkpoint/parts/saved_models.h"
#include "core/dataset/readers/parallel_blocks.h"

namespace dlrm {
namespace {

// The deployment pads tables of fewer rows with zeros up to this many; fused ones are not padded.
constexpr std::int64_t kPaddedRows = 100;
constexpr std::int64_t kKeyBytes = 8, kShortKeyBytes = 4, kValueBytes = 4;

Error badTable(const RandomAccessFile& file, std::int64_t offset, std::string expected, std::string found) {
    return Error("E-LAYF-002", "The files of a deployed table do not fit together.")
        .inFile(file.path())
        .atOffset(offset)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy("Deploy the model again, or copy its files again: one was cut short.");
}

constexpr const char* kWrongKey = "E-LAYF-003";

// Keys [first, first + count) are their own numbers, as they are where rows stand in the order of their ids.
Result<void> checkKeys(const RandomAccessFile& keys, std::int64_t first, std::int64_t count) {
    std::vector<std::int64_t> found(static_cast<std::size_t>(count));
    DLRM_TRY(keys.read(first * kKeyBytes, std::as_writable_bytes(std::span(found))));
    for (std::size_t i = 0; i < found.size(); ++i) {
        const std::int64_t expected = first + static_cast<std::int64_t>(i);
        if (found[i] != expected)
            return fail(Error(kWrongKey, "The rows of a deployed table are not in the order of their ids.")
                            .inFile(keys.path())
                            .atOffset(expected * kKeyBytes)
                            .atRow(expected)
                            .butExpected(std::to_string(expected))
                            .butFound(std::to_string(found[i]))
                            .withRemedy("Deploy the model again with the original deploy script."));
    }
    return {};
}

// All keys of all tables, once. Opening looks at the first and the last page of each only: at the real size the keys
// are 250 MiB.
class AllKeys {
public:
    void add(const std::shared_ptr<RandomAccessFile>& keys, std::int64_t rows) {
        for (std::int64_t first = 0; first < rows; first += kKeysAtOnce)
            m_pieces.push_back({keys, first, std::min(kKeysAtOnce, rows - first)});
        m_bytes += rows * kKeyBytes;
    }
    Result<void> check(const Job& job) {
        while (!m_mutex.tryLockFor(kWait))
            if (job.stopped()) return cancelled();
        const TimedMutexLock lock(m_mutex, std::adopt_lock);
        if (m_outcome) return *m_outcome;
        // Alone: while it waits for its threads, this one must not take work that asks for the keys again.
        Result<void> outcome = tbb::this_task_arena::isolate([&] { return look(job); });
        // What was stopped or could not be read is tried again.
        if (outcome || outcome.error().code == kWrongKey) m_outcome = outcome;
        return outcome;
    }

private:
    static constexpr std::int64_t kKeysAtOnce = 128 * 1024;
    static constexpr auto kWait =
        std::chrono::milliseconds(20);  // for the thread that looks, between two looks at the stop token
    struct Piece {
        std::shared_ptr<RandomAccessFile> keys;
        std::int64_t first = 0, count = 0;
    };
    // On all threads; the error is that of the first key that is wrong.
    Result<void> look(const Job& job) const {
        if (m_pieces.empty()) return {};
        std::atomic<std::int64_t> done = 0;
        const auto caller = std::this_thread::get_id();
        return forEachBlock(0, static_cast<std::int64_t>(m_pieces.size()) - 1, job.stop,
                            [&](std::int64_t p) -> Result<void> {
                                const Piece& piece = m_pieces[static_cast<std::size_t>(p)];
                                DLRM_TRY(checkKeys(*piece.keys, piece.first, piece.count));
                                const std::int64_t bytes = done += piece.count * kKeyBytes;
                                if (std::this_thread::get_id() == caller)
                                    job.report({"comparing the keys of the tables", bytes, m_bytes, "bytes"});
                                return {};
                            });
    }
    TimedMutex m_mutex;  // held while the keys are read, once
    std::vector<Piece> m_pieces;
    std::int64_t m_bytes = 0;
    std::optional<Result<void>> m_outcome DLRM_GUARDED_BY(m_mutex);
};

Result<OpenTable> openTable(const std::string& path, const std::string& directory, std::int64_t dim,
                            CheckpointPieces& pieces, AllKeys& allKeys) {
    DLRM_TRY(auto keys, RandomAccessFile::openBeneath(path, directory + "key"));
    DLRM_TRY(auto vectors, RandomAccessFile::openBeneath(path, directory + "emb_vector"));
    const std::int64_t rows = keys->size() / kKeyBytes, rowBytes = dim * kValueBytes;
    if (const std::int64_t vectorsThere = vectors->size() / rowBytes;
        vectorsThere > 0 && vectors->size() % rowBytes == 0 && keys->size() == vectorsThere * kShortKeyBytes)
        return fail(
            Error("E-LAYF-004", "The keys of a deployed table are 32-bit integers, which are not read.")
                .inFile(keys->path())
                .atOffset(0)
                .butExpected(fmt::format("int64 keys, {} bytes for {} vectors", vectorsThere * kKeyBytes, vectorsThere))
                .butFound(fmt::format("int32 keys, {} bytes", keys->size()))
                .withRemedy("Deploy the model again with the original deploy script, which writes int64 keys."));
    if (rows < 1 || keys->size() % kKeyBytes != 0)
        return fail(badTable(*keys, 0, "8 bytes for each of at least one row", fmt::format("{} bytes", keys->size())));
    if (vectors->size() / rowBytes != rows || vectors->size() % rowBytes != 0)
        return fail(badTable(*vectors, std::min(vectors->size(), rows * rowBytes),
                             fmt::format("{} rows of {} values, {} bytes", rows, dim, rows * rowBytes),
                             fmt::format("{} bytes", vectors->size())));
    constexpr std::int64_t kPage = 512;
    for (const std::int64_t first : {std::int64_t{0}, std::max<std::int64_t>(0, rows - kPage)})
        DLRM_TRY(checkKeys(*keys, first, std::min(kPage, rows - first)));
    allKeys.add(keys, rows);
    pieces.others.push_back({directory + "key", "ids of a table", keys});
    NpyTensor tensor;
    tensor.name = directory + "emb_vector";
    tensor.file = std::move(vectors);
    tensor.header.shape = {rows, dim};
    tensor.header.elements = rows * dim;
    tensor.header.dataBytes = rows * rowBytes;
    return wholeTable(std::move(tensor));
}

// Rows that the deployment added: the trailing zero rows of a table of 100, down to the cardinality where it is known.
void removePadding(OpenTable& table, std::optional<std::int64_t> cardinality, int& shortened) {
    if (table.rows != kPaddedRows) return;
    const TablePart& part = table.parts[0];
    const auto isZero = [&](std::int64_t row) {
        const std::byte* at = part.data + row * part.rowStride;
        return std::all_of(at, at + part.rowStride, [](std::byte b) { return b == std::byte{0}; });
    };
    std::int64_t used = table.rows;
    while (used > 1 && isZero(used - 1)) --used;
    const std::int64_t rows = cardinality.value_or(used);
    if (rows < used || rows >= table.rows)
        return;  // rows that hold values stay: the comparison with the dataset then says what is wrong
    table.rows = rows;
    table.parts[0].rows = rows;
    ++shortened;
}

}  // namespace

bool recognisesLayoutF(const CheckpointDirectory& directory) { return !findDeployedModel(directory).hps.empty(); }

Result<Checkpoint::Contents> openLayoutF(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job) {
    DLRM_TRY(refuseTableOrder(path, options));
    const DeployedModel found = findDeployedModel(directory);
    const HpsPlace& place = found.hps.front();
    if (found.hps.size() > 1 || place.json.empty())
        return fail(
            Error("E-LAYF-001", "The deployed tables cannot be read as one model.")
                .inFile(directory.path + "/" + place.directory)
                .butExpected("one directory of tables with the JSON that names their vector sizes")
                .butFound(place.json.empty() ? "no JSON" : fmt::format("{} directories of tables", found.hps.size()))
                .withRemedy("Open the directory of one model, with all files of its deployment."));
    CheckpointPieces pieces(
        path, "F",
        "Deployed by DeepLearningExamples TensorFlow2 DLRM and DCNv2 for HugeCTR's Hierarchical Parameter Server.");
    DLRM_TRY(auto config, readHpsConfig(directory.path, place.directory + place.json));
    pieces.others.push_back({place.directory + place.json, "configuration", config.file});
    DLRM_TRY(const auto cardinalities, knownCardinalities(directory, options, pieces));
    const auto allKeys = std::make_shared<AllKeys>();
    for (std::size_t t = 0; t < config.vectorSizes.size(); ++t) {
        if (job.stopped()) return cancelled();
        DLRM_TRY(pieces.tables.emplace_back(),
                 openTable(directory.path, fmt::format("{}{}{}/", place.directory, place.version, t),
                           config.vectorSizes[t], pieces, *allKeys));
    }
    if (pieces.tables.size() == 1 && cardinalities.size() != 1) {
        DLRM_TRY(pieces.tables, splitFused(pieces.tables[0], cardinalities));
        pieces.tableOrderNote = "The tables were deployed as one; they were told apart by the cardinalities.";
    } else {
        int shortened = 0;
        const bool known = cardinalities.size() == pieces.tables.size();
        for (std::size_t t = 0; t < pieces.tables.size(); ++t)
            removePadding(pieces.tables[t], known ? std::optional(cardinalities[t]) : std::nullopt, shortened);
        if (shortened > 0)
            pieces.tableOrderNote =
                fmt::format("{} tables are shown without the zero rows that the deployment adds up to {}{}.", shortened,
                            kPaddedRows, known ? "" : "; a row of zeros at a table's own end is taken for one of them");
    }
    DLRM_TRY(auto parts, openSavedModels(directory.path, found.savedModels, pieces));
    auto contents = buildDeployed(std::move(pieces), std::move(parts), directory, options);
    if (contents) contents->lateCheck = [allKeys](const Job& inner) { return allKeys->check(inner); };
    return contents;
}

}  // namespace dlrm
