#include "sim/rungs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/fail_alloc.h"

#define COMMON                                                                                     \
    "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\n"             \
    "Call-ID: c\r\nCSeq: 1 INVITE\r\n"

static void expect_summary(const char *bytes, const char *expected)
{
    char summary[SIP__SUMMARY_BYTES];

    assert_true(sip__rungs_summary(sip_allocator_default(), sip_str_of(bytes), summary));
    assert_string_equal(summary, expected);
}

static void a_summary_is_method_or_status_and_sdp(void **state)
{
    char summary[SIP__SUMMARY_BYTES];

    (void)state;
    expect_summary("INVITE sip:b@y SIP/2.0\r\n" COMMON "\r\n", "INVITE");
    expect_summary("INVITE sip:b@y SIP/2.0\r\n" COMMON
                   "Content-Type: Application/SDP;x=y\r\nContent-Length: 5\r\n\r\nv=0\r\n",
                   "INVITE sdp");
    expect_summary("SIP/2.0 200 OK\r\n" COMMON
                   "c: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
                   "200 sdp");
    expect_summary("SIP/2.0 183 x\r\n" COMMON "c: text/plain\r\nContent-Length: 5\r\n\r\nhello",
                   "183");
    expect_summary("AMETHODOFMANYLETTERSINDEED sip:b@y SIP/2.0\r\n" COMMON "\r\n",
                   "AMETHODOFMANYLETTERS");
    expect_summary("garbage", "?");
    assert_false(sip__rungs_summary(sip_allocator_default(), SIP_STR("\r\n\r\n"), summary));
}

static void a_repeat_has_the_same_bytes_on_the_same_way(void **state)
{
    sip__rungs rungs;
    char longest[300];

    (void)state;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(sip__rungs_init(&rungs, sip_allocator_default(), sip_random_system()), 0);
    assert_string_equal(sip__rungs_text(&rungs, true), "");
    sip__rungs_add(&rungs, "a", "->", "b", "X", SIP_STR("1"));
    sip__rungs_add(&rungs, "a", "->", "b", "X", SIP_STR("2"));
    sip__rungs_add(&rungs, "a", "<-", "b", "X", SIP_STR("1"));
    sip__rungs_add(&rungs, "a", "->", "c", "X", SIP_STR("1"));
    sip__rungs_add(&rungs, "a", "->", "b", "X", SIP_STR("1"));
    assert_string_equal(sip__rungs_text(&rungs, true), "a -> b X\na -> b X\na <- b X\na -> c X\n");
    assert_string_equal(sip__rungs_text(&rungs, false),
                        "a -> b X\na -> b X\na <- b X\na -> c X\na -> b X\n");
    assert_null(sip__rungs_diff(&rungs, true, "a -> b X\na -> b X\na <- b X\na -> c X\n", 1));
    sip__rungs_add(&rungs, longest, "->", "b", "X", SIP_STR("3"));
    assert_non_null(strstr(sip__rungs_diff(&rungs, true, "a -> b X\n", 42), "seed 42: line 2"));
    sip__rungs_finish(&rungs);
}

static void without_memory_it_does_not_pretend(void **state)
{
    sip__rungs rungs;
    fail_alloc fail;

    (void)state;
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip__rungs_init(&rungs, &fail.allocator, sip_random_system()), SIP_ENOMEM);
    fail_alloc_init(&fail, 0);
    assert_int_equal(sip__rungs_init(&rungs, &fail.allocator, sip_random_system()), 0);
    fail.fail_at = fail.calls + 1;
    sip__rungs_add(&rungs, "a", "->", "b", "X", SIP_STR("1"));
    assert_string_equal(sip__rungs_text(&rungs, true), "(out of memory)\n");
    assert_non_null(sip__rungs_diff(&rungs, true, "", 1));
    fail.fail_at = fail.calls + 2;
    assert_string_equal(sip__rungs_diff(&rungs, true, "", 1), "(out of memory)\n");
    sip__rungs_finish(&rungs);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_summary_is_method_or_status_and_sdp),
        cmocka_unit_test(a_repeat_has_the_same_bytes_on_the_same_way),
        cmocka_unit_test(without_memory_it_does_not_pretend),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
