/* Look-ups that an application asks for, in a simulation. */
#include "support/fail_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sip/locate.h>
#include <sip/sim.h>

typedef struct world {
    sip_sim *sim;
    sip_stack *stack;
    sip_worker *worker;
} world;

typedef struct result {
    unsigned calls;
    int err;
    uint32_t ttl_s;
    char text[600];
} result;

static void start(world *w)
{
    sip_sim_config config = {.seed = 1};

    assert_int_equal(sip_sim_create(&config, &w->sim), 0);
    assert_int_equal(sip_sim_add_host(w->sim, "alice", NULL, &w->stack), 0);
    assert_int_equal(sip_sim_add_host(w->sim, "bob", NULL, NULL), 0);
    w->worker = sip_stack_worker(w->stack, 0);
}

static void add(world *w, const char *name, sip_dns_record record)
{
    record.ttl_s = 60;
    assert_int_equal(sip_sim_add_record(w->sim, name, &record), 0);
}

static void on_located(const sip_located *located, void *user_data)
{
    result *r = user_data;
    size_t len = 0;

    r->calls++;
    r->err = located->err;
    len = (size_t)snprintf(r->text, sizeof(r->text), "%s", located->text);
    for (size_t i = 0; i < located->n_hops; i++) {
        char addr[SIP_ADDR_TEXT_BYTES];

        len +=
            (size_t)snprintf(r->text + len, sizeof(r->text) - len, "%s " SIP_FMT " %s; ",
                             located->name, SIP_ARG(sip_protocol_name(located->hops[i].protocol)),
                             sip_addr_text(&located->hops[i].addr, addr));
    }
}

static int locate(world *w, const char *text, result *r, sip_lookup **ret_lookup)
{
    sip_uri uri;

    memset(r, 0, sizeof(*r));
    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return sip_locate(w->worker, &uri, on_located, r, ret_lookup);
}

static void expect(world *w, const char *uri, int err, const char *text)
{
    result r;

    assert_int_equal(locate(w, uri, &r, NULL), 0);
    assert_int_equal(r.calls, 0);
    sip_sim_run(w->sim, 1);
    assert_int_equal(r.calls, 1);
    assert_int_equal(r.err, err);
    assert_string_equal(r.text, text);
}

static void uris(void **state)
{
    world w;
    result r;
    sip_addr addr;

    (void)state;
    start(&w);
    add(&w, "example.com",
        (sip_dns_record){.type = SIP_DNS_NAPTR,
                         .flags = "s",
                         .service = "SIP+D2T",
                         .target = "_sip._tcp.example.com"});
    add(&w, "_sip._tcp.example.com",
        (sip_dns_record){.type = SIP_DNS_SRV, .port = 5070, .target = "bob"});
    expect(&w, "sip:example.com", 0, "example.com TCP 10.0.0.2:5070; ");
    expect(&w, "sip:example.com", 0, "example.com TCP 10.0.0.2:5070; "); /* known by now */
    expect(&w, "sip:192.0.2.1", 0, "192.0.2.1 UDP 192.0.2.1:5060; ");
    expect(&w, "sip:gone.example", SIP_ENOENT, "no address for gone.example: no such name");
    expect(&w, "sip:gone.example", SIP_ENOENT, "no address for gone.example: no such name");
    assert_int_equal(sip_sim_fail_name(w.sim, "bad.example", SIP_EIO, 0), 0);
    expect(&w, "sip:bad.example:5060", SIP_EIO,
           "no address for bad.example: the name server failed");
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.9"), 0, &addr), 0);
    assert_int_equal(sip_stack_add_host(w.stack, "fixed.example", &addr), 0);
    expect(&w, "sip:fixed.example", 0, "fixed.example UDP 192.0.2.9:5060; ");
    assert_int_equal(locate(&w, "tel:+1", &r, NULL), SIP_EUNSUPPORTED);
    assert_int_equal(locate(&w, "sips:example.com", &r, NULL), SIP_EUNSUPPORTED);
    assert_int_equal(sip_locate(w.worker, NULL, on_located, &r, NULL), SIP_EINVAL);
    assert_int_equal(sip_stack_add_host(w.stack, NULL, &addr), SIP_EINVAL);
    assert_int_equal(sip_stack_add_host(w.stack, "", &addr), SIP_EINVAL);
    sip_sim_destroy(w.sim);
}

static void on_found(const sip_enum_found *found, void *user_data)
{
    result *r = user_data;

    r->calls++;
    r->err = found->err;
    r->ttl_s = found->ttl_s;
    (void)snprintf(r->text, sizeof(r->text), "%s", found->n_uris > 0 ? found->uris[0] : "");
    assert_int_equal(found->err == 0, found->n_uris > 0);
}

