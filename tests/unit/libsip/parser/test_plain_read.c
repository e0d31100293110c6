#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "parser/address.h"
#include "parser/cursor.h"
#include "parser/scan.h"
#include "parser/start_line.h"
#include "parser/uri_text.h"
#include "parser/via.h"

#define TEXT_BYTES 160

/* What stands behind plain text in a message. */
static const char terminators[] = {'\r', '\n', ' ', '\t', ',', '\0'};

static const struct sip__scan_way *way_of(size_t i)
{
    return i == 0   ? sip__scan_way_portable()
           : i == 1 ? sip__scan_way_sse2()
           : i == 2 ? sip__scan_way_avx2()
                    : sip__scan_way();
}

#define WAYS 4

/* What becomes of a text: *ret_end is NULL if it was refused. */
typedef void (*check_text)(const struct sip__scan_way *way, sip_str text, const char **ret_end);

/* Each byte of the text changed to each other, read in each way: all take and refuse the same.
 * @return how many texts were taken */
static size_t change_bytes(const char *plain, check_text check)
{
    const size_t len = strlen(plain);
    size_t taken = 0;

    for (size_t at = 0; at < len; at++) {
        for (int c = 0; c < 256; c++) {
            char bytes[TEXT_BYTES + SIP__SCAN_PAD_BYTES] = {0};
            const char *wanted = NULL;

            memcpy(bytes, plain, len);
            bytes[at] = (char)c;
            bytes[len] = terminators[(size_t)c % sizeof terminators];
            for (size_t i = 0; i < WAYS; i++) {
                const char *end = NULL;

                if (way_of(i) != NULL) {
                    check(way_of(i), (sip_str){bytes, len}, &end);
                    assert_true(i == 0 || end == wanted);
                    wanted = end;
                }
            }
            taken += wanted != NULL;
        }
    }
    return taken;
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

static void check_uri(const struct sip__scan_way *way, sip_str text, const char **ret_end)
{
    sip_uri ours, any;
    const char *end = way->uri(text.ptr, text.ptr + text.len, &ours);

    if (end == text.ptr + text.len || (end != NULL && *end == '>')) {
        assert_int_equal(sip__uri_read((sip_str){text.ptr, (size_t)(end - text.ptr)}, &any), 0);
        assert_same_uri(&ours, &any);
        *ret_end = end;
    }
}

static void test_uri(void **state)
{
    static const char *const texts[] = {
        "sip:a",
        "sip:alice@atlanta.example.com",
        "SIP:+15551234;x=y@192.0.2.1:5060",
        "sip:a@client.atlanta.example.com:65535;transport=tcp",
        "sip:h:1;lr",
        "sip:a.b-c_d@h;transport=udp;lr",
        "sip:a@a-host-whose-name-is-longer-than-one.vector-and-than-another.example.com:5060",
    };
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        taken += change_bytes(texts[i], check_uri);
    }
    assert_true(taken > 1000);
}

static void assert_same_address(const sip_address *a, const sip_address *b)
{
    assert_same_slice(a->text, b->text);
    assert_same_slice(a->display, b->display);
    assert_same_uri(&a->uri, &b->uri);
    assert_same_slice(a->tag, b->tag);
    assert_same_slice(a->params, b->params);
    assert_int_equal(a->expires_s, b->expires_s);
    assert_int_equal(a->q_permille, b->q_permille);
    assert_int_equal(a->has_expires, b->has_expires);
    assert_int_equal(a->has_q, b->has_q);
    assert_int_equal(a->is_star, b->is_star);
}

/* The general reader goes on where the plain one ends, and then both say the same. */
static void check_address(const struct sip__scan_way *way, sip_str text, const char **ret_end)
{
    sip_address ours, any;
    const char *end = way->address(text, &ours);
    const int err = sip__address_read(text, &any);

    assert_true(end == NULL || end <= text.ptr + text.len);
    if (end != text.ptr + text.len) {
        assert_int_equal(sip__address_read_on(text, end, &ours), err);
    }
    if (err == 0) {
        assert_same_address(&ours, &any);
        *ret_end = end;
    }
    assert_true(err == 0 || end != text.ptr + text.len);
}

