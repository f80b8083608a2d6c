// SPDX-License-Identifier: Apache-2.0
#include "core/model/model_spec.h"

#include "core/base/enum_names.h"

namespace dlrm {
namespace {

constexpr std::string_view kOrders[] = {"custom_cuda", "tensorflow", "cross"};
constexpr std::string_view kSources[] = {"default", "user", "detected", "format"};

}  // namespace

std::string_view name(InteractionKind k) { return k == InteractionKind::Dot ? "dot" : "cross"; }

std::string_view name(InteractionOrder o) { return nameIn(kOrders, o); }

std::string_view name(OrderSource s) { return nameIn(kSources, s); }

std::optional<InteractionOrder> interactionOrderFromName(std::string_view text) {
    return valueNamed<InteractionOrder>(kOrders, text);
}

std::optional<OrderSource> orderSourceFromName(std::string_view text) {
    return valueNamed<OrderSource>(kSources, text);
}

std::string_view name(Combiner c) { return c == Combiner::Sum ? "sum" : "mean"; }

std::int64_t ModelSpec::interactionWidth() const {
    if (interaction == InteractionKind::Dot) return pairs() + embeddingDim;
    std::int64_t width = embeddingDim;
    for (const TableSpec& t : tables) width += t.dim;
    return width;
}

std::int64_t ModelSpec::parameters() const {
    std::int64_t n = 0;
    for (const TableSpec& t : tables) n += t.rows * t.dim;
    for (const LayerSpec& l : bottomMlp) n += l.parameters();
    for (const LayerSpec& l : topMlp) n += l.parameters();
    for (const CrossLayerSpec& l : crossLayers) n += l.parameters();
    return n;
}

std::int64_t ModelSpec::bytes() const {
    std::int64_t n = 0;
    for (const TableSpec& t : tables) n += t.bytes;
    for (const LayerSpec& l : bottomMlp) n += l.parameters() * itemSize(l.dtype);
    for (const LayerSpec& l : topMlp) n += l.parameters() * itemSize(l.dtype);
    for (const CrossLayerSpec& l : crossLayers) n += l.parameters() * itemSize(l.dtype);
    return n;
}

}  // namespace dlrm
