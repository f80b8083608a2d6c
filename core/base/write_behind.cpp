// SPDX-License-Identifier: Apache-2.0
#include "core/base/write_behind.h"

#include <fcntl.h>

namespace dlrm {

void WriteBehind::wroteUpTo(int fd, std::int64_t end) {
    constexpr std::int64_t kWindow = std::int64_t{8} << 20;
    constexpr std::int64_t kBehind = 8 * kWindow;  // under way at once: enough for a disk's queue
    while (m_handed + kWindow <= end) {
        ::sync_file_range(fd, m_handed, kWindow, SYNC_FILE_RANGE_WRITE);
        m_handed += kWindow;
        if (m_handed - m_awaited <= kBehind) continue;
        ::sync_file_range(fd, m_awaited, kWindow,
                          SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
        ::posix_fadvise(fd, m_awaited, kWindow, POSIX_FADV_DONTNEED);
        m_awaited += kWindow;
    }
}

}  // namespace dlrm
