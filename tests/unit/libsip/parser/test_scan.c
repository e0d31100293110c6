#include "support/guard_str.h"

#include <stdio.h>
#include <stdlib.h>

#include <sip/header.h>

#include "parser/scan.h"

#define MAX_LINES 8

struct scanned {
    guard_page page;
    struct sip__scan_line lines[MAX_LINES];
    struct sip__scan_result result;
};

static void assert_same_line(const struct sip__scan_line *a, const struct sip__scan_line *b)
{
    assert_int_equal(a->name, b->name);
    assert_int_equal(a->name_len, b->name_len);
    assert_int_equal(a->value, b->value);
    assert_int_equal(a->value_len, b->value_len);
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->folded, b->folded);
}

static void assert_same_scan(const struct scanned *scanned, sip_str text, size_t max_lines,
                             const struct sip__scan_way *way)
{
    struct scanned other;
    size_t n;

    if (way == NULL) {
        return;
    }
    n = way->headers(text.ptr, text.len, 0, other.lines, max_lines, &other.result);
    assert_int_equal(n, scanned->result.n_lines);
    assert_int_equal(other.result.end, scanned->result.end);
    assert_int_equal(other.result.next, scanned->result.next);
    assert_int_equal(other.result.bad, scanned->result.bad);
    assert_int_equal(other.result.folded, scanned->result.folded);
    for (size_t i = 0; i < n; i++) {
        assert_same_line(&scanned->lines[i], &other.lines[i]);
    }
}

/* The bytes with their padding, right before the guard page. */
static sip_str guard_padded(guard_page *page, const char *bytes, size_t len)
{
    char padded[256 + SIP__SCAN_PAD_BYTES] = {0};

    assert_true(len <= 256);
    memcpy(padded, bytes, len);
    return (sip_str){guard_bytes(page, padded, len + SIP__SCAN_PAD_BYTES).ptr, len};
}

static void scan_bytes(struct scanned *scanned, const char *bytes, size_t len, size_t max_lines)
{
    const sip_str text = guard_padded(&scanned->page, bytes, len);
    const size_t n = sip__scan_way_portable()->headers(text.ptr, text.len, 0, scanned->lines,
                                                       max_lines, &scanned->result);

    assert_int_equal(n, scanned->result.n_lines);
    assert_same_scan(scanned, text, max_lines, sip__scan_way());
    assert_same_scan(scanned, text, max_lines, sip__scan_way_sse2());
    assert_same_scan(scanned, text, max_lines, sip__scan_way_avx2());
}

static void scan(struct scanned *scanned, const char *text)
{
    scan_bytes(scanned, text, strlen(text), MAX_LINES);
}

static void assert_line(const struct scanned *scanned, size_t i, const char *name,
                        const char *value, bool folded)
{
    const struct sip__scan_line *line = &scanned->lines[i];

    assert_true(i < scanned->result.n_lines);
    assert_str(((sip_str){scanned->page.bytes + line->name, line->name_len}), name);
    assert_str(((sip_str){scanned->page.bytes + line->value, line->value_len}), value);
    assert_int_equal(line->folded, folded);
}

static void test_plain_lines(void **state)
{
    struct scanned s;

    (void)state;
    scan(&s, "Via: SIP/2.0/UDP h\r\nl:0\r\nSubject:\r\n\r\nbody");
    assert_int_equal(s.result.end, SIP__SCAN_BLANK);
    assert_int_equal(s.result.n_lines, 3);
    assert_int_equal(s.result.next, strlen("Via: SIP/2.0/UDP h\r\nl:0\r\nSubject:\r\n\r\n"));
    assert_line(&s, 0, "Via", "SIP/2.0/UDP h", false);
    assert_line(&s, 1, "l", "0", false);
    assert_line(&s, 2, "Subject", "", false);
    guard_page_finish(&s.page);
}

static void test_white_space_and_folding(void **state)
{
    struct scanned s;

    (void)state;
    scan(&s, "TO :\r\n sip:v@h ;   tag    = 1\r\nFrom \t:  a \r\n\t\r\n b\t \r\nX: y\n\n");
    assert_int_equal(s.result.end, SIP__SCAN_BLANK);
    assert_int_equal(s.result.n_lines, 3);
    assert_line(&s, 0, "TO", "sip:v@h ;   tag    = 1", true);
    assert_line(&s, 1, "From", "a \r\n\t\r\n b", true);
    assert_line(&s, 2, "X", "y", false);
    guard_page_finish(&s.page);
}

