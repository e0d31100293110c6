/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "message_samples.h"
#include "support/fail_alloc.h"
#include "support/guard_page.h"
#include "support/msg_walk.h"

static int parse(const char *text, const sip_msg_limits *limits, sip_msg **ret_msg,
                 sip_parse_error *reterr)
{
    return sip_msg_parse(NULL, limits, sip_str_of(text), NULL, ret_msg, reterr);
}

static void test_bytes_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_SAMPLES; i++) {
        sip_str bytes = {message_samples[i].text, message_samples[i].len};
        sip_msg *msg = NULL;

        assert_int_equal(sip_msg_parse(NULL, NULL, bytes, NULL, &msg, NULL), 0);
        assert_true(sip_str_same(sip_msg_bytes(msg), bytes));
        assert_int_equal(sip_msg_check(msg, NULL, NULL), 0);
        assert_ptr_not_equal(sip_msg_bytes(msg).ptr, bytes.ptr);
        sip_msg_unref(msg);
    }
}

static void test_source_is_kept(void **state)
{
    sip_path path = {.protocol = SIP_PROTOCOL_TCP, .flow = 9};
    sip_msg *msg = NULL;

    (void)state;
    assert_int_equal(sip_msg_parse(NULL, NULL, SIP_STR(sample_bye), &path, &msg, NULL), 0);
    assert_int_equal(sip_msg_source(msg)->protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(sip_msg_source(msg)->flow, 9);
    sip_msg_unref(msg);
}

static void test_leading_line_ends(void **state)
{
    sip_parse_error error = {0};
    sip_msg *msg = NULL;
    char text[2048];

    (void)state;
    memcpy(text, "\r\n\r\n", 4);
    memcpy(text + 4, sample_bye, sizeof(sample_bye));
    assert_int_equal(parse(text, NULL, &msg, NULL), 0);
    assert_true(sip_str_equal(sip_msg_bytes(msg), sample_bye));
    sip_msg_unref(msg);
    assert_int_equal(parse("\r\n\r\n", NULL, &msg, &error), SIP_EAGAIN);
    assert_int_equal(parse("", NULL, &msg, &error), SIP_EAGAIN);
    assert_int_equal(parse(" \t\r\n", NULL, &msg, &error), SIP_EAGAIN);
    assert_int_equal(error.status, 0);
    assert_int_equal(parse("\r\nBYE\r\n\r\n", NULL, &msg, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, 2);
    assert_int_equal(parse(sample_bye, NULL, NULL, NULL), SIP_EINVAL);
}

#define HEAD "OPTIONS sip:a@b SIP/2.0\r\n"

static void test_body_length(void **state)
{
    static const struct {
        const char *text;
        int rc;
        const char *body;
    } cases[] = {
        {HEAD "\r\nabc", 0, "abc"},
        {HEAD "l: 2\r\n\r\nabc", 0, "ab"},
        {HEAD "l: 0\r\n\r\nabc", 0, NULL},
        {HEAD "l: 3\r\nContent-Length: 3\r\n\r\nabc", 0, "abc"},
        {HEAD "l: 2\r\nContent-Length: 3\r\n\r\nabc", SIP_ESYNTAX, NULL},
        {HEAD "l: 4\r\n\r\nabc", SIP_ESYNTAX, NULL},
        {HEAD "l: -1\r\n\r\nabc", SIP_ESYNTAX, NULL},
        {HEAD "l: 4294967296\r\n\r\nabc", SIP_ESYNTAX, NULL},
        {HEAD "l: \r\n\r\nabc", SIP_ESYNTAX, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_parse_error error = {0};
        sip_msg *msg = NULL;

        assert_int_equal(parse(cases[i].text, NULL, &msg, &error), cases[i].rc);
        if (cases[i].rc == 0) {
            const sip_body *body = sip_msg_body(msg);

            assert_int_equal(body != NULL, cases[i].body != NULL);
            assert_true(body == NULL || sip_str_equal(body->data, cases[i].body));
        } else {
            assert_null(msg);
            assert_int_equal(error.status, 400);
            assert_true(error.id == SIP_RULE_CONTENT_LENGTH || error.id == SIP_RULE_BODY_LENGTH);
        }
        sip_msg_unref(msg);
    }
}

static void test_errors(void **state)
{
    static const struct {
        const char *text;
        const char *rule;
        size_t offset;
        int status;
    } cases[] = {
        {"OPTIONS sip:a@b SIP/2.0", "end of the start line", 23, 400},
        {"OPTIONS sip:a@b; SIP/2.0 SIP/2.0\r\n\r\n", "start line", 0, 400},
        {"\x01\x02\r\n\r\n", "start line", 0, 400},
        {"SIP/2.0 9999 No\r\n\r\n", "start line", 0, 0},
        {HEAD "Via\r\n\r\n", "header line", 0, 400},
        {HEAD "a: b\r\n", "end of the headers", 31, 400},
        {HEAD ": b\r\n\r\n", "header line", 0, 400},
        {"SIP/2.0 200 OK\r\nl: x\r\n\r\n", "Content-Length", 16, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_parse_error error = {0};
        sip_msg *msg = NULL;

        assert_int_equal(parse(cases[i].text, NULL, &msg, &error), SIP_ESYNTAX);
        assert_string_equal(error.rule, cases[i].rule);
        assert_int_equal(error.status, cases[i].status);
        assert_non_null(error.section);
        assert_true(cases[i].offset == 0 || error.offset == cases[i].offset);
    }
}

/* `count` header lines, each with a value of `len` bytes. */
static char *long_message(size_t count, size_t len)
{
    char *text = malloc(sizeof(HEAD) + count * (len + 5) + 3);
    char *at = text;

    assert_non_null(text);
    memcpy(at, HEAD, sizeof(HEAD) - 1);
    at += sizeof(HEAD) - 1;
    for (size_t i = 0; i < count; i++) {
        memcpy(at, "X: ", 3);
        memset(at + 3, 'a' + (int)(i % 26), len);
        memcpy(at + 3 + len, "\r\n", 2);
        at += len + 5;
    }
    memcpy(at, "\r\n", 3);
    return text;
}

static int parse_long(size_t count, size_t len, const sip_msg_limits *limits,
                      sip_parse_error *error)
{
    char *text = long_message(count, len);
    sip_msg *msg = NULL;
    int rc = parse(text, limits, &msg, error);

    if (rc == 0) {
        assert_int_equal(sip_msg_header_lines(msg), count);
        for (size_t i = 0; i < count; i++) {
            sip_str value = sip_msg_find(msg, "x", i);

            assert_int_equal(value.len, len);
            assert_true(len == 0 || value.ptr[0] == (char)('a' + i % 26));
        }
        assert_null(sip_msg_find(msg, "x", count).ptr);
    }
    sip_msg_unref(msg);
    free(text);
    return rc;
}

#define LIMIT_HEAD(uri, via, to)                                                                   \
    "OPTIONS " uri " SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1" via "\r\n"                     \
    "From: <sip:a@b>;tag=1\r\nTo: " to "\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"

/* Those of values are met when they are read, and told by the check. */
static void test_limits_of_values(void **state)
{
    static const sip_msg_limits small = {.uri_bytes = 12, .params = 3};
    static const struct {
        const char *text;
        int parsed, checked, status;
        sip_rule rule;
    } cases[] = {
        {LIMIT_HEAD("sip:b@h.long", ";a;b", "<sip:b@h.long>;a;b;c"), 0, 0, 0, SIP_RULE_NONE},
        {LIMIT_HEAD("sip:b@h.long", ";a;b", "<sip:b@h.x;a;b;c>"), 0, SIP_ETOOBIG, 513,
         SIP_RULE_URI_LENGTH},
        {LIMIT_HEAD("sip:b@h.longer", "", "<sip:b@h>"), SIP_ETOOBIG, 0, 414,
         SIP_RULE_REQUEST_URI_LENGTH},
        {LIMIT_HEAD("sip:b@h", ";a;b;c", "<sip:b@h>"), 0, SIP_ETOOBIG, 513, SIP_RULE_PARAM_COUNT},
        {LIMIT_HEAD("sip:b@h", "", "<sip:b@h>;a;b;c;d"), 0, SIP_ETOOBIG, 513, SIP_RULE_PARAM_COUNT},
        {LIMIT_HEAD("sip:b@h", "", "<sip:h;a;b;c;d>"), 0, SIP_ETOOBIG, 513, SIP_RULE_URI_LENGTH},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_parse_error error = {0};
        sip_msg *msg = NULL;

        assert_int_equal(parse(cases[i].text, &small, &msg, &error), cases[i].parsed);
        if (msg != NULL) {
            assert_int_equal(sip_msg_check(msg, NULL, &error), cases[i].checked);
            assert_true(cases[i].checked == 0 || sip_msg_to(msg) == NULL ||
                        sip_msg_via(msg, 0) == NULL);
            sip_msg_unref(msg);
        }
        assert_int_equal(error.status, cases[i].status);
        assert_int_equal(error.id, cases[i].rule);
        assert_int_equal(parse(cases[i].text, NULL, &msg, NULL), 0);
        assert_int_equal(sip_msg_check(msg, NULL, NULL), 0);
        sip_msg_unref(msg);
    }
}

/* The parameters of a URI count for themselves, also in a copy. */
static void test_limit_of_uri_params(void **state)
{
    static const sip_msg_limits small = {.params = 3};
    sip_parse_error error = {0};
    sip_msg *msg = NULL;
    sip_msg *copy = NULL;

    (void)state;
    assert_int_equal(parse(LIMIT_HEAD("sip:b@h", "", "<sip:h;a;b;c>;a;b;c"), &small, &msg, NULL),
                     0);
    assert_int_equal(sip_msg_check(msg, NULL, &error), 0);
    sip_msg_unref(msg);
    assert_int_equal(parse(LIMIT_HEAD("sip:b@h", "", "<sip:h;a;b;c;d>"), &small, &msg, NULL), 0);
    assert_int_equal(sip_msg_copy(msg, &copy), 0);
    assert_int_equal(sip_msg_check(msg, NULL, &error), SIP_ETOOBIG);
    assert_int_equal(error.id, SIP_RULE_PARAM_COUNT);
    assert_int_equal(sip_msg_check(copy, NULL, NULL), SIP_ETOOBIG);
    sip_msg_unref(copy);
    sip_msg_unref(msg);
}

static void test_limits(void **state)
{
    const sip_msg_limits small = {
        .message_bytes = 300, .headers = 4, .header_bytes = 60, .arena_factor = 1};
    sip_parse_error error = {0};

    (void)state;
    assert_int_equal(parse_long(31, 3, NULL, &error), 0);
    assert_int_equal(parse_long(32, 3, NULL, &error), 0);
    assert_int_equal(parse_long(33, 0, NULL, &error), 0);
    assert_int_equal(parse_long(512, 1, NULL, &error), 0);
    assert_int_equal(parse_long(513, 1, NULL, &error), SIP_ETOOBIG);
    assert_int_equal(error.status, 513);
    assert_int_equal(parse_long(1, 16381, NULL, &error), 0);
    assert_int_equal(parse_long(1, 16382, NULL, &error), SIP_ETOOBIG);
    assert_int_equal(parse_long(5, 16000, NULL, &error), SIP_ETOOBIG);
    assert_string_equal(error.rule, "length of the message");
    assert_int_equal(parse_long(4, 57, &small, &error), 0);
    assert_int_equal(parse_long(4, 58, &small, &error), SIP_ETOOBIG);
    assert_int_equal(parse_long(5, 1, &small, &error), SIP_ETOOBIG);
    assert_int_equal(parse_long(4, 70, &small, &error), SIP_ETOOBIG);
}

static void test_unfolding(void **state)
{
    sip_msg *msg = NULL;

    (void)state;
    assert_int_equal(parse(HEAD "Subject: a \r\n\t b\r\n \r\n  c\r\nX:\r\n y\r\nTo: z\r\n\r\n",
                           NULL, &msg, NULL),
                     0);
    assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_SUBJECT, 0), "a b c"));
    assert_true(sip_str_equal(sip_msg_find(msg, "X", 0), "y"));
    assert_true(sip_str_equal(sip_msg_find(msg, "to", 0), "z"));
    sip_msg_unref(msg);
}

/* Memory that is not zero shows reads beyond what was written: the sum then depends on the filling.
 */
static void *alloc_filled(size_t bytes, void *filling)
{
    void *block = malloc(bytes);

    if (block != NULL) {
        memset(block, *(const char *)filling, bytes);
    }
    return block;
}

static void *realloc_plain(void *block, size_t bytes, void *filling)
{
    (void)filling;
    return realloc(block, bytes);
}

static void free_plain(void *block, void *filling)
{
    (void)filling;
    free(block);
}

/* Parse, touch everything, answer and forward it; the sum of all that was read. */
static uint64_t exercise(sip_str bytes, char filling)
{
    const sip_allocator allocator = {alloc_filled, realloc_plain, free_plain, &filling};
    sip_path path = {.protocol = SIP_PROTOCOL_UDP,
                     .remote = {.ip = {192, 0, 2, 9}, .port = 5090, .family = SIP_FAMILY_IP4}};
    sip_msg *msg = NULL;
    sip_msg *response = NULL;
    uint64_t sum = 0;

    if (sip_msg_parse(&allocator, NULL, bytes, &path, &msg, NULL) != 0) {
        return 0;
    }
    sum = msg_walk(msg) + (uint64_t)sip_msg_check(msg, NULL, NULL);
    if (sip_msg_is_request(msg)) {
        assert_int_equal(sip_response_create(msg, 200, SIP_STR("t"), NULL, &response), 0);
        sum ^= msg_walk(response);
        sip_msg_unref(response);
    }
    sip_msg_unref(msg);
    return sum;
}

static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_SAMPLES; i++) {
        for (size_t len = 0; len < message_samples[i].len; len++) {
            guard_page page;
            sip_str bytes;

            guard_page_init(&page, message_samples[i].text, len);
            bytes = (sip_str){page.bytes, len};
            assert_true(exercise(bytes, 0) == exercise(bytes, 'a'));
            guard_page_finish(&page);
        }
    }
}

