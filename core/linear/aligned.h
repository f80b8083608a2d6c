// SPDX-License-Identifier: Apache-2.0
// Arrays that start at a cache line and are padded to whole vectors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include <sys/mman.h>

namespace dlrm::cpu {

inline constexpr std::size_t kCacheLine = 64;

// A zero-filled array of a trivial type, aligned to a cache line; large ones lie on huge pages where the system has
// them, because reading weights row by row would otherwise miss the TLB on every other row. Throws std::bad_alloc.
template <class T>
class AlignedArray {
public:
    AlignedArray() = default;
    explicit AlignedArray(std::int64_t size)
        : m_data(allocate(static_cast<std::size_t>(size) * sizeof(T))), m_size(size) {
        std::uninitialized_value_construct_n(m_data.get(), size);
    }
    T* data() { return m_data.get(); }
    const T* data() const { return m_data.get(); }
    std::int64_t size() const { return m_size; }

private:
    struct Free {
        void operator()(T* p) const { std::free(p); }
    };
    static T* allocate(std::size_t bytes) {
        constexpr std::size_t kHugePage = std::size_t{2} << 20;
        const bool large = bytes >= kHugePage / 2;
        const std::size_t alignment = large ? kHugePage : kCacheLine;
        const std::size_t whole = std::max<std::size_t>(1, (bytes + alignment - 1) / alignment) * alignment;
        void* p = std::aligned_alloc(alignment, whole);
        if (!p) throw std::bad_alloc();
        if (large) madvise(p, whole, MADV_HUGEPAGE);
        return static_cast<T*>(p);
    }

    std::unique_ptr<T, Free> m_data;
    std::int64_t m_size = 0;
};

constexpr std::int64_t roundUp(std::int64_t n, std::int64_t multiple) {
    return (n + multiple - 1) / multiple * multiple;
}

}  // namespace dlrm::cpu
