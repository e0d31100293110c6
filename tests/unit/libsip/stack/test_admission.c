#include "../transaction/tx_world.h"

#include <stdio.h>
#include <string.h>

typedef struct request {
    const char *method, *uri, *to, *via, *more;
    unsigned n;
    const char *from; /* an address */
    sip_time_ms received_ms;
    sip_protocol protocol;
} request;

static void send_request(tx_world *world, request what)
{
    sip_path from = {.protocol =
                         what.protocol != SIP_PROTOCOL_NONE ? what.protocol : SIP_PROTOCOL_UDP,
                     .flow = what.protocol == SIP_PROTOCOL_TCP ? 77 : 0,
                     .remote = world_addr(what.from != NULL ? what.from : "192.0.2.2", 5070),
                     .local = world_addr("192.0.2.1", 5060),
                     .received_ms = what.received_ms};
    sip_transport *transport =
        what.protocol == SIP_PROTOCOL_TCP ? &world->tcp.head : &world->udp.head;
    const char *method = what.method != NULL ? what.method : "INVITE";
    char text[900];
    int len = snprintf(text, sizeof(text),
                       "%s %s SIP/2.0\r\n"
                       "Via: SIP/2.0/%s 192.0.2.2:5070;branch=z9hG4bK-%u%s\r\n"
                       "Max-Forwards: 70\r\nFrom: <sip:b@192.0.2.2>;tag=b%u\r\n"
                       "To: <sip:a@192.0.2.1>%s\r\nCall-ID: c%u\r\nCSeq: 1 %s\r\n%s"
                       "Content-Length: 0\r\n\r\n",
                       method, what.uri != NULL ? what.uri : "sip:a@192.0.2.1",
                       what.protocol == SIP_PROTOCOL_TCP ? "TCP" : "UDP", what.n,
                       what.via != NULL ? what.via : "", what.n, what.to != NULL ? what.to : "",
                       what.n, method, what.more != NULL ? what.more : "");

    assert_true(len > 0 && (size_t)len < sizeof(text));
    transport->events->on_bytes(transport, &from, (sip_str){text, (size_t)len}, transport->stack);
    world_turn(world);
}

static sip__admission *admission_of(tx_world *world)
{
    return &sip_stack_worker(world->stack, 0)->admission;
}

static sip_stack_stats stats_of(const tx_world *world)
{
    sip_stack_stats stats;

    sip_stack_get_stats(world->stack, &stats);
    return stats;
}

/* Nearly nothing is taken, until the next interval. */
static void overload(tx_world *world)
{
    admission_of(world)->overload.taken = 1e-9;
    admission_of(world)->overload.on = true;
}

static void new_work_is_refused_and_the_rest_goes_on(void **state)
{
    tx_world world;
    const char *last;
    char tag[64] = "";

    (void)state;
    world_init(&world);
    world.answer = 200;
    overload(&world);
    send_request(&world, (request){.n = 1});
    assert_int_equal(world.news.requests, 0);
    assert_last_sent(&world, "SIP/2.0 503 ");
    last = world.sends[world.n_sends - 1].text;
    assert_non_null(strstr(last, "\r\nRetry-After: "));
    assert_int_equal(sscanf(strstr(last, "To: "), "To: <sip:a@192.0.2.1>%63[^\r]", tag), 1);
    assert_int_equal(stats_of(&world).refused_overload, 1);
    assert_int_equal(stats_of(&world).live_transactions, 0);
    /* Its ACK is known though nothing was kept of it. */
    send_request(&world, (request){.method = "ACK", .n = 1, .to = tag});
    assert_int_equal(world.news.acks, 0);
    send_request(&world, (request){.method = "ACK", .n = 2, .to = ";tag=other"});
    assert_int_equal(world.news.acks, 1);
    send_request(&world, (request){.n = 3, .to = ";tag=here"});
    send_request(&world, (request){.method = "BYE", .n = 4});
    send_request(&world, (request){.n = 5, .uri = "urn:service:sos.police"});
    send_request(&world, (request){.n = 5, .uri = "urn:service:sos.police"}); /* once more */
    assert_int_equal(world.news.requests, 3);
    assert_int_equal(stats_of(&world).absorbed, 2);
    send_request(&world, (request){.n = 6, .more = "Resource-Priority: ets.0\r\n"});
    assert_int_equal(world.news.requests, 3); /* anybody may write that */
    world_finish(&world);
}

