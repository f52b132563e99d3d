#pragma once

#include <filesystem>
#include <string>

namespace tests {

/// Writes key.pem, and cert.pem: a certificate with that name that nobody else signed, good for an hour.
void write_certificate(const std::filesystem::path& folder, const std::string& name);

}  // namespace tests
