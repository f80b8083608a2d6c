// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_program.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

namespace dlrm::test {
namespace {

// Made on first use, since the entries of other files may come before this file's own variables.
std::map<std::string, TestMain>& tests() {
    static std::map<std::string, TestMain> entries;
    return entries;
}

}  // namespace

TestEntry::TestEntry(const char* file, TestMain main) { tests()[std::filesystem::path(file).stem().string()] = main; }

}  // namespace dlrm::test

// Asked for by the sanitizers: what they report of libraries that are not ours, and of what they do not see. GCC 12
// does not see how a timed mutex is locked; a page that was cut off is replaced while others read it
// (core/base/sigbus_guard).
#ifdef __SANITIZE_ADDRESS__
extern "C" [[gnu::visibility("default")]] const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libdbus-1.so"; }
#endif
#ifdef __SANITIZE_THREAD__
extern "C" [[gnu::visibility("default")]] const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
    return "race:libQt6Core.so\nrace:libQt6Test.so\ncalled_from_lib:libQt6Core.so\nrace:libgomp.so\nrace:libdnnl.so\n"
           "race:onSigbus\nmutex:dlrm::TimedMutex::unlock";
}
#endif

int main(int argc, char** argv) {
    using dlrm::test::tests;
    const auto found = argc < 2 ? tests().end() : tests().find(argv[1]);
    if (found == tests().end()) {
        std::fprintf(stderr, "%s TEST [ARGUMENT…], with one of:\n", argv[0]);
        for (const auto& [name, main] : tests()) std::fprintf(stderr, "  %s\n", name.c_str());
        return 2;
    }
    // As ctest has it, for who starts a test by hand; what is set stays (xvfb's tests want the display).
    setenv("QT_QPA_PLATFORM", "offscreen", 0);
    setenv("QT_LOGGING_RULES", "qt.qpa.*=false", 0);
    argv[1] = argv[0];
    return found->second(argc - 1, argv + 1);
}