static void test_every_mutation(void **state)
{
    static const char values[] = {'\0', '\r', '\n', ' ', ',', ';',   '"',
                                  '<',  '>',  ':',  '@', '1', '\xff'};

    (void)state;
    for (size_t i = 0; i < MESSAGE_SAMPLES; i++) {
        guard_page page;

        guard_page_init(&page, message_samples[i].text, message_samples[i].len);
        for (size_t at = 0; at < page.len; at++) {
            char kept = page.bytes[at];

            for (size_t k = 0; k < 3; k++) {
                sip_str bytes = {page.bytes, page.len};

                page.bytes[at] = values[(at + k * 4) % sizeof(values)];
                assert_true(exercise(bytes, ';') == exercise(bytes, '\0'));
            }
            page.bytes[at] = kept;
        }
        guard_page_finish(&page);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_SAMPLES; i++) {
        sip_str bytes = {message_samples[i].text, message_samples[i].len};
        fail_alloc fail;
        size_t n = 0;

        do {
            sip_parse_error error = {.status = 77};
            sip_msg *msg = NULL;
            int rc;

            fail_alloc_init(&fail, ++n);
            rc = sip_msg_parse(&fail.allocator, NULL, bytes, NULL, &msg, &error);
            assert_int_equal(rc, msg == NULL ? SIP_ENOMEM : 0);
            assert_int_equal(error.status, 77);
            (void)msg_walk(msg);
            sip_msg_unref(msg);
            assert_int_equal(fail.live, 0);
        } while (fail.failed);
    }
}

