#include "sim/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void hosts_have_addresses_and_names(void **state)
{
    sip_sim *sim = NULL;
    sip_stack *stack = NULL;
    sip_addr addr;
    sip_protocol protocol;
    sip_uri uri;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "alice", NULL, NULL), 0);
    assert_int_equal(sip_sim_add_host(sim, "bob", NULL, &stack), 0);
    assert_int_equal(sip_sim_add_host(sim, "bob", NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_sim_add_host(sim, "", NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_sim_add_host(sim, NULL, NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_sim_add_host(NULL, "x", NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_sim_host_addr(sim, "bob", &addr), 0);
    assert_int_equal(addr.ip[0], 10);
    assert_int_equal(addr.ip[3], 2);
    assert_int_equal(addr.port, 5060);
    assert_int_equal(sip_sim_host_addr(sim, "carol", &addr), SIP_ENOENT);
    assert_true(sip_stack_listener(stack, 0, &protocol, &addr));
    assert_true(sip_stack_listener(stack, 1, &protocol, &addr));
    assert_false(sip_stack_listener(stack, 2, &protocol, &addr));
    assert_int_equal(sip_uri_parse(SIP_STR("sip:x@bob"), &uri), 0);
    assert_true(sip_stack_owns_uri(stack, &uri));
    assert_int_equal(sip_uri_parse(SIP_STR("sip:x@alice"), &uri), 0);
    assert_false(sip_stack_owns_uri(stack, &uri));
    assert_int_equal(sip_sim_live_objects(sim), 0);
    sip_sim_destroy(sim);
    sip_sim_destroy(NULL);
}

static void each_host_has_dice_of_its_own(void **state)
{
    sip__dice a, b, again;
    unsigned char bytes[3][13];

    (void)state;
    sip__dice_init(&a, 1, 1);
    sip__dice_init(&b, 1, 2);
    sip__dice_init(&again, 1, 1);
    sip_random_fill(&a.random, bytes[0], sizeof bytes[0]);
    sip_random_fill(&b.random, bytes[1], sizeof bytes[1]);
    sip_random_fill(&again.random, bytes[2], sizeof bytes[2]);
    assert_memory_not_equal(bytes[0], bytes[1], sizeof bytes[0]);
    assert_memory_equal(bytes[0], bytes[2], sizeof bytes[0]);
}

static void hosts_are_found_by_name_and_address(void **state)
{
    static const char *const domains[] = {"example.com", "example.net", NULL};
    sip_stack_config config = {.domains = domains};
    sip__host *made = NULL;
    sip_addr addr;
    sip_uri uri;
    sip_sim *sim;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip__host_create(sim, "proxy", &config, &made), 0);
    assert_ptr_equal(sip__host_named(sim, "proxy"), made);
    assert_null(sip__host_named(sim, "prox"));
    assert_null(sip__host_named(sim, NULL));
    addr = made->addr;
    addr.port = 1;
    assert_ptr_equal(sip__host_at(sim, &addr), made);
    addr.ip[3] = 9;
    assert_null(sip__host_at(sim, &addr));
    assert_int_equal(sip_uri_parse(SIP_STR("sip:example.net"), &uri), 0);
    assert_true(sip_stack_owns_uri(made->stack, &uri));
    assert_int_equal(sip_uri_parse(SIP_STR("sip:proxy"), &uri), 0);
    assert_true(sip_stack_owns_uri(made->stack, &uri));
    sip_sim_destroy(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_have_addresses_and_names),
        cmocka_unit_test(each_host_has_dice_of_its_own),
        cmocka_unit_test(hosts_are_found_by_name_and_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
