// SPDX-License-Identifier: Apache-2.0
// feature_spec.yaml: which files of a dataset hold which features, in the form the DLRM training code writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

// Element types a split_binary file may have.
enum class SpecDtype { Int8, Int16, Int32, Float16, Bool };
std::int64_t itemSize(SpecDtype dtype);

struct FeatureSpec {
    struct Feature {
        std::string name;                         // as in the file, ".bin" included
        std::string dtype;                        // as written; empty when the spec does not say
        std::optional<std::int64_t> cardinality;  // nothing: `auto`, or not a categorical feature
        std::int64_t hotness = 1;                 // most ids in one row; more than 1 only where files may hold them
    };
    struct Chunk {
        std::string type;
        std::vector<std::string> features;
        std::vector<std::string> files;  // relative to `directory`, checked: not absolute, no "..", no NUL
    };
    struct Split {
        std::string name;
        std::vector<Chunk> chunks;
    };

    std::string path;                  // of the YAML file
    std::string directory;             // that holds it; files are relative to this
    std::vector<Feature> categorical;  // in the order of channel_spec, which alone gives the order
    std::vector<Feature> numerical;
    Feature label;
    std::vector<Split> splits;  // "test" and "train"; empty where source_spec is null or {}

    const Split* findSplit(const std::string& name) const;
};

// Meaning of a dtype in numpy's or torch's spelling ("int16", "<f2", "?", "torch.int8"), or nothing.
std::optional<SpecDtype> parseSpecDtype(const std::string& text);

// How many ids of a feature the files may hold in one row: the specification's chunks tell, but where folders of
// TFRecords lie beside it, they are the data, whatever source_spec says.
enum class SpecFiles { AsStated, Records };

// Reads `path` (the YAML file itself). Errors: E-FILE-…, those of safe_yaml.h, and
// E-SPEC-020 a key is missing or unknown · 021 wrong kind of value · 022 channel_spec · 023 a feature is named twice,
//            or not described, or not used
// 024 cardinality · 025 hotness, or a multi-hot feature in files that hold one id a row · 026 splits other than train
// and test · 027 mixed chunk types · 028 path leaves the dataset 029 a feature is in no chunk or in several · 030
// split_binary rules (one file, one categorical, numericals together and in order, label alone) · 031 dtype 032 out of
// memory
Result<FeatureSpec> readFeatureSpec(const std::string& path, SpecFiles files = SpecFiles::AsStated);

// As readFeatureSpec(), for text already read.
Result<FeatureSpec> parseFeatureSpec(const std::string& text, const std::string& path,
                                     SpecFiles files = SpecFiles::AsStated);

}  // namespace dlrm
