#include "tests/bench/tables.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

/// Three digits that count, and all before the point, in threes.
std::string number(double value) {
    const double size = value < 0 ? -value : value;
    const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    std::string result = text;
    const std::size_t first = value < 0 ? 1 : 0;
    for (std::size_t at = std::min(result.size(), result.find('.')); at > first + 3;) {
        at -= 3;
        result.insert(at, ",");
    }
    return result;
}

std::string group_of(const std::string& name) {
    return name.substr(0, name.find('/'));
}

/// Splits at the first slash.
std::pair<std::string, std::string> split(const std::string& name) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    return {name.substr(0, slash), name.substr(std::min(slash + 1, name.size()))};
}

/// Without what Google Benchmark adds to names for those that run once.
std::string plain_name(const std::string& name) {
    return name.substr(0, name.find("/iterations:"));
}

void add_once(std::vector<std::string>& list, const std::string& text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

std::string line(const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells)
        text += " " + cell + " |";
    return text + "\n";
}

std::string rule(std::size_t columns) {
    std::string text = "|";
    for (std::size_t i = 0; i < columns; ++i)
        text += "---|";
    return text + "\n";
}

}  // namespace

TableReporter::TableReporter() : ConsoleReporter(isatty(STDOUT_FILENO) != 0 ? OO_Color : OO_None) {}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
        if (run.iterations == 0) continue;  // failed: it has no figures
        Figure figure{.name = plain_name(run.benchmark_name()), .time = {}, .each_nanoseconds = 0, .counters = {}};
        // Where the clock is not the measurement's own, the processor's time: others may be busy here too.
        const bool own_clock = run.benchmark_name().find("/manual_time") != std::string::npos;
        const double time = own_clock ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime();
        figure.time = number(time) + " " + benchmark::GetTimeUnitString(run.time_unit);
        figure.each_nanoseconds = time / benchmark::GetTimeUnitMultiplier(run.time_unit) * 1e9;
        for (const auto& [name, counter] : run.counters) {
            if (name == "each") {
                figure.each_nanoseconds = counter.value * 1e9;
            } else {
                figure.counters.emplace_back(name == "items_per_second" ? "each second" : name, number(counter.value));
            }
        }
        figures_.push_back(std::move(figure));
    }
}

std::string TableReporter::table(const std::string& group) const {
    std::string text = line({group, "time", "figures"}) + rule(3);
    for (const Figure& figure : figures_) {
        if (group_of(figure.name) != group) continue;
        std::string counters;
        for (const auto& [name, value] : figure.counters)
            counters += (counters.empty() ? "" : ", ") + name + " " + value;
        text += line({split(figure.name).second, figure.time, counters});
    }
    return text;
}

std::string TableReporter::matrix(const std::string& group) const {
    std::vector<std::string> rows;
    std::vector<std::string> columns;
    for (const Figure& figure : figures_) {
        if (group_of(figure.name) != group) continue;
        const auto [row, column] = split(split(figure.name).second);
        add_once(rows, row);
        add_once(columns, column);
    }
    std::vector<std::string> head = {"ns each"};
    head.insert(head.end(), columns.begin(), columns.end());
    std::string text = line(head) + rule(head.size());
    for (const std::string& row : rows) {
        std::vector<std::string> cells = {row};
        for (const std::string& column : columns) {
            const std::string name = group + "/" + row + "/" + column;
            const auto found = std::find_if(figures_.begin(), figures_.end(),
                                            [&name](const Figure& figure) { return figure.name == name; });
            cells.push_back(found == figures_.end() ? "" : number(found->each_nanoseconds));
        }
        text += line(cells);
    }
    return text;
}

void TableReporter::write(const std::filesystem::path& file, const std::string& head) const {
    std::vector<std::string> groups;
    for (const Figure& figure : figures_)
        add_once(groups, group_of(figure.name));
    std::ofstream out(file);
    out << head << "\n";
    for (const std::string& group : groups)
        out << "\n" << (group == "function" ? matrix(group) : table(group));
    if (!out.flush()) throw std::runtime_error(file.string() + " could not be written");
}

}  // namespace bench
