#include "share_chain/forest.h"

#include <algorithm>
#include <stdexcept>

namespace share_chain {

void Forest::Node::update() {
    total = own;
    for (const Node* part : {older, younger}) {
        if (part == nullptr) continue;
        total.shares += part->total.shares;
        total.work += part->total.work;
        total.min_work += part->total.min_work;
    }
}

void Forest::rotate(Node& node) {
    Node& parent = *node.up;
    Node* const grandparent = parent.up;
    const bool parent_was_root = parent.is_path_root();
    Node*& inner = parent.older == &node ? node.younger : node.older;
    Node*& outer = parent.older == &node ? parent.older : parent.younger;
    outer = inner;
    if (inner != nullptr) inner->up = &parent;
    inner = &parent;
    parent.up = &node;
    node.up = grandparent;
    if (!parent_was_root) (grandparent->older == &parent ? grandparent->older : grandparent->younger) = &node;
    parent.update();
    node.update();
}

/// Makes the node the root of its path's tree.
void Forest::splay(Node& node) {
    while (!node.is_path_root()) {
        Node& parent = *node.up;
        if (!parent.is_path_root()) {
            const bool same_side = (parent.up->older == &parent) == (parent.older == &node);
            rotate(same_side ? parent : node);
        }
        rotate(node);
    }
}

/// Makes the way from the tail to this node one path, and the node the root of its tree: its totals are then those of
/// its line.
void Forest::expose(Node& node) {
    Node* below = nullptr;
    for (Node* at = &node; at != nullptr; at = at->up) {
        splay(*at);
        at->younger = below;
        at->update();
        below = at;
    }
    splay(node);
}

/// Separates the node, with all that stands on it, from its parent.
void Forest::cut(Node& node) {
    expose(node);
    node.older->up = nullptr;
    node.older = nullptr;
    node.update();
}

Forest::Node& Forest::oldest(Node& exposed) {
    Node* node = &exposed;
    while (node->older != nullptr)
        node = node->older;
    splay(*node);
    return *node;
}

void Forest::attach_child(Node& parent, Node& child) {
    child.previous = &parent;
    child.previous_sibling = nullptr;
    child.next_sibling = parent.first_child;
    if (parent.first_child != nullptr) parent.first_child->previous_sibling = &child;
    parent.first_child = &child;
}

void Forest::detach_child(Node& parent, Node& child) {
    (child.previous_sibling != nullptr ? child.previous_sibling->next_sibling : parent.first_child) =
        child.next_sibling;
    if (child.next_sibling != nullptr) child.next_sibling->previous_sibling = child.previous_sibling;
    child.previous = child.next_sibling = child.previous_sibling = nullptr;
}

Forest::Node* Forest::find(const dash::Uint256& hash) const {
    const auto found = nodes_.find(hash);
    return found == nodes_.end() ? nullptr : &found->second;
}

Forest::Node& Forest::find_or_create(const dash::Uint256& hash) {
    const auto [entry, created] = nodes_.try_emplace(hash);
    if (created) {
        entry->second.hash = &entry->first;
        tails_.insert(hash);
    }
    return entry->second;
}

void Forest::erase(Node& node) {
    nodes_.erase(dash::Uint256(*node.hash));
}

bool Forest::add(const dash::Uint256& hash, const dash::Uint256& previous, const Effort& effort) {
    if (contains(hash)) return false;
    Node& node = find_or_create(hash);
    Node& parent = find_or_create(previous);
    expose(node);
    node.own = {1, Sum(effort.work), Sum(effort.min_work)};
    node.update();
    node.up = &parent;
    attach_child(parent, node);

    tails_.erase(hash);
    heads_.erase(previous);
    if (node.first_child == nullptr) heads_.insert(hash);
    ++size_;
    return true;
}

/// The hash by value: the caller's may be a key in here.
bool Forest::remove(dash::Uint256 hash) {
    Node* const node = find(hash);
    if (node == nullptr || node->is_tail()) return false;
    Node& parent = *node->previous;
    if (node->first_child != nullptr && !parent.is_tail()) return false;

    cut(*node);
    detach_child(parent, *node);
    if (parent.first_child == nullptr) {
        if (parent.is_tail()) {
            tails_.erase(*parent.hash);
            erase(parent);
        } else {
            heads_.insert(*parent.hash);
        }
    }
    --size_;
    if (node->first_child == nullptr) {
        heads_.erase(hash);
        erase(*node);
    } else {
        node->own = {};
        node->update();
        tails_.insert(*node->hash);
    }
    return true;
}

bool Forest::contains(const dash::Uint256& hash) const {
    const Node* const node = find(hash);
    return node != nullptr && !node->is_tail();
}

Forest::Line Forest::line(const dash::Uint256& hash) const {
    Node* const node = find(hash);
    if (node == nullptr || node->is_tail()) return {0, hash, 0, 0};
    expose(*node);
    const Totals& total = node->total;
    Line line{total.shares, {}, dash::Wide(total.work), dash::Wide(total.min_work)};
    line.tail = *oldest(*node).hash;
    return line;
}

dash::Uint256 Forest::ancestor(const dash::Uint256& hash, std::uint64_t n) const {
    if (n == 0) return hash;
    Node* const node = find(hash);
    if (node == nullptr) throw std::out_of_range("the share has no known ancestor");
    expose(*node);
    if (n > node->total.shares) throw std::out_of_range("the share's line is shorter than that");
    if (n == node->total.shares) return *oldest(*node).hash;
    // Counts from the young end: `n` shares of the line stand above the one looked for.
    Node* at = node;
    while (true) {
        const std::uint64_t above = at->younger == nullptr ? 0 : at->younger->total.shares;
        if (n < above) {
            at = at->younger;
        } else if (n == above) {
            break;
        } else {
            n -= above + 1;
            at = at->older;
        }
    }
    splay(*at);
    return *at->hash;
}

bool Forest::is_ancestor(const dash::Uint256& older, const dash::Uint256& younger) const {
    const Line low = line(older);
    const Line high = line(younger);
    return low.tail == high.tail && low.height <= high.height && ancestor(younger, high.height - low.height) == older;
}

std::vector<dash::Uint256> Forest::children(const dash::Uint256& hash) const {
    std::vector<dash::Uint256> found;
    const Node* const node = find(hash);
    if (node == nullptr) return found;
    for (const Node* child = node->first_child; child != nullptr; child = child->next_sibling)
        found.push_back(*child->hash);
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace share_chain
