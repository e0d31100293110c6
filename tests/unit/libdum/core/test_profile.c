#include "core/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <sip/sim.h>

#include "core/context.h"

typedef struct world {
    sip_sim *sim;
    sip_stack *stack;
    dum_manager *dum;
} world;

static void open_world(world *w)
{
    assert_int_equal(sip_sim_create(NULL, &w->sim), 0);
    assert_int_equal(sip_sim_add_host(w->sim, "a", NULL, &w->stack), 0);
    assert_int_equal(dum_manager_create(w->stack, NULL, &w->dum), 0);
}

static void everything_is_inherited(void **state)
{
    const dum_profile_config none = {.aor = NULL};
    dum_profile *plain, *base, *child, *other;
    world w;

    (void)state;
    open_world(&w);
    assert_int_equal(dum_profile_create(w.dum, &none, &plain), 0);
    assert_true(sip_str_equal(dum_profile_aor(plain), "sip:anonymous@anonymous.invalid"));
    assert_ptr_equal(dum_profile_manager(plain), w.dum);
    assert_null(plain->password);
    assert_null(plain->outbound_proxy);
    assert_string_equal(plain->contact_user, "");
    assert_true(plain->early_media);
    assert_false(plain->has_aor);
    assert_int_equal(plain->registration_s, 3600);
    assert_int_equal(plain->retry_s, 30);
    assert_int_equal(plain->stale_call_s, 180);

    const dum_profile_config config = {.aor = "\"A\" <sip:a@x>",
                                       .auth_user = "au",
                                       .password = "p",
                                       .outbound_proxy = "<sip:o;lr>",
                                       .early_media = SIP_OFF,
                                       .contact_user = "cu",
                                       .registration_s = 1,
                                       .retry_s = 2,
                                       .stale_call_s = 3};
    assert_int_equal(dum_profile_create(w.dum, &config, &base), 0);
    assert_int_equal(dum_profile_create(w.dum, &(dum_profile_config){.base = base}, &child), 0);
    assert_true(sip_str_equal(dum_profile_aor(child), "sip:a@x"));
    assert_string_equal(child->auth_user, "au");
    assert_string_equal(child->password, "p");
    assert_string_equal(child->outbound_proxy, "<sip:o;lr>");
    assert_string_equal(child->contact_user, "cu");
    assert_false(child->early_media);
    assert_true(child->has_aor);
    assert_int_equal(child->registration_s + child->retry_s + child->stale_call_s, 6);

    /* Another account does not take over who the base was. */
    const dum_profile_config next = {.base = base, .aor = "sip:b@y", .early_media = SIP_ON};
    assert_int_equal(dum_profile_create(w.dum, &next, &other), 0);
    assert_string_equal(other->auth_user, "b");
    assert_string_equal(other->contact_user, "b");
    assert_string_equal(other->password, "p");
    assert_true(other->early_media);
    sip_sim_destroy(w.sim);
}

static void what_is_no_profile(void **state)
{
    dum_profile *profile = NULL;
    sip_stack *stack;
    dum_manager *other;
    world w;

    (void)state;
    open_world(&w);
    assert_int_equal(dum_profile_create(NULL, NULL, &profile), SIP_EINVAL);
    assert_int_equal(dum_profile_create(w.dum, &(dum_profile_config){.aor = "me"}, &profile),
                     SIP_EINVAL);
    assert_non_null(strstr(sip_stack_error(w.stack), "\"me\""));
    assert_int_equal(dum_profile_create(w.dum, &(dum_profile_config){.aor = "tel:1"}, &profile),
                     SIP_EINVAL);
    assert_int_equal(
        dum_profile_create(w.dum, &(dum_profile_config){.outbound_proxy = "nowhere"}, &profile),
        SIP_EINVAL);
    assert_non_null(strstr(sip_stack_error(w.stack), "outbound proxy"));
    assert_int_equal(sip_sim_add_host(w.sim, "b", NULL, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &other), 0);
    assert_int_equal(
        dum_profile_create(w.dum, &(dum_profile_config){.base = other->builtin}, &profile),
        SIP_EINVAL);
    assert_null(profile);
    assert_null(dum_profile_manager(NULL));
    assert_int_equal(dum_profile_aor(NULL).len, 0);
    sip_sim_destroy(w.sim);
}

static dum_profile *chosen(const world *w, const char *uri, const char *to)
{
    dum_profile *profile;
    char text[300];
    sip_msg *msg;

    snprintf(text, sizeof text, "INVITE %s SIP/2.0\r\nTo: %s\r\n\r\n", uri, to);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    profile = dum__profile_for_request(w->dum, msg);
    sip_msg_unref(msg);
    return profile;
}

static void requests_choose_their_profile(void **state)
{
    dum_profile *a, *b, *any;
    char own[100], addr[SIP_ADDR_TEXT_BYTES];
    sip_addr at;
    world w;

    (void)state;
    open_world(&w);
    assert_ptr_equal(chosen(&w, "sip:x@y", "<sip:x@y>"), w.dum->builtin);
    assert_int_equal(dum_profile_create(w.dum, &(dum_profile_config){.aor = "sip:a@x"}, &a), 0);
    assert_int_equal(dum_profile_create(
                         w.dum, &(dum_profile_config){.aor = "sip:b@x", .contact_user = "bb"}, &b),
                     0);
    assert_ptr_equal(chosen(&w, "sip:x@y", "<sip:x@y>"), w.dum->builtin);
    assert_int_equal(dum_profile_create(w.dum, &(dum_profile_config){.retry_s = 1}, &any), 0);
    assert_ptr_equal(chosen(&w, "sip:x@y", "<sip:x@y>"), any);
    assert_ptr_equal(chosen(&w, "sip:a@x", "<sip:x@y>"), a);
    assert_ptr_equal(chosen(&w, "sip:z@y", "<sip:b@x>"), b);
    assert_int_equal(sip_sim_host_addr(w.sim, "a", &at), 0);
    snprintf(own, sizeof own, "sip:bb@%s:5060", sip_addr_host(&at, addr));
    assert_ptr_equal(chosen(&w, own, "<sip:x@y>"), b);
    sip_sim_destroy(w.sim);
}

/* "?Subject=x" would be printed into From and Route, where it may not stand (19.1.1). */
static void addresses_with_headers(void **state)
{
    static const dum_profile_config wrong[] = {
        {.aor = "<sip:a@x?Subject=s>"},
        {.aor = "sip:a@x", .outbound_proxy = "<sip:p?Subject=s>"},
    };
    dum_profile *profile = NULL;
    world w;

    (void)state;
    open_world(&w);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(dum_profile_create(w.dum, &wrong[i], &profile), SIP_EINVAL);
        assert_non_null(strstr(sip_stack_error(w.stack), "?Subject=s"));
        assert_null(profile);
    }
    sip_sim_destroy(w.sim);
}

static void an_aor_without_a_user(void **state)
{
    dum_profile *profile;
    world w;

    (void)state;
    open_world(&w);
    assert_int_equal(
        dum_profile_create(w.dum, &(dum_profile_config){.aor = "sip:gateway.x"}, &profile), 0);
    assert_string_equal(profile->auth_user, "");
    assert_string_equal(profile->contact_user, "");
    assert_true(profile->has_aor);
    sip_sim_destroy(w.sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_inherited),       cmocka_unit_test(what_is_no_profile),
        cmocka_unit_test(requests_choose_their_profile), cmocka_unit_test(addresses_with_headers),
        cmocka_unit_test(an_aor_without_a_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
