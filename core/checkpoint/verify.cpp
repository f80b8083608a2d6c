// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/verify.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/checkpoint/verify_sidecar.h"
#include "core/formats/fletcher32.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadBytes = std::size_t{1} << 20;   // of one pread; a stop is looked at between two
constexpr unsigned kMostThreads = 8;                       // blocks under way: enough for a disk's queue

// Where a checkpoint lies: the directory that file names are relative to, and the file of its hashes.
struct Place {
    fs::path base;
    std::string sidecar;
};

Result<Place> placeOf(const Checkpoint& checkpoint) {
    const fs::path path = checkpoint.path();
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::none)
        return fail(Error("E-VERIFY-004", "The checkpoint's place cannot be looked at.")
                        .inFile(path.string()).butExpected("a directory or a file that can be read").butFound(error.message()).withRemedy("Check the disk or the network file system."));
    if (fs::is_directory(status)) return Place{path, (path / kVerifySidecarName).string()};
    return Place{path.parent_path(), path.string() + "." + std::string(kVerifySidecarName)};
}

struct Work {
    std::vector<VerifiedFile> files;
    std::vector<std::shared_ptr<RandomAccessFile>> open;
    std::vector<std::pair<std::size_t, std::size_t>> blocks;  // (file, block), in the order of the disk
    std::map<std::pair<const RandomAccessFile*, std::int64_t>, std::vector<const ChecksummedBytes*>> checksums;  // by the file and block they begin in
    std::vector<VerifyFinding> damaged;                       // where one of those differs
    std::int64_t bytes = 0;
};

Work workOf(const Checkpoint& checkpoint, const fs::path& base) {
    std::map<std::string, std::string> tensors;  // by file name
    for (const CheckpointFile& file : checkpoint.files()) {
        std::string& text = tensors[file.name];
        text += (text.empty() ? "" : ", ") + file.tensor;
    }
    std::map<std::string, std::shared_ptr<RandomAccessFile>> byName;
    for (const auto& file : checkpoint.openFiles()) byName.emplace(fs::path(file->path()).lexically_relative(base).string(), file);
    Work work;
    for (const auto& [fileName, file] : byName) {
        VerifiedFile entry{fileName, tensors[fileName], file->size(), {}};
        entry.blocks.resize(static_cast<std::size_t>((file->size() + kVerifyBlockBytes - 1) / kVerifyBlockBytes));
        for (std::size_t b = 0; b < entry.blocks.size(); ++b) work.blocks.emplace_back(work.files.size(), b);
        work.bytes += file->size();
        work.files.push_back(std::move(entry));
        work.open.push_back(file);
    }
    for (const ChecksummedBytes& c : checkpoint.checksums()) work.checksums[{c.file.get(), c.offset / kVerifyBlockBytes}].push_back(&c);
    return work;
}

// Compares the checksums of one block, which was read just now.
Result<std::vector<VerifyFinding>> compareChecksums(const Work& work, std::size_t file, std::size_t block, const std::stop_token& stop) {
    std::vector<VerifyFinding> findings;
    const auto found = work.checksums.find({work.open[file].get(), static_cast<std::int64_t>(block)});
    if (found == work.checksums.end()) return findings;
    const auto mapped = work.open[file]->map(Access::Random);
    if (!mapped) return fail(mapped.error());
    for (const ChecksummedBytes* c : found->second) {
        if (stop.stop_requested()) return cancelled();
        const auto bytes = mapped->subspan(static_cast<std::size_t>(c->offset), static_cast<std::size_t>(c->bytes));
        std::uint32_t recorded = 0;
        std::memcpy(&recorded, bytes.data() + bytes.size(), sizeof recorded);
        if (const std::uint32_t sum = fletcher32(bytes); sum != recorded)
            findings.push_back({VerifyFinding::Problem::ChecksumDiffers, work.files[file].name, c->tensor, static_cast<std::int64_t>(block), c->offset, c->bytes,
                                fmt::format("{:08x}", recorded), fmt::format("{:08x}", sum)});
    }
    return findings;
}

// The hash of one block. `done` is told how many bytes were read.
template <class Done>
Result<std::uint64_t> hashBlock(const RandomAccessFile& file, std::int64_t offset, std::int64_t bytes, std::vector<std::byte>& buffer, const std::stop_token& stop, Done done) {
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (std::int64_t at = offset; at < offset + bytes;) {
        if (stop.stop_requested()) return cancelled();
        const auto part = std::span(buffer).first(static_cast<std::size_t>(std::min<std::int64_t>(static_cast<std::int64_t>(buffer.size()), offset + bytes - at)));
        if (auto read = file.read(at, part); !read) return fail(std::move(read).error());
        XXH3_64bits_update(&state, part.data(), part.size());
        at += static_cast<std::int64_t>(part.size());
        done(static_cast<std::int64_t>(part.size()));
    }
    return XXH3_64bits_digest(&state);
}

