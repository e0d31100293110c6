#include "body_check.h"

#include <sip/multipart.h>

#include "support/fail_alloc.h"

/* Counts up: the first eight bytes give "abcdefgh". */
static void count_up(void *bytes, size_t len, void *user_data)
{
    unsigned char *next = user_data;

    for (size_t i = 0; i < len; i++) {
        ((unsigned char *)bytes)[i] = (*next)++;
    }
}

static const sip_header further[] = {{"Content-Language", "en"}, {NULL, NULL}};
static const sip_part parts[] = {
    {.body = {.type = SIP_STR_INIT("application/sdp"), .data = SIP_STR_INIT("v=0\r\n")}},
    {.body = {.type = SIP_STR_INIT("text/plain"),
              .data = SIP_STR_INIT("hi"),
              .disposition = SIP_STR_INIT("render;handling=optional"),
              .headers = further},
     .id = SIP_STR_INIT("a@b"),
     .encoding = SIP_TRANSFER_BASE64},
};

static void test_create(void **state)
{
    unsigned char seed = 0;
    const sip_random random = {count_up, &seed};
    const sip_multipart_config config = {.subtype = "related",
                                         .params = "start=\"<a@b>\"",
                                         .parts = parts,
                                         .n_parts = 2,
                                         .random = &random};
    sip_body *body = NULL;
    sip_multipart *multipart;

    (void)state;
    assert_int_equal(sip_multipart_create(NULL, &config, &body), 0);
    assert_str(body->type, "multipart/related;boundary=abcdefghijklmnopqrstuvwx;start=\"<a@b>\"");
    assert_str(body->data, "--abcdefghijklmnopqrstuvwx\r\nContent-Type: application/sdp\r\n\r\n"
                           "v=0\r\n\r\n--abcdefghijklmnopqrstuvwx\r\nContent-Type: text/plain\r\n"
                           "Content-Disposition: render;handling=optional\r\nContent-ID: <a@b>\r\n"
                           "Content-Transfer-Encoding: base64\r\nContent-Language: en\r\n\r\naGk="
                           "\r\n--abcdefghijklmnopqrstuvwx--\r\n");
    assert_int_equal(sip_multipart_read(NULL, body, NULL, &multipart), 0);
    assert_str(sip_multipart_root(multipart)->body.data, "hi");
    sip_multipart_free(NULL, multipart);
    sip_free(NULL, body);
}

/* The first boundary occurs in a part: another is taken. */
static void test_collision(void **state)
{
    unsigned char seed = 0;
    const sip_random random = {count_up, &seed};
    const sip_part part = {.body = {.data = SIP_STR_INIT("x\r\n--abcdefghijklmnopqrstuvwx\r\n")}};
    const sip_multipart_config config = {
        .subtype = "mixed", .parts = &part, .n_parts = 1, .random = &random};
    sip_body *body = NULL;

    (void)state;
    assert_int_equal(sip_multipart_create(NULL, &config, &body), 0);
    assert_true(sip_str_equal((sip_str){body->type.ptr, 25}, "multipart/mixed;boundary="));
    assert_false(sip_str_equal((sip_str){body->type.ptr + 25, 24}, "abcdefghijklmnopqrstuvwx"));
    sip_free(NULL, body);
}

static void same_again(void *bytes, size_t len, void *user_data)
{
    (void)user_data;
    memset(bytes, 0, len);
}

static void test_create_refuses(void **state)
{
    const sip_random random = {same_again, NULL};
    const sip_part hostile = {.body = {.data = SIP_STR_INIT("--aaaaaaaaaaaaaaaaaaaaaaaa")}};
    const sip_part bad = {.body = {.type = SIP_STR_INIT("a\r\nb")}};
    const sip_multipart_config configs[] = {
        {.subtype = "mixed", .parts = &hostile, .n_parts = 1, .random = &random},
        {.subtype = "mixed", .parts = &bad, .n_parts = 1},
        {.subtype = "mixed", .parts = parts, .n_parts = 0},
        {.subtype = "", .parts = parts, .n_parts = 1},
        {.subtype = "mixed", .params = "a\r\nb", .parts = parts, .n_parts = 1},
    };
    sip_body *body = NULL;
    fail_alloc fail;

    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        assert_int_equal(sip_multipart_create(NULL, &configs[i], &body), SIP_EINVAL);
        assert_null(body);
    }
    assert_int_equal(sip_multipart_create(NULL, NULL, &body), SIP_EINVAL);
    fail_alloc_init(&fail, 1);
    assert_int_equal(
        sip_multipart_create(&fail.allocator,
                             &(sip_multipart_config){.subtype = "a", .parts = parts, .n_parts = 1},
                             &body),
        SIP_ENOMEM);
}

static int print_answer(const void *object, char *out, size_t size)
{
    if (size > 2) {
        memcpy(out, "42", 3);
    }
    return object != NULL ? 2 : SIP_EINVAL;
}

static const sip_body_codec answer = {"text/answer", print_answer};

static void test_part(void **state)
{
    const sip_part typed = {.body = {.codec = &answer, .object = &answer}};
    const sip_part unsound = {.body = {.codec = &answer}};
    const sip_part encoded = {.body = {.codec = &answer, .object = &answer},
                              .encoding = SIP_TRANSFER_BASE64};
    const sip_part bad_id = {.id = SIP_STR_INIT("a\nb")};
    const sip_header bad_header[] = {{"a b", "c"}, {NULL, NULL}};
    const sip_part bad = {.body = {.headers = bad_header}};
    char out[100];

    (void)state;
    assert_int_equal(sip_part_print(&typed, out, sizeof out), 31);
    assert_string_equal(out, "Content-Type: text/answer\r\n\r\n42");
    assert_int_equal(sip_part_print(&unsound, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_part_print(&encoded, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_part_print(&bad_id, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_part_print(&bad, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_part_print(NULL, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_part_print(&typed, NULL, 1), SIP_EINVAL);
}

static void test_print_refuses(void **state)
{
    const sip_part part = {.body = {.data = SIP_STR_INIT("a\r\n--b--\r\n")}};
    const sip_multipart occurs = {.boundary = SIP_STR_INIT("b"), .parts = &part, .n_parts = 1};
    const sip_multipart nameless = {.parts = &part, .n_parts = 1};
    const sip_multipart empty = {.boundary = SIP_STR_INIT("b")};
    char out[200];

    (void)state;
    assert_int_equal(sip_multipart_print(&occurs, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_multipart_print(&nameless, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_multipart_print(&empty, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_multipart_print(NULL, out, sizeof out), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),         cmocka_unit_test(test_collision),
        cmocka_unit_test(test_create_refuses), cmocka_unit_test(test_part),
        cmocka_unit_test(test_print_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
