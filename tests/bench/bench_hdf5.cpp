// SPDX-License-Identifier: Apache-2.0
// A table written to our HDF5 against plain write and fsync, and read back against plain pread of the same file,
// alternately. Prints JSON lines.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/base/unique_fd.h"
#include "core/checkpoint/convert/convert.h"
#include "core/formats/fletcher32.h"
#include "core/formats/npy_writer.h"

namespace {

using namespace dlrm;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBlock = std::size_t{4} << 20;

double seconds(const std::function<void()>& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void print(const std::string& what, std::vector<double> values, const char* unit) {
    std::sort(values.begin(), values.end());
    fmt::print(
        "{{\"what\": \"{}\", \"value\": {:.5g}, \"unit\": \"{}\", \"min\": {:.5g}, \"max\": {:.5g}, \"reps\": {}}}\n",
        what, values[values.size() / 2], unit, values.front(), values.back(), values.size());
    std::fflush(stdout);
}

[[noreturn]] void giveUp(const Error& error) {
    std::fprintf(stderr, "%s\n", error.text().c_str());
    std::exit(2);
}

std::shared_ptr<const Checkpoint> opened(const std::string& path) {
    auto checkpoint = Checkpoint::open(path, {});
    if (!checkpoint) giveUp(checkpoint.error());
    return *checkpoint;
}

void writeTable(const std::string& path, std::int64_t rows, std::int64_t dim) {
    const std::int64_t shape[] = {rows, dim};
    auto file = NpyWriter::create(path, {}, shape);
    if (!file) giveUp(file.error());
    std::mt19937 random(1);
    std::vector<float> row(static_cast<std::size_t>(dim));
    for (std::int64_t r = 0; r < rows; ++r) {
        for (float& v : row) v = static_cast<float>(random()) * 0x1p-32F - 0.5F;
        if (auto ok = file->write(std::as_bytes(std::span(row))); !ok) giveUp(ok.error());
    }
    if (auto ok = file->finish(); !ok) giveUp(ok.error());
}

void plainWrite(const std::string& path, const Checkpoint& table) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    const TablePart& part = table.tables()[0].parts()[0];
    const auto bytes = static_cast<std::size_t>(part.rows * part.rowStride);
    for (std::size_t at = 0; at < bytes; at += kBlock)
        if (::write(fd.get(), part.data + at, std::min(kBlock, bytes - at)) < 0) std::exit(2);
    if (::fsync(fd.get()) != 0) std::exit(2);
}

void plainRead(const std::string& path, std::vector<std::byte>& buffer) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    for (off_t at = 0;; at += static_cast<off_t>(kBlock)) {
        const ssize_t n = ::pread(fd.get(), buffer.data(), kBlock, at);
        if (n < static_cast<ssize_t>(kBlock)) return;
    }
}

// Every row to a buffer, from where the program reads it.
void ourRead(const TableView& table, std::vector<std::byte>& buffer) {
    for (const TablePart& part : table.parts())
        std::memcpy(buffer.data(), part.data, static_cast<std::size_t>(part.rows * part.rowStride));
}

// What verify and convert do beyond that.
bool ourChecksums(const TableView& table, const std::vector<ChecksummedBytes>& checksums) {
    for (std::size_t i = 0; i < table.parts().size(); ++i) {
        std::uint32_t recorded = 0;
        const std::byte* data = table.parts()[i].data;
        std::memcpy(&recorded, data + checksums[i].bytes, sizeof recorded);
        if (fletcher32({data, static_cast<std::size_t>(checksums[i].bytes)}) != recorded) return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    std::string prefix;
    std::int64_t rows = 2'097'152, dim = 128;
    int reps = 5, writes = 2;
    CLI::App app("bench_hdf5");
    app.add_option("--prefix", prefix, "Where to put PREFIX.npy, PREFIX.raw and PREFIX.h5; PREFIX.h5 stays")
        ->required();
    app.add_option("--rows", rows);
    app.add_option("--dim", dim);
    app.add_option("--reps", reps);
    app.add_option("--writes", writes);
    CLI11_PARSE(app, argc, argv);
    const std::string npy = prefix + ".npy", raw = prefix + ".raw", h5 = prefix + ".h5";
    writeTable(npy, rows, dim);
    const double gigabytes = static_cast<double>(rows * dim) * 4e-9;
    const auto source = opened(npy);
    std::vector<double> plain, ours;
    for (int i = 0; i < writes; ++i) {
        plain.push_back(gigabytes / seconds([&] { plainWrite(raw, *source); }));
        std::filesystem::remove(raw);
        std::filesystem::remove(h5);
        ours.push_back(gigabytes / seconds([&] {
                           if (auto done = convertCheckpoint(*source, h5); !done) giveUp(done.error());
                       }));
    }
    print("hdf5.write.plain", plain, "GB/s");
    print("hdf5.write.ours", ours, "GB/s");
    std::filesystem::remove(npy);

    std::vector<double> open;
    for (int i = 0; i < reps; ++i) open.push_back(seconds([&] { opened(h5); }) * 1e3);
    print("hdf5.open", open, "ms");
    const auto file = opened(h5);
    const TableView& table = file->tables()[0];
    std::vector<std::byte> buffer(kBlock);
    std::vector<double> pread, read, checked;
    plainRead(h5, buffer);  // into the page cache
    ourRead(table, buffer);
    for (int i = 0; i < reps; ++i) {
        pread.push_back(gigabytes / seconds([&] { plainRead(h5, buffer); }));
        read.push_back(gigabytes / seconds([&] { ourRead(table, buffer); }));
        checked.push_back(gigabytes / seconds([&] {
                              if (!ourChecksums(table, file->checksums())) std::exit(2);
                          }));
    }
    print("hdf5.read.pread", pread, "GB/s");
    print("hdf5.read.ours", read, "GB/s");
    print("hdf5.read.checksums", checked, "GB/s");
    return 0;
}
