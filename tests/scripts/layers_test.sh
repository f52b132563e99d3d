#!/usr/bin/env bash
# The sources obey layers.txt, and layers.sh sees what does not.
#   layers_test.sh SOURCES
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=expect.sh
. "$here/expect.sh"

expect_exit 0 bash "$here/layers.sh" "$here/layers.txt" "$1"

mkdir -p "$place/tree/dash/util" "$place/tree/dash/rpc" "$place/tree/web/site"
tree() { bash "$here/layers.sh" "${1:-$here/layers.txt}" "$place/tree"; }
expect_exit 1 tree
expect_said "There are no sources"
echo '#include "dash/util/log.h"' > "$place/tree/dash/rpc/client.h"
echo '#include "web/model/model.h"' > "$place/tree/web/site/site.cpp"
expect_exit 0 tree
echo '#include "dash/rpc/client.h"' > "$place/tree/dash/util/log.h"
expect_exit 1 tree
expect_said "dash/util/log.h:1: dash/util may not include dash/rpc: dash/rpc/client.h"
rm "$place/tree/dash/util/log.h"
mkdir -p "$place/tree/share_chain/new"
echo '#include <boost/asio/post.hpp>' > "$place/tree/share_chain/share.h"
expect_exit 1 tree
expect_said "share_chain goes without boost/asio"
echo '#include <vector>' > "$place/tree/share_chain/share.h"
expect_exit 0 tree
echo '#include <vector>' > "$place/tree/share_chain/new/share.h"
expect_exit 1 tree
expect_said "no rule is for the folder share_chain/new"

printf 'dash/util: dash/rpc\ndash/rpc:\n' > "$place/upwards.txt"
expect_exit 1 tree "$place/upwards.txt"
expect_said "may not name what does not stand above it: dash/rpc"
