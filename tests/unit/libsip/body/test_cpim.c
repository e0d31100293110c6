#include "body_check.h"

#include <sip/cpim.h>

#include <stdio.h>
#include <stdlib.h>

#define CPIM &sip_cpim_type, "message/cpim"

/* RFC 3862 5.1. */
#define EXAMPLE                                                                                    \
    "From: MR SANDERS <im:piglet@100akerwood.com>\r\n"                                             \
    "To: Depressed Donkey <im:eeyore@100akerwood.com>\r\n"                                         \
    "DateTime: 2000-12-13T13:40:00-08:00\r\n"                                                      \
    "Subject: the weather will be fine today\r\n"                                                  \
    "Subject:;lang=fr beau temps prevu pour aujourd'hui\r\n"
#define EXAMPLE_NS "NS: MyFeatures <mid:MessageFeatures@id.foo.com>\r\n"
#define EXAMPLE_REQUIRE "Require: MyFeatures.VitalMessageOption\r\n"
#define EXAMPLE_REST                                                                               \
    "MyFeatures.VitalMessageOption: Confirmation-requested\r\n"                                    \
    "MyFeatures.WackyMessageOption: Use-silly-font\r\n"                                            \
    "\r\n"                                                                                         \
    "Content-Type: text/xml; charset=utf-8\r\n"                                                    \
    "Content-ID: <1234567890@foo.com>\r\n"                                                         \
    "\r\n"                                                                                         \
    "<body>\r\n"                                                                                   \
    "Here is the text of my message.\r\n"                                                          \
    "</body>\r\n"

static void test_example(void **state)
{
    static const char *const known[] = {"MyFeatures.VitalMessageOption", NULL};
    sip_cpim *cpim =
        body_check_read(CPIM, SIP_STR(EXAMPLE EXAMPLE_NS EXAMPLE_REQUIRE EXAMPLE_REST));

    (void)state;
    body_check(CPIM, EXAMPLE EXAMPLE_NS EXAMPLE_REQUIRE EXAMPLE_REST, NULL);
    assert_str(cpim->from.name, "MR SANDERS");
    assert_str(cpim->from.uri, "im:piglet@100akerwood.com");
    assert_int_equal(cpim->n_to, 1);
    assert_str(cpim->to[0].name, "Depressed Donkey");
    assert_int_equal(cpim->n_cc, 0);
    assert_int_equal(cpim->datetime.year, 2000);
    assert_int_equal(cpim->datetime.zone_minutes, -480);
    assert_int_equal(cpim->n_subjects, 2);
    assert_str(cpim->subjects[1].lang, "fr");
    assert_str(cpim->subjects[1].text, "beau temps prevu pour aujourd'hui");
    assert_int_equal(cpim->n_headers, 2);
    assert_str(cpim->headers[0].ns, "mid:MessageFeatures@id.foo.com");
    assert_str(sip_cpim_find(cpim, "mid:MessageFeatures@id.foo.com", "WackyMessageOption"),
               "Use-silly-font");
    assert_null(sip_cpim_find(cpim, SIP_CPIM_NS, "WackyMessageOption").ptr);
    assert_str(sip_cpim_unknown(cpim, NULL), "MyFeatures.VitalMessageOption");
    assert_int_equal(sip_cpim_unknown(cpim, known).len, 0);
    assert_str(cpim->content.body.type, "text/xml; charset=utf-8");
    assert_str(cpim->content.id, "1234567890@foo.com");
    assert_int_equal(sip_cpim_unknown(NULL, known).len, 0);
    assert_null(sip_cpim_find(NULL, SIP_CPIM_NS, "a").ptr);
    sip_cpim_free(NULL, cpim);
}

/* As RFC 5438 has it. */
static void test_imdn(void **state)
{
    sip_cpim *cpim;

    (void)state;
    body_check(CPIM,
               "From: Alice <im:alice@example.com>\r\n"
               "To: Bob <im:bob@example.com>\r\n"
               "NS: imdn <urn:ietf:params:imdn>\r\n"
               "imdn.Message-ID: 34jk324j\r\n"
               "DateTime: 2006-04-04T12:16:49-05:00\r\n"
               "imdn.Disposition-Notification: positive-delivery, negative-delivery\r\n"
               "\r\n"
               "Content-type: text/plain\r\n"
               "Content-length: 12\r\n"
               "\r\n"
               "Hello World",
               "From: Alice <im:alice@example.com>\r\n"
               "To: Bob <im:bob@example.com>\r\n"
               "DateTime: 2006-04-04T12:16:49-05:00\r\n"
               "NS: imdn <urn:ietf:params:imdn>\r\n"
               "imdn.Message-ID: 34jk324j\r\n"
               "imdn.Disposition-Notification: positive-delivery, negative-delivery\r\n"
               "\r\n"
               "Content-Type: text/plain\r\n"
               "Content-length: 12\r\n"
               "\r\n"
               "Hello World");
    cpim =
        body_check_read(CPIM, SIP_STR("NS: i <urn:ietf:params:imdn>\r\ni.Message-ID: x\r\n\r\n"));
    assert_str(sip_cpim_find(cpim, SIP_CPIM_NS_IMDN, "Message-ID"), "x");
    sip_cpim_free(NULL, cpim);
}

