// SPDX-License-Identifier: Apache-2.0
// Whole-table work against its definition in double.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/gpu/support/checks.h"
#include "tests/gpu/support/random_model.h"

namespace dlrm::test {
namespace {

constexpr double kSumTolerance = 1e-12;     // relative to the sum of magnitudes: double sums in another order
constexpr float kNormTolerance = 1.2e-7f;   // one rounding to float32
constexpr double kScoreTolerance = 1e-13;

struct TableCase {
    const char* name;
    ModelOptions options;
    std::int32_t storage;
    bool special;   // NaN, infinity, subnormal, zero row
};

void checkScan(Checks& checks, const dlrm_backend_table& module, OpenModel& open, const RandomModel& model, const std::string& name) {
    const std::int64_t rows = model.options().tableRows[0], dim = model.dimOf(0);
    for (const std::int32_t bins : {512, 7, 20000}) {
        const dlrm_scan_request request{-0.3f, 0.35f, bins};
        std::vector<float> norms(static_cast<std::size_t>(rows));
        std::vector<std::int64_t> histogram(static_cast<std::size_t>(bins)), expected(static_cast<std::size_t>(bins));
        dlrm_scan_result s{};
        s.norms = norms.data();
        s.histogram = histogram.data();
        if (!checks.that(module.scan(open.model, 0, &request, &s, nullptr, &open.error) == DLRM_OK, name + "scan: " + text(open.error))) return;
        dlrm_scan_result t{};
        double magnitude = 0;
        t.min = std::numeric_limits<float>::infinity();
        t.max = -t.min;
        bool normsRight = true;
        for (std::int64_t r = 0; r < rows; ++r) {
            double squares = 0;
            for (std::int64_t c = 0; c < dim; ++c) {
                const float x = model.value(0, r, c);
                squares += static_cast<double>(x) * x;
                if (std::isnan(x)) ++t.nan;
                else if (std::isinf(x)) ++t.inf;
                if (!std::isfinite(x)) continue;
                ++t.finite;
                t.subnormal += x != 0 && std::abs(x) < std::numeric_limits<float>::min();
                t.sum += x;
                magnitude += std::abs(x);
                t.sum_squares += static_cast<double>(x) * x;
                t.min = std::min(t.min, x);
                t.max = std::max(t.max, x);
                if (x < request.low) ++t.below;
                else if (x >= request.high) ++t.above;
                else ++expected[static_cast<std::size_t>(std::min<std::int64_t>(
                        bins - 1, static_cast<std::int64_t>((static_cast<double>(x) - request.low) * (bins / (static_cast<double>(request.high) - request.low)))))];
            }
            const auto norm = static_cast<float>(std::sqrt(squares)), ours = norms[static_cast<std::size_t>(r)];
            normsRight = normsRight && (std::isnan(norm) ? std::isnan(ours) : std::isinf(norm) ? ours == norm : std::abs(ours - norm) <= kNormTolerance * norm);
        }
        checks.that(normsRight, name + "norms");
        checks.that(s.finite == t.finite && s.nan == t.nan && s.inf == t.inf && s.subnormal == t.subnormal && s.below == t.below && s.above == t.above,
                    name + "counts with " + std::to_string(bins) + " bins");
        checks.that(s.min == t.min && s.max == t.max, name + "min and max");
        checks.that(std::abs(s.sum - t.sum) <= kSumTolerance * magnitude && std::abs(s.sum_squares - t.sum_squares) <= kSumTolerance * t.sum_squares, name + "sums");
        checks.that(histogram == expected, name + "histogram of " + std::to_string(bins) + " bins");
    }
}

bool finiteRow(const RandomModel& model, std::int64_t row) {
    for (std::int64_t c = 0; c < model.dimOf(0); ++c)
        if (!std::isfinite(model.value(0, row, c))) return false;
    return true;
}

void checkGram(Checks& checks, const dlrm_backend_table& module, OpenModel& open, const RandomModel& model, const std::string& name) {
    const std::int64_t rows = model.options().tableRows[0], dim = model.dimOf(0);
    const auto square = static_cast<std::size_t>(dim * dim);
    std::vector<double> products(square), sums(static_cast<std::size_t>(dim)), expected(square), magnitudes(square), expectedSums(sums.size());
    std::int64_t counted = 0, expectedRows = 0;
    if (!checks.that(module.gram(open.model, 0, products.data(), sums.data(), &counted, nullptr, &open.error) == DLRM_OK, name + "gram: " + text(open.error))) return;
    for (std::int64_t r = 0; r < rows; ++r) {
        if (!finiteRow(model, r)) continue;
        ++expectedRows;
        for (std::int64_t i = 0; i < dim; ++i) {
            expectedSums[static_cast<std::size_t>(i)] += model.value(0, r, i);
            for (std::int64_t j = 0; j < dim; ++j) {
                const double product = static_cast<double>(model.value(0, r, i)) * model.value(0, r, j);
                expected[static_cast<std::size_t>(i * dim + j)] += product;
                magnitudes[static_cast<std::size_t>(i * dim + j)] += std::abs(product);
            }
        }
    }
    bool right = counted == expectedRows, symmetric = true;
    for (std::size_t k = 0; k < square; ++k) {
        right = right && std::abs(products[k] - expected[k]) <= kSumTolerance * magnitudes[k];
        symmetric = symmetric && products[k] == products[k % static_cast<std::size_t>(dim) * static_cast<std::size_t>(dim) + k / static_cast<std::size_t>(dim)];
    }
    for (std::size_t k = 0; k < sums.size(); ++k) right = right && std::abs(sums[k] - expectedSums[k]) <= kSumTolerance * static_cast<double>(rows);
    checks.that(right, name + "gram");
    checks.that(symmetric, name + "gram is symmetric");
}

void checkNearest(Checks& checks, const dlrm_backend_table& module, OpenModel& open, const RandomModel& model, const std::string& name) {
    const std::int64_t rows = model.options().tableRows[0], dim = model.dimOf(0);
    std::vector<float> query(static_cast<std::size_t>(dim));
    for (std::int64_t c = 0; c < dim; ++c) query[static_cast<std::size_t>(c)] = model.value(0, rows / 2, c);
    for (const std::int32_t similarity : {DLRM_COSINE, DLRM_DOT, DLRM_L2}) {
        struct Scored {
            bool last;
            double score;
            std::int64_t id;
        };
        std::vector<Scored> expected;
        for (std::int64_t r = 0; r < rows; ++r) {
            double dot = 0, squares = 0, querySquares = 0, distance = 0;
            for (std::int64_t c = 0; c < dim; ++c) {
                const double x = model.value(0, r, c), q = query[static_cast<std::size_t>(c)];
                dot += x * q;
                squares += x * x;
                querySquares += q * q;
                distance += (x - q) * (x - q);
            }
            const double score = similarity == DLRM_L2 ? std::sqrt(distance) : similarity == DLRM_DOT ? dot : dot / (std::sqrt(squares) * std::sqrt(querySquares));
            expected.push_back({!finiteRow(model, r) || std::isnan(score), score, r});
        }
        std::sort(expected.begin(), expected.end(), [&](const Scored& a, const Scored& b) {
            if (a.last != b.last) return b.last;
            if (!a.last && a.score != b.score) return similarity == DLRM_L2 ? a.score < b.score : a.score > b.score;
            return a.id < b.id;
        });
        for (const std::int32_t k : {1, 10, static_cast<std::int32_t>(rows), static_cast<std::int32_t>(rows) + 5}) {
            std::vector<dlrm_neighbor> out(static_cast<std::size_t>(k));
            std::int32_t found = 0;
            const std::string what = name + "nearest by " + std::to_string(similarity) + ", k " + std::to_string(k);
            if (!checks.that(module.nearest(open.model, 0, query.data(), similarity, k, out.data(), &found, nullptr, &open.error) == DLRM_OK, what + text(open.error))) return;
            bool right = found == std::min<std::int64_t>(k, rows);
            for (std::size_t n = 0; right && n < static_cast<std::size_t>(found); ++n) {
                const Scored& e = expected[n];
                // Scores that are equal but for the order of summation may swap ids.
                right = e.last ? out[n].id == e.id && std::isnan(out[n].score)
                               : std::abs(out[n].score - e.score) <= kScoreTolerance * std::max(1.0, std::abs(e.score)) &&
                                     (out[n].id == e.id || std::any_of(expected.begin(), expected.end(), [&](const Scored& o) {
                                          return o.id == out[n].id && std::abs(o.score - e.score) <= kScoreTolerance;
                                      }));
            }
            checks.that(right, what);
        }
    }
}

void checkRank(Checks& checks, const dlrm_backend_table& module, OpenModel& open) {
    std::mt19937 random(3);
    for (const std::int64_t rows : {std::int64_t{1}, std::int64_t{4096}, std::int64_t{50001}}) {
        std::vector<float> logits(static_cast<std::size_t>(rows));
        std::vector<std::uint8_t> labels(logits.size());
        for (std::size_t k = 0; k < logits.size(); ++k) {
            logits[k] = static_cast<float>(static_cast<int>(random() % 2001) - 1000) / 100.0f;   // many ties
            if (k % 97 == 0) logits[k] = k % 2 ? -0.0f : 0.0f;
            labels[k] = random() % 30 == 0;
        }
        dlrm_rank_sums sums{}, expected{};
        if (!checks.that(module.rank(open.device, logits.data(), labels.data(), rows, &sums, nullptr, &open.error) == DLRM_OK, "rank: " + text(open.error))) return;
        std::vector<float> negatives;
        for (std::size_t k = 0; k < logits.size(); ++k)
            if (!labels[k]) negatives.push_back(logits[k]);
        std::sort(negatives.begin(), negatives.end());
        for (std::size_t k = 0; k < logits.size(); ++k) {
            const double z = logits[k];
            expected.log_loss += std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))) - (labels[k] ? z : 0);
            if (!labels[k]) continue;
            ++expected.positives;
            expected.double_concordant += static_cast<std::uint64_t>(std::lower_bound(negatives.begin(), negatives.end(), logits[k]) - negatives.begin()) +
                                          static_cast<std::uint64_t>(std::upper_bound(negatives.begin(), negatives.end(), logits[k]) - negatives.begin());
        }
        expected.negatives = static_cast<std::int64_t>(negatives.size());
        const std::string name = "rank of " + std::to_string(rows) + " rows";
        checks.that(sums.negatives == expected.negatives && sums.positives == expected.positives && sums.double_concordant == expected.double_concordant, name);
        checks.that(std::abs(sums.log_loss - expected.log_loss) <= kSumTolerance * expected.log_loss, name + ": log loss");
    }
}

}  // namespace

