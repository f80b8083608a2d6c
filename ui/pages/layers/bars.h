// SPDX-License-Identifier: GPL-3.0-or-later
// Equal bars over an axis in a ChartView: histograms and norms by number.
#pragma once

#include <QString>

#include <vector>

namespace dlrm::ui {

class ChartView;

struct Bars {
    QString xTitle, yTitle;
    double low = 0, high = 1;     // the bars share [low, high] equally
    std::vector<double> heights;  // not negative; what is not finite is drawn to the top in the warning colour
    bool numbered = false;        // bar i stands for number i, else for an interval of x
};
void showBars(ChartView& chart, const Bars& bars);

}  // namespace dlrm::ui
