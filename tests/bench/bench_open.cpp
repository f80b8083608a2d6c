// SPDX-License-Identifier: Apache-2.0
// Opening a model of the real size in layouts C, D, E and F, and its first 40 rows. The tables are files of holes:
// nothing of them may be read to open.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/checkpoint/checkpoint.h"
#include "core/synthetic/demo_shape.h"
#include "tests/support/bundle_writer.h"

using namespace dlrm;
using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

constexpr int kRuns = 15;
constexpr std::int64_t kFirstRows = 40;

[[noreturn]] void die(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

void writeFile(const fs::path& path, const std::string& bytes, std::int64_t size = -1) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    if (size >= 0) fs::resize_file(path, static_cast<std::uintmax_t>(size));
}

void writeNpy(const fs::path& path, std::int64_t rows, std::int64_t columns) {
    const std::string shape = rows ? fmt::format("({}, {})", rows, columns) : fmt::format("({},)", columns);
    std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}", shape);
    header.resize(117, ' ');
    header += '\n';
    const std::string head = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header;
    writeFile(path, head, static_cast<std::int64_t>(head.size()) + std::max<std::int64_t>(rows, 1) * columns * 4);
}

// A TensorBundle with one data file, tensors one behind the other; values are zeros and stand in the file as holes.
class Bundle {
public:
    void add(const std::string& key, const std::string& fullName, std::vector<std::int64_t> shape) {
        std::int64_t bytes = 4;
        for (const std::int64_t d : shape) bytes *= d;
        constexpr std::int64_t kChecked = 64 << 20;  // the checksum of a table is not looked at to open it
        std::string text = entry(1, shape, static_cast<std::uint64_t>(m_bytes),
                                 bytes <= kChecked ? std::string(static_cast<std::size_t>(bytes), '\0') : "");
        if (bytes > kChecked) text += field(5, static_cast<std::uint64_t>(bytes));
        m_entries.emplace_back(key, text);
        m_graph += field(1, field(2, field(1, "VARIABLE_VALUE") + field(2, fullName) + field(3, key)));
        m_bytes += bytes;
    }
    void write(const fs::path& prefix) {
        // A string's length is stored as varint, but checked as 4 bytes.
        const std::string length = littleEndian(m_graph.size(), 4), lengthCrc = littleEndian(maskedCrc(length), 4);
        const std::string graph = varint(m_graph.size()) + lengthCrc + m_graph;
        m_entries.emplace_back("_CHECKPOINTABLE_OBJECT_GRAPH",
                               field(1, 7) + field(2, "") + field(4, static_cast<std::uint64_t>(m_bytes)) +
                                   field(5, graph.size()) + varint((6 << 3) | 5) +
                                   littleEndian(maskedCrc(length + lengthCrc + m_graph), 4));
        std::sort(m_entries.begin(), m_entries.end());
        m_entries.insert(m_entries.begin(), {"", header()});
        writeFile(prefix.string() + ".index", sstable(m_entries));
        const std::string data = prefix.string() + ".data-00000-of-00001";
        writeFile(data, "", m_bytes);
        std::ofstream(data, std::ios::binary | std::ios::app) << graph;
    }

private:
    Entries m_entries;
    std::string m_graph;
    std::int64_t m_bytes = 0;
};

void addLayers(Bundle& bundle, const DemoShape& shape, bool numbered) {
    int variable = 1, dense = 0;
    const auto stack = [&](const char* mlp, std::int64_t inputs, const std::vector<std::int64_t>& widths) {
        for (std::size_t k = 0; k < widths.size(); ++k, ++dense) {
            for (const char* what : {"kernel", "bias"}) {
                const bool kernel = *what == 'k';
                const std::string path = std::string(mlp) == "bottom" ? fmt::format("bottom_mlp_layers/{}/{}", k, what)
                                                                      : fmt::format("top_mlp/{}/{}", k, what);
                bundle.add(
                    (numbered ? fmt::format("variables/{}", variable++) : path) + "/.ATTRIBUTES/VARIABLE_VALUE",
                    fmt::format("{}_mlp/dense{}/{}", mlp, dense ? fmt::format("_{}", dense) : "", what),
                    kernel ? std::vector<std::int64_t>{inputs, widths[k]} : std::vector<std::int64_t>{widths[k]});
            }
            inputs = widths[k];
        }
    };
    stack("bottom", shape.bottomInputs(), shape.bottom);
    stack("top", shape.topInputs(), shape.top);
}

void makeC(const fs::path& at, const DemoShape& shape) {
    for (const DemoTensor& t : demoTensors(shape)) writeNpy(at / t.file, t.rows, t.columns);
}

