// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/maps/umap.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <Eigen/Core>

#include "core/analysis/maps/pca.h"
#include "core/analysis/maps/umap_layout.h"
#include "core/analysis/neighbors/graph.h"

namespace dlrm {
namespace {

using Clock = std::chrono::steady_clock;
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Result<void> checkOptions(std::int64_t points, const UmapOptions& options) {
    const auto outside = [](const char* what, std::string expected, std::string found) {
        return fail(
            Error("E-MAP-003", fmt::format("{} of this map lies outside its range.", what))
                .butExpected(std::move(expected))
                .butFound(std::move(found))
                .withRemedy(
                    "Choose a value of the range; 15 neighbours and a least distance of 0.1 suit most tables."));
    };
    if (points < 3)
        return fail(Error("E-MAP-004", "There are too few rows for UMAP.")
                        .butExpected("at least 3 rows that have neighbours")
                        .butFound(fmt::format("{}", points))
                        .withRemedy("Choose more rows, or another table."));
    if (options.components != 2 && options.components != 3)
        return outside("The number of components", "2 or 3", fmt::format("{}", options.components));
    if (options.neighbors < 2 || options.neighbors > 200)
        return outside("The number of neighbours", "2 .. 200", fmt::format("{}", options.neighbors));
    if (!(options.minDist >= 0 && options.minDist <= 1))
        return outside("The least distance", "0 .. 1", fmt::format("{}", options.minDist));
    if (options.epochs < 0 || options.epochs > 10'000)
        return outside("The number of epochs", "0 .. 10,000", fmt::format("{}", options.epochs));
    return {};
}

// Rows such that the metric's order is that of Euclidean distances, values within ±1. Cosine: unit length, so 1 −
// cosine = |a − b|²/2.
// Euclidean: centred, which keeps products small beside distances, and scaled, which UMAP does not see.
std::vector<float> prepared(std::span<const float> rows, std::int64_t dim, UmapMetric metric) {
    const auto columns = static_cast<std::size_t>(dim);
    std::vector<float> out(rows.begin(), rows.end());
    if (metric == UmapMetric::Cosine) {
        for (std::size_t i = 0; i < out.size(); i += columns) {
            double squares = 0;
            for (std::size_t c = 0; c < columns; ++c) squares += static_cast<double>(out[i + c]) * out[i + c];
            const double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
            for (std::size_t c = 0; c < columns; ++c) out[i + c] = static_cast<float>(out[i + c] * scale);
        }
        return out;
    }
    std::vector<double> mean(columns);
    for (std::size_t i = 0; i < out.size(); ++i) mean[i % columns] += out[i];
    for (double& m : mean) m /= static_cast<double>(out.size() / columns);
    double largest = 0;
    for (std::size_t i = 0; i < out.size(); ++i) largest = std::max(largest, std::abs(out[i] - mean[i % columns]));
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = largest > 0 ? static_cast<float>((out[i] - mean[i % columns]) / largest) : 0;
    return out;
}

// The first principal components, scaled to ±10 and with a little noise that parts equal points. (points, components)
Result<std::vector<float>> start(const std::vector<float>& rows, std::int64_t dim, const UmapOptions& options) {
    constexpr Eigen::Index kStep = 512;  // rows summed in float32 before they join the double sums
    const Eigen::Map<const Matrix> x(rows.data(), static_cast<Eigen::Index>(rows.size()) / dim, dim);
    Eigen::MatrixXd products = Eigen::MatrixXd::Zero(dim, dim);
    for (Eigen::Index first = 0; first < x.rows(); first += kStep) {
        const auto block = x.middleRows(first, std::min(kStep, x.rows() - first));
        products += (block.transpose() * block).cast<double>();
    }
    const Eigen::VectorXd sums = x.cast<double>().colwise().sum();
    const Gram gram{.dim = dim,
                    .rows = x.rows(),
                    .products = {products.data(), products.data() + products.size()},
                    .sums = {sums.data(), sums.data() + sums.size()}};
    const int known = static_cast<int>(std::min<std::int64_t>(options.components, dim));
    DLRM_TRY(const auto found, pca(gram, known));
    Matrix points = Matrix::Zero(x.rows(), options.components);
    const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> axes(
        found.axes.data(), known, dim);
    const Eigen::Map<const Eigen::VectorXd> mean(found.mean.data(), dim);
    const Matrix axes32 = axes.cast<float>();
    points.leftCols(known) = (x.rowwise() - mean.cast<float>().transpose()) * axes32.transpose();
    const float largest = points.cwiseAbs().maxCoeff();
    if (largest > 0) points *= 10 / largest;
    std::mt19937_64 random(options.seed);
    for (Eigen::Index i = 0; i < points.size(); ++i)
        points.data()[i] += 1e-4F * (2 * static_cast<float>(random() >> 40) * 0x1p-24F - 1);
    return std::vector<float>(points.data(), points.data() + points.size());
}

// How near each neighbour is, 0 .. 1 (section 3.1 of the paper): exp(−(d − ρ)/σ), ρ the distance of the nearest other
// point, σ such that the sum over the neighbours is log₂ of their number, the point itself counted in it. distances:
// (k) ascending.
void localStrengths(std::span<const float> distances, float meanDistance, std::span<float> strengths) {
    constexpr double kLeastSigma = 1e-3;  // of the mean distance: keeps points in dense spots from standing alone
    constexpr int kSteps = 64;
    const double target = std::log2(static_cast<double>(distances.size()) + 1);
    const auto nearest = std::find_if(distances.begin(), distances.end(), [](float d) { return d > 0; });
    const double rho = nearest == distances.end() ? 0 : *nearest;
    double low = 0, high = std::numeric_limits<double>::infinity(), sigma = 1;
    for (int i = 0; i < kSteps; ++i) {
        double sum = 0;
        for (const float d : distances) sum += d > rho ? std::exp(-(d - rho) / sigma) : 1;
        if (std::abs(sum - target) < 1e-5) break;
        if (sum > target) high = sigma;
        else low = sigma;
        sigma = std::isinf(high) ? 2 * sigma : (low + high) / 2;
    }
    const double own =
        std::accumulate(distances.begin(), distances.end(), 0.0) / (static_cast<double>(distances.size()) + 1);
    sigma = std::max(sigma, kLeastSigma * (rho > 0 ? own : meanDistance));
    for (std::size_t n = 0; n < distances.size(); ++n)
        strengths[n] =
            static_cast<float>(distances[n] > rho && sigma > 0 ? std::exp(-(distances[n] - rho) / sigma) : 1);
}

// The union of the directed edges and their reverse: s + r − s·r.
FuzzyGraph fuzzyUnion(const NeighborGraph& neighbors, const std::vector<float>& strengths) {
    struct Edge {
        std::int32_t target;
        float strength;
    };
    const auto points = static_cast<std::size_t>(neighbors.points), k = static_cast<std::size_t>(neighbors.k);
    std::vector<std::int64_t> starts(points + 1);
    for (const std::int32_t target : neighbors.ids) ++starts[static_cast<std::size_t>(target) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    std::vector<Edge> reverse(neighbors.ids.size());
    std::vector<std::int64_t> at(starts.begin(), starts.end() - 1);
    for (std::size_t i = 0; i < points; ++i)
        for (std::size_t n = i * k; n < (i + 1) * k; ++n)
            reverse[static_cast<std::size_t>(at[static_cast<std::size_t>(neighbors.ids[n])]++)] = {
                static_cast<std::int32_t>(i), strengths[n]};

    FuzzyGraph graph;
    graph.points = neighbors.points;
    graph.starts.push_back(0);
    std::vector<Edge> own(k);
    for (std::size_t i = 0; i < points; ++i) {
        for (std::size_t n = 0; n < k; ++n) own[n] = {neighbors.ids[i * k + n], strengths[i * k + n]};
        std::sort(own.begin(), own.end(), [](const Edge& a, const Edge& b) { return a.target < b.target; });
        auto a = own.cbegin();
        auto b = reverse.cbegin() + starts[i];
        const auto end = reverse.cbegin() + starts[i + 1];
        while (a != own.cend() || b != end) {
            const std::int32_t target = b == end || (a != own.cend() && a->target < b->target) ? a->target : b->target;
            const float s = a != own.cend() && a->target == target ? (a++)->strength : 0;
            const float r = b != end && b->target == target ? (b++)->strength : 0;
            graph.targets.push_back(target);
            graph.strengths.push_back(s + r - s * r);
        }
        graph.starts.push_back(static_cast<std::int64_t>(graph.targets.size()));
    }
    return graph;
}

FuzzyGraph fuzzyGraph(const NeighborGraph& neighbors, UmapMetric metric) {
    const auto k = static_cast<std::size_t>(neighbors.k);
    std::vector<float> distances(neighbors.squaredDistances.size()), strengths(distances.size());
    for (std::size_t i = 0; i < distances.size(); ++i)
        distances[i] =
            metric == UmapMetric::Cosine ? neighbors.squaredDistances[i] / 2 : std::sqrt(neighbors.squaredDistances[i]);
    const auto mean = static_cast<float>(std::accumulate(distances.begin(), distances.end(), 0.0) /
                                         static_cast<double>(neighbors.points * (neighbors.k + 1)));
    tbb::parallel_for(std::int64_t{0}, neighbors.points, [&](std::int64_t i) {
        const auto from = static_cast<std::size_t>(i) * k;
        localStrengths(std::span<const float>(distances).subspan(from, k), mean, std::span(strengths).subspan(from, k));
    });
    return fuzzyUnion(neighbors, strengths);
}

struct Curve {
    double a = 1, b = 1;
};

// a and b of 1 / (1 + a x^(2b)), fitted by Gauss–Newton with damping to 1 below minDist and exp(minDist − x) above, at
// 300 places of (0, 3].
Curve curveFor(double minDist) {
    constexpr int kPlaces = 300, kSteps = 100;
    const auto wanted = [&](double x) { return x < minDist ? 1 : std::exp(minDist - x); };
    const auto error = [&](Curve c) {
        double sum = 0;
        for (int i = 1; i <= kPlaces; ++i) {
            const double x = 3.0 * i / kPlaces, r = 1 / (1 + c.a * std::pow(x, 2 * c.b)) - wanted(x);
            sum += r * r;
        }
        return sum;
    };
    Curve curve;
    double best = error(curve), damping = 1e-3;
    for (int step = 0; step < kSteps; ++step) {
        double aa = 0, ab = 0, bb = 0, ga = 0, gb = 0;
        for (int i = 1; i <= kPlaces; ++i) {
            const double x = 3.0 * i / kPlaces, p = std::pow(x, 2 * curve.b), y = 1 / (1 + curve.a * p);
            const double da = -p * y * y, db = -2 * curve.a * p * std::log(x) * y * y, r = y - wanted(x);
            aa += da * da;
            ab += da * db;
            bb += db * db;
            ga += da * r;
            gb += db * r;
        }
        const double det = aa * (1 + damping) * bb * (1 + damping) - ab * ab;
        const Curve tried{curve.a - (ga * bb * (1 + damping) - gb * ab) / det,
                          curve.b - (gb * aa * (1 + damping) - ga * ab) / det};
        const double now = tried.a > 0 && tried.b > 0 ? error(tried) : std::numeric_limits<double>::infinity();
        damping = now < best ? damping / 10 : damping * 10;
        if (now >= best) continue;
        curve = tried;
        best = now;
    }
    return curve;
}

}  // namespace

int umapEpochs(std::int64_t points, const UmapOptions& options) {
    constexpr std::int64_t kMany = 10'000;  // points from which on fewer epochs do
    if (options.epochs > 0) return options.epochs;
    return points <= kMany ? 500 : 200;
}

Result<std::vector<float>> umap(std::span<const float> rows, std::int64_t dim, const UmapOptions& options,
                                const UmapPartialFn& partial, const Job& job) {
    constexpr auto kBetweenPictures = std::chrono::milliseconds(200);
    const std::int64_t points = static_cast<std::int64_t>(rows.size()) / dim;
    DLRM_TRY(checkOptions(points, options));
    const int epochs = umapEpochs(points, options);
    const std::vector<float> vectors = prepared(rows, dim, options.metric);
    DLRM_TRY(auto first, start(vectors, dim, options));
    if (partial) partial(0, epochs, first);

    DLRM_TRY(const auto neighbors,
             neighborGraph(vectors, dim, std::min<std::int64_t>(options.neighbors, points) - 1, job));
    const FuzzyGraph graph = fuzzyGraph(neighbors, options.metric);
    const Curve curve = curveFor(options.minDist);
    const LayoutOptions layout{
        .components = options.components, .epochs = epochs, .a = curve.a, .b = curve.b, .seed = options.seed};
    auto shown = Clock::now() - kBetweenPictures;
    return layOut(
        graph, first, layout,
        [&](int epoch, const auto& coordinates) {
            job.report({"laying out", epoch, epochs, "epochs"});
            if (!partial || epoch == epochs || Clock::now() - shown < kBetweenPictures) return;
            partial(epoch, epochs, coordinates());
            shown = Clock::now();
        },
        job.stop);
}

}  // namespace dlrm
