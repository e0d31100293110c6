#include "sim/host.h"

#include <string.h>

/* Messages that are to be lost on purpose. */
typedef struct loss {
    sip_list link;
    const sip__host *from; /* NULL: anyone */
    char *starts;
    unsigned count;
} loss;

bool sip__faults_are_sound(const sip_sim_config *config)
{
    return config->loss_percent <= 100 && config->dup_percent <= 100 &&
           config->reorder_percent <= 100 && config->dns_fail_percent <= 100;
}

void sip__faults_set(sip_sim *sim, const sip_sim_config *config)
{
    sim->net.config.faults = (sip__fate_odds){.delay_ms = config->delay_ms,
                                              .jitter_ms = config->jitter_ms,
                                              .loss_percent = config->loss_percent,
                                              .dup_percent = config->dup_percent,
                                              .reorder_percent = config->reorder_percent,
                                              .reorder_ms = config->reorder_ms};
    sim->zone.delay_ms = config->dns_ms;
    sim->zone.jitter_ms = config->dns_jitter_ms;
    sim->zone.fail_percent = config->dns_fail_percent;
}

static void forget(sip_sim *sim, loss *it)
{
    sip_list_remove(&it->link);
    sip_free(sim->allocator, it->starts);
    sip_free(sim->allocator, it);
}

void sip__faults_finish(sip_sim *sim)
{
    while (!sip_list_is_empty(&sim->losses)) {
        forget(sim, SIP_CONTAINER_OF(sim->losses.next, loss, link));
    }
}

bool sip__faults_choose(sip_sim *sim, const sip__host *from, const char *summary)
{
    for (sip_list *link = sim->losses.next; link != &sim->losses; link = link->next) {
        loss *it = SIP_CONTAINER_OF(link, loss, link);

        if ((it->from == NULL || it->from == from) &&
            strncmp(summary, it->starts, strlen(it->starts)) == 0) {
            if (--it->count == 0) {
                forget(sim, it);
            }
            return true;
        }
    }
    return false;
}

void sip_sim_set_network(sip_sim *sim, const sip_sim_config *config)
{
    sip__faults_set(sim, config);
}

int sip_sim_set_cut(sip_sim *sim, const char *name, bool cut)
{
    const sip__host *it = sip__host_known(sim, name);

    return it == NULL
               ? SIP_ENOENT
               : sip__loopback_set_barrier(&sim->net, SIP__BARRIER_CUT, &it->addr, NULL, cut);
}

int sip_sim_set_apart(sip_sim *sim, const char *one, const char *other, bool apart)
{
    const sip__host *a = sip__host_known(sim, one), *b = sip__host_known(sim, other);

    return a == NULL || b == NULL ? SIP_ENOENT
                                  : sip__loopback_set_barrier(&sim->net, SIP__BARRIER_APART,
                                                              &a->addr, &b->addr, apart);
}

int sip_sim_fail_name(sip_sim *sim, const char *name, int err, uint32_t delay_ms)
{
    if (sim == NULL || name == NULL) {
        return SIP_EINVAL;
    }
    return sip__zone_fail(&sim->zone, name, err, delay_ms);
}

int sip_sim_lose(sip_sim *sim, const char *from, const char *starts, unsigned count)
{
    const sip__host *sender = sip__host_named(sim, from);
    loss *it;

    if (from != NULL && sender == NULL) {
        return SIP_ENOENT;
    }
    if (count == 0) {
        return 0;
    }
    it = sip_alloc0(sim->allocator, sizeof *it);
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->starts = sip_strdup(sim->allocator, sip_str_of(starts));
    if (it->starts == NULL) {
        sip_free(sim->allocator, it);
        return SIP_ENOMEM;
    }
    it->from = sender;
    it->count = count;
    sip_list_init(&it->link);
    sip_list_append(&sim->losses, &it->link);
    return 0;
}

void sip_sim_get_faults(const sip_sim *sim, sip_sim_faults *ret_faults)
{
    const sip__fate_counts *counts = &sim->net.counts;

    *ret_faults = (sip_sim_faults){.lost = counts->lost,
                                   .doubled = counts->doubled,
                                   .chosen = counts->chosen,
                                   .held_back = counts->held_back,
                                   .overtaken = counts->overtaken,
                                   .barred = counts->barred,
                                   .refused = counts->refused,
                                   .broken = counts->broken,
                                   .slow_names = sim->zone.slow,
                                   .failed_names = sim->zone.failed};
}
