// SPDX-License-Identifier: Apache-2.0
#include "core/engine/slice_plan.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "core/analysis/slices/compile.h"
#include "core/base/guarded.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/engine/engine_state.h"
#include "core/engine/workspace.h"

namespace dlrm {
namespace {

// As the data's own path feeds a whole number, in the reading that is in force; empty where nothing tells it.
std::function<float(std::optional<std::int32_t>)> feedOf(const Dataset& dataset, const Reading& reading) {
    if (const PreprocessingProfile* raw = dataset.rawProfile())
        return [raw, numerical = reading.numerical](std::optional<std::int32_t> x) {
            return fedRaw(numerical, *raw, x ? *x : std::numeric_limits<double>::quiet_NaN());
        };
    const PreprocessingProfile& profile = recordedPreprocessing(dataset);
    if (profile.needsStatistics) {
        if (reading.numerical == ownReading(dataset).numerical) return {};
        // Stored numbers are taken for raw ones; which of them are missing nothing tells.
        return [numerical = reading.numerical](std::optional<std::int32_t> x) {
            if (!x) return std::numeric_limits<float>::quiet_NaN();
            auto fed = static_cast<float>(*x);
            if (numerical != NumericalReading::Raw) reread(numerical, {&fed, 1}, {&fed, 1});
            return fed;
        };
    }
    return [&profile, numerical = reading.numerical](std::optional<std::int32_t> x) {
        float fed = transformed(profile, x);
        reread(numerical, {&fed, 1}, {&fed, 1});
        return fed;
    };
}

std::int32_t firstIdOf(const Dataset& dataset, const Reading& reading, bool hashed) {
    if (hashed) return 0;  // any value may have the id 0
    const PreprocessingProfile* const raw = dataset.rawProfile();
    std::int32_t first = (raw ? *raw : recordedPreprocessing(dataset)).firstId;
    if (dataset.holdsRawCategories()) first = std::max(first, 1);  // by a dictionary, whose ids count from 1
    return first > 0 ? std::max(0, first + reading.idShift) : 0;
}

// Numericals of rows from all over the dataset: those of one field one after the other.
class NumberSample {
public:
    NumberSample(const Dataset& dataset, std::optional<float> missing, const Job& job)
        : m_dataset(dataset), m_missing(missing), m_job(job) {}

    Result<std::vector<float>> sorted(std::size_t field) {
        if (m_fields.empty()) DLRM_TRY(read());
        std::vector<float> out = m_fields[field];
        std::sort(out.begin(), out.end());
        return out;
    }

private:
    Result<void> read() {
        constexpr std::int64_t kRunRows = 1024, kRuns = kQuantileRows / kRunRows;
        const std::int64_t rows = m_dataset.rows();
        const bool all = rows <= kQuantileRows;
        const std::int64_t runs = all ? (rows + kRunRows - 1) / kRunRows : kRuns;
        m_fields.resize(m_dataset.schema().numericalNames.size());
        Batch batch;
        for (std::int64_t run = 0; run < runs; ++run) {
            if (m_job.stopped()) return cancelled();
            m_job.report({"looking for quantiles", run, runs, "parts"});
            const std::int64_t first = all ? run * kRunRows : run * ((rows - kRunRows) / (kRuns - 1));
            DLRM_TRY(m_dataset.read(first, std::min(kRunRows, rows - first), batch, m_job.stop));
            for (std::size_t i = 0; i < batch.numerical.size(); ++i)
                if (const float number = batch.numerical[i]; !m_missing || number != *m_missing)
                    m_fields[i % m_fields.size()].push_back(number);
        }
        return {};
    }

