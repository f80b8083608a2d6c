// SPDX-License-Identifier: Apache-2.0
// dlrm-cli verify
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/text.h"
#include "core/export/json.h"

namespace dlrm::cli {
namespace {

using Align = TextTable::Align;

constexpr std::size_t kShown = 50;  // findings; --json prints all

std::string findingsText(const std::vector<VerifyFinding>& findings) {
    TextTable table;
    for (const char* title : {"problem", "file", "tensors", "bytes of the file", "expected", "found"}) table.addColumn(title, Align::Left);
    for (std::size_t i = 0; i < std::min(kShown, findings.size()); ++i) {
        const VerifyFinding& f = findings[i];
        table.addRow({std::string(name(f.problem)), f.file, f.tensors,
                      f.block < 0 ? "" : fmt::format("{} .. {} (block {})", thousands(f.offset), thousands(f.offset + f.bytes - 1), f.block), f.expected, f.found});
    }
    std::string out = table.text("  ");
    if (findings.size() > kShown) out += fmt::format("  the first {} of {}; --json prints all\n", kShown, findings.size());
    return out;
}

std::string verificationText(const Verification& v) {
    const std::string size = fmt::format("{} in {} files, {} blocks of at most 64 MiB, {:.1f} s ({}/s)", byteText(v.bytes), v.files, thousands(v.blocks), v.seconds,
                                         byteText(static_cast<std::int64_t>(static_cast<double>(v.bytes) / v.seconds)));
    switch (v.outcome) {
        case Verification::Outcome::Recorded:
            return fmt::format("Recorded the hashes of {}.\n  in {}\n  There was nothing to compare with: the next verify compares.\n", size, v.sidecar);
        case Verification::Outcome::Unchanged:
            return fmt::format("Unchanged since {}: {}.\n  recorded in {}\n", v.recordedAt, size, v.sidecar);
        case Verification::Outcome::Different: break;
    }
    if (v.recordedAt.empty())
        return fmt::format("DAMAGED: {} of the checksums in the file differ{} from its values, in {}.\n{}"
                           "  what to do: copy the file again, or convert the checkpoint again\n",
                           v.findings.size(), v.findings.size() == 1 ? "s" : "", size, findingsText(v.findings));
    return fmt::format("DIFFERENT from what was recorded on {}: {} finding{} in {}.\n  recorded in {}\n{}"
                       "  what to do: copy these files again, or record the hashes anew with --update once you know that the checkpoint is right\n",
                       v.recordedAt, v.findings.size(), v.findings.size() == 1 ? "" : "s", size, v.sidecar, findingsText(v.findings));
}

}  // namespace

Run setUpVerify(CLI::App& app, CommonOptions& common) {
    struct Options {
        std::string checkpoint;
        VerifyOptions verify;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(app, common, options->checkpoint);
    app.add_option("--sidecar", options->verify.sidecar, "The file of recorded hashes, where it is not inside the checkpoint")->check(notEmpty());
    app.add_flag("--update", options->verify.update, "Record the hashes anew instead of comparing");
    return [options](Context& context) -> Result<void> {
        auto engine = openModel(options->checkpoint, context.common, context.progress, context.stop);
        if (!engine) return fail(std::move(engine).error());
        if (auto other = refuseInputAsOutput(options->verify.sidecar, **engine, nullptr); !other) return other;
        const auto verified = (*engine)->verify(options->verify, context.progress.callback(), context.stop);
        if (!verified) return fail(verified.error());
        context.findings = verified->outcome == Verification::Outcome::Different;
        context.out.write(context.common.json ? verificationJson(*verified) : verificationText(*verified));
        return {};
    };
}

}  // namespace dlrm::cli
