// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/layouts/keras_format.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/checkpoint/parts/contents_builder.h"
#include "core/checkpoint/parts/hdf5_tensors.h"
#include "core/checkpoint/parts/keras_layers.h"
#include "core/formats/zip.h"

namespace dlrm {
namespace {

using Hdf5FilePtr = std::shared_ptr<const Hdf5File>;

// An HDF5 file, and the file that was given: a stored member of an archive begins at `offset` of it. Of a packed one
// nothing lies there.
struct Weights {
    Hdf5FilePtr hdf5;
    std::shared_ptr<RandomAccessFile> file;
    std::int64_t offset = 0;
};

// Of the weights inside a .keras archive.
Result<Weights> openArchive(const std::shared_ptr<RandomAccessFile>& file, const Job& job) {
    DLRM_TRY(const auto members, readZipDirectory(*file));
    const auto member =
        std::find_if(members.begin(), members.end(), [](const PackedRange& m) { return m.name == "model.weights.h5"; });
    if (member == members.end())
        return fail(Error("E-KERAS-006", "The Keras archive holds no weights.")
                        .inFile(file->path())
                        .butExpected("a member model.weights.h5")
                        .butFound(members.empty() ? "no member" : members.front().name)
                        .withRemedy("Save the model again with Keras."));
    DLRM_TRY(auto unpacked, unpack(*file, *member, job));
    DLRM_TRY(auto hdf5, Hdf5File::open(unpacked, job.stop));
    return Weights{std::move(hdf5), file, member->packing == Packing::Stored ? member->offset : 0};
}

NpyTensor tensorOf(const Weights& w, const Hdf5Object& o) {
    NpyTensor out = hdf5Tensor(
        w.hdf5, o, hdf5FloatType(o.type).value_or(DType::BFloat16));  // Keras stores bfloat16 as opaque bytes
    out.name = w.file->path().substr(w.file->path().rfind('/') + 1);
    out.file = w.file;
    out.header.dataOffset += w.offset;
    return out;
}

Result<std::vector<OpenLayer>> openLayers(const Weights& weights, const std::vector<KerasLayer>& layers,
                                          Hdf5Budget& budget) {
    std::vector<OpenLayer> out;
    for (const KerasLayer& l : layers) {
        for (const Hdf5Object* dataset : {l.kernel, l.bias}) DLRM_TRY(budget.take(*dataset));
        DLRM_TRY(out.emplace_back(), wholeLayer(tensorOf(weights, *l.kernel), tensorOf(weights, *l.bias)));
    }
    return out;
}

std::string describe(const KerasMlps& mlps) {
    std::string out = fmt::format("Weights of Dense layers that Keras saved ({}); not a whole model. ", mlps.kind);
    out += mlps.byNames
               ? "Names say which MLP they are."
               : "No name says which MLP they are: the one that ends with one output is taken for the top MLP.";
    if (!mlps.others.empty()) out += fmt::format(" {} other weights are left out.", mlps.others.size());
    return out;
}

// container: of a file whose weights lie inside it (".keras"); empty: the file is the weights.
Result<Checkpoint::Contents> partOfModel(const std::string& path, const Weights& weights,
                                         const CheckpointOptions& options, std::string_view container = {}) {
    DLRM_TRY(auto mlps, findKerasMlps(*weights.hdf5));
    if (!container.empty()) mlps.kind = container;
    CheckpointPieces pieces(path, "Keras", describe(mlps));
    Hdf5Budget budget(*weights.file);
    DLRM_TRY(pieces.bottom, openLayers(weights, mlps.bottom, budget));
    DLRM_TRY(pieces.top, openLayers(weights, mlps.top, budget));
    nameMissing(pieces);
    // A dataset's features are those of the tables, which are not here.
    CheckpointOptions withoutTables = options;
    withoutTables.cardinalities.clear();
    return buildContents(std::move(pieces), withoutTables);
}

}  // namespace

bool looksLikeArchive(const RandomAccessFile& file) {
    std::array<std::byte, 2> head;
    return file.size() > 4 && file.read(0, head) && head[0] == std::byte{'P'} && head[1] == std::byte{'K'};
}

Result<Checkpoint::Contents> openKerasArchive(const std::string& path, const std::shared_ptr<RandomAccessFile>& file,
                                              const CheckpointOptions& options, const Job& job) {
    DLRM_TRY(auto weights, openArchive(file, job));
    return partOfModel(path, weights, options, ".keras");
}

Result<Checkpoint::Contents> openKeras(const std::string& path, const std::shared_ptr<const Hdf5File>& file,
                                       const CheckpointOptions& options) {
    return partOfModel(path, {file, file->file(), 0}, options);
}

}  // namespace dlrm
