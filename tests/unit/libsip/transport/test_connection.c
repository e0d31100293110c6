/* Connections without sockets: found, reused, bounded, expired, with the sends that have not left.
 */
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
    sip__connections all;
} keeper;

static int init(keeper *fixture, const sip_allocator *allocator, size_t limit)
{
    memset(fixture, 0, sizeof(*fixture));
    sip_id_table_init(&fixture->flows, allocator, 3);
    return sip__connections_init(&fixture->all, allocator, &fixture->flows, &fixture->transport,
                                 limit, 1000);
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
    free_list(fixture, &fixture->all.open);
    free_list(fixture, &fixture->all.closing);
    assert_int_equal(fixture->all.count, 0);
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

static sip__connection *add(keeper *fixture, uint16_t port, bool open, sip_time_ms now_ms)
{
    sip_path path = path_to(port);
    sip__connection *connection = NULL;

    assert_int_equal(sip__connections_add(&fixture->all, &path, open, now_ms, &connection), 0);
    return connection;
}

static void test_find(void **state)
{
    keeper fixture, other;
    sip__connection *a, *b;
    sip_path to = path_to(5060);

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 0), 0);
    a = add(&fixture, 5060, true, 0);
    b = add(&fixture, 5061, false, 0);
    assert_ptr_equal(sip__connections_find(&fixture.all, &to), a);
    to.remote.port = 5061;
    assert_ptr_equal(sip__connections_find(&fixture.all, &to), b);
    to.remote.port = 5062;
    assert_null(sip__connections_find(&fixture.all, &to));
    to.flow = a->flow; /* a flow wins over the address */
    assert_ptr_equal(sip__connections_find(&fixture.all, &to), a);
    assert_int_equal(a->flow >> 56, 3);

    sip__connections_close(&fixture.all, a, SIP_EIO, "reset");
    sip__connections_close(&fixture.all, a, 0, "later");
    assert_string_equal(a->text, "reset");
    assert_null(sip__connections_find(&fixture.all, &to));
    assert_ptr_equal(sip__connections_take_closing(&fixture.all), a);
    assert_null(sip__connections_take_closing(&fixture.all));
    sip__connections_free(&fixture.all, a);

    /* Another transport's flow in the same table is not ours. */
    other = fixture;
    other.all.transport = &other.transport;
    to.flow = b->flow;
    assert_null(sip__connections_find(&other.all, &to));
    finish(&fixture);
}

static void test_limit_closes_longest_unused(void **state)
{
    keeper fixture;
    sip__connection *a, *b, *c;
    sip_path path = path_to(4);
    sip__connection *none;

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 2), 0);
    a = add(&fixture, 1, true, 10);
    b = add(&fixture, 2, true, 20);
    sip__connections_touch(&fixture.all, a, 30);
    c = add(&fixture, 3, true, 40);
    assert_int_equal(b->state, SIP__CONNECTION_CLOSING);
    assert_int_equal(b->err, SIP_EBUSY);
    assert_int_equal(a->state, SIP__CONNECTION_OPEN);
    /* Busy ones are not closed. */
    assert_int_equal(sip__connection_note_send(&fixture.all, a, 7, 100), 0);
    assert_int_equal(sip__connection_note_send(&fixture.all, c, 8, 100), 0);
    assert_int_equal(sip__connections_add(&fixture.all, &path, true, 50, &none), SIP_EBUSY);
    sip__connection_written(c, 100);
    assert_int_equal(sip__connections_add(&fixture.all, &path, true, 50, &none), 0);
    assert_int_equal(c->state, SIP__CONNECTION_CLOSING);
    finish(&fixture);
}

static void test_expire(void **state)
{
    keeper fixture;
    sip__connection *slow, *idle, *busy;
    sip_addr local = path_to(9).remote;

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 0), 0);
    slow = add(&fixture, 1, false, 1000);
    idle = add(&fixture, 2, false, 1000);
    busy = add(&fixture, 3, true, 1000);
    sip__connections_opened(&fixture.all, idle, &local, 2000);
    assert_true(sip_addr_equal(&idle->path.local, &local));
    sip__connections_touch(&fixture.all, slow, 9000); /* does not prolong an attempt */
    sip__connections_expire(&fixture.all, 10999, 0);
    assert_int_equal(slow->state, SIP__CONNECTION_CONNECTING);
    sip__connections_touch(&fixture.all, busy, 11000);
    sip__connections_expire(&fixture.all, 11000, 60000);
    assert_int_equal(slow->state, SIP__CONNECTION_CLOSING);
    assert_false(slow->was_open);
    sip__connections_expire(&fixture.all, 62000, 60000);
    assert_int_equal(idle->state, SIP__CONNECTION_CLOSING);
    assert_true(idle->was_open);
    assert_int_equal(busy->state, SIP__CONNECTION_OPEN);
    finish(&fixture);
}

static void test_sends(void **state)
{
    keeper fixture;
    sip__connection *a;
    uint64_t i;

    (void)state;
    assert_int_equal(init(&fixture, sip_allocator_default(), 0), 0);
    a = add(&fixture, 1, true, 0);
    for (i = 1; i <= 30; i++) {
        assert_int_equal(sip__connection_note_send(&fixture.all, a, i % 3 == 0 ? 0 : i, i * 10), 0);
        if (i % 4 == 0) {
            sip__connection_written(a, i * 5); /* half of it */
        }
    }
    sip__connection_written(a, 279); /* the 28th has not left whole */
    assert_int_equal(a->n_sends, 3);
    assert_int_equal(sip__connection_take_send(a), 28);
    assert_int_equal(sip__connection_take_send(a), 29);
    assert_int_equal(sip__connection_take_send(a), 0);
    finish(&fixture);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        keeper fixture;

        fail_alloc_init(&fail, ++n);
        if (init(&fixture, &fail.allocator, 0) == 0) {
            sip_path path = path_to(1);
            sip__connection *connection;

            if (sip__connections_add(&fixture.all, &path, true, 0, &connection) == 0) {
                uint64_t i;

                for (i = 1; i < 20; i++) {
                    (void)sip__connection_note_send(&fixture.all, connection, i, i);
                }
            }
            finish(&fixture);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),      cmocka_unit_test(test_limit_closes_longest_unused),
        cmocka_unit_test(test_expire),    cmocka_unit_test(test_sends),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