static void priority_counts_where_it_is_trusted(void **state)
{
    const sip_stack_config config = {.overload = {.trust_priority = SIP_ON}};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    overload(&world);
    send_request(&world, (request){.n = 6, .more = "Resource-Priority: ets.0\r\n"});
    assert_int_equal(world.news.requests, 1);
    world_finish(&world);
}

static void control_may_be_off(void **state)
{
    const sip_stack_config config = {.overload = {.control = SIP_OFF}};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    overload(&world);
    for (unsigned i = 0; i < 100; i++) {
        world.now_ms += 5;
        send_request(&world, (request){.n = i, .received_ms = world.now_ms - 900, .via = ";oc"});
    }
    assert_int_equal(world.news.requests, 100);
    assert_int_equal(stats_of(&world).refused_overload, 0);
    world_finish(&world);
}

/* One piece of work takes a millisecond, all else a twentieth. */
typedef struct slow {
    tx_world world;
    double now_us, due_us;
    unsigned n, served, refused;
    double waited_us;
} slow;

static void serve(slow *it, double offered, unsigned ms)
{
    double end_us = it->now_us + ms * 1000.0;

    it->served = it->refused = 0;
    it->waited_us = 0;
    it->due_us = it->due_us > it->now_us ? it->due_us : it->now_us;
    while (it->now_us < end_us) {
        unsigned before = it->world.news.requests;

        it->now_us = it->now_us > it->due_us ? it->now_us : it->due_us;
        it->waited_us =
            it->now_us - it->due_us > it->waited_us ? it->now_us - it->due_us : it->waited_us;
        it->world.now_ms = 1000 + (sip_time_ms)(it->now_us / 1000);
        send_request(&it->world, (request){.method = "OPTIONS",
                                           .n = it->n++,
                                           .received_ms = 1000 + (sip_time_ms)(it->due_us / 1000)});
        it->due_us += 1000 / offered;
        it->now_us += it->world.news.requests > before ? 1000 : 50;
        it->served += it->world.news.requests > before ? 1 : 0;
        it->refused += it->world.news.requests > before ? 0 : 1;
    }
}

/* What comes is in order in the queue of a system, whose times the messages bring. */
static void three_times_what_can_be_done(void **state)
{
    static slow it;

    (void)state;
    memset(&it, 0, sizeof(it));
    world_init(&it.world);
    it.world.answer = 200;
    serve(&it, 0.9, 2000);
    assert_int_equal(it.refused, 0);
    serve(&it, 3, 1000);
    serve(&it, 3, 10000);
    assert_true(it.served >= 8000);
    assert_true(it.waited_us < 100000);
    assert_int_equal(stats_of(&it.world).refused_source, 0);
    serve(&it, 0.5, 1000);
    serve(&it, 0.5, 2000);
    assert_int_equal(it.refused, 0);
    world_finish(&it.world);
}

static void sources_have_shares(void **state)
{
    const sip_stack_config config = {.overload = {.source_rate = 10, .source_burst = 5}};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    for (unsigned i = 0; i < 20; i++) {
        send_request(&world, (request){.n = i});
        send_request(&world, (request){.n = 100 + i, .to = ";tag=in-a-dialog"});
    }
    send_request(&world, (request){.n = 60, .from = "192.0.2.9"});
    assert_int_equal(world.news.requests, 26);
    assert_int_equal(stats_of(&world).refused_source, 5);
    assert_int_equal(stats_of(&world).dropped_source, 10);
    assert_int_equal(world.n_sends, 5);
    world_finish(&world);
}

static void nothing_begins_while_the_stack_stops(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    sip_stack_stop(world.stack);
    world_turn(&world);
    send_request(&world, (request){.n = 1});
    assert_int_equal(world.news.requests, 0);
    assert_last_sent(&world, "SIP/2.0 503 ");
    send_request(&world, (request){.n = 2, .to = ";tag=x"});
    assert_int_equal(world.news.requests, 1);
    assert_int_equal(stats_of(&world).refused_stopping, 1);
    world_finish(&world);
}

