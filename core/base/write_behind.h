// SPDX-License-Identifier: Apache-2.0
// Lets the disk work while a large file is being written, so that completing it takes no longer than its last part.
#pragma once

#include <cstdint>

namespace dlrm {

class WriteBehind {
public:
    // The file of `fd` was written up to `end`, in ascending order. Hands full windows to the disk, waits for those
    // long before them and takes them out of the page cache, where they would push out pages that somebody looks at.
    // Returns within the time the disk takes for 8 MiB. Errors of the disk are not reported here: fsync() finds them.
    void wroteUpTo(int fd, std::int64_t end);

private:
    std::int64_t m_handed = 0, m_awaited = 0;
};

}  // namespace dlrm
