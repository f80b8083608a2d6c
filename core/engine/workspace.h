// SPDX-License-Identifier: Apache-2.0
// Opening a model and a dataset: the one way from an OpenRequest to what can be computed with.
#pragma once

#include <memory>
#include <stop_token>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/engine/engine.h"
#include "core/engine/open_request.h"

namespace dlrm {

struct Workspace {
    std::shared_ptr<Engine> engine;                // null: no checkpoint was asked for
    std::shared_ptr<const Dataset> dataset;        // as it is read; null: no dataset was asked for
    std::shared_ptr<const Dataset> stored;         // the same as its files mean it
    std::shared_ptr<const Dictionary> dictionary;  // the dataset's, else the one that was named; null: none
    Reading reading;                               // in force; of `dataset`
};

// What is open already and need not be opened again. Both may be null.
struct OpenAlready {
    std::shared_ptr<Engine> engine;         // the checkpoint without the dataset: tells a reader what it cannot know
    std::shared_ptr<const Dataset> stored;  // the dataset as its files mean it, with `dictionary`
    std::shared_ptr<const Dictionary> dictionary;
};

// The dataset is opened with the model's shapes, then the model with the dataset's names and cardinalities, which tell
// layout A which table is which feature; whether they fit is checked. Errors: those of Engine::open(), checkFits(),
// openDataset(), checkReading(), Dictionary::open() and chooseBackend(); E-CLI-012 another number of numerical features
// than was said.
Result<Workspace> openWorkspace(const OpenRequest& request, const OpenAlready& open = {}, const Job& job = {});

}  // namespace dlrm
