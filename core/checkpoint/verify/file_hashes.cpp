// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/verify/file_hashes.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/base/sha256.h"
#include "core/checkpoint/verify/verify.h"

namespace dlrm {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;  // of one pread; a stop is looked at between two
constexpr unsigned kMostThreads = 8;                      // pieces under way: enough for a disk's queue

// Runs `work(piece, buffer, done)` for pieces 0 … pieces-1, several at a time; `done` is to be told how many bytes were
// read. The first error ends all.
template <class Work>
Result<void> inParallel(std::size_t pieces, std::int64_t bytes, const ProgressFn& progress, const Work& work) {
    std::atomic<std::size_t> next = 0;
    std::atomic<std::int64_t> read = 0;
    std::atomic<bool> failed = false;
    std::mutex mutex;
    std::optional<Error> error;
    const auto run = [&](bool reports) {
        std::vector<std::byte> buffer(kReadBytes);
        const auto done = [&](std::int64_t n) {
            read += n;
            if (reports) report(progress, {"reading files", read, bytes, "bytes"});
        };
        for (std::size_t i = next++; i < pieces && !failed; i = next++) {
            auto outcome = work(i, std::span(buffer), done);
            if (outcome || failed.exchange(true)) continue;
            const std::lock_guard lock(mutex);
            error = std::move(outcome).error();
        }
    };
    {
        std::vector<std::jthread> helpers;
        const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
        for (unsigned t = 1; t < threads; ++t) helpers.emplace_back([&] { run(false); });
        run(true);
    }
    if (error) return fail(*std::move(error));
    report(progress, {"reading files", bytes, bytes, "bytes"});
    return {};
}

// Gives the bytes [offset, offset + bytes) to `take`, part by part.
template <class Take, class Done>
Result<void> readParts(const RandomAccessFile& file, std::int64_t offset, std::int64_t bytes,
                       std::span<std::byte> buffer, const std::stop_token& stop, Take take, Done done) {
    for (std::int64_t at = offset; at < offset + bytes;) {
        if (stop.stop_requested()) return cancelled();
        const auto part = buffer.first(static_cast<std::size_t>(
            std::min<std::int64_t>(static_cast<std::int64_t>(buffer.size()), offset + bytes - at)));
        DLRM_TRY(file.read(at, part));
        take(part);
        at += static_cast<std::int64_t>(part.size());
        done(static_cast<std::int64_t>(part.size()));
    }
    return {};
}

Result<void> checkUnchanged(const FilesToHash& work) {
    for (const auto& file : work.open) DLRM_TRY(file->checkUnchanged());
    return {};
}

}  // namespace

Result<FilesToHash> openFiles(const CheckpointFileList& list) {
    FilesToHash out;
    for (const std::string& name : list.names) {
        DLRM_TRY(auto file, list.open(name));
        VerifiedFile entry{recordableName(name), {}, file->size(), {}};
        entry.blocks.resize(static_cast<std::size_t>((entry.bytes + kVerifyBlockBytes - 1) / kVerifyBlockBytes));
        out.bytes += entry.bytes;
        out.blocks += static_cast<std::int64_t>(entry.blocks.size());
        out.files.push_back(std::move(entry));
        out.open.push_back(std::move(file));
    }
    return out;
}

Result<void> hashBlocks(FilesToHash& work, const Job& job) {
    std::vector<std::pair<std::size_t, std::size_t>> blocks;  // (file, block), in the order of the disk
    for (std::size_t f = 0; f < work.files.size(); ++f)
        for (std::size_t b = 0; b < work.files[f].blocks.size(); ++b) blocks.emplace_back(f, b);
    auto hashed =
        inParallel(blocks.size(), work.bytes, job.progress, [&](std::size_t i, std::span<std::byte> buffer, auto done) {
            const auto [f, b] = blocks[i];
            const std::int64_t offset = static_cast<std::int64_t>(b) * kVerifyBlockBytes;
            XXH3_state_t state;
            XXH3_64bits_reset(&state);
            auto read = readParts(
                *work.open[f], offset, std::min(kVerifyBlockBytes, work.files[f].bytes - offset), buffer, job.stop,
                [&](std::span<const std::byte> part) { XXH3_64bits_update(&state, part.data(), part.size()); }, done);
            work.files[f].blocks[b] = XXH3_64bits_digest(&state);
            return read;
        });
    return hashed ? checkUnchanged(work) : hashed;
}

Result<std::vector<std::string>> hashSha256(const FilesToHash& work, const Job& job) {
    std::vector<std::string> sums(work.files.size());
    auto hashed =
        inParallel(sums.size(), work.bytes, job.progress, [&](std::size_t f, std::span<std::byte> buffer, auto done) {
            Sha256 sum;
            auto read = readParts(
                *work.open[f], 0, work.files[f].bytes, buffer, job.stop,
                [&](std::span<const std::byte> part) { sum.update(part); }, done);
            sums[f] = sum.finish();
            return read;
        });
    if (hashed) hashed = checkUnchanged(work);
    DLRM_TRY(hashed);
    return sums;
}

}  // namespace dlrm
