// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/readers/reading.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <new>

#include <fmt/format.h>

#include "core/base/float_conversions.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/readers/readers.h"

namespace dlrm {

namespace {

struct ReadingNames {
    std::string_view name, shorter;
};

// In the order of NumericalReading.
constexpr ReadingNames kReadingNames[] = {
    {"already_logged", "already_logged"}, {"ln(x+3)", "ln3"}, {"ln(x+2)", "ln2"}, {"ln(x+1)", "ln1"}, {"raw", "raw"}};

constexpr std::array kOfTransformed{NumericalReading::AlreadyLogged, NumericalReading::LnPlus3,
                                    NumericalReading::LnPlus2, NumericalReading::Raw};
constexpr std::array kOfRaw{NumericalReading::LnPlus3, NumericalReading::LnPlus2, NumericalReading::Raw};
constexpr std::array kOfFacebooksRaw{NumericalReading::LnPlus1, NumericalReading::LnPlus3, NumericalReading::LnPlus2,
                                     NumericalReading::Raw};

// What the profile itself does to raw numbers.
NumericalReading ownOf(const PreprocessingProfile& profile) {
    return &profile == &nvidiaSparkProfile() ? NumericalReading::LnPlus3 : NumericalReading::LnPlus1;
}

// What a logarithm is taken of; <= 0: of nothing.
double argumentOf(NumericalReading reading, double x) {
    if (reading == NumericalReading::LnPlus1) return std::max(x, 0.0) + 1;
    return x + (reading == NumericalReading::LnPlus3 ? 3 : 2);
}

float logOf(double argument) { return argument > 0 ? throughHalf(static_cast<float>(std::log(argument))) : 0.0f; }

// The raw number behind ln(x + 3) rounded to float16: an integer where float16 still tells them apart.
double rawOf(float logged) { return std::round(std::exp(static_cast<double>(logged)) - 3.0); }

class OtherReading final : public Dataset {
public:
    OtherReading(std::shared_ptr<const Dataset> dataset, Reading reading)
        : m_dataset(std::move(dataset)), m_reading(reading) {}

    const DatasetSchema& schema() const override { return m_dataset->schema(); }
    std::int64_t rows() const override { return m_dataset->rows(); }
    bool hasLabels() const override { return m_dataset->hasLabels(); }
    std::string path() const override { return m_dataset->path(); }
    std::string format() const override { return m_dataset->format(); }
    std::string profile() const override {
        std::string out = m_dataset->profile();
        if (m_reading.numerical != ownReading(*m_dataset).numerical)
            out += fmt::format(", numbers {}", name(m_reading.numerical));
        if (m_reading.idShift != 0) out += fmt::format(", ids {:+}", m_reading.idShift);
        return out;
    }
    std::string split() const override { return m_dataset->split(); }
    std::vector<std::string> splits() const override { return m_dataset->splits(); }
    std::vector<std::string> notes() const override {
        std::vector<std::string> out = m_dataset->notes();
        // Of the stored rows; the note on how they are read says what holds instead.
        const bool numbers = m_reading.numerical != ownReading(*m_dataset).numerical;
        std::erase_if(out, [&](const std::string& note) {
            return (numbers && note.starts_with("Numbers are fed as they are stored")) ||
                   (m_reading.idShift != 0 && note.starts_with("Ids are fed as they are stored"));
        });
        out.push_back(fmt::format("The rows are read otherwise than they are stored: {}.", profile()));
        return out;
    }
    const PreprocessingProfile* rawProfile() const override { return m_dataset->rawProfile(); }
    bool holdsRawCategories() const override { return m_dataset->holdsRawCategories(); }
    std::optional<UnknownValues> unknownValues() const override { return m_dataset->unknownValues(); }
    Result<void> readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                std::stop_token stop) const override {
        return m_dataset->readRawNumbers(first, count, out, stop);
    }
    bool multiHot() const override { return m_dataset->multiHot(); }
    std::string fileOfCategorical(std::size_t table) const override { return m_dataset->fileOfCategorical(table); }
    Result<std::optional<RawRow>> rawRow(std::int64_t row) const override { return m_dataset->rawRow(row); }
    std::int64_t numberOf(std::int64_t row) const override { return m_dataset->numberOf(row); }
    Result<void> checkUnchanged() const override { return m_dataset->checkUnchanged(); }

    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override {
        DLRM_TRY(m_dataset->read(first, count, out, stop));
        DLRM_TRY(feedNumbers(first, count, out, stop));
        if (m_reading.idShift == 0) return {};
        for (std::int64_t t = 0; t < out.tables; ++t) {
            std::int32_t* ids =
                out.bags.empty() ? out.ids.data() + t * out.rows : out.bags[static_cast<std::size_t>(t)].ids.data();
            const auto all = static_cast<std::int64_t>(out.idsOf(t).size());
            for (std::int64_t i = 0; i < all; ++i) {
                const std::int64_t id = static_cast<std::int64_t>(ids[i]) + m_reading.idShift;
                if (id < 0) return fail(below0(out, t, i, id));
                ids[i] = static_cast<std::int32_t>(std::min<std::int64_t>(
                    id, std::numeric_limits<std::int32_t>::max()));  // beyond any table either way
            }
        }
        return {};
    }

private:
    Result<void> feedNumbers(std::int64_t first, std::int64_t count, Batch& out, const std::stop_token& stop) const {
        const PreprocessingProfile* profile = m_dataset->rawProfile();
        if (!profile) {
            reread(m_reading.numerical, out.numerical, out.numerical);
            return {};
        }
        if (m_reading.numerical == ownOf(*profile)) return {};
        try {
            std::vector<double> raw;
            DLRM_TRY(m_dataset->readRawNumbers(first, count, raw, stop));
            std::transform(raw.begin(), raw.end(), out.numerical.begin(),
                           [&](double x) { return fedRaw(m_reading.numerical, *profile, x); });
            return {};
        } catch (const std::bad_alloc&) {
            return noMemoryForRows(path(), count);
        }
    }
    // The index-th id of a table in `rows`.
    Error below0(const Batch& rows, std::int64_t table, std::int64_t index, std::int64_t id) const {
        std::int64_t row = index;
        if (!rows.bags.empty()) {
            const auto& starts = rows.bags[static_cast<std::size_t>(table)].starts;
            row = std::upper_bound(starts.begin(), starts.end(), index) - starts.begin() - 1;
        }
        return Error("E-DATA-016", "An id falls below 0 in this reading.")
            .inFile(fileOfCategorical(static_cast<std::size_t>(table)))
            .atRow(rows.firstRow + row)
            .inField(schema().categoricalNames[static_cast<std::size_t>(table)])
            .butExpected("0 or more")
            .butFound(fmt::format("{}", id))
            .withRemedy("Read the ids as they are stored.");
    }

