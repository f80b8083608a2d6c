// SPDX-License-Identifier: Apache-2.0
// The object graph of a TensorFlow 2 checkpoint: which variable each tensor is. Only names are taken from it; nothing
// in it is run.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "core/base/result.h"

namespace dlrm {

constexpr std::size_t kMostGraphNodes = 1'000'000;

// checkpoint_key → full_name of every attribute of TrackableObjectGraph {1 nodes {1 children {1 node_id, 2 local_name},
// 2 attributes {1 name, 2 full_name, 3 checkpoint_key}, …}}. Children are checked but not followed: graphs are cyclic,
// and names need no path. Errors without a file: E-GRAPH-001 damaged, 002 too many nodes, 003 a child that is no node.
Result<std::map<std::string, std::string>> variableNames(std::span<const std::byte> graph);

}  // namespace dlrm
