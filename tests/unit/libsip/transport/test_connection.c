/* Connections without sockets: found, reused, bounded, by flow, address, name and alias. */
#include "transport/connection.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

typedef struct keeper {
    sip_id_table flows;
    sip_transport transport;
    sip_connection_stats stats;
    sip__connections all;
} keeper;

static int init(keeper *fixture, const sip_allocator *allocator, uint32_t limit, bool secure)
{
    sip__connections_config config;

    memset(fixture, 0, sizeof(*fixture));
    memset(&config, 0, sizeof(config));
    sip_id_table_init(&fixture->flows, allocator, 3);
    config.allocator = allocator;
    config.flows = &fixture->flows;
    config.transport = &fixture->transport;
    config.secure = secure;
    config.limit = limit;
    config.message_bytes = 1000;
    config.stats = &fixture->stats;
    config.limits = (sip_connection_limits){.stall_ms = 10000, .drain_bytes_s = 1000};
    return sip__connections_init(&fixture->all, &config);
}

static void free_list(keeper *fixture, sip_list *list)
{
    while (!sip_list_is_empty(list)) {
        sip__connections_free(&fixture->all, SIP_CONTAINER_OF(list->next, sip__connection, node));
    }
}

static void finish(keeper *fixture)
{
    free_list(fixture, &fixture->all.connecting);
    free_list(fixture, &fixture->all.unproven);
    free_list(fixture, &fixture->all.open);
    free_list(fixture, &fixture->all.stuck);
    free_list(fixture, &fixture->all.closing);
    assert_int_equal(fixture->all.count, 0);
    assert_int_equal(fixture->all.unproven_count, 0);
    assert_int_equal(fixture->stats.live, 0);
    assert_int_equal(fixture->stats.unproven, 0);
    sip__connections_finish(&fixture->all);
    sip_id_table_finish(&fixture->flows);
}

static sip_path path_to(uint16_t port)
{
    sip_path path;

    memset(&path, 0, sizeof(path));
    path.protocol = SIP_PROTOCOL_TCP;
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.1"), port, &path.remote), 0);
    return path;
}

static sip__connection *add(keeper *fixture, uint16_t port, const char *server, bool accepted,
                            sip_time_ms now_ms)
{
    sip_path path = path_to(port);
    sip__connection *connection = NULL;

    assert_int_equal(
        sip__connections_add(&fixture->all, &path, server, accepted, now_ms, &connection), 0);
    return connection;
}

/* One that is open, and proven. */
static sip__connection *add_open(keeper *fixture, uint16_t port, sip_time_ms now_ms)
{
    sip__connection *connection = add(fixture, port, NULL, true, now_ms);
    sip_addr local = path_to(9).remote;

    sip__connections_opened(&fixture->all, connection, &local, now_ms);
    assert_true(sip_addr_equal(&connection->path.local, &local));
    sip__connections_proven(&fixture->all, connection);
    sip__connections_proven(&fixture->all, connection);
    return connection;
}

static void test_find(void **state)
{
    keeper fixture, other;
    sip__connection *a, *b;
    sip_path to = path_to(5060);

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 0, false), 0);
    a = add(&fixture, 5060, NULL, true, 0);
    b = add(&fixture, 5061, "ignored.test", false, 0);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, NULL), a);
    to.remote.port = 5061;
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, "other.test"), b); /* not secure */
    to.remote.port = 5062;
    assert_null(sip__connections_find(&fixture.all, &to, NULL));
    to.flow = a->flow; /* a flow wins over the address */
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, NULL), a);
    assert_int_equal(a->flow >> 56, 3);

    sip__connections_close(&fixture.all, a, &fixture.stats.broken, SIP_EIO, "reset");
    sip__connections_close(&fixture.all, a, &fixture.stats.slow, 0, "later");
    assert_string_equal(a->text, "reset");
    assert_int_equal(fixture.stats.broken, 1);
    assert_int_equal(fixture.stats.slow, 0);
    assert_null(sip__connections_find(&fixture.all, &to, NULL));
    assert_ptr_equal(sip__connections_take_closing(&fixture.all), a);
    assert_null(sip__connections_take_closing(&fixture.all));
    sip__connections_free(&fixture.all, a);

    /* Another transport's flow in the same table is not ours. */
    other = fixture;
    other.all.config.transport = &other.transport;
    to.flow = b->flow;
    assert_null(sip__connections_find(&other.all, &to, NULL));
    finish(&fixture);
}