void makeD(const fs::path& at, const DemoShape& shape) {
    const std::vector<std::int64_t> dims(shape.cardinalities.size(), shape.dim);
    Bundle bundle;
    addLayers(bundle, shape, false);
    bundle.write(at / "dense" / "dense");
    writeFile(
        at / "dense/config.json",
        fmt::format(
            R"({{"embedding_dim": [{}], "interaction": "dot_custom_cuda", "bottom_mlp_dims": [{}], "top_mlp_dims": [{}], "num_numerical_features": {},
                          "categorical_cardinalities": [{}], "num_cross_layers": 3, "cross_layer_projection_dim": 8, "transpose": false, "batch_size": 64}})",
            fmt::join(dims, ", "), fmt::join(shape.bottom, ", "), fmt::join(shape.top, ", "), shape.numericals,
            fmt::join(shape.cardinalities, ", ")));
    writeFile(at / "sparse/config.json",
              fmt::format(R"({{"embedding_dim": [{}], "categorical_cardinalities": [{}], "concat_embedding": false}})",
                          fmt::join(dims, ", "), fmt::join(shape.cardinalities, ", ")));
    for (std::size_t t = 0; t < shape.cardinalities.size(); ++t)
        writeNpy(at / fmt::format("sparse/feature_{}.npy", t), shape.cardinalities[t], shape.dim);
}

void makeE(const fs::path& at, const DemoShape& shape) {
    std::int64_t rows = 0;
    for (const std::int64_t n : shape.cardinalities) rows += n;
    Bundle bundle;
    bundle.add("variables/0/.ATTRIBUTES/VARIABLE_VALUE",
               "dual_embedding_group/fused_embedding/embedding/embedding_table", {rows, shape.dim});
    addLayers(bundle, shape, true);
    bundle.write(at / "dlrm/1/model.savedmodel/variables/variables");
}

void makeF(const fs::path& at, const DemoShape& shape) {
    const std::vector<std::int64_t> dims(shape.cardinalities.size(), shape.dim);
    for (std::size_t t = 0; t < shape.cardinalities.size(); ++t) {
        const std::int64_t rows = shape.cardinalities[t];
        const fs::path table = at / fmt::format("sparse/1/{}", t);
        // Only the first and the last page of the keys are looked at; the rest may be holes.
        const fs::path keys = table / "key";
        writeFile(keys, "", rows * 8);
        std::fstream out(keys, std::ios::binary | std::ios::in | std::ios::out);
        for (const std::int64_t first : {std::int64_t{0}, std::max<std::int64_t>(0, rows - 512)}) {
            out.seekp(first * 8);
            for (std::int64_t r = first; r < std::min(rows, first + 512); ++r)
                out.write(reinterpret_cast<const char*>(&r), 8);
        }
        writeFile(table / "emb_vector", "", rows * shape.dim * 4);
    }
    writeFile(at / "sparse/sparse.json",
              fmt::format(R"({{"models": [{{"model": "sparse", "embedding_vecsize_per_table": [{}]}}]}})",
                          fmt::join(dims, ", ")));
    Bundle bundle;
    addLayers(bundle, shape, true);
    bundle.write(at / "dense/1/model.savedmodel/variables/variables");
}

double openOnce(const std::string& path, const CheckpointOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    const auto opened = Checkpoint::open(path, options);
    if (!opened) die(opened.error().text());
    std::vector<float> row;
    for (std::int64_t r = 0; r < kFirstRows; ++r) {
        const TableView& table = (*opened)->tables()[0];
        row.resize(static_cast<std::size_t>(table.dim()));
        table.copyRow(r, row);
    }
    const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - begin;
    if (!(*opened)->spec().missing.empty()) die(path + " is not a whole model");
    return ms.count();
}

}  // namespace

int main() {
    const DemoShape shape = DemoShape::fl15();
    const fs::path root = fs::temp_directory_path() / fmt::format("dlrm-bench-open-{}", getpid());
    struct Layout {
        const char* name;
        void (*make)(const fs::path&, const DemoShape&);
        bool fused;
    };
    for (const Layout& layout :
         {Layout{"C", makeC, false}, Layout{"D", makeD, false}, Layout{"E", makeE, true}, Layout{"F", makeF, false}}) {
        const fs::path at = root / layout.name;
        layout.make(at, shape);
        CheckpointOptions options;
        if (layout.fused) options.cardinalities = shape.cardinalities;
        std::vector<double> ms;
        for (int i = 0; i < kRuns; ++i) ms.push_back(openOnce(at.string(), options));
        std::sort(ms.begin(), ms.end());
        fmt::print(
            "{{\"what\": \"open layout {}\", \"value\": {:.2f}, \"unit\": \"ms\", \"best\": {:.2f}, \"worst\": {:.2f}, "
            "\"runs\": {}}}\n",
            layout.name, ms[kRuns / 2], ms.front(), ms.back(), kRuns);
        fs::remove_all(at);
    }
    fs::remove_all(root);
}
