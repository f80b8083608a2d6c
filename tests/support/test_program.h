// SPDX-License-Identifier: Apache-2.0
// The tests of a folder are one program: `FOLDER_tests tst_name [Qt Test's arguments]`. Each tst_name.cpp keeps all it
// has in a namespace tst_name and ends with DLRM_TEST. Without QT_QPA_PLATFORM they run offscreen, as ctest runs them.
#pragma once

#include <QTest>
#ifdef QT_WIDGETS_LIB
#include <QApplication>
#else
#include <QCoreApplication>
#endif

namespace dlrm::test {

#ifdef QT_WIDGETS_LIB
using Application = QApplication;
#else
using Application = QCoreApplication;
#endif

using TestMain = int (*)(int argc, char** argv);

// Adds a test to its program, under the name of its file without the ending, before main() runs.
class TestEntry {
public:
    TestEntry(const char* file, TestMain main);
};

template <typename Test>
int runTest(int argc, char** argv) {
    const Application application(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

}  // namespace dlrm::test

// In the test's namespace. DLRM_TEST_MAIN is for those that look at their arguments or surroundings first, with `main`
// as of a program.
#define DLRM_TEST_MAIN(main) static const dlrm::test::TestEntry s_entry(__FILE__, main)
#define DLRM_TEST(Class) DLRM_TEST_MAIN(&dlrm::test::runTest<Class>)
