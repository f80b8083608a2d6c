// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/verify/verify.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/checkpoint/checkpoint_files.h"
#include "core/checkpoint/verify/file_hashes.h"
#include "core/checkpoint/verify/own_checksums.h"
#include "core/checkpoint/verify/sidecar.h"

namespace dlrm {
namespace {

using Mode = VerifyOptions::Mode;
using Problem = VerifyFinding::Problem;

Error noRecord(const std::string& sidecar, std::string found) {
    return Error("E-VERIFY-005", "There is nothing to compare the checkpoint with.")
        .inFile(sidecar)
        .butExpected("hashes that were recorded of these files")
        .butFound(std::move(found))
        .withRemedy(
            "Record them (verify --record) once you know that the checkpoint is right, or name the file that they were "
            "recorded in.");
}

std::vector<VerifyFinding> compare(const std::vector<VerifiedFile>& recorded, const std::vector<VerifiedFile>& here) {
    std::vector<VerifyFinding> findings;
    std::map<std::string, const VerifiedFile*> byName;
    for (const VerifiedFile& file : here) byName.emplace(file.name, &file);
    for (const VerifiedFile& was : recorded) {
        const auto found = byName.find(was.name);
        if (found == byName.end()) {
            findings.push_back(
                {Problem::Missing, was.name, was.tensors, -1, -1, -1, counted(was.bytes, "byte"), "no such file"});
            continue;
        }
        const VerifiedFile& is = *found->second;
        byName.erase(found);
        if (is.bytes != was.bytes)
            findings.push_back({Problem::SizeDiffers, is.name, was.tensors, -1, -1, -1, counted(was.bytes, "byte"),
                                counted(is.bytes, "byte")});
        // Of a file whose size differs, the blocks that are whole in both.
        const std::int64_t common =
            is.bytes == was.bytes ? is.bytes : std::min(is.bytes, was.bytes) / kVerifyBlockBytes * kVerifyBlockBytes;
        for (std::int64_t offset = 0; offset < common; offset += kVerifyBlockBytes) {
            const auto b = static_cast<std::size_t>(offset / kVerifyBlockBytes);
            if (was.blocks[b] == is.blocks[b]) continue;
            findings.push_back({Problem::BlockDiffers, is.name, was.tensors, static_cast<std::int64_t>(b), offset,
                                std::min(kVerifyBlockBytes, is.bytes - offset), fmt::format("{:016x}", was.blocks[b]),
                                fmt::format("{:016x}", is.blocks[b])});
        }
    }
    for (const auto& [fileName, file] : byName)
        findings.push_back(
            {Problem::NotRecorded, fileName, file->tensors, -1, -1, -1, "no such file", counted(file->bytes, "byte")});
    return findings;
}

// What stands in each file, "table 3, table 4".
void nameTensors(std::vector<VerifiedFile>& files, const Checkpoint& checkpoint) {
    std::map<std::string, std::string> tensors;
    for (const CheckpointFile& file : checkpoint.files()) {
        std::string& text = tensors[file.name];
        text += (text.empty() ? "" : ", ") + file.tensor;
    }
    for (VerifiedFile& file : files)
        if (const auto found = tensors.find(file.name); found != tensors.end()) file.tensors = found->second;
}

// The record as a file to be.
Result<AtomicFile> startRecord(const std::string& sidecar, bool inDefaultPlace) {
    auto file = AtomicFile::create(sidecar);
    if (file || !inDefaultPlace) return file;
    return fail(Error("E-VERIFY-006", "The hashes cannot be recorded beside the checkpoint.")
                    .inFile(sidecar)
                    .butExpected("a folder that can be written to")
                    .butFound(file.error().found)
                    .withRemedy("Name another file to record them in, outside the checkpoint."));
}

// The record may stand inside the checkpoint under any name.
void leaveOut(CheckpointFileList& list, const std::string& sidecar) {
    std::error_code none;
    if (!std::filesystem::exists(sidecar, none)) return;
    std::erase_if(list.names, [&](const std::string& name) {
        return std::filesystem::equivalent(list.pathOf(name), sidecar, none);
    });
}

// `checkpoint`: null where it does not open, because of `why`.
Result<Verification> verifyFiles(const std::string& path, const Checkpoint* checkpoint, const Error* why,
                                 const VerifyOptions& options, const Job& job) {
    const auto start = std::chrono::steady_clock::now();
    Verification out;
    if (why) out.notOpened = why->code + ": " + why->message;
    out.sidecar = options.sidecar.empty() ? defaultRecord(path) : options.sidecar;
    std::optional<VerifySidecar> recorded;
    // Also what is to be recorded anew is read: only a record may be replaced by one.
    auto read = readVerifySidecar(out.sidecar);
    if (!read && (options.mode != Mode::Record || read.error().code != "E-VERIFY-003"))
        return fail(std::move(read).error());
    out.replaced = options.mode == Mode::Record && (!read || read->has_value());
    if (options.mode != Mode::Record) recorded = *std::move(read);
    // Where nothing was recorded, nobody knows what a place that is no checkpoint should hold.
    if (!recorded && why && (why->code == "E-CKPT-003" || why->code == "E-CKPT-005")) return fail(*why);
    auto list = everyFile(path);
    if (!list && recorded && (list.error().code == "E-CKPT-001" || list.error().code == "E-CKPT-004"))
        list = CheckpointFileList{};  // all are gone
    DLRM_TRY(list);
    leaveOut(*list, out.sidecar);
    DLRM_TRY(auto own, compareOwnChecksums(*list, job));
    const std::string agreed =
        own.compared == 0
            ? ""
            : fmt::format("; {} in the files themselves {} compared and {}", counted(own.compared, "checksum"),
                          own.compared == 1 ? "was" : "were", own.compared == 1 ? "agrees" : "agree");
    if (!recorded && own.damage.empty() && options.mode == Mode::Compare)
        return fail(noRecord(out.sidecar, "no such file" + agreed));
    if (!recorded && why && own.damage.empty()) return fail(*why);
    // A place that cannot be written to is known before anything is hashed, and does not hide damage.
    std::optional<AtomicFile> record;
    if (!recorded && !why && own.damage.empty()) {
        auto started = startRecord(out.sidecar, options.sidecar.empty());
        if (!started) {
            Error error = std::move(started).error();
            error.found += agreed;
            return fail(std::move(error));
        }
        record.emplace(*std::move(started));
    }
    DLRM_TRY(auto work, openFiles(*list));
    DLRM_TRY(hashBlocks(work, job));
    if (checkpoint) {
        for (const auto& file : checkpoint->openFiles()) DLRM_TRY(file->checkUnchanged());
        nameTensors(work.files, *checkpoint);
    }
    out.files = std::ssize(work.files);
    out.bytes = work.bytes;
    out.blocks = work.blocks;
    out.checksums = own.compared;
    out.attributesUnchecked = own.attributesUnchecked;
    if (recorded) {
        out.recordedAt = recorded->created;
        out.findings = compare(recorded->files, work.files);
        out.outcome = out.findings.empty() ? Verification::Outcome::Unchanged : Verification::Outcome::Different;
    } else if (record) {
        out.recordedAt = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
        out.outcome = Verification::Outcome::Recorded;
        DLRM_TRY(
            writeVerifySidecar(*std::move(record), {out.recordedAt, checkpoint->spec().layout, std::move(work.files)}));
    }
    std::erase_if(own.damage, [&](const VerifyFinding& f) {  // what the record tells as well
        return f.problem != Problem::ChecksumDiffers &&
               std::any_of(out.findings.begin(), out.findings.end(),
                           [&](const VerifyFinding& r) { return r.file == f.file && r.problem == f.problem; });
    });
    if (!own.damage.empty()) out.outcome = Verification::Outcome::Damaged;
    out.findings.insert(out.findings.end(), own.damage.begin(), own.damage.end());
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace

std::string_view name(VerifyFinding::Problem p) {
    static constexpr std::string_view kNames[] = {"missing", "not recorded", "size differs", "block differs",
                                                  "checksum differs"};
    return kNames[static_cast<std::size_t>(p)];
}

std::string_view name(Verification::Outcome o) {
    static constexpr std::string_view kNames[] = {"recorded", "unchanged", "different", "damaged"};
    return kNames[static_cast<std::size_t>(o)];
}

std::string Verification::ofAnother() const {
    const auto count = [this](Problem p) {
        return std::count_if(findings.begin(), findings.end(), [p](const VerifyFinding& f) { return f.problem == p; });
    };
    const std::int64_t gone = count(Problem::Missing);
    if (files == 0 || gone == 0 || count(Problem::NotRecorded) != files) return {};
    return fmt::format("This record seems to be of another checkpoint: {} here.",
                       gone == 1 ? "its only file is not" : fmt::format("none of its {} is", counted(gone, "file")));
}

Result<Verification> verifyCheckpoint(const Checkpoint& checkpoint, const VerifyOptions& options, const Job& job) {
    return verifyFiles(checkpoint.path(), &checkpoint, nullptr, options, job);
}

Result<Verification> verifyUnopened(const std::string& path, const Error& why, const VerifyOptions& options,
                                    const Job& job) {
    return verifyFiles(path, nullptr, &why, options, job);
}

Result<std::string> requireVerified(const Checkpoint& checkpoint, const Job& job, const std::string& named) {
    const auto refuse = [&](const std::vector<VerifyFinding>& findings, const std::string& another = {}) {
        return fail(Error("E-VERIFY-007", "The checkpoint's files are not what they should be.")
                        .inFile(checkpoint.path())
                        .butExpected("files that match their checksums and what was recorded")
                        .butFound(another.empty() ? damageText(findings) : another)
                        .withRemedy(another.empty() ? "Copy these files again; verify lists all that differs."
                                                    : "Name the file that this checkpoint's hashes were recorded in."));
    };
    const std::string sidecar = named.empty() ? defaultRecord(checkpoint.path()) : named;
    DLRM_TRY(auto record, readVerifySidecar(sidecar));
    if (!record && !named.empty()) return fail(noRecord(named, "no such file"));
    if (record) {
        DLRM_TRY(const auto verified, verifyCheckpoint(checkpoint, {sidecar, Mode::Compare}, job));
        if (!verified.isGood()) return refuse(verified.findings, verified.ofAnother());
        return fmt::format("Verified: {} as recorded on {}.",
                           verified.files == 1 ? "the file is" : fmt::format("all {} files are", verified.files),
                           verified.recordedAt);
    }
    // Every file with values must hold checksums of them.
    for (const CheckpointFile& file : checkpoint.files())
        if (!file.dtype.empty() && !holdsOwnChecksums(file.name))
            return fail(noRecord(sidecar, "no such file, and no checksums in " + file.name));
    DLRM_TRY(const auto own, compareOwnChecksums(checkpoint, job));
    if (!own.damage.empty()) return refuse(own.damage);
    if (own.compared == own.ofAttributes)
        return fail(noRecord(sidecar, "no such file, and no checksums in the checkpoint's files"));
    std::string out = fmt::format("Verified: {} in the checkpoint's own files {}.", counted(own.compared, "checksum"),
                                  own.compared == 1 ? "agrees" : "agree");
    for (const std::string& file : own.attributesUnchecked)
        out += fmt::format(" {} holds none of its attributes.", file);
    return out;
}

Result<Sha256Sums> sha256Sums(const std::string& path, const Job& job) {
    DLRM_TRY(const auto list, everyFile(path));
    if (list.names.empty())
        return fail(Error("E-VERIFY-009", "There is no file to take a sum of.")
                        .inFile(path)
                        .butExpected("a checkpoint")
                        .butFound("an empty directory")
                        .withRemedy("Name the checkpoint's directory."));
    DLRM_TRY(auto own, compareOwnChecksums(list, job));
    if (!own.damage.empty()) return Sha256Sums{{}, std::move(own.damage)};
    DLRM_TRY(const auto work, openFiles(list));
    DLRM_TRY(const auto sums, hashSha256(work, job));
    Sha256Sums out;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        // As coreutils write names with a backslash or an end of line in them.
        std::string escaped;
        for (const char c : list.names[i])
            escaped += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
        out.lines += (escaped == list.names[i] ? "" : "\\") + sums[i] + "  " + escaped + "\n";
    }
    return out;
}

}  // namespace dlrm
