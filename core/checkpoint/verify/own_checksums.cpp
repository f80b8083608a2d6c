// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/verify/own_checksums.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/base/extension.h"
#include "core/checkpoint/layouts/hdf5_checkpoint.h"
#include "core/checkpoint/layouts/keras_format.h"
#include "core/checkpoint/parts/hdf5_attributes.h"
#include "core/formats/fletcher32.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/object_graph.h"
#include "core/formats/tensor_bundle.h"
#include "core/formats/unpack.h"
#include "core/formats/zip.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;
using Problem = VerifyFinding::Problem;

constexpr std::int64_t kFletcherBytes = 4;
constexpr std::string_view kIndex = ".index", kShard = ".data-";

// "TFB" of "E-TFB-013".
std::string_view familyOf(std::string_view code) {
    const std::size_t first = code.find('-') + 1, last = code.rfind('-');
    return last > first ? code.substr(first, last - first) : std::string_view();
}

// Errors of a container that its bytes are to blame for; others say that it cannot be read here, or not at all.
std::optional<Problem> damageOf(const std::string& code) {
    if (code == "E-TFB-009") return Problem::Missing;
    if (code == "E-TFB-010" || code == "E-ZIP-001") return Problem::SizeDiffers;
    const bool limit = code == "E-TFB-002" || code == "E-TFB-008" || code == "E-TFB-011" || code == "E-TFB-012";
    const bool archive = code == "E-ZIP-002" || code == "E-ZIP-005" || code == "E-PACK-001" || code == "E-PACK-002" ||
                         code == "E-PACK-003";
    const std::string_view family = familyOf(code);
    if (archive || ((family == "TFB" || family == "SST") && !limit)) return Problem::ChecksumDiffers;
    return std::nullopt;
}

// What was expected and what was found.
using Difference = std::pair<std::string, std::string>;

// One checksum to compare: nothing where it agrees.
struct Check {
    VerifyFinding what;  // but for expected and found
    std::function<Result<std::optional<Difference>>(const Job&)> compare;
};

enum class Wanted { Everything, Attributes };

class Collector {
public:
    Collector(const CheckpointFileList& files, Wanted wanted, const std::stop_token& stop)
        : m_files(files), m_wanted(wanted), m_stop(stop) {}

    Result<void> add(const std::string& name) {
        const std::string extension = lowerExtension(name);
        const bool hdf5 = hasHdf5Extension(name);
        if (m_wanted == Wanted::Attributes && !hdf5) return {};
        if (name.ends_with(kIndex)) return addBundle(name);
        if (extension != ".npz" && extension != ".keras" && !hdf5) return {};
        DLRM_TRY(auto file, m_files.open(name));
        return looksLikeArchive(*file) || extension == ".npz" ? addArchive(name, file) : addHdf5(name, file);
    }

    std::vector<Check> checks;
    std::int64_t ofAttributes = 0;  // of the checks
    std::vector<std::string> attributesUnchecked;
    std::vector<VerifyFinding> damage;

private:
    // A container that cannot be opened: damage, or a failure to look at it; neither where it is no such container.
    Result<void> refused(const std::string& name, const Error& error) {
        if (error.code == "E-FILE-003") return {};  // a link that leads out of the directory: no such bundle is opened
        if (familyOf(error.code) == "FILE" || error.isCancelled()) return fail(error);
        const auto problem = damageOf(error.code);
        if (!problem) return {};
        std::string file = name;
        if (error.file.starts_with(m_files.base + "/")) file = error.file.substr(m_files.base.size() + 1);
        damage.push_back({*problem, file, error.field, -1, error.offset, -1, error.expected, error.found});
        return {};
    }

