// SPDX-License-Identifier: Apache-2.0
#include "app/cli/statistics_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "app/cli/text.h"
#include "core/base/counted.h"

namespace dlrm::cli {
namespace {

constexpr std::size_t kPicture = 8, kWidePicture = 64;

std::string figure(double v) { return std::isfinite(v) ? fmt::format("{:.4g}", v) : "–"; }
std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

std::string spectrumLine(const char* what, const Spectrum& s) {
    if (s.singularValues.empty()) return "";
    // Widths in thousandths of the largest singular value, for the picture.
    std::vector<std::int64_t> heights;
    for (const double v : s.singularValues)
        heights.push_back(s.singularValues.front() > 0 ? static_cast<std::int64_t>(1000 * v / s.singularValues.front())
                                                       : 0);
    return fmt::format("  {:<15} effective rank {}, stable rank {}, information abundance {}; σ {} .. {} {}\n", what,
                       figure(s.effectiveRank), figure(s.stableRank), figure(s.informationAbundance),
                       figure(s.singularValues.front()), figure(s.singularValues.back()),
                       blocks(heights, std::min(kWidePicture, heights.size())));
}

std::string normsLine(const char* what, const NormSummary& n) {
    return fmt::format("  {:<15} {} .. {} {}, mean {}, std {}, p05 {}, p95 {}\n", what, figure(n.min), figure(n.max),
                       blocks(n.histogram, n.histogram.size()), figure(n.mean), figure(n.standardDeviation),
                       figure(n.p05), figure(n.p95));
}

}  // namespace

std::string blocks(std::span<const std::int64_t> counts, std::size_t width) {
    constexpr std::array kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    std::vector<std::int64_t> sums(width);
    for (std::size_t i = 0; i < counts.size(); ++i) sums[i * width / counts.size()] += counts[i];
    const std::int64_t most = sums.empty() ? 0 : *std::max_element(sums.begin(), sums.end());
    std::string out;
    for (const std::int64_t n : sums)
        out += n <= 0
                   ? " "
                   : kBlocks[static_cast<std::size_t>(static_cast<double>(n - 1) * static_cast<double>(kBlocks.size()) /
                                                      static_cast<double>(most))];
    return out;
}

std::vector<std::size_t> sortedTables(const ModelSpec& spec, const TablesReport& report, TableSort by) {
    std::vector<std::size_t> order(report.tables.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto key = [&](std::size_t t) {
        const TableStatistics& s = *report.tables[t].statistics;
        switch (by) {
            case TableSort::Number:
                break;
            case TableSort::Rows:
                return static_cast<double>(s.scan.rows);
            case TableSort::Size:
                return static_cast<double>(spec.tables[t].bytes);
            case TableSort::Norm:
                return std::isfinite(s.norms.p50) ? static_cast<double>(s.norms.p50) : -1.0;
            case TableSort::Untrained:
                return s.untrained.share();
            case TableSort::Rank:
                return std::isfinite(s.spectrum.effectiveRank) ? static_cast<double>(s.spectrum.effectiveRank) : -1.0;
            case TableSort::NotFinite:
                return static_cast<double>(s.scan.nan + s.scan.inf);
        }
        return 0.0;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) > key(b); });
    return order;
}

std::string statisticsText(const ModelSpec& spec, const TablesReport& report, std::size_t first,
                           std::span<const std::size_t> order) {
    const bool withTraffic = !report.tables.empty() && report.tables.front().traffic.has_value();
    TextTable table{">#",     "<table",     ">rows", ">dim",    ">size", ">norm p50", ">p99",
                    "<norms", ">untrained", ">zero", ">copies", ">NaN",  ">inf",      ">rank"};
    if (withTraffic)
        for (const char* title : {">ids hit", ">row 0", ">untrained lookups", ">rank by hits"}) table.addColumn(title);
    const auto bad = [](std::int64_t n) { return n > 0 ? problem(thousands(n)) : countText(n); };
    for (const std::size_t t : order) {
        const TablesReport::Table& r = report.tables[t];
        const TableStatistics& s = *r.statistics;
        std::vector<std::string> cells{std::to_string(first + t),
                                       spec.tables[t].name,
                                       thousands(s.scan.rows),
                                       thousands(s.scan.dim),
                                       byteText(spec.tables[t].bytes),
                                       figure(s.norms.p50),
                                       figure(s.norms.p99),
                                       blocks(s.norms.histogram, kPicture),
                                       !s.untrained.known()     ? "unknown"
                                       : s.untrained.count == 0 ? countText(0)
                                                                : percent(s.untrained.share()),
                                       countText(s.zeroRows),
                                       countText(s.duplicates.rows),
                                       bad(s.scan.nan),
                                       bad(s.scan.inf),
                                       figure(s.spectrum.effectiveRank)};
        if (withTraffic) {
            const auto lookups = static_cast<double>(std::max<std::int64_t>(1, r.traffic->lookups));
            cells.push_back(countText(r.traffic->distinct));
            cells.push_back(r.traffic->row0 == 0 ? countText(0)
                                                 : percent(static_cast<double>(r.traffic->row0) / lookups));
            cells.push_back(r.untrained && r.untrained->known ? percent(r.untrained->share()) : "–");
            cells.push_back(r.trafficSpectrum ? figure(r.trafficSpectrum->effectiveRank) : "–");
        }
        table.addRow(std::move(cells));
    }
    return table.text("  ");
}

