// SPDX-License-Identifier: Apache-2.0
#include "core/formats/hdf5_child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/program_files.h"
#include "core/formats/hdf5_errors.h"

namespace dlrm::hdf5 {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLookForStop{50};
constexpr milliseconds kToEnd{500};  // for the process to end by itself after its answer did
constexpr int kPipeBytes = 1 << 20;

Result<std::string> findReader(const std::string& file) {
    std::error_code ec;
    const std::vector<std::string> places = programDirectories();
    for (const std::string& place : places)
        if (fs::path path = fs::path(place) / "dlrm-hdf5-reader"; fs::exists(path, ec)) return path.string();
    return fail(noReader(file, fmt::format("{}", fmt::join(places, ", "))));
}

// Above the descriptors that the child's own three are made from.
UniqueFd aboveStandard(UniqueFd fd) {
    if (fd.get() > STDERR_FILENO) return fd;
    return UniqueFd(fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

// What posix_spawn is told; its two objects need an end.
struct Instructions {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    Instructions(int file, int answer) {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, answer, STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawnattr_init(&attributes);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setpgroup(&attributes,
                                  0);  // Ctrl-C in a terminal is for the program, which then ends the child
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~Instructions() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
};

}  // namespace

Result<Child> Child::start(const RandomAccessFile& file, const std::vector<std::string>& arguments) {
    DLRM_TRY(auto reader, findReader(file.path()));
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return fail(readerDoesNotStart(reader, errno));
    UniqueFd answer = aboveStandard(UniqueFd(ends[0])), childs = aboveStandard(UniqueFd(ends[1]));
    if (!answer || !childs) return fail(readerDoesNotStart(reader, errno));
    fcntl(answer.get(), F_SETPIPE_SZ, kPipeBytes);
    fcntl(answer.get(), F_SETFL, O_NONBLOCK);

    std::vector<char*> argv{reader.data()};
    std::vector<std::string> copies = arguments;
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    char* const environment[] = {nullptr};
    const Instructions instructions(file.descriptor(), childs.get());
    pid_t pid = -1;
    if (const int error = posix_spawn(&pid, reader.c_str(), &instructions.actions, &instructions.attributes,
                                      argv.data(), environment);
        error != 0)
        return fail(readerDoesNotStart(reader, error));
    return Child(pid, std::move(answer));
}

Child::~Child() {
    if (m_pid < 0) return;
    kill(m_pid, SIGKILL);
    while (waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

Child::Wait Child::next(std::span<std::byte> out, std::size_t& count, steady_clock::time_point deadline,
                        const std::stop_token& stop) {
    while (true) {
        if (stop.stop_requested()) return Wait::Cancelled;
        const ssize_t n = ::read(m_answer.get(), out.data(), out.size());
        if (n > 0) {
            count = static_cast<std::size_t>(n);
            return Wait::Bytes;
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR)) return Wait::End;
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
        if (left <= milliseconds(0)) return Wait::TimedOut;
        pollfd waiting{m_answer.get(), POLLIN, 0};
        poll(&waiting, 1, static_cast<int>(std::min(left, kLookForStop).count()));
    }
}

int Child::end() {
    const auto deadline = steady_clock::now() + kToEnd;
    int status = 0;
    pid_t reaped;
    while ((reaped = waitpid(m_pid, &status, WNOHANG)) == 0 && steady_clock::now() < deadline)
        std::this_thread::sleep_for(milliseconds(1));
    if (reaped == 0) {
        kill(m_pid, SIGKILL);
        while (waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    m_pid = -1;
    return status;
}

}  // namespace dlrm::hdf5
