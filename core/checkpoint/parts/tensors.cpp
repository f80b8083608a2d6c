// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/tensors.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "core/base/counted.h"

namespace dlrm {
namespace {

constexpr std::int64_t kMostTensorRows = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMostColumns = std::int64_t{1} << 16;      // of an embedding
constexpr std::int64_t kMostLayerWidth = std::int64_t{1} << 20;   // of an MLP
constexpr std::int64_t kMostLayerValues = std::int64_t{1} << 30;  // of one kernel, which is read into memory

Error ofTensor(const NpyTensor& tensor, const char* code, const char* message, std::string_view expected,
               std::string_view found, const char* remedy) {
    return Error(code, message).inFile(tensor.file->path()).butExpected(expected).butFound(found).withRemedy(remedy);
}

Error ofShape(const NpyTensor& tensor, const char* code, const char* message, std::string_view expected,
              const char* remedy) {
    return ofTensor(tensor, code, message, expected, "shape " + shapeText(tensor.header.shape), remedy);
}

Error partsDoNotFit(const NpyTensor& tensor, std::string_view expected) {
    return ofShape(tensor, "E-CKPT-013", "The parts of a table do not fit together.", expected,
                   "Copy the checkpoint again: a part is missing, was cut short or comes from another checkpoint.");
}

Error otherShape(const NpyTensor& tensor, std::string_view expected) {
    return ofShape(tensor, "E-CKPT-015", "A tensor does not have the shape its name asks for.", expected,
                   "Copy the checkpoint again: the file may be another one under a wrong name.");
}

Error mixedTypes(const NpyTensor& tensor, DType expected) {
    return ofTensor(tensor, "E-CKPT-026", "The files of one tensor or layer have different types.", name(expected),
                    name(tensor.dtype), "Copy the checkpoint again: a file comes from another checkpoint.");
}

Error tooLarge(const NpyTensor& tensor, std::string_view expected) {
    return ofShape(tensor, "E-CKPT-027", "A tensor is larger than any this program can use.", expected,
                   "Check that the file belongs to a DLRM checkpoint.");
}

TablePart partOf(const NpyTensor& tensor, std::span<const std::byte> mapped) {
    const NpyHeader& h = tensor.header;
    TablePart part;
    part.rows = h.shape[0];
    part.columns = h.shape[1];
    part.data = mapped.data() + h.dataOffset;
    part.rowStride = h.fortranOrder ? h.type.size : part.columns * h.type.size;
    part.columnStride = h.fortranOrder ? part.rows * h.type.size : h.type.size;
    part.byteSwapped = h.type.bigEndian;
    return part;
}

Result<void> checkMatrix(const NpyTensor& tensor, const char* what) {
    const auto& shape = tensor.header.shape;
    if (shape.size() == 2 && shape[0] > 0 && shape[1] > 0) return {};
    if (shape.size() == 2 && shape[1] > 0)
        return fail(ofShape(tensor, "E-CKPT-035", "Tables without rows and layers without inputs are not supported.",
                            std::string(what) + ", at least one row",
                            "A feature that has no values, or a model without numerical features, cannot be opened: "
                            "save the model without the feature, or with a numerical one."));
    return fail(otherShape(tensor, what));
}

}  // namespace

DType floatType(const NpyType& type) {
    return type.size == 2 ? DType::Float16 : type.size == 4 ? DType::Float32 : DType::Float64;
}

Result<StoredTensor> readStored(const NpyTensor& tensor) {
    StoredTensor out{tensor.dtype, tensor.header.shape, {}};
    if (tensor.stored) {
        DLRM_TRY(out.values, tensor.stored());
        return out;
    }
    if (tensor.reader) DLRM_TRY(tensor.reader());
    out.values.resize(static_cast<std::size_t>(tensor.header.dataBytes));
    DLRM_TRY(tensor.file->read(tensor.header.dataOffset, out.values));
    DLRM_TRY(tensor.file->checkUnchanged());
    const auto size = static_cast<std::size_t>(tensor.header.type.size);
    if (tensor.header.type.bigEndian)
        for (std::size_t i = 0; i < out.values.size(); i += size)
            std::reverse(out.values.data() + i, out.values.data() + i + size);
    if (tensor.header.fortranOrder && out.shape.size() == 2) {
        const auto rows = static_cast<std::size_t>(out.shape[0]), columns = static_cast<std::size_t>(out.shape[1]);
        std::vector<std::byte> values(out.values.size());
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < columns; ++c)
                std::memcpy(values.data() + (r * columns + c) * size, out.values.data() + (c * rows + r) * size, size);
        out.values = std::move(values);
    }
    return out;
}

