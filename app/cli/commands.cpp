// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include <array>

namespace dlrm::cli {

std::span<const Command> commands() {
    static constexpr std::array kCommands{
        Command{"info", "What a checkpoint is: layout, tables, layers, bytes, interaction, backend and why", setUpInfo,
                "dlrm-cli info resources/demo/checkpoint --data resources/demo/dataset"},
        Command{"tables", "The embedding tables and the statistics of their values: every row is read, once",
                setUpTables, "dlrm-cli tables resources/demo/checkpoint --sort untrained --top 5"},
        Command{"rows", "Rows of one embedding table", setUpRows,
                "dlrm-cli rows resources/demo/checkpoint --table cat_9 --ids 0,5,10-20 --out rows.npy"},
        Command{"layers",
                "The layers of the MLPs: statistics, dead and duplicate units, interaction importance, with --data "
                "active units",
                setUpLayers, "dlrm-cli layers resources/demo/checkpoint --data resources/demo/dataset --limit 10000"},
        Command{"neighbors", "Rows of one embedding table nearest to a row: cosine, dot product or L2, exact",
                setUpNeighbors, "dlrm-cli neighbors resources/demo/checkpoint --table cat_9 --id 5 -k 10"},
        Command{
            "predict", "Logit and probability of rows of a dataset", setUpPredict,
            "dlrm-cli predict resources/demo/checkpoint --data resources/demo/dataset --rows 0-99 --json\n"
            "zcat day_23.gz | head -100000 | dlrm-cli predict CHECKPOINT --data - --dictionary DIR --out "
            "predictions.h5\n"
            "dlrm-cli predict resources/demo/checkpoint --data resources/demo/dataset --rows 5 --set num_3=12 --set "
            "cat_9=id:7"},
        Command{
            "sweep", "What one row's prediction would be with other values of its fields", setUpSweep,
            "dlrm-cli sweep resources/demo/checkpoint --data resources/demo/dataset --row 5 --field cat_9 --top 10\n"
            "dlrm-cli sweep resources/demo/checkpoint --data resources/demo/dataset --row 5 --field num_3 --average "
            "--out num_3.csv\n"
            "dlrm-cli sweep resources/demo/checkpoint --data resources/demo/dataset --row 5 --cross click-rate"},
        Command{"evaluate", "AUC, log loss, calibration and more over a labelled dataset", setUpEvaluate,
                "dlrm-cli evaluate resources/demo/checkpoint --data resources/demo/dataset\n"
                "dlrm-cli evaluate resources/demo/checkpoint --data resources/demo/dataset --sample 10000 --seed 1 "
                "--out metrics.json"},
        Command{
            "interactions",
            "How the vectors of all pairs of fields go together over a dataset: dot products by click, cosines, and "
            "what they add to the logit",
            setUpInteractions,
            "dlrm-cli interactions resources/demo/checkpoint --data resources/demo/dataset --out interactions.h5"},
        Command{
            "merge", "One result of the rows that several runs of evaluate looked at, on any machines", setUpMerge,
            "dlrm-cli evaluate resources/demo/checkpoint --data resources/demo/dataset --rows 0-4999 --state a.h5\n"
            "dlrm-cli evaluate resources/demo/checkpoint --data resources/demo/dataset --rows 5000-9999 --state b.h5\n"
            "dlrm-cli merge a.h5 b.h5"},
        Command{"doctor", "Whether another reading of model and data predicts better, or a table does harm",
                setUpDoctor, "dlrm-cli doctor resources/demo/checkpoint --data resources/demo/dataset"},
        Command{"compare", "What changed from one checkpoint to another: weights, and the predictions of the same rows",
                setUpCompare,
                "dlrm-cli compare resources/demo/checkpoint resources/demo/checkpoint_next --data "
                "resources/demo/dataset\n"
                "dlrm-cli compare CHECKPOINT CHECKPOINT --data DATASET --b precision=bf16"},
        Command{"verify", "Whether a checkpoint's files still hold the bytes that were recorded", setUpVerify,
                "dlrm-cli verify resources/demo/checkpoint --record --sidecar hashes.json\n"
                "dlrm-cli verify resources/demo/checkpoint --check --sidecar hashes.json"},
        Command{"convert",
                "Write a checkpoint as one HDF5 file (.h5), or as a directory in NVIDIA's layout, bit by bit",
                setUpConvert, "dlrm-cli convert resources/demo/checkpoint model.h5"},
        Command{"parity", "How far every precision of every backend is from a double reference, layer by layer",
                setUpParity, "dlrm-cli parity resources/demo/checkpoint --data resources/demo/dataset --sample 256"},
        Command{"bench", "Quick speed figures of this machine, one JSON object a line", setUpBench,
                "dlrm-cli bench open predict"},
        Command{"demo", "Write a deterministic synthetic checkpoint and dataset in the real layout", setUpDemo,
                "dlrm-cli demo DIRECTORY --like fl15 --rows 1000000"},
        Command{"completion", "Completion of verbs and options for a shell, or the manual page", setUpCompletion,
                "source <(dlrm-cli completion bash)\n"
                "dlrm-cli completion man | man -l -"},
    };
    return kCommands;
}

}  // namespace dlrm::cli
