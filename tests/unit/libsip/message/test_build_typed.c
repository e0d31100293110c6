#include "support/guard_str.h"

#include "support/fail_alloc.h"

#include <sip/headers.h>

static sip_build *begin(const sip_allocator *allocator)
{
    return sip_build_request(allocator, SIP_STR("INVITE"), SIP_STR("sip:b@h"));
}

static sip_msg *finish(sip_build *build)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

static const sip_replaces replaces = {
    .call_id = SIP_STR_INIT("1@h"), .to_tag = SIP_STR_INIT("t"), .from_tag = SIP_STR_INIT("f")};

static void test_lines(void **state)
{
    const sip_reason reason = {.protocol = SIP_STR("SIP"), .has_cause = true, .cause = 200};
    const sip_session_expires expires = {.interval_s = 90, .refresher = SIP_REFRESHER_UAS};
    sip_build *build = begin(NULL);
    sip_msg *msg;

    (void)state;
    sip_build_typed(build, &sip_replaces_type, &replaces);
    sip_build_typed(build, &sip_reason_type, &reason);
    sip_build_compact(build, true);
    sip_build_typed(build, &sip_session_expires_type, &expires);
    sip_build_typed(build, &sip_reason_type, &reason);
    msg = finish(build);
    assert_str(sip_msg_bytes(msg), "INVITE sip:b@h SIP/2.0\r\n"
                                   "Replaces: 1@h;to-tag=t;from-tag=f\r\n"
                                   "Reason: SIP;cause=200\r\n"
                                   "x: 90;refresher=uas\r\n"
                                   "Reason: SIP;cause=200\r\n"
                                   "l: 0\r\n\r\n");
    assert_true(sip_header_equal(&sip_replaces_type, sip_msg_replaces(msg), &replaces));
    assert_int_equal(sip_msg_session_expires(msg)->interval_s, 90);
    assert_int_equal(sip_msg_typed_count(msg, &sip_reason_type), 2);
    sip_msg_unref(msg);
}

/* Values longer than the room that is tried first, and than the builder's. */
static void test_long(void **state)
{
    static char text[5000];

    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t len = 200; len <= sizeof text; len += 25) {
        const sip_header_text subject = {{text, len}};
        sip_build *build = begin(NULL);
        sip_msg *msg;

        sip_build_typed(build, &sip_subject_type, &subject);
        sip_build_typed(build, &sip_organization_type, &subject);
        msg = finish(build);
        assert_int_equal(sip_msg_subject(msg)->text.len, len);
        assert_int_equal(sip_msg_organization(msg)->text.len, len);
        sip_msg_unref(msg);
    }
}

static int built(const sip_header_type *type, const void *value)
{
    sip_build *build = begin(NULL);
    sip_msg *msg = NULL;
    int err;

    sip_build_typed(build, type, value);
    sip_build_typed(build, &sip_replaces_type, &replaces);
    err = sip_build_finish(build, &msg);
    assert_null(msg);
    return err;
}

static int print_break(const sip_header_type *type, const void *value, char *out, size_t size)
{
    (void)type;
    (void)value;
    if (size > 5) {
        memcpy(out, "a\r\nb", 5);
    }
    return 4;
}

static void test_refused(void **state)
{
    static const sip_header_type broken = {.name = "X-Broken", .size = 1, .print = print_break};
    const sip_header_type nameless = {.name = "X Y", .size = 1, .print = print_break};
    const sip_header_text subject = {SIP_STR("a\r\nb")};
    const sip_header_number length = {5};

    (void)state;
    assert_int_equal(built(&sip_subject_type, &subject), SIP_EINVAL);
    assert_int_equal(built(&sip_subject_type, NULL), SIP_EINVAL);
    assert_int_equal(built(NULL, &subject), SIP_EINVAL);
    assert_int_equal(built(&sip_content_length_type, &length), SIP_EINVAL);
    assert_int_equal(built(&broken, "a"), SIP_EINVAL);
    assert_int_equal(built(&nameless, "a"), SIP_EINVAL);
    sip_build_typed(NULL, &sip_subject_type, &subject);
}

static const sip_field room_fields[] = {SIP_HEAD(TOKEN, 0, sip_header_text, text)};
static const sip_shape room_shape = SIP_SHAPE_HEAD(room_fields);
static const sip_header_type room_type = {
    .name = "X-Room", .size = sizeof(sip_header_text), .compact = 'w', .shape = &room_shape};