// Fills the hashes of work.files.
Result<void> hashAll(Work& work, const ProgressFn& progress, const std::stop_token& stop) {
    std::atomic<std::size_t> next = 0;
    std::atomic<std::int64_t> done = 0;
    std::atomic<bool> failed = false;
    std::mutex mutex;
    std::optional<Error> error;
    const auto run = [&](bool reports) {
        std::vector<std::byte> buffer(kReadBytes);
        for (std::size_t i = next++; i < work.blocks.size() && !failed; i = next++) {
            const auto [file, block] = work.blocks[i];
            const std::int64_t offset = static_cast<std::int64_t>(block) * kVerifyBlockBytes;
            const std::int64_t bytes = std::min(kVerifyBlockBytes, work.files[file].bytes - offset);
            auto hash = hashBlock(*work.open[file], offset, bytes, buffer, stop, [&](std::int64_t read) {
                done += read;
                if (reports) report(progress, {"reading files", done, work.bytes, "bytes"});
            });
            auto damaged = hash ? compareChecksums(work, file, block, stop) : Result<std::vector<VerifyFinding>>();
            if (hash) work.files[file].blocks[block] = *hash;
            const std::lock_guard lock(mutex);
            if (hash && damaged) work.damaged.insert(work.damaged.end(), damaged->begin(), damaged->end());
            else if (!failed.exchange(true)) error = hash ? std::move(damaged).error() : std::move(hash).error();
        }
    };
    {
        std::vector<std::jthread> helpers;
        const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
        for (unsigned t = 1; t < threads; ++t) helpers.emplace_back([&] { run(false); });
        run(true);
    }
    if (error) return fail(*std::move(error));
    return {};
}

std::vector<VerifyFinding> compare(const std::vector<VerifiedFile>& recorded, const std::vector<VerifiedFile>& here) {
    using Problem = VerifyFinding::Problem;
    std::vector<VerifyFinding> findings;
    std::map<std::string, const VerifiedFile*> byName;
    for (const VerifiedFile& file : here) byName.emplace(file.name, &file);
    for (const VerifiedFile& was : recorded) {
        const auto found = byName.find(was.name);
        if (found == byName.end()) {
            findings.push_back({Problem::Missing, was.name, was.tensors, -1, -1, -1, fmt::format("{} bytes", was.bytes), "not among the checkpoint's files"});
            continue;
        }
        const VerifiedFile& is = *found->second;
        byName.erase(found);
        if (is.bytes != was.bytes)
            findings.push_back({Problem::SizeDiffers, is.name, is.tensors, -1, -1, -1, fmt::format("{} bytes", was.bytes), fmt::format("{} bytes", is.bytes)});
        // Of a file whose size differs, the blocks that are whole in both.
        const std::int64_t common = is.bytes == was.bytes ? is.bytes : std::min(is.bytes, was.bytes) / kVerifyBlockBytes * kVerifyBlockBytes;
        for (std::int64_t offset = 0; offset < common; offset += kVerifyBlockBytes) {
            const auto b = static_cast<std::size_t>(offset / kVerifyBlockBytes);
            if (was.blocks[b] == is.blocks[b]) continue;
            findings.push_back({Problem::BlockDiffers, is.name, is.tensors, static_cast<std::int64_t>(b), offset, std::min(kVerifyBlockBytes, is.bytes - offset),
                                fmt::format("{:016x}", was.blocks[b]), fmt::format("{:016x}", is.blocks[b])});
        }
    }
    for (const auto& [fileName, file] : byName)
        findings.push_back({Problem::NotRecorded, fileName, file->tensors, -1, -1, -1, "no such file", fmt::format("{} bytes", file->bytes)});
    return findings;
}

}  // namespace

std::string_view name(VerifyFinding::Problem p) {
    switch (p) {
        case VerifyFinding::Problem::Missing: return "missing";
        case VerifyFinding::Problem::NotRecorded: return "not recorded";
        case VerifyFinding::Problem::SizeDiffers: return "size differs";
        case VerifyFinding::Problem::BlockDiffers: return "block differs";
        case VerifyFinding::Problem::ChecksumDiffers: return "checksum differs";
    }
    return "?";
}

std::string_view name(Verification::Outcome o) {
    switch (o) {
        case Verification::Outcome::Recorded: return "recorded";
        case Verification::Outcome::Unchanged: return "unchanged";
        case Verification::Outcome::Different: return "different";
    }
    return "?";
}

Result<Verification> verifyCheckpoint(const Checkpoint& checkpoint, const VerifyOptions& options, const ProgressFn& progress, std::stop_token stop) {
    const auto start = std::chrono::steady_clock::now();
    auto place = placeOf(checkpoint);
    if (!place) return fail(std::move(place).error());
    Verification out;
    out.sidecar = options.sidecar.empty() ? place->sidecar : options.sidecar;
    std::optional<VerifySidecar> recorded;
    if (!options.update) {
        auto read = readVerifySidecar(out.sidecar);
        if (!read) return fail(std::move(read).error());
        recorded = *std::move(read);
    }
    Work work = workOf(checkpoint, place->base);
    if (auto hashed = hashAll(work, progress, stop); !hashed) return fail(std::move(hashed).error());
    if (auto same = checkpoint.checkUnchanged(); !same) return fail(std::move(same).error());
    out.files = static_cast<std::int64_t>(work.files.size());
    out.bytes = work.bytes;
    out.blocks = static_cast<std::int64_t>(work.blocks.size());
    std::sort(work.damaged.begin(), work.damaged.end(), [](const VerifyFinding& a, const VerifyFinding& b) { return a.offset < b.offset; });
    if (recorded) {
        out.recordedAt = recorded->created;
        out.findings = compare(recorded->files, work.files);
        out.outcome = Verification::Outcome::Unchanged;
    } else if (work.damaged.empty()) {
        out.recordedAt = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
        out.outcome = Verification::Outcome::Recorded;
        if (auto written = writeVerifySidecar(out.sidecar, {out.recordedAt, checkpoint.spec().layout, std::move(work.files)}); !written) return fail(std::move(written).error());
    }
    out.findings.insert(out.findings.end(), work.damaged.begin(), work.damaged.end());
    if (!out.findings.empty()) out.outcome = Verification::Outcome::Different;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace dlrm
