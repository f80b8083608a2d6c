// SPDX-License-Identifier: Apache-2.0
// How a vector register sums doubles exactly: each term is split at fixed places into three parts of few bits, and
// parts of one kind are summed on their own, where a double has room for all their bits (Rump, Ogita and Oishi 2008:
// extraction by adding and subtracting a large constant).
#pragma once

namespace dlrm {

// Terms that may be added to the parts of one set of sums before these must be drained into LongSums.
inline constexpr int kSplitTerms = 1024;

// Terms up to `largest` in size are split at multiples of u1, u2 and u3; what is larger, or has bits below u3, is a
// rest that is added by itself. With |part 1| < 2⁴², |part 2|, |part 3| < 2³⁸ units, kSplitTerms of each stay below 2⁵³
// units: exact. k below is 1.5 · 2⁵² units.
struct SplitScale {
    double largest, k1, k2, k3;
};
constexpr double kSplitConstant = 1.5 * 4503599627370496.0;  // 1.5 · 2⁵²
// |term| ≤ 2¹³, units 2⁻²⁸, 2⁻⁶⁶, 2⁻¹⁰⁴: probabilities, losses, cosines.
inline constexpr SplitScale kSplitOrdinary{0x1p13, kSplitConstant * 0x1p-28, kSplitConstant * 0x1p-66,
                                           kSplitConstant * 0x1p-104};
// |term| ≤ 2²⁷, units 2⁻¹⁴, 2⁻⁵², 2⁻⁹⁰: squares.
inline constexpr SplitScale kSplitLarge{0x1p27, kSplitConstant * 0x1p-14, kSplitConstant * 0x1p-52,
                                        kSplitConstant * 0x1p-90};

}  // namespace dlrm
