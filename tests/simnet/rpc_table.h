#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dash/util/error.h"

namespace simnet {

/// Keeps the order of members, as dashd's answers have one.
using Json = nlohmann::ordered_json;

/// An error answer of a call (Dash Core src/rpc/protocol.h).
class RpcFailure : public dash::Error {
  public:
    enum Code {
        kMisc = -1,
        kType = -3,
        kInvalidAddressOrKey = -5,
        kInvalidParameter = -8,
        kInitialDownload = -10,
        kWalletNotFound = -18,
        kDeserialization = -22,
        kWarmup = -28,
        kInvalidRequest = -32600,
        kMethodNotFound = -32601,
        kInternal = -32603,
        kParse = -32700,
    };
    RpcFailure(int code, const std::string& message) : dash::Error(message), code_(code) {}
    [[nodiscard]] int code() const { return code_; }
    [[nodiscard]] int http_status() const;

  private:
    int code_;
};

/// The parameters of one call, by position.
class RpcParams {
  public:
    explicit RpcParams(std::vector<Json> values) : values_(std::move(values)) {}
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    /// Whether it was given and is not null.
    [[nodiscard]] bool has(std::size_t index) const { return index < values_.size() && !values_[index].is_null(); }
    /// Throw RpcFailure kType when it is of another type.
    [[nodiscard]] std::string text(std::size_t index) const;
    [[nodiscard]] std::int64_t number(std::size_t index) const;
    [[nodiscard]] bool boolean(std::size_t index) const;
    [[nodiscard]] const Json& object(std::size_t index) const;
    [[nodiscard]] const Json& array(std::size_t index) const;
    /// verbosity and verbose may be given either way.
    [[nodiscard]] int verbosity(std::size_t index, int otherwise) const;

  private:
    [[nodiscard]] const Json& of_type(std::size_t index, std::string_view type) const;
    std::vector<Json> values_;
};

struct RpcMethod {
    std::string category;  ///< heading in `help`
    std::string name;
    std::vector<std::string> parameters;
    std::size_t required = 0;
    std::string usage;  ///< parameters as `help` shows them
    std::function<boost::asio::awaitable<Json>(RpcParams)> run;
};

/// The methods of a daemon, and how requests find them.
class RpcTable {
  public:
    using Simple = std::function<Json(const RpcParams&)>;

    void add(RpcMethod method);
    /// A method that answers at once.
    void add(RpcMethod method, Simple run);

    /// The result; throws RpcFailure.
    [[nodiscard]] boost::asio::awaitable<Json> call(std::string method, Json params);

    /// One line a method, under its heading.
    [[nodiscard]] std::string help() const;
    [[nodiscard]] std::string help(const std::string& method) const;

  private:
    [[nodiscard]] RpcParams by_position(const RpcMethod& method, const Json& params) const;
    std::map<std::string, RpcMethod> methods_;
};

[[nodiscard]] std::string_view type_name(const Json& value);

}  // namespace simnet