Result<NpyTensor> TensorOpener::openTensor(const std::string& name) {
    if (m_stop.stop_requested()) return cancelled();
    report(m_progress, {"opening the checkpoint", m_opened++, m_files, "files"});
    DLRM_TRY(auto file, RandomAccessFile::openBeneath(m_directory, name));
    DLRM_TRY(auto header, readNpyHeader(*file));
    if (header.type.kind != NpyKind::Float)
        return fail(Error("E-CKPT-025", "The values of a tensor are not floating point numbers.")
                        .inFile(file->path())
                        .butExpected("float32, float16 or float64")
                        .butFound(dlrm::name(header.type))
                        .withRemedy("Check that the file belongs to a DLRM checkpoint."));
    const DType dtype = floatType(header.type);
    return NpyTensor{name, std::move(file), std::move(header), dtype, {}, {}};
}

Result<OpenTable> TensorOpener::openTable(const TableFileNames& names) {
    OpenTable table;
    std::int64_t blockRows = 0;  // of every row part but the last
    for (std::size_t p = 0; p < names.size(); ++p) {
        std::int64_t column = 0;
        for (std::size_t c = 0; c < names[p].size(); ++c) {
            DLRM_TRY(auto tensor, openTensor(names[p][c]));
            DLRM_TRY(checkMatrix(tensor, "a table, rows × columns"));
            const std::int64_t rows = tensor.header.shape[0], columns = tensor.header.shape[1];
            if (p == 0 && c == 0) {
                table.dtype = tensor.dtype;
                blockRows = rows;
            }
            if (tensor.dtype != table.dtype) return fail(mixedTypes(tensor, table.dtype));
            if (rows > kMostTensorRows || columns > kMostColumns)
                return fail(
                    tooLarge(tensor, fmt::format("at most {} rows and {} columns", kMostTensorRows, kMostColumns)));
            const bool lastPart = p + 1 == names.size();
            if (c > 0 && rows != table.parts.back().rows)
                return fail(partsDoNotFit(tensor, fmt::format("{} as in {}", counted(table.parts.back().rows, "row"),
                                                              table.tensors.back().name)));
            if (lastPart ? rows > blockRows : rows != blockRows)
                return fail(partsDoNotFit(
                    tensor, fmt::format("{}{} rows as in part 0", lastPart ? "at most " : "", blockRows)));
            if (p > 0 && columns != table.parts[c].columns)
                return fail(
                    partsDoNotFit(tensor, fmt::format("{} as in part 0", counted(table.parts[c].columns, "column"))));
            DLRM_TRY(auto mapped, tensor.file->map(Access::Random));
            TablePart part = partOf(tensor, mapped);
            part.firstRow = table.rows;
            part.firstColumn = column;
            column += columns;
            table.parts.push_back(part);
            table.tensors.push_back(std::move(tensor));
        }
        table.dim = column;
        table.rows += table.parts.back().rows;
        if (table.rows > kMostTensorRows || table.dim > kMostColumns)
            return fail(tooLarge(table.tensors.back(), fmt::format("a table of at most {} rows and {} columns",
                                                                   kMostTensorRows, kMostColumns)));
    }
    return table;
}

Result<std::vector<OpenLayer>> TensorOpener::openLayers(const NamedLayers& layers) {
    std::vector<OpenLayer> out;
    for (const auto& [number, names] : layers) {
        DLRM_TRY(auto kernel, openTensor(names.kernel));
        DLRM_TRY(auto bias, openTensor(names.bias));
        DLRM_TRY(out.emplace_back(), wholeLayer(std::move(kernel), std::move(bias)));
    }
    return out;
}

