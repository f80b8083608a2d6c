// SPDX-License-Identifier: Apache-2.0
// convert to a directory of .npy files, named as the original training code names them: layout C, or layout B where the
// tables' order asks for it.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/base/atomic_directory.h"
#include "core/checkpoint/convert/parts.h"
#include "core/checkpoint/parts/contents_builder.h"
#include "core/formats/npy_writer.h"

namespace dlrm {
namespace {

constexpr std::int64_t kRowsPerFileOfB = 1'048'576;  // as the original cuts tables

// Why neither layout can hold this model; empty: one can.
std::string reasonAgainst(const ModelSpec& spec, bool descending) {
    const auto isBf16 = [](const auto& part) { return part.dtype == DType::BFloat16; };
    if (!spec.missing.empty()) return fmt::format("no {}", spec.missing.front());
    if (spec.interaction == InteractionKind::Cross) return "cross layers, which these layouts have no files for";
    if (std::any_of(spec.tables.begin(), spec.tables.end(), isBf16) ||
        std::any_of(spec.bottomMlp.begin(), spec.bottomMlp.end(), isBf16) ||
        std::any_of(spec.topMlp.begin(), spec.topMlp.end(), isBf16))
        return "bfloat16 values, which .npy has no type for";
    if (!descending && spec.interactionTableOrder != featureOrder(spec.tables.size()))
        return "tables that interact in another order";
    return {};
}

// Whether the tables interact in descending cardinality, equal ones in feature order, and not simply in feature order.
bool isDescending(const ModelSpec& spec) {
    std::vector<int> order = featureOrder(spec.tables.size());
    if (spec.interactionTableOrder == order) return false;
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return spec.tables[static_cast<std::size_t>(a)].rows > spec.tables[static_cast<std::size_t>(b)].rows;
    });
    return spec.interactionTableOrder == order;
}

NpyType npyType(DType dtype) { return {NpyKind::Float, static_cast<int>(itemSize(dtype)), false}; }

std::string tableFile(std::size_t feature, const TableSpec& table, bool layoutB, std::int64_t part) {
    return layoutB ? fmt::format("feature_{}_{}_part{}.npy", feature, table.rows, part)
                   : fmt::format("feature_{}_part{}.npy", feature, part);
}

// What layouts B and C have no place for, and where it comes from when they are opened.
std::vector<std::string> lossesOf(const ModelSpec& spec, bool layoutB) {
    std::vector<std::string> notes;
    if (layoutB)
        notes.emplace_back("Layout B: the tables interact in descending cardinality, which layout C cannot say.");
    notes.emplace_back(
        spec.interactionOrder == InteractionOrder::Tensorflow
            ? "These files do not record the interaction order: open them with --interaction tensorflow."
            : "These files do not record the interaction order: custom_cuda is assumed when they are opened, as here.");
    if (spec.combiner)
        notes.push_back(fmt::format(
            "These files do not record how the ids of a row are combined: say --combiner {} for multi-hot rows.",
            name(*spec.combiner)));
    for (std::size_t f = 0; f < spec.tables.size(); ++f) {
        if (spec.tables[f].name == featureName({}, static_cast<int>(f))) continue;
        notes.emplace_back(
            "These files do not record the features' names: they are those of the dataset that is opened with them, "
            "else cat_0, cat_1, ….");
        break;
    }
    if (spec.numericalFeatures > 0 && spec.bottomMlp[0].paddingInputs > 0)
        notes.push_back(
            fmt::format("These files do not record that {} of the {} inputs are fed by the data: the dataset that is "
                        "opened with them says it.",
                        spec.numericalFeatures, spec.bottomMlp[0].inputs));
    return notes;
}

Result<void> writeTables(const Checkpoint& checkpoint, const std::string& directory, bool layoutB,
                         ConvertProgress& progress, const std::stop_token& stop) {
    TableBlocks blocks(checkpoint, false, stop);
    std::optional<NpyWriter> file;
    while (true) {
        DLRM_TRY(auto block, blocks.next());
        if (!block) return {};
        const TableSpec& table = checkpoint.spec().tables[block->table];
        const std::int64_t perFile = layoutB ? kRowsPerFileOfB : table.rows, first = block->firstRow,
                           end = first + block->rows;
        if (first % perFile == 0) {  // blocks are a power of two of rows, so none lies in two files
            const std::int64_t shape[] = {std::min(perFile, table.rows - first), table.dim};
            DLRM_TRY(auto created,
                     NpyWriter::create(directory + "/" + tableFile(block->table, table, layoutB, first / perFile),
                                       npyType(table.dtype), shape));
            file.emplace(std::move(created));
        }
        DLRM_TRY(file->write(block->bytes));
        progress.add(block->bytes.size());
        if (end == table.rows || end % perFile == 0) DLRM_TRY(file->finish());
        blocks.recycle(*std::move(block));
    }
}

Result<void> writeLayers(const Checkpoint& checkpoint, const std::string& directory, ConvertProgress& progress,
                         const std::stop_token& stop) {
    for (const NamedTensor& tensor : layerTensors(checkpoint.spec())) {
        if (stop.stop_requested()) return cancelled();
        DLRM_TRY(const auto stored, checkpoint.storedTensor(tensor.tensor));
        const char* mlp = tensor.tensor.stack == LayerTensor::Stack::Top ? "top_mlp" : "bottom_mlp";
        const std::string name =
            fmt::format("{}/{}_layer_{}_{}_part0.npy", directory, mlp, tensor.tensor.layer, tensor.part);
        DLRM_TRY(writeNpy(name, npyType(stored.dtype), stored.shape, stored.values));
        progress.add(stored.values.size());
    }
    return {};
}

}  // namespace

Result<Conversion> convertToDirectory(const Checkpoint& checkpoint, const ModelSpec& spec, const std::string& out,
                                      const Job& job) {
    const bool layoutB = isDescending(spec);
    if (const std::string reason = reasonAgainst(spec, layoutB); !reason.empty())
        return fail(Error("E-CONVERT-002", "This model cannot be written as a directory of layout B or C.")
                        .inFile(checkpoint.path())
                        .butExpected("tables of one width that interact by dot products, in feature order or "
                                     "descending cardinality, and two MLPs")
                        .butFound(reason)
                        .withRemedy("Convert it to an .h5 file, which holds every model."));
    DLRM_TRY(auto directory, AtomicDirectory::create(out));
    ConvertProgress done(spec, job.progress);
    DLRM_TRY(writeTables(checkpoint, directory.temporaryPath(), layoutB, done, job.stop));
    DLRM_TRY(writeLayers(checkpoint, directory.temporaryPath(), done, job.stop));
    DLRM_TRY(checkpoint.checkUnchanged(job));
    DLRM_TRY(directory.commit());

    Conversion result;
    result.layout = layoutB ? "B" : "C";
    result.tensors = static_cast<std::int64_t>(spec.tables.size() + layerTensors(spec).size());
    result.bytes = done.done();
    result.notes = lossesOf(spec, layoutB);
    return result;
}

}  // namespace dlrm
