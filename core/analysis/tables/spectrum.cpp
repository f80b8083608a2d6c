// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/spectrum.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>

namespace dlrm {

Spectrum spectrumOf(const Gram& gram) {
    Spectrum out;
    out.rows = gram.rows;
    out.weight = static_cast<double>(gram.rows);
    out.effectiveRank = out.stableRank = out.informationAbundance = std::numeric_limits<double>::quiet_NaN();
    if (gram.rows == 0 || gram.dim == 0) return out;
    if (!std::all_of(gram.products.begin(), gram.products.end(), [](double v) { return std::isfinite(v); })) return out;
    const Eigen::Map<const Eigen::MatrixXd> products(gram.products.data(), gram.dim, gram.dim);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products, Eigen::EigenvaluesOnly);
    // Fewer rows than columns have no more singular values than rows: what the solver finds beyond them is rounding.
    for (Eigen::Index i = gram.dim; i-- > 0;)
        out.singularValues.push_back(gram.dim - i <= gram.rows ? std::sqrt(std::max(0.0, solver.eigenvalues()[i]))
                                                               : 0.0);
    double sum = 0, squares = 0;
    for (const double s : out.singularValues) {
        sum += s;
        squares += s * s;
    }
    const double largest = out.singularValues.front();
    if (!(largest > 0) || !std::isfinite(squares)) return out;
    double entropy = 0;
    for (const double s : out.singularValues)
        if (s > 0) entropy -= s / sum * std::log(s / sum);
    out.effectiveRank = std::exp(entropy);
    out.stableRank = squares / (largest * largest);
    out.informationAbundance = sum / largest;
    return out;
}

}  // namespace dlrm
