#include "p2pool/options/manual.h"

#include "p2pool/options/option_table.h"

namespace p2pool::options {
namespace {

/// Text as roff shall show it: what it would take for commands, and what it would make typographic, stays as it is.
std::string roff(const std::string& text) {
    std::string shown;
    for (const char character : text) {
        switch (character) {
            case '\\':
                shown += "\\e";
                break;
            case '-':
                shown += "\\-";
                break;
            case '\'':
                shown += "\\(aq";
                break;
            case '`':
                shown += "\\(ga";
                break;
            case '~':
                shown += "\\(ti";
                break;
            case '^':
                shown += "\\(ha";
                break;
            default:
                shown.push_back(character);
        }
    }
    return shown.rfind('.', 0) == 0 ? "\\&" + shown : shown;
}

std::string bold(const std::string& text) {
    return "\\fB" + roff(text) + "\\fR";
}

std::string italic(const std::string& text) {
    return "\\fI" + roff(text) + "\\fR";
}

/// `text` is its first paragraph.
std::string section(const std::string& title, const std::string& text = "") {
    return ".SH " + title + "\n" + (text.empty() ? "" : roff(text) + "\n");
}

std::string paragraph(const std::string& text) {
    return ".PP\n" + roff(text) + "\n";
}

/// `term` is roff already.
std::string item(const std::string& term, const std::string& text) {
    return ".TP\n" + term + "\n" + roff(text) + "\n";
}

std::string command(const std::string& text) {
    return ".PP\n.in +4n\n.nf\n" + roff(text) + "\n.fi\n.in\n";
}

std::string option_item(const OptionSpec& option) {
    std::string term;
    if (option.short_name != '\0') term = bold(std::string("-") + option.short_name) + ", ";
    term += bold(std::string("--") + option.name);
    if (option.metavar != nullptr) term += " " + italic(option.metavar);
    return item(term, option.help);
}

std::string synopsis() {
    return section("SYNOPSIS") + bold("p2pool-dash") + " [" + italic("options") + "] [" + italic("RPC user") + "] [" +
           italic("RPC password") + "]\n.br\n" + bold("p2pool-dash") + " [" + italic("options") + "] " +
           italic("PAYOUT_ADDRESS") + "\n";
}

std::string description() {
    return section(
               "DESCRIPTION",
               "A p2pool node for Dash: a mining pool without an operator. The nodes of all members keep a chain of "
               "easy blocks, the shares, and every Dash block that a member finds pays all recent sharers directly.") +
           paragraph(
               "The node needs a synchronised Dash Core, version 20 or newer, with server=1 in its dash.conf. Miners "
               "connect to stratum+tcp://THIS_HOST:7903 with their Dash address as user name, and browsers see the "
               "dashboard on the same port.") +
           paragraph(
               "Without RPC user and password the node reads them from dash.conf, or logs in with dashd's cookie "
               "file.");
}

std::string all_options() {
    std::string text =
        section("OPTIONS",
                "Long options may be shortened to any beginning that only one has. Of an option that is "
                "given twice the last value counts, except where it may be repeated. @FILE stands for the "
                "words in that file.");
    for (const Group group : kGroups) {
        text += ".SS " + roff(group_title(group)) + "\n";
        for (const OptionSpec& option : option_table()) {
            if (option.group == group) text += option_item(option);
        }
    }
    return text;
}

std::string around() {
    std::string text = section("EXIT STATUS");
    text += item(bold("0"), "stopped on request, or the question was answered");
    text += item(bold("1"), "the node could not start or go on; the log says why and what to do");
    text += item(bold("2"), "the command line cannot be run as it is");
    text += item(bold("3"), "--status: the node does not run");

    text += section("SIGNALS");
    text += item(bold("SIGTERM") + ", " + bold("SIGINT"),
                 "write everything to the disk and end, within five seconds (--compact-on-shutdown takes longer)");
    text += item(bold("SIGUSR1"), "close the log file and open it again");

    text += section("FILES");
    text += item(italic("~/.p2pool-dash/<network>"), "data of an installed program that is started by hand");
    text += item(italic("/var/lib/p2pool-dash/<network>"), "data of the service");
    text += item(italic("/etc/default/p2pool-dash"), "options of the service");
    text += item(italic("~/.dashcore/dash.conf"), "where dashd's RPC login and ports are read, unless given");
    text += paragraph("What lies in a data folder is listed in OPERATIONS.md of the documentation.");

    text += section("EXAMPLES", "Mine beside a dashd on this computer:");
    text += command("p2pool-dash -a YOUR_DASH_ADDRESS");
    text += paragraph("Beside a dashd elsewhere, in the background:");
    text += command("p2pool-dash --daemon -a YOUR_DASH_ADDRESS --dashd-address 192.0.2.7 RPC_USER RPC_PASSWORD");
    text += paragraph("As a service that starts with the system:");
    text += command("systemctl enable --now p2pool-dash");

    text += section("SEE ALSO",
                    "README.md and docs/ in /usr/share/doc/p2pool-dash, and https://github.com/frstrtr/p2pool-dash");
    return text;
}

}  // namespace

std::string manual_page(const std::string& version, const std::string& date) {
    return ".TH P2POOL\\-DASH 1 " + date + " \"p2pool\\-dash " + roff(version) + "\" \"User Commands\"\n.nh\n.ad l\n" +
           section("NAME") + roff("p2pool-dash - p2pool node for Dash") + "\n" + synopsis() + description() +
           all_options() + around();
}

}  // namespace p2pool::options
