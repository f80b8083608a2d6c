// SPDX-License-Identifier: Apache-2.0
// A running dlrm-hdf5-reader: its answer as a stream, its end in any case. Private to core/formats.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/random_access_file.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace dlrm::hdf5 {

class Child {
public:
    // Starts the reader on `file`; it gets nothing else of this process: no environment, no other descriptor, no
    // terminal.
    // Errors: E-HDF5-001, E-HDF5-002.
    static Result<Child> start(const RandomAccessFile& file, const std::vector<std::string>& arguments);

    Child(Child&& other) noexcept : m_pid(std::exchange(other.m_pid, -1)), m_answer(std::move(other.m_answer)) {}
    Child& operator=(Child&&) = delete;
    // Kills the process where it still runs, and reaps it.
    ~Child();

    enum class Wait { Bytes, End, TimedOut, Cancelled };
    // Waits until the answer goes on; then at least one byte is in `out`, and `count` says how many. Looks at `stop` 20
    // times a second.
    Wait next(std::span<std::byte> out, std::size_t& count, std::chrono::steady_clock::time_point deadline,
              const std::stop_token& stop);

    // waitpid's status of the process, which is given a moment to end by itself after the end of its answer. Once.
    int end();

private:
    Child(pid_t pid, UniqueFd answer) : m_pid(pid), m_answer(std::move(answer)) {}
    pid_t m_pid;
    UniqueFd m_answer;
};

}  // namespace dlrm::hdf5
