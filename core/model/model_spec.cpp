// SPDX-License-Identifier: Apache-2.0
#include "core/model/model_spec.h"

namespace dlrm {

std::string_view name(InteractionKind k) { return k == InteractionKind::Dot ? "dot" : "cross"; }

std::string_view name(InteractionOrder o) {
    switch (o) {
        case InteractionOrder::CustomCuda:
            return "custom_cuda";
        case InteractionOrder::Tensorflow:
            return "tensorflow";
        case InteractionOrder::Cross:
            return "cross";
    }
    return "";
}

std::string_view name(OrderSource s) {
    switch (s) {
        case OrderSource::Default:
            return "default";
        case OrderSource::User:
            return "user";
        case OrderSource::Detected:
            return "detected";
        case OrderSource::Format:
            return "format";
    }
    return "?";
}

std::optional<InteractionOrder> interactionOrderFromName(std::string_view text) {
    for (const auto order : {InteractionOrder::CustomCuda, InteractionOrder::Tensorflow, InteractionOrder::Cross})
        if (text == name(order)) return order;
    return std::nullopt;
}

std::optional<OrderSource> orderSourceFromName(std::string_view text) {
    for (const auto source : {OrderSource::Default, OrderSource::User, OrderSource::Detected, OrderSource::Format})
        if (text == name(source)) return source;
    return std::nullopt;
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
