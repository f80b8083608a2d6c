// SPDX-License-Identifier: Apache-2.0
// The grammar of slices, as the command line and files have it:
//   slice := "all" | term {"and" term}
//   term  := FIELD OP VALUE | FIELD "in" VALUE{"," VALUE} | FIELD "missing" | FIELD "present" | CAT "id" RANGE
//          | CAT "decade" K | CAT "untrained" | "unknown_fields" OP N | "untrained_fields" OP N | "row" RANGE
//   group := key {"," key}                                             at most two
//   key   := CAT "decade" | CAT "top" N | FIELD "missing" | NUM "quantiles" N | "unknown_fields" | "untrained_fields"
//          | "row" "blocks" N
//   OP := = != < <= > >=    RANGE := A-B | A- | -B | A    FIELD: a name; in double quotes where it has spaces, or is a
//   word of the grammar, and "" in them is one quote
// What fields there are, and what can be asked of them, is compile.h's to know.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/slices/errors.h"
#include "core/base/ids.h"
#include "core/base/result.h"

namespace dlrm {

enum class SliceComparison : std::uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };
inline constexpr std::array<std::string_view, 6> kSliceComparisons{"=", "!=", "<", "<=", ">", ">="};

struct SliceTerm {
    enum class Kind : std::uint8_t {
        Compare,
        In,
        Missing,
        Present,
        Ids,
        Decade,
        Untrained,
        UnknownFields,
        UntrainedFields,
        Rows
    };
    Kind kind{};
    SliceWord field;  // empty for the last three
    SliceWord what;   // the operator, or the word behind the field
    SliceComparison comparison{};
    std::vector<SliceWord> values;  // Compare: one; In: one or more
    RowRange range;                 // Ids, Rows; the last is INT64_MAX where it is left open
    std::int64_t number = 0;        // Decade, UnknownFields, UntrainedFields
};

struct SliceExpression {
    SliceText text;
    std::vector<SliceTerm> terms;  // none: all rows
    bool looksAtTraining() const;  // whether some term asks which rows of tables were trained
};

struct SliceKey {
    enum class Kind : std::uint8_t { Decade, Top, Missing, Quantiles, UnknownFields, UntrainedFields, RowBlocks };
    Kind kind{};
    SliceWord field;  // empty for the last three
    SliceWord what;
    std::int64_t number = 0;  // Top, Quantiles, RowBlocks: at least 1, at most kMostSlices
};

struct SliceGroup {
    SliceText text;
    std::vector<SliceKey> keys;  // one or two
    bool looksAtTraining() const;
};

// Of all slices that are counted at once.
inline constexpr std::size_t kMostSlices = 4096;

// Errors E-SLICE-001.
Result<SliceExpression> parseSlice(std::string_view text);
Result<SliceGroup> parseSliceGroup(std::string_view text);

// The same in one way of writing it, that parses to the same.
std::string sentenceOf(const SliceExpression& expression);
std::string sentenceOf(const SliceGroup& group);
// As it stands in a sentence: quoted where it must be.
std::string fieldInSentence(const std::string& name);
std::string rangeInSentence(const RowRange& range);

}  // namespace dlrm
