// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <cstdint>

#include "core/base/counted.h"
#include "tests/support/test_program.h"

namespace tst_counted {

using namespace dlrm;

class TestCounted : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void onlyOneIsSingular() {
        QCOMPARE(counted(0, "row"), std::string("0 rows"));
        QCOMPARE(counted(1, "row"), std::string("1 row"));
        QCOMPARE(counted(std::size_t{1}, "cross layer"), std::string("1 cross layer"));
        QCOMPARE(counted(std::int64_t{2}, "value"), std::string("2 values"));
        QCOMPARE(counted(INT64_MAX, "byte"), std::string("9223372036854775807 bytes"));
    }
};

DLRM_TEST(TestCounted);

}  // namespace tst_counted

#include "tst_counted.moc"