    std::shared_ptr<const Dataset> m_dataset;
    Reading m_reading;
};

}  // namespace

std::string_view name(NumericalReading reading) { return kReadingNames[static_cast<std::size_t>(reading)].name; }

std::string_view optionName(NumericalReading reading) {
    if (reading == NumericalReading::LnPlus3) return "ln3";
    if (reading == NumericalReading::LnPlus1) return "ln1";
    return reading == NumericalReading::LnPlus2 ? "ln2" : name(reading);
}

std::optional<NumericalReading> numericalReadingFromName(std::string_view text) {
    for (std::size_t i = 0; i < std::size(kReadingNames); ++i)
        if (text == kReadingNames[i].name || text == kReadingNames[i].shorter) return static_cast<NumericalReading>(i);
    return std::nullopt;
}

Result<void> checkReading(const Dataset& dataset, const Reading& reading) {
    if (reading.numerical != NumericalReading::AlreadyLogged || !dataset.holdsRawNumbers()) return {};
    return fail(Error("E-DATA-017", "The numbers of this dataset cannot be read so.")
                    .inFile(dataset.path())
                    .butExpected("ln(x+3), ln(x+2), ln(x+1) or raw")
                    .butFound(std::string(name(reading.numerical)))
                    .withRemedy("The dataset holds raw numbers: say how they are to be transformed."));
}

const PreprocessingProfile& recordedPreprocessing(const Dataset& dataset) {
    const std::string all = dataset.profile();  // in another reading followed by what that is
    const auto found = findProfile(std::string_view(all).substr(0, all.find(',')));
    return found ? **found : unknownProfile();
}

Reading ownReading(const Dataset& dataset) { return {numericalReadings(dataset).front(), 0}; }

std::span<const NumericalReading> numericalReadings(const Dataset& dataset) {
    const PreprocessingProfile* raw = dataset.rawProfile();
    if (!raw) return kOfTransformed;
    return ownOf(*raw) == kOfRaw.front() ? std::span<const NumericalReading>(kOfRaw) : kOfFacebooksRaw;
}

void reread(NumericalReading reading, std::span<const float> in, std::span<float> out) {
    // What is no number stays none, so that whoever reads it refuses it.
    const auto each = [&](auto change) {
        std::transform(in.begin(), in.end(), out.begin(),
                       [change](float v) { return std::isfinite(v) ? change(v) : v; });
    };
    if (reading == NumericalReading::AlreadyLogged) {
        if (in.data() != out.data()) std::copy(in.begin(), in.end(), out.begin());
        return;
    }
    if (reading == NumericalReading::Raw)
        return each([](float v) { return v == 0.0f ? 0.0f : static_cast<float>(rawOf(v)); });
    each([reading](float v) { return logOf(argumentOf(reading, static_cast<double>(v))); });
}

float fedRaw(NumericalReading reading, const PreprocessingProfile& profile, double raw) {
    const bool present =
        raw >= std::numeric_limits<std::int32_t>::min() && raw <= std::numeric_limits<std::int32_t>::max();
    if (reading == ownOf(profile))
        return transformed(profile, present ? std::optional(static_cast<std::int32_t>(raw)) : std::nullopt);
    if (!present) return 0.0f;
    if (reading == NumericalReading::Raw) return static_cast<float>(raw);
    const double argument = argumentOf(reading, raw);
    if (argument <= 0) return 0.0f;
    return profile.throughHalf ? logOf(argument) : static_cast<float>(std::log(argument));
}

std::shared_ptr<const Dataset> readAs(std::shared_ptr<const Dataset> dataset, Reading reading) {
    if (reading == ownReading(*dataset)) return dataset;
    return std::make_shared<OtherReading>(std::move(dataset), reading);
}

}  // namespace dlrm
