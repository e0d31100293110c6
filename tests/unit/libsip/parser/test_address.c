#include "support/guard_str.h"

#include <sip/uri.h>

#include "parser/uri_plain.h"

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

static void assert_same_slice(sip_str a, sip_str b)
{
    assert_int_equal(a.len, b.len);
    assert_true(a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void assert_same_uri(const sip_uri *a, const sip_uri *b)
{
    const sip_str of_a[] = {a->text,  a->user,      a->password,   a->host,   a->params, a->headers,
                            a->maddr, a->transport, a->user_param, a->method, a->ttl,    a->gr};
    const sip_str of_b[] = {b->text,  b->user,      b->password,   b->host,   b->params, b->headers,
                            b->maddr, b->transport, b->user_param, b->method, b->ttl,    b->gr};

    for (size_t i = 0; i < sizeof of_a / sizeof of_a[0]; i++) {
        assert_same_slice(of_a[i], of_b[i]);
    }
    assert_int_equal(a->port, b->port);
    assert_int_equal(a->flaws, b->flaws);
    assert_int_equal(a->has_at, b->has_at);
    assert_int_equal(a->lr, b->lr);
    assert_int_equal(a->ob, b->ob);
    assert_int_equal(a->has_gr, b->has_gr);
    assert_int_equal(a->scheme, b->scheme);
}

static const char *const plain_uris[] = {
    "sip:a",
    "sip:alice@atlanta.example.com",
    "SIP:+15551234;x=y@192.0.2.1:5060",
    "sip:a@client.atlanta.example.com:65535;transport=tcp",
    "sip:h:1;lr",
    "sip:a.b-c_d@h;transport=udp;lr",
};

/* What the short way reads the general one reads too, and the same, whatever byte is changed. */
static void test_plain_uri_is_as_any(void **state)
{
    size_t plain = 0;

    (void)state;
    for (size_t i = 0; i < sizeof plain_uris / sizeof plain_uris[0]; i++) {
        const size_t len = strlen(plain_uris[i]);

        for (size_t at = 0; at < len; at++) {
            for (int c = 1; c < 256; c++) {
                char text[64 + SIP__SCAN_MASK_BYTES] = {0};
                sip_uri ours, any;
                const char *end;

                memcpy(text, plain_uris[i], len);
                text[at] = (char)c;
                end = sip__uri_plain(text, text + len, text + sizeof text, &ours);
                assert_ptr_equal(sip__uri_plain(text, text + len, text + len, &any), end);
                if (end == NULL) {
                    continue;
                }
                plain++;
                assert_true(end == text + len || *end == '>');
                assert_int_equal(sip_uri_parse((sip_str){text, (size_t)(end - text)}, &any), 0);
                assert_same_uri(&ours, &any);
            }
        }
    }
    assert_true(plain > 1000);
}

static const char *const plain_addresses[] = {
    "\"A l\" <sip:a@h.example.com:5060>;tag=1.2-3",
    "<sip:a@h>;tag=xyz;q=0.5",
    "<sip:h;transport=udp>;expires=3600",
    "<sip:a@h>",
};

/* An unquoted name before it keeps a value from the short way: what follows is read the same. */
static void test_plain_address_is_as_any(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plain_addresses / sizeof plain_addresses[0]; i++) {
        const size_t len = strlen(plain_addresses[i]);
        const size_t angle = (size_t)(strchr(plain_addresses[i], '<') - plain_addresses[i]);

        for (size_t at = angle + 1; at < len; at++) {
            for (int c = 1; c < 256; c++) {
                char text[64], named[64];
                sip_address ours, any;
                int err;

                memcpy(text, plain_addresses[i], len + 1);
                text[at] = (char)c;
                memcpy(named, "x ", 2);
                memcpy(named + 2, text + angle, len - angle + 1);
                err = sip_address_parse((sip_str){text, len}, &ours);
                assert_int_equal(sip_address_parse((sip_str){named, len - angle + 2}, &any), err);
                if (err == 0) {
                    assert_same_uri(&ours.uri, &any.uri);
                    assert_same_slice(ours.tag, any.tag);
                    assert_same_slice(ours.params, any.params);
                    assert_int_equal(ours.expires_s, any.expires_s);
                    assert_int_equal(ours.q_permille, any.q_permille);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_uri_is_as_any),
        cmocka_unit_test(test_plain_address_is_as_any),
        cmocka_unit_test(test_name_addr),
        cmocka_unit_test(test_displays),
        cmocka_unit_test(test_addr_spec),
        cmocka_unit_test(test_star),
        cmocka_unit_test(test_expires),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
