#include "support/guard_str.h"

#include "parser/start_line.h"

static int parse(guard_page *page, const char *text, struct sip__start_line *line)
{
    return sip__start_line_parse(guard_str(page, text), line);
}

static void test_request(void **state)
{
    guard_page page;
    struct sip__start_line line;

    (void)state;
    assert_int_equal(parse(&page, "INVITE sip:bob@biloxi.com SIP/2.0", &line), 0);
    assert_true(line.is_request);
    assert_false(line.other_version);
    assert_int_equal(line.method, SIP_METHOD_INVITE);
    assert_str(line.method_text, "INVITE");
    assert_str(line.uri, "sip:bob@biloxi.com");
    assert_str(line.version, "SIP/2.0");
    assert_int_equal(line.status, 0);
    guard_page_finish(&page);
}

/* RFC 4475 3.1.1.2, a method of unusual characters; and the version is without case. */
static void test_unusual_request(void **state)
{
    guard_page page;
    struct sip__start_line line;

    (void)state;
    assert_int_equal(
        parse(&page, "!interesting-Method0123456789_*+`.%indeed'~ sip:a sIp/2.0", &line), 0);
    assert_int_equal(line.method, SIP_METHOD_OTHER);
    assert_str(line.method_text, "!interesting-Method0123456789_*+`.%indeed'~");
    assert_false(line.other_version);
    guard_page_finish(&page);
}

static void test_response(void **state)
{
    static const struct {
        const char *text;
        unsigned status;
        const char *phrase;
    } cases[] = {
        {"SIP/2.0 200 OK", 200, "OK"},
        {"SIP/2.0 100 ", 100, ""},
        {"SIP/2.0 699", 699, ""},
        {"sip/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe", 200, "= 2**3 * 5**2 \xd0\xbd\xd0\xbe"},
        {"SIP/2.0 486 Busy\tHere", 486, "Busy\tHere"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        struct sip__start_line line;

        assert_int_equal(parse(&page, cases[i].text, &line), 0);
        assert_false(line.is_request);
        assert_int_equal(line.status, cases[i].status);
        assert_str(line.phrase, cases[i].phrase);
        assert_int_equal(line.uri.len, 0);
        guard_page_finish(&page);
    }
}

static void test_other_versions_are_told(void **state)
{
    static const char *const texts[] = {"OPTIONS sip:t@example.com SIP/7.0", "A sip:b SIP/2.1",
                                        "A sip:b SIP/22.0", "SIP/3.0 200 OK"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        struct sip__start_line line;

        assert_int_equal(parse(&page, texts[i], &line), 0);
        assert_true(line.other_version);
        guard_page_finish(&page);
    }
}

/* With those of RFC 4475 3.1.2: lwsruri, bigcode. */
static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "INVITE",
        "INVITE sip:a",
        "INVITE sip:a ",
        "INVITE  SIP/2.0",
        "INVITE sip:user@example.com; lr SIP/2.0",
        "INVITE   ",
        "INVITE sip:a  ",
        "INVITE\t sip:a SIP/2.0",
        "INVITE sip:a SIP/2.0\t",
        " INVITE sip:a SIP/2.0",
        "INV@TE sip:a SIP/2.0",
        "INVITE sip:a\t SIP/2.0",
        "INVITE sip:a\x01 SIP/2.0",
        "INVITE sip:a HTTP/1.1",
        "INVITE sip:a SIP/2",
        "INVITE sip:a SIP/.0",
        "INVITE sip:a SIP/2.",
        "INVITE sip:a SIP/2.0x",
        "INVITE sip:a SIP/",
        "SIP/2.0 ",
        "SIP/2.0 20",
        "SIP/2.0 2000 OK",
        "SIP/2.0 4294967301 better not break the receiver",
        "SIP/2.0 099 Low",
        "SIP/2.0 700 High",
        "SIP/2.0 2x0 OK",
        "SIP/2.0   ",
        "SIP/2.0 200 O\x7fK",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        struct sip__start_line line = {.status = 42};

        if (parse(&page, texts[i], &line) != SIP_ESYNTAX) {
            fail_msg("taken: %s", texts[i]);
        }
        assert_int_equal(line.status, 42);
        guard_page_finish(&page);
    }
}

/* RFC 4475 3.1.2.9 lwsstart and 3.1.2.10 trws: to be refused, or read without the SP that are too
 * many; a policy says which. */
static void test_more_spaces(void **state)
{
    static const char *const texts[] = {"INVITE  sip:a@b   SIP/2.0", "INVITE sip:a@b SIP/2.0  "};
    guard_page page;
    struct sip__start_line line;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(parse(&page, texts[i], &line), 0);
        assert_str(line.method_text, "INVITE");
        assert_str(line.uri, "sip:a@b");
        assert_str(line.version, "SIP/2.0");
        guard_page_finish(&page);
    }
    assert_int_equal(parse(&page, "SIP/2.0  200 OK", &line), 0);
    assert_int_equal(line.status, 200);
    guard_page_finish(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),  cmocka_unit_test(test_unusual_request),
        cmocka_unit_test(test_response), cmocka_unit_test(test_other_versions_are_told),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_more_spaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
