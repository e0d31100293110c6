#include "dialog/dialog_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static sip_msg *parse(const char *text)
{
    sip_msg *msg;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static void which_tag_is_ours(void **state)
{
    sip_msg *request = parse("BYE sip:a@b SIP/2.0\r\nFrom: <sip:x@y>;tag=f\r\n"
                             "To: <sip:a@b>;tag=t\r\nCall-ID: c\r\n\r\n");
    sip_msg *response = parse("SIP/2.0 200 OK\r\nFrom: <sip:x@y>;tag=f\r\n"
                              "To: <sip:a@b>;tag=t\r\nCall-ID: c\r\n\r\n");
    sip_msg *bare = parse("BYE sip:a@b SIP/2.0\r\n\r\n");
    dum__dialog_id id = dum__dialog_id_of_request(request);

    (void)state;
    assert_true(sip_str_equal(id.call_id, "c"));
    assert_true(sip_str_equal(id.local_tag, "t"));
    assert_true(sip_str_equal(id.remote_tag, "f"));
    id = dum__dialog_id_of_response(response);
    assert_true(sip_str_equal(id.local_tag, "f"));
    assert_true(sip_str_equal(id.remote_tag, "t"));
    id = dum__dialog_id_of_request(bare);
    assert_int_equal(id.call_id.len + id.local_tag.len + id.remote_tag.len, 0);
    sip_msg_unref(request);
    sip_msg_unref(response);
    sip_msg_unref(bare);
}

static void call_id_and_tag_are_not_interchangeable(void **state)
{
    const dum__dialog_id ab = {.call_id = SIP_STR_INIT("a"), .local_tag = SIP_STR_INIT("b")};
    const dum__dialog_id ba = {.call_id = SIP_STR_INIT("b"), .local_tag = SIP_STR_INIT("a")};
    sip_map map;

    (void)state;
    assert_int_equal(sip_map_init(&map, sip_allocator_default(), sip_random_system()), 0);
    assert_true(dum__dialog_id_hash(&map, &ab) == dum__dialog_id_hash(&map, &ab));
    assert_true(dum__dialog_id_hash(&map, &ab) != dum__dialog_id_hash(&map, &ba));
    sip_map_finish(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_tag_is_ours),
        cmocka_unit_test(call_id_and_tag_are_not_interchangeable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