static bool speaks_for(const sip__channel *channel, const char *name)
{
    return strcmp(channel->text, name) == 0;
}

/* RFC 5922, 5923: a secure one serves the name it was made for, or that its peer has proved. */
static void test_names(void **state)
{
    static const sip__channel_vtable proves = {.speaks_for = speaks_for};
    static const sip__channel_vtable silent = {0};
    sip__channel channel = {.vtable = &proves, .text = "proved.test"};
    keeper fixture;
    sip__connection *named, *plain, *came;
    sip_path to = path_to(5061);
    sip_addr local = to.remote;
    sip_addr alias = to.remote;

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 0, true), 0);
    named = add(&fixture, 5061, "a.test", false, 0);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, "a.test"), named);
    assert_null(sip__connections_find(&fixture.all, &to, "b.test"));
    assert_null(sip__connections_find(&fixture.all, &to, NULL));
    plain = add(&fixture, 5061, NULL, false, 0);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, NULL), plain);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, "a.test"), named);
    /* Before the handshake nothing is proved. */
    named->channel = &channel;
    assert_null(sip__connections_find(&fixture.all, &to, "proved.test"));
    sip__connections_handshake(&fixture.all, named, 5);
    assert_int_equal(named->since_ms, 5);
    sip__connections_opened(&fixture.all, named, &local, 6);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, "proved.test"), named);
    /* A peer that came to us may be sent requests for its proved name, and for its own address. */
    came = add(&fixture, 40000, NULL, true, 0);
    came->channel = &channel;
    to.remote.port = 40000;
    assert_null(sip__connections_find(&fixture.all, &to, "proved.test"));
    sip__connections_opened(&fixture.all, came, &local, 6);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, "proved.test"), came);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, NULL), came);
    /* An alias is but its claim: the address has to be proved as well. */
    alias.port = 5099;
    assert_int_equal(sip__connections_alias(&fixture.all, came, &alias), 0);
    to.remote = alias;
    assert_null(sip__connections_find(&fixture.all, &to, NULL));
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, "proved.test"), came);
    sip_addr_host(&alias, channel.text);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, NULL), came);
    to.remote.port = 40000;
    channel.vtable = &silent;
    assert_null(sip__connections_find(&fixture.all, &to, "proved.test"));
    to.flow = came->flow; /* its own flow needs no name */
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, NULL), came);
    finish(&fixture);
}

static void test_alias(void **state)
{
    keeper fixture;
    sip__connection *came;
    sip_path to = path_to(5060);
    sip_addr other = path_to(5070).remote;

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 0, false), 0);
    came = add_open(&fixture, 40000, 0);
    assert_int_equal(sip__connections_alias(&fixture.all, came, &to.remote), 0);
    assert_int_equal(sip__connections_alias(&fixture.all, came, &to.remote), 0);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, NULL), came);
    assert_int_equal(sip__connections_alias(&fixture.all, came, &other), 0);
    assert_null(sip__connections_find(&fixture.all, &to, NULL));
    to.remote.port = 5070;
    assert_ptr_equal(sip__connections_find(&fixture.all, &to, NULL), came);
    sip__connections_close(&fixture.all, came, NULL, 0, "");
    assert_null(sip__connections_find(&fixture.all, &to, NULL));
    finish(&fixture);
}