    const Dataset& m_dataset;
    const std::optional<float> m_missing;
    const Job& m_job;
    std::vector<std::vector<float>> m_fields;
};

SliceFields fieldsOf(const Workspace& opened, bool hashed) {
    const Dataset& dataset = *opened.dataset;
    SliceFields out;
    out.numericals = dataset.schema().numericalNames;
    out.categoricals = dataset.schema().categoricalNames;
    for (std::size_t i = 0; i < out.numericals.size(); ++i) out.otherNumericals.push_back("num_" + std::to_string(i));
    for (const TableSpec& table : opened.engine->spec().tables) {
        out.otherCategoricals.push_back(table.name);
        out.tableRows.push_back(table.rows);
    }
    out.rows = dataset.rows();
    out.feed = feedOf(dataset, opened.reading);
    out.zeroIsMissing = recordedPreprocessing(dataset).missingIsZero;
    out.firstId = firstIdOf(dataset, opened.reading, hashed);
    if (opened.dictionary)
        out.idOf = [dictionary = opened.dictionary](std::size_t feature, std::uint32_t hex) {
            return dictionary->id(feature, hex);
        };
    return out;
}

}  // namespace

bool idsAreHashes(const Workspace& opened, MissingDictionary missing) {
    return missing == MissingDictionary::Hash && opened.dataset->holdsRawCategories() && !opened.dictionary;
}

std::int32_t firstValueId(const Workspace& opened, bool hashedValues) {
    return firstIdOf(*opened.dataset, opened.reading, hashedValues);
}

Result<void> checkSlice(const Workspace& opened, const std::string& slice, bool hashedValues) {
    return guarded([&]() -> Result<void> {
        DLRM_TRY(const auto read, parseSlice(slice));
        if (read.looksAtTraining()) return {};
        DLRM_TRY(compileSlice(read, fieldsOf(opened, hashedValues)));
        return {};
    });
}

Result<void> checkIds(const Dataset& dataset, const SlicePlan& plan) {
    if (!dataset.multiHot()) return {};
    for (const auto* partitions : {&plan.partitions, &plan.bins})
        for (const auto& partition : *partitions) {
            if (!partition->looksAtIds()) continue;
            return requireOneId(dataset, "A slice by ids",
                                "Slices of numericals and of row numbers can be told apart; for this one, open a "
                                "dataset with one id per feature.");
        }
    return {};
}

Result<std::shared_ptr<const SlicePlan>> planSlices(const Workspace& opened, const SliceChoice& choice,
                                                    const Job& job) {
    return guarded([&]() -> Result<std::shared_ptr<const SlicePlan>> {
        auto out = std::make_shared<SlicePlan>();
        out->choice = choice;
        std::vector<SliceExpression> slices;
        std::vector<SliceGroup> groups;
        bool training = false;
        std::set<std::string> there;  // of the keys, each of which is counted once
        for (const std::string& text : choice.slices) {
            DLRM_TRY(auto slice, parseSlice(text));
            training |= slice.looksAtTraining();
            slices.push_back(std::move(slice));
        }
        for (const std::string& text : choice.groups) {
            DLRM_TRY(auto group, parseSliceGroup(text));
            if (!there.insert(sentenceOf(group)).second) continue;
            training |= group.looksAtTraining();
            groups.push_back(std::move(group));
        }
        if (choice.ofLabels) DLRM_TRY(requireLabels(*opened.dataset));
        SliceFields fields = fieldsOf(opened, choice.hashedValues);
        if (training) {
            DLRM_TRY(out->statistics, opened.engine->allStatistics(job));
        }
        for (const auto& table : out->statistics) fields.untrained.push_back(&table->untrained);
        NumberSample sample(*opened.dataset, fields.missingNumber(), job);
        fields.sortedNumbers = [&sample](std::size_t field) { return sample.sorted(field); };
        std::size_t classes = 0;
        for (const SliceExpression& slice : slices) {
            DLRM_TRY(out->partitions.emplace_back(), compileSlice(slice, fields));
            classes += out->partitions.back()->classes();
        }
        for (const SliceGroup& group : groups) {
            DLRM_TRY(out->partitions.emplace_back(), compileSliceGroup(group, fields));
            classes += out->partitions.back()->classes();
        }
        if (classes > kMostSlices) return fail(tooManySlices(kMostSlices, classes));
        if (choice.weakest > 0) {
            DLRM_TRY(out->bins, compileBins(fields));
            std::size_t bins = 1, pairs = 0;
            for (const auto& field : out->bins) {
                pairs += bins * field->classes();
                bins += field->classes();
            }
            if (pairs > kMostBinPairs) return fail(tooManySlices(kMostBinPairs, pairs));
        }
        DLRM_TRY(checkIds(*opened.dataset, *out));
        return std::shared_ptr<const SlicePlan>(std::move(out));
    });
}

}  // namespace dlrm
