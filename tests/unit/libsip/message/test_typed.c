#include "support/guard_str.h"

#include "support/fail_alloc.h"

#include <sip/headers.h>

#include <stdio.h>
#include <stdlib.h>

#define START                                                                                      \
    "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"    \
    "To: <sip:b@h>\r\nCall-ID: 1@h\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"

static sip_msg *parse_with(const sip_allocator *allocator, const char *text)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(allocator, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static sip_msg *parse(const char *text)
{
    return parse_with(NULL, text);
}

static void test_one(void **state)
{
    sip_msg *msg = parse(START "Replaces: 1@h;to-tag=2;from-tag=3\r\nx: 90;refresher=uac\r\n\r\n");
    const sip_replaces *replaces = sip_msg_replaces(msg);

    (void)state;
    assert_str(replaces->to_tag, "2");
    assert_ptr_equal(replaces, sip_msg_replaces(msg));
    assert_ptr_equal(replaces, sip_msg_typed(msg, &sip_replaces_type, 0));
    assert_null(sip_msg_typed(msg, &sip_replaces_type, 1));
    assert_int_equal(sip_msg_session_expires(msg)->refresher, SIP_REFRESHER_UAC);
    assert_null(sip_msg_join(msg));
    assert_int_equal(sip_msg_typed_error(msg, &sip_join_type, 0, NULL), SIP_ENOENT);
    assert_int_equal(sip_msg_typed_error(msg, &sip_replaces_type, 0, NULL), 0);
    assert_int_equal(sip_msg_typed_count(msg, &sip_replaces_type), 1);
    assert_int_equal(sip_msg_typed_count(msg, &sip_join_type), 0);
    sip_msg_unref(msg);
}

/* Several values a line, over lines, folded, under both names, in any order of asking. */
static void test_lists(void **state)
{
    sip_msg *msg = parse(START "Reason: SIP;cause=1, Q.850;cause=2\r\nReason: SIP;text=\"a,b\",\r\n"
                               " SIP;cause=4\r\nReason:\r\na: *;audio,*;video\r\nRecv-Info: \r\n"
                               "Accept-Contact: *;text\r\n\r\n");

    (void)state;
    assert_int_equal(sip_msg_typed_count(msg, &sip_reason_type), 4);
    assert_int_equal(sip_msg_reason(msg, 3)->cause, 4);
    assert_int_equal(sip_msg_reason(msg, 0)->cause, 1);
    assert_str(sip_msg_reason(msg, 2)->text, "a,b");
    assert_str(sip_msg_reason(msg, 1)->protocol, "Q.850");
    assert_null(sip_msg_reason(msg, 4));
    assert_ptr_equal(sip_msg_reason(msg, 2), sip_msg_reason(msg, 2));
    assert_int_equal(sip_msg_typed_count(msg, &sip_accept_contact_type), 3);
    assert_int_equal(sip_msg_accept_contact(msg, 1)->features.video, SIP_ON);
    assert_int_equal(sip_msg_accept_contact(msg, 2)->features.text, SIP_ON);
    assert_null(sip_msg_recv_info(msg, 0));
    assert_int_equal(sip_msg_typed_error(msg, &sip_recv_info_type, 0, NULL), SIP_ENOENT);
    sip_msg_unref(msg);
}

/* The values that other accessors give have types too. */
static void test_types_beside(void **state)
{
    sip_msg *msg = parse(START "Authorization: Digest username=\"a\",response=\"b\"\r\n\r\n");
    const sip_via_value *via = sip_msg_typed(msg, &sip_via_type, 0);
    const sip_address *from = sip_msg_typed(msg, &sip_from_type, 0);
    const sip_auth *auth = sip_msg_typed(msg, &sip_authorization_type, 0);

    (void)state;
    assert_true(sip_str_same(via->via.branch, sip_msg_via(msg, 0)->branch));
    assert_true(sip_str_same(from->tag, sip_msg_from(msg)->tag));
    assert_str(auth->username, "a");
    sip_msg_unref(msg);
}

static void test_errors(void **state)
{
    static const char text[] = START "Replaces: 1@h;to-tag=2\r\nReason: SIP, SIP;cause=x, Q.850\r\n"
                                     "Event: a\r\n b\r\nRemote-Party-ID: <\r\n\r\n";
    sip_msg *msg = parse(text);
    sip_parse_error error = {0};

    (void)state;
    assert_null(sip_msg_replaces(msg));
    assert_int_equal(sip_msg_typed_error(msg, &sip_replaces_type, 0, NULL), SIP_ESYNTAX);
    assert_int_equal(sip_msg_typed_error(msg, &sip_replaces_type, 0, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, strstr(text, "to-tag=2") + 8 - text);
    assert_string_equal(error.rule, "Replaces");
    assert_string_equal(error.section, "RFC 3891 6.1");
    assert_int_equal(error.status, 400);
    assert_non_null(sip_msg_reason(msg, 0));
    assert_null(sip_msg_reason(msg, 1));
    assert_non_null(sip_msg_reason(msg, 2));
    assert_int_equal(sip_msg_typed_count(msg, &sip_reason_type), 3);
    assert_int_equal(sip_msg_typed_error(msg, &sip_reason_type, 1, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, strstr(text, "cause=x") - text);
    assert_int_equal(sip_msg_typed_error(msg, &sip_event_type, 0, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, strstr(text, "Event") - text);
    assert_int_equal(sip_msg_typed_error(msg, &sip_remote_party_id_type, 0, &error), SIP_ESYNTAX);
    assert_string_equal(error.section, "");
    sip_msg_unref(msg);
}

/* The words of a Call-ID have quotes and brackets that need no pair (RFC 3261 25.1). */
static void test_call_ids_in_a_list(void **state)
{
    sip_msg *msg = parse(START "In-Reply-To: a<b@h, \"c@h,, d\"e>@h\r\nIn-Reply-To: <f\r\n\r\n");
    static const char *const ids[] = {"a<b@h", "\"c@h", "d\"e>@h", "<f"};

    (void)state;
    assert_int_equal(sip_msg_typed_count(msg, &sip_in_reply_to_type), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_str(sip_msg_in_reply_to(msg, i)->text, ids[i]);
        assert_str(sip_msg_value(msg, SIP_HEADER_IN_REPLY_TO, i), ids[i]);
    }
    assert_null(sip_msg_value(msg, SIP_HEADER_IN_REPLY_TO, 4).ptr);
    sip_msg_unref(msg);
}

static void test_nothing(void **state)
{
    sip_msg *msg = parse(START "\r\n");

    (void)state;
    assert_null(sip_msg_typed(NULL, &sip_reason_type, 0));
    assert_null(sip_msg_typed(msg, NULL, 0));
    assert_int_equal(sip_msg_typed_count(NULL, &sip_reason_type), 0);
    assert_int_equal(sip_msg_typed_count(msg, NULL), 0);
    assert_int_equal(sip_msg_typed_error(NULL, &sip_reason_type, 0, NULL), SIP_EINVAL);
    assert_int_equal(sip_msg_typed_error(msg, NULL, 0, NULL), SIP_EINVAL);
    sip_msg_unref(msg);
}

/* An application's own header, made of a table. */
struct room {
    sip_str name;
    uint32_t floor;
    bool has_floor;
    sip_str params;
};

static const sip_field room_fields[] = {
    SIP_HEAD(TOKEN, 0, struct room, name),
    SIP_PARAM_HAS("floor", NUMBER, struct room, floor, has_floor),
};
static const sip_shape room_shape = SIP_SHAPE(room_fields, ';', struct room, params);
static const sip_header_type room_type = {.name = "X-Room",
                                          .size = sizeof(struct room),
                                          .compact = 'w',
                                          .is_list = true,
                                          .shape = &room_shape};
static const sip_header_type line_type = {
    .name = "X-Line", .size = sizeof(struct room), .shape = &room_shape};

static void test_own_type(void **state)
{
    sip_msg *msg = parse(START "X-Other: a\r\nx-room: blue;floor=2,red\r\nX-Line: a\r\nW: green\r\n"
                               "X-Line: b\r\nX-Room: grey;floor=x\r\n\r\n");
    const struct room *room = sip_msg_typed(msg, &room_type, 0);

    (void)state;
    assert_str(room->name, "blue");
    assert_int_equal(room->floor, 2);
    assert_int_equal(sip_msg_typed_count(msg, &room_type), 4);
    room = sip_msg_typed(msg, &room_type, 2);
    assert_str(room->name, "green");
    assert_null(sip_msg_typed(msg, &room_type, 3));
    assert_int_equal(sip_msg_typed_error(msg, &room_type, 3, NULL), SIP_ESYNTAX);
    room = sip_msg_typed(msg, &line_type, 1);
    assert_str(room->name, "b");
    assert_null(sip_msg_typed(msg, &line_type, 2));
    sip_msg_unref(msg);
}

/* Of thousands of values those beyond the arena's bound are told to lack memory, and asking for all
 * of them takes no quadratic time. */
static void test_many(void **state)
{
    char *text = malloc(60000);
    size_t n = 0;
    size_t values = 1;
    size_t len = (size_t)snprintf(text, 60000, START "Supported: a");
    sip_msg *msg;

    (void)state;
    for (; len < 50000; values++) {
        len += (size_t)snprintf(text + len, 60000 - len,
                                values % 2000 == 0 ? "\r\nSupported: a" : ",a");
    }
    snprintf(text + len, 60000 - len, "\r\n\r\n");
    msg = parse(text);
    while (sip_msg_supported(msg, n) != NULL) {
        n++;
    }
    assert_true(n > 100);
    assert_int_equal(sip_msg_typed_error(msg, &sip_supported_type, n, NULL), SIP_ENOMEM);
    assert_int_equal(sip_msg_typed_count(msg, &sip_supported_type), values);
    sip_msg_unref(msg);
    free(text);
}

static void test_failing_allocator(void **state)
{
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_msg *msg = NULL;

        fail_alloc_init(&fail, ++n);
        if (sip_msg_parse(&fail.allocator, NULL, SIP_STR(START "Reason: a,b,c,d,e,f,g,h\r\n\r\n"),
                          NULL, &msg, NULL) == 0) {
            for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
                (void)sip_msg_typed(msg, sip_header_type_of((sip_header_id)id), 0);
            }
            for (size_t i = 0; i < 8; i++) {
                const sip_reason *reason = sip_msg_reason(msg, i);
                const int err = sip_msg_typed_error(msg, &sip_reason_type, i, NULL);

                assert_true(reason != NULL || fail.failed || err == SIP_ENOMEM);
                assert_true(err == 0 || err == SIP_ENOMEM);
            }
        }
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 2);
}

static void test_copy(void **state)
{
    sip_msg *msg = parse(START "Reason: a\r\n\r\n");
    sip_msg *copy = NULL;
    const sip_reason *reason = sip_msg_reason(msg, 0);

    (void)state;
    assert_int_equal(sip_msg_copy(msg, &copy), 0);
    assert_ptr_not_equal(sip_msg_reason(copy, 0), reason);
    assert_true(sip_header_equal(&sip_reason_type, sip_msg_reason(copy, 0), reason));
    sip_msg_unref(msg);
    assert_str(sip_msg_reason(copy, 0)->protocol, "a");
    sip_msg_unref(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one),          cmocka_unit_test(test_lists),
        cmocka_unit_test(test_types_beside), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_nothing),      cmocka_unit_test(test_own_type),
        cmocka_unit_test(test_many),         cmocka_unit_test(test_failing_allocator),
        cmocka_unit_test(test_copy),         cmocka_unit_test(test_call_ids_in_a_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
