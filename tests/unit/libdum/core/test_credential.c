#include "core/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/context.h"
#include "support/fail_alloc.h"

static void one_for_each_realm_and_kind(void **state)
{
    dum_manager dum = {.allocator = sip_allocator_default()};
    const sip_auth a = {.realm = SIP_STR_INIT("a"), .nonce = SIP_STR_INIT("1")};
    const sip_auth again = {.realm = SIP_STR_INIT("a"),
                            .nonce = SIP_STR_INIT("2"),
                            .scheme = SIP_STR_INIT("Digest"),
                            .opaque = SIP_STR_INIT("o"),
                            .algorithm = SIP_STR_INIT("MD5"),
                            .qop = SIP_STR_INIT("auth")};
    dum__credentials all = {NULL};
    dum__credential *found;

    (void)state;
    assert_int_equal(dum__credentials_put(&all, &dum, &a, false), 0);
    assert_int_equal(dum__credentials_put(&all, &dum, &a, true), 0);
    assert_null(dum__credentials_find(&all, SIP_STR("b"), false));
    dum__credentials_find(&all, SIP_STR("a"), false)->nc = 7;
    assert_int_equal(dum__credentials_put(&all, &dum, &again, false), 0);
    found = dum__credentials_find(&all, SIP_STR("a"), false);
    assert_int_equal(found->nc, 0);
    assert_true(sip_str_equal(found->challenge.nonce, "2"));
    assert_true(sip_str_equal(found->challenge.opaque, "o"));
    assert_true(sip_str_equal(found->challenge.algorithm, "MD5"));
    assert_true(sip_str_equal(found->challenge.qop, "auth"));
    assert_true(found->challenge.nonce.ptr != again.nonce.ptr);
    assert_true(dum__credentials_find(&all, SIP_STR("a"), true)->proxy);
    dum__credentials_remove(&all, &dum, found);
    assert_null(dum__credentials_find(&all, SIP_STR("a"), false));
    dum__credentials_finish(&all, &dum);
    assert_null(all.first);
}

static void without_memory_the_old_one_stays(void **state)
{
    const sip_auth a = {.realm = SIP_STR_INIT("a"), .nonce = SIP_STR_INIT("1")};
    dum__credentials all = {NULL};
    dum_manager dum;
    fail_alloc fails;

    (void)state;
    fail_alloc_init(&fails, 2);
    dum = (dum_manager){.allocator = &fails.allocator};
    assert_int_equal(dum__credentials_put(&all, &dum, &a, false), 0);
    assert_int_equal(dum__credentials_put(&all, &dum, &a, false), SIP_ENOMEM);
    assert_non_null(dum__credentials_find(&all, SIP_STR("a"), false));
    dum__credentials_finish(&all, &dum);
    assert_int_equal(fails.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_for_each_realm_and_kind),
        cmocka_unit_test(without_memory_the_old_one_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
