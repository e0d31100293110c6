/* Answers of name servers byte by byte, the sound and the hostile. */
#include "io/dns_answer.h"
#include "support/guard_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define AT_QUESTION 12 /* where the name in the question stands */

static unsigned char wire[65536];
static size_t wire_len;
static sip__dns_answer got;

static void put(const void *bytes, size_t len)
{
    assert_true(wire_len + len <= sizeof(wire));
    memcpy(wire + wire_len, bytes, len);
    wire_len += len;
}

static void put16(unsigned value)
{
    unsigned char out[2] = {(unsigned char)(value >> 8), (unsigned char)value};

    put(out, 2);
}

static void put32(uint32_t value)
{
    put16(value >> 16);
    put16(value & 0xffff);
}

static void put_name(const char *name)
{
    while (*name != '\0') {
        size_t len = strcspn(name, ".");
        unsigned char head = (unsigned char)len;

        put(&head, 1);
        put(name, len);
        name += name[len] == '.' ? len + 1 : len;
    }
    put("", 1);
}

static void put_string(const char *text)
{
    unsigned char len = (unsigned char)strlen(text);

    put(&len, 1);
    put(text, len);
}

/* Header and question about `name`. */
static void begin(unsigned code, unsigned answers, unsigned authority, const char *name)
{
    wire_len = 0;
    put16(7);
    put16(0x8180 | code);
    put16(1);
    put16(answers);
    put16(authority);
    put16(0);
    put_name(name);
    put16(1);
    put16(1);
}

/* Owner NULL: the name of the question, compressed. */
static void head(const char *owner, unsigned type, uint32_t ttl_s, unsigned bytes)
{
    if (owner == NULL) {
        put16(0xc000 | AT_QUESTION);
    } else {
        put_name(owner);
    }
    put16(type);
    put16(1);
    put32(ttl_s);
    put16(bytes);
}

static void put_a(const char *owner, uint32_t ttl_s, uint8_t last)
{
    unsigned char addr[4] = {192, 0, 2, last};

    head(owner, 1, ttl_s, 4);
    put(addr, 4);
}

static void put_cname(const char *owner, uint32_t ttl_s, const char *target)
{
    head(owner, 5, ttl_s, (unsigned)strlen(target) + 2);
    put_name(target);
}

static void put_soa(uint32_t ttl_s, uint32_t minimum)
{
    head("example.com", 6, ttl_s, 4 + 2 + 20);
    put_name("ns");
    put16(0xc000 | AT_QUESTION);
    put32(1);
    put32(2);
    put32(3);
    put32(4);
    put32(minimum);
}

/* Read what was put, with the memory behind it out of reach. */
static void read_wire(sip_dns_type type)
{
    guard_page page;

    guard_page_init(&page, wire, wire_len);
    sip__dns_answer_read((const unsigned char *)page.bytes, wire_len, type, &got);
    guard_page_finish(&page);
    assert_true(got.news.err == 0 || got.news.n_records == 0);
    assert_non_null(got.news.text);
}

static void addresses(void **state)
{
    static const unsigned char six[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 9};
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    begin(0, 4, 0, "host.Example.com");
    put_a(NULL, 300, 1);
    put_a("other.example.com", 300, 9);
    put_a("HOST.example.com", 0x80000000u, 2);
    head(NULL, 28, 5, 16);
    put(six, 16);
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, 0);
    assert_int_equal(got.news.n_records, 2);
    assert_string_equal(sip_addr_host(&got.records[0].addr, text), "192.0.2.1");
    assert_int_equal(got.records[0].ttl_s, 300);
    assert_int_equal(got.records[1].ttl_s, 0);
    read_wire(SIP_DNS_AAAA);
    assert_int_equal(got.news.n_records, 1);
    assert_string_equal(sip_addr_host(&got.records[0].addr, text), "[2001:db8::9]");
    assert_int_equal(got.records[0].ttl_s, 5);
}