static void test_namespaces(void **state)
{
    sip_cpim *cpim = body_check_read(
        CPIM, SIP_STR("NS: c <" SIP_CPIM_NS ">\r\nc.To: <im:a>\r\ncc: <im:b>\r\nNS: <urn:x>\r\n"
                      "To: what\r\nq.To: z\r\nNS: c <" SIP_CPIM_NS ">\r\nto: y\r\n\r\n\r\n"));

    (void)state;
    assert_int_equal(cpim->n_to, 1);
    assert_str(cpim->to[0].uri, "im:a");
    assert_int_equal(cpim->n_cc, 1);
    assert_int_equal(cpim->n_namespaces, 2);
    assert_int_equal(cpim->n_headers, 3);
    assert_str(sip_cpim_find(cpim, "urn:x", "To"), "what");
    assert_int_equal(cpim->headers[1].ns.len, 0);
    assert_str(cpim->headers[1].prefix, "q");
    sip_cpim_free(NULL, cpim);
    body_check(CPIM, "A:;x=\"b \\\" c\" d\r\nB: \r\n\r\n\r\n", NULL);
    body_check(CPIM, "X: 1\r\nRequire: X\r\nNS: <urn:x>\r\nX: 2\r\n\r\n\r\n", NULL);
    body_check_refused(CPIM, "NS: c <urn:a>\r\nNS: c <urn:b>\r\n\r\n", SIP_ESYNTAX);
    body_check_refused(CPIM, "c.X: y\r\nNS: c <urn:a>\r\n\r\n", SIP_ESYNTAX);
}

static void test_several(void **state)
{
    sip_cpim *cpim = body_check_read(
        CPIM, SIP_STR("From: <im:a>\nFrom: <im:b>\nTo: <im:c>\nTo: \"D, \\\"d\\\"\"<im:d>\n"
                      "DateTime: 2000-01-01T00:00:00Z\nDateTime: 2001-01-01T00:00:00Z\n"
                      "Require: a,b\nRequire: c.d\nSubject: \\u00fc\n\n\nx"));

    (void)state;
    assert_str(cpim->from.uri, "im:a");
    assert_int_equal(cpim->n_to, 2);
    assert_str(cpim->to[1].name, "D, \"d\"");
    assert_int_equal(cpim->datetime.year, 2000);
    assert_int_equal(cpim->n_require, 3);
    assert_str(cpim->require[2], "c.d");
    assert_str(cpim->subjects[0].text, "\xc3\xbc");
    assert_str(cpim->content.body.data, "x");
    sip_cpim_free(NULL, cpim);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "From: <im:a>\r\n",
        "From\r\n\r\n",
        "From: im:a\r\n\r\n",
        "From: <>\r\n\r\n",
        "From: <im:a b>\r\n\r\n",
        "From: <im:a> b\r\n\r\n",
        "From: \"a\\x\" <im:a>\r\n\r\n",
        "To: <im:a\r\n\r\n",
        "cc: im:a>\r\n\r\n",
        "DateTime: yesterday\r\n\r\n",
        "Subject: \\\r\n\r\n",
        "Subject:;lang=\"a b\" x\r\n\r\n",
        "NS: a b <urn:x>\r\n\r\n",
        "NS: a urn:x\r\n\r\n",
        "Require: a b\r\n\r\n",
        ": x\r\n\r\n",
        "a.: x\r\n\r\n",
        ".a: x\r\n\r\n",
        "a b: x\r\n\r\n",
        "a: b\rc\r\n\r\n",
        " a: b\r\n\r\n",
        "a: b\r\n\r\nno header\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        body_check_refused(CPIM, bad[i], SIP_ESYNTAX);
    }
}

static void test_limit(void **state)
{
    sip_body_counts counts = {0};
    const sip_body_registry registry = {
        .base = &sip_body_registry_all, .limits = {.headers = 1}, .counts = &counts};
    sip_body body = {.type = SIP_STR_INIT("Message/CPIM"), .data = SIP_STR_INIT("a: b\n\n\n")};
    void *object;

    (void)state;
    assert_int_equal(sip_body_read(NULL, &body, &registry, NULL, &object), 0);
    sip_cpim_free(NULL, object);
    body.data = SIP_STR("a: b\nc: d\n\n\n");
    assert_int_equal(sip_body_read(NULL, &body, &registry, NULL, &object), SIP_ETOOBIG);
    body.data = SIP_STR("a: b\n\nA: b\nC: d\n\n");
    assert_int_equal(sip_body_read(NULL, &body, &registry, NULL, &object), SIP_ETOOBIG);
    assert_int_equal(counts.too_many_headers, 2);
}

static void *counted_alloc(size_t bytes, void *user_data)
{
    *(size_t *)user_data += bytes;
    return malloc(bytes);
}

static void counted_free(void *block, void *user_data)
{
    (void)user_data;
    free(block);
}

/* Many names in one line and then a line for each further one. */
static void test_much_required(void **state)
{
    size_t given = 0;
    const sip_allocator allocator = {
        .alloc = counted_alloc, .free = counted_free, .user_data = &given};
    const size_t room = 30000;
    char *text = malloc(room);
    sip_cpim *cpim = NULL;
    size_t len = 0;

    (void)state;
    assert_non_null(text);
    for (int i = 0; i < 10000; i++) {
        len += (size_t)snprintf(text + len, room - len, "%s", i == 0 ? "Require: a" : ",a");
    }
    for (int i = 0; i < 200; i++) {
        len += (size_t)snprintf(text + len, room - len, "\r\nRequire: b%d", i);
    }
    snprintf(text + len, room - len, "\r\n\r\n");
    assert_int_equal(sip_cpim_parse(&allocator, sip_str_of(text), &cpim), 0);
    assert_int_equal(cpim->n_require, 10200);
    assert_str(cpim->require[9999], "a");
    assert_str(cpim->require[10199], "b199");
    assert_true(given < 2 * 1024 * 1024);
    sip_cpim_free(&allocator, cpim);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example),       cmocka_unit_test(test_imdn),
        cmocka_unit_test(test_namespaces),    cmocka_unit_test(test_several),
        cmocka_unit_test(test_much_required), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