static void test_limit_closes_longest_unused(void **state)
{
    keeper fixture;
    sip__connection *a, *b, *c;
    sip_path path = path_to(4);
    sip__connection *none;
    sip__buffers *buffers = &fixture.all.buffers;

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 2, false), 0);
    a = add_open(&fixture, 1, 10);
    b = add_open(&fixture, 2, 20);
    sip__connections_touch(&fixture.all, a, 30);
    c = add_open(&fixture, 3, 40);
    assert_int_equal(b->state, SIP__CONNECTION_CLOSING);
    assert_int_equal(b->err, SIP_EBUSY);
    assert_int_equal(a->state, SIP__CONNECTION_OPEN);
    /* Busy ones are not closed. */
    assert_int_equal(sip__send_queue_note(&a->sends, buffers, 7, 100), 0);
    c->stalled_ms = 50;
    assert_int_equal(sip__connections_add(&fixture.all, &path, NULL, true, 50, &none), SIP_EBUSY);
    assert_string_equal(fixture.all.refusal, "connection over the limit");
    assert_int_equal(fixture.stats.refused_limit, 1);
    c->stalled_ms = 0;
    assert_int_equal(sip__connections_add(&fixture.all, &path, NULL, true, 50, &none), 0);
    assert_int_equal(c->state, SIP__CONNECTION_CLOSING);
    assert_int_equal(fixture.stats.closed_for_room, 2);
    finish(&fixture);
}

/* Who has proved nothing goes first, whatever its number. */
static void test_unproven_go_first(void **state)
{
    keeper fixture;
    sip__connection *idle, *first, *second, *none;
    sip_addr local = path_to(9).remote;
    sip_path path = path_to(4);

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 3, false), 0);
    fixture.all.config.limits.unproven = 2;
    idle = add_open(&fixture, 1, 0);
    first = add(&fixture, 2, NULL, true, 1000);
    second = add(&fixture, 3, NULL, true, 1500);
    sip__connections_opened(&fixture.all, first, &local, 1900);
    sip__connections_touch(&fixture.all, first, 1950); /* bytes alone prove nothing */
    /* Nobody is displaced in his first second: a crowd is served as it comes. */
    assert_int_equal(sip__connections_add(&fixture.all, &path, NULL, true, 1999, &none), SIP_EBUSY);
    assert_string_equal(fixture.all.refusal, "too many connections at once");
    assert_int_equal(fixture.stats.refused_limit, 1);
    (void)add(&fixture, 4, NULL, true, 2000);
    assert_int_equal(first->state, SIP__CONNECTION_CLOSING);
    assert_int_equal(fixture.stats.closed_unproven, 1);
    assert_int_equal(idle->state, SIP__CONNECTION_OPEN);
    /* At the limit of all, for one of ours. */
    (void)add(&fixture, 5, NULL, false, 2600);
    assert_int_equal(second->state, SIP__CONNECTION_CLOSING);
    assert_int_equal(idle->state, SIP__CONNECTION_OPEN);
    finish(&fixture);
}

static void set_partial(keeper *fixture, sip__connection *connection, sip_time_ms now_ms)
{
    connection->partial_ms = now_ms;
    sip__connections_sort(&fixture->all, connection);
}

/* Half a message, or nothing read, holds no slot against whoever comes; the longest goes first. */
static void test_stuck_make_room(void **state)
{
    keeper fixture;
    sip__connection *a, *b, *c, *idle, *none;
    sip_path path = path_to(9);

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 4, false), 0);
    a = add_open(&fixture, 1, 10);
    b = add_open(&fixture, 2, 10);
    c = add_open(&fixture, 3, 10);
    idle = add_open(&fixture, 4, 20);
    set_partial(&fixture, a, 5000);
    set_partial(&fixture, c, 5500);
    assert_true(sip__connections_note_stall(&fixture.all, b, 0, 100, 5200));
    sip__connections_touch(&fixture.all, a, 9000); /* use makes it no less stuck */
    (void)add_open(&fixture, 5, 9000);
    assert_int_equal(idle->state, SIP__CONNECTION_CLOSING);
    set_partial(&fixture, SIP_CONTAINER_OF(fixture.all.open.next, sip__connection, node), 9000);
    (void)add(&fixture, 6, NULL, true, 9000);
    assert_int_equal(a->state, SIP__CONNECTION_CLOSING);
    assert_int_equal(a->err, SIP_EBUSY);
    assert_int_equal(fixture.stats.closed_stuck, 1);
    /* Whose message came is stuck no more; the other reason keeps b, whatever it is sent. */
    set_partial(&fixture, c, 0);
    set_partial(&fixture, c, 9000);
    set_partial(&fixture, b, 6000);
    set_partial(&fixture, b, 0);
    (void)add(&fixture, 7, NULL, false, 9000);
    assert_int_equal(b->state, SIP__CONNECTION_CLOSING);
    /* A loss on the way is given its time. */
    assert_int_equal(sip__connections_add(&fixture.all, &path, NULL, true, 9999, &none), SIP_EBUSY);
    assert_int_equal(fixture.stats.closed_stuck, 2);
    assert_int_equal(fixture.stats.closed_for_room, 1);
    finish(&fixture);
}

