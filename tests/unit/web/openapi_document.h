#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/web/http_client.h"

namespace web_tests {

/// Holds values against schemas of an OpenAPI 3.0 document: types, required members, and no member that the document
/// does not know. Fails the doctest case that runs.
class OpenApiDocument {
  public:
    explicit OpenApiDocument(nlohmann::json document) : document_(std::move(document)) {}

    [[nodiscard]] const nlohmann::json& paths() const { return document_["paths"]; }

    /// `path` names the value in messages.
    void check(const nlohmann::json& schema, const nlohmann::json& value, const std::string& path) const;
    /// The answer of an operation ("get", a path as the document has it) against what it may answer with this status.
    void check_answer(const std::string& operation, const std::string& path, const Answer& answer) const;
    /// A value against a schema of components/schemas.
    void check_named(const std::string& name, const nlohmann::json& value) const;

  private:
    void check_members(const nlohmann::json& schema, const nlohmann::json& value, const std::string& path) const;
    /// Without references and parts.
    [[nodiscard]] nlohmann::json resolve(const nlohmann::json& schema) const;

    nlohmann::json document_;
};

}  // namespace web_tests
