#include "support/guard_str.h"

#include "body/sdp_line.h"

static void test_lines(void **state)
{
    guard_page page;
    struct sip__sdp_reader rest = {.rest = guard_str(&page, "\r\nv=0\r\n\n\ns=\na=x=y\r")};
    sip_sdp_line line;

    (void)state;
    assert_int_equal(sip__sdp_line_next(&rest, &line), 1);
    assert_int_equal(line.type, 'v');
    assert_str(line.value, "0");
    assert_int_equal(sip__sdp_line_next(&rest, &line), 1);
    assert_int_equal(line.type, 's');
    assert_int_equal(line.value.len, 0);
    assert_int_equal(sip__sdp_line_next(&rest, &line), 1);
    assert_str(line.value, "x=y");
    assert_int_equal(sip__sdp_line_next(&rest, &line), 0);
    guard_page_finish(&page);
}

static void test_bad_lines(void **state)
{
    static const char *const texts[] = {"v", "va", "=0", "v =0", "v=\r\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        struct sip__sdp_reader rest = {.rest = guard_str(&page, texts[i])};
        sip_sdp_line line;

        assert_int_equal(sip__sdp_line_next(&rest, &line), SIP_ESYNTAX);
        guard_page_finish(&page);
    }
}

static void test_directions(void **state)
{
    sip_sdp_direction direction = SIP_SDP_SENDRECV;

    (void)state;
    assert_true(sip__sdp_direction_of(SIP_STR("inactive"), &direction));
    assert_int_equal(direction, SIP_SDP_INACTIVE);
    assert_true(sip__sdp_direction_of(SIP_STR("sendonly:x"), &direction));
    assert_int_equal(direction, SIP_SDP_SENDONLY);
    assert_false(sip__sdp_direction_of(SIP_STR("Inactive"), &direction));
    assert_false(sip__sdp_direction_of(SIP_STR(""), &direction));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_directions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
