// SPDX-License-Identifier: Apache-2.0
// What dlrm-hdf5-reader and the program that starts it say to each other. Both are of one build; numbers are
// little-endian.
#pragma once

#include <cstdint>
#include <string_view>

// Request: the file on descriptor 0, opened for reading, and arguments "list", or "read PATH FIRST ROWS" (PATH as
// listed). Answer on descriptor 1.
//   text            u32 length, bytes
//   list            kListBegin, records, kEnd u64 number of records
//   record          kGroup   text path, attributes
//                   kDataset text path, type, dimensions, layout, attributes
//                   kRefused text path, text why
//   type            u8 Hdf5Kind, u32 bytes of one value, u8 big-endian
//   dimensions      u8 rank, u64 each
//   layout          u8 Hdf5Layout, u64 offset (~0: none), u8 number of filters, u8 each (kDeflate …); only where
//                   chunked: u64 × rank of a chunk, u64 number of chunks told, u64 offset and u64 bytes each
//   attributes      u32 number, each: text name, u8 kind (Text, Float, Int or kOmitted), dimensions, and that many
//                   texts, f64 or i64
//   values          kPiece u32 length, bytes …, kEnd u64 number of bytes in all pieces. Texts: each with its u32
//                   length, whole ones in a piece
//   instead of any record or piece, and last: kError u8 number of the code E-HDF5-00n, text object, text expected, text
//   found
namespace dlrm::hdf5 {

enum Tag : std::uint8_t {
    kListBegin = 0x48,
    kGroup = 'G',
    kDataset = 'D',
    kRefused = 'R',
    kPiece = 'P',
    kEnd = 'Z',
    kError = 'E'
};
constexpr std::uint8_t kOmitted = 0xff;
enum Filter : std::uint8_t { kDeflate = 1, kShuffle = 2, kFletcher32 = 3 };
enum class Damage : std::uint8_t { File = 5, TooMuch = 7, Refused = 8, Values = 9 };

// Begins the reason why an object is refused whose version of the format this libhdf5 does not know; what libhdf5 says
// of it follows.
constexpr std::string_view kNewer = "a newer form of HDF5 than is read: ";

constexpr std::int64_t kMostObjects = 100'000;
constexpr std::int64_t kMostAttributes = 200'000;  // in all
constexpr std::int64_t kMostTexts = 250'000;       // in attributes, in all
constexpr std::int64_t kMostChunks = 200'000;      // whose places are asked for, in all: a few µs each
constexpr int kMostDimensions = 8;
constexpr int kMostDepth = 32;               // of groups
constexpr std::int64_t kLongestName = 4096;  // of a path or attribute
constexpr std::int64_t kLongestAttribute = 256 * 1024;
constexpr std::int64_t kLongestText = 64 * 1024;
constexpr std::int64_t kLongestPiece = 4 << 20;
constexpr std::int64_t kLongestList = 16 << 20;

}  // namespace dlrm::hdf5
