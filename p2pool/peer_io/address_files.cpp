#include "p2pool/peer_io/address_files.h"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dash/util/atomic_file.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/sqlite.h"
#include "dash/util/sqlite_schema.h"

namespace p2pool::peer_io {
namespace {

using dash::sqlite::Database;
using peers::AddressBook;
using peers::AddressRecord;

constexpr std::array kSchema = {
    "CREATE TABLE peer_addresses ("
    "  host TEXT NOT NULL,"
    "  port INTEGER NOT NULL,"
    "  services INTEGER NOT NULL,"
    "  first_seen REAL NOT NULL,"
    "  last_seen REAL NOT NULL,"
    "  PRIMARY KEY (host, port)) WITHOUT ROWID;",
};

Database open(const std::filesystem::path& file) {
    Database database(file);
    dash::sqlite::migrate(database, "peer_addresses", kSchema);
    return database;
}

void load_addrs(const std::filesystem::path& file, AddressBook& book) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return;
    const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    try {
        dash::log::info("Loaded ", book.load_json(text), " addresses of p2pool nodes from ", file.string());
    } catch (const dash::DecodeError& error) {
        std::error_code ignored;
        std::filesystem::rename(file, file.string() + ".damaged", ignored);
        dash::log::warning("The addresses of p2pool nodes in ", file.string(), " cannot be read: ", error.what(),
                           ". The file is now called ", file.filename().string(),
                           ".damaged; the node finds its peers by -n and the bootstrap hosts");
    }
}

void load_table(Database& database, AddressBook& book) {
    auto select = database.prepare("SELECT host, port, services, first_seen, last_seen FROM peer_addresses");
    while (select.step()) {
        const auto address = peers::parse_peer_address(select.text(0), static_cast<std::uint16_t>(select.integer(1)));
        if (!address) continue;
        AddressRecord record;
        record.address = *address;
        record.services = static_cast<std::uint64_t>(select.integer(2));
        record.first_seen = select.real(3);
        record.last_seen = select.real(4);
        book.load(record);
    }
}

void save_table(Database& database, const std::vector<AddressRecord>& records) {
    dash::sqlite::Transaction transaction(database);
    database.execute("DELETE FROM peer_addresses");
    auto insert = database.prepare("INSERT INTO peer_addresses VALUES (?, ?, ?, ?, ?)");
    for (const AddressRecord& record : records) {
        insert
            .bind(record.address.host(), std::int64_t{record.address.port}, static_cast<std::int64_t>(record.services),
                  record.first_seen, record.last_seen)
            .run();
    }
    transaction.commit();
}

/// Writes what changed since the last time. After construction on the worker's thread only.
class Writer {
  public:
    Writer(std::filesystem::path addrs, const std::filesystem::path& database)
        : addrs_(std::move(addrs)), database_(open(database)) {}

    void load(AddressBook& book) {
        load_addrs(addrs_, book);
        load_table(database_, book);
        written_text_ = book.to_json();
        written_records_ = book.ipv6_records();
    }

    void save(const AddressBook& book) {
        try {
            if (std::string text = book.to_json(); text != written_text_) {
                dash::write_file_atomically(addrs_, text);
                written_text_ = std::move(text);
            }
            if (auto records = book.ipv6_records(); records != written_records_) {
                save_table(database_, records);
                written_records_ = std::move(records);
            }
            failing_ = false;
        } catch (const dash::Error& error) {
            if (!std::exchange(failing_, true)) {
                dash::log::warning("The addresses of p2pool nodes could not be saved: ", error.what(),
                                   ". It is tried again every minute; look for a full disk or missing rights");
            }
        }
    }

  private:
    std::filesystem::path addrs_;
    Database database_;
    std::string written_text_;
    std::vector<AddressRecord> written_records_;
    bool failing_ = false;
};

}  // namespace

class AddressFiles::Impl {
  public:
    Impl(std::filesystem::path addrs, const std::filesystem::path& database, AddressBook& book,
         peers::TimerFactory& timers, double interval_seconds)
        : book_(book),
          interval_seconds_(interval_seconds),
          writer_(std::move(addrs), database),
          timer_(timers.make_timer()) {
        writer_.load(book_);
        save_later();
    }

    ~Impl() {
        post_save();
        thread_.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

  private:
    void save_later() {
        timer_->start(interval_seconds_, [this] {
            // A disk that takes longer than a minute gets no queue.
            if (saved_.use_count() == 1) post_save();
            save_later();
        });
    }

    void post_save() {
        boost::asio::post(thread_, [this, mark = saved_, copy = book_] { writer_.save(copy); });
    }

    AddressBook& book_;
    double interval_seconds_;
    Writer writer_;
    std::shared_ptr<int> saved_ = std::make_shared<int>(0);  ///< held by each save that is not done
    boost::asio::thread_pool thread_{1};
    std::unique_ptr<peers::Timer> timer_;
};

AddressFiles::AddressFiles(std::filesystem::path addrs, const std::filesystem::path& database, AddressBook& book,
                           peers::TimerFactory& timers, double interval_seconds)
    : impl_(std::make_unique<Impl>(std::move(addrs), database, book, timers, interval_seconds)) {}

AddressFiles::~AddressFiles() = default;

}  // namespace p2pool::peer_io
