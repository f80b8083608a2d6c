// SPDX-License-Identifier: Apache-2.0
// DLRM_TRY: what it hands on, and what it gives.
#include <QTest>

#include <memory>

#include "core/base/result.h"
#include "tests/support/test_program.h"

namespace tst_result {

using namespace dlrm;

namespace {

Result<void> check(bool good, int& calls) {
    ++calls;
    if (good) return {};
    return fail(Error("E-TRY-001", "No.").inFile("a"));
}

Result<std::unique_ptr<int>> make(int value) {
    if (value < 0) return fail(Error("E-TRY-002", "Negative.").butFound(std::to_string(value)));
    return std::make_unique<int>(value);
}

Result<int> sum(int a, int b) {
    DLRM_TRY(auto first, make(a));
    DLRM_TRY(const auto second, make(b));
    return *first + *second;
}

Result<std::string> checked(bool first, bool second, int& calls) {
    if (first) DLRM_TRY(check(true, calls));
    else DLRM_TRY(check(second, calls));
    return std::string("done");
}

}  // namespace

class ResultTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFailureIsHandedOnWhole() {
        const auto failed = sum(1, -2);
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, std::string("E-TRY-002"));
        QCOMPARE(failed.error().found, std::string("-2"));
        QCOMPARE(*sum(1, 2), 3);
    }

    // Of both branches, each once; an else belongs to its if.
    void theExpressionIsEvaluatedOnce() {
        int calls = 0;
        QCOMPARE(*checked(true, false, calls), std::string("done"));
        QCOMPARE(calls, 1);
        const auto failed = checked(false, false, calls);
        QCOMPARE(calls, 2);
        QCOMPARE(failed.error().file, std::string("a"));
    }

    void whatHasANameKeepsItsError() {
        int calls = 0;
        const Result<void> named = check(false, calls);
        Result<void> other = check(false, calls);
        const auto handOn = [](Result<void>& r) -> Result<int> {
            DLRM_TRY(r);
            return 1;
        };
        QCOMPARE(handOn(other).error().message, named.error().message);
        QCOMPARE(other.error().message, named.error().message);
    }

    void aValueIsAssignedToo() {
        std::unique_ptr<int> kept;
        const auto take = [&](int value) -> Result<void> {
            DLRM_TRY(kept, make(value));
            return {};
        };
        QVERIFY(take(7).has_value());
        QCOMPARE(*kept, 7);
        QVERIFY(!take(-7).has_value());
        QCOMPARE(*kept, 7);
    }

    // A lambda in the expression hands on its own failures.
    void itStandsWithinItself() {
        const auto run = [](int value) -> Result<int> {
            DLRM_TRY(auto out, [&]() -> Result<int> {
                DLRM_TRY(auto inner, make(value));
                return *inner + 1;
            }());
            return out;
        };
        QCOMPARE(*run(1), 2);
        QCOMPARE(run(-1).error().code, std::string("E-TRY-002"));
    }
};

DLRM_TEST(ResultTest);

}  // namespace tst_result

#include "tst_result.moc"
