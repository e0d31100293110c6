#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sip/trace.h>

#include "support/fail_alloc.h"

#define HEADERS                                                                                    \
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n"     \
    "Call-ID: c1\r\nCSeq: 1 INVITE\r\n"

#define INVITE_SDP                                                                                 \
    "INVITE sip:b@192.0.2.2 SIP/2.0\r\n" HEADERS                                                   \
    "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"
#define RINGING "SIP/2.0 180 Ringing\r\n" HEADERS "Content-Length: 0\r\n\r\n"
#define OK_SDP                                                                                     \
    "SIP/2.0 200 OK\r\n" HEADERS                                                                   \
    "Content-Type: Application/SDP ;charset=utf-8\r\nContent-Length: 5\r\n\r\nv=0\r\n"
#define OK_TEXT                                                                                    \
    "SIP/2.0 200 OK\r\n" HEADERS "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"

static const sip_addr alice = {.ip = {192, 0, 2, 1}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr bob = {.ip = {192, 0, 2, 2}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr carol = {.ip = {192, 0, 2, 3}, .port = 5060, .family = SIP_FAMILY_IP4};

typedef struct fixture {
    sip_ladder *ladder;
    char line[512];
} fixture;

static int set_up(void **state)
{
    static fixture f;

    *state = &f;
    return sip_ladder_create(NULL, &f.ladder);
}

static int tear_down(void **state)
{
    fixture *f = *state;

    sip_ladder_destroy(f->ladder);
    return 0;
}

static sip_trace_event sent(sip_time_ms at_ms, const char *bytes, const sip_addr *remote)
{
    return (sip_trace_event){
        .at_ms = at_ms,
        .sent = true,
        .path = {.protocol = SIP_PROTOCOL_UDP, .remote = *remote},
        .bytes = sip_str_of(bytes),
    };
}

static void draw(fixture *f, const sip_trace_event *event, const sip_addr *self)
{
    int len = sip_ladder_draw(f->ladder, event, self, f->line, sizeof(f->line));

    assert_int_equal(len, strlen(f->line));
}

static void name_three(fixture *f)
{
    assert_int_equal(sip_ladder_add_column(f->ladder, "alice", &alice), 0);
    assert_int_equal(sip_ladder_add_column(f->ladder, "bob", &bob), 0);
    assert_int_equal(sip_ladder_add_column(f->ladder, "carol", &carol), 0);
}

static void a_call_is_drawn(void **state)
{
    fixture *f = *state;
    sip_trace_event event = sent(5000, INVITE_SDP, &bob);

    name_three(f);
    assert_true(sip_ladder_heading(f->ladder, f->line, sizeof(f->line)) > 0);
    assert_string_equal(
        f->line,
        "           alice                           bob                             carol");
    draw(f, &event, &alice);
    assert_string_equal(
        f->line, "    0.000  |--------- INVITE sdp --------->|                               |");
    event.at_ms = 6204;
    event.repeated = true;
    draw(f, &event, &alice);
    assert_string_equal(
        f->line,
        "    1.204  |--------- INVITE sdp --------->|                               |  (repeat)");
    event.dropped = "CSeq is missing";
    draw(f, &event, &alice);
    assert_string_equal(f->line,
                        "    1.204  |--------- INVITE sdp --------->|                       "
                        "        |  (dropped: CSeq is missing)");
    event = sent(6300, RINGING, &bob);
    event.sent = false;
    draw(f, &event, &alice);
    assert_string_equal(
        f->line, "    1.300  |<-------- 180 Ringing ---------|                               |");
    event = sent(3605000, OK_SDP, &alice);
    draw(f, &event, &bob);
    assert_string_equal(
        f->line, " 3600.000  |<-------- 200 OK sdp ----------|                               |");
}

static void arrows_cross_lanes_both_ways(void **state)
{
    fixture *f = *state;
    sip_trace_event event = sent(0, OK_TEXT, &carol);

    name_three(f);
    draw(f, &event, &alice);
    assert_string_equal(
        f->line, "    0.000  |--------------------------- 200 OK --------------------------->|");
    event.sent = false;
    draw(f, &event, &alice);
    assert_string_equal(
        f->line, "    0.000  |<-------------------------- 200 OK ----------------------------|");
    event = sent(0, OK_TEXT, &carol);
    draw(f, &event, &bob);
    assert_string_equal(
        f->line, "    0.000  |                               |----------- 200 OK ----------->|");
}

static void unnamed_addresses_get_a_column(void **state)
{
    fixture *f = *state;
    sip_trace_event event = sent(0, RINGING, &bob);

    draw(f, &event, &alice);
    assert_true(sip_ladder_heading(f->ladder, f->line, sizeof(f->line)) > 0);
    assert_string_equal(f->line, "           192.0.2.1:5060                  192.0.2.2:5060");
    /* Named later, it keeps its place. */
    assert_int_equal(sip_ladder_add_column(f->ladder, "bob", &bob), 0);
    assert_true(sip_ladder_heading(f->ladder, f->line, sizeof(f->line)) > 0);
    assert_string_equal(f->line, "           192.0.2.1:5060                  bob");
}

static void a_column_without_port_fits_any(void **state)
{
    fixture *f = *state;
    sip_addr any_port = bob, other_port = bob;
    sip_trace_event event;

    any_port.port = 0;
    other_port.port = 40000;
    assert_int_equal(sip_ladder_add_column(f->ladder, "host", &any_port), 0);
    assert_int_equal(sip_ladder_add_column(f->ladder, "exact", &bob), 0);
    event = sent(0, RINGING, &bob);
    draw(f, &event, &other_port);
    assert_string_equal(f->line, "    0.000  |--------- 180 Ringing -------->|");
}

static void further_addresses_are_elsewhere(void **state)
{
    fixture *f = *state;
    sip_addr addr = carol;
    sip_trace_event event;

    for (uint16_t i = 0; i < 20; i++) {
        addr.port = (uint16_t)(6000 + i);
        event = sent(0, RINGING, &addr);
        draw(f, &event, &alice);
    }
    assert_true(sip_ladder_heading(f->ladder, f->line, sizeof(f->line)) > 0);
    assert_non_null(strstr(f->line, "192.0.2.3:6005"));
    assert_null(strstr(f->line, "192.0.2.3:6006"));
    assert_non_null(strstr(f->line, "elsewhere"));
}

static void the_ninth_column_is_refused(void **state)
{
    fixture *f = *state;
    sip_addr addr = carol;
    sip_trace_event event = sent(0, RINGING, &bob);

    for (uint16_t i = 0; i < 8; i++) {
        addr.port = (uint16_t)(6000 + i);
        assert_int_equal(sip_ladder_add_column(f->ladder, "n", &addr), 0);
    }
    assert_int_equal(sip_ladder_add_column(f->ladder, "n", &alice), SIP_ETOOBIG);
    assert_int_equal(sip_ladder_add_column(f->ladder, "again", &addr), 0);
    assert_int_equal(sip_ladder_draw(f->ladder, &event, &alice, f->line, sizeof(f->line)),
                     SIP_ETOOBIG);
    event = sent(0, RINGING, &addr);
    addr.port = 6000;
    draw(f, &event, &addr);
    assert_int_equal(strlen(f->line), 11 + 7 * 32 + 1);
}

static void a_message_to_oneself_stands_beside_its_lane(void **state)
{
    fixture *f = *state;
    sip_trace_event event = sent(0, INVITE_SDP, &alice);

    name_three(f);
    draw(f, &event, &alice);
    assert_string_equal(
        f->line, "    0.000  |<> INVITE sdp                  |                               |");
}

static void an_unknown_self_has_a_column_of_its_own(void **state)
{
    fixture *f = *state;
    const sip_addr none = {0};
    sip_trace_event event = sent(0, RINGING, &bob);

    draw(f, &event, &none);
    draw(f, &event, &none);
    assert_true(sip_ladder_heading(f->ladder, f->line, sizeof(f->line)) > 0);
    assert_string_equal(f->line, "           ?                               192.0.2.2:5060");
}

static void what_is_no_message_is_said(void **state)
{
    fixture *f = *state;
    sip_trace_event event = sent(0, "\r\n\r\n", &bob);

    draw(f, &event, &alice);
    assert_string_equal(f->line, "    0.000  |-------- (keep-alive) -------->|");
    event = sent(0, "not SIP at all\r\n\r\n", &bob);
    draw(f, &event, &alice);
    assert_string_equal(f->line, "    0.000  |--------- (malformed) -------->|");
}

static void long_and_odd_phrases_do_not_disturb(void **state)
{
    fixture *f = *state;
    sip_trace_event event =
        sent(0, "SIP/2.0 481 Call/Transaction Does Not Exist\r\n" HEADERS "\r\n", &bob);

    draw(f, &event, &alice);
    assert_string_equal(f->line, "    0.000  |-- 481 Call/Transaction Does ->|");
    event = sent(0, "SIP/2.0 486 B\xc3\xbcsy\r\n" HEADERS "\r\n", &bob);
    draw(f, &event, &alice);
    assert_non_null(strstr(f->line, " 486 B??sy "));
    event = sent(0, "SIP/2.0 486 \r\n" HEADERS "\r\n", &bob);
    draw(f, &event, &alice);
    assert_non_null(strstr(f->line, "- 486 -"));
}

static void a_short_buffer_is_cut(void **state)
{
    fixture *f = *state;
    sip_trace_event event = sent(0, RINGING, &bob);
    char small[8] = "#######";

    assert_int_equal(sip_ladder_draw(f->ladder, &event, &alice, small, 5), 44);
    assert_memory_equal(small, "    \0##", 8);
    assert_int_equal(sip_ladder_draw(f->ladder, &event, &alice, NULL, 0), 44);
    assert_true(sip_ladder_heading(f->ladder, NULL, 0) > 0);
}

static void without_memory_it_says_so(void **state)
{
    sip_trace_event event = sent(0, RINGING, &bob);
    char line[256];
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_ladder *ladder = NULL;

        fail_alloc_init(&fail, ++n);
        int err = sip_ladder_create(&fail.allocator, &ladder);

        if (!err) {
            err = sip_ladder_draw(ladder, &event, &alice, line, sizeof(line));
        }
        assert_true(fail.failed ? err == SIP_ENOMEM || err == 44 : err == 44);
        sip_ladder_destroy(ladder);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 2);
}

#define WITH_LADDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LADDER(a_call_is_drawn),
        WITH_LADDER(arrows_cross_lanes_both_ways),
        WITH_LADDER(unnamed_addresses_get_a_column),
        WITH_LADDER(a_column_without_port_fits_any),
        WITH_LADDER(further_addresses_are_elsewhere),
        WITH_LADDER(the_ninth_column_is_refused),
        WITH_LADDER(a_message_to_oneself_stands_beside_its_lane),
        WITH_LADDER(an_unknown_self_has_a_column_of_its_own),
        WITH_LADDER(what_is_no_message_is_said),
        WITH_LADDER(long_and_odd_phrases_do_not_disturb),
        WITH_LADDER(a_short_buffer_is_cut),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