void checkAnalytics(Checks& checks, const dlrm_backend_table& module) {
    const auto make = [](auto change) {
        ModelOptions o;
        o.tableRows = {3000, 40};
        change(o);
        return o;
    };
    const TableCase all[] = {
        {"on the GPU", make([](ModelOptions&) {}), DLRM_TABLES_AS_STORED, true},
        {"a third each", make([](ModelOptions& o) { o.gpuShare = o.pinnedShare = 0.33; }), DLRM_TABLES_AS_STORED, true},
        {"from files", make([](ModelOptions& o) { o.gpuShare = 0; o.partRows = 700; o.splitColumn = 5; }), DLRM_TABLES_AS_STORED, true},
        {"int8 tables", make([](ModelOptions&) {}), DLRM_TABLES_INT8, false},
        {"float16 files of dim 6", make([](ModelOptions& o) { o.type = DLRM_TYPE_F16; o.dim = 6; o.bottom = {6}; }), DLRM_TABLES_AS_STORED, false},
        {"dim 200", make([](ModelOptions& o) { o.dim = 200; o.bottom = {200}; o.tableRows = {500, 40}; }), DLRM_TABLES_AS_STORED, true},
    };
    for (const TableCase& c : all) {
        RandomModel model(c.options);
        if (c.special) {
            model.setValue(0, 5, 1, std::nanf(""));
            model.setValue(0, 6, 0, std::numeric_limits<float>::infinity());
            model.setValue(0, 400, 2, 1e-40f);
            model.setValue(0, 401, 2, -0.3f);
            model.setValue(0, 402, 2, 0.35f);
            for (std::int64_t d = 0; d < model.dimOf(0); ++d) model.setValue(0, 450, d, 0);
            for (std::int64_t d = 0; d < model.dimOf(0); ++d) model.setValue(0, 12, d, model.value(0, 11, d));   // twins
        }
        OpenModel open(module);
        const std::string name = std::string(c.name) + ": ";
        if (!checks.that(open.open({0, DLRM_FP32, c.storage, 0}, model.description()), name + text(open.error))) continue;
        for (int loaded = 0; loaded < 2; ++loaded) {   // tables may still be loading the first time
            if (loaded) checks.that(module.wait_loaded(open.model, nullptr, &open.error) == DLRM_OK, name + text(open.error));
            checkScan(checks, module, open, model, name);
            checkGram(checks, module, open, model, name);
            checkNearest(checks, module, open, model, name);
        }
        std::printf("ok    %s statistics, Gram matrix, neighbours\n", name.c_str());
        if (&c == &all[0]) checkRank(checks, module, open);
    }
    std::printf("ok    rank sums\n");
}

}  // namespace dlrm::test
