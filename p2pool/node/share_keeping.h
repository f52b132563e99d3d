#pragma once

#include <filesystem>
#include <memory>

#include "p2pool/options/options.h"
#include "share_chain/store/share_store.h"

/// The share chain between the node and its data folder.
namespace p2pool::node {

class Node;

/// The SQLite file that all parts of the node share, each with its own connection.
[[nodiscard]] std::filesystem::path database_file(const options::Settings& settings);

/// Opens the store; call it before anything else touches the data folder. A damaged SQLite file is put aside, and what
/// can be read of it, won blocks too, goes on in a new one. On the first start in a data folder of the python node its
/// share files are taken in, and the files that both programs write are copied once to *.before-import; known nodes
/// that cannot be copied are told and no more. Throws ConfigError when the operator has to do something first.
[[nodiscard]] std::unique_ptr<share_chain::store::ShareStore> open_share_store(const options::Settings& settings);

/// Gives the stored shares to the node, and from now on whatever becomes of its chain to the store.
void load_shares(share_chain::store::ShareStore& store, Node& node);

/// Writes the stored shares as share files of the python node (--export-shares), also while the node runs, and tells
/// what was written. Throws ConfigError when there is nothing to write or no place for it.
void export_shares(const options::Settings& settings);

/// Copies a file that the python node left, before we write our own, to "<file>.before-import"; nothing when there is
/// no file, or a copy already. Throws ConfigError when that fails.
void backup_before_import(const std::filesystem::path& file);

}  // namespace p2pool::node
