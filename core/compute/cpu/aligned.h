// SPDX-License-Identifier: Apache-2.0
// Arrays that start at a cache line and are padded to whole vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace dlrm::cpu {

inline constexpr std::size_t kCacheLine = 64;

// A zero-filled array of a trivial type, aligned to a cache line. Throws std::bad_alloc.
template <class T>
class AlignedArray {
public:
    AlignedArray() = default;
    explicit AlignedArray(std::int64_t size)
        : m_data(static_cast<T*>(::operator new(static_cast<std::size_t>(size) * sizeof(T), std::align_val_t(kCacheLine)))), m_size(size) {
        std::uninitialized_value_construct_n(m_data.get(), size);
    }
    T* data() { return m_data.get(); }
    const T* data() const { return m_data.get(); }
    std::int64_t size() const { return m_size; }

private:
    struct Free {
        void operator()(T* p) const { ::operator delete(p, std::align_val_t(kCacheLine)); }
    };
    std::unique_ptr<T, Free> m_data;
    std::int64_t m_size = 0;
};

constexpr std::int64_t roundUp(std::int64_t n, std::int64_t multiple) { return (n + multiple - 1) / multiple * multiple; }

}  // namespace dlrm::cpu