static void servers(void **state)
{
    (void)state;
    begin(0, 3, 0, "_sip._udp.example.com");
    head(NULL, 33, 60, 6 + 15);
    put16(10);
    put16(20);
    put16(5062);
    put_name("a.example.com");
    head(NULL, 33, 60, 7);
    put16(1);
    put16(2);
    put16(3);
    put_name("");
    head(NULL, 33, 60, 6 + 4);
    put16(1);
    put16(2);
    put16(3);
    put("\1b", 2);
    put16(0xc000 | (AT_QUESTION + 10)); /* example.com */
    read_wire(SIP_DNS_SRV);
    assert_int_equal(got.news.n_records, 3);
    assert_string_equal(got.records[0].target, ".");
    assert_string_equal(got.records[1].target, "b.example.com");
    assert_string_equal(got.records[2].target, "a.example.com");
    assert_int_equal(got.records[2].priority, 10);
    assert_int_equal(got.records[2].weight, 20);
    assert_int_equal(got.records[2].port, 5062);
}

static void pointers(void **state)
{
    (void)state;
    begin(0, 2, 0, "example.com");
    head(NULL, 35, 60, 4 + 2 + 8 + 1 + 23);
    put16(50);
    put16(60);
    put_string("s");
    put_string("SIP+D2U");
    put_string("");
    put_name("_sip._udp.example.com");
    head(NULL, 35, 60, 4 + 2 + 8 + 4 + 1);
    put16(5);
    put16(6);
    put_string("u");
    put_string("E2U+sip");
    put_string("!a!");
    put_name("");
    read_wire(SIP_DNS_NAPTR);
    assert_int_equal(got.news.n_records, 2);
    assert_string_equal(got.records[0].regexp, "!a!");
    assert_string_equal(got.records[0].target, ".");
    assert_int_equal(got.records[1].priority, 50);
    assert_int_equal(got.records[1].weight, 60);
    assert_string_equal(got.records[1].flags, "s");
    assert_string_equal(got.records[1].service, "SIP+D2U");
    assert_string_equal(got.records[1].regexp, "");
    assert_string_equal(got.records[1].target, "_sip._udp.example.com");
}

static void aliases_are_followed_in_any_order(void **state)
{
    (void)state;
    begin(0, 4, 0, "www.example.com");
    put_a("c.example.com", 300, 1);
    put_cname("b.example.com", 20, "c.example.com");
    put_cname(NULL, 200, "b.example.com");
    put_a(NULL, 300, 9); /* what an alias has beside itself is none of ours */
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.n_records, 1);
    assert_int_equal(got.records[0].addr.ip[3], 1);
    assert_int_equal(got.records[0].ttl_s, 20);
}

static void aliases_in_a_ring(void **state)
{
    (void)state;
    begin(0, 2, 0, "a.example.com");
    put_cname(NULL, 200, "b.example.com");
    put_cname("b.example.com", 200, "a.example.com");
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, SIP_ENOENT);
}

static void negative_ones(void **state)
{
    (void)state;
    begin(3, 0, 1, "gone.example.com");
    put_soa(3600, 77);
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, SIP_ENOENT);
    assert_string_equal(got.news.text, "no such name");
    assert_int_equal(got.news.negative_ttl_s, 77);
    begin(0, 0, 1, "none.example.com");
    put_soa(66, 77);
    read_wire(SIP_DNS_A);
    assert_string_equal(got.news.text, "no such record");
    assert_int_equal(got.news.negative_ttl_s, 66);
    /* An alias to nothing: no longer than the alias. */
    begin(3, 1, 1, "www.example.com");
    put_cname(NULL, 5, "gone.example.com");
    put_soa(66, 77);
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.negative_ttl_s, 5);
    /* Name servers elsewhere, no SOA: not to be kept. */
    begin(0, 0, 1, "none.example.com");
    head("example.com", 2, 100, 4);
    put_name("ns");
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, SIP_ENOENT);
    assert_int_equal(got.news.negative_ttl_s, 0);
}

