/* The sessions that a client keeps: bounded, for a time, each used once. */
#include "security/tls_kept.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "support/fail_alloc.h"

static SSL_SESSION *put(sip__tls_kept *kept, const char *key, int64_t until_s)
{
    SSL_SESSION *session = SSL_SESSION_new();

    assert_true(sip__tls_kept_put(kept, sip_str_of(key), session, until_s));
    return session;
}

static bool takes(sip__tls_kept *kept, const char *key, int64_t now_s, const SSL_SESSION *expected)
{
    int64_t until_s = 0;
    SSL_SESSION *session = sip__tls_kept_take(kept, sip_str_of(key), now_s, &until_s);

    SSL_SESSION_free(session);
    return session == expected && (!session || until_s > now_s);
}

static void the_newest_of_its_key_is_taken_once(void **state)
{
    sip__tls_kept kept;
    SSL_SESSION *a, *b, *other;

    (void)state;
    assert_int_equal(sip__tls_kept_init(&kept, NULL, 10), 0);
    a = put(&kept, "a", 100);
    b = put(&kept, "a", 90);
    other = put(&kept, "b", 100);
    assert_true(takes(&kept, "c", 0, NULL));
    assert_true(takes(&kept, "a", 0, b));
    assert_true(takes(&kept, "a", 0, a));
    assert_true(takes(&kept, "a", 0, NULL));
    assert_true(takes(&kept, "b", 99, other));
    assert_int_equal(kept.count, 0);
    sip__tls_kept_finish(&kept);
}

static void the_old_and_the_oldest_go(void **state)
{
    sip__tls_kept kept;
    SSL_SESSION *third;

    (void)state;
    assert_int_equal(sip__tls_kept_init(&kept, NULL, 2), 0);
    put(&kept, "a", 100);
    put(&kept, "b", 100);
    third = put(&kept, "c", 200);
    assert_int_equal(kept.count, 2);
    assert_true(takes(&kept, "a", 0, NULL));
    assert_true(takes(&kept, "b", 100, NULL));
    assert_int_equal(kept.count, 1);
    assert_true(takes(&kept, "c", 199, third));
    put(&kept, "left", 1);
    sip__tls_kept_finish(&kept);
}

static void without_memory_nothing_is_kept(void **state)
{
    SSL_SESSION *session = SSL_SESSION_new();
    sip__tls_kept kept;
    fail_alloc fail;

    (void)state;
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip__tls_kept_init(&kept, &fail.allocator, 2), SIP_ENOMEM);
    fail_alloc_init(&fail, 2);
    assert_int_equal(sip__tls_kept_init(&kept, &fail.allocator, 2), 0);
    assert_false(sip__tls_kept_put(&kept, SIP_STR("a"), session, 1));
    SSL_SESSION_free(session);
    sip__tls_kept_finish(&kept);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_of_its_key_is_taken_once),
        cmocka_unit_test(the_old_and_the_oldest_go),
        cmocka_unit_test(without_memory_nothing_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
