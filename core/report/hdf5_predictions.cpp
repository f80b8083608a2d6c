// SPDX-License-Identifier: Apache-2.0
// Predictions as HDF5.
#include "core/report/hdf5_export.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/temporary_file.h"
#include "core/formats/hdf5_stream.h"
#include "core/metrics/probability.h"

namespace dlrm {
namespace {

constexpr std::uint8_t kNoLabel = 255;

struct Record {
    std::int64_t row = 0;
    float logit = 0, probability = 0, logitBefore = 0;
    std::uint8_t label = kNoLabel;
};

// Records on their way into a file and out of it again, as often as needed.
class Spool {
public:
    Spool() : m_file(unnamedTemporaryFile(m_folder)) {}

    Result<void> add(const Prediction& part) {
        m_records.clear();
        for (const PredictedRow& row : part.rows) {
            const auto label = row.label ? static_cast<std::uint8_t>(*row.label) : kNoLabel;
            m_records.push_back(
                {row.row, row.logit, static_cast<float>(row.probability), row.logitBefore.value_or(0), label});
            m_labelled |= row.label.has_value();
            m_edited |= row.logitBefore.has_value();
        }
        const auto bytes = std::as_bytes(std::span(m_records));
        for (std::size_t done = 0; done < bytes.size();) {
            const ssize_t n = m_file ? ::pwrite(m_file.get(), bytes.data() + done, bytes.size() - done,
                                                static_cast<off_t>(offsetOf(m_rows) + done))
                                     : -1;
            if (n > 0) done += static_cast<std::size_t>(n);
            else if (!m_file || errno != EINTR) return fail(broken("written"));
        }
        m_rows += static_cast<std::int64_t>(m_records.size());
        return {};
    }
    std::int64_t rows() const { return m_rows; }
    bool labelled() const { return m_labelled; }
    bool edited() const { return m_edited; }

    // The records from `first` on, at most `count`; valid until the next call.
    Result<std::span<const Record>> read(std::int64_t first, std::int64_t count) {
        m_records.resize(static_cast<std::size_t>(std::min(count, m_rows - first)));
        const auto bytes = std::as_writable_bytes(std::span(m_records));
        for (std::size_t done = 0; done < bytes.size();) {
            const ssize_t n = ::pread(m_file.get(), bytes.data() + done, bytes.size() - done,
                                      static_cast<off_t>(offsetOf(first) + done));
            if (n > 0) done += static_cast<std::size_t>(n);
            else if (n == 0 || errno != EINTR) return fail(broken("read"));
        }
        return std::span<const Record>(m_records);
    }

private:
    static std::size_t offsetOf(std::int64_t row) { return static_cast<std::size_t>(row) * sizeof(Record); }
    Error broken(const char* what) const {
        return Error("E-EXPORT-011", std::string("The temporary file of the rows cannot be ") + what + ".")
            .inFile(m_folder)
            .butExpected("a folder with 24 bytes of free space for every row")
            .butFound(std::strerror(errno))
            .withRemedy("Name a folder with more space in TMPDIR, or export as .csv.");
    }

    std::string m_folder;
    UniqueFd m_file;
    std::vector<Record> m_records;
    std::int64_t m_rows = 0;
    bool m_labelled = false, m_edited = false;
};

template <class T, class Get>
Result<void> writeColumn(Hdf5Stream& file, Spool& spool, const std::string& path, std::int32_t type, Get get) {
    file.beginColumn(path, type, spool.rows());
    std::vector<T> values;
    for (std::int64_t first = 0; first < spool.rows(); first += Hdf5Stream::kColumnChunk) {
        DLRM_TRY(const auto records, spool.read(first, Hdf5Stream::kColumnChunk));
        values.clear();
        for (const Record& record : records) values.push_back(get(record));
        DLRM_TRY(file.writeColumn(std::as_bytes(std::span(values))));
    }
    return {};
}

template <class T, class Get>
Result<void> writeDescribed(Hdf5Stream& file, Spool& spool, const std::string& path, std::int32_t type,
                            const char* longName, Get get) {
    DLRM_TRY(writeColumn<T>(file, spool, path, type, get));
    file.attach(path, "/row");
    file.attribute(path, "long_name", longName);
    file.attribute(path, "units", "1");
    return {};
}

}  // namespace

Result<void> writePredictionHdf5(const PredictionParts& parts, const std::string& path,
                                 const ProvenanceFn& provenance) {
    Spool spool;
    Prediction about;  // of the last part: a GPU may be lost on the way
    while (true) {
        DLRM_TRY(const auto part, parts());
        if (part == nullptr) break;
        DLRM_TRY(spool.add(*part));
        about.profile = part->profile;
        about.backend = part->backend;
        about.interactionOrder = part->interactionOrder;
        about.orderSource = part->orderSource;
    }
    DLRM_TRY(auto file, Hdf5Stream::create(path, 0));
    Hdf5Stream& out = *file;
    addComputation(out, about);
    if (provenance) addProvenance(out, provenance());
    DLRM_TRY(writeColumn<std::int64_t>(out, spool, "/row", DLRM_HDF5_INT64, [](const Record& r) { return r.row; }));
    out.makeScale("/row", "row");
    out.attribute("/row", "long_name", "row of the dataset, 0-based");
    const auto probability = [](const Record& r) { return r.probability; };
    DLRM_TRY(writeDescribed<float>(out, spool, "/probability", DLRM_HDF5_FLOAT32, "predicted probability of a click",
                                   probability));
    DLRM_TRY(writeDescribed<float>(out, spool, "/prediction", DLRM_HDF5_FLOAT32,
                                   "former name of probability, for one version", probability));
    const auto logit = [](const Record& r) { return r.logit; };
    DLRM_TRY(writeDescribed<float>(out, spool, "/logit", DLRM_HDF5_FLOAT32, "logit before the sigmoid", logit));
    if (spool.edited()) {
        DLRM_TRY(writeDescribed<float>(out, spool, "/logit_before", DLRM_HDF5_FLOAT32,
                                       "logit of the row before it was edited",
                                       [](const Record& r) { return r.logitBefore; }));
        DLRM_TRY(writeDescribed<float>(
            out, spool, "/probability_before", DLRM_HDF5_FLOAT32, "predicted probability before the row was edited",
            [](const Record& r) { return static_cast<float>(sigmoid(static_cast<double>(r.logitBefore))); }));
    }
    const auto label = [](const Record& r) { return r.label; };
    if (spool.labelled())
        DLRM_TRY(writeDescribed<std::uint8_t>(out, spool, "/label", DLRM_HDF5_UINT8, "1 clicked, 0 not, 255 unknown",
                                              label));
    return out.finish();
}

}  // namespace dlrm