/* Ten seconds at 1,000 bytes a second: less than 10,000 bytes in it is no progress. */
static void test_stall(void **state)
{
    keeper fixture;
    sip__connection *it;
    sip__connections *all = &fixture.all;

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 0, false), 0);
    it = add_open(&fixture, 1, 10);
    assert_false(sip__connections_note_stall(all, it, 500, 0, 1000));
    assert_int_equal(it->stalled_ms, 0);
    assert_true(sip__connections_note_stall(all, it, 500, 50000, 2000));
    assert_false(sip__connections_note_stall(all, it, 501, 50000, 3000));
    assert_false(sip__connections_note_stall(all, it, 10499, 40000, 9000));
    assert_int_equal(it->stalled_ms, 2000);
    assert_true(sip__connections_note_stall(all, it, 10500, 39999, 9500));
    assert_int_equal(it->stalled_ms, 9500);
    assert_int_equal(it->stuck_ms, 9500);
    assert_false(sip__connections_note_stall(all, it, 50499, 0, 9600));
    assert_int_equal(it->stalled_ms, 0);
    assert_int_equal(it->stuck_ms, 0);
    finish(&fixture);
}

static void test_limit_of_a_host(void **state)
{
    keeper fixture;
    sip_path path = path_to(3);
    sip__connection *first, *none;

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 0, false), 0);
    fixture.all.config.limits.per_host = 2;
    first = add_open(&fixture, 1, 0);
    (void)add_open(&fixture, 2, 0);
    assert_int_equal(sip__connections_add(&fixture.all, &path, NULL, true, 0, &none), SIP_EBUSY);
    assert_string_equal(fixture.all.refusal, "connection over the limit of one host");
    assert_int_equal(fixture.stats.refused_host, 1);
    (void)add(&fixture, 4, NULL, false, 0); /* our own do not count */
    sip__connections_close(&fixture.all, first, NULL, 0, "");
    (void)add_open(&fixture, 5, 0);
    finish(&fixture);
}

static void test_default_limits(void **state)
{
    sip_connection_limits limits = {0};

    (void)state;
    limits.message_ms = 7;
    sip__connection_limits_complete(&limits, 10000);
    assert_int_equal(limits.per_host, 2500);
    assert_int_equal(limits.unproven, 2500);
    assert_int_equal(limits.connect_ms, 10000);
    assert_int_equal(limits.message_ms, 7);
    memset(&limits, 0, sizeof(limits));
    sip__connection_limits_complete(&limits, 1);
    assert_int_equal(limits.per_host, 16);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        keeper fixture;

        fail_alloc_init(&fail, ++n);
        if (init(&fixture, &fail.allocator, 0, false) == 0) {
            sip_path path = path_to(1);
            sip__connection *connection;
            int accepted;

            for (accepted = 0; accepted < 2; accepted++) {
                if (sip__connections_add(&fixture.all, &path, "x.test", accepted != 0, 0,
                                         &connection) == 0) {
                    (void)sip__connections_alias(&fixture.all, connection, &path.remote);
                    sip__connections_close(&fixture.all, connection, NULL, SIP_EIO, "why");
                }
            }
        }
        finish(&fixture);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_alias),
        cmocka_unit_test(test_limit_closes_longest_unused),
        cmocka_unit_test(test_unproven_go_first),
        cmocka_unit_test(test_stuck_make_room),
        cmocka_unit_test(test_stall),
        cmocka_unit_test(test_limit_of_a_host),
        cmocka_unit_test(test_default_limits),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
