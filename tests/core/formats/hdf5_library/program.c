/* SPDX-License-Identifier: Apache-2.0
 * Compresses with every filter that libhdf5 takes from elsewhere. */
#include <hdf5.h>
#include <hdf5_hl.h>

int main(void) {
    unsigned deflate = 0, szip = 0;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (H5Pset_fapl_core(access, 4096, 0) < 0) return 1;
    const hid_t file = H5Fcreate("image", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    const hsize_t size = 4;
    const double values[] = {1, 2, 3, 4};
    if (H5LTmake_dataset_double(file, "x", 1, &size, values) < 0) return 2;
    if (H5Zfilter_avail(H5Z_FILTER_DEFLATE) <= 0 || H5Zget_filter_info(H5Z_FILTER_DEFLATE, &deflate) < 0) return 3;
    if (H5Zfilter_avail(H5Z_FILTER_SZIP) > 0 && H5Zget_filter_info(H5Z_FILTER_SZIP, &szip) < 0) return 4;
    return H5Fclose(file) < 0;
}
