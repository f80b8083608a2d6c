// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/sweep/sweep_order.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace dlrm {
namespace {

// The first `most` places that were offered, by `before`: a heap whose top is the last of them.
template <class Before>
class FirstPlaces {
public:
    FirstPlaces(std::size_t most, Before before) : m_most(most), m_before(std::move(before)) {}

    void offer(std::int64_t place) {
        if (m_heap.size() == m_most) {
            if (m_most == 0 || !m_before(place, m_heap.front())) return;
            std::pop_heap(m_heap.begin(), m_heap.end(), m_before);
            m_heap.pop_back();
        }
        m_heap.push_back(place);
        std::push_heap(m_heap.begin(), m_heap.end(), m_before);
    }
    std::vector<std::int64_t> inOrder() {
        std::sort_heap(m_heap.begin(), m_heap.end(), m_before);
        return std::move(m_heap);
    }

private:
    std::size_t m_most;
    Before m_before;
    std::vector<std::int64_t> m_heap;
};

}  // namespace

SweepOrder sweepOrder(std::span<const float> logits, float current, std::size_t top) {
    const auto higher = [&](std::int64_t a, std::int64_t b) {
        const float first = logits[static_cast<std::size_t>(a)], second = logits[static_cast<std::size_t>(b)];
        return first > second || (first == second && a < b);
    };
    const auto lower = [&](std::int64_t a, std::int64_t b) { return higher(b, a); };
    FirstPlaces highest(top, higher);
    FirstPlaces lowest(top, lower);
    SweepOrder out;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (!std::isfinite(logits[i])) continue;
        ++out.finite;
        out.raising += logits[i] > current;
        highest.offer(static_cast<std::int64_t>(i));
        lowest.offer(static_cast<std::int64_t>(i));
    }
    out.highest = highest.inOrder();
    out.lowest = lowest.inOrder();
    const auto others = std::min<std::int64_t>(std::ssize(out.lowest), out.finite - std::ssize(out.highest));
    out.lowest.resize(static_cast<std::size_t>(others));
    std::reverse(out.lowest.begin(), out.lowest.end());
    return out;
}

std::int64_t rankInSweep(std::span<const float> logits, std::int64_t place) {
    const float own = logits[static_cast<std::size_t>(place)];
    if (!std::isfinite(own)) return 0;
    std::int64_t before = 0;
    for (std::size_t i = 0; i < logits.size(); ++i)
        before +=
            std::isfinite(logits[i]) && (logits[i] > own || (logits[i] == own && static_cast<std::int64_t>(i) < place));
    return before + 1;
}

}  // namespace dlrm
