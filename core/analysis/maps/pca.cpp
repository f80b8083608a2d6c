// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/maps/pca.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

namespace dlrm {

Result<Pca> pca(const Gram& gram, int components) {
    if (gram.products.empty())
        return fail(Error("E-MAP-008", "This table is too wide for principal components.")
                        .butExpected("a matrix of products of its columns, kept for up to 1,024 of them")
                        .butFound("none")
                        .withRemedy("Draw a sample of its rows with UMAP."));
    assert(components >= 1 && components <= gram.dim);
    if (gram.rows < 2)
        return fail(Error("E-MAP-001", "There are too few rows for a map.")
                        .butExpected("at least 2 rows whose values are all finite")
                        .butFound(fmt::format("{}", gram.rows))
                        .withRemedy("Choose a larger table, or more of its rows."));
    const auto dim = static_cast<Eigen::Index>(gram.dim);
    const auto rows = static_cast<double>(gram.rows);
    const Eigen::Map<const Eigen::MatrixXd> products(gram.products.data(), dim, dim);
    const Eigen::VectorXd mean = Eigen::Map<const Eigen::VectorXd>(gram.sums.data(), dim) / rows;
    const Eigen::MatrixXd covariance = (products - rows * mean * mean.transpose()) / (rows - 1);
    if (!covariance.allFinite())
        return fail(Error("E-MAP-002", "The values of this table are too large for principal components.")
                        .butExpected("sums of products that are finite in double precision")
                        .butFound("infinity")
                        .withRemedy("Look for damaged rows: the largest norms of the table."));
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);

    Pca out;
    out.dim = gram.dim;
    out.rows = gram.rows;
    out.components = components;
    out.mean.assign(mean.data(), mean.data() + dim);
    const double total = std::max(0.0, covariance.trace());
    for (int i = 0; i < components; ++i) {
        const Eigen::Index column = dim - 1 - i;  // ascending order
        Eigen::VectorXd axis = solver.eigenvectors().col(column);
        Eigen::Index largest = 0;
        for (Eigen::Index c = 1; c < dim; ++c)
            if (std::abs(axis[c]) > std::abs(axis[largest])) largest = c;
        if (axis[largest] < 0) axis = -axis;
        out.axes.insert(out.axes.end(), axis.data(), axis.data() + dim);
        const double variance = std::max(0.0, solver.eigenvalues()[column]);
        out.variances.push_back(variance);
        out.explained.push_back(total > 0 ? variance / total : 0);
    }
    return out;
}

}  // namespace dlrm