    Result<void> addBundle(const std::string& name) {
        const std::size_t slash = name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1;
        const std::string folder = name.substr(0, slash),
                          prefix = name.substr(slash, name.size() - slash - kIndex.size());
        const bool hasShards = std::any_of(m_files.names.begin(), m_files.names.end(), [&](const std::string& n) {
            return n.starts_with(folder + prefix + std::string(kShard));
        });
        const auto bundle = TensorBundle::open(m_files.base, folder + prefix);
        // Without data files beside it, what is called .index may be anything.
        if (!bundle)
            return hasShards || bundle.error().code == "E-TFB-009" ? refused(name, bundle.error()) : Result<void>();
        const std::map<std::string, std::string> names = variablesOf(**bundle);
        for (const auto& tensors : {(*bundle)->tensors(), (*bundle)->pieces()})
            for (const BundleTensor& t : tensors) {
                // Of a sliced tensor the pieces are compared; variants and the like are summed in forms of their own.
                if (t.sliced || (itemSize(t.type) == 0 && t.type != BundleType::String)) continue;
                const std::string& shard = (*bundle)->shardOf(t)->path();
                const auto known = names.find(t.name);
                VerifyFinding what =
                    differing(folder + shard.substr(shard.rfind('/') + 1), shown(t.name), t.offset, t.bytes);
                if (known != names.end() && !known->second.empty()) what.tensors += " (" + known->second + ")";
                checks.push_back({std::move(what), [bundle = *bundle, &t](const Job& job) {
                                      return outcome(bundle->verify(t, job), "CRC-32C ");
                                  }});
            }
        return {};
    }

    static VerifyFinding differing(std::string file, std::string of, std::int64_t offset, std::int64_t bytes) {
        return {Problem::ChecksumDiffers, std::move(file), std::move(of), -1, offset, bytes, {}, {}};
    }

    // "variables/0" for "variables/0/.ATTRIBUTES/VARIABLE_VALUE".
    static std::string shown(const std::string& key) {
        constexpr std::string_view kSuffix = "/.ATTRIBUTES/VARIABLE_VALUE";
        return key.ends_with(kSuffix) ? key.substr(0, key.size() - kSuffix.size()) : key;
    }

    // Full names by key, where the bundle knows them.
    static std::map<std::string, std::string> variablesOf(const TensorBundle& bundle) {
        const BundleTensor* graph = bundle.find("_CHECKPOINTABLE_OBJECT_GRAPH");
        if (!graph || graph->elements != 1) return {};
        const auto text = bundle.readStrings(*graph);
        if (!text) return {};
        auto names = variableNames(std::as_bytes(std::span(text->front())));
        return names ? std::move(*names) : std::map<std::string, std::string>();
    }

    Result<void> addArchive(const std::string& name, const std::shared_ptr<RandomAccessFile>& file) {
        const auto members = readZipDirectory(*file);
        if (!members) return refused(name, members.error());
        for (const PackedRange& member : *members)
            checks.push_back({differing(name, member.name, member.offset, member.bytes),
                              [file, member](const Job& job) { return outcome(checkPacked(*file, member, job), ""); }});
        return {};
    }

    Result<void> addHdf5(const std::string& name, const std::shared_ptr<RandomAccessFile>& file) {
        const auto hdf5 = Hdf5File::open(file, m_stop);
        if (!hdf5) return refused(name, hdf5.error());
        addAttributes(name, **hdf5);
        if (m_wanted == Wanted::Attributes) return {};
        for (const Hdf5Object& object : (*hdf5)->objects()) {
            if (!object.isDataset || object.filters.empty()) continue;
            for (const Hdf5Chunk& chunk : object.chunks)
                checks.push_back({differing(name, object.path, chunk.offset, chunk.bytes - kFletcherBytes),
                                  [file, chunk](const Job& job) { return compareChunk(*file, chunk, job.progress); }});
        }
        return {};
    }

    void addAttributes(const std::string& name, const Hdf5File& file) {
        const Hdf5AttributeSums sums = attributeSums(file);
        if (!sums.recorded) {
            if (isHdf5Checkpoint(file)) attributesUnchecked.push_back(name);
            return;
        }
        ++ofAttributes;
        checks.push_back(
            {differing(name, "attributes", -1, -1), [sums](const Job&) -> Result<std::optional<Difference>> {
                 if (sums.recorded == sums.computed) return std::optional<Difference>();
                 return std::optional(Difference("SHA-256 " + *sums.recorded, sums.computed));
             }});
    }

    static Result<std::optional<Difference>> compareChunk(const RandomAccessFile& file, const Hdf5Chunk& chunk,
                                                          const ProgressFn& progress) {
        const std::int64_t bytes = chunk.bytes - kFletcherBytes;
        // Chunks of a foreign file may be of any size: looked at where they lie.
        DLRM_TRY(const auto mapped, file.map(Access::Sequential));
        const auto values = mapped.subspan(static_cast<std::size_t>(chunk.offset), static_cast<std::size_t>(bytes));
        std::uint32_t recorded = 0;
        std::memcpy(&recorded, values.data() + bytes, sizeof recorded);
        const std::uint32_t sum = fletcher32(values);
        DLRM_TRY(file.checkUnchanged());
        report(progress, {"comparing checksums", bytes, bytes, "bytes"});
        if (sum == recorded) return std::optional<Difference>();
        return std::optional(Difference(fmt::format("fletcher32 {:08x}", recorded), fmt::format("{:08x}", sum)));
    }

