// SPDX-License-Identifier: Apache-2.0
// The subset of YAML that feature_spec.yaml needs, read into an immutable tree with hard limits and without guessing
// types.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

// A node. Aliases share the node of their anchor, so the tree is a directed graph without cycles.
// Scalars keep their text: whoever knows the schema position decides what "no", "1_000" or "5e7" means.
struct YamlNode {
    enum class Kind { Null, Scalar, Sequence, Map };
    using Ptr = std::shared_ptr<const YamlNode>;

    Kind kind = Kind::Null;
    std::string text;                                  // Scalar
    std::vector<Ptr> items;                            // Sequence
    std::vector<std::pair<std::string, Ptr>> entries;  // Map, in file order, keys unique
    std::int64_t line = 0;                             // 1-based
    std::int64_t offset = 0;                           // bytes from the start of the file
    std::int64_t expandedNodes = 1;                    // this node and all below, aliases followed

    const YamlNode* find(const std::string& key) const;
};

// Limits; each has its error code.
inline constexpr std::int64_t kYamlMaxBytes = 1 << 20;
inline constexpr int kYamlMaxDepth = 32;
inline constexpr std::int64_t kYamlMaxNodes = 100'000;  // aliases followed
inline constexpr std::int64_t kYamlMaxAliases = 1'024;

// Parses one document. `file` only names the text in errors. Errors:
// E-SPEC-001 too large · 002 not UTF-8 text · 003 tab as indentation · 004 not well-formed · 005 too deep · 006 too
//            many nodes
// 007 too many aliases · 008 tag · 009 merge key · 010 several documents · 011 duplicate key · 012 recursive alias ·
// 013 key that is not a scalar 014 out of memory
Result<YamlNode::Ptr> parseSafeYaml(const std::string& text, const std::string& file);

}  // namespace dlrm
