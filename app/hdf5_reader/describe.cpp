// SPDX-License-Identifier: Apache-2.0
#include "describe.h"

#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "descriptor_driver.h"

namespace dlrm::hdf5 {
namespace {

constexpr std::uint64_t kLargest = ~std::uint64_t{0} >> 1;  // elements and bytes fit into 63 bits
// A dataset larger than this must not declare more than kMostExpansion times what the file stores for it.
constexpr std::uint64_t kBombBytes = std::uint64_t{4} << 30;
constexpr std::uint64_t kMostExpansion = 1000;
// Of a chunk whose place is asked for: half of the memory this program may take.
constexpr std::uint64_t kMostChunkBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kChecksumBytes = 4;

const char* className(H5T_class_t type) {
    static constexpr std::pair<H5T_class_t, const char*> kNames[] = {{H5T_TIME, "a time"},
                                                                     {H5T_BITFIELD, "a bit field"},
                                                                     {H5T_OPAQUE, "opaque bytes"},
                                                                     {H5T_COMPOUND, "a compound type"},
                                                                     {H5T_REFERENCE, "a reference"},
                                                                     {H5T_ENUM, "an enumeration"},
                                                                     {H5T_VLEN, "a list of variable length"},
                                                                     {H5T_ARRAY, "an array type"}};
    for (const auto& [known, name] : kNames)
        if (type == known) return name;
    return "an unknown type";
}

// Order, precision and padding: every bit of the value counts.
bool isPlain(hid_t type, std::size_t size, bool& bigEndian) {
    const H5T_order_t order = H5Tget_order(type);
    bigEndian = order == H5T_ORDER_BE;
    return (order == H5T_ORDER_LE || order == H5T_ORDER_BE) && H5Tget_precision(type) == 8 * size &&
           H5Tget_offset(type) == 0;
}

// What h5py makes of NumPy's bool: an enumeration of one byte, FALSE 0 and TRUE 1.
bool isBool(hid_t type) {
    if (H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
    int found = 0;
    for (unsigned i = 0; i < 2; ++i) {
        std::uint8_t value = 0xff;
        char* const name = H5Tget_member_name(type, i);
        if (name && H5Tget_member_value(type, i, &value) >= 0 && value < 2 &&
            std::strcmp(name, value ? "TRUE" : "FALSE") == 0)
            found |= 1 << value;
        H5free_memory(name);
    }
    return found == 3;
}

struct FloatForm {
    std::size_t size, exponentAt, exponentBits, mantissaBits, bias;
    std::uint8_t kind;
};
constexpr FloatForm kFloatForms[] = {
    {2, 10, 5, 10, 15, kFloat}, {2, 7, 8, 7, 127, kBFloat}, {4, 23, 8, 23, 127, kFloat}, {8, 52, 11, 52, 1023, kFloat}};

bool describeFloat(hid_t type, Type& out) {
    std::size_t sign = 0, exponentAt = 0, exponentBits = 0, mantissaAt = 0, mantissaBits = 0;
    if (H5Tget_fields(type, &sign, &exponentAt, &exponentBits, &mantissaAt, &mantissaBits) < 0) return false;
    for (const FloatForm& form : kFloatForms)
        if (out.size == form.size && sign == 8 * form.size - 1 && exponentAt == form.exponentAt &&
            exponentBits == form.exponentBits && mantissaAt == 0 && mantissaBits == form.mantissaBits &&
            H5Tget_ebias(type) == form.bias && H5Tget_norm(type) == H5T_NORM_IMPLIED) {
            out.kind = form.kind;
            return true;
        }
    return false;
}

// Address and size of every chunk, cell by cell. libhdf5 finds one by its coordinates at once when it is to read it,
// but looks at half of all chunks when it is asked where one lies: so it is told to read, and its driver notes where.
void findChunks(hid_t dataset, Dataset& out, std::int64_t& chunksLeft) {
    const std::size_t rank = out.dims.size();
    std::vector<hsize_t> grid(rank), at(rank, 0);
    std::uint64_t cells = 1, chunkBytes = out.type.size;
    for (std::size_t i = 0; i < rank; ++i) {
        if (out.dims[i] == 0) return;
        grid[i] = (out.dims[i] - 1) / out.chunkDims[i] + 1;
        if (grid[i] > static_cast<std::uint64_t>(chunksLeft) / cells || out.chunkDims[i] > kMostChunkBytes / chunkBytes)
            return;
        cells *= grid[i];
        chunkBytes *= out.chunkDims[i];
    }
    chunksLeft -= static_cast<std::int64_t>(cells);
    hsize_t stored = 0;
    const H5Handle space(H5Dget_space(dataset), H5Sclose);
    if (H5Dget_num_chunks(dataset, space, &stored) < 0 || stored != cells) return;
    out.chunks.reserve(cells);
    const std::unique_ptr<char[]> buffer(
        new (std::nothrow) char[chunkBytes + kChecksumBytes]);  // large enough, but nothing comes there
    for (std::uint64_t cell = 0; buffer && cell < cells; ++cell) {
        std::uint64_t rest = cell;
        for (std::size_t i = rank; i-- > 0; rest /= grid[i]) at[i] = rest % grid[i] * out.chunkDims[i];
        std::uint32_t mask = 0;
        Place place;
        noteReads(&place);
        const bool found = H5Dread_chunk(dataset, H5P_DEFAULT, at.data(), &mask, buffer.get()) >= 0 &&
                           place.at != HADDR_UNDEF && mask == 0;
        noteReads(nullptr);
        if (!found) {
            out.chunks.clear();
            return;
        }
        out.chunks.push_back({place.at, place.bytes});
    }
}

std::string describeFilters(hid_t properties, Dataset& out) {
    const int filters = H5Pget_nfilters(properties);
    if (filters < 0 || filters > 8) return "filters that cannot be told";
    for (int i = 0; i < filters; ++i) {
        unsigned flags = 0, configuration = 0;
        std::size_t parameters = 0;
        const H5Z_filter_t filter = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &parameters, nullptr,
                                                   0, nullptr, &configuration);
        if (filter == H5Z_FILTER_DEFLATE) out.filters.push_back(kDeflate);
        else if (filter == H5Z_FILTER_SHUFFLE) out.filters.push_back(kShuffle);
        else if (filter == H5Z_FILTER_FLETCHER32) out.filters.push_back(kFletcher32);
        else return "a filter other than deflate, shuffle and fletcher32 (number " + std::to_string(filter) + ")";
    }
    return {};
}

std::string describeLayout(hid_t dataset, hid_t properties, Dataset& out, std::int64_t& chunksLeft) {
    if (H5Pget_external_count(properties) != 0) return "values in another file (external storage)";
    switch (H5Pget_layout(properties)) {
        case H5D_COMPACT:
            out.layout = 0;
            break;
        case H5D_CONTIGUOUS:
            out.layout = 1;
            if (const haddr_t address = H5Dget_offset(dataset); address != HADDR_UNDEF && out.type.kind != kText)
                out.offset = address;
            break;
        case H5D_CHUNKED: {
            out.layout = 2;
            out.chunkDims.resize(out.dims.size());
            if (out.dims.empty() || H5Pget_chunk(properties, static_cast<int>(out.dims.size()), out.chunkDims.data()) !=
                                        static_cast<int>(out.dims.size()))
                return "chunks of another rank";
            for (const hsize_t d : out.chunkDims)
                if (d == 0) return "an empty chunk";
            if (std::string why = describeFilters(properties, out); !why.empty()) return why;
            const bool plain = out.filters.empty() || (out.filters.size() == 1 && out.filters[0] == kFletcher32);
            if (plain && chunksLeft > 0 && out.type.kind != kText) findChunks(dataset, out, chunksLeft);
            break;
        }
        case H5D_VIRTUAL:
            return "a virtual dataset";
        default:
            return "an unknown layout";
    }
    return {};
}

}  // namespace

std::string unknownVersion() {
    std::string said;
    const auto look = [](unsigned, const H5E_error2_t* error, void* to) -> herr_t {
        const std::string_view text = error->desc ? error->desc : "";
        if (text.find("version") != std::string_view::npos) *static_cast<std::string*>(to) = text;
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, look, &said);
    return said;
}

bool describeType(hid_t type, Type& out, std::string& found) {
    const H5T_class_t kind = H5Tget_class(type);
    out.size = H5Tget_size(type);
    found = className(kind);
    switch (kind) {
        case H5T_STRING: {
            const htri_t variable = H5Tis_variable_str(type);
            out.kind = kText;
            if (variable > 0) out.size = 0;
            else if (variable < 0 || out.size == 0 || out.size > static_cast<std::size_t>(kLongestText))
                found = "a text of " + std::to_string(out.size) + " bytes";
            else return true;
            return variable > 0;
        }
        case H5T_FLOAT:
            found = "a float of " + std::to_string(out.size) + " bytes that is not IEEE's";
            return isPlain(type, out.size, out.bigEndian) && describeFloat(type, out);
        case H5T_INTEGER:
            found = "an integer of " + std::to_string(out.size) + " bytes";
            out.kind = H5Tget_sign(type) == H5T_SGN_2 ? kInt : kUInt;
            return (out.size == 1 || out.size == 2 || out.size == 4 || out.size == 8) &&
                   isPlain(type, out.size, out.bigEndian);
        case H5T_ENUM:
            out.kind = kInt;
            return isBool(type) && isPlain(type, out.size, out.bigEndian);
        case H5T_OPAQUE:
            out.kind = kOpaque;
            return out.size == 2;
        default:
            return false;
    }
}

std::string describeDataset(hid_t dataset, Dataset& out, std::int64_t& chunksLeft) {
    const H5Handle type(H5Dget_type(dataset), H5Tclose), space(H5Dget_space(dataset), H5Sclose),
        properties(H5Dget_create_plist(dataset), H5Pclose);
    if (!type || !space || !properties) return "a dataset whose description is damaged";
    std::string found;
    if (!describeType(type, out.type, found)) return found;
    const H5S_class_t extent = H5Sget_simple_extent_type(space);
    if (extent != H5S_SIMPLE && extent != H5S_SCALAR) return "a dataset without values";
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0 || rank > kMostDimensions) return "more than " + std::to_string(kMostDimensions) + " dimensions";
    out.dims.resize(static_cast<std::size_t>(rank));
    if (rank > 0 && H5Sget_simple_extent_dims(space, out.dims.data(), nullptr) != rank)
        return "dimensions that cannot be told";
    const std::uint64_t size =
        out.type.size > 0 ? out.type.size : sizeof(void*) * 2;  // of text: the place of a reference to it
    bool empty = false;
    for (const hsize_t d : out.dims) empty = empty || d == 0;
    out.elements = empty ? 0 : 1;
    for (const hsize_t d : out.dims) {
        if (d > kLargest) return "more values than 63 bits can count";
        if (empty) continue;
        if (out.elements > kLargest / d / size) return "more values than 63 bits can count";
        out.elements *= d;
    }
    const std::uint64_t declared = out.elements * size;
    if (declared > kBombBytes && declared / kMostExpansion > H5Dget_storage_size(dataset))
        return std::to_string(declared) + " bytes declared, " + std::to_string(H5Dget_storage_size(dataset)) +
               " stored";
    return describeLayout(dataset, properties, out, chunksLeft);
}

}  // namespace dlrm::hdf5
