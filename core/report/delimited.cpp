// SPDX-License-Identifier: Apache-2.0
#include "core/report/delimited.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/metrics/probability.h"

namespace dlrm {
namespace {

std::string field(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : std::string(); }

}  // namespace

std::string delimitedField(std::string text, Delimiter delimiter) {
    if (delimiter == Delimiter::Tab) {
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
        return text;
    }
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

Result<void> writeDelimited(const PredictionParts& parts, Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    bool firstPart = true;
    while (true) {
        DLRM_TRY(const auto part, parts());
        if (part == nullptr) return out.flush();
        const std::vector<PredictedRow>& rows = part->rows;
        if (std::exchange(firstPart, false)) {
            const std::size_t numericals = rows.empty() ? 0 : rows.front().input.numerical.size();
            const std::size_t ids = rows.empty() ? 0 : rows.front().input.ids.size();
            out.print("row{0}label{0}logit{0}probability", d);
            if (!rows.empty() && rows.front().logitBefore)
                out.print("{0}logit_before{0}probability_before{0}change", d);
            for (std::size_t i = 0; i < numericals; ++i) out.print("{}numerical_{}", d, i);
            for (std::size_t i = 0; i < ids; ++i) out.print("{}id_{}", d, i);
            out.text("\n");
        }
        for (const PredictedRow& row : rows) {
            out.print("{}{}", row.row, d);
            if (row.label) out.print("{}", *row.label);
            out.print("{0}{1}{0}{2}", d, row.logit, row.probability);
            if (row.logitBefore) {
                const double before = sigmoid(static_cast<double>(*row.logitBefore));
                out.print("{0}{1}{0}{2}{0}{3}", d, *row.logitBefore, before, row.probability - before);
            }
            for (const float v : row.input.numerical) out.print("{}{}", d, v);
            for (const std::int32_t id : row.input.ids) out.print("{}{}", d, id);
            out.text("\n");
            DLRM_TRY(out.drain());
        }
    }
}

Result<void> writeDelimited(const RowParts& parts, const RowExport& about, Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    out.print("id{}norm", d);
    for (const RowColumn& column : about.columns) out.print("{}{}", d, column.name);
    for (std::int64_t i = 0; i < about.dim; ++i) out.print("{}{}", d, i);
    out.text("\n");
    while (true) {
        DLRM_TRY(const auto part, parts());
        if (part == nullptr) return out.flush();
        const TableRows& rows = *part;
        const auto dim = static_cast<std::size_t>(rows.dim);
        for (std::size_t i = 0; i < rows.ids.size(); ++i) {
            out.print("{}{}{}", value(rows.ids[i]), d, rows.norms[i]);
            for (const RowColumn& column : about.columns)
                std::visit([&](const auto& get) { out.print("{}{}", d, get(rows, i)); }, column.get);
            for (std::size_t c = 0; c < dim; ++c) out.print("{}{}", d, rows.values[i * dim + c]);
            out.text("\n");
            DLRM_TRY(out.drain());
        }
    }
}

Result<void> writeDelimited(const Evaluation& evaluation, Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    const std::vector<WeakSlice> weakest = evaluation.weakest.value_or(WeakestSlices()).slices;
    const bool sliced = !evaluation.slices.empty() || !weakest.empty();
    const std::string rest = sliced ? std::string(4, d) + "\n" : "\n";  // of a line about all rows
    out.print("metric{0}value{0}low{0}high{0}note", d);
    if (sliced) out.print("{0}slice{0}difference{0}difference_low{0}difference_high", d);
    out.text("\n");
    const auto figure = [&](const char* key, const std::string& value) {
        out.print("{1}{0}{2}{0}{0}{0}{3}", d, key, value, rest);
    };
    figure("rows", fmt::format("{}", evaluation.report.rows));
    figure("positives", fmt::format("{}", evaluation.report.positives));
    for (const MetricValue& m : evaluation.report.metrics)
        out.print("{1}{0}{2}{0}{3}{0}{4}{0}{5}{6}", d, m.key, field(m.value), field(m.low), field(m.high),
                  delimitedField(m.note, delimiter), rest);
    figure("brier_reliability", field(evaluation.report.brierReliability));
    figure("brier_resolution", field(evaluation.report.brierResolution));
    figure("brier_uncertainty", field(evaluation.report.brierUncertainty));
    const auto noted = [&](const std::string& key, const std::optional<double>& value, const std::string& note) {
        out.print("{1}{0}{2}{0}{0}{0}{3}{4}", d, key, field(value), delimitedField(note, delimiter), rest);
    };
    for (const Gain& gain : evaluation.report.gains) {
        noted(fmt::format("gain_{}", gain.share), gain.gain, {});
        noted(fmt::format("lift_{}", gain.share), gain.lift, {});
    }
    if (const auto& gauc = evaluation.gauc) {
        noted("gauc", gauc->value, "by " + gauc->field);
        figure("gauc_rows", fmt::format("{}", gauc->rows));
        figure("gauc_groups", fmt::format("{}", gauc->groups));
        figure("gauc_skipped_rows", fmt::format("{}", gauc->skippedRows));
        figure("gauc_skipped_groups", fmt::format("{}", gauc->skippedGroups));
    }
    if (const auto& top = evaluation.top)
        out.print("pcoc_{1}{0}{2}{0}{3}{0}{4}{0}{5}{6}", d, top->share, field(top->value), field(top->low),
                  field(top->high), delimitedField(top->note, delimiter), rest);
    for (const GroupCalibration& group : evaluation.byGroup)
        noted("calibration_error", group.error, "by " + group.group);
    for (const SliceResult& slice : evaluation.slices) {
        const std::string sentence = delimitedField(slice.slice, delimiter);
        const std::string note = slice.judged ? "" : delimitedField("not judged: " + slice.notJudged, delimiter);
        for (const auto& [key, count] : {std::pair{"rows", slice.rows}, {"positives", slice.positives}})
            out.print("{1}{0}{2}{0}{0}{0}{3}{0}{4}{0}{0}{0}\n", d, key, count, note, sentence);
        for (const SliceFigure& f : slice.figures)
            out.print("{1}{0}{2}{0}{3}{0}{4}{0}{5}{0}{6}{0}{7}{0}{8}{0}{9}\n", d, f.key, field(f.value), field(f.low),
                      field(f.high), f.note.empty() ? note : delimitedField(f.note, delimiter), sentence,
                      field(f.difference), field(f.differenceLow), field(f.differenceHigh));
        DLRM_TRY(out.drain());
    }
    for (const WeakSlice& slice : weakest) {
        const auto line = [&](const char* key, const std::string& value, const std::string& low = {},
                              const std::string& high = {}) {
            out.print("{1}{0}{2}{0}{3}{0}{4}{0}{0}{5}{0}{0}{0}\n", d, key, value, low, high,
                      delimitedField(slice.slice, delimiter));
        };
        line("weakest_rows", fmt::format("{}", slice.rows));
        line("weakest_positives", fmt::format("{}", slice.positives));
        line("weakest_calibration", field(slice.calibration), field(slice.low), field(slice.high));
        line("weakest_excess_clicks", fmt::format("{}", slice.excessClicks));
        line("weakest_t", fmt::format("{}", slice.t));
        line("weakest_p_adjusted", fmt::format("{}", slice.pAdjusted));
        DLRM_TRY(out.drain());
    }
    return out.flush();
}

Result<void> writeDelimited(const NeighborResult& result, Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    out.print("query_id{0}rank{0}id{0}score{0}norm\n", d);
    for (const RowNeighbors& row : result.rows)
        for (std::size_t i = 0; i < row.neighbors.size(); ++i) {
            out.print("{1}{0}{2}{0}{3}{0}{4}{0}{5}\n", d, value(row.row), i + 1, value(row.neighbors[i].id),
                      row.neighbors[i].score, row.norms[i]);
            if (auto ok = out.drain(); !ok) return ok;
        }
    return out.flush();
}

}  // namespace dlrm
