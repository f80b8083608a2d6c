// SPDX-License-Identifier: Apache-2.0
// Conversions of all 65,536 float16 and bfloat16 values against their definitions.
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <QTest>

#include "core/base/float_conversions.h"
#include "tests/support/test_program.h"

namespace tst_float_conversions {

using namespace dlrm;

namespace {

// IEEE 754 binary16 by its definition.
double halfByDefinition(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31;
    const int mantissa = bits & 1023;
    const double sign = bits & 0x8000 ? -1.0 : 1.0;
    if (exponent == 31)
        return mantissa ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
    return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

}  // namespace

class TestFloatConversions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyHalfIsItsDefinition() {
        for (std::uint32_t i = 0; i < 0x10000; ++i) {
            const auto bits = static_cast<std::uint16_t>(i);
            const double expected = halfByDefinition(bits);
            const float got = halfToFloat(bits);
            if (std::isnan(expected)) QVERIFY(std::isnan(got) && (std::bit_cast<std::uint32_t>(got) & 0x400000u));
            else
                QVERIFY2(static_cast<double>(got) == expected && std::signbit(got) == std::signbit(expected),
                         qPrintable(QString::number(i, 16)));
        }
    }

    void everyHalfComesBack() {
        for (std::uint32_t i = 0; i < 0x10000; ++i) {
            const auto bits = static_cast<std::uint16_t>(i);
            const float value = halfToFloat(bits);
            if (std::isnan(value)) QVERIFY(std::isnan(halfToFloat(floatToHalf(value))));
            else QCOMPARE(floatToHalf(value), bits);
        }
    }

    void manyHalvesAtOnceHaveTheBitsOfOneAtATime() {
        std::vector<std::uint16_t> halves(0x10000 - 3);  // not a whole number of vectors
        for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i + 3);
        std::vector<float> floats(halves.size());
        halvesToFloats(halves, floats);
        for (std::size_t i = 0; i < halves.size(); ++i)
            QCOMPARE(std::bit_cast<std::uint32_t>(floats[i]), std::bit_cast<std::uint32_t>(halfToFloat(halves[i])));
    }

    void floatsRoundToTheNearestHalfTiesToEven() {
        std::mt19937 random(7);
        for (int i = 0; i < 200'000; ++i) {
            // Between two neighbours: a quarter, the middle, three quarters.
            const auto low = static_cast<std::uint16_t>(random() % 0x7bff);
            const double a = halfByDefinition(low), b = halfByDefinition(static_cast<std::uint16_t>(low + 1));
            const int quarter = static_cast<int>(random() % 3) + 1;
            const auto value = static_cast<float>(a + (b - a) * quarter / 4);
            const int expected = low + (quarter == 3 || (quarter == 2 && low % 2 == 1));
            QCOMPARE(static_cast<int>(floatToHalf(value)), expected);
            QCOMPARE(static_cast<int>(floatToHalf(-value)), expected | 0x8000);
        }
        QCOMPARE(floatToHalf(65519.996F), std::uint16_t{0x7bff});
        QCOMPARE(floatToHalf(65520.0F), std::uint16_t{0x7c00});
        QCOMPARE(floatToHalf(0x1p-25F), std::uint16_t{0});
        QCOMPARE(floatToHalf(0x1.8p-25F), std::uint16_t{1});
    }

    void bfloat16IsTheUpperHalfOfAFloat() {
        QCOMPARE(bfloat16ToFloat(0x3f80), 1.0F);
        QCOMPARE(bfloat16ToFloat(0xc2f7), -123.5F);
        QVERIFY(std::isinf(bfloat16ToFloat(0x7f80)));
    }

    void floatsRoundToTheNearestBfloat16TiesToEven() {
        QCOMPARE(floatToBfloat16(1.0F), std::uint16_t{0x3f80});
        QCOMPARE(floatToBfloat16(0x1.01p0F), std::uint16_t{0x3f80});       // a tie: down to even
        QCOMPARE(floatToBfloat16(0x1.03p0F), std::uint16_t{0x3f82});       // a tie: up to even
        QCOMPARE(floatToBfloat16(-0x1.010002p0F), std::uint16_t{0xbf81});  // beyond a tie
        QVERIFY(std::isinf(throughBfloat16(std::numeric_limits<float>::max())));
        // A NaN whose upper half alone would be infinity.
        QVERIFY(std::isnan(throughBfloat16(std::bit_cast<float>(0x7f800001u))));
    }
};

DLRM_TEST(TestFloatConversions);

}  // namespace tst_float_conversions

#include "tst_float_conversions.moc"
