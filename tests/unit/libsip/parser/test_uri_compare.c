#include "support/guard_str.h"

#include <sip/uri.h>

#include <stdio.h>

struct pair {
    const char *a, *b;
};

static void check(const struct pair *pair, bool (*same)(const sip_uri *, const sip_uri *),
                  bool expected)
{
    guard_page page_a, page_b;
    sip_uri a, b;

    assert_int_equal(sip_uri_parse(guard_str(&page_a, pair->a), &a), 0);
    assert_int_equal(sip_uri_parse(guard_str(&page_b, pair->b), &b), 0);
    if (same(&a, &b) != expected || same(&b, &a) != expected) {
        fail_msg("%s and %s should %scompare equal", pair->a, pair->b, expected ? "" : "not ");
    }
    assert_true(same(&a, &a));
    guard_page_finish(&page_a);
    guard_page_finish(&page_b);
}

static void check_all(const struct pair *pairs, size_t n,
                      bool (*same)(const sip_uri *, const sip_uri *), bool expected)
{
    for (size_t i = 0; i < n; i++) {
        check(&pairs[i], same, expected);
    }
}

#define CHECK_ALL(pairs, same, expected)                                                           \
    check_all(pairs, sizeof(pairs) / sizeof((pairs)[0]), same, expected)

