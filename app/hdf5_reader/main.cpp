// SPDX-License-Identifier: Apache-2.0
// dlrm-hdf5-reader: the only program that lets libhdf5 look at a file of unknown origin. It gives up every right it
// does not need before.
//   dlrm-hdf5-reader list | read PATH FIRST ROWS          the file on descriptor 0, the answer
//   (core/formats/hdf5_protocol.h) on descriptor 1
// Exit code 0 when an answer was written, errors among them; 1 when none could be; 2 for other arguments.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <new>
#include <string>
#include <string_view>

#include <hdf5.h>

#include "answer.h"
#include "describe.h"
#include "descriptor_driver.h"
#include "requests.h"

namespace {

using namespace dlrm::hdf5;

constexpr rlim_t kMemory = rlim_t{2} << 30;
constexpr rlim_t kListSeconds = 3,
                 kReadSeconds = 3600;  // of the processor: a list that takes longer is refused by whoever asked for it
constexpr rlim_t kDescriptors = 0;     // 0, 1 and 2 are open; no file and no socket can be opened any more

void limit(int what, rlim_t most) {
    const rlimit value{most, most};
    if (setrlimit(static_cast<__rlimit_resource>(what), &value) != 0) finish(1);
}

void giveUpRights(bool listing) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) finish(1);
#ifdef SYS_close_range
    syscall(SYS_close_range, 3U, ~0U, 0U);
#endif
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CPU, listing ? kListSeconds : kReadSeconds);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they reserve terabytes of address space
    limit(RLIMIT_AS, kMemory);
#endif
    limit(RLIMIT_NOFILE, kDescriptors);
}

hid_t openFile(Answer& answer) {
    H5PLset_loading_state(0);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const hid_t file = openDescriptor();
    if (file < 0) {
        const std::string version = unknownVersion();
        answer.fail(version.empty() ? Damage::File : Damage::Refused, "", "an undamaged HDF5 file",
                    version.empty() ? "none that libhdf5 opens" : std::string(kNewer) + version);
    }
    hsize_t userBlock = 1;
    const hid_t creation = H5Fget_create_plist(file);
    if (creation < 0 || H5Pget_userblock(creation, &userBlock) < 0 || userBlock != 0)
        answer.fail(Damage::File, "", "HDF5 from the first byte on",
                    "a user block of " + std::to_string(userBlock) + " bytes before it");
    return file;
}

bool number(std::string_view text, std::uint64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string_view request = argc > 1 ? argv[1] : "";
    std::uint64_t first = 0, rows = 0;
    const bool listing = request == "list" && argc == 2;
    const bool reading =
        request == "read" && argc == 5 && argv[2][0] == '/' && number(argv[3], first) && number(argv[4], rows);
    if (!listing && !reading) {
        constexpr std::string_view kUsage =
            "dlrm-hdf5-reader is started by dlrm-cli and dlrm-explorer; it is of no use alone.\n";
        return write(STDERR_FILENO, kUsage.data(), kUsage.size()) < 0 ? 1 : 2;
    }
    giveUpRights(listing);
    Answer answer;
    const hid_t file = openFile(answer);
    if (listing) list(file);
    else read(file, argv[2], first, rows);
    finish(0);
} catch (const std::bad_alloc&) {
    Answer().fail(Damage::TooMuch, "", "contents that fit into 2 GiB", "more");
}
