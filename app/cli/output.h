// SPDX-License-Identifier: Apache-2.0
// Results on stdout: buffered, every failure noticed, a reader that left (| head) ends the work quietly. Text is laid
// out for the screen, JSON begins with its provenance: this is the one place that does either.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "core/report/provenance.h"

namespace dlrm::cli {

class Output {
public:
    // Text for people.
    Output() = default;
    // One JSON object, with its provenance. Lines: for programs, each as it is.
    enum class Form { Object, Lines };
    Output(Form form, ProvenanceFn provenance) : m_form(form), m_provenance(std::move(provenance)) {}

    // Whole lines of text, or any piece of JSON.
    void write(std::string_view text);
    // Turns to lines that programs read, JSON or not: each as it is.
    void useLines() { m_form = Form::Lines; }
    // The JSON object has a key "notes" of its own.
    void hasNotes() { m_notes = Notes::Own; }
    // False once nothing more can be written: stop working.
    bool isOpen() const { return m_failure == 0; }
    // Whether write() was called at all.
    bool used() const { return m_used; }
    // Writes what is buffered. No error when the reader has left; E-CLI-002 for a full disk and the like.
    Result<void> finish();

private:
    void flush();

    std::optional<Form> m_form;  // none: text
    ProvenanceFn m_provenance;
    Notes m_notes = Notes::Beside;
    std::string m_buffer;
    int m_failure = 0;  // errno of the first failed write
    bool m_used = false;
};

}  // namespace dlrm::cli
