// SPDX-License-Identifier: Apache-2.0
// The request "list": groups, attributes and datasets of a file, depth first, without a value of any dataset.
#include "requests.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "answer.h"
#include "describe.h"

namespace dlrm::hdf5 {
namespace {

constexpr std::size_t kSendAt = 1 << 20;

// What libhdf5 tells of an object, and what names it within its file: a token, which was an address before 1.12.
#if H5_VERSION_GE(1, 12, 0)
using ObjectInfo = H5O_info2_t;
herr_t ask(hid_t object, ObjectInfo& info, unsigned fields) { return H5Oget_info3(object, &info, fields); }
std::string_view placeOf(const ObjectInfo& info) {
    return {reinterpret_cast<const char*>(&info.token), sizeof info.token};
}
#else
using ObjectInfo = H5O_info_t;
herr_t ask(hid_t object, ObjectInfo& info, unsigned fields) { return H5Oget_info2(object, &info, fields); }
std::string_view placeOf(const ObjectInfo& info) {
    return {reinterpret_cast<const char*>(&info.addr), sizeof info.addr};
}
#endif

class Lister {
public:
    explicit Lister(hid_t file) : m_file(file) {}

    void run() {
        m_answer.byte(kListBegin);
        group(m_file, "/", 0);
        m_answer.byte(kEnd);
        m_answer.number(static_cast<std::uint64_t>(m_records));
        m_answer.send();
    }

private:
    struct Link {
        std::string name;
        H5L_type_t type;
    };

    void begin(Tag tag, const std::string& path) {
        if (++m_records > kMostObjects)
            m_answer.fail(Damage::TooMuch, path, "at most " + std::to_string(kMostObjects) + " objects", "more");
        if (m_answer.size() > kSendAt) m_answer.send();
        m_answer.byte(tag);
        m_answer.text(path);
    }

    void refuse(const std::string& path, const std::string& why) {
        begin(kRefused, path);
        m_answer.text(why);
    }

    void dimensions(const std::vector<hsize_t>& dims) {
        m_answer.byte(static_cast<std::uint8_t>(dims.size()));
        for (const hsize_t d : dims) m_answer.number(d);
    }

