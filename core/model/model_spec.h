// SPDX-License-Identifier: Apache-2.0
// What a DLRM checkpoint is made of, as plain data read from its files: shapes, order, sources. Nothing is hard-coded
// to FL15.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/dtype.h"

namespace dlrm {

// How the interaction's output is laid out before the top MLP: CustomCuda [bottom | dots | zeros], Tensorflow [dots |
// bottom | zeros].
// Cross: cross layers put out what they take in, [bottom | table 0 | table 1 …]; InteractionKind::Cross always has it,
// and nothing else does.
enum class InteractionOrder : std::uint8_t { CustomCuda, Tensorflow, Cross };
std::string_view name(InteractionOrder);  // "custom_cuda", "tensorflow", "cross"
std::optional<InteractionOrder> interactionOrderFromName(std::string_view);

// Where the order comes from. Layouts A, B and C do not record it.
enum class OrderSource : std::uint8_t { Default, User, Detected, Format };
std::string_view name(OrderSource);  // "default", "user", "detected", "format"
std::optional<OrderSource> orderSourceFromName(std::string_view);

// What stands between the bottom and the top MLP: DLRM's dot products, or DCNv2's cross layers.
enum class InteractionKind : std::uint8_t { Dot, Cross };
std::string_view name(InteractionKind);  // "dot", "cross"

// How the vectors of several ids of a feature in one row become one vector.
enum class Combiner : std::uint8_t { Sum, Mean };
std::string_view name(Combiner);  // "sum", "mean"

struct TableSpec {
    std::string name;  // "cat_0" … in feature order; the dataset's feature names replace them where one is loaded
    std::int64_t rows = 0;  // cardinality
    std::int64_t dim = 0;
    DType dtype = DType::Float32;
    std::int64_t bytes = 0;  // of the values on disk
    int parts = 1;           // files
    std::string file;        // first file, relative to the checkpoint
};

struct LayerSpec {
    std::string name;                // "bottom_mlp/0"
    std::int64_t inputs = 0;         // rows of the kernel, padding included
    std::int64_t paddingInputs = 0;  // last rows of the kernel that always meet zeros: they hold no learned values
    std::int64_t outputs = 0;
    bool relu = true;  // false for the last layer, whose output is the logit
    DType dtype = DType::Float32;
    std::int64_t parameters() const { return inputs * outputs + outputs; }
};

// One cross layer of DCNv2 on x0 = [bottom | table 0 | table 1 …]: x' = x0 * (x·U·V + b) + x, element by element.
struct CrossLayerSpec {
    std::string name;             // "cross/0"
    std::int64_t width = 0;       // of x0, without padding
    std::int64_t projection = 0;  // columns of U = rows of V; 0: full rank, one square kernel instead
    DType dtype = DType::Float32;
    std::int64_t parameters() const { return (projection > 0 ? 2 * width * projection : width * width) + width; }
};

struct ModelSpec {
    std::string layout;                      // "A" … "F"
    std::string layoutDescription;           // one sentence: what wrote such files
    std::vector<TableSpec> tables;           // feature order when tableOrderKnown, else the checkpoint's own numbering
    bool tableOrderKnown = true;             // false: layout A without cardinalities; nothing can be predicted yet
    std::string tableOrderNote;              // how the order was found, shown by info; empty when the files say it
    std::vector<int> interactionTableOrder;  // interaction vector 1 + k is table interactionTableOrder[k]; vector 0 is
                                             // the bottom MLP's output
    std::vector<LayerSpec> bottomMlp, topMlp;
    std::int64_t numericalFeatures = 0;  // fed by the data (13), without padding; 0 when not known without a dataset
    std::int64_t embeddingDim = 0;       // outputs of the bottom MLP; with InteractionKind::Dot the dim of every table
    InteractionKind interaction = InteractionKind::Dot;
    std::vector<CrossLayerSpec> crossLayers;  // InteractionKind::Cross only; tables may then differ in dim
    InteractionOrder interactionOrder = InteractionOrder::CustomCuda;
    OrderSource orderSource = OrderSource::Default;
    // The order unless somebody says another: as the files record it, else as the layout or the training script has it.
    InteractionOrder ownOrder = InteractionOrder::CustomCuda;
    std::optional<Combiner> combiner;  // for multi-hot rows; nothing: the checkpoint does not say
    std::vector<std::string>
        missing;  // what a prediction needs and the checkpoint does not hold ("embedding tables"); empty: a whole model

    std::int64_t vectors() const { return static_cast<std::int64_t>(tables.size()) + 1; }  // 27
    std::int64_t pairs() const { return vectors() * (vectors() - 1) / 2; }                 // 351
    std::int64_t interactionWidth()
        const;  // inputs of the top MLP without padding: 479 = 351 pairs + 128; Cross: the width of x0
    std::int64_t parameters() const;  // values in all tensors
    std::int64_t bytes() const;       // of all tensors on disk
};

}  // namespace dlrm
