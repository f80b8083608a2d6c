// SPDX-License-Identifier: Apache-2.0
// dlrm-cli verify
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/text.h"
#include "core/base/random_access_file.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

constexpr std::size_t kShown = 50;  // findings; --json prints all

std::string findingsText(const std::vector<VerifyFinding>& findings) {
    TextTable table{"<file", "<problem", "<tensors", "<bytes of the file", "<expected", "<found"};
    for (std::size_t i = 0; i < std::min(kShown, findings.size()); ++i) {
        const VerifyFinding& f = findings[i];
        std::string bytes = f.offset < 0 ? ""
                            : f.bytes <= 0
                                ? thousands(f.offset)
                                : fmt::format("{} .. {}", thousands(f.offset), thousands(f.offset + f.bytes - 1));
        if (f.block >= 0) bytes += fmt::format(" (block {})", f.block);
        table.addRow({f.file, std::string(name(f.problem)), f.tensors, std::move(bytes), f.expected, f.found});
    }
    std::string out = table.text("  ");
    if (findings.size() > kShown)
        out += fmt::format("  the first {} of {}; --json prints all\n", kShown, findings.size());
    return out;
}

std::string verificationText(const Verification& v) {
    const std::string size =
        fmt::format("{} in {}, {:.1f} s ({}/s)", byteText(v.bytes), plural(v.files, "file"), v.seconds,
                    byteText(static_cast<std::int64_t>(static_cast<double>(v.bytes) / v.seconds)));
    const std::string another = v.ofAnother();
    std::string out;
    switch (v.outcome) {
        case Verification::Outcome::Recorded:
            out = fmt::format("Recorded the hashes of {}.\n  in {}\n  {}: the next verify compares.\n", size, v.sidecar,
                              v.replaced ? "Nothing was compared with an earlier record, which this one replaces"
                                         : "There was nothing to compare with");
            break;
        case Verification::Outcome::Unchanged:
            out = fmt::format("Unchanged since {}: {}.\n  recorded in {}\n", v.recordedAt, size, v.sidecar);
            break;
        case Verification::Outcome::Damaged: {
            const auto own = std::count_if(v.findings.begin(), v.findings.end(), [](const VerifyFinding& f) {
                return f.problem == VerifyFinding::Problem::ChecksumDiffers;
            });
            out = fmt::format("DAMAGED: {} in the files {} match {} values, in {}.\n", plural(own, "checksum"),
                              own == 1 ? "does not" : "do not", own == 1 ? "its" : "their", size);
            if (own == 0) out = fmt::format("DAMAGED: files lack parts that they name, in {}.\n", size);
            out += v.recordedAt.empty()
                       ? "  nothing was recorded\n"
                       : fmt::format("  compared with what was recorded on {} in {}\n", v.recordedAt, v.sidecar);
            if (!another.empty()) out += fmt::format("  {}\n", another);
            break;
        }
        case Verification::Outcome::Different:
            if (!another.empty()) out = another + '\n';
            out += fmt::format("DIFFERENT from what was recorded on {}: {} in {}.\n  recorded in {}\n", v.recordedAt,
                               plural(std::ssize(v.findings), "finding"), size, v.sidecar);
            break;
    }
    if (v.checksums > 0)
        out += fmt::format("  {} in the files themselves {} compared\n", plural(v.checksums, "checksum"),
                           v.checksums == 1 ? "was" : "were");
    for (const std::string& file : v.attributesUnchecked)
        out += fmt::format(
            "  {} holds no checksum of its attributes, which say what the model is: convert it again to have one\n",
            file);
    if (!v.notOpened.empty()) out += fmt::format("  the checkpoint does not open: {}\n", v.notOpened);
    out += v.findings.empty() ? "" : findingsText(v.findings);
    if (v.outcome == Verification::Outcome::Damaged)
        out += "  what to do: copy these files again, or convert the checkpoint again\n";
    if (v.outcome == Verification::Outcome::Different)
        out += !another.empty()
                   ? "  what to do: name the record of this checkpoint with --sidecar, or record its hashes "
                     "in another file with --record once you know that it is right\n"
                   : "  what to do: copy these files again, or record the hashes anew with --record once you know that "
                     "the checkpoint is right\n";
    return out;
}

