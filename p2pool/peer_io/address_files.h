#pragma once

#include <filesystem>
#include <memory>

#include "p2pool/peers/address_book.h"
#include "p2pool/peers/transport.h"

namespace p2pool::peer_io {

/// Keeps an address book on the disk: IPv4 addresses in the file `addrs`, in the python node's format and place, IPv6
/// ones, on which the python node fails, in the table peer_addresses of the node's SQLite file. Saves every minute and
/// at the end, on a thread and a connection of its own. Node thread.
class AddressFiles {
  public:
    /// Fills the book from what is there; this blocks. An `addrs` that cannot be read is moved to `addrs.damaged`.
    /// Throws Error when the SQLite file cannot be used. The book must outlive this.
    AddressFiles(std::filesystem::path addrs, const std::filesystem::path& database, peers::AddressBook& book,
                 peers::TimerFactory& timers, double interval_seconds = 60);
    /// Saves, and waits for the disk.
    ~AddressFiles();
    AddressFiles(const AddressFiles&) = delete;
    AddressFiles& operator=(const AddressFiles&) = delete;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace p2pool::peer_io
