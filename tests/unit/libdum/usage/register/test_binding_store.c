#include "usage/register/binding_store.h"

#include "binding_world.h"

static dum__binding *add(dum__binding_set *set, const char *contact, uint32_t expires_s,
                         uint16_t q_permille)
{
    const dum__binding_facts facts = {.contact = sip_str_of(contact),
                                      .call_id = SIP_STR("call"),
                                      .cseq = 3,
                                      .expires_s = expires_s,
                                      .q_permille = q_permille};
    dum__binding *binding = dum__binding_create(set, &facts);

    assert_non_null(binding);
    assert_true(sip_list_is_empty(&binding->link));
    dum__binding_link(binding);
    return binding;
}

static void a_set_lives_while_it_has_bindings(void **state)
{
    dum__binding_set *set, *same, *other;
    binding_world world;

    (void)state;
    world_open(&world);
    assert_null(dum__binding_store_find(&world.store, SIP_STR("sip:a@h")));
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &set), 0);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &same), 0);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:b@h"), &other), 0);
    assert_ptr_equal(set, same);
    assert_ptr_not_equal(set, other);
    assert_int_equal(sip_sim_live_objects(world.sim), 2);
    assert_true(sip_str_equal(set->aor, "sip:a@h"));
    add(set, "sip:a@1", 60, 1000);
    dum__binding_set_close(set);
    dum__binding_set_close(other);
    assert_ptr_equal(dum__binding_store_find(&world.store, SIP_STR("sip:a@h")), set);
    assert_null(dum__binding_store_find(&world.store, SIP_STR("sip:b@h")));
    world_close(&world);
}

static void highest_q_first_then_the_older(void **state)
{
    dum__binding_set *set;
    binding_world world;
    char text[300];

    (void)state;
    world_open(&world);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &set), 0);
    add(set, "sip:1@h", 60, 500);
    add(set, "sip:2@h", 60, 1000);
    add(set, "sip:3@h", 60, 500);
    add(set, "sip:4@h", 60, 0);
    add(set, "sip:5@h", 60, 700);
    assert_string_equal(world_contacts(set, text), "sip:2@h sip:5@h sip:1@h sip:3@h sip:4@h ");
    assert_int_equal(set->count, 5);
    world_close(&world);
}

static void each_runs_out_at_its_time(void **state)
{
    dum__binding_set *set;
    dum__binding *kept;
    binding_world world;

    (void)state;
    world_open(&world);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &set), 0);
    add(set, "sip:1@h", 100, 0);
    kept = add(set, "sip:2@h", 50, 0);
    sip_sim_run(world.sim, 49000);
    assert_int_equal(world.expired, 0);
    assert_int_equal(dum__binding_view(kept).expires_s, 1);
    dum__binding_unlink(kept); /* and so it does not run out */
    sip_sim_run(world.sim, 50999);
    assert_int_equal(world.expired, 0);
    assert_int_equal(dum__binding_view(kept).expires_s, 0);
    dum__binding_destroy(kept);
    sip_sim_run(world.sim, 2);
    assert_int_equal(world.expired, 1);
    assert_string_equal(world.last_expired, "sip:1@h");
    assert_null(dum__binding_store_find(&world.store, SIP_STR("sip:a@h")));
    world_close(&world);
}

static void the_longest_life_does_not_overflow(void **state)
{
    dum__binding_set *set;
    binding_world world;

    (void)state;
    world_open(&world);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &set), 0);
    add(set, "sip:1@h", DUM__BINDING_MAX_S, 0);
    sip_sim_run(world.sim, 3999999999u);
    assert_int_equal(world.expired, 0);
    sip_sim_run(world.sim, 2);
    assert_int_equal(world.expired, 1);
    world_close(&world);
}

static void what_applications_see(void **state)
{
    const sip_path path = {.protocol = SIP_PROTOCOL_TCP, .flow = 7};
    const dum__binding_facts facts = {.contact = SIP_STR_INIT("sip:A@1;x=y"),
                                      .call_id = SIP_STR_INIT("call"),
                                      .cseq = 9,
                                      .expires_s = 30,
                                      .q_permille = 250,
                                      .has_q = true,
                                      .path = &path};
    dum__binding *binding, *bare;
    dum__binding_set *set;
    dum_binding view;
    binding_world world;

    (void)state;
    world_open(&world);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &set), 0);
    binding = dum__binding_create(set, &facts);
    dum__binding_link(binding);
    view = dum__binding_view(binding);
    assert_true(sip_str_equal(view.aor, "sip:a@h"));
    assert_true(sip_str_equal(view.contact, "sip:A@1;x=y"));
    assert_ptr_not_equal(view.contact.ptr, facts.contact.ptr);
    assert_true(sip_str_equal(view.call_id, "call"));
    assert_int_equal(view.cseq, 9);
    assert_int_equal(view.expires_s, 30);
    assert_int_equal(view.q_permille, 250);
    assert_int_equal(view.path.flow, 7);
    bare = dum__binding_create(set, &(dum__binding_facts){.contact = SIP_STR("sip:b@1")});
    assert_int_equal(dum__binding_view(bare).call_id.len, 0);
    assert_int_equal(dum__binding_view(bare).path.flow, 0);
    dum__binding_destroy(bare);
    dum__binding_destroy(NULL);
    world_close(&world);
}

static void compared_as_uris(void **state)
{
    static const struct {
        const char *contact;
        bool same;
    } cases[] = {
        {"sip:alice@H.example", true},     {"sip:%61lice@h.example", true},
        {"sip:alice@h.example;x=1", true}, {"sip:alice@h.example:5060", false},
        {"sip:Alice@h.example", false},    {"sips:alice@h.example", false},
    };
    dum__binding_set *set;
    dum__binding *binding;
    binding_world world;
    sip_uri uri;

    (void)state;
    world_open(&world);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &set), 0);
    binding = add(set, "sip:alice@h.example", 60, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(sip_uri_parse(sip_str_of(cases[i].contact), &uri), 0);
        assert_int_equal(dum__binding_is_for(binding, &uri), cases[i].same);
    }
    world_close(&world);
}

static void without_memory(void **state)
{
    dum__binding_store another;
    dum__binding_set *set = NULL;
    binding_world world;

    (void)state;
    world_open(&world);
    world_fail(&world, 1);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &set), SIP_ENOMEM);
    assert_null(set);
    assert_int_equal(world.store.sets.count, 0);
    assert_int_equal(dum__binding_store_open(&world.store, SIP_STR("sip:a@h"), &set), 0);
    world_fail(&world, 1);
    assert_null(dum__binding_create(set, &(dum__binding_facts){.contact = SIP_STR("sip:b@1")}));
    assert_int_equal(set->count, 0);
    dum__binding_set_close(set);
    world_fail(&world, 1);
    assert_int_equal(dum__binding_store_init(&another, world.dum, world_on_expired), SIP_ENOMEM);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_lives_while_it_has_bindings),
        cmocka_unit_test(highest_q_first_then_the_older),
        cmocka_unit_test(each_runs_out_at_its_time),
        cmocka_unit_test(the_longest_life_does_not_overflow),
        cmocka_unit_test(what_applications_see),
        cmocka_unit_test(compared_as_uris),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
