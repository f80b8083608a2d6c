// SPDX-License-Identifier: Apache-2.0
// Writes small HDF5 files for tests, plain and odd ones, with libhdf5.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hdf5.h>

namespace dlrm::test {

class Hdf5Maker {
public:
    explicit Hdf5Maker(const std::string& path, hid_t creation = H5P_DEFAULT) {
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
        file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access);
        H5Pclose(access);
    }
    ~Hdf5Maker() { H5Fclose(file); }
    Hdf5Maker(const Hdf5Maker&) = delete;
    Hdf5Maker& operator=(const Hdf5Maker&) = delete;

    void group(const char* path) { H5Gclose(H5Gcreate2(file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)); }

    // `values`: elements of `memory`, or nullptr to write none. `properties`: what H5Pcreate made; closed here.
    void dataset(const char* path, hid_t type, std::vector<hsize_t> dims, hid_t memory, const void* values,
                 hid_t properties = H5P_DEFAULT) {
        const hid_t space = dims.empty() ? H5Screate(H5S_SCALAR)
                                         : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr);
        const hid_t id = H5Dcreate2(file, path, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
        if (values) H5Dwrite(id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
        H5Dclose(id);
        H5Sclose(space);
        if (properties != H5P_DEFAULT) H5Pclose(properties);
    }

    void attribute(const char* path, const char* name, hid_t type, std::vector<hsize_t> dims, const void* values) {
        const hid_t object = H5Oopen(file, path, H5P_DEFAULT);
        const hid_t space = dims.empty() ? H5Screate(H5S_SCALAR)
                                         : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr);
        const hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        if (values) H5Awrite(id, type, values);
        H5Aclose(id);
        H5Sclose(space);
        H5Oclose(object);
    }

    // Texts of `length` bytes each, zero-padded, or of any length when it is 0.
    void texts(const char* path, const char* name, std::vector<std::string> values, std::size_t length = 0) {
        const hid_t type = textType(length);
        std::vector<char> fixed(length * values.size());
        std::vector<const char*> pointers;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (length > 0) values[i].copy(fixed.data() + i * length, length);
            pointers.push_back(values[i].c_str());
        }
        attribute(path, name, type, {values.size()},
                  length > 0 ? static_cast<const void*>(fixed.data()) : static_cast<const void*>(pointers.data()));
        H5Tclose(type);
    }
    void text(const char* path, const char* name, const std::string& value) {
        const hid_t type = textType(0);
        const char* pointer = value.c_str();
        attribute(path, name, type, {}, &pointer);
        H5Tclose(type);
    }

    static hid_t textType(std::size_t length) {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, length > 0 ? length : H5T_VARIABLE);
        H5Tset_strpad(type, length > 0 ? H5T_STR_NULLPAD : H5T_STR_NULLTERM);
        return type;
    }
    static hid_t chunked(std::vector<hsize_t> chunk) {
        const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data());
        return properties;
    }

    hid_t file = -1;
};

}  // namespace dlrm::test
