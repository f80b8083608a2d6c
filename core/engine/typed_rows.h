// SPDX-License-Identifier: Apache-2.0
// What people type or paste as input of a model: tokens of raw Criteo columns, and the numbers and ids that are fed for
// them by the preprocessing, the dictionary and the reading in force.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/named_fields.h"
#include "core/dataset/readers/reading.h"
#include "core/engine/results.h"

namespace dlrm {

// A row with the tokens that stand for it.
struct EditableRow {
    std::int64_t row = -1;  // of the dataset; -1: pasted
    std::optional<int> label;
    RawRow raw;  // tokens; categorical empty strings when only ids are known
    InputRow input;
    std::vector<bool> unknown;    // per categorical: hex not in the dictionary (id 0)
    std::vector<bool> onlyId0;    // per categorical: id 0, and nothing says of what: a missing, rare or unknown value
    std::vector<bool> asMissing;  // per numerical: a number outside TypedRows::taken()
};

// The line of Criteo that the row's tokens stand in, with its label where it has one; where none is known, what the
// model is fed: fed:NUMBER, id:ROW. A missing number is fed as 0, a missing category as row 0.
std::string lineOfTokens(const EditableRow& row);

// From first to last, both included.
struct WholeNumbers {
    std::int32_t first = 0, last = 0;
};

// A view: what it is made of must outlive it. Any thread.
class TypedRows {
public:
    // Each may be null: no model, no dataset, no dictionary. data: as it is read. reading: the one in force; nothing:
    // the dataset's own.
    TypedRows(const ModelSpec* spec, const Dataset* data, const Dictionary* dictionary, std::optional<Reading> reading)
        : m_spec(spec), m_data(data), m_dictionary(dictionary), m_reading(reading) {}

    // A row that was predicted, with tokens for its values where they can be told.
    EditableRow editable(const PredictedRow& row) const;

    // Lines of Criteo, a field for each number and category of the model and one more where it begins with a label, in
    // which fed:X is what the model is fed for a number, and id:N names row N of a table. Empty lines are skipped.
    // REQUIRES: a model.
    // Errors: those of parseCriteoLine(), withNumerical() and withCategorical(), with the number of the line;
    // E-SESSION-009 more than 100,000 lines, 010 none.
    Result<std::vector<EditableRow>> parseLines(std::string_view text) const;

    // The line of Criteo that parseLines() reads as the row again, with its values to the bit: a token where what is
    // fed for it here is the row's value, else fed:X or id:N.
    std::string lineOf(const EditableRow& row) const;

    // The row with another token in one field: a whole number, fed:X, or empty for a missing value. Errors:
    // E-SESSION-007 no number; 008 no such field; 012 the preprocessing is not known, or transforms raw numbers by
    // statistics that no file holds.
    Result<EditableRow> withNumerical(const EditableRow& row, int index, const std::string& token) const;
    // token: 8 lower-case hexadecimal digits, or id:N, where N may have its digits grouped by commas. Errors:
    // E-SESSION-003 no dictionary to look it up in; 004 the table has no such row; 005 neither of the two; 006 an id
    //               beyond the table; 008 no such field; 011 beyond the table in this reading.
    Result<EditableRow> withCategorical(const EditableRow& row, int index, const std::string& token) const;
    // The same in place; after an error the row is as before.
    Result<void> setNumerical(EditableRow& row, int index, const std::string& token) const;
    Result<void> setCategorical(EditableRow& row, int index, const std::string& token) const;

    // `now` with what was edited of `before`, the same row of the data read with another dictionary: numbers as they
    // were typed; a category as the row of its table where the data hold ids, else by its value as this dictionary
    // numbers it (where it cannot, as the row), and so everywhere a value that the former dictionary did not have.
    EditableRow carriedOver(const EditableRow& edited, const EditableRow& before, const EditableRow& now) const;
    // The same numbers and ids with the values that this dictionary knows the ids by.
    EditableRow retold(const EditableRow& row) const;

    // Whether raw numbers can be fed; else only what is fed can be typed (E-SESSION-012).
    bool takesRawNumbers() const;
    // What the model is fed for a numerical token; a missing number is 0.
    float fed(const std::string& token) const;
    // The raw token that is fed as exactly this value; empty: none is known, or it is that of a missing number.
    std::string tokenOf(float value) const;
    // The token that withNumerical() takes for exactly this value: the raw one, else fed:X.
    std::string exactToken(float value) const;
    // What people type for a number that is fed, where anything is known: a missing one is no number.
    std::optional<double> typedFor(float value) const;
    // The numbers that are fed as what they are, by the formula of the preprocessing or the reading in force; all
    // others are fed as a missing one is.
    WholeNumbers taken() const;
    // The category that a row of a table stands for, "a73ee510"; empty: none is known.
    std::string hexOf(int table, std::int64_t id) const;
    // What the reading in force adds to the dictionary's ids: where the data hold values they become ids by it, and are
    // shifted then. Ids that the data hold are shifted to those of the model, which are the dictionary's.
    int dictionaryShift() const;
    // The row of a table that a category of 8 hexadecimal digits stands for; nothing: none, or it is not known.
    std::optional<std::int64_t> rowOfValue(int table, std::string_view hex) const;

private:
    struct Found {
        std::int32_t id = 0;
        bool unknown = false;
    };
    Result<Found> lookUp(std::size_t table, const std::string& token) const;
    Result<Found> inTable(std::size_t table, const std::string& token) const;
    bool readsNumbersOtherwise() const;
    bool fedAsMissing(const std::string& token) const;
    const PreprocessingProfile& ownProfile() const;
    Result<void> checkNumerical(const std::string& field, const std::string& token) const;
    std::string numericalToken(float value) const;
    std::string numericalName(std::size_t index) const;
    bool standsFor(const std::string& token, float value) const;

    const ModelSpec* m_spec;
    const Dataset* m_data;
    const Dictionary* m_dictionary;
    std::optional<Reading> m_reading;
};

// What an edit feeds is finite, which a row of data that is told by such tokens need not be. Error E-SESSION-013.
Result<void> requireFinite(const std::string& field, const std::string& token);

}  // namespace dlrm