static void test_no_lines_at_all(void **state)
{
    struct scanned s;

    (void)state;
    scan(&s, "\r\nbody");
    assert_int_equal(s.result.end, SIP__SCAN_BLANK);
    assert_int_equal(s.result.n_lines, 0);
    assert_int_equal(s.result.next, 2);
    guard_page_finish(&s.page);
    scan_bytes(&s, "", 0, MAX_LINES);
    assert_int_equal(s.result.n_lines, 0);
    assert_int_equal(s.result.end, SIP__SCAN_MORE);
    guard_page_finish(&s.page);
}

/* Wherever the bytes end before the blank line does, more is needed, and nothing after the end is
 * read. */
static void test_every_prefix_needs_more(void **state)
{
    static const char text[] = "To: a\r\nFrom : b\r\n c\r\n\r\n";

    (void)state;
    for (size_t len = 0; len < sizeof text - 1; len++) {
        struct scanned s;

        scan_bytes(&s, text, len, MAX_LINES);
        assert_int_equal(s.result.end, SIP__SCAN_MORE);
        assert_true(s.result.next <= len);
        assert_int_equal(s.result.n_lines,
                         (len >= 7) + (len >= 17 && len != 18 && len != 19 && len != 20));
        guard_page_finish(&s.page);
    }
}

static void test_bad_lines(void **state)
{
    static const struct {
        const char *text;
        size_t bad;
    } cases[] = {
        {"To: a\r\nno colon\r\n\r\n", 10}, {": v\r\n\r\n", 0},
        {" To: folded first\r\n\r\n", 0},  {"T(o: v\r\n\r\n", 1},
        {"To: a\rb\r\n\r\n", 5},           {"\rTo: a\r\n\r\n", 0},
        {"To\r\n: a\r\n\r\n", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scanned s;

        scan(&s, cases[i].text);
        assert_int_equal(s.result.end, SIP__SCAN_BAD);
        assert_int_equal(s.result.bad, cases[i].bad);
        guard_page_finish(&s.page);
    }
}

static void test_nul_is_bad(void **state)
{
    static const char text[] = "To: a\0b\r\n\r\n";
    struct scanned s;

    (void)state;
    scan_bytes(&s, text, sizeof text - 1, MAX_LINES);
    assert_int_equal(s.result.end, SIP__SCAN_BAD);
    assert_int_equal(s.result.bad, 5);
    guard_page_finish(&s.page);
}

static void test_full_goes_on_from_next(void **state)
{
    static const char text[] = "A: 1\r\nB: 2\r\nC: 3\r\n\r\n";
    struct scanned s;

    (void)state;
    scan_bytes(&s, text, sizeof text - 1, 2);
    assert_int_equal(s.result.end, SIP__SCAN_FULL);
    assert_int_equal(s.result.n_lines, 2);
    assert_int_equal(s.result.next, 12);
    assert_int_equal(sip__scan_way()->headers(s.page.bytes, sizeof text - 1, s.result.next, s.lines,
                                              2, &s.result),
                     1);
    assert_int_equal(s.result.end, SIP__SCAN_BLANK);
    assert_line(&s, 0, "C", "3", false);
    guard_page_finish(&s.page);
}

/* Every name, with a value of every length before the end of the bytes, and with other bytes in
 * each place: both ways agree, and find the name that is there. */
static void test_every_name(void **state)
{
    (void)state;
    for (int id = 1; id < SIP_HEADER_COUNT; id++) {
        const sip_str name = sip_header_name((sip_header_id)id);
        struct scanned s;
        char text[80];

        for (size_t pad = 0; pad < 34; pad++) {
            const int len = snprintf(text, sizeof text, SIP_FMT ": %.*s\r\n\r\n", SIP_ARG(name),
                                     (int)pad, "0123456789012345678901234567890123");

            scan_bytes(&s, text, (size_t)len, MAX_LINES);
            assert_int_equal(s.result.end, SIP__SCAN_BLANK);
            assert_int_equal(s.lines[0].id, id);
            assert_int_equal(s.lines[0].name_len, name.len);
            assert_int_equal(s.lines[0].value_len, pad);
            guard_page_finish(&s.page);
        }
        for (size_t at = 0; at <= name.len; at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                const int len = snprintf(text, sizeof text, SIP_FMT ": 0123456789abcdef\r\n\r\n",
                                         SIP_ARG(name));
                const char before = text[at];
                const char c = (char)(before ^ (1 << bit));

                text[at] = c;
                scan_bytes(&s, text, (size_t)len, MAX_LINES);
                if (at < name.len && s.result.n_lines == 1 && s.lines[0].id == id) {
                    assert_true(c == before || (c ^ before) == 0x20);
                }
                guard_page_finish(&s.page);
            }
        }
    }
}

