/* Names and records byte by byte; the memory behind them is out of reach. */
#include "io/dns_wire.h"
#include "support/guard_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Read the name at `from` of `bytes`: it is `wanted` (NULL: none) and ends at `end`. */
static void expect(const void *bytes, size_t len, size_t from, const char *wanted, size_t end)
{
    char out[SIP__DNS_WIRE_NAME_BYTES] = "untouched";
    guard_page page;
    sip__dns_reader in = {.len = len, .at = from};

    guard_page_init(&page, bytes, len);
    in.bytes = (const unsigned char *)page.bytes;
    assert_int_equal(sip__dns_take_name(&in, out), wanted != NULL);
    assert_string_equal(out, wanted != NULL ? wanted : "untouched");
    assert_int_equal(in.at, wanted != NULL ? end : from);
    guard_page_finish(&page);
}

#define EXPECT(bytes, from, wanted, end) expect(bytes, sizeof(bytes) - 1, from, wanted, end)

static void plain_names(void **state)
{
    (void)state;
    EXPECT("\0", 0, "", 1);
    EXPECT("\1a\0", 0, "a", 3);
    EXPECT("\3WWW\7example\3com\0tail", 0, "WWW.example.com", 17);
    EXPECT("\4_sip\4_udp\1a\0", 0, "_sip._udp.a", 13);
}

static void pointers(void **state)
{
    static const char chain[] = "\1a\0\1b\300\0\1c\300\3\300\7";

    (void)state;
    EXPECT(chain, 3, "b.a", 7);
    EXPECT(chain, 7, "c.b.a", 11);
    EXPECT(chain, 11, "c.b.a", 13);
}

/* Each leads before the last one, or nowhere. */
static void pointers_in_rings(void **state)
{
    (void)state;
    EXPECT("\300\0", 0, NULL, 0);       /* to itself */
    EXPECT("\1a\300\0", 0, NULL, 0);    /* to its own beginning */
    EXPECT("\300\2\300\0", 0, NULL, 0); /* ahead */
    EXPECT("\300\2\300\0", 2, NULL, 0); /* back, and then ahead */
    EXPECT("\0\0\300\7\1a\300\2", 4, NULL, 0);
    EXPECT("\377\377", 0, NULL, 0); /* behind the end */
}

static void what_is_cut_off(void **state)
{
    (void)state;
    EXPECT("", 0, NULL, 0);
    EXPECT("\0", 1, NULL, 0);
    EXPECT("\1", 0, NULL, 0);
    EXPECT("\1a", 0, NULL, 0);
    EXPECT("\5ab", 0, NULL, 0);
    EXPECT("\0\300", 1, NULL, 0);
    EXPECT("\100a\0", 0, NULL, 0); /* neither label nor pointer */
    EXPECT("\200a\0", 0, NULL, 0);
}

/* A dot inside of a label does not make two of it, and a zero does not end the name. */
static void labels_with_anything(void **state)
{
    (void)state;
    EXPECT("\7a.b\0c\\d\3e f\2\177\377\0", 0, "a\\b\\c\\d.e\\f.\\\\", 16);
}

static void the_longest(void **state)
{
    unsigned char bytes[300];
    char text[300];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = i % 64 == 0 ? 63 : 'a';
        text[i] = i % 64 == 63 ? '.' : 'a';
    }
    bytes[192] = 61; /* 3 * 64 + 62 + 1 = 255 bytes */
    bytes[254] = 0;
    text[253] = '\0';
    expect(bytes, 255, 0, text, 255);
    bytes[192] = 62;
    bytes[254] = 'a';
    bytes[255] = 0;
    expect(bytes, 256, 0, NULL, 0);
}

static void names_within(void **state)
{
    static const unsigned char bytes[] = {1, 'a', 0, 1, 'b', 0};
    sip__dns_reader in = {bytes, sizeof(bytes), 3};
    char out[SIP__DNS_WIRE_NAME_BYTES];

    (void)state;
    assert_false(sip__dns_take_name_within(&in, 5, out));
    assert_int_equal(in.at, 3);
    assert_true(sip__dns_take_name_within(&in, 6, out));
    assert_int_equal(in.at, 6);
    assert_string_equal(out, "b");
    assert_false(sip__dns_take_name_within(&in, 6, out));
}

static void records(void **state)
{
    static const unsigned char bytes[] = {1, 'a',  0, 0, 33, 0, 1, 0,    0, 1, 2, 0, 2, 7,
                                          8, 0xc0, 0, 0, 1,  0, 1, 0x80, 0, 0, 0, 0, 0};
    sip__dns_reader in = {bytes, sizeof(bytes), 0};
    sip__dns_entry it;

    (void)state;
    assert_true(sip__dns_take_entry(&in, &it));
    assert_string_equal(it.owner, "a");
    assert_int_equal(it.type, 33);
    assert_int_equal(it.class, 1);
    assert_int_equal(it.ttl_s, 258);
    assert_int_equal(it.data, 13);
    assert_int_equal(it.end, 15);
    assert_true(sip__dns_take_entry(&in, &it));
    assert_string_equal(it.owner, "a");
    assert_int_equal(it.ttl_s, 0); /* RFC 2181 8 */
    assert_int_equal(it.data, it.end);
    assert_false(sip__dns_take_entry(&in, &it));
    in =
        (sip__dns_reader){(const unsigned char *)"\x7f\xff\xff\xff\0\1\x51\x80\0\1\x51\x7f", 12, 0};
    assert_int_equal(sip__dns_take_ttl(&in), 86400); /* 68 years are a slip of somebody's */
    assert_int_equal(sip__dns_take_ttl(&in), 86400);
    assert_int_equal(sip__dns_take_ttl(&in), 86399);
    for (size_t len = 0; len < 15; len++) {
        in = (sip__dns_reader){bytes, len, 0};
        assert_false(sip__dns_take_entry(&in, &it));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_names),       cmocka_unit_test(pointers),
        cmocka_unit_test(pointers_in_rings), cmocka_unit_test(what_is_cut_off),
        cmocka_unit_test(the_longest),       cmocka_unit_test(labels_with_anything),
        cmocka_unit_test(names_within),      cmocka_unit_test(records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
