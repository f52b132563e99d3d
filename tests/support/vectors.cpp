#include "tests/support/vectors.h"

#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>

#include "dash/util/environment.h"

namespace tests {
namespace {

nlohmann::json parse_json(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot open " + path.string());
    try {
        return nlohmann::json::parse(file);
    } catch (const nlohmann::json::exception& error) {
        throw std::runtime_error(path.string() + ": " + error.what());
    }
}

const nlohmann::json& load_json(const std::filesystem::path& path) {
    static std::mutex mutex;
    static std::map<std::filesystem::path, nlohmann::json> loaded;
    const std::lock_guard lock(mutex);
    const auto known = loaded.find(path);
    return known != loaded.end() ? known->second : loaded.emplace(path, parse_json(path)).first->second;
}

std::string without_0x(std::string text) {
    return text.rfind("0x", 0) == 0 ? text.substr(2) : text;
}

}  // namespace

std::filesystem::path vector_dir() {
    return dash::environment("P2POOL_VECTORS").value_or(P2POOL_DEFAULT_VECTOR_DIR);
}

std::filesystem::path recording_dir() {
    return P2POOL_RECORDING_DIR;
}

const nlohmann::json& load_vectors(const std::string& name) {
    return load_json(vector_dir() / name);
}

const nlohmann::json& load_recording(const std::string& name) {
    return load_json(recording_dir() / name);
}

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot open " + path.string());
    std::ostringstream content;
    content << file.rdbuf();
    std::string text = content.str();
    text.erase(text.find_last_not_of(" \r\n\t") + 1);
    return text;
}

dash::Wide wide_value(const nlohmann::json& value) {
    if (value.is_string()) return dash::Wide(value.get<std::string>());
    if (!value.is_number_integer() || value < 0) {
        throw std::runtime_error("not a whole number from 0 on: " + value.dump());
    }
    return dash::Wide(value.get<std::uint64_t>());
}

dash::Uint256 uint256_value(const nlohmann::json& value) {
    return dash::to_uint256(wide_value(value));
}

std::uint64_t uint64_value(const nlohmann::json& value) {
    return wide_value(value).convert_to<std::uint64_t>();
}

dash::Bytes bytes_value(const nlohmann::json& value) {
    return dash::from_hex(value.get<std::string>());
}

dash::Uint256 hash_value(const nlohmann::json& value) {
    if (value.is_number()) return uint256_value(value);
    std::string text = without_0x(value.get<std::string>());
    if (text.size() < 64) text.insert(0, 64 - text.size(), '0');
    return dash::Uint256::from_hex(text);
}

}  // namespace tests
