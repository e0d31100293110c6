#include "transaction/racers.h"

static sip_path path_to(const sip__racers *racers, size_t i)
{
    return (sip_path){.protocol = racers->hops[i].protocol,
                      .server = racers->server,
                      .remote = racers->hops[i].addr};
}

static void release(sip__racers *racers, size_t i)
{
    sip_path path = path_to(racers, i);

    if (racers->flows[i] != 0) {
        path.flow = racers->flows[i];
        racers->flows[i] = 0;
        sip__transports_release(racers->layer->config.transports, &path);
    }
}

static void leave_list(sip__racers *racers)
{
    sip_list_remove(&racers->link);
    sip_timer_clear(racers->layer->config.worker, &racers->timer);
}

static void win(sip__racers *racers, size_t winner)
{
    leave_list(racers);
    racers->winner = winner;
    for (size_t i = 0; i < racers->race.n; i++) {
        if (i != winner) {
            release(racers, i);
        }
    }
}

static void fall(sip__racers *racers, size_t i, int err, sip_time_ms now_ms)
{
    sip_path path = path_to(racers, i);

    racers->flows[i] = 0;
    racers->fallen |= 1u << i;
    sip__race_fail(&racers->race, now_ms);
    sip__layer_note_failed(racers->layer, &path, SIP__HEALTH_CONNECT, err);
}

/* Start whoever is due. @return 0, SIP_EAGAIN, or why the last one fell */
static int run(sip__racers *racers)
{
    sip__layer *layer = racers->layer;
    sip_time_ms now_ms = sip_worker_now_ms(layer->config.worker);
    sip_time_ms due_ms;
    int err = SIP_EIO;
    size_t i;

    while (sip__race_next(&racers->race, now_ms, &i, &due_ms)) {
        sip_path path = path_to(racers, i);

        err = sip__transports_connect(layer->config.transports, &path, &racers->flows[i]);
        if (err == 0) {
            win(racers, i);
            return 0;
        }
        if (err != SIP_EAGAIN) {
            fall(racers, i, err, now_ms);
        }
    }
    if (sip__race_is_lost(&racers->race)) {
        leave_list(racers);
        return err;
    }
    if (due_ms != UINT64_MAX) {
        sip_timer_set(layer->config.worker, &racers->timer, (uint32_t)(due_ms - now_ms));
    }
    return SIP_EAGAIN;
}

static void on_timer(void *arg)
{
    sip__racers *racers = arg;
    int err = run(racers);

    if (err != SIP_EAGAIN) {
        racers->done(racers, err, sip_error_text(err));
    }
}

int sip__racers_start(sip__racers *racers, sip__layer *layer, const sip_hop *hops, size_t n,
                      uint32_t server)
{
    sip_path first = {.protocol = hops[0].protocol, .remote = hops[0].addr};

    if (!sip__transports_can_connect(layer->config.transports, &first)) {
        return SIP_EUNSUPPORTED;
    }
    racers->layer = layer;
    racers->hops = hops;
    racers->server = server;
    racers->fallen = 0;
    for (size_t i = 0; i < SIP__RACERS_MAX; i++) {
        racers->flows[i] = 0;
    }
    sip__race_init(&racers->race, n < SIP__RACERS_MAX ? n : SIP__RACERS_MAX,
                   sip_worker_now_ms(layer->config.worker));
    sip_timer_init(&racers->timer, on_timer, racers);
    sip_list_init(&racers->link);
    sip_list_append(&layer->racing, &racers->link);
    return run(racers);
}

size_t sip__racers_started(const sip__racers *racers)
{
    return racers->race.started;
}

bool sip__racers_has_fallen(const sip__racers *racers, size_t i)
{
    return (racers->fallen & (1u << i)) != 0;
}

void sip__racers_stop(sip__racers *racers)
{
    if (racers->layer == NULL) {
        return;
    }
    leave_list(racers);
    for (size_t i = 0; i < racers->race.n; i++) {
        release(racers, i);
    }
    racers->layer = NULL;
}

/* ---- what transports tell */

static sip__racers *find(sip__layer *layer, sip_flow flow, size_t *ret_i)
{
    for (sip_list *at = layer->racing.next; at != &layer->racing; at = at->next) {
        sip__racers *racers = SIP_CONTAINER_OF(at, sip__racers, link);

        for (size_t i = 0; i < racers->race.n; i++) {
            if (racers->flows[i] == flow) {
                *ret_i = i;
                return racers;
            }
        }
    }
    return NULL;
}

/* Each that waits for the flow either leaves the list or waits for it no more. */
void sip__racers_told(sip__layer *layer, sip_flow flow, int err, const char *text)
{
    sip__racers *racers;
    size_t i;

    while ((racers = find(layer, flow, &i)) != NULL) {
        if (err == 0) {
            win(racers, i);
            racers->done(racers, 0, "");
            continue;
        }
        fall(racers, i, err, sip_worker_now_ms(layer->config.worker));
        int next = run(racers);

        if (next != SIP_EAGAIN) {
            racers->done(racers, next == 0 ? 0 : err, text);
        }
    }
}
