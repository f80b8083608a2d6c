// SPDX-License-Identifier: Apache-2.0
// The MLPs, cross layers and tables inside a TensorBundle: which tensor is which. Private to core/checkpoint.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/checkpoint/parts/tensors.h"
#include "core/formats/tensor_bundle.h"

namespace dlrm {

struct BundleParts {
    std::vector<OpenTable> tables;  // in the order of tracking
    bool fused = false;             // the one table holds the rows of all, by its variable's name
    std::vector<OpenLayer> bottom, top;
    std::vector<OpenCross> cross;
    std::vector<std::string>
        others;  // names of tensors that are none of these; optimizer slots and counters are left out
};

// `directory`: of the bundle inside the checkpoint, "" or ending with '/'. A tensor is known by its key, as Keras'
// save_weights names it ("bottom_mlp_layers/0/kernel/…", "top_mlp/1/bias/…",
// "interact_op/cross_layers/0/_dense_u/kernel/…"), else by the variable's full name in the object graph, in the order
// of its number ("variables/10/…" of a SavedModel: "bottom_mlp/dense_1/kernel", "…/embedding_table").
// Errors: E-DENSE-001 a layer is not complete, 002 values of another type, E-GRAPH-0xx, E-TFB-0xx, those of wholeLayer
// and wholeTable.
Result<BundleParts> findParts(const std::shared_ptr<const TensorBundle>& bundle, const std::string& directory);

// The object graph, optimizer slots, counters: nothing a prediction needs.
bool isTrainingState(std::string_view key);

// A float tensor of a bundle. Error E-DENSE-002 another type, or one stored in pieces.
Result<NpyTensor> bundleTensor(const std::shared_ptr<const TensorBundle>& bundle, const BundleTensor& tensor,
                               const std::string& directory);

// A float tensor of two dimensions as a table, one that is stored in pieces put together from them. Nothing: its pieces
// do not make blocks of rows and columns as a TableView wants them. Errors: those of bundleTensor and wholeTable.
Result<std::optional<OpenTable>> bundleTable(const std::shared_ptr<const TensorBundle>& bundle,
                                             const BundleTensor& tensor, const std::string& directory);

}  // namespace dlrm