/* The examples of RFC 3261 19.1.4, all of them. */
static void test_equal_in_the_rfc(void **state)
{
    static const struct pair pairs[] = {
        {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;security=on"},
        {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"},
        {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
         "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"},
        {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
         "sip:alice@atlanta.com?priority=urgent&subject=project%20x"},
    };

    (void)state;
    CHECK_ALL(pairs, sip_uri_equal, true);
}

static void test_unequal_in_the_rfc(void **state)
{
    static const struct pair pairs[] = {
        {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"},
        {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"},
        {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"},
    };

    (void)state;
    CHECK_ALL(pairs, sip_uri_equal, false);
}

static void test_equal(void **state)
{
    static const struct pair pairs[] = {
        {"sip:a%3bb@h", "sip:a%3Bb@h"},
        {"sip:a@[2001:db8::1]", "sip:a@[2001:0DB8:0::1]"},
        {"sip:a:p%40@h", "sip:a:p%40@h"},
        {"sip:a@h;x=A;y", "sip:a@h;Y;X=a"},
        {"sip:a@h;lr", "sip:a@h"},
        {"tel:+1", "tel:+1"},
        {"sip:h;x=1;x=2", "sip:h;x=2;x=1"},
        {"sip:h?a=1&a=2", "sip:h?a=2&a=1"},
        {"sip:a@[::ffff:192.0.2.1]", "sip:a@[::FFFF:C000:0201]"},
        {"sip:a@h;;x=1", "sip:a@h;x=1;"},
        {"sip:a@h;gr=x", "sip:a@h"},
        {"tel:+1-201-555-0123", "tel:+12015550123"},
        {"tel:+1;ext=1-2", "TEL:+1;EXT=12"},
        {"tel:7042;phone-context=example.com;x=1", "tel:7042;X=1;phone-context=Example.com"},
        {"urn:service:sos.fire", "URN:Service:SOS.fire"},
        {"urn:uuid:F81D4FAE-7dec", "urn:UUID:f81d4fae-7DEC"},
        {"urn:example:a%2Cb", "URN:Example:a%2cb"},
        {"urn:example:a?+r", "urn:example:a?=q#f"},
        {"HTTP://h/x", "http://h/x"},
    };

    (void)state;
    CHECK_ALL(pairs, sip_uri_equal, true);
}

static void test_unequal(void **state)
{
    static const struct pair pairs[] = {
        {"sip:a@h", "sips:a@h"},
        {"sip:a@h", "sip:h"},
        {"sip:@h", "sip:h"},
        {"sip:a@h", "sip:a:@h"},
        {"sip:a:p@h", "sip:a:P@h"},
        {"sip:a;b@h", "sip:a%3Bb@h"},
        {"sip:a@h;user=phone", "sip:a@h"},
        {"sip:a@h;ttl=1", "sip:a@h"},
        {"sip:a@h;method=INVITE", "sip:a@h"},
        {"sip:a@h;maddr=1.2.3.4", "sip:a@h"},
        {"sip:a@h?x=1", "sip:a@h?x=2"},
        {"sip:a@h?x=1", "sip:a@h?y=1"},
        {"sip:a@h?x=1&x=1", "sip:a@h?x=1&x=2"},
        {"sip:a@h?x=1&y=2", "sip:a@h?x=1"},
        {"sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]"},
        {"sip:a@[2001:db8::1]", "sip:a@h"},
        {"tel:+1", "tel:+2"},
        {"tel:+1", "sip:+1@h"},
        {"tel:+1;ext=1", "tel:+1"},
        {"tel:1;phone-context=+1", "tel:1;phone-context=+2"},
        {"tel:+1;a=1", "tel:+1;a=2"},
        {"tel:1", "tel:+1"},
        {"urn:a:B", "urn:a:b"},
        {"urn:a:b", "urn:ab:b"},
        {"urn:a", "urn:a:b"},
        {"urn:example:a%2Cb", "urn:example:a,b"},
        {"http://h/x", "http://H/x"},
        {"http://h/x", "https://h/x"},
        {"mailto:a@h", "im:a@h"},
        {"sip:a@[::ffff:192.0.2.1]", "sip:a@192.0.2.1"},
        {"sip:a@h;gr=x", "sip:a@h;gr=y"},
        {"sip:a@h;gr=x", "sip:a@h;gr"},
    };

    (void)state;
    CHECK_ALL(pairs, sip_uri_equal, false);
}

static void test_null(void **state)
{
    sip_uri uri;

    (void)state;
    assert_int_equal(sip_uri_parse(SIP_STR("sip:h"), &uri), 0);
    assert_false(sip_uri_equal(&uri, NULL));
    assert_false(sip_uri_equal(NULL, &uri));
    assert_false(sip_uri_same_aor(&uri, NULL));
    assert_false(sip_uri_same_aor(NULL, &uri));
}

/* Beyond 64 pairs the order counts, so that the work stays in proportion to the length. */
static void make_long(char *out, size_t size, char first, char separator, size_t from)
{
    int len = snprintf(out, size, "sip:h%c", first);

    for (size_t i = 0; i < 70; i++) {
        len += snprintf(out + len, size - (size_t)len, "%sp%zu=1",
                        i > 0 ? (separator == ';' ? ";" : "&") : "", (i + from) % 70);
    }
}

static void test_many_pairs(void **state)
{
    static const char kinds[][2] = {{';', ';'}, {'?', '&'}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char a[1024], b[1024];

        make_long(a, sizeof a, kinds[i][0], kinds[i][1], 0);
        make_long(b, sizeof b, kinds[i][0], kinds[i][1], 1);
        check(&(struct pair){a, a}, sip_uri_equal, true);
        check(&(struct pair){a, b}, sip_uri_equal, false);
    }
}

static void test_same_aor(void **state)
{
    static const struct pair same[] = {
        {"sip:alice@example.com", "sip:%61lice@EXAMPLE.com;transport=tcp"},
        {"sip:alice@example.com:5070", "sips:alice@example.com?x=y"},
        {"sip:a;b@h", "sip:a%3Bb@h"},
        {"tel:+1212;ext=1", "tel:+1212"},
        {"tel:+1-212", "tel:+1.212;x=y"},
        {"urn:a", "urn:a"},
    };
    static const struct pair other[] = {
        {"sip:alice@example.com", "sip:Alice@example.com"},
        {"sip:alice@example.com", "sip:alice@example.org"},
        {"sip:alice@example.com", "sip:example.com"},
        {"sip:+1@h", "tel:+1"},
        {"tel:+1", "tel:+2"},
        {"urn:a", "urn:b"},
    };

    (void)state;
    CHECK_ALL(same, sip_uri_same_aor, true);
    CHECK_ALL(other, sip_uri_same_aor, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_in_the_rfc),
        cmocka_unit_test(test_unequal_in_the_rfc),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_unequal),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_many_pairs),
        cmocka_unit_test(test_same_aor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
