// SPDX-License-Identifier: Apache-2.0
// Points ready to draw, reduced in the worker; every series says how many values it stands for and how they were
// chosen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dlrm {

struct Point {
    double x = 0, y = 0;
};

struct Series {
    std::string name;
    std::vector<Point> points;    // at most about 2,000
    std::int64_t represents = 0;  // values behind the points
    std::string howChosen;        // "all", "500 evenly spaced thresholds of 20,000"
};

}  // namespace dlrm