static void test_own_type(void **state)
{
    const sip_header_text room = {SIP_STR("blue")};
    sip_build *build = begin(NULL);
    sip_msg *msg;
    sip_msg *copy;

    (void)state;
    sip_build_typed(build, &room_type, &room);
    sip_build_compact(build, true);
    sip_build_typed(build, &room_type, &room);
    msg = finish(build);
    assert_str(sip_msg_find(msg, "X-Room", 0), "blue");
    assert_str(sip_msg_find(msg, "w", 0), "blue");
    build = begin(NULL);
    sip_build_copy_typed(build, msg, &room_type);
    sip_build_copy_typed(build, msg, &sip_subject_type);
    sip_build_copy_typed(build, msg, NULL);
    sip_build_copy_typed(build, NULL, &room_type);
    sip_build_copy_typed(NULL, msg, &room_type);
    copy = finish(build);
    assert_int_equal(sip_msg_typed_count(copy, &room_type), 2);
    assert_int_equal(sip_msg_header_lines(copy), 3);
    sip_msg_unref(msg);
    sip_msg_unref(copy);
}

static void test_copy_known(void **state)
{
    sip_build *build = begin(NULL);
    sip_msg *msg;
    sip_msg *copy;

    (void)state;
    sip_build_named(build, SIP_STR("s"), SIP_STR("a"));
    msg = finish(build);
    build = begin(NULL);
    sip_build_copy_typed(build, msg, &sip_subject_type);
    copy = finish(build);
    assert_str(sip_msg_subject(copy)->text, "a");
    sip_msg_unref(msg);
    sip_msg_unref(copy);
}

static void test_failing_allocator(void **state)
{
    static char text[4000];
    const sip_header_text subject = {{text, sizeof text}};
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    memset(text, 'a', sizeof text);
    do {
        sip_msg *msg = NULL;
        sip_build *build;
        int err;

        fail_alloc_init(&fail, ++n);
        build = begin(&fail.allocator);
        sip_build_typed(build, &sip_replaces_type, &replaces);
        sip_build_typed(build, &sip_subject_type, &subject);
        err = sip_build_finish(build, &msg);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 2);
}

/* Every header of the table: what is read of a message, built into another, reads as equal. */
static void test_every_type(void **state)
{
    static const char *const texts[] = {"a",
                                        "1",
                                        "<sip:a@h>;tag=x",
                                        "a/b;q=0.5",
                                        "1.2",
                                        "a;b=c",
                                        "*;audio",
                                        "1 2 INVITE",
                                        "a.b",
                                        "a=b",
                                        "icid-value=1",
                                        "1 INVITE",
                                        "1 a \"b\"",
                                        "SIP/2.0/UDP h;oc",
                                        "a=\"b\"",
                                        "x;to-tag=1;from-tag=2",
                                        "x;local-tag=1;remote-tag=2",
                                        "Digest a=\"b\"",
                                        "Sat, 13 Nov 2010 23:29:00 GMT",
                                        "ab30317f1a784dc48ff824d0d3715d86"};

    (void)state;
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        const sip_header_type *type = sip_header_type_of((sip_header_id)id);
        unsigned taken = 0;

        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            sip_build *build = begin(NULL);
            const void *value;
            sip_msg *msg;
            sip_msg *copy;

            if (id == SIP_HEADER_CONTENT_LENGTH) {
                sip_build_discard(build);
                taken = 1;
                break;
            }
            sip_build_named(build, sip_str_of(type->name), sip_str_of(texts[i]));
            msg = finish(build);
            value = sip_msg_typed(msg, type, 0);
            if (value != NULL) {
                taken++;
                build = begin(NULL);
                sip_build_compact(build, i % 2 == 0);
                sip_build_typed(build, type, value);
                copy = finish(build);
                assert_true(sip_header_equal(type, value, sip_msg_typed(copy, type, 0)));
                sip_msg_unref(copy);
            }
            sip_msg_unref(msg);
        }
        assert_true(taken > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),      cmocka_unit_test(test_long),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_own_type),
        cmocka_unit_test(test_copy_known), cmocka_unit_test(test_failing_allocator),
        cmocka_unit_test(test_every_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