    void group(hid_t id, const std::string& path, int depth) {
        begin(kGroup, path);
        attributes(id, path);
        std::vector<Link> links;
        hsize_t index = 0;
        const auto add = [](hid_t, const char* name, const H5L_info_t* info, void* to) -> herr_t {
            auto& found = *static_cast<std::vector<Link>*>(to);
            if (static_cast<std::int64_t>(found.size()) >= kMostObjects) return 1;
            found.push_back({name, info->type});
            return 0;
        };
        const herr_t outcome = H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, &index, add, &links);
        if (outcome < 0) m_answer.fail(Damage::File, path, "a group whose entries can be listed", "damage");
        if (outcome > 0)
            m_answer.fail(Damage::TooMuch, path, "at most " + std::to_string(kMostObjects) + " objects", "more");
        // A damaged file may hold names out of order, or twice.
        std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) { return a.name < b.name; });
        for (std::size_t i = 0; i < links.size(); ++i) {
            const std::string& name = links[i].name;
            if (name.empty() || name == "." || name.find('/') != std::string::npos ||
                (i > 0 && name == links[i - 1].name))
                m_answer.fail(Damage::File, path, "entries with names of their own",
                              name.empty() ? "an entry without a name" : name);
            const std::string child = path + (path.size() > 1 ? "/" : "") + name;
            if (static_cast<std::int64_t>(child.size()) > kLongestName)
                m_answer.fail(Damage::TooMuch, path, "paths of at most " + std::to_string(kLongestName) + " bytes",
                              "a longer one");
            link(id, links[i], child, depth);
        }
    }

    void link(hid_t parent, const Link& link, const std::string& path, int depth) {
        if (link.type == H5L_TYPE_SOFT) return refuse(path, "a soft link");
        if (link.type == H5L_TYPE_EXTERNAL) return refuse(path, "an external link");
        if (link.type != H5L_TYPE_HARD) return refuse(path, "a link of an unknown kind");
        const H5Handle object(H5Oopen(parent, link.name.c_str(), H5P_DEFAULT), H5Oclose);
        ObjectInfo info;
        if (!object || ask(object, info, H5O_INFO_BASIC) < 0) {
            const std::string version = unknownVersion();
            return refuse(path, version.empty() ? "an object that is damaged" : std::string(kNewer) + version);
        }
        if (info.type == H5O_TYPE_GROUP) {
            if (depth >= kMostDepth) return refuse(path, "a group inside " + std::to_string(kMostDepth) + " others");
            if (isListed(info)) return refuse(path, "a group that is listed under another name");
            group(object, path, depth + 1);
        } else if (info.type == H5O_TYPE_DATASET) {
            if (isListed(info)) return refuse(path, "a dataset that is listed under another name");
            dataset(object, path);
        } else {
            refuse(path, "a stored type");
        }
    }

    // Hard links let one object stand in many places, and be listed as often.
    bool isListed(const ObjectInfo& info) { return !m_listed.emplace(info.fileno, placeOf(info)).second; }

    void dataset(hid_t id, const std::string& path) {
        Dataset d;
        if (const std::string why = describeDataset(id, d, m_chunksLeft); !why.empty()) return refuse(path, why);
        begin(kDataset, path);
        m_answer.byte(d.type.kind);
        m_answer.length(d.type.size);
        m_answer.byte(d.type.bigEndian ? 1 : 0);
        dimensions(d.dims);
        m_answer.byte(d.layout);
        m_answer.number(d.offset);
        m_answer.byte(static_cast<std::uint8_t>(d.filters.size()));
        for (const std::uint8_t f : d.filters) m_answer.byte(f);
        if (d.layout == 2) {
            for (const hsize_t c : d.chunkDims) m_answer.number(c);
            m_answer.number(d.chunks.size());
            for (const Chunk& c : d.chunks) {
                m_answer.number(c.offset);
                m_answer.number(c.bytes);
            }
        }
        attributes(id, path);
    }

    void attributes(hid_t object, const std::string& path) {
        ObjectInfo info;
        if (ask(object, info, H5O_INFO_NUM_ATTRS) < 0)
            m_answer.fail(Damage::File, path, "attributes that can be counted", "damage");
        m_attributes += static_cast<std::int64_t>(std::min<hsize_t>(info.num_attrs, kMostAttributes));
        if (m_attributes >= kMostAttributes)
            m_answer.fail(Damage::TooMuch, path, "at most " + std::to_string(kMostAttributes) + " attributes", "more");
        m_answer.length(static_cast<std::size_t>(info.num_attrs));
        for (hsize_t i = 0; i < info.num_attrs; ++i) {
            const H5Handle attribute(
                H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
            std::string name(static_cast<std::size_t>(kLongestName), '\0');
            const ssize_t length = attribute ? H5Aget_name(attribute, name.size(), name.data()) : -1;
            if (length < 0 || length >= kLongestName)
                m_answer.fail(Damage::File, path, "attributes that can be opened", "damage");
            name.resize(std::strlen(name.c_str()));
            m_answer.text(name);
            // A record is sent whole: an error may still take its place.
            if (static_cast<std::int64_t>(m_answer.size()) > kLongestList)
                m_answer.fail(Damage::TooMuch, path, "a list of at most " + std::to_string(kLongestList) + " bytes",
                              "a longer one");
            if (!value(attribute, path)) {
                m_answer.byte(kOmitted);
                m_answer.byte(0);
            }
        }
    }

    // False where the value is not told; then nothing was added to the answer.
    bool value(hid_t attribute, const std::string& path) {
        const H5Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
        Type described;
        std::string found;
        if (!type || !space || !describeType(type, described, found) || described.kind == kOpaque) return false;
        if (H5Sget_simple_extent_type(space) == H5S_NULL) return false;
        const int rank = H5Sget_simple_extent_ndims(space);
        if (rank < 0 || rank > kMostDimensions) return false;
        std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
        if (rank > 0 && H5Sget_simple_extent_dims(space, dims.data(), nullptr) != rank) return false;
        std::uint64_t count = 1;
        const std::uint64_t size = std::max<std::uint64_t>(described.size, described.kind == kText ? 4 : 8);
        for (const hsize_t d : dims) {
            if (d > 0 && count > static_cast<std::uint64_t>(kLongestAttribute) / size / d) return false;
            count *= d;
        }
        if (described.kind == kText && (m_texts += static_cast<std::int64_t>(count)) > kMostTexts)
            m_answer.fail(Damage::TooMuch, path, "at most " + std::to_string(kMostTexts) + " texts in attributes",
                          "more");
        if (described.kind == kText) return texts(attribute, type, dims, count, described);
        const bool real = described.kind == kFloat || described.kind == kBFloat;
        std::vector<std::uint64_t> values(count);
        const hid_t wanted = real ? H5T_IEEE_F64LE : described.kind == kInt ? H5T_STD_I64LE : H5T_STD_U64LE;
        if (count > 0 && H5Aread(attribute, wanted, values.data()) < 0) return false;
        if (described.kind == kUInt &&
            std::any_of(values.begin(), values.end(), [](std::uint64_t v) { return v >> 63; }))
            return false;
        m_answer.byte(real ? kFloat : kInt);
        dimensions(dims);
        for (const std::uint64_t v : values) m_answer.number(v);
        return true;
    }

    bool texts(hid_t attribute, hid_t type, const std::vector<hsize_t>& dims, std::uint64_t count,
               const Type& described) {
        Texts texts;
        if (count > 0 &&
            !readTexts(
                type, described, count, [&](hid_t memory, void* to) { return H5Aread(attribute, memory, to); }, texts))
            return false;
        std::size_t bytes = 0;
        for (const std::string& t : texts) bytes += t.size() + 4;
        if (bytes > static_cast<std::size_t>(kLongestAttribute)) return false;
        m_answer.byte(kText);
        dimensions(dims);
        for (const std::string& t : texts) m_answer.text(t);
        return true;
    }

    hid_t m_file;
    Answer m_answer;
    std::int64_t m_records = 0, m_attributes = 0, m_texts = 0, m_chunksLeft = kMostChunks;
    std::set<std::pair<unsigned long, std::string>> m_listed;  // groups and datasets
};

}  // namespace

void list(hid_t file) { Lister(file).run(); }

}  // namespace dlrm::hdf5