static void test_address(void **state)
{
    static const char *const texts[] = {
        "\"A l\" <sip:a@h.example.com:5060>;tag=1.2-3",
        "\"A name longer than a vector has bytes\"<sip:a@h>;tag=longer-than-a-vector-has-bytes",
        "<sip:a@h>;tag=xyz;q=0.5",
        "<sip:h;transport=udp>;expires=3600",
        "<sip:a@h>",
        "*",
    };
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        taken += change_bytes(texts[i], check_address);
    }
    assert_true(taken > 1000);
}

static void check_via(const struct sip__scan_way *way, sip_str text, const char **ret_end)
{
    sip_via ours, any;

    if (!way->via(text, &ours)) {
        return;
    }
    assert_int_equal(sip__via_read(text, &any), 0);
    assert_same_slice(ours.text, any.text);
    assert_same_slice(ours.host, any.host);
    assert_int_equal(ours.port, any.port);
    assert_int_equal(ours.protocol, any.protocol);
    assert_same_slice(ours.protocol_text, any.protocol_text);
    assert_same_slice(ours.params, any.params);
    assert_same_slice(ours.branch, any.branch);
    assert_same_slice(ours.received, any.received);
    assert_same_slice(ours.maddr, any.maddr);
    assert_int_equal(ours.has_rport, any.has_rport);
    assert_int_equal(ours.rport, any.rport);
    *ret_end = text.ptr + text.len;
}

static void test_via(void **state)
{
    static const char *const texts[] = {
        "SIP/2.0/UDP client.example.com:5060;branch=z9hG4bK74bf9;rport",
        "SIP/2.0/TCP h;branch=z9hG4bK1;received=192.0.2.1",
        "SIP/2.0/TLS h:1;branch=z9hG4bK1",
        "SIP/2.0/UDP h:1;maddr=x;branch=1",
        "SIP/2.0/UDP h;rport=5070;received=192.0.2.1;branch=z9hG4bK1;rport",
    };
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        taken += change_bytes(texts[i], check_via);
    }
    assert_true(taken > 1000);
}

static void check_request(const struct sip__start_line *any, const struct sip__plain_start *ours,
                          sip_str line)
{
    assert_same_slice(any->method_text, (sip_str){line.ptr, ours->first_len});
    assert_same_slice(any->uri, (sip_str){line.ptr + ours->first_len + 1, ours->second_len});
    assert_false(any->other_version);
}

static void check_start(const struct sip__scan_way *way, sip_str text, const char **ret_end)
{
    struct sip__plain_start ours;
    struct sip__start_line any;
    sip_str line;

    if (!way->start(text.ptr, &ours)) {
        return;
    }
    assert_true(ours.next <= text.len + 1);
    line = (sip_str){text.ptr, ours.next - 2};
    *ret_end = text.ptr + ours.next;
    if (sip__start_line_parse(line, &any) != 0 ||
        (!any.is_request && memcmp(text.ptr, "SIP/2.0 ", 8) != 0)) {
        /* That the method is one, and the status, is for the caller to see. */
        assert_true(!sip__is_token((sip_str){text.ptr, ours.first_len}));
        return;
    }
    if (any.is_request) {
        check_request(&any, &ours, line);
        return;
    }
    assert_int_equal(ours.first_len, 7);
    assert_int_equal(ours.second_len, 3);
    assert_same_slice(any.phrase, (sip_str){text.ptr + 12, ours.phrase_len});
}

static void test_start(void **state)
{
    static const char *const texts[] = {
        "INVITE sip:bob@biloxi.example.com SIP/2.0\r\nTo: x",
        "OPTIONS sip:a-host-whose-name-is-longer-than-one.vector.example.com SIP/2.0\r\n",
        "SIP/2.0 183 Session Progress\r\n",
        "SIP/2.0 200 \r\n",
        "SIP/2.0 200 SIP/2.0\r\n",
    };
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        taken += change_bytes(texts[i], check_start);
    }
    assert_true(taken > 1000);
}

static void check_blank(const struct sip__scan_way *way, sip_str text, const char **ret_end)
{
    const char *end = text.ptr + text.len;

    *ret_end = end;
    if (end[0] != ',') {
        *ret_end = way->blank(text.ptr);
        assert_ptr_equal(*ret_end, sip__scan_blank(text.ptr, end));
    }
}

static void test_blank(void **state)
{
    (void)state;
    change_bytes("3848276298220188511@atlanta.example.com", check_blank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uri),   cmocka_unit_test(test_address), cmocka_unit_test(test_via),
        cmocka_unit_test(test_start), cmocka_unit_test(test_blank),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
