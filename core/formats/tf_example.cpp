// SPDX-License-Identifier: Apache-2.0
#include "core/formats/tf_example.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/formats/protobuf.h"

namespace dlrm {
namespace {

using Type = ProtoField::Type;
using Bytes = std::span<const std::byte>;

constexpr std::size_t kMostDimensions = 8;

Failure noExample(std::string expected, std::string found) {
    return fail(Error("E-TFR-003", "A record is not the example that the dataset's format.json describes.")
                    .butExpected(std::move(expected))
                    .butFound(std::move(found))
                    .withRemedy("Write the dataset again with the training code's transcribe.py."));
}

Failure noTensor(std::string expected, std::string found) {
    return fail(Error("E-TFR-004", "A record does not hold the tensor that the dataset's format.json describes.")
                    .butExpected(std::move(expected))
                    .butFound(std::move(found))
                    .withRemedy("Write the dataset again with the training code's transcribe.py."));
}

// The last field `number` of type bytes: protocol buffers let a later one replace an earlier. False when the message is
// damaged.
bool lastBytes(Bytes message, std::uint32_t number, std::optional<Bytes>& out) {
    ProtoFields fields(message);
    while (const auto f = fields.next())
        if (f->number == number && f->type == Type::Bytes) out = f->bytes;
    return !fields.damaged();
}

struct TfDtypeFacts {
    TfDtype dtype;
    std::int64_t itemSize;
};

constexpr TfDtypeFacts kTfDtypes[] = {{TfDtype::Float32, 4}, {TfDtype::Int32, 4}, {TfDtype::Int8, 1},
                                      {TfDtype::String, 0},  {TfDtype::Int64, 8}, {TfDtype::Float16, 2}};

// TensorShapeProto: dimensions with their sizes.
Result<std::vector<std::int64_t>> readShape(Bytes message) {
    std::vector<std::int64_t> shape;
    ProtoFields fields(message);
    while (const auto f = fields.next()) {
        if (f->number == 3 && f->value != 0) return noTensor("a shape", "an unknown rank");
        if (f->number != 2 || f->type != Type::Bytes) continue;
        std::int64_t size = 0;
        ProtoFields dimension(f->bytes);
        while (const auto d = dimension.next())
            if (d->number == 1 && d->type == Type::Varint) size = d->asSigned();
        if (dimension.damaged() || size < 0) return noTensor("dimensions of 0 or more", "a damaged or negative one");
        if (shape.size() == kMostDimensions)
            return noTensor(fmt::format("at most {} dimensions", kMostDimensions), "more");
        shape.push_back(size);
    }
    if (fields.damaged()) return noTensor("a shape", "a damaged one");
    return shape;
}

}  // namespace

Result<std::span<const std::byte>> exampleBytes(std::span<const std::byte> example, std::string_view name) {
    std::optional<Bytes> features;
    if (!lastBytes(example, 1, features)) return noExample("tf.train.Example", "a damaged message");
    std::optional<Bytes> feature;
    ProtoFields entries(features.value_or(Bytes()));
    while (const auto entry = entries.next()) {
        if (entry->number != 1 || entry->type != Type::Bytes) continue;
        std::optional<Bytes> key, value;
        if (!lastBytes(entry->bytes, 1, key) || !lastBytes(entry->bytes, 2, value))
            return noExample("named features", "a damaged one");
        if (asText(key.value_or(Bytes())) == name) feature = value.value_or(Bytes());
    }
    if (entries.damaged()) return noExample("named features", "a damaged message");
    if (!feature) return noExample(fmt::format("the feature \"{}\"", name), "none of that name");
    std::optional<Bytes> list;
    if (!lastBytes(*feature, 1, list) || !list)
        return noExample("a list of bytes", "another kind of feature, or a damaged one");
    std::optional<Bytes> only;
    ProtoFields values(*list);
    while (const auto value = values.next()) {
        if (value->number != 1 || value->type != Type::Bytes) continue;
        if (only) return noExample("one value of bytes", "several");
        only = value->bytes;
    }
    if (values.damaged() || !only) return noExample("one value of bytes", only ? "a damaged list" : "none");
    return *only;
}

Result<SerializedTensor> parseSerializedTensor(std::span<const std::byte> message) {
    SerializedTensor out;
    const TfDtypeFacts* known = nullptr;
    Bytes content;
    ProtoFields fields(message);
    while (const auto f = fields.next()) {
        if (f->number == 1 && f->type == Type::Varint) {
            known = std::find_if(std::begin(kTfDtypes), std::end(kTfDtypes), [&](const TfDtypeFacts& facts) {
                return static_cast<std::uint64_t>(facts.dtype) == f->value;
            });
            if (known == std::end(kTfDtypes))
                return noTensor("float16, float32, int8, int32, int64 or strings",
                                fmt::format("TensorFlow's type {}", f->value));
        } else if (f->number == 2 && f->type == Type::Bytes) {
            DLRM_TRY(out.shape, readShape(f->bytes));
        } else if (f->number == 4 && f->type == Type::Bytes) {
            content = f->bytes;
        } else if (f->number == 8 && f->type == Type::Bytes) {
            out.strings.push_back(f->bytes);
        }
    }
    if (fields.damaged() || !known) return noTensor("a serialized tensor", "a damaged message");
    out.dtype = known->dtype;
    out.elements = 1;
    for (const std::int64_t size : out.shape) {
        if (size != 0 && out.elements > std::numeric_limits<std::int64_t>::max() / 8 / size)
            return noTensor("a shape that a record can hold", "a larger one");
        out.elements *= size;
    }
    if (out.dtype == TfDtype::String) {
        if (static_cast<std::int64_t>(out.strings.size()) != out.elements)
            return noTensor(fmt::format("{} strings", out.elements), fmt::format("{}", out.strings.size()));
        return out;
    }
    const std::int64_t expected = out.elements * known->itemSize;
    if (static_cast<std::int64_t>(content.size()) != expected || !out.strings.empty())
        return noTensor(fmt::format("{} bytes of values, as the shape says", expected),
                        fmt::format("{} bytes", content.size()));
    out.content = content;
    return out;
}

}  // namespace dlrm
