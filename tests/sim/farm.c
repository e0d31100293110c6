#include "sim/farm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sip/trace.h>

const char *const farm_hosts[FARM_HOSTS] = {"a", "b", "c"};

static const char *name_of(const farm *it, const sip_addr *addr)
{
    for (size_t i = 0; i < FARM_HOSTS; i++) {
        sip_addr host;

        assert_int_equal(sip_sim_host_addr(it->sim, farm_hosts[i], &host), 0);
        if (sip_addr_same_host(&host, addr)) {
            return farm_hosts[i];
        }
    }
    return "?";
}

static void on_message(const sip_trace_event *event, void *user_data)
{
    farm *it = user_data;
    size_t len = strlen(it->log);
    const char *space = memchr(event->bytes.ptr, ' ', event->bytes.len);
    char port[16] = "";

    if (!event->sent || (event->repeated && !it->with_repeats) || space == NULL ||
        memcmp(event->bytes.ptr, "SIP/", 4) == 0) {
        return;
    }
    if (event->path.remote.port != 5060) {
        snprintf(port, sizeof port, ":%u", (unsigned)event->path.remote.port);
    }
    snprintf(it->log + len, FARM_LOG_BYTES - len, "%llu %.*s %s%s%s%s\n",
             (unsigned long long)(event->at_ms - it->mark_ms), (int)(space - event->bytes.ptr),
             event->bytes.ptr, event->path.protocol == SIP_PROTOCOL_TCP ? "tcp:" : "",
             name_of(it, &event->path.remote), port, event->repeated ? " again" : "");
}

void farm_mark(farm *it)
{
    it->mark_ms = sip_sim_now_ms(it->sim);
    it->log[0] = '\0';
}

void farm_init_with(farm *it, uint64_t seed, const sip_sim_config *net)
{
    sip_sim_config config = {.seed = seed, .delay_ms = 1};

    memset(it, 0, sizeof *it);
    assert_int_equal(sip_sim_create(net != NULL ? net : &config, &it->sim), 0);
    sim_peer_init(&it->alice, it->sim, "alice");
    for (size_t i = 0; i < FARM_HOSTS; i++) {
        sim_peer_init(&it->hosts[i], it->sim, farm_hosts[i]);
    }
    sip_stack_set_tap(it->alice.stack, on_message, it);
    farm_mark(it);
}

void farm_init(farm *it)
{
    farm_init_with(it, 1, NULL);
}

/* One more target of farm.example. */
void farm_add_srv(farm *it, const char *service, const char *host, uint16_t priority, uint16_t port)
{
    const sip_dns_record record = {.type = SIP_DNS_SRV,
                                   .ttl_s = 3600,
                                   .priority = priority,
                                   .weight = 1,
                                   .port = port,
                                   .target = host};

    assert_int_equal(sip_sim_add_record(it->sim, service, &record), 0);
}

void farm_add_all(farm *it, const char *service)
{
    for (size_t i = 0; i < FARM_HOSTS; i++) {
        farm_add_srv(it, service, farm_hosts[i], (uint16_t)(10 * i), 5060);
    }
}

/* Several addresses of one name. */
void farm_add_address(farm *it, const char *name, const char *host)
{
    sip_dns_record record = {.type = SIP_DNS_A, .ttl_s = 3600};

    assert_int_equal(sip_sim_host_addr(it->sim, host, &record.addr), 0);
    record.addr.port = 0;
    assert_int_equal(sip_sim_add_record(it->sim, name, &record), 0);
}

void farm_finish(farm *it)
{
    assert_int_equal(sip_sim_settle(it->sim, 600000), 0);
    if (sip_sim_live_objects(it->sim) != 0) {
        fail_msg("%zu left\n%s", sip_sim_live_objects(it->sim), sip_sim_ladder(it->sim, 0));
    }
    sip_sim_destroy(it->sim);
    sim_peer_finish(&it->alice);
    for (size_t i = 0; i < FARM_HOSTS; i++) {
        sim_peer_finish(&it->hosts[i]);
    }
}

sim_peer_sent *farm_ask(farm *it, const char *method, const char *uri)
{
    return sim_peer_send(&it->alice, method, uri, NULL, NULL);
}

sip_stack_stats farm_stats_of(const farm *it)
{
    sip_stack_stats stats;

    sip_stack_get_stats(it->alice.stack, &stats);
    return stats;
}
