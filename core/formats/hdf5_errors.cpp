// SPDX-License-Identifier: Apache-2.0
#include "core/formats/hdf5_errors.h"

#include <sys/wait.h>

#include <cstring>

#include <fmt/format.h>

#include "core/formats/hdf5_protocol.h"

namespace dlrm::hdf5 {
namespace {

constexpr const char* kCopyHdf5Again = "Copy the file again, or write it again with h5py.";

// Texts of the child may be long.
std::string cut(std::string_view text) {
    constexpr std::size_t kShown = 300;
    return text.size() <= kShown ? std::string(text)
                                 : fmt::format("{}… ({} bytes)", text.substr(0, kShown), text.size());
}

Error problem(const char* code, const char* message, const std::string& file, std::string_view field,
              std::string_view expected, std::string_view found, const char* remedy) {
    return Error(code, message).inFile(file).inField(field).butExpected(expected).butFound(found).withRemedy(remedy);
}

}  // namespace

Error noReader(const std::string& file, std::string places) {
    return problem("E-HDF5-001", "The program that reads HDF5 files is not there.", file, {},
                   "dlrm-hdf5-reader in " + std::move(places), "none", "Install or build the program again.");
}

Error readerDoesNotStart(const std::string& reader, int error) {
    return problem("E-HDF5-002", "The program that reads HDF5 files cannot be started.", reader, {},
                   "a program that can be run", std::strerror(error),
                   "Install the program again; or close others, where there are too many processes or open files.");
}

Error tookTooLong(const std::string& file, double seconds) {
    return problem("E-HDF5-003", "Listing the HDF5 file takes too long.", file, {},
                   fmt::format("a list within {} s", seconds), "none",
                   "The file is damaged or made to harm: copy it again. On a slow disk, try once more.");
}

Error stalled(const std::string& file, const std::string& object, int seconds) {
    return problem("E-HDF5-010", "Reading from the HDF5 file has stopped.", file, object,
                   fmt::format("values within {} s", seconds), "none",
                   "Check the disk or the network file system; if it is quick, the file is damaged: copy it again.");
}

Error readerEnded(const std::string& file, const std::string& object, int status) {
    return problem("E-HDF5-004", "The HDF5 file made its reader fail. Only the reader was harmed.", file, object,
                   "a whole answer of dlrm-hdf5-reader",
                   WIFSIGNALED(status)
                       ? fmt::format("its end by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)))
                       : fmt::format("its end with exit code {}", WEXITSTATUS(status)),
                   "The file is damaged or made to harm: copy it again from a source you trust.");
}

Error contradiction(const std::string& file, const std::string& object, std::string expected, std::string found) {
    return problem("E-HDF5-006", "What the HDF5 file says about itself cannot be true.", file, cut(object), expected,
                   found, kCopyHdf5Again);
}

Error refusedObject(const std::string& file, const std::string& object, const std::string& why) {
    if (why.starts_with(kNewer))
        return problem(
            "E-HDF5-012", "The HDF5 file is written in a newer form than is read, as h5py does with libver='latest'.",
            file, cut(object), "a form that HDF5 1.10 reads", cut(why),
            "Write the file again with libver='v110', as in h5py.File(name, 'w', libver='v110'). If it was not "
            "written with libver='latest', it is damaged: copy it again.");
    return problem("E-HDF5-008", "An object of the HDF5 file is not read.", file, cut(object),
                   "floats, integers or texts in this file, packed with deflate, shuffle and fletcher32 at most",
                   cut(why), "Write the file again without it, for example with h5py.");
}

Error cannotUnpack(const std::string& folder, const std::string& object, int error) {
    return problem("E-HDF5-011", "The values of the HDF5 file cannot be written to a temporary file.", folder,
                   cut(object), "a folder with enough free space", std::strerror(error),
                   "Name a folder with more space in TMPDIR.");
}

Error told(const std::string& file, std::uint8_t damage, std::string_view object, std::string_view expected,
           std::string_view found) {
    const auto error = [&](const char* code, const char* message, const char* remedy) {
        return problem(code, message, file, cut(object), cut(expected), cut(found), remedy);
    };
    switch (static_cast<Damage>(damage)) {
        case Damage::File:
            return error("E-HDF5-005", "The file is no HDF5 file, or is damaged.", kCopyHdf5Again);
        case Damage::TooMuch:
            return error("E-HDF5-007", "The HDF5 file holds more than is read.",
                         "Write what is needed to a file of its own.");
        case Damage::Refused:
            return refusedObject(file, std::string(object), std::string(found));
        case Damage::Values:
            return error("E-HDF5-009", "Values of the HDF5 file cannot be read.", kCopyHdf5Again);
    }
    return contradiction(file, "", "an error that is known", fmt::format("error {}", damage));
}

}  // namespace dlrm::hdf5
