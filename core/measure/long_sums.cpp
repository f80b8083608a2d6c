// SPDX-License-Identifier: Apache-2.0
#include "core/measure/long_sums.h"

#include <cmath>

#include <fmt/format.h>

namespace dlrm {
namespace {

// a·b without rounding.
void addProduct(LongSum& sum, double a, double b) {
    const double product = a * b;
    sum.add(product);
    sum.add(std::fma(a, b, -product));
}

// What the nearest double leaves over.
double restOf(const LongSum& sum, double value) {
    LongSum rest = sum;
    rest.add(-value);
    return rest.value();
}

}  // namespace

std::vector<double> valuesOf(const std::vector<LongSum>& sums) {
    std::vector<double> out;
    out.reserve(sums.size());
    for (const LongSum& sum : sums) out.push_back(sum.value());
    return out;
}

std::vector<std::uint32_t> digitsOf(const std::vector<LongSum>& sums) {
    std::vector<std::uint32_t> out;
    out.reserve(sums.size() * LongSum::kDigits);
    for (const LongSum& sum : sums) {
        const auto digits = sum.digits();
        out.insert(out.end(), digits.begin(), digits.end());
    }
    return out;
}

Result<void> takeSums(MeasureState& state, const char* name, std::vector<LongSum>& sums) {
    DLRM_TRY(const auto digits,
             state.take<std::uint32_t>(name, std::ssize(sums) * static_cast<std::int64_t>(LongSum::kDigits)));
    for (std::size_t i = 0; i < sums.size(); ++i)
        sums[i] = LongSum::fromDigits(std::span(digits).subspan(i * LongSum::kDigits, LongSum::kDigits));
    return {};
}

double deviationsOf(const LongSum& sum, const LongSum& squares, std::int64_t n) {
    if (n == 0) return 0;
    const double rows = static_cast<double>(n), s = sum.value(), q = squares.value();
    const double sRest = restOf(sum, s), qRest = restOf(squares, q);
    if (!std::isfinite(rows * q) || !std::isfinite(s * s)) return std::fmax(0.0, q - s * (s / rows));
    LongSum scaled;  // n·Σx² − (Σx)²
    addProduct(scaled, rows, q);
    addProduct(scaled, rows, qRest);
    addProduct(scaled, -s, s);
    addProduct(scaled, -2 * s, sRest);
    addProduct(scaled, -sRest, sRest);
    return std::fmax(0.0, scaled.value() / rows);
}

Result<void> FirstBadRow::result(std::int64_t firstRow, std::string_view what) const {
    if (m_first == m_rows) return {};
    return fail(Error("E-MEASURE-008", fmt::format("{} is not a finite number.", what))
                    .atRow(firstRow + m_first)
                    .butExpected("finite vectors of a size whose products are finite")
                    .butFound("NaN or infinity")
                    .withRemedy("Look for NaN, infinity and very large values in the tables and layers."));
}

}  // namespace dlrm
