// SPDX-License-Identifier: Apache-2.0
// The figures of slices as plain data, and how they are made of sums.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dlrm {

// From how many rows on a slice is judged, and from how many clicked ones.
struct SliceLimits {
    std::int64_t rows = 1000, positives = 50;
    friend bool operator==(const SliceLimits&, const SliceLimits&) = default;
};

// Which slices are counted, and from how many rows on they are judged.
struct SliceChoice {
    std::vector<std::string> slices = {};  // --slice
    std::vector<std::string> groups = {};  // --by
    SliceLimits limits = {};
    std::int64_t weakest = 0;   // > 0: look for so many slices where predictions are off
    bool hashedValues = false;  // ids are hashes of raw values, so that none of them means a missing one
    bool ofLabels = true;       // what is said of the slices needs labels
    bool empty() const { return slices.empty() && groups.empty() && weakest == 0; }
};

struct SliceFigure {
    std::string key, title;           // "auc", "AUC"; the key is of the table of metrics
    std::optional<double> value;      // nothing where it is undefined, with `note` saying why
    std::optional<double> low, high;  // 95 % interval; of the AUC wider by what its buckets leave open
    // Against all rows that are not in the slice, with the interval of two independent samples.
    std::optional<double> difference, differenceLow, differenceHigh;
    double open = 0;  // by how much the value itself may be off: the AUC is of scores in bins
    std::string note;
};

struct SliceResult {
    std::string slice;  // as --slice takes it
    std::string group;  // the key it was asked for by; empty: by itself
    std::int64_t rows = 0, positives = 0;
    double share = 0;     // of all rows
    bool judged = false;  // it has enough rows of both classes to say something
    std::string notJudged;
    std::vector<SliceFigure> figures;

    const SliceFigure* find(std::string_view key) const {
        for (const SliceFigure& figure : figures)
            if (figure.key == key) return &figure;
        return nullptr;
    }
};

// How well calibrated predictions are within the slices of a key.
struct GroupCalibration {
    std::string group;
    std::int64_t slices = 0;  // with rows
    double error = 0;         // Σ over them of |Σp − Σy|, by all their rows
};

// Of every key that slices were asked for by, the largest error first.
std::vector<GroupCalibration> calibrationByGroup(const std::vector<SliceResult>& slices);

class SlicePartition;
class SliceSums;

// The listed classes of a partition, `classes` being the settled sums of all of them.
std::vector<SliceResult> sliceResults(const SlicePartition& partition, const std::vector<SliceSums>& classes,
                                      const SliceLimits& limits);

}  // namespace dlrm
