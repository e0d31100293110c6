#include "support/guard_str.h"

#include <stdlib.h>

#include "parser/scan.h"

#define MAX_LINES 8

struct scanned {
    guard_page page;
    struct sip__scan_line lines[MAX_LINES];
    struct sip__scan_result result;
};

static void scan_bytes(struct scanned *scanned, const char *bytes, size_t len, size_t max_lines)
{
    const sip_str text = guard_bytes(&scanned->page, bytes, len);
    const size_t n =
        sip__scan_headers(text.ptr, text.len, 0, scanned->lines, max_lines, &scanned->result);

    assert_int_equal(n, scanned->result.n_lines);
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
    assert_int_equal(sip__scan_headers(NULL, 0, 0, s.lines, MAX_LINES, &s.result), 0);
    assert_int_equal(s.result.end, SIP__SCAN_MORE);
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
    assert_int_equal(
        sip__scan_headers(s.page.bytes, s.page.len, s.result.next, s.lines, 2, &s.result), 1);
    assert_int_equal(s.result.end, SIP__SCAN_BLANK);
    assert_line(&s, 0, "C", "3", false);
    guard_page_finish(&s.page);
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

static const char *first_stop(const char *at, const char *end)
{
    while (at < end && *at != '\r' && *at != '\n' && *at != '\0') {
        at++;
    }
    return at;
}

/* Both ways of finding the end of a line agree with the plain one, for each byte, length and place.
 */
static void test_both_ways_agree(void **state)
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
                assert_ptr_equal(sip__scan_stop_portable(text.ptr, end), stop);
                assert_ptr_equal(sip__scan_stop_sse2(text.ptr, end), stop);
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
        cmocka_unit_test(test_line_end),
        cmocka_unit_test(test_both_ways_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
