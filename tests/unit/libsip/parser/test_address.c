#include "support/guard_str.h"

#include <sip/uri.h>

static void test_name_addr(void **state)
{
    guard_page page;
    sip_address address;
    sip_str value;
    const sip_str text = guard_str(
        &page, " \"Quoted string \\\"\\\"\" <sip:jdrosen@example.com;lr?a=b>\r\n ;\r\n tag ="
               " 98asjd8 ; Expires=60; q = 0.33; +sip.instance=\"<urn:uuid:1>\" ");

    (void)state;
    assert_int_equal(sip_address_parse(text, &address), 0);
    assert_str(address.display, "Quoted string \\\"\\\"");
    assert_str(address.uri.text, "sip:jdrosen@example.com;lr?a=b");
    assert_str(address.uri.user, "jdrosen");
    assert_true(address.uri.lr);
    assert_str(address.tag, "98asjd8");
    assert_true(address.has_expires);
    assert_int_equal(address.expires_s, 60);
    assert_true(address.has_q);
    assert_int_equal(address.q_permille, 330);
    assert_false(address.is_star);
    assert_str(address.params,
               "tag = 98asjd8 ; Expires=60; q = 0.33; +sip.instance=\"<urn:uuid:1>\"");
    assert_true(sip_address_param(&address, "+sip.instance", &value));
    assert_str(value, "<urn:uuid:1>");
    assert_false(sip_address_param(&address, "none", &value));
    assert_false(sip_address_param(NULL, "tag", &value));
    assert_int_equal(address.text.ptr - text.ptr, 1);
    assert_int_equal(address.text.len, text.len - 2);
    guard_page_finish(&page);
}

static void test_displays(void **state)
{
    static const struct {
        const char *text;
        const char *display;
    } cases[] = {
        {"<sip:h>", ""},
        {" <sip:h>", ""},
        {"caller<sip:h>", "caller"},
        {"The  Big.Caller \t<sip:h>", "The  Big.Caller"},
        {"\"%Z%45\" <sip:h>", "%Z%45"},
        {"\"\"<sip:h>", ""},
        {"\"<>,;\" <sip:h>", "<>,;"},
        {"J\xc3\xbcrgen <sip:h>", "J\xc3\xbcrgen"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        sip_address address;

        assert_int_equal(sip_address_parse(guard_str(&page, cases[i].text), &address), 0);
        assert_str(address.display, cases[i].display);
        assert_str(address.uri.text, "sip:h");
        assert_int_equal(address.params.len, 0);
        assert_int_equal(address.q_permille, 1000);
        assert_false(address.has_q);
        assert_false(address.has_expires);
        guard_page_finish(&page);
    }
}

/* RFC 3261 20.10: what follows a bare URI are parameters of the header. */
static void test_addr_spec(void **state)
{
    guard_page page;
    sip_address address;

    (void)state;
    assert_int_equal(
        sip_address_parse(guard_str(&page, "sip:vivekg@chair-dnrc.example.com:5 ;   tag    = 19"),
                          &address),
        0);
    assert_str(address.uri.text, "sip:vivekg@chair-dnrc.example.com:5");
    assert_str(address.tag, "19");
    assert_int_equal(address.display.len, 0);
    guard_page_finish(&page);
    assert_int_equal(sip_address_parse(guard_str(&page, "sip:h;transport=tcp;lr"), &address), 0);
    assert_str(address.params, "transport=tcp;lr");
    assert_int_equal(address.uri.params.len, 0);
    assert_false(address.uri.lr);
    guard_page_finish(&page);
    assert_int_equal(sip_address_parse(guard_str(&page, "isbn:2983792873;tag=x"), &address), 0);
    assert_int_equal(address.uri.scheme, SIP_SCHEME_OTHER);
    assert_str(address.tag, "x");
    guard_page_finish(&page);
}

static void test_star(void **state)
{
    guard_page page;
    sip_address address;

    (void)state;
    assert_int_equal(sip_address_parse(guard_str(&page, " * "), &address), 0);
    assert_true(address.is_star);
    assert_str(address.text, "*");
    guard_page_finish(&page);
}

/* RFC 3261 10.2.1.1 and RFC 4475 3.1.2.4: too large a lifetime is the largest, a malformed one is
 * an hour. */
static void test_expires(void **state)
{
    static const struct {
        const char *text;
        uint32_t expires_s;
    } cases[] = {
        {"<sip:h>;expires=0", 0},       {"<sip:h>;expires=280297596632815", UINT32_MAX},
        {"<sip:h>;expires=soon", 3600}, {"<sip:h>;expires", 3600},
        {"<sip:h>;expires=\"60\"", 60},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        sip_address address;

        assert_int_equal(sip_address_parse(guard_str(&page, cases[i].text), &address), 0);
        assert_true(address.has_expires);
        assert_int_equal(address.expires_s, cases[i].expires_s);
        guard_page_finish(&page);
    }
}

/* With those of RFC 4475 3.1.2: badinv01, quotbal, regbadct, badaspec, baddn. */
static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "*;expires=0",
        "\"Joe\" <sip:joe@example.org>;;;;",
        "\"Mr. J. User <sip:j.user@example.com>",
        "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
        "sip:a@h,sip:b@h",
        "\"Watson, Thomas\" < sip:t.watson@example.org >",
        "Bell, Alexander <sip:a.g.bell@example.com>;tag=43",
        "<sip:a@h",
        "sip:a@h>",
        "\"name\"",
        "\"name\" sip:a@h",
        "name sip:a@h",
        "<>",
        "<sip:a@h> x",
        "<sip:a@h>;",
        "<sip:a@h>;tag",
        "<sip:a@h>;tag=",
        "<sip:a@h>;tag=a;tag=b",
        "<sip:a@h>;q=2",
        "<sip:a@h>;q",
        "<sip:a@h>;x=\"y",
        "a@h",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_address address = {.expires_s = 42};

        if (sip_address_parse(guard_str(&page, texts[i]), &address) != SIP_ESYNTAX) {
            fail_msg("taken: %s", texts[i]);
        }
        assert_int_equal(address.expires_s, 42);
        guard_page_finish(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_addr), cmocka_unit_test(test_displays),
        cmocka_unit_test(test_addr_spec), cmocka_unit_test(test_star),
        cmocka_unit_test(test_expires),   cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
