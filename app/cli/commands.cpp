// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include <array>

namespace dlrm::cli {

std::span<const Command> commands() {
    static constexpr std::array kCommands{
        Command{"info", "What a checkpoint is: layout, tables, layers, bytes, interaction, backend and why", setUpInfo},
        Command{"tables", "The embedding tables: name, rows, dim, dtype, bytes", setUpTables},
        Command{"rows", "Rows of one embedding table", setUpRows},
        Command{"layers", "The layers of the MLPs: statistics, dead and duplicate units, interaction importance, with --data active units", setUpLayers},
        Command{"neighbors", "Rows of one embedding table nearest to a row: cosine, dot product or L2, exact", setUpNeighbors},
        Command{"predict", "Logit and probability of rows of a dataset", setUpPredict},
        Command{"evaluate", "AUC, log loss, calibration and more over a labelled dataset", setUpEvaluate},
        Command{"doctor", "Whether model and data are read with the right assumptions", setUpDoctor},
        Command{"verify", "Whether a checkpoint's files still hold the bytes that were recorded", setUpVerify},
        Command{"convert", "Write a checkpoint as one HDF5 file (.h5), or as a directory in NVIDIA's layout, bit by bit", setUpConvert},
        Command{"parity", "How far every precision of every backend is from a double reference, layer by layer", setUpParity},
        Command{"bench", "Quick speed figures of this machine, one JSON object a line", setUpBench},
        Command{"demo", "Write a deterministic synthetic checkpoint and dataset in the real layout", setUpDemo},
    };
    return kCommands;
}

}  // namespace dlrm::cli