static void failures(void **state)
{
    (void)state;
    for (unsigned code = 1; code < 16; code++) {
        begin(code, 0, 0, "example.com");
        read_wire(SIP_DNS_A);
        assert_int_equal(got.news.err, code == 3 ? SIP_ENOENT : SIP_EIO);
    }
    begin(0x200, 0, 0, "example.com"); /* truncated, by TCP too */
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, SIP_EIO);
}

static void expect_malformed(void)
{
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, SIP_EIO);
    assert_string_equal(got.news.text, "the name server's answer is malformed");
}

static void every_cut_is_survived(void **state)
{
    size_t whole;

    (void)state;
    begin(0, 2, 1, "www.example.com");
    put_cname(NULL, 200, "a.example.com");
    put_a("a.example.com", 300, 1);
    whole = wire_len;
    put_soa(3600, 77);
    for (wire_len = 0; wire_len < whole; wire_len++) {
        expect_malformed();
    }
    for (; wire_len < whole + 40; wire_len++) {
        read_wire(SIP_DNS_A);
        assert_int_equal(got.news.err, 0);
    }
}

static void hostile_names(void **state)
{
    static const unsigned char self[] = {0xc0, AT_QUESTION};

    (void)state;
    begin(0, 1, 0, "");
    wire_len = AT_QUESTION;
    put(self, 2); /* points to itself */
    put32(0x10001);
    expect_malformed();
    wire_len = AT_QUESTION;
    put16(0xffff); /* points behind the end */
    put32(0x10001);
    expect_malformed();
    wire_len = AT_QUESTION;
    for (size_t i = 0; i < 300; i++) {
        put("\1a", 2); /* longer than a name may be */
    }
    put("", 1);
    put32(0x10001);
    expect_malformed();
    begin(0, 1, 0, "example.com");
    head(NULL, 1, 5, 0xffff); /* data behind the end */
    expect_malformed();
    begin(0, 0xffff, 0, "example.com"); /* counts that lie */
    put_a(NULL, 5, 1);
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.n_records, 1);
    begin(0, 2, 0, "example.com");
    wire[5] = 2; /* two questions */
    put_a(NULL, 5, 1);
    expect_malformed();
}

/* One bad record does not spoil the others. */
static void bad_data(void **state)
{
    (void)state;
    begin(0, 6, 0, "example.com");
    head(NULL, 33, 60, 6); /* no target */
    put32(0);
    put16(0);
    head(NULL, 33, 60, 5);
    put32(0);
    put("", 1);
    head(NULL, 33, 60, 7); /* the target begins here and ends in the next record */
    put32(0);
    put16(0);
    put("\1", 1);
    head(NULL, 35, 60, 8); /* a zero in a string */
    put32(0);
    put("\1\0\0\0", 4);
    head(NULL, 35, 60, 3);
    put("\1\0\0", 3);
    head(NULL, 1, 60, 3);
    put("\1\0\0", 3);
    read_wire(SIP_DNS_SRV);
    assert_int_equal(got.news.err, SIP_ENOENT);
    read_wire(SIP_DNS_NAPTR);
    assert_int_equal(got.news.err, SIP_ENOENT);
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, SIP_ENOENT);
    read_wire(SIP_DNS_CNAME);
    assert_int_equal(got.news.err, SIP_ENOENT);
    begin(0, 1, 0, "example.com");
    head(NULL, 5, 60, 2);
    put("\1\1", 2); /* an alias that cannot be read leads nowhere */
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, SIP_ENOENT);
}

static void too_much(void **state)
{
    char text[256];

    (void)state;
    begin(0, 100, 0, "example.com");
    for (unsigned i = 0; i < 100; i++) {
        put_a(NULL, 5, (uint8_t)i);
    }
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.n_records, SIP__DNS_ANSWER_RECORDS);
    begin(0, 32, 0, "example.com");
    memset(text, 'x', 255);
    text[255] = '\0';
    for (unsigned i = 0; i < 32; i++) {
        head(NULL, 35, 60, 4 + 3 * 256 + 1);
        put32(i);
        put_string(text);
        put_string(text);
        put_string(text);
        put("", 1);
    }
    read_wire(SIP_DNS_NAPTR);
    assert_int_equal(got.news.err, 0);
    assert_int_equal(got.news.n_records, SIP__DNS_ANSWER_TEXT_BYTES / (3 * 256));
    assert_int_equal(strlen(got.records[9].regexp), 255);
}

