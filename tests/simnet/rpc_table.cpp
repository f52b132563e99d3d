#include "tests/simnet/rpc_table.h"

#include <algorithm>

namespace simnet {

namespace asio = boost::asio;

std::string_view type_name(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            return "null";
        case Json::value_t::object:
            return "object";
        case Json::value_t::array:
            return "array";
        case Json::value_t::string:
            return "string";
        case Json::value_t::boolean:
            return "bool";
        default:
            return "number";
    }
}

int RpcFailure::http_status() const {
    if (code_ == kInvalidRequest) return 400;
    return code_ == kMethodNotFound ? 404 : 500;
}

const Json& RpcParams::of_type(std::size_t index, std::string_view type) const {
    static const Json null;
    const Json& value = index < values_.size() ? values_[index] : null;
    if (type_name(value) != type) {
        throw RpcFailure(RpcFailure::kType, "JSON value of type " + std::string(type_name(value)) +
                                                " is not of expected type " + std::string(type));
    }
    return value;
}

std::string RpcParams::text(std::size_t index) const {
    return of_type(index, "string").get<std::string>();
}
std::int64_t RpcParams::number(std::size_t index) const {
    return of_type(index, "number").get<std::int64_t>();
}
bool RpcParams::boolean(std::size_t index) const {
    return of_type(index, "bool").get<bool>();
}
const Json& RpcParams::object(std::size_t index) const {
    return of_type(index, "object");
}
const Json& RpcParams::array(std::size_t index) const {
    return of_type(index, "array");
}

int RpcParams::verbosity(std::size_t index, int otherwise) const {
    if (!has(index)) return otherwise;
    if (values_[index].is_boolean()) return values_[index].get<bool>() ? 1 : 0;
    return static_cast<int>(number(index));
}

void RpcTable::add(RpcMethod method) {
    const std::string name = method.name;
    methods_.insert_or_assign(name, std::move(method));
}

void RpcTable::add(RpcMethod method, Simple run) {
    method.run = [run = std::move(run)](RpcParams params) -> asio::awaitable<Json> { co_return run(params); };
    add(std::move(method));
}

RpcParams RpcTable::by_position(const RpcMethod& method, const Json& params) const {
    std::vector<Json> values;
    if (params.is_array()) {
        values.assign(params.begin(), params.end());
    } else if (params.is_object()) {
        values.resize(method.parameters.size());
        for (const auto& [name, value] : params.items()) {
            const auto found = std::find(method.parameters.begin(), method.parameters.end(), name);
            if (found == method.parameters.end()) {
                throw RpcFailure(RpcFailure::kInvalidParameter, "Unknown named parameter " + name);
            }
            values[static_cast<std::size_t>(found - method.parameters.begin())] = value;
        }
        while (!values.empty() && values.back().is_null())
            values.pop_back();
    } else if (!params.is_null()) {
        throw RpcFailure(RpcFailure::kInvalidRequest, "Params must be an array or object");
    }
    if (values.size() < method.required || values.size() > method.parameters.size()) {
        throw RpcFailure(RpcFailure::kMisc, method.name + (method.usage.empty() ? "" : " " + method.usage) + "\n");
    }
    return RpcParams(std::move(values));
}

asio::awaitable<Json> RpcTable::call(std::string method, Json params) {
    const auto found = methods_.find(method);
    if (found == methods_.end()) throw RpcFailure(RpcFailure::kMethodNotFound, "Method not found");
    co_return co_await found->second.run(by_position(found->second, params));
}

std::string RpcTable::help() const {
    std::map<std::string, std::string> sections;
    for (const auto& [name, method] : methods_) {
        sections[method.category] += name + (method.usage.empty() ? "" : " " + method.usage) + "\n";
    }
    std::string text;
    for (const auto& [category, lines] : sections)
        text += (text.empty() ? "== " : "\n== ") + category + " ==\n" + lines;
    text.pop_back();
    return text;
}

std::string RpcTable::help(const std::string& method) const {
    const auto found = methods_.find(method);
    if (found == methods_.end()) return "help: unknown command: " + method + "\n";
    return found->second.name + (found->second.usage.empty() ? "" : " " + found->second.usage);
}

}  // namespace simnet
