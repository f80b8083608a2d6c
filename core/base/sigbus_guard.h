// SPDX-License-Identifier: Apache-2.0
// The process-wide SIGBUS guard: where a registered mapping cannot be read, it becomes zeros from that page to its end
// and is marked as damaged. To its end, because that is what a truncated file has lost, and because page by page a
// large table would use up the process' mappings.
#pragma once

#include <cstddef>

namespace dlrm {

// One registered mapping. Slots are reused and never freed, so that a signal handler may walk them at any time.
struct GuardedMapping;

// Registers [begin, begin + bytes), a mapping made by mmap. The first call installs the handler; a fault elsewhere goes
// to the handler that was there before. Any thread. Throws std::bad_alloc.
GuardedMapping* guardMapping(const std::byte* begin, std::size_t bytes);

// Call before munmap, when nobody reads the mapping any more.
void releaseMapping(GuardedMapping* mapping);

// True once a page of the mapping could not be read: what was read from it since then is worth nothing.
bool isDamaged(const GuardedMapping* mapping);

}  // namespace dlrm
