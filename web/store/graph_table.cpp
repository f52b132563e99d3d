#include "web/store/graph_table.h"

#include <vector>

namespace web {
namespace {

struct ChangedBin {
    std::string stream;
    const char* view = nullptr;
    std::int64_t number = 0;
    graphs::Bin bin;
};

void write_bins(dash::sqlite::Database& database, const std::vector<ChangedBin>& bins) {
    auto remove = database.prepare("DELETE FROM graph_bins WHERE stream = ? AND view = ? AND bin = ?");
    auto insert = database.prepare("INSERT INTO graph_bins VALUES (?, ?, ?, ?, ?, ?)");
    for (const ChangedBin& changed : bins) {
        remove.bind(changed.stream, std::string_view(changed.view), changed.number).run();
        for (const graphs::Sum& sum : changed.bin) {
            insert
                .bind(changed.stream, std::string_view(changed.view), changed.number, *sum.key, sum.total,
                      static_cast<std::int64_t>(sum.count))
                .run();
        }
    }
}

/// The bins that a view has.
struct Extent {
    std::string stream;
    const char* view = nullptr;
    std::int64_t oldest = 0;
    std::int64_t newest = 0;
};

/// Also of the future, when the clock was set back.
void remove_others(dash::sqlite::Database& database, const std::vector<Extent>& views) {
    auto remove = database.prepare("DELETE FROM graph_bins WHERE stream = ? AND view = ? AND (bin < ? OR bin > ?)");
    for (const Extent& view : views)
        remove.bind(view.stream, std::string_view(view.view), view.oldest, view.newest).run();
}

}  // namespace

void load_graphs(Store& store, graphs::Graphs& graphs) {
    graphs.for_each([&](const std::string& stream, const char* name, graphs::View& view) {
        auto select = store.database().prepare(
            "SELECT bin, key, total, count FROM graph_bins WHERE stream = ? AND view = ? ORDER BY bin, key");
        select.bind(stream, std::string_view(name));
        graphs::Bin bin;
        std::int64_t number = 0;
        while (select.step()) {
            if (select.integer(0) != number && !bin.empty()) view.restore(number, std::exchange(bin, {}));
            number = select.integer(0);
            bin.push_back(
                {graphs.keys().get(select.text(1)), select.real(2), static_cast<std::uint64_t>(select.integer(3))});
        }
        if (!bin.empty()) view.restore(number, std::move(bin));
    });
}

void save_graphs(Store& store, graphs::Graphs& graphs) {
    auto bins = std::make_shared<std::vector<ChangedBin>>();
    auto extents = std::make_shared<std::vector<Extent>>();
    graphs.for_each([&](const std::string& stream, const char* name, graphs::View& view) {
        const auto changed = view.take_changed();
        for (const std::int64_t number : changed)
            bins->push_back({stream, name, number, *view.bin(number)});
        if (!changed.empty()) {
            extents->push_back({stream, name, view.number_of(view.shape().bins - 1), view.number_of(0)});
        }
    });
    graphs.keys().sweep();
    if (bins->empty()) return;
    store.post([bins, extents](dash::sqlite::Database& database) {
        write_bins(database, *bins);
        remove_others(database, *extents);
    });
}

}  // namespace web
