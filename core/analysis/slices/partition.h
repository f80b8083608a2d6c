// SPDX-License-Identifier: Apache-2.0
// Slices of rows, compiled: every row of a batch is told its class. What is asked for by a key, or by one sentence, are
// the classes of one partition, so that what a class leaves over are the other classes together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/analysis/slices/expression.h"
#include "core/analysis/tables/untrained_rows.h"
#include "core/dataset/batch.h"

namespace dlrm {

// Rows to be told apart.
struct SliceRows {
    BatchView rows;  // one id per feature where a partition looksAtIds()
    // Per row, as the data numbers it; may be empty where no partition looksAtRowNumbers().
    std::span<const std::int64_t> numbers;
};

// The classes between edges: class k holds what is >= edges[k - 1] and < edges[k]. Ascending.
struct IdEdges {
    std::size_t table;
    std::vector<std::int32_t> edges;
};
// With `missing` a class of its own, the first.
struct NumberEdges {
    std::size_t field;
    std::vector<float> edges;
    std::optional<float> missing;
};
struct NumberMissing {  // 1: it is, else 0
    std::size_t field;
    float missing;
};
struct RowEdges {
    std::vector<std::int64_t> edges;  // of row numbers
};
// How many fields of the row have an id below firstId, or an untrained one.
struct UnknownFields {
    std::int32_t firstId;
};
struct UntrainedFields {
    std::vector<const UntrainedRows*> tables;
};
using RowClass = std::variant<IdEdges, NumberEdges, NumberMissing, RowEdges, UnknownFields, UntrainedFields>;

// What a row must be. Numbers are compared as they are fed; a missing one is only ever != another.
struct IdTest {
    std::size_t table;
    std::vector<RowRange> ranges;  // ascending
    bool inside;                   // else: outside of all of them
};
struct NumberTest {
    std::size_t field;
    SliceComparison comparison;
    std::vector<float> values;     // more than one: with Equal, any of them
    std::optional<float> missing;  // where it can be told
};
struct NumberMissingTest {
    std::size_t field;
    float missing;
    bool inside;
};
struct UntrainedIdTest {
    std::size_t table;
    const UntrainedRows* rows;
};
struct CountTest {
    RowClass count;  // UnknownFields or UntrainedFields
    SliceComparison comparison;
    std::int64_t number;
};
struct RowTest {
    RowRange range;
};
using SliceTest = std::variant<IdTest, NumberTest, NumberMissingTest, UntrainedIdTest, CountTest, RowTest>;

// Immutable; any thread. What UntrainedRows it points to must outlive it.
class SlicePartition {
public:
    // Class 0: all rows that pass every test, class 1, which is not listed: the others.
    SlicePartition(std::string sentence, std::vector<SliceTest> tests);
    // One or two keys; of two, class i·(classes of the second) + j. `sentences`: of every class of every key.
    SlicePartition(std::string group, std::vector<RowClass> keys, std::vector<std::vector<std::string>> sentences);

    // As a saved state tells of one: it tells no rows apart. `classes`: at least as many as sentences.
    SlicePartition(std::string group, std::vector<std::string> sentences, std::size_t classes,
                   std::uint64_t fingerprint);

    std::size_t classes() const { return m_classes; }
    // Of them, the first ones, that somebody asked for.
    std::size_t listed() const { return m_sentences.size(); }
    // Of a listed class, as --slice takes it.
    const std::string& sentence(std::size_t index) const { return m_sentences[index]; }
    // The key it was asked for by, "cat_19 decade"; empty: by its sentence.
    const std::string& group() const { return m_group; }
    bool looksAtRowNumbers() const;
    bool looksAtIds() const;

    // The class of every row. out: as many as there are rows. REQUIRES: it was not made of a saved state.
    void classify(const SliceRows& rows, std::span<std::uint16_t> out) const;

    // A hash of what is compiled: two partitions of the same one tell all rows apart alike.
    std::uint64_t fingerprint() const;

private:
    std::string m_group;
    std::vector<std::string> m_sentences;
    std::vector<SliceTest> m_tests;
    std::vector<RowClass> m_keys;  // empty: by m_tests
    std::size_t m_classes = 0, m_second = 1;
    std::optional<std::uint64_t> m_told;  // the fingerprint, as a saved state has it
};

}  // namespace dlrm