/* Along connections there are no times: a turn that takes long is what tells. */
static void long_turns_are_noticed(void **state)
{
    tx_world world;
    sip__admission *admission;

    (void)state;
    world_init(&world);
    admission = admission_of(&world);
    for (unsigned i = 0; i < 60; i++) {
        world.now_ms += 10;
        admission->last_turn_ms = 90;
        send_request(&world, (request){.n = i, .protocol = SIP_PROTOCOL_TCP});
    }
    assert_true(stats_of(&world).refused_overload > 5);
    world_finish(&world);
}

static void clients_who_ask_are_told(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 200;
    send_request(&world, (request){.n = 1, .via = ";oc;oc-algo=\"loss\""});
    assert_non_null(strstr(world.sends[world.n_sends - 1].text,
                           "branch=z9hG4bK-1;oc=0;oc-algo=\"loss\";"
                           "oc-validity=0;oc-seq=1700000000.00000\r\n"));
    world.now_ms += 7;
    admission_of(&world)->overload.taken = 0.25;
    send_request(&world, (request){.n = 2, .via = ";oc;oc-algo=\"rate,loss\""});
    assert_non_null(strstr(world.sends[world.n_sends - 1].text,
                           ";oc=75;oc-algo=\"loss\";oc-validity=500;oc-seq=1700000000.00700\r\n"));
    send_request(&world, (request){.n = 3, .via = ";oc;oc-algo=\"rate\""});
    assert_non_null(strstr(world.sends[world.n_sends - 1].text,
                           ";oc=3;oc-algo=\"rate\";oc-validity=500;oc-seq=1700000000.00700\r\n"));
    /* Those who heed it are not refused as well, and who does not ask is told nothing. */
    assert_int_equal(world.news.requests, 3);
    admission_of(&world)->overload.taken = 1e-9;
    send_request(&world, (request){.n = 4});
    assert_null(strstr(world.sends[world.n_sends - 1].text, ";oc="));
    admission_of(&world)->overload.before_ms = 500;
    send_request(&world, (request){.n = 5, .via = ";oc"});
    assert_last_sent(&world, "SIP/2.0 503 ");
    assert_non_null(strstr(world.sends[world.n_sends - 1].text, ";oc=100;oc-algo=\"loss\""));
    world_finish(&world);
}

static void nobody_is_told_where_that_is_off(void **state)
{
    const sip_stack_config config = {.overload = {.announce = SIP_OFF}};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    world.answer = 200;
    send_request(&world, (request){.n = 1, .via = ";oc"});
    assert_null(strstr(world.sends[0].text, ";oc="));
    assert_non_null(strstr(world.sends[0].text, ";oc"));
    world_finish(&world);
}

static void rates_are_those_of_a_second(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 200;
    for (unsigned i = 0; i < 40; i++) {
        world.now_ms += 50;
        send_request(&world, (request){.n = i});
    }
    world.now_ms += 60;
    admission_of(&world)->overload.taken = 0.5;
    send_request(&world, (request){.n = 90, .via = ";oc;oc-algo=\"rate\""});
    assert_non_null(strstr(world.sends[world.n_sends - 1].text, ";oc=20;oc-algo=\"rate\""));
    world.now_ms += 60000;
    admission_of(&world)->overload.began_ms = world.now_ms;
    admission_of(&world)->overload.taken = 0.5;
    send_request(&world, (request){.n = 91, .via = ";oc;oc-algo=\"rate\""});
    assert_non_null(strstr(world.sends[world.n_sends - 1].text, ";oc=1;oc-algo=\"rate\""));
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_work_is_refused_and_the_rest_goes_on),
        cmocka_unit_test(priority_counts_where_it_is_trusted),
        cmocka_unit_test(control_may_be_off),
        cmocka_unit_test(three_times_what_can_be_done),
        cmocka_unit_test(sources_have_shares),
        cmocka_unit_test(nothing_begins_while_the_stack_stops),
        cmocka_unit_test(long_turns_are_noticed),
        cmocka_unit_test(clients_who_ask_are_told),
        cmocka_unit_test(nobody_is_told_where_that_is_off),
        cmocka_unit_test(rates_are_those_of_a_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
