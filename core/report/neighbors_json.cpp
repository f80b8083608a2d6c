// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/report/json_text.h"

#include "core/report/json.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

Json oneRow(const RowNeighbors& row, const HexValueFn& hexValue) {
    const auto withHex = [&](Json object, RowId id) {
        if (hexValue) object["hex"] = hexValue(id).empty() ? Json(nullptr) : Json(hexValue(id));
        return object;
    };
    Json out = withHex({{"id", value(row.row)}}, row.row);
    out["norm"] = jsonNumber(row.norm);
    out["neighbors"] = Json::array();
    for (std::size_t i = 0; i < row.neighbors.size(); ++i) {
        Json neighbor = withHex({{"id", value(row.neighbors[i].id)}, {"score", jsonNumber(row.neighbors[i].score)}},
                                row.neighbors[i].id);
        neighbor["norm"] = jsonNumber(row.norms[i]);
        out["neighbors"].push_back(std::move(neighbor));
    }
    return out;
}

}  // namespace

std::string neighborsJson(const NeighborResult& result, const std::string& tableName, const HexValueFn& hexValue) {
    Json out{{"table", value(result.table)},
             {"name", tableName},
             {"metric", name(result.similarity)},
             {"k", result.k},
             {"rows_compared", result.rowsCompared}};
    out["queries"] = Json::array();
    for (const RowNeighbors& row : result.rows) out["queries"].push_back(oneRow(row, hexValue));
    if (result.rows.size() == 1 && result.failed.empty())
        out.update(oneRow(result.rows.front(), hexValue));  // as 0.1.0 printed a single row
    if (!result.failed.empty()) {
        out["failed"] = Json::array();
        for (const RowWithoutNeighbors& f : result.failed)
            out["failed"].push_back(
                {{"id", value(f.row)}, {"code", f.why.code}, {"message", f.why.message}, {"found", f.why.found}});
    }
    out["seconds"] = jsonNumber(result.seconds);
    return jsonText(out, 2) + "\n";
}

}  // namespace dlrm
