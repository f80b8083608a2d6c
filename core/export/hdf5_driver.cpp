// SPDX-License-Identifier: Apache-2.0
#include "core/export/hdf5_driver.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>

namespace dlrm {
namespace {

struct Driver : H5FD_t {
    Hdf5Target* target = nullptr;
    haddr_t allocated = 0;
};

Driver& driver(H5FD_t* file) { return *static_cast<Driver*>(file); }
const Driver& driver(const H5FD_t* file) { return *static_cast<const Driver*>(file); }

haddr_t written(const Driver& d) { return static_cast<haddr_t>(d.target->file.written()); }

H5FD_t* openFile(const char*, unsigned, hid_t access, haddr_t) {
    const auto* target = static_cast<Hdf5Target* const*>(H5Pget_driver_info(access));
    auto* out = target ? new (std::nothrow) Driver{} : nullptr;
    if (out) out->target = *target;
    return out;
}

herr_t closeFile(H5FD_t* file) {
    delete &driver(file);
    return 0;
}

int compare(const H5FD_t* a, const H5FD_t* b) { return driver(a).target == driver(b).target ? 0 : driver(a).target < driver(b).target ? -1 : 1; }

herr_t query(const H5FD_t*, unsigned long* flags) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

haddr_t allocatedEnd(const H5FD_t* file, H5FD_mem_t) { return driver(file).allocated; }

herr_t setAllocatedEnd(H5FD_t* file, H5FD_mem_t, haddr_t end) {
    driver(file).allocated = end;
    return 0;
}

haddr_t fileEnd(const H5FD_t* file, H5FD_mem_t) { return written(driver(file)); }

herr_t readBytes(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, void* out) {
    const Driver& d = driver(file);
    std::memset(out, 0, size);  // space that was allocated and not written yet
    if (d.target->failed || at >= written(d)) return 0;
    const auto there = static_cast<std::size_t>(std::min<haddr_t>(size, written(d) - at));
    return d.target->file.readAt(static_cast<std::int64_t>(at), {static_cast<std::byte*>(out), there}) ? 0 : -1;
}

herr_t writeBytes(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, const void* bytes) {
    Hdf5Target& target = *driver(file).target;
    if (target.failed) return 0;
    if (auto done = target.file.writeAt(static_cast<std::int64_t>(at), {static_cast<const std::byte*>(bytes), size}); !done) target.failed = std::move(done.error());
    return 0;
}

// The library looks for the end of what it allocated.
herr_t truncateFile(H5FD_t* file, hid_t, hbool_t) {
    const Driver& d = driver(file);
    const char zero = 0;
    return d.allocated > written(d) ? writeBytes(file, H5FD_MEM_DEFAULT, H5P_DEFAULT, d.allocated - 1, 1, &zero) : 0;
}

hid_t registered() {
    static const H5FD_class_t s_class = [] {
        H5FD_class_t c{};
        c.name = "dlrm_atomic_file";
        c.maxaddr = static_cast<haddr_t>(INT64_MAX);
        c.fc_degree = H5F_CLOSE_WEAK;
        c.fapl_size = sizeof(Hdf5Target*);
        c.open = openFile;
        c.close = closeFile;
        c.cmp = compare;
        c.query = query;
        c.get_eoa = allocatedEnd;
        c.set_eoa = setAllocatedEnd;
        c.get_eof = fileEnd;
        c.read = readBytes;
        c.write = writeBytes;
        c.truncate = truncateFile;
        constexpr H5FD_mem_t kMap[] = H5FD_FLMAP_DICHOTOMY;
        std::copy(std::begin(kMap), std::end(kMap), c.fl_map);
        return c;
    }();
    static const hid_t s_driver = H5FDregister(&s_class);
    return s_driver;
}

}  // namespace

bool writeHdf5Into(hid_t access, Hdf5Target& target) {
    Hdf5Target* const pointer = &target;
    return registered() >= 0 && H5Pset_driver(access, registered(), &pointer) >= 0;
}

}  // namespace dlrm
