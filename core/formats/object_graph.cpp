// SPDX-License-Identifier: Apache-2.0
#include "core/formats/object_graph.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/formats/protobuf.h"

namespace dlrm {
namespace {

using Type = ProtoField::Type;

Error damaged(std::string expected) {
    return Error("E-GRAPH-001", "The object graph of the checkpoint is damaged.")
        .butExpected(std::move(expected))
        .butFound("other bytes")
        .withRemedy("Save the model again with TensorFlow 2.");
}

// One attribute, or a child's number into `greatestChild`.
Result<void> readNode(std::span<const std::byte> node, std::map<std::string, std::string>& names,
                      std::uint64_t& greatestChild) {
    ProtoFields fields(node);
    while (const auto f = fields.next()) {
        if (f->number > 2 || f->type != Type::Bytes) continue;  // slot variables and savers
        std::string_view fullName, key;
        ProtoFields inner(f->bytes);
        while (const auto g = inner.next()) {
            if (f->number == 1 && g->number == 1 && g->type == Type::Varint)
                greatestChild = std::max(greatestChild, g->value);
            if (f->number == 2 && g->number == 2 && g->type == Type::Bytes) fullName = asText(g->bytes);
            if (f->number == 2 && g->number == 3 && g->type == Type::Bytes) key = asText(g->bytes);
        }
        if (inner.damaged())
            return fail(damaged(f->number == 1 ? "a child: node and name" : "an attribute: name, full name and key"));
        if (!key.empty()) names.emplace(key, fullName);
    }
    if (fields.damaged()) return fail(damaged("a node: children, attributes and slot variables"));
    return {};
}

}  // namespace

Result<std::map<std::string, std::string>> variableNames(std::span<const std::byte> graph) {
    std::map<std::string, std::string> names;
    std::size_t nodes = 0;
    std::uint64_t greatestChild = 0;
    ProtoFields fields(graph);
    while (const auto f = fields.next()) {
        if (f->number != 1 || f->type != Type::Bytes) continue;
        if (++nodes > kMostGraphNodes)
            return fail(Error("E-GRAPH-002", "The object graph is larger than that of any model.")
                            .butExpected(fmt::format("at most {} nodes", kMostGraphNodes))
                            .butFound("more")
                            .withRemedy("Check that the checkpoint is of a DLRM model."));
        DLRM_TRY(readNode(f->bytes, names, greatestChild));
    }
    if (fields.damaged()) return fail(damaged("nodes"));
    if (greatestChild >= std::max<std::size_t>(nodes, 1))
        return fail(Error("E-GRAPH-003", "The object graph names a node that is not there.")
                        .butExpected(fmt::format("one of {} nodes", nodes))
                        .butFound(fmt::format("node {}", greatestChild))
                        .withRemedy("Save the model again with TensorFlow 2."));
    return names;
}

}  // namespace dlrm
