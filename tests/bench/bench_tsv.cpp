// SPDX-License-Identifier: Apache-2.0
// Rows a second of the dataset readers: raw Criteo TSV with a dictionary, split_binary, opening a TSV. Files are made
// in a temporary directory.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"

namespace {

namespace fs = std::filesystem;
using dlrm::Batch;
using dlrm::Dataset;

constexpr std::int64_t kRows = 400'000;
constexpr std::int64_t kNumericals = 13;
constexpr std::int64_t kFeatures = 26;
constexpr double kMissing = 0.1;
constexpr double kUnknown = 0.03;

[[noreturn]] void giveUp(const dlrm::Error& error) {
    std::fprintf(stderr, "%s\n", error.text().c_str());
    std::exit(2);
}

// A Criteo-like file of kRows rows and its dictionary (sizes from 3 to `largest` entries).
class Data {
public:
    explicit Data(std::int64_t largest)
        : m_directory(fs::temp_directory_path() / fmt::format("bench_tsv_{}_{}", ::getpid(), largest)) {
        fs::create_directories(m_directory / "dictionary");
        std::mt19937_64 random(1);
        std::vector<std::vector<std::uint32_t>> values(kFeatures);
        for (std::int64_t t = 0; t < kFeatures; ++t) {
            // Geometric from 3 to `largest`, as the sizes of real features spread.
            const auto entries = static_cast<std::int64_t>(
                3.0 * std::pow(static_cast<double>(largest) / 3.0, static_cast<double>(t) / (kFeatures - 1)));
            std::ofstream out(m_directory / "dictionary" / fmt::format("cat_{}.tsv", t));
            for (std::int64_t id = 1; id <= entries; ++id) {
                values[static_cast<std::size_t>(t)].push_back(static_cast<std::uint32_t>(id) * 2654435761u +
                                                              static_cast<std::uint32_t>(t));
                out << fmt::format("{:08x}\t{}\t{}\n", values[static_cast<std::size_t>(t)].back(), id,
                                   1'000'000'000 - id);
            }
        }
        std::ofstream out(path());
        std::uniform_real_distribution<double> uniform;
        std::string line;
        for (std::int64_t row = 0; row < kRows; ++row) {
            line.assign(1, random() % 4 ? '0' : '1');
            for (std::int64_t k = 0; k < kNumericals; ++k) {
                line += '\t';
                if (uniform(random) >= 2 * kMissing)
                    line += std::to_string(static_cast<int>(std::exp(uniform(random) * 9)) - 1);
            }
            for (std::int64_t t = 0; t < kFeatures; ++t) {
                const auto& known = values[static_cast<std::size_t>(t)];
                line += '\t';
                const double u = uniform(random);
                if (u < kMissing) continue;
                // Log-uniform ranks: frequent values first, as in the real data.
                const auto rank =
                    static_cast<std::size_t>(std::pow(static_cast<double>(known.size()), uniform(random))) - 1;
                line += dlrm::formatHex(u < kMissing + kUnknown ? static_cast<std::uint32_t>(random())
                                                                : known[std::min(rank, known.size() - 1)]);
            }
            line += '\n';
            out << line;
        }
    }
    ~Data() { fs::remove_all(m_directory); }
    Data(const Data&) = delete;
    Data& operator=(const Data&) = delete;

    std::string path() const { return (m_directory / "rows.tsv").string(); }
    std::string dictionary() const { return (m_directory / "dictionary").string(); }

private:
    fs::path m_directory;
};

const Data& smallData() {
    static const Data data(5'000);
    return data;
}
const Data& largeData() {
    static const Data data(1'000'000);
    return data;
}

std::shared_ptr<const Dataset> open(const Data& data) {
    dlrm::DatasetOptions options;
    options.dictionary = data.dictionary();
    auto dataset = dlrm::openDataset(data.path(), options);
    if (!dataset) giveUp(dataset.error());
    return *dataset;
}

void readTsv(benchmark::State& state, const Data& (*data)()) {
    const auto dataset = open(data());
    Batch batch;
    for (auto _ : state) {
        if (auto ok = dataset->read(0, dataset->rows(), batch); !ok) giveUp(ok.error());
        benchmark::DoNotOptimize(batch.ids.data());
    }
    state.SetItemsProcessed(state.iterations() * dataset->rows());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(fs::file_size(data().path())));
}

// Opening scans the file for rows and loads the dictionary; here without one.
void scanTsv(benchmark::State& state) {
    dlrm::DatasetOptions options;
    options.missingDictionary = dlrm::MissingDictionary::Row0;
    for (auto _ : state) {
        auto dataset = dlrm::openDataset(smallData().path(), options);
        if (!dataset) giveUp(dataset.error());
        benchmark::DoNotOptimize(*dataset);
    }
    state.SetItemsProcessed(state.iterations() * kRows);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(fs::file_size(smallData().path())));
}

void loadDictionary(benchmark::State& state) {
    std::int64_t entries = 0;
    for (auto _ : state) {
        auto dictionary = dlrm::Dictionary::open(largeData().dictionary());
        if (!dictionary) giveUp(dictionary.error());
        entries = 0;
        for (std::size_t t = 0; t < (*dictionary)->features(); ++t) entries += (*dictionary)->cardinality(t) - 1;
    }
    state.SetItemsProcessed(state.iterations() * entries);
}

void readSplitBinary(benchmark::State& state, const std::string& path) {
    auto dataset = dlrm::openDataset(path, {});
    if (!dataset) giveUp(dataset.error());
    const std::int64_t rows = (*dataset)->rows();
    Batch batch;
    for (auto _ : state) {
        if (auto ok = (*dataset)->read(0, rows, batch); !ok) giveUp(ok.error());
        benchmark::DoNotOptimize(batch.ids.data());
    }
    state.SetItemsProcessed(state.iterations() * rows);
}

// A file from scratch: dictionary, scan for rows, every row parsed and looked up.
void openAndReadTsv(benchmark::State& state, const std::string& path, const std::string& dictionary) {
    dlrm::DatasetOptions options;
    options.dictionary = dictionary;
    std::int64_t rows = 0;
    Batch batch;
    for (auto _ : state) {
        auto dataset = dlrm::openDataset(path, options);
        if (!dataset) giveUp(dataset.error());
        rows = (*dataset)->rows();
        if (auto ok = (*dataset)->read(0, rows, batch); !ok) giveUp(ok.error());
        benchmark::DoNotOptimize(batch.ids.data());
    }
    state.SetItemsProcessed(state.iterations() * rows);
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::RegisterBenchmark("tsv_read/small_dictionary", readTsv, smallData)
        ->MeasureProcessCPUTime()
        ->UseRealTime();
    benchmark::RegisterBenchmark("tsv_read/large_dictionary", readTsv, largeData)
        ->MeasureProcessCPUTime()
        ->UseRealTime();
    benchmark::RegisterBenchmark("tsv_open", scanTsv)->MeasureProcessCPUTime()->UseRealTime();
    benchmark::RegisterBenchmark("dictionary_open", loadDictionary)->MeasureProcessCPUTime()->UseRealTime();
    // Files of one's own, e.g. the ones a peer reads: DLRM_BENCH_TSV=FILE with DLRM_BENCH_DICTIONARY=DIR.
    const char* tsv = std::getenv("DLRM_BENCH_TSV");
    const char* dictionary = std::getenv("DLRM_BENCH_DICTIONARY");
    if (tsv && dictionary)
        benchmark::RegisterBenchmark("tsv_open_and_read", openAndReadTsv, std::string(tsv), std::string(dictionary))
            ->MeasureProcessCPUTime()
            ->UseRealTime();
    // A dataset of one's own: DLRM_BENCH_DATASET=DIR.
    if (const char* path = std::getenv("DLRM_BENCH_DATASET"))
        benchmark::RegisterBenchmark("split_binary_read", readSplitBinary, std::string(path))
            ->MeasureProcessCPUTime()
            ->UseRealTime();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
