#include "body_check.h"

#include <sip/cpim.h>

#include <stdlib.h>

static void assert_prints(const sip_cpim *cpim, const char *expected)
{
    char *text = body_check_print(&sip_cpim_type, cpim);

    assert_string_equal(text, expected);
    free(text);
}

static void test_names(void **state)
{
    const sip_cpim_address to[] = {
        {SIP_STR_INIT("A. Bc"), SIP_STR_INIT("im:a")},
        {SIP_STR_INIT("a  b"), SIP_STR_INIT("im:b")},
        {SIP_STR_INIT(" c"), SIP_STR_INIT("im:c")},
        {SIP_STR_INIT("d\"\\\n\x7f"), SIP_STR_INIT("im:d")},
        {SIP_STR_INIT("\xc3\xa9"), SIP_STR_INIT("im:e")},
    };
    const sip_cpim cpim = {.to = to, .n_to = 5};

    (void)state;
    assert_prints(&cpim, "To: A. Bc <im:a>\r\nTo: \"a  b\"<im:b>\r\nTo: \"\\u0020c\"<im:c>\r\n"
                         "To: \"d\\\"\\\\\\u000a\\u007f\"<im:d>\r\nTo: \"\xc3\xa9\"<im:e>\r\n"
                         "\r\n\r\n");
}

static void test_all(void **state)
{
    const sip_cpim_subject subject = {SIP_STR_INIT("en"), SIP_STR_INIT("a\t\"b\" ")};
    const sip_cpim_namespace ns[] = {{SIP_STR_INIT("x"), SIP_STR_INIT("urn:x")},
                                     {SIP_STR_INIT(""), SIP_STR_INIT("urn:y")}};
    const sip_str require[] = {SIP_STR_INIT("a"), SIP_STR_INIT("x.b")};
    const sip_cpim_header header = {.prefix = SIP_STR_INIT("x"),
                                    .name = SIP_STR_INIT("b"),
                                    .params = SIP_STR_INIT(";p=1"),
                                    .value = SIP_STR_INIT("v")};
    const sip_cpim cpim = {
        .from = {.uri = SIP_STR_INIT("im:a")},
        .datetime = {.year = 2026, .month = 1, .day = 2, .has_zone = true},
        .subjects = &subject,
        .n_subjects = 1,
        .namespaces = ns,
        .n_namespaces = 2,
        .require = require,
        .n_require = 2,
        .headers = &header,
        .n_headers = 1,
        .content = {.body = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("hi")}}};

    (void)state;
    assert_prints(&cpim, "From: <im:a>\r\nDateTime: 2026-01-02T00:00:00Z\r\n"
                         "Subject:;lang=en a\\u0009\"b\"\\u0020\r\nRequire: a,x.b\r\n"
                         "NS: x <urn:x>\r\nNS: <urn:y>\r\nx.b:;p=1 v\r\n\r\n"
                         "Content-Type: text/plain\r\n\r\nhi");
}

static void test_refuses(void **state)
{
    const sip_cpim_address address = {.uri = SIP_STR_INIT("im:<a")};
    const sip_cpim_subject subject = {.lang = SIP_STR_INIT("a b")};
    const sip_cpim_namespace ns = {SIP_STR_INIT("a.b"), SIP_STR_INIT("urn:x")};
    const sip_str require = SIP_STR_INIT("a b");
    const sip_cpim_header headers[] = {
        {.name = SIP_STR_INIT("a b")},
        {.name = SIP_STR_INIT("a"), .prefix = SIP_STR_INIT("a:")},
        {.name = SIP_STR_INIT("a"), .params = SIP_STR_INIT("x")},
        {.name = SIP_STR_INIT("a"), .value = SIP_STR_INIT("x\r\ny")},
    };
    const sip_cpim bad[] = {
        {.cc = &address, .n_cc = 1},
        {.to = &(sip_cpim_address){.name = SIP_STR_INIT("a")}, .n_to = 1},
        {.datetime = {.month = 13}},
        {.subjects = &subject, .n_subjects = 1},
        {.namespaces = &ns, .n_namespaces = 1},
        {.require = &require, .n_require = 1},
        {.headers = &headers[0], .n_headers = 1},
        {.headers = &headers[1], .n_headers = 1},
        {.headers = &headers[2], .n_headers = 1},
        {.headers = &headers[3], .n_headers = 1},
        {.content = {.body = {.type = SIP_STR_INIT("a\nb")}}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(sip_cpim_print(&bad[i], NULL, 0), SIP_EINVAL);
    }
    assert_int_equal(sip_cpim_print(NULL, NULL, 0), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