struct VerifyArguments {
    std::string format = "text";
    VerifyOptions verify;
    bool record = false, check = false;
};

// The checkpoint's verification, whether it opens or not.
Result<Verification> verification(const VerifyArguments& options, Context& context) {
    auto engine = openModel(context.common, context.job());
    Result<Verification> done = [&]() -> Result<Verification> {
        if (engine) {
            DLRM_TRY(refuseInputAsRecord(options.verify.sidecar, **engine));
            return (*engine)->verify(options.verify, context.job());
        }
        const Error& why = engine.error();
        if (why.isCancelled() || why.file.empty()) return fail(why);  // not about the checkpoint
        auto unopened = verifyUnopened(context.common.open.checkpoint, why, options.verify, context.job());
        // To record what does not open is no remedy.
        if (!unopened && unopened.error().code == "E-VERIFY-005") return fail(why);
        return unopened;
    }();
    if (done || done.error().code != "E-VERIFY-006") return done;
    Error error = std::move(done).error();
    error.remedy = "Give --sidecar FILE, outside the checkpoint; later runs compare with --check --sidecar FILE.";
    return fail(std::move(error));
}

// Sums of all files; none of files that contradict their own checksums.
Result<void> printSha256(Context& context) {
    if (context.common.open.followLinks) RandomAccessFile::followLinks();  // nothing is opened that would say so
    DLRM_TRY(const auto sums, sha256Sums(context.common.open.checkpoint, context.job()));
    context.findings = !sums.damage.empty();
    if (!context.findings) context.out.useLines();  // for sha256sum: as they are
    context.out.write(context.findings ? "DAMAGED: there are no sums of files that contradict their own checksums.\n" +
                                             findingsText(sums.damage)
                                       : sums.lines);
    return {};
}

}  // namespace

Run setUpVerify(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<VerifyArguments>();
    addModelOptions(verb, common, ModelUse::Files);
    verb.footer(
        "Compares first the checksums that the files hold themselves (TensorFlow checkpoints, .npz, "
        ".keras, HDF5 and the attributes of ours), then hashes every file of the checkpoint but hidden ones "
        "and compares with the record. Without --record or --check it records where there is no record yet.\n"
        "Exit codes: 0 nothing differs, 1 something differs, is missing, is new or is damaged, 2 could not run.");
    verb.text("--sidecar", options->verify.sidecar,
              "The file of recorded hashes, where it is not inside the checkpoint");
    VerbOption record =
        verb.flag("--record,--update", options->record, "Record the hashes, also where there is a record");
    VerbOption check =
        verb.flag("--check", options->check,
                  "Only compare, never write; exit code 2 where nothing was recorded and no checksum in the files "
                  "themselves tells of damage");
    check.excludes(record);
    VerbOption format = verb.choice("--format", options->format, {"text", "sha256sum"},
                                    "text, or sha256sum: a line for each file, for `sha256sum -c` in the checkpoint's "
                                    "directory; nothing is recorded");
    format.showDefault();
    for (VerbOption other : {record, check, verb.named("--json")}) other.excludes(format);
    return [options](Context& context) -> Result<void> {
        if (options->format == "sha256sum") return printSha256(context);
        using Mode = VerifyOptions::Mode;
        options->verify.mode = options->record ? Mode::Record : options->check ? Mode::Compare : Mode::RecordOrCompare;
        DLRM_TRY(const auto verified, verification(*options, context));
        context.findings = !verified.isGood();
        context.out.write(context.common.json ? verificationJson(verified) : verificationText(verified));
        return {};
    };
}

}  // namespace dlrm::cli
