// SPDX-License-Identifier: Apache-2.0
// For those who link libhdf5: an identifier that closes itself.
#pragma once

#include <utility>

#include <hdf5.h>

namespace dlrm {

// Owns an HDF5 identifier.
class H5Handle {
public:
    H5Handle() = default;
    H5Handle(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {}
    ~H5Handle() { reset(); }
    H5Handle(H5Handle&& other) noexcept : m_id(other.release()), m_close(other.m_close) {}
    H5Handle& operator=(H5Handle&& other) noexcept {
        reset();
        m_id = other.release();
        m_close = other.m_close;
        return *this;
    }
    hid_t get() const { return m_id; }
    operator hid_t() const { return m_id; }  // NOLINT: as libhdf5's functions want it
    explicit operator bool() const { return m_id >= 0; }
    void reset() {
        if (m_id >= 0) m_close(m_id);
        m_id = -1;
    }
    hid_t release() { return std::exchange(m_id, -1); }

private:
    hid_t m_id = -1;
    herr_t (*m_close)(hid_t) = nullptr;
};

}  // namespace dlrm