    static Result<std::optional<Difference>> outcome(const Result<void>& compared, std::string_view algorithm) {
        if (compared) return std::optional<Difference>();
        const Error& error = compared.error();
        if (!damageOf(error.code)) return fail(error);
        const std::string named(error.code == "E-TFB-013" ? algorithm : std::string_view());
        return std::optional(Difference(named + error.expected, error.found));
    }

    const CheckpointFileList& m_files;
    const Wanted m_wanted;
    const std::stop_token& m_stop;
};

Result<OwnChecksums> compare(const CheckpointFileList& files, Wanted wanted, const Job& job) {
    Collector collector(files, wanted, job.stop);
    for (const std::string& name : files.names) {
        if (job.stopped()) return cancelled();
        DLRM_TRY(collector.add(name));
    }
    const auto bytesOf = [](const Check& check) { return std::max<std::int64_t>(0, check.what.bytes); };
    std::int64_t total = 0, before = 0;
    for (const Check& check : collector.checks) total += bytesOf(check);
    OwnChecksums out;
    out.base = files.base;
    out.damage = std::move(collector.damage);
    out.ofAttributes = collector.ofAttributes;
    out.attributesUnchecked = std::move(collector.attributesUnchecked);
    for (const Check& check : collector.checks) {
        if (job.stopped()) return cancelled();
        const ProgressFn inAll = [&](const Progress& p) {
            job.report({"comparing checksums", before + std::min(p.done, bytesOf(check)), total, "bytes"});
        };
        DLRM_TRY(auto difference, check.compare({inAll, job.stop}));
        if (difference) {
            VerifyFinding& finding = out.damage.emplace_back(check.what);
            std::tie(finding.expected, finding.found) = *std::move(difference);
        }
        before += bytesOf(check);
        ++out.compared;
    }
    std::stable_sort(out.damage.begin(), out.damage.end(), [](const VerifyFinding& a, const VerifyFinding& b) {
        return a.file != b.file ? a.file < b.file : a.offset < b.offset;
    });
    return out;
}

// Those that the checkpoint reads.
CheckpointFileList filesOf(const Checkpoint& checkpoint) {
    std::error_code ignored;
    const fs::path path = checkpoint.path();
    std::string base = (fs::is_directory(path, ignored) ? path : path.parent_path()).string();
    while (base.size() > 1 && base.ends_with('/')) base.pop_back();
    if (base.empty()) base = ".";
    std::set<std::string> names;  // a file may be open several times
    for (const auto& file : checkpoint.openFiles())
        names.insert(fs::path(file->path()).lexically_relative(base).string());
    return {base, {names.begin(), names.end()}, fs::is_regular_file(path, ignored)};
}

}  // namespace

bool holdsOwnChecksums(const std::string& name) {
    const std::string extension = lowerExtension(name);
    return name.ends_with(kIndex) || name.find(kShard) != std::string::npos || extension == ".npz" ||
           extension == ".keras" || hasHdf5Extension(name);
}

Result<OwnChecksums> compareOwnChecksums(const CheckpointFileList& files, const Job& job) {
    return compare(files, Wanted::Everything, job);
}

Result<OwnChecksums> compareOwnChecksums(const Checkpoint& checkpoint, const Job& job) {
    return compare(filesOf(checkpoint), Wanted::Everything, job);
}

Result<OwnChecksums> compareAttributeChecksums(const Checkpoint& checkpoint, const std::stop_token& stop) {
    return compare(filesOf(checkpoint), Wanted::Attributes, {.stop = stop});
}

std::string damageText(const std::vector<VerifyFinding>& damage) {
    if (damage.empty()) return {};
    const VerifyFinding& first = damage.front();
    const std::string more = damage.size() > 1 ? fmt::format(", and {} more", damage.size() - 1) : std::string();
    return fmt::format("{}{}: {} (expected {}; found {}){}", first.file,
                       first.tensors.empty() ? "" : ", " + first.tensors, name(first.problem), first.expected,
                       first.found, more);
}

}  // namespace dlrm