Result<OpenLayer> wholeLayer(NpyTensor kernel, NpyTensor bias) {
    DLRM_TRY(checkMatrix(kernel, "a kernel, inputs × outputs"));
    const std::int64_t inputs = kernel.header.shape[0], outputs = kernel.header.shape[1];
    if (inputs > kMostLayerWidth || outputs > kMostLayerWidth || inputs * outputs > kMostLayerValues)
        return fail(tooLarge(
            kernel, fmt::format("at most {} inputs and outputs and {} values", kMostLayerWidth, kMostLayerValues)));
    if (bias.header.shape.size() != 1) return fail(otherShape(bias, "a bias, one dimension"));
    if (bias.header.shape[0] != outputs)
        return fail(
            ofTensor(bias, "E-CKPT-017", "The bias of a layer does not fit its kernel.",
                     fmt::format("{}, the outputs of {}", counted(outputs, "value"), kernel.name),
                     counted(bias.header.shape[0], "value"),
                     "Copy the checkpoint again: one of the two files comes from another layer or checkpoint."));
    if (bias.dtype != kernel.dtype) return fail(mixedTypes(bias, kernel.dtype));
    return OpenLayer{std::move(kernel), std::move(bias)};
}

Result<OpenTable> tableInParts(NpyTensor tensor, std::vector<TablePart> parts) {
    DLRM_TRY(checkMatrix(tensor, "a table, rows × columns"));
    OpenTable table;
    table.rows = tensor.header.shape[0];
    table.dim = tensor.header.shape[1];
    table.dtype = tensor.dtype;
    if (table.rows > kMostTensorRows || table.dim > kMostColumns)
        return fail(tooLarge(tensor, fmt::format("at most {} rows and {} columns", kMostTensorRows, kMostColumns)));
    table.parts = std::move(parts);
    table.tensors.push_back(std::move(tensor));
    return table;
}

Result<OpenTable> wholeTable(NpyTensor tensor) {
    DLRM_TRY(auto table, tableInParts(std::move(tensor), {}));
    DLRM_TRY(auto mapped, table.tensors[0].file->map(Access::Random));
    table.parts.push_back(partOf(table.tensors[0], mapped));
    return table;
}

std::vector<OpenTable> splitRows(const OpenTable& fused, const std::vector<std::int64_t>& rows) {
    std::vector<OpenTable> tables;
    std::int64_t first = 0;
    for (const std::int64_t count : rows) {
        OpenTable& table = tables.emplace_back();
        table.rows = count;
        table.dim = fused.dim;
        table.dtype = fused.dtype;
        TablePart part = fused.parts[0];
        part.data += first * part.rowStride;
        part.rows = count;
        table.parts.push_back(part);
        table.tensors.push_back(fused.tensors[0]);
        first += count;
    }
    return tables;
}

Result<OpenTable> joinColumns(std::vector<OpenTable> slices) {
    OpenTable table;
    table.rows = slices[0].rows;
    table.dtype = slices[0].dtype;
    std::vector<std::pair<TablePart, NpyTensor>> parts;
    for (OpenTable& slice : slices) {
        if (slice.dtype != table.dtype) return fail(mixedTypes(slice.tensors[0], table.dtype));
        if (slice.rows != table.rows || slice.parts[0].rows != slices[0].parts[0].rows)
            return fail(partsDoNotFit(slice.tensors[0], "row parts as in " + parts[0].second.name));
        for (std::size_t i = 0; i < slice.parts.size(); ++i) {
            slice.parts[i].firstColumn += table.dim;
            parts.emplace_back(slice.parts[i], std::move(slice.tensors[i]));
        }
        table.dim += slice.dim;
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const auto& a, const auto& b) { return a.first.firstRow < b.first.firstRow; });
    for (auto& [part, tensor] : parts) {
        table.parts.push_back(part);
        table.tensors.push_back(std::move(tensor));
    }
    return table;
}

}  // namespace dlrm
