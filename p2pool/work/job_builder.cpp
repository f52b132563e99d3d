#include "p2pool/work/job_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "dash/primitives/merkle.h"
#include "dash/primitives/script.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "p2pool/work/template_limit.h"

namespace p2pool::work {
namespace {

/// Longest coinbase script that Dash and the share chain accept.
constexpr std::size_t kMaxCoinbaseScript = 100;

dash::Bytes coinbase_script(const dash::rpc::BlockTemplate& block, const AuxTree* aux,
                            const share_chain::Network& network) {
    dash::Bytes script = dash::push_height(block.height);
    if (aux != nullptr) dash::append(script, dash::push_data(aux->commitment()));
    dash::append(script, block.coinbase_flags);
    dash::append(script, network.coinbase_ext);
    if (script.size() > kMaxCoinbaseScript) script.resize(kMaxCoinbaseScript);
    return script;
}

bool leads_to(dash::ByteSpan payee, const dash::Bytes& script, const dash::ChainParams& chain) {
    try {
        return share_chain::payment_script(payee, chain) == script;
    } catch (const dash::DecodeError&) {
        return false;
    }
}

/// How shares write whom a payment goes to: as dashd names him where that leads to the script it demands, as the python
/// node does; else, since a name that leads elsewhere or nowhere makes a block that dashd refuses, by the script.
dash::Bytes packed_payee(const dash::rpc::TemplatePayment& payment, const dash::ChainParams& chain) {
    const dash::ByteSpan name = dash::as_bytes(payment.payee);
    if (payment.script.empty() || leads_to(name, payment.script, chain)) return {name.begin(), name.end()};
    const std::string script = "!" + dash::to_hex(payment.script);
    const dash::ByteSpan packed = dash::as_bytes(script);
    return {packed.begin(), packed.end()};
}

std::string job_id(std::uint32_t number) {
    std::array<char, 9> text{};
    std::snprintf(text.data(), text.size(), "%08x", number);
    return text.data();
}

/// dashd's clock as of now; never before the earliest time that the chain accepts.
std::uint32_t header_time(const WorkTemplate& work, double steady_now) {
    const double passed = std::max(0.0, steady_now - work.received_at);
    return std::max(work.block.min_time, work.block.time + static_cast<std::uint32_t>(passed));
}

share_chain::ShareData share_data(const JobRequest& request, const share_chain::Network& network) {
    const dash::rpc::BlockTemplate& block = request.work_template->block;
    share_chain::ShareData data;
    data.previous_share_hash = request.best_share;
    data.coinbase = coinbase_script(block, request.aux.get(), network);
    data.coinbase_payload = block.coinbase_payload;
    data.subsidy_duffs = block.coinbase_value_duffs;
    data.payment_amount_duffs = block.payment_total_duffs;
    for (const dash::rpc::TemplatePayment& payment : block.payments) {
        data.packed_payments.push_back(
            {.payee = packed_payee(payment, *network.parent), .amount_duffs = payment.amount_duffs});
    }
    return data;
}

}  // namespace

WorkTemplatePtr make_work_template(dash::rpc::BlockTemplate block, const share_chain::Network& network,
                                   double received_at) {
    auto work = std::make_shared<WorkTemplate>();
    const TemplateLimits limits = limits_beside_payouts(block, network);
    LimitedTemplate limited = limit_template(std::move(block), limits);
    work->block = std::move(limited.block);
    work->left_out = limited.left_out;
    work->fits = limited.fits;
    work->received_at = received_at;
    for (const dash::rpc::TemplateTransaction& transaction : work->block.transactions)
        work->txids.push_back(transaction.txid);
    return work;
}

JobBuilder::JobBuilder(const share_chain::Tracker& tracker, std::uint64_t seed)
    : tracker_(tracker), random_(seed), next_id_(static_cast<std::uint32_t>(random_())) {}

void JobBuilder::prepare(const JobRequest& wanted) {
    if (groundwork_template_ == wanted.work_template && groundwork_aux_ == wanted.aux &&
        groundwork_parent_ == wanted.best_share && groundwork_ != nullptr) {
        return;
    }
    share_chain::GroundworkRequest request;
    request.share_data = share_data(wanted, tracker_.network());
    request.block_attempts = dash::average_attempts(wanted.work_template->block.target);
    request.transaction_hashes = wanted.work_template->txids;
    groundwork_ = nullptr;
    groundwork_ = share_chain::lay_groundwork(tracker_, std::move(request));
    groundwork_template_ = wanted.work_template;
    groundwork_aux_ = wanted.aux;
    groundwork_parent_ = wanted.best_share;
}

std::uint16_t JobBuilder::rounded_donation(double donation) {
    // Rounded at random, so that the average of many shares is the exact percentage.
    const double dither = std::uniform_real_distribution<double>(0, 1)(random_);
    return static_cast<std::uint16_t>(std::min(65535.0, std::floor(65535 * donation + dither)));
}

JobPtr JobBuilder::build(const JobRequest& request) {
    prepare(request);
    auto source = std::make_shared<JobSource>();
    source->work_template = request.work_template;
    source->aux = request.aux;
    source->generation =
        share_chain::generate(groundwork_, {.pubkey_hash = request.pubkey_hash,
                                            .nonce = static_cast<std::uint32_t>(random_()),
                                            .donation = rounded_donation(request.donation),
                                            .stale_info = static_cast<std::uint8_t>(request.stale_info),
                                            .desired_timestamp = static_cast<std::uint32_t>(std::lround(request.now)),
                                            .desired_target = request.desired_share_target,
                                            .ref_merkle_branch = {}});

    const WorkTemplate& work = *request.work_template;
    auto job = std::make_shared<Job>();
    job->id = job_id(next_id_++);
    job->merkle_branch = groundwork_->merkle_branch;
    job->version = work.block.version;
    job->previous_block = work.block.previous_block;
    job->bits = work.block.bits;
    job->time = header_time(work, request.steady_now);
    job->min_time = work.block.min_time;
    job->block_target = work.block.target;
    job->share_target = dash::target_from_bits(source->generation.bits);
    job->easiest_target = request.aux ? request.aux->easiest_target(job->share_target) : job->share_target;
    job->work_event = request.work_event;
    job->source = std::move(source);
    return job;
}

CoinbaseParts coinbase_parts(const Job& job) {
    const share_chain::Generation& generation = job.source->generation;
    return {.prefix = generation.coinbase_prefix(), .suffix = generation.groundwork->coinbase_suffix};
}

dash::Uint256 merkle_root(const Job& job, std::uint64_t extranonce) {
    return dash::root_from_branch(job.source->generation.coinbase_hash(extranonce), job.merkle_branch);
}

std::vector<std::string> transaction_hex(const Job& job) {
    std::vector<std::string> hex;
    for (const dash::rpc::TemplateTransaction& transaction : job.source->work_template->block.transactions)
        hex.push_back(dash::to_hex(transaction.data));
    return hex;
}

dash::BlockHeader assemble_header(const Job& job, const Solution& solution) {
    dash::BlockHeader header;
    header.version = solution.version;
    header.previous_block = job.previous_block;
    header.merkle_root = merkle_root(job, solution.extranonce);
    header.timestamp = solution.time;
    header.bits = job.bits;
    header.nonce = solution.nonce;
    return header;
}

dash::Bytes assemble_block(const Job& job, const Solution& solution) {
    const auto& transactions = job.source->work_template->block.transactions;
    dash::Writer writer;
    writer.raw(assemble_header(job, solution).serialize());
    writer.varint(transactions.size() + 1);
    writer.raw(job.source->generation.coinbase(solution.extranonce));
    for (const dash::rpc::TemplateTransaction& transaction : transactions)
        writer.raw(transaction.data);
    return std::move(writer).take();
}

std::vector<AuxSolution> solved_aux_blocks(const Job& job, const Solution& solution, const dash::Uint256& hash) {
    std::vector<AuxSolution> solved;
    const AuxTree* aux = job.source->aux.get();
    if (aux == nullptr || hash > job.easiest_target) return solved;
    for (std::size_t i = 0; i < aux->blocks().size(); ++i) {
        const AuxBlock& block = aux->blocks()[i];
        if (hash > block.target.value_or(job.share_target)) continue;
        const dash::Bytes coinbase = job.source->generation.coinbase(solution.extranonce);
        solved.push_back({block, dash::to_hex(encode_aux_proof(*aux, i, assemble_header(job, solution), hash, coinbase,
                                                               job.merkle_branch))});
    }
    return solved;
}

}  // namespace p2pool::work