/* A message with every byte of it changed to every other: both ways agree. */
static void test_every_byte_changed(void **state)
{
    static const char text[] = "Via: SIP/2.0/UDP host.example.com;branch=1\r\nf: a\r\n"
                               "Content-Length:0\r\nX-Unknown : 1,\r\n 2\r\nTo:  b \r\n\r\nbody";

    (void)state;
    for (size_t at = 0; at < sizeof text - 1; at++) {
        for (int c = 0; c < 256; c++) {
            char changed[sizeof text];
            struct scanned s;

            memcpy(changed, text, sizeof text);
            changed[at] = (char)c;
            scan_bytes(&s, changed, sizeof text - 1, MAX_LINES);
            guard_page_finish(&s.page);
        }
    }
}

static void test_line_end(void **state)
{
    guard_page page;
    const sip_str text = guard_str(&page, "INVITE sip:a SIP/2.0\r\nTo: b");

    (void)state;
    assert_int_equal(sip__scan_line_end(text.ptr, text.len, 0), 21);
    assert_int_equal(sip__scan_line_end(text.ptr, text.len, 22), text.len);
    assert_int_equal(sip__scan_line_end(text.ptr, text.len, text.len), text.len);
    guard_page_finish(&page);
}

/* A line that was stored, then found to be folded; also the last one that there is room for. */
static void test_folded_behind(void **state)
{
    static const char text[] = "To: a\r\nFrom: b\r\n c\r\nVia: d\r\n\te\r\n\r\n";
    struct scanned s;

    (void)state;
    for (size_t max = 1; max <= 3; max++) {
        scan_bytes(&s, text, sizeof text - 1, max);
        assert_int_equal(s.result.end, max < 3 ? SIP__SCAN_FULL : SIP__SCAN_BLANK);
        assert_int_equal(s.result.n_lines, max);
        assert_int_equal(s.result.folded, max > 1);
        if (max == 3) {
            assert_line(&s, 1, "From", "b\r\n c", true);
            assert_line(&s, 2, "Via", "d\r\n\te", true);
        }
        guard_page_finish(&s.page);
    }
}

static const char *first_stop(const char *at, const char *end)
{
    while (at < end && *at != '\r' && *at != '\n' && *at != '\0') {
        at++;
    }
    return at;
}

/* The end of a line is found as byte by byte, for each byte, length and place. */
static void test_stop(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 40; len++) {
        guard_page page;
        sip_str text;
        char bytes[40];

        memset(bytes, 'a', sizeof bytes);
        text = guard_bytes(&page, bytes, len);
        for (size_t at = 0; at <= len; at++) {
            for (int c = 0; c < 256; c++) {
                const char *end = text.ptr + len;
                const char *stop;

                if (at < len) {
                    page.bytes[at] = (char)c;
                }
                stop = first_stop(text.ptr, end);
                assert_ptr_equal(sip__scan_stop(text.ptr, end), stop);
            }
            if (at < len) {
                page.bytes[at] = 'a';
            }
        }
        guard_page_finish(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_lines),
        cmocka_unit_test(test_white_space_and_folding),
        cmocka_unit_test(test_no_lines_at_all),
        cmocka_unit_test(test_every_prefix_needs_more),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_nul_is_bad),
        cmocka_unit_test(test_full_goes_on_from_next),
        cmocka_unit_test(test_every_name),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_line_end),
        cmocka_unit_test(test_folded_behind),
        cmocka_unit_test(test_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
