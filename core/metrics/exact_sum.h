// SPDX-License-Identifier: Apache-2.0
// A sum of doubles with twice the precision of double, so that its value does not depend on the order of the terms.
#pragma once

#include <cmath>

namespace dlrm {

// Unevaluated hi + lo. Error of value(): half an ulp plus terms·2⁻¹⁰⁴ relative to Σ|terms|, whatever the order (Knuth's
// TwoSum, Dekker 1971): for 10⁹ rows the second part is 10⁻²³, so two orders differ only if the true sum lies that
// close to a rounding boundary.
class ExactSum {
public:
    ExactSum() = default;
    ExactSum(double hi, double lo) {
        add(hi);
        add(lo);
    }

    void add(double term) {
        const double sum = m_hi + term;
        const double virtualTerm = sum - m_hi;
        m_lo += (m_hi - (sum - virtualTerm)) + (term - virtualTerm);
        m_hi = sum;
    }
    void add(const ExactSum& other) {
        add(other.m_hi);
        m_lo += other.m_lo;
    }
    double value() const { return m_hi + m_lo; }

private:
    double m_hi = 0, m_lo = 0;
};

}  // namespace dlrm
