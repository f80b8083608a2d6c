// SPDX-License-Identifier: Apache-2.0
// What refusing a hostile file costs: processor time of this process, and the growth of the process's peak memory.
#pragma once

#include <time.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace dlrm::test {

class Effort {
public:
    // Starts counting; the kernel forgets the process's earlier peak.
    Effort() {
        std::ofstream("/proc/self/clear_refs") << "5";
        m_peak = peakKiB();
        m_cpu = cpuSeconds();
    }
    // Less than a second (of work, for machines are busy) and 64 MiB.
    bool isSmall() const { return cpuSeconds() - m_cpu < 1.0 && mebibytes() < 64; }
    long mebibytes() const { return (peakKiB() - m_peak) / 1024; }
    std::string text() const {
        return std::to_string(cpuSeconds() - m_cpu) + " s of work, " + std::to_string(mebibytes()) +
               " MiB more memory at the peak";
    }

private:
    static double cpuSeconds() {
        timespec t{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
    }
    static long peakKiB() {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);)
            if (line.rfind("VmHWM:", 0) == 0) return std::strtol(line.c_str() + 6, nullptr, 10);
        return 0;
    }

    double m_cpu = 0;
    long m_peak = 0;
};

}  // namespace dlrm::test
