// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>

#include "core/analysis/reference/rounding_spread.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/engine/gathered_rows.h"

namespace dlrm {
Result<Parity> Engine::parity(const ParityOptions& options, std::span<const ParityCandidate> candidates,
                              const Dataset* dataset, const Job& job) const {
    return guarded([&]() -> Result<Parity> {
        const Checkpoint& checkpoint = *m_state->checkpoint;
        if (!spec().missing.empty()) return fail(incompleteModel(info()));
        if (!spec().tableOrderKnown) return fail(m_state->unknownTableOrder());
        Parity out;
        out.checkpoint = info().path;
        out.seed = options.seed;
        for (const TableSpec& table : spec().tables) out.tableNames.push_back(table.name);
        auto input = std::make_shared<Batch>();
        if (dataset) {
            DLRM_TRY(checkFits(*dataset));
            DLRM_TRY(requireOneId(*dataset, "The double reference"));
            out.dataset = dataset->path();
            out.profile = m_state->profileOf(*dataset);
            out.rows = chosenRows(dataset->rows(), options.rows, options.seed);
            if (out.rows.empty())
                return fail(Error("E-ENGINE-016", "There are no rows to compare with.")
                                .inFile(dataset->path())
                                .butExpected("at least one row")
                                .butFound("an empty dataset")
                                .withRemedy("Give a dataset with rows, or none for synthetic rows."));
            DLRM_TRY(*input, gatherRows(*dataset, checkpoint, out.rows, job.stop));
            for (std::int64_t& row : out.rows) row = dataset->numberOf(row);
        } else {
            *input = syntheticRows(spec(), options.rows, options.seed);
            for (std::int64_t r = 0; r < options.rows; ++r) out.rows.push_back(r);
        }
        out.input = input;
        DLRM_TRY(auto weights, m_state->readWeights(job.stop));
        DLRM_TRY(out.reference, forwardInDouble(weights, input->view(), job));
        for (std::size_t r = 0; r < out.rows.size(); ++r)
            if (!std::isfinite(out.reference.logits[r]))
                return fail(Error("E-ENGINE-015", "The reference itself is not a finite number.")
                                .inFile(info().path)
                                .atRow(out.rows[r])
                                .butExpected("a finite logit")
                                .butFound("NaN or infinity")
                                .withRemedy("Look for NaN or infinity in the checkpoint's weights and in the numerical "
                                            "features of this row."));

        DLRM_TRY(const auto spread, roundingSpread(weights, input->view(), out.reference, job.stop));
        for (const ParityCandidate& candidate : candidates) {
            ParityRun& run = out.runs.emplace_back();
            run.name = fmt::format("{} {}", candidate.backend, name(candidate.precision));
            run.backend.name = candidate.backend;
            run.backend.precision = candidate.precision;
            run.tolerance = logitTolerance(spread, candidate.precision);
            const auto done = [&]() -> Result<void> {
                if (!candidate.choice) return fail(candidate.choice.error());
                DLRM_TRY(auto backend, candidate.choice->create());
                DLRM_TRY(auto model, backend->load(weights, job));
                auto compared = compareWithReference(*model, spec(), input->view(), out.reference, run, job.stop);
                const BackendInfo used = backend->info();
                if (compared && used.name != candidate.backend)
                    run.notRun = used.reason;  // its numbers are another backend's
                run.backend = used;
                return compared;
            }();
            if (!done && done.error().isCancelled()) return cancelled();
            if (!done)
                run.notRun = done.error().found.empty() ? done.error().message
                                                        : done.error().message + " (" + done.error().found + ")";
        }
        DLRM_TRY(checkpoint.checkUnchanged(job));
        return out;
    });
}

}  // namespace dlrm