static void *most_alloc(size_t bytes, void *user_data)
{
    size_t *most = user_data;

    *most = bytes > *most ? bytes : *most;
    return malloc(bytes);
}

static void *most_realloc(void *block, size_t bytes, void *user_data)
{
    size_t *most = user_data;

    *most = bytes > *most ? bytes : *most;
    return realloc(block, bytes);
}

static void most_free(void *block, void *user_data)
{
    (void)user_data;
    free(block);
}

/* Line ends of a body make no room for header lines. */
static void test_lines_of_body(void **state)
{
    size_t most = 0;
    sip_allocator allocator = {most_alloc, most_realloc, most_free, &most};
    char *text = malloc(60001);
    sip_msg *msg = NULL;
    size_t len;

    (void)state;
    assert_non_null(text);
    memset(text, '\n', 60000);
    strcpy(text, "OPTIONS sip:h SIP/2.0\r\n");
    len = strlen(text);
    for (int i = 0; i < 100; i++) {
        memcpy(text + len, "X: y\r\n", 6);
        len += 6;
    }
    assert_int_equal(sip_msg_parse(&allocator, NULL, (sip_str){text, 60000}, NULL, &msg, NULL), 0);
    assert_int_equal(sip_msg_header_lines(msg), 100);
    assert_true(most < 60000 + 512 * 64);
    sip_msg_unref(msg);
    free(text);
}