static void put_srv(unsigned priority, unsigned weight, const char *target)
{
    head(NULL, 33, 60, 6 + (unsigned)strlen(target) + 2);
    put16(priority);
    put16(weight);
    put16(5060);
    put_name(target);
}

/* However many there are and wherever they stand, the first priorities are kept, and within one the
 * largest weights. */
static void the_best_of_many_servers(void **state)
{
    (void)state;
    begin(0, 400, 0, "example.com");
    for (unsigned i = 0; i < 400; i++) {
        put_srv(i == 399 ? 1 : i == 398 ? 2 : 3, i, i == 399 ? "best" : "any");
    }
    read_wire(SIP_DNS_SRV);
    assert_int_equal(got.news.n_records, SIP__DNS_ANSWER_RECORDS);
    assert_string_equal(got.records[0].target, "best");
    assert_int_equal(got.records[1].priority, 2);
    for (unsigned i = 2; i < SIP__DNS_ANSWER_RECORDS; i++) {
        assert_int_equal(got.records[i].priority, 3);
        assert_int_equal(got.records[i].weight, 399 - i);
    }
}

/* Those that cannot be read take nobody's place. */
static void bad_servers_before_good_ones(void **state)
{
    (void)state;
    begin(0, 60, 0, "example.com");
    for (unsigned i = 0; i < 59; i++) {
        put_srv(0, 0, "no host.example.com");
    }
    put_srv(1, 0, "a.example.com");
    read_wire(SIP_DNS_SRV);
    assert_int_equal(got.news.n_records, 1);
    assert_string_equal(got.records[0].target, "a.example.com");
}

static void the_best_of_many_pointers(void **state)
{
    (void)state;
    begin(0, 100, 0, "example.com");
    for (unsigned i = 0; i < 100; i++) {
        head(NULL, 35, 60, 4 + 2 + 8 + 1 + 3);
        put16(7);
        put16(99 - i);
        put_string("s");
        put_string("SIP+D2U");
        put_string("");
        put_name("a");
    }
    read_wire(SIP_DNS_NAPTR);
    assert_int_equal(got.news.n_records, SIP__DNS_ANSWER_RECORDS);
    for (unsigned i = 0; i < SIP__DNS_ANSWER_RECORDS; i++) {
        assert_int_equal(got.records[i].weight, i);
    }
}

/* As large as an answer can be: what is looked at has a bound, and what is there is found. */
static void sixty_four_kibibytes(void **state)
{
    (void)state;
    begin(0, 4000, 0, "example.com");
    for (unsigned i = 0; i < 4000; i++) {
        put_a(i < 500 ? NULL : ".", 5, (uint8_t)i);
    }
    while (wire_len < 65535) {
        put("", 1);
    }
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.n_records, SIP__DNS_ANSWER_RECORDS);
    put("", 1);
    read_wire(SIP_DNS_A);
    assert_int_equal(got.news.err, SIP_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(servers),
        cmocka_unit_test(pointers),
        cmocka_unit_test(aliases_are_followed_in_any_order),
        cmocka_unit_test(aliases_in_a_ring),
        cmocka_unit_test(negative_ones),
        cmocka_unit_test(failures),
        cmocka_unit_test(every_cut_is_survived),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(bad_data),
        cmocka_unit_test(too_much),
        cmocka_unit_test(the_best_of_many_servers),
        cmocka_unit_test(bad_servers_before_good_ones),
        cmocka_unit_test(the_best_of_many_pointers),
        cmocka_unit_test(sixty_four_kibibytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
