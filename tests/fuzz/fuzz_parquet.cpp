// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of our side of the Parquet module: Arrow itself is fuzzed by its own project, and is not
// instrumented here.
#include <cstdint>
#include <cstdlib>

#include "core/formats/parquet_abi.h"

extern "C" const dlrm_parquet_module* dlrm_parquet_module_entry(void);

namespace {

std::int32_t visit(void* context, std::int64_t first, std::int64_t rows, const dlrm_parquet_values* columns) {
    auto& sum = *static_cast<std::uint64_t*>(context);
    if (first < 0 || rows < 1 || rows > 4096) std::abort();
    for (std::int64_t r = 0; r < rows; ++r) {
        const std::uint32_t begin = r ? columns[0].text_ends[r - 1] : 0;
        if (columns[0].text_ends[r] < begin) std::abort();
        for (std::uint32_t i = begin; i < columns[0].text_ends[r]; ++i)
            sum += static_cast<unsigned char>(columns[0].text[i]);
        sum += static_cast<std::uint64_t>(columns[1].integers[r]);
        if (columns[2].present) sum += static_cast<std::uint64_t>(columns[2].integers[r]);
    }
    return first > 100'000;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const dlrm_parquet_module& module = *dlrm_parquet_module_entry();
    const dlrm_parquet_column columns[] = {
        {"data", DLRM_PARQUET_TEXT, 1}, {"id", DLRM_PARQUET_INTEGER, 1}, {"model_count", DLRM_PARQUET_INTEGER, 0}};
    dlrm_parquet_error error;
    std::uint64_t sum = 0;
    std::int64_t rows = 0;
    if (module.count_rows(data, static_cast<std::int64_t>(size), &rows, &error) == DLRM_PARQUET_FAILED &&
        error.found[0] == '\0')
        std::abort();
    if (module.read(data, static_cast<std::int64_t>(size), columns, 3, visit, &sum, &error) == DLRM_PARQUET_FAILED &&
        error.found[0] == '\0')
        std::abort();
    return 0;
}
