#!/usr/bin/env bash
# layers.sh RULES SOURCES: whether all that dash, share_chain, p2pool and web below SOURCES include obeys the rules, which
# layers.txt explains. Prints each line that does not, and then ends with 1.
set -eu
rules=$(readlink -f "$1")
cd "$2"
folders=()
for folder in dash share_chain p2pool web; do [ ! -d "$folder" ] || folders+=("$folder"); done
{ grep -rnE '^ *# *include *["<]' --include='*.cpp' --include='*.h' "${folders[@]}" || true; } | awk -v rules="$rules" '
    function complain(text) { print text; failed = 1 }
    # The layer of a file: itself if a rule names it, else its folder.
    function layer_of(path) {
        if (path in known) return path
        if (path ~ /^web\//) return "web"
        sub(/\/[^\/]*$/, "", path)
        return path
    }
    BEGIN {
        while ((getline line < rules) > 0) {
            if (line ~ /^ *(#|$)/) continue
            count = split(line, words, " ")
            if (words[2] == "without") {
                if (!(words[1] in known)) complain(rules ": " words[1] " is not named above: " line)
                forbidden[words[1]] = words[3]
                continue
            }
            layer = words[1]
            if (sub(/:$/, "", layer) != 1) complain(rules ": this is no rule: " line)
            for (i = 2; i <= count; ++i) {
                if (!(words[i] in known)) complain(rules ": " layer " may not name what does not stand above it: " words[i])
                allowed[layer, words[i]] = 1
            }
            known[layer] = 1
        }
    }
    {
        split($0, place, ":")
        from = layer_of(place[1])
        included = $0
        is_own = included ~ /include *"/
        gsub(/^.*include *["<]|[">].*$/, "", included)
        if (!(from in known)) complain(place[1] ": no rule is for the folder " from)
        if (!is_own) {
            if (from in forbidden && index(included, forbidden[from]) == 1)
                complain(place[1] ":" place[2] ": " from " goes without " forbidden[from] ", and includes " included)
            next
        }
        to = layer_of(included)
        if (to != from && !((from, to) in allowed))
            complain(place[1] ":" place[2] ": " from " may not include " to ": " included)
    }
    END {
        if (NR == 0) complain("There are no sources here.")
        exit failed
    }'