static void numbers(void **state)
{
    world w;
    result r = {0};

    (void)state;
    start(&w);
    add(&w, "2.1.e164.arpa",
        (sip_dns_record){.type = SIP_DNS_NAPTR,
                         .flags = "u",
                         .service = "E2U+sip",
                         .regexp = "!^\\+(.*)$!sip:\\1@bob!",
                         .target = "."});
    for (unsigned i = 1; i <= 2; i++) {
        assert_int_equal(sip_enum_lookup(w.worker, "tel:+1-2", NULL, on_found, &r, NULL), 0);
        assert_int_equal(r.calls, i - 1);
        sip_sim_run(w.sim, 1);
        assert_int_equal(r.calls, i);
        assert_string_equal(r.text, "sip:12@bob");
        assert_int_equal(r.ttl_s, 60);
    }
    assert_int_equal(sip_enum_lookup(w.worker, "+13", NULL, on_found, &r, NULL), 0);
    sip_sim_run(w.sim, 1);
    assert_int_equal(r.err, SIP_ENOENT);
    assert_int_equal(sip_enum_lookup(w.worker, "13", NULL, on_found, &r, NULL), SIP_EINVAL);
    assert_int_equal(sip_enum_lookup(w.worker, "+13", NULL, NULL, &r, NULL), SIP_EINVAL);
    sip_sim_destroy(w.sim);
}

static void given_up(void **state)
{
    world w;
    result r, other = {0};
    sip_lookup *lookup = NULL;

    (void)state;
    start(&w);
    sip_lookup_cancel(NULL);
    assert_int_equal(locate(&w, "sip:bob", &r, &lookup), 0);
    sip_lookup_cancel(lookup);
    assert_int_equal(locate(&w, "sip:192.0.2.1", &r, &lookup), 0);
    sip_lookup_cancel(lookup);
    assert_int_equal(sip_enum_lookup(w.worker, "+12", NULL, on_found, &other, &lookup), 0);
    sip_lookup_cancel(lookup);
    sip_sim_run(w.sim, 1000);
    assert_int_equal(r.calls + other.calls, 0);
    /* Those under way end with the stack. */
    assert_int_equal(locate(&w, "sip:carol", &r, NULL), 0);
    assert_int_equal(sip_enum_lookup(w.worker, "+15", NULL, on_found, &other, NULL), 0);
    sip_sim_destroy(w.sim);
    assert_int_equal(r.calls + other.calls, 0);
}

typedef struct canceller {
    sip_lookup *own, *other;
    unsigned calls;
} canceller;

static void cancel_both(canceller *c)
{
    c->calls++;
    sip_lookup_cancel(c->own);
    sip_lookup_cancel(c->other);
}

static void cancel_located(const sip_located *located, void *user_data)
{
    cancel_both(user_data);
    assert_true(located->err != 0 || located->n_hops > 0);
}

static void cancel_found(const sip_enum_found *found, void *user_data)
{
    cancel_both(user_data);
    assert_int_equal(found->err, SIP_ENOENT);
}

/* Two who wait for the same answer: the first to hear it cancels both. */
static void given_up_while_told(void **state)
{
    static const char *const texts[] = {"sip:bob", "sip:192.0.2.1"};
    world w;
    result r;
    canceller c = {0};
    sip_uri uri;

    (void)state;
    start(&w);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(sip_uri_parse(sip_str_of(texts[i]), &uri), 0);
        assert_int_equal(sip_locate(w.worker, &uri, cancel_located, &c, &c.own), 0);
        assert_int_equal(locate(&w, texts[i], &r, &c.other), 0);
        sip_sim_run(w.sim, 1000);
        assert_int_equal(c.calls, i + 1);
        assert_int_equal(r.calls, 0);
    }
    c.other = NULL;
    assert_int_equal(sip_enum_lookup(w.worker, "+12", NULL, cancel_found, &c, &c.own), 0);
    sip_sim_run(w.sim, 1000);
    assert_int_equal(c.calls, 3);
    sip_sim_destroy(w.sim);
}

static void without_memory(void **state)
{
    fail_alloc fail;
    size_t refused = 0;

    (void)state;
    for (size_t n = 1; n < 40; n++) {
        sip_sim_config config = {.seed = 1};
        sip_stack_config own = {.allocator = &fail.allocator};
        world w;
        result r;

        fail_alloc_init(&fail, 0);
        assert_int_equal(sip_sim_create(&config, &w.sim), 0);
        assert_int_equal(sip_sim_add_host(w.sim, "alice", &own, &w.stack), 0);
        w.worker = sip_stack_worker(w.stack, 0);
        fail.fail_at = fail.calls + n;
        if (locate(&w, "sip:alice", &r, NULL) == 0) {
            sip_sim_run(w.sim, 1);
            assert_int_equal(r.calls, 1);
            assert_true(r.err == 0 || r.err == SIP_ENOMEM);
            refused += r.err != 0;
        } else {
            refused++;
        }
        if (sip_enum_lookup(w.worker, "+12", NULL, on_found, &r, NULL) == 0) {
            sip_sim_run(w.sim, 1);
        }
        sip_sim_destroy(w.sim);
        assert_int_equal(fail.live, 0);
        if (!fail.failed) {
            break;
        }
    }
    assert_true(refused > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris),           cmocka_unit_test(numbers),
        cmocka_unit_test(given_up),       cmocka_unit_test(given_up_while_told),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
