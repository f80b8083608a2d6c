// SPDX-License-Identifier: Apache-2.0
// HDF5 files, read safely: libhdf5 runs in a child process (dlrm-hdf5-reader) that may open nothing else, and nothing
// it says is believed unchecked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

enum class Hdf5Kind : std::uint8_t {
    Float,   // IEEE, 2, 4 or 8 bytes
    BFloat,  // 2 bytes: the upper half of a float32
    Int,     // 1, 2, 4 or 8 bytes
    UInt,
    Text,    // `size` bytes each, or of any length when size is 0
    Opaque,  // 2 bytes without a meaning of their own (Keras marks bfloat16 by an attribute)
};

struct Hdf5Type {
    Hdf5Kind kind = Hdf5Kind::Float;
    int size = 4;            // bytes of one value in the file
    bool bigEndian = false;  // in the file
    friend bool operator==(const Hdf5Type&, const Hdf5Type&) = default;
};
std::string name(Hdf5Type);  // "float32", "uint8", "text"; ", big-endian" added where it is

struct Hdf5Attribute {
    std::string name;
    Hdf5Kind kind = Hdf5Kind::Int;    // Text, Float (also what was BFloat) or Int (also what was UInt)
    std::vector<std::int64_t> shape;  // empty: a scalar
    bool omitted = false;  // of another type, over 256 KiB, or an unsigned value of 2^63 and more: there are no values
    std::vector<std::string> texts;  // Text: one per element, without padding
    std::vector<double> reals;       // Float
    std::vector<std::int64_t> integers;
};

struct Hdf5Chunk {
    std::int64_t offset = 0;  // in the file
    std::int64_t bytes = 0;   // in the file; with fletcher32 the last 4 are its checksum of those before
};

enum class Hdf5Layout : std::uint8_t { Compact, Contiguous, Chunked };

struct Hdf5Object {
    std::string path;        // "/" is the root group; "/tables/cat_0"
    bool isDataset = false;  // else a group, or something refused
    std::string refused;     // why it is not read ("an external link"); empty where it is. Nothing below is then known
    std::vector<Hdf5Attribute> attributes;

    // Of a dataset:
    Hdf5Type type;
    std::vector<std::int64_t> shape;  // empty: a scalar
    std::int64_t elements = 1;        // elements * type.size fits into 63 bits
    Hdf5Layout layout = Hdf5Layout::Contiguous;
    std::int64_t offset = -1;  // Contiguous: where the values lie in the file, all of them inside it; -1: not in one
                               // piece, or never written
    std::vector<std::string> filters;      // "shuffle", "deflate", "fletcher32", in the order of writing
    std::vector<std::int64_t> chunkShape;  // Chunked: as long as shape, every entry positive
    // Chunked, where values lie in the file as they are in memory (no filter, or fletcher32 alone): one per chunk in
    // row-major order of the grid, each inside the file, none overlapping another, bytes = elements of a whole chunk *
    // type.size (+ 4 with fletcher32; edge chunks are stored whole). Empty where the values are packed, where a chunk
    // was never written, and where there are too many (over 200,000 in the file).
    std::vector<Hdf5Chunk> chunks;

    const Hdf5Attribute* attribute(std::string_view name) const;  // nullptr: none of that name
    std::string_view text(
        std::string_view name) const;  // of a scalar text attribute (or one of one element); empty: none
    bool isMapped() const {
        return offset >= 0 || !chunks.empty();
    }  // values can be read where they lie, with type.bigEndian in mind
};

// Values of a dataset that lie in one piece, little-endian, in C order: in the HDF5 file itself, or in an unnamed
// temporary file.
struct Hdf5Values {
    std::shared_ptr<RandomAccessFile> file;
    std::int64_t offset = 0;
    std::int64_t bytes = 0;
};

// Takes the next values, little-endian, in C order, at most 4 MiB at a time and always whole ones. An error ends the
// reading and is returned.
using Hdf5Sink = std::function<Result<void>(std::span<const std::byte>)>;
// The same for text.
using Hdf5TextSink = std::function<Result<void>(std::string_view)>;

// Whether a file begins as HDF5 does (at byte 0; user blocks are not looked for).
bool looksLikeHdf5(const RandomAccessFile& file);

// An HDF5 file whose contents are listed. Reading starts a child process each time (a few ms): ask for much at once.
// Any thread.
class Hdf5File {
public:
    // Lists everything in the file; no value of a dataset is read. Within 3 s and 160 MiB, whatever the file is.
    // Errors: E-HDF5-001 the reader is not there, 002 it cannot be started, 003 it took over 2.5 s, 004 it was ended by
    // the file, 005 the file is no HDF5 or is damaged, 006 its answer contradicts itself or the file, 007 the file
    // holds more than is read (100,000 objects, 250,000 texts in attributes), E-CANCELLED.
    static Result<std::shared_ptr<const Hdf5File>> open(std::shared_ptr<RandomAccessFile> file,
                                                        std::stop_token stop = {});

    const std::shared_ptr<RandomAccessFile>& file() const { return m_file; }
    const std::string& path() const { return m_file->path(); }
    // A group stands before what is in it; names of one group are sorted bytewise. The first is the root.
    std::span<const Hdf5Object> objects() const { return m_objects; }
    const Hdf5Object* find(std::string_view path) const;  // nullptr: there is none

    // Numbers of the first dimension's entries [first, first + rows); a scalar has one. REQUIRES: `dataset` is one of
    // objects(), not Text. Checks the checksums the file has. Memory: at most 4 MiB here.
    // Errors: those of open(); E-HDF5-008 the dataset is refused, or 012 of a newer form; 009 its values cannot be read
    // (damaged, wrong checksum); 010 nothing came for 10 s; what the sink returned.
    Result<void> read(const Hdf5Object& dataset, std::int64_t first, std::int64_t rows, const Hdf5Sink& sink,
                      std::stop_token stop = {}) const;
    // All texts of a Text dataset, each at most 64 KiB. Errors as read(); 006 a longer text.
    Result<void> readTexts(const Hdf5Object& dataset, const Hdf5TextSink& sink, std::stop_token stop = {}) const;
    // All numbers of a dataset in one piece: where they lie when they lie so, else unpacked into a temporary file in
    // $TMPDIR or /var/tmp that vanishes with the object. Errors as read(); E-HDF5-011 the temporary file cannot be
    // written.
    Result<Hdf5Values> values(const Hdf5Object& dataset, const Job& job = {}) const;

private:
    Hdf5File(std::shared_ptr<RandomAccessFile> file, std::vector<Hdf5Object> objects);
    std::shared_ptr<RandomAccessFile> m_file;
    std::vector<Hdf5Object> m_objects;
    std::vector<std::size_t> m_byPath;  // indices of m_objects, sorted by path
};

}  // namespace dlrm