static void test_broken_response_is_dropped(void **state)
{
    sip_parse_error error;
    sip_msg *msg = NULL;

    (void)state;
    assert_int_equal(parse("SIP/2.0 200 OK\r\nbad\r\n\r\n", NULL, &msg, &error), SIP_ESYNTAX);
    assert_int_equal(error.status, 0);
    assert_int_equal(parse("sip/2.0 200 OK\r\nbad\r\n\r\n", NULL, &msg, &error), SIP_ESYNTAX);
    assert_int_equal(error.status, 0);
    assert_int_equal(parse("OPTIONS sip:h SIP/2.0\r\nbad\r\n\r\n", NULL, &msg, &error),
                     SIP_ESYNTAX);
    assert_int_equal(error.status, 400);
}

/* RFC 4475 3.1.1.2: NUL is escaped by a backslash, unless that one is escaped. */
static void test_escaped_nul(void **state)
{
    static const char once[] = "OPTIONS sip:h SIP/2.0\r\nX: \"\\\0\"\r\n\r\n";
    static const char twice[] = "OPTIONS sip:h SIP/2.0\r\nX: \"\\\\\0\"\r\n\r\n";
    static const char thrice[] = "OPTIONS sip:h SIP/2.0\r\nX: \"\\\\\\\0\"\r\n\r\n";
    sip_msg *msg = NULL;

    (void)state;
    assert_int_equal(sip_msg_parse(NULL, NULL, (sip_str){once, sizeof(once) - 1}, NULL, &msg, NULL),
                     0);
    sip_msg_unref(msg);
    assert_int_equal(
        sip_msg_parse(NULL, NULL, (sip_str){thrice, sizeof(thrice) - 1}, NULL, &msg, NULL), 0);
    sip_msg_unref(msg);
    assert_int_equal(
        sip_msg_parse(NULL, NULL, (sip_str){twice, sizeof(twice) - 1}, NULL, &msg, NULL),
        SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_come_back),
        cmocka_unit_test(test_source_is_kept),
        cmocka_unit_test(test_leading_line_ends),
        cmocka_unit_test(test_body_length),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_limits_of_values),
        cmocka_unit_test(test_limit_of_uri_params),
        cmocka_unit_test(test_lines_of_body),
        cmocka_unit_test(test_broken_response_is_dropped),
        cmocka_unit_test(test_escaped_nul),
        cmocka_unit_test(test_unfolding),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_every_mutation),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
