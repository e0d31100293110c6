#include "support/guard_str.h"

#include "body/body_box.h"
#include "body/transfer_encoding.h"

static int decode(sip_transfer_encoding encoding, const char *text, const char *expected)
{
    void *box = sip__body_box_create(NULL, 1);
    guard_page page;
    sip_str data;
    const int err =
        sip__transfer_decode(sip__body_box_arena(box), encoding, guard_str(&page, text), &data);

    if (err == 0) {
        assert_str(data, expected);
    }
    guard_page_finish(&page);
    sip__body_box_free(NULL, box);
    return err;
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(sip__transfer_encoding_of(SIP_STR("")), SIP_TRANSFER_NONE);
    assert_int_equal(sip__transfer_encoding_of(SIP_STR("7Bit")), SIP_TRANSFER_NONE);
    assert_int_equal(sip__transfer_encoding_of(SIP_STR("binary")), SIP_TRANSFER_NONE);
    assert_int_equal(sip__transfer_encoding_of(SIP_STR("Base64")), SIP_TRANSFER_BASE64);
    assert_int_equal(sip__transfer_encoding_of(SIP_STR("Quoted-Printable")),
                     SIP_TRANSFER_QUOTED_PRINTABLE);
    assert_int_equal(sip__transfer_encoding_of(SIP_STR("uuencode")), SIP_TRANSFER_OTHER);
}

/* RFC 4648 10. */
static void test_base64(void **state)
{
    static const char *const bad[] = {
        "Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Z=g=", "Zm9.", "Zg==Zg", "Z-9v"};

    (void)state;
    assert_int_equal(decode(SIP_TRANSFER_BASE64, "", ""), 0);
    assert_int_equal(decode(SIP_TRANSFER_BASE64, "Zg==", "f"), 0);
    assert_int_equal(decode(SIP_TRANSFER_BASE64, "Zm8=", "fo"), 0);
    assert_int_equal(decode(SIP_TRANSFER_BASE64, "Zm9v", "foo"), 0);
    assert_int_equal(decode(SIP_TRANSFER_BASE64, "Zm9vYg==", "foob"), 0);
    assert_int_equal(decode(SIP_TRANSFER_BASE64, "Zm9\r\nvYm\n E=\r\n", "fooba"), 0);
    assert_int_equal(decode(SIP_TRANSFER_BASE64, "Zm9vYmFy", "foobar"), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(decode(SIP_TRANSFER_BASE64, bad[i], ""), SIP_ESYNTAX);
    }
}

/* RFC 2045 6.7. */
static void test_quoted(void **state)
{
    const sip_transfer_encoding quoted = SIP_TRANSFER_QUOTED_PRINTABLE;

    (void)state;
    assert_int_equal(decode(quoted, "", ""), 0);
    assert_int_equal(decode(quoted,
                            "Now's the time =\r\nfor all folk to come=\r\n to the aid of their "
                            "country.",
                            "Now's the time for all folk to come to the aid of their country."),
                     0);
    assert_int_equal(decode(quoted, "a=3D=e9  \r\nb= \nc\n\n", "a=\xe9\r\nbc\r\n\r\n"), 0);
    assert_int_equal(decode(quoted, "a=", "a"), 0);
    assert_int_equal(decode(quoted, "a=4", ""), SIP_ESYNTAX);
    assert_int_equal(decode(quoted, "a=4x", ""), SIP_ESYNTAX);
    assert_int_equal(decode(quoted, "a=x4", ""), SIP_ESYNTAX);
}

static void assert_put(sip_transfer_encoding encoding, sip_str data, const char *expected)
{
    char text[1000];
    sip__body_out out = {.at = text, .size = sizeof text};
    char plain[500];

    assert_true(data.len < sizeof plain);
    memcpy(plain, data.ptr, data.len);
    plain[data.len] = '\0';
    sip__transfer_put(&out, encoding, data);
    sip__body_out_end(&out);
    if (expected != NULL) {
        assert_string_equal(text, expected);
    }
    assert_int_equal(decode(encoding, text, plain), 0);
}

static void test_put(void **state)
{
    char every[256];
    char text[10];
    sip__body_out out = {.at = text, .size = sizeof text};

    (void)state;
    for (unsigned i = 0; i < 255; i++) {
        every[i] = (char)(i + 1);
    }
    assert_put(SIP_TRANSFER_BASE64, SIP_STR(""), "");
    assert_put(SIP_TRANSFER_BASE64, SIP_STR("foob"), "Zm9vYg==");
    assert_put(SIP_TRANSFER_BASE64, (sip_str){every, 255}, NULL);
    assert_put(SIP_TRANSFER_QUOTED_PRINTABLE, SIP_STR("-a=b \r\n-- \t"), "=2Da=3Db=20\r\n=2D- =09");
    assert_put(SIP_TRANSFER_QUOTED_PRINTABLE, (sip_str){every, 255}, NULL);
    assert_put(SIP_TRANSFER_QUOTED_PRINTABLE,
               SIP_STR("0123456789012345678901234567890123456789012345678901234567890123456789"
                       "0123456789"),
               "0123456789012345678901234567890123456789012345678901234567890123456789012=\r\n"
               "3456789");
    sip__transfer_put(&out, SIP_TRANSFER_NONE, SIP_STR("a="));
    sip__transfer_put(&out, SIP_TRANSFER_OTHER, SIP_STR("b"));
    assert_int_equal(sip__body_out_end(&out), 3);
    assert_string_equal(text, "a=b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_quoted),
        cmocka_unit_test(test_put),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
