// SPDX-License-Identifier: Apache-2.0
// dlrm-cli demo
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/row_choice.h"
#include "app/cli/text.h"
#include "core/synthetic/demo_writer.h"

namespace dlrm::cli {

Run setUpDemo(VerbOptions& verb, CommonOptions& common) {
    struct Options {
        std::string directory, like;
        DemoOptions demo;
    };
    auto options = std::make_shared<Options>();
    verb.text("directory", options->directory, "A directory that does not exist yet, or is empty").required();
    verb.choice("--like", options->like, {"fl15"},
                "fl15: the tables and widths of NVIDIA's FL15 checkpoint (15.6 GiB). Without it: a small model");
    verb.whole(
            "--rows", options->demo.rows,
            "How many rows the test split gets: a number of them, no list of rows as elsewhere; the train split gets "
            "a tenth of it")
        .showDefault();
    addSeedOption(verb, options->demo.seed, "Another seed gives another model and other rows");
    addOutputOptions(verb, common);
    return [options](Context& context) -> Result<void> {
        options->demo.likeFl15 = !options->like.empty();
        DLRM_TRY(const auto written, writeDemo(options->directory, options->demo, context.job()));
        if (context.common.json) {
            const nlohmann::ordered_json json{{"checkpoint", written.checkpoint},
                                              {"dataset", written.dataset},
                                              {"bytes", written.bytes},
                                              {"seconds", written.seconds}};
            context.out.write(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
            return {};
        }
        context.out.write(fmt::format("{} written in {:.1f} s\n  checkpoint  {}\n  dataset     {}\n",
                                      byteText(written.bytes), written.seconds, written.checkpoint, written.dataset));
        return {};
    };
}

}  // namespace dlrm::cli
