// SPDX-License-Identifier: Apache-2.0
#include "core/formats/hdf5_storage_driver.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>
#if __has_include(<H5FDdevelop.h>)
#include <H5FDdevelop.h>  // where newer versions keep H5FD_class_t
#endif

namespace dlrm {
namespace {

struct Driver : H5FD_t {
    const dlrm_hdf5_storage* storage = nullptr;
    haddr_t allocated = 0;
};

Driver& driver(H5FD_t* file) { return *static_cast<Driver*>(file); }
const Driver& driver(const H5FD_t* file) { return *static_cast<const Driver*>(file); }

haddr_t written(const Driver& d) { return d.storage->size(d.storage->context); }

H5FD_t* openFile(const char*, unsigned, hid_t access, haddr_t) {
    const auto* storage = static_cast<const dlrm_hdf5_storage* const*>(H5Pget_driver_info(access));
    auto* out = storage ? new (std::nothrow) Driver{} : nullptr;
    if (out) out->storage = *storage;
    return out;
}

herr_t closeFile(H5FD_t* file) {
    delete &driver(file);
    return 0;
}

int compare(const H5FD_t* a, const H5FD_t* b) {
    return driver(a).storage == driver(b).storage ? 0 : driver(a).storage < driver(b).storage ? -1 : 1;
}

herr_t query(const H5FD_t*, unsigned long* flags) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

haddr_t allocatedEnd(const H5FD_t* file, H5FD_mem_t) { return driver(file).allocated; }

herr_t setAllocatedEnd(H5FD_t* file, H5FD_mem_t, haddr_t end) {
    driver(file).allocated = end;
    return 0;
}

haddr_t fileEnd(const H5FD_t* file, H5FD_mem_t) { return written(driver(file)); }

herr_t readBytes(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, void* out) {
    const dlrm_hdf5_storage& storage = *driver(file).storage;
    return storage.read_at(storage.context, at, out, size) ? 0 : -1;
}

herr_t writeBytes(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, const void* bytes) {
    const dlrm_hdf5_storage& storage = *driver(file).storage;
    storage.write_at(storage.context, at, bytes, size);
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
#ifdef H5FD_CLASS_VERSION
        c.version = H5FD_CLASS_VERSION;
        c.value = static_cast<H5FD_class_value_t>(300);  // above those that are taken
#endif
        c.name = "dlrm_storage";
        c.maxaddr = static_cast<haddr_t>(INT64_MAX);
        c.fc_degree = H5F_CLOSE_WEAK;
        c.fapl_size = sizeof(const dlrm_hdf5_storage*);
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

bool writeHdf5Into(hid_t access, const dlrm_hdf5_storage& storage) {
    const dlrm_hdf5_storage* const pointer = &storage;
    return registered() >= 0 && H5Pset_driver(access, registered(), &pointer) >= 0;
}

}  // namespace dlrm
