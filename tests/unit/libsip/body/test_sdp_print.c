#include "support/guard_str.h"

#include "body/sdp_print.h"

static void test_writer(void **state)
{
    guard_page page;
    struct sip__sdp_writer writer;

    (void)state;
    guard_page_init(&page, "........", 8);
    writer = (struct sip__sdp_writer){page.bytes, 8, 0};
    sip__sdp_write_line(&writer, 'a', SIP_STR("bcd"));
    assert_int_equal(writer.len, 7);
    assert_memory_equal(page.bytes, "a=bcd\r\n.", 8);
    sip__sdp_write(&writer, SIP_STR("too long"));
    assert_int_equal(writer.len, 15);
    sip__sdp_write(&writer, SIP_STR("x"));
    assert_int_equal(writer.len, 16);
    assert_memory_equal(page.bytes, "a=bcd\r\n.", 8);
    guard_page_finish(&page);
}

static void test_successor(void **state)
{
    static const char *const pairs[][2] = {
        {"0", "1"}, {"9", "10"}, {"199", "200"}, {"99999999999999999999", "100000000000000000000"}};

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char out[32];
        struct sip__sdp_writer writer = {out, sizeof out, 0};

        sip__sdp_write_successor(&writer, sip_str_of(pairs[i][0]));
        assert_str(((sip_str){out, writer.len}), pairs[i][1]);
    }
}

/* However the lines ended, they end with CRLF; every shorter room is left alone beyond its end. */
static void test_print(void **state)
{
    static const char printed[] = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nx=y\r\nm=a 0 b c\r\na=d\r\n";
    sip_sdp *sdp = NULL;

    (void)state;
    assert_int_equal(
        sip_sdp_parse(NULL, SIP_STR("v=0\n\no=- 1 1 IN IP4 h\r\ns=-\nx=y\nm=a 0 b c\na=d"), &sdp),
        0);
    for (size_t size = 0; size <= sizeof printed - 1; size++) {
        guard_page page;

        guard_page_init(&page, printed, size);
        assert_int_equal(sip_sdp_print(sdp, page.bytes, size), sizeof printed - 1);
        guard_page_finish(&page);
    }
    sip_free(NULL, sdp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer),
        cmocka_unit_test(test_successor),
        cmocka_unit_test(test_print),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
