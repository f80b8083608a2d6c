// SPDX-License-Identifier: Apache-2.0
// dlrm-cli convert
#include <cctype>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/text.h"
#include "core/base/extension.h"

namespace dlrm::cli {
namespace {

std::string conversionJson(const Conversion& c) {
    const nlohmann::ordered_json json{{"path", c.path},   {"layout", c.layout},   {"tensor_count", c.tensors},
                                      {"bytes", c.bytes}, {"seconds", c.seconds}, {"notes", c.notes}};
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string conversionText(const Conversion& c) {
    std::string out =
        fmt::format("{} in {} written in {:.1f} s ({}/s)\n  {}  {}\n", byteText(c.bytes), plural(c.tensors, "tensor"),
                    c.seconds, byteText(static_cast<std::int64_t>(static_cast<double>(c.bytes) / c.seconds)),
                    c.layout == "H5" ? "HDF5 file" : "directory, layout " + c.layout, c.path);
    for (const std::string& note : c.notes) out += "  note: " + note + "\n";
    return out;
}

// A name that ends like a file of another kind is no directory's: "model.keras", "model.h5.bak". A slash at the end
// says that it is one.
Result<void> checkTarget(const std::string& out) {
    const std::string extension = lowerExtension(out);
    if (extension.size() < 2 || std::isalpha(static_cast<unsigned char>(extension[1])) == 0 || extension == ".h5" ||
        extension == ".hdf5")
        return {};
    return fail(Error("E-CLI-007", "The name's ending stands for no format that a checkpoint is written in.")
                    .inFile(out)
                    .butExpected(".h5 or .hdf5 for one file, or the name of a directory")
                    .butFound(extension)
                    .withRemedy("End the name in .h5, or in / for a directory in NVIDIA's layout."));
}

}  // namespace

Run setUpConvert(VerbOptions& verb, CommonOptions& common) {
    auto out = std::make_shared<std::string>();
    addModelOptions(verb, common, ModelUse::Whole);
    verb.open("combiner", common.open);
    verb.text("out", *out,
              "A file that ends in .h5, which is replaced once the new one is whole; or a directory that does not "
              "exist yet; / at its "
              "end where its name has a dot")
        .required();
    addDataOptions(verb, common, DataUse::Optional);
    return [out](Context& context) -> Result<void> {
        DLRM_TRY(checkTarget(*out));
        DLRM_TRY(const auto opened, openAll(context.common, context.job()));
        DLRM_TRY(opened.dataset ? refuseInputAsOutput(*out, opened) : Result<void>());
        DLRM_TRY(const auto done, opened.engine->convert(*out, context.job()));
        context.out.hasNotes();
        context.out.write(context.common.json ? conversionJson(done) : conversionText(done));
        return {};
    };
}

}  // namespace dlrm::cli
