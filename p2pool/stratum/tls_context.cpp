#include "p2pool/stratum/tls_context.h"

#include <sys/stat.h>

#include "dash/util/error.h"
#include "dash/util/log.h"

namespace p2pool::stratum {
namespace {

namespace fs = std::filesystem;
namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> load(const fs::path& certificate, const fs::path& key) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    // Thousands of connections wait for hours: their buffers need not.
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    boost::system::error_code error;
    context->use_certificate_chain_file(certificate.string(), error);
    if (error) {
        throw dash::ConfigError("the certificate " + certificate.string() + " cannot be used: " + error.message() +
                                ". --worker-tls-cert names a PEM file");
    }
    context->use_private_key_file(key.string(), ssl::context::pem, error);
    if (!error && SSL_CTX_check_private_key(context->native_handle()) != 1)
        error = boost::asio::error::invalid_argument;
    if (error) {
        throw dash::ConfigError("the key " + key.string() + " cannot be used, or is not that of the certificate " +
                                certificate.string() + ": " + error.message() + ". --worker-tls-key names a PEM file");
    }
    return context;
}

void warn_if_others_can_read(const fs::path& key) {
    struct stat status {};
    // A group may be meant to.
    if (::stat(key.c_str(), &status) != 0 || (status.st_mode & (S_IROTH | S_IWOTH)) == 0) return;
    dash::log::warning("Everybody on this computer can read the key ", key.string(), ": chmod 600 ", key.string());
}

fs::file_time_type time_of(const fs::path& file) {
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    return error ? fs::file_time_type{} : time;
}

}  // namespace

TlsContext::TlsContext(fs::path certificate, fs::path key)
    : certificate_(std::move(certificate)), key_(std::move(key)), times_(times()), context_(load(certificate_, key_)) {
    warn_if_others_can_read(key_);
}

std::pair<fs::file_time_type, fs::file_time_type> TlsContext::times() const {
    return {time_of(certificate_), time_of(key_)};
}

void TlsContext::look() {
    const auto present = times();
    if (present == times_) return;
    times_ = present;
    try {
        context_ = load(certificate_, key_);
        dash::log::info("The TLS port uses the new certificate ", certificate_.string());
    } catch (const dash::ConfigError& error) {
        dash::log::error("The TLS port keeps its certificate: ", error.what());
    }
}

}  // namespace p2pool::stratum