std::string totalsText(const ModelSpec& spec, const TablesReport& report) {
    std::int64_t rows = 0, bytes = 0, untrained = 0, known = 0, nan = 0, inf = 0;
    for (std::size_t t = 0; t < report.tables.size(); ++t) {
        const TableStatistics& s = *report.tables[t].statistics;
        rows += s.scan.rows;
        bytes += spec.tables[t].bytes;
        untrained += s.untrained.count;
        known += s.untrained.known();
        nan += s.scan.nan;
        inf += s.scan.inf;
    }
    const std::string finite = nan + inf == 0
                                   ? "no NaN, no infinity"
                                   : problem(fmt::format("{} NaN, {} infinite", thousands(nan), thousands(inf)));
    std::string ofUntrained = known == 0 ? "untrained rows unknown" : plural(untrained, "untrained row");
    if (known > 0 && known < std::ssize(report.tables))
        ofUntrained += fmt::format(" in the {} where that is known", plural(known, "table"));
    return fmt::format("  {}, {}, {}: {}, {}\n", plural(std::ssize(report.tables), "table"), plural(rows, "row"),
                       byteText(bytes), ofUntrained, finite) +
           "  norm: L2 norm of a row, its median, 99th percentile and histogram; zero: rows of zeros; rank: effective "
           "rank; more with --table or --json\n";
}

std::string statisticsDetails(const TablesReport& report) {
    const TablesReport::Table& r = report.tables.front();
    const TableStatistics& s = *r.statistics;
    const NormSummary& n = s.norms;
    std::string out =
        fmt::format("  moments         mean {}, std {}, min {}, max {}; {} subnormal\n", figure(s.mean),
                    figure(s.standardDeviation), figure(s.scan.min), figure(s.scan.max), countText(s.scan.subnormal));
    if (s.scan.finite == 0) out += "  values          none is a finite number\n";
    else
        out += fmt::format("  values          {} .. {} {}, {} below, {} above\n", figure(s.scan.request.low),
                           figure(s.scan.request.high), blocks(s.scan.histogram, kWidePicture), thousands(s.scan.below),
                           thousands(s.scan.above));
    out += normsLine("norms", n);
    if (s.untrained.count > 0 && s.trainedNorms.rows > 0) out += normsLine("trained norms", s.trainedNorms);
    if (n.leftOut > 0)
        out += fmt::format(
            "                  {} {} left out: a value that is not finite, or values so large that their norm is "
            "beyond float32\n",
            plural(n.leftOut, "row"), n.leftOut == 1 ? "is" : "are");
    if (s.untrained.known())
        out += fmt::format("  untrained       {} of {} rows, {}\n", thousands(s.untrained.count),
                           thousands(s.untrained.rows), s.untrained.explanation);
    else out += fmt::format("  untrained       {}\n", s.untrained.explanation);
    out += fmt::format("  zero rows       {}: every value is 0\n", thousands(s.zeroRows));
    out += fmt::format(
        "  copies          {}: rows equal to one before them, bit for bit{}\n", thousands(s.duplicates.rows),
        s.duplicates.rows > 0 ? fmt::format("; most often that of row {}, which {} hold", thousands(s.duplicates.first),
                                            plural(s.duplicates.most, "row"))
                              : "");
    out += spectrumLine("all rows", s.spectrum);
    out += spectrumLine("trained rows", s.trainedSpectrum);
    if (r.trafficSpectrum) out += spectrumLine("rows by hits", *r.trafficSpectrum);
    return out;
}

std::string trafficText(const TablesReport& report) {
    if (!report.untrained) return "";
    const UntrainedTraffic& u = *report.untrained;
    const auto known = static_cast<std::int64_t>(u.tables.size()) - u.unknownTables();
    if (known == 0) return "  how many lookups hit untrained rows is not known: the tables were cast\n";
    return fmt::format(
        "  {} of the lookups of {}{} hit untrained rows; {} ({}) {} at least one\n", percent(u.lookupsShare()),
        plural(u.rows, "row"),
        u.unknownTables() > 0 ? fmt::format(" in the {} that were not cast", counted(known, "table")) : "",
        plural(u.rowsAffected, "row"), percent(u.rowsShare()), u.rowsAffected == 1 ? "has" : "have");
}

}  // namespace dlrm::cli
