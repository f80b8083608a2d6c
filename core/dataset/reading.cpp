// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/reading.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/base/float_conversions.h"

namespace dlrm {

namespace {

constexpr std::array kOfTransformed{NumericalReading::AlreadyLogged, NumericalReading::LnPlus3, NumericalReading::LnPlus2, NumericalReading::Raw};
constexpr std::array kOfRaw{NumericalReading::LnPlus3, NumericalReading::LnPlus2, NumericalReading::Raw};

float logOf(double argument) { return argument > 0 ? throughHalf(static_cast<float>(std::log(argument))) : 0.0f; }

// The raw number behind ln(x + 3) rounded to float16: an integer where float16 still tells them apart.
double rawOf(float logged) { return std::round(std::exp(static_cast<double>(logged)) - 3.0); }

class OtherReading final : public Dataset {
public:
    OtherReading(std::shared_ptr<const Dataset> dataset, Reading reading) : m_dataset(std::move(dataset)), m_reading(reading) {}

    const DatasetSchema& schema() const override { return m_dataset->schema(); }
    std::int64_t rows() const override { return m_dataset->rows(); }
    bool hasLabels() const override { return m_dataset->hasLabels(); }
    std::string path() const override { return m_dataset->path(); }
    std::string format() const override { return m_dataset->format(); }
    std::string profile() const override {
        std::string out = m_dataset->profile();
        if (m_reading.numerical != ownReading(*m_dataset).numerical) out += fmt::format(", numbers {}", name(m_reading.numerical));
        if (m_reading.idShift != 0) out += fmt::format(", ids {:+}", m_reading.idShift);
        return out;
    }
    std::string split() const override { return m_dataset->split(); }
    std::vector<std::string> splits() const override { return m_dataset->splits(); }
    std::vector<std::string> notes() const override {
        std::vector<std::string> out = m_dataset->notes();
        out.push_back(fmt::format("The rows are read otherwise than they are stored: {}.", profile()));
        return out;
    }
    bool holdsRawNumbers() const override { return m_dataset->holdsRawNumbers(); }
    std::string fileOfCategorical(std::size_t table) const override { return m_dataset->fileOfCategorical(table); }
    Result<std::optional<RawRow>> rawRow(std::int64_t row) const override { return m_dataset->rawRow(row); }
    Result<void> checkUnchanged() const override { return m_dataset->checkUnchanged(); }

    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override {
        if (auto ok = m_dataset->read(first, count, out, stop); !ok) return ok;
        reread(m_reading.numerical, m_dataset->holdsRawNumbers(), out.numerical, out.numerical);
        if (m_reading.idShift == 0) return {};
        for (std::size_t i = 0; i < out.ids.size(); ++i) {
            out.ids[i] += m_reading.idShift;
            if (out.ids[i] >= 0) continue;
            const auto rowCount = static_cast<std::size_t>(out.rows);
            return fail(Error("E-DATA-016", "An id falls below 0 in this reading.")
                            .inFile(fileOfCategorical(i / rowCount))
                            .atRow(first + static_cast<std::int64_t>(i % rowCount))
                            .inField(schema().categoricalNames[i / rowCount])
                            .butExpected("0 or more")
                            .butFound(fmt::format("{}", out.ids[i]))
                            .withRemedy("Read the ids as they are stored."));
        }
        return {};
    }

private:
    std::shared_ptr<const Dataset> m_dataset;
    Reading m_reading;
};

}  // namespace

std::string_view name(NumericalReading reading) {
    switch (reading) {
    case NumericalReading::AlreadyLogged: return "already_logged";
    case NumericalReading::LnPlus3: return "ln(x+3)";
    case NumericalReading::LnPlus2: return "ln(x+2)";
    case NumericalReading::Raw: return "raw";
    }
    return "";
}

Reading ownReading(const Dataset& dataset) { return {numericalReadings(dataset).front(), 0}; }

std::span<const NumericalReading> numericalReadings(const Dataset& dataset) {
    if (dataset.holdsRawNumbers()) return kOfRaw;
    return kOfTransformed;
}

void reread(NumericalReading reading, bool rawNumbers, std::span<const float> in, std::span<float> out) {
    const auto each = [&](auto change) { std::transform(in.begin(), in.end(), out.begin(), change); };
    if (reading == NumericalReading::AlreadyLogged || (rawNumbers && reading == NumericalReading::LnPlus3)) {
        if (in.data() != out.data()) std::copy(in.begin(), in.end(), out.begin());
        return;
    }
    // Raw rows arrive as ln(x + 3), 0 for a missing number.
    if (reading == NumericalReading::Raw) return each([](float v) { return v == 0.0f ? 0.0f : static_cast<float>(rawOf(v)); });
    if (rawNumbers) return each([](float v) { return v == 0.0f ? 0.0f : logOf(rawOf(v) + 2.0); });
    const double shift = reading == NumericalReading::LnPlus3 ? 3.0 : 2.0;
    each([shift](float v) { return logOf(static_cast<double>(v) + shift); });
}

std::shared_ptr<const Dataset> readAs(std::shared_ptr<const Dataset> dataset, Reading reading) {
    if (reading == ownReading(*dataset)) return dataset;
    return std::make_shared<OtherReading>(std::move(dataset), reading);
}

}  // namespace dlrm
