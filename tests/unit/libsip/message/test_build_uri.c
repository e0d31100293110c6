/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "support/fail_alloc.h"

static void check(const char *text, unsigned refused, const char *expected)
{
    unsigned counted = 99;
    sip_build *build;
    sip_msg *msg = NULL;
    sip_uri uri;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    build = sip_build_request_from_uri(NULL, SIP_STR("INVITE"), &uri, &counted);
    assert_int_equal(sip_build_finish(build, &msg), 0);
    assert_int_equal(counted, refused);
    if (!sip_str_equal(sip_msg_bytes(msg), expected)) {
        fail_msg("%.*s", SIP_ARG(sip_msg_bytes(msg)));
    }
    sip_msg_unref(msg);
}

#define END "Content-Length: 0\r\n\r\n"

static void test_plain(void **state)
{
    (void)state;
    check("sip:a@h;transport=tcp;x=1", 0, "INVITE sip:a@h;transport=tcp;x=1 SIP/2.0\r\n" END);
    check("tel:+1-2;ext=3", 0, "INVITE tel:+1-2;ext=3 SIP/2.0\r\n" END);
    check("urn:service:sos", 0, "INVITE urn:service:sos SIP/2.0\r\n" END);
}

static void test_method_and_headers(void **state)
{
    (void)state;
    check("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", 0,
          "REGISTER sip:biloxi.com;transport=tcp SIP/2.0\r\nTo: sip:bob@biloxi.com\r\n" END);
    check("sips:a@h?subject=project%20x&X-Mine=%3Cx%3E&Replaces=1%40h%3Bto-tag%3D2", 0,
          "INVITE sips:a@h SIP/2.0\r\nSubject: project x\r\nX-Mine: <x>\r\n"
          "Replaces: 1@h;to-tag=2\r\n" END);
    check("sip:h?priority=", 0, "INVITE sip:h SIP/2.0\r\nPriority: \r\n" END);
}

static void test_body(void **state)
{
    (void)state;
    check("sip:h?body=hi%20there", 0,
          "INVITE sip:h SIP/2.0\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\n"
          "hi there");
    check("sip:h?body=v%3D0%0D%0A&content-type=application/sdp&c=x/y", 0,
          "INVITE sip:h SIP/2.0\r\nContent-Type: x/y\r\nContent-Length: 5\r\n\r\nv=0\r\n");
    check("sip:h?body=x&content-type=a%0D%0AVia:b", 1,
          "INVITE sip:h SIP/2.0\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
    check("sip:h?to=sip:a&t=sip:b", 1, "INVITE sip:h SIP/2.0\r\nTo: sip:a\r\n" END);
    check("sip:h?content-type=text/plain", 1, "INVITE sip:h SIP/2.0\r\n" END);
    check("sip:h?body=", 0, "INVITE sip:h SIP/2.0\r\n" END);
}

/* Parts of a URI may have been replaced by longer ones. */
static void test_replaced_parts(void **state)
{
    static char headers[3000] = "Subject=";
    static char method[200];
    sip_msg *msg = NULL;
    sip_uri uri;

    (void)state;
    assert_int_equal(sip_uri_parse(SIP_STR("sip:h"), &uri), 0);
    memset(headers + 8, 'x', sizeof headers - 8);
    memset(method, 'M', sizeof method);
    uri.headers = (sip_str){headers, sizeof headers};
    uri.method = (sip_str){method, sizeof method};
    uri.host = SIP_STR("a.much.longer.name.example.com");
    assert_int_equal(
        sip_build_finish(sip_build_request_from_uri(NULL, SIP_STR("X"), &uri, NULL), &msg), 0);
    assert_int_equal(sip_msg_value(msg, SIP_HEADER_SUBJECT, 0).len, sizeof headers - 8);
    assert_true(sip_str_equal(sip_msg_request_uri_text(msg), "sip:a.much.longer.name.example.com"));
    assert_true(sip_str_same(sip_msg_method_text(msg), uri.method));
    sip_msg_unref(msg);
}

/* What would let the maker of a URI speak in our name. */
static void test_refused(void **state)
{
    static const char *const names[] = {
        "From",
        "f",
        "Call-ID",
        "CSeq",
        "Via",
        "v",
        "Record-Route",
        "Route",
        "Max-Forwards",
        "Contact",
        "m",
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Allow",
        "Organization",
        "Supported",
        "User-Agent",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "l",
        "Date",
        "MIME-Version",
        "Timestamp",
        "Authorization",
        "Proxy-Authorization",
        "P-Asserted-Identity",
        "Remote-Party-ID",
        "Identity",
        "Path",
        "Service-Route",
        "P-Preferred-Identity",
        "%46rom",
        "a%3A",
        "%20",
        "X%0D%0AY",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[80] = "sip:h?";

        strcat(strcat(text, names[i]), "=x");
        check(text, 1, "INVITE sip:h SIP/2.0\r\n" END);
    }
    check("sip:h?subject=a%0D%0AVia:%20x&subject=%00&s=ok", 2,
          "INVITE sip:h SIP/2.0\r\nSubject: ok\r\n" END);
}

static void test_nothing(void **state)
{
    sip_msg *msg = NULL;
    sip_uri uri;

    (void)state;
    assert_int_equal(
        sip_build_finish(sip_build_request_from_uri(NULL, SIP_STR("X"), NULL, NULL), &msg),
        SIP_EINVAL);
    assert_int_equal(sip_uri_parse(SIP_STR("sip:h;method=a%20b"), &uri), 0);
    assert_int_equal(
        sip_build_finish(sip_build_request_from_uri(NULL, SIP_STR("X"), &uri, NULL), &msg),
        SIP_EINVAL);
    assert_null(msg);
}

static void test_no_memory(void **state)
{
    fail_alloc fail;
    sip_uri uri;
    size_t n = 0;

    (void)state;
    assert_int_equal(sip_uri_parse(SIP_STR("sip:h?subject=x&body=y"), &uri), 0);
    do {
        sip_msg *msg = NULL;
        int rc;

        fail_alloc_init(&fail, ++n);
        rc = sip_build_finish(sip_build_request_from_uri(&fail.allocator, SIP_STR("X"), &uri, NULL),
                              &msg);
        assert_true(rc == 0 || (rc == SIP_ENOMEM && fail.failed));
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),          cmocka_unit_test(test_method_and_headers),
        cmocka_unit_test(test_replaced_parts), cmocka_unit_test(test_body),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
