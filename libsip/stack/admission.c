#include "stack/admission.h"

#include "stack/stack.h"
#include "transaction/oc_answer.h"

#define SECOND_MS 1000
#define SEQ_A_SECOND 100000u
#define SEQ_A_MS 100u
#define MOST_RATE 1000000u

int sip__admission_init(sip_worker *worker)
{
    const sip_overload_config *config = &worker->config->overload;
    sip__admission *admission = &worker->admission;

    admission->began_ms = sip_clock_now_ms(worker->clock);
    admission->began_unix_s = sip_clock_unix_s(worker->clock);
    admission->second_ms = admission->began_ms;
    sip__overload_init(&admission->overload, config, sip_random_u64(worker->config->random),
                       admission->began_ms);
    return sip__source_limit_init(
        &admission->sources, worker->config->allocator, worker->config->random,
        sip__worker_share(worker, config->source_rate),
        sip__worker_share(worker, config->source_burst), config->max_sources);
}

void sip__admission_finish(sip__admission *admission)
{
    sip__source_limit_finish(&admission->sources);
}

/* ---- how long messages wait */

/* What came along a connection has waited for the turn to come to it, and perhaps for the one
 * before. */
static uint32_t waited_in_turns(const sip_worker *worker, sip_time_ms now_ms)
{
    const sip__admission *admission = &worker->admission;

    return (uint32_t)(now_ms - worker->now_ms) + admission->last_turn_ms;
}

void sip__admission_note(sip_worker *worker, const sip_path *from)
{
    sip__admission *admission = &worker->admission;
    sip_time_ms now_ms = sip_clock_now_ms(worker->clock);
    uint32_t waited_ms;

    if (from->received_ms == 0) {
        waited_ms = waited_in_turns(worker, now_ms);
    } else {
        waited_ms = now_ms > from->received_ms ? (uint32_t)(now_ms - from->received_ms) : 0;
    }
    sip__histogram_add(&worker->layer.meter.waited, (uint64_t)waited_ms * 1000);
    if (worker->config->overload.control != SIP_OFF) {
        sip__overload_note(&admission->overload, now_ms, waited_ms);
    }
}

/* ---- who is let in */

static void count_taken(sip__admission *admission, sip_time_ms now_ms)
{
    if (now_ms >= admission->second_ms + SECOND_MS) {
        admission->taken_before =
            now_ms < admission->second_ms + 2 * (sip_time_ms)SECOND_MS ? admission->taken : 0;
        admission->taken = 0;
        admission->second_ms = now_ms;
    }
    admission->taken++;
}

static bool refuse(sip_worker *worker, const sip_msg *request, uint64_t *counter)
{
    (*counter)++;
    sip__oc_refuse(&worker->layer, request);
    return false;
}

static bool is_too_much(sip_worker *worker, const sip_msg *request)
{
    sip__overload *overload = &worker->admission.overload;

    if (worker->config->overload.control == SIP_OFF || overload->taken >= 1) {
        return false;
    }
    return sip__oc_is_offered(&worker->layer, request) ? sip__overload_refuses_informed(overload)
                                                       : sip__overload_refuses(overload);
}

bool sip__admission_admit(sip_worker *worker, const sip_msg *request)
{
    sip_stack_stats *stats = &worker->layer.stats;
    sip__admission *admission = &worker->admission;
    sip__request_class kind = sip__request_classify(request, worker->layer.config.trust_priority);
    sip_time_ms now_ms = sip_worker_now_ms(worker);
    const sip_address *to = sip_msg_to(request);

    if (to != NULL && to->tag.len > 0) {
        return true;
    }
    if (worker->stopping) {
        return refuse(worker, request, &stats->refused_stopping);
    }
    switch (sip__source_limit_take(&admission->sources, &sip_msg_source(request)->remote, now_ms)) {
    case SIP__SOURCE_FINE:
        break;
    case SIP__SOURCE_REFUSE:
        return refuse(worker, request, &stats->refused_source);
    case SIP__SOURCE_DROP:
        stats->dropped_source++;
        return false;
    }
    if (kind == SIP__REQUEST_NEW && is_too_much(worker, request)) {
        return refuse(worker, request, &stats->refused_overload);
    }
    count_taken(admission, now_ms);
    return true;
}

/* ---- what clients are told */

/* All that is taken in a second, shared by nobody: RFC 7415 leaves to the server how it divides its
 * capacity, and who sends more than his part is still refused here. */
static uint32_t rate_of(const sip__admission *admission)
{
    uint32_t most =
        admission->taken > admission->taken_before ? admission->taken : admission->taken_before;

    return most > 0 ? most : 1;
}

bool sip__admission_announce(sip_worker *worker, const sip__oc *offer, sip__oc *ret_oc)
{
    sip__admission *admission = &worker->admission;
    sip_time_ms now_ms = sip_worker_now_ms(worker);
    unsigned loss;

    if (worker->config->overload.announce == SIP_OFF ||
        worker->config->overload.control == SIP_OFF) {
        return false;
    }
    loss = sip__overload_loss(&admission->overload);
    *ret_oc = (sip__oc){
        .has_value = true,
        .loss = offer->loss,
        .rate = !offer->loss,
        .validity_ms = loss > 0 ? SIP__OC_VALIDITY_MS : 0,
        .seq = (uint64_t)admission->began_unix_s * SEQ_A_SECOND +
               (now_ms - admission->began_ms) * SEQ_A_MS,
    };
    ret_oc->value = offer->loss ? loss : loss > 0 ? rate_of(admission) : MOST_RATE;
    return true;
}
