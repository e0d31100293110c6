#include "usage/register/binding_update.h"

#include "binding_world.h"

typedef struct plan {
    binding_world world;
    dum__binding_set *set;
    dum__binding_update update;
    uint32_t cseq;
    const sip_path *path; /* of what is put */
    char text[300];
} plan;

static void plan_open(plan *it)
{
    world_open(&it->world);
    it->cseq = 1;
    it->path = NULL;
    assert_int_equal(dum__binding_store_open(&it->world.store, SIP_STR("sip:a@h"), &it->set), 0);
    dum__binding_update_init(&it->update, it->set);
}

static void plan_close(plan *it)
{
    dum__binding_set_close(it->set);
    world_close(&it->world);
}

static int put(plan *it, const char *contact, uint32_t expires_s)
{
    const dum__binding_facts facts = {.contact = sip_str_of(contact),
                                      .call_id = SIP_STR("call"),
                                      .cseq = it->cseq,
                                      .expires_s = expires_s,
                                      .path = it->path};
    sip_uri uri;

    assert_int_equal(sip_uri_parse(facts.contact, &uri), 0);
    return dum__binding_update_put(&it->update, &facts, &uri);
}

/* The request is granted: the next one has a higher CSeq. */
static void commit(plan *it)
{
    dum__binding_update_commit(&it->update);
    dum__binding_update_finish(&it->update);
    dum__binding_update_init(&it->update, it->set);
    it->cseq++;
}

static void add(plan *it, const char *contact)
{
    assert_int_equal(put(it, contact, 60), 0);
    commit(it);
}

static void added_refreshed_removed(void **state)
{
    plan it;

    (void)state;
    plan_open(&it);
    assert_int_equal(put(&it, "sip:1@h", 60), 0);
    assert_int_equal(put(&it, "sip:2@h", 60), 0);
    assert_int_equal(it.set->count, 0); /* nothing until it is committed */
    assert_int_equal(dum__binding_update_count(&it.update), 2);
    commit(&it);
    assert_string_equal(world_contacts(it.set, it.text), "sip:1@h sip:2@h ");
    assert_int_equal(put(&it, "sip:2@h", 600), 0);
    assert_int_equal(put(&it, "sip:1@h", 0), 0);
    assert_int_equal(put(&it, "sip:9@h", 0), 0); /* not there: nothing to do */
    assert_int_equal(dum__binding_update_count(&it.update), 1);
    commit(&it);
    assert_string_equal(world_contacts(it.set, it.text), "sip:2@h ");
    sip_sim_run(it.world.sim, 100000);
    assert_int_equal(it.world.expired, 0);
    plan_close(&it);
}

static void out_of_order_is_refused(void **state)
{
    plan it;

    (void)state;
    plan_open(&it);
    add(&it, "sip:1@h");
    it.cseq = 1;
    assert_int_equal(put(&it, "sip:1@h", 60), SIP_ESTATE);
    assert_int_equal(put(&it, "sip:1@h", 0), SIP_ESTATE);
    assert_int_equal(put(&it, "sip:2@h", 60), 0); /* nobody's order */
    assert_int_equal(dum__binding_update_clear(&it.update, SIP_STR("call"), 1), SIP_ESTATE);
    assert_int_equal(dum__binding_update_clear(&it.update, SIP_STR("another"), 1), 0);
    dum__binding_update_finish(&it.update);
    assert_string_equal(world_contacts(it.set, it.text), "sip:1@h ");
    plan_close(&it);
}

static void the_last_of_the_same_counts(void **state)
{
    plan it;

    (void)state;
    plan_open(&it);
    assert_int_equal(put(&it, "sip:1@h", 60), 0);
    assert_int_equal(put(&it, "sip:1@H;x=1", 60), 0);
    assert_int_equal(dum__binding_update_count(&it.update), 1);
    commit(&it);
    assert_string_equal(world_contacts(it.set, it.text), "sip:1@H;x=1 ");
    assert_int_equal(put(&it, "sip:1@h", 60), 0);
    assert_int_equal(put(&it, "sip:1@h", 0), 0);
    assert_int_equal(dum__binding_update_count(&it.update), 0);
    commit(&it);
    assert_int_equal(it.set->count, 0);
    assert_int_equal(put(&it, "sip:1@h", 60), 0);
    assert_int_equal(put(&it, "sip:1@h", 0), 0);
    assert_true(sip_list_is_empty(&it.update.changes));
    commit(&it);
    assert_int_equal(it.set->count, 0);
    plan_close(&it);
}

/* Two contacts that differ may each be equal to a third (19.1.4): a binding is replaced once. */
static void equality_is_not_transitive(void **state)
{
    plan it;

    (void)state;
    plan_open(&it);
    add(&it, "sip:1@h");
    assert_int_equal(put(&it, "sip:1@h;security=on", 60), 0);
    assert_int_equal(put(&it, "sip:1@h;security=off", 60), 0);
    assert_int_equal(dum__binding_update_count(&it.update), 2);
    commit(&it);
    assert_int_equal(it.set->count, 2);
    assert_string_equal(world_contacts(it.set, it.text),
                        "sip:1@h;security=on sip:1@h;security=off ");
    /* The first takes the place of one; the second, equal to both, that of the first. */
    assert_int_equal(put(&it, "sip:1@h;security=on;x=1", 60), 0);
    assert_int_equal(put(&it, "sip:1@h", 60), 0);
    commit(&it);
    assert_string_equal(world_contacts(it.set, it.text), "sip:1@h;security=off sip:1@h ");
    assert_int_equal(put(&it, "sip:1@h;security=on", 0), 0);
    assert_int_equal(put(&it, "sip:1@h;security=off", 0), 0);
    commit(&it);
    assert_int_equal(it.set->count, 0);
    plan_close(&it);
}

static void all_of_them(void **state)
{
    plan it;

    (void)state;
    plan_open(&it);
    assert_int_equal(dum__binding_update_clear(&it.update, SIP_STR("call"), 1), 0);
    add(&it, "sip:1@h");
    add(&it, "sip:2@h");
    assert_int_equal(dum__binding_update_clear(&it.update, SIP_STR("call"), it.cseq), 0);
    assert_int_equal(dum__binding_update_count(&it.update), 0);
    commit(&it);
    assert_int_equal(it.set->count, 0);
    plan_close(&it);
}

/* Who came by a connection that has ended and cannot be found otherwise makes room. */
static void lost_ones_are_dropped(void **state)
{
    static const sip_path tcp = {
        .protocol = SIP_PROTOCOL_TCP,
        .flow = 99,
        .remote = {.ip = {10, 9, 9, 9}, .port = 40000, .family = SIP_FAMILY_IP4}};
    static const char *const contacts[] = {"sip:1@a.invalid", "sip:2@10.9.9.9:5060",
                                           "sip:3@192.168.1.1", "sip:4@b.invalid", "sip:5@h"};
    plan it;

    (void)state;
    plan_open(&it);
    it.path = &tcp;
    for (size_t i = 0; i < 5; i++) {
        add(&it, contacts[i]);
    }
    assert_int_equal(put(&it, "sip:4@b.invalid", 60), 0); /* comes anew */
    assert_int_equal(dum__binding_update_drop_lost(&it.update), 0);
    assert_int_equal(dum__binding_update_count(&it.update), 3);
    commit(&it);
    assert_string_equal(world_contacts(it.set, it.text),
                        "sip:2@10.9.9.9:5060 sip:5@h sip:4@b.invalid ");
    world_fail(&it.world, 1);
    assert_int_equal(dum__binding_update_drop_lost(&it.update), SIP_ENOMEM);
    dum__binding_update_finish(&it.update);
    it.path = NULL; /* by UDP nothing ends */
    add(&it, "sip:6@c.invalid");
    assert_int_equal(dum__binding_update_drop_lost(&it.update), 0);
    assert_int_equal(dum__binding_update_count(&it.update), 3);
    dum__binding_update_finish(&it.update);
    world_close(&it.world);
}

static void undone(void **state)
{
    plan it;

    (void)state;
    plan_open(&it);
    add(&it, "sip:1@h");
    add(&it, "sip:2@h");
    sip_sim_run(it.world.sim, 20000);
    assert_int_equal(put(&it, "sip:1@h", 0), 0);
    assert_int_equal(put(&it, "sip:2@h", 600), 0);
    assert_int_equal(put(&it, "sip:3@h", 600), 0);
    dum__binding_update_commit(&it.update);
    assert_string_equal(world_contacts(it.set, it.text), "sip:2@h sip:3@h ");
    dum__binding_update_undo(&it.update);
    dum__binding_update_finish(&it.update);
    assert_string_equal(world_contacts(it.set, it.text), "sip:1@h sip:2@h ");
    sip_sim_run(it.world.sim, 39999); /* they run out when they would have */
    assert_int_equal(it.world.expired, 0);
    sip_sim_run(it.world.sim, 2);
    assert_int_equal(it.world.expired, 2);
    world_close(&it.world);
}

static void without_memory(void **state)
{
    plan it;

    (void)state;
    plan_open(&it);
    add(&it, "sip:1@h");
    for (size_t n = 1; n <= 2; n++) {
        world_fail(&it.world, n);
        assert_int_equal(put(&it, "sip:2@h", 60), SIP_ENOMEM);
        assert_int_equal(dum__binding_update_count(&it.update), 1);
    }
    world_fail(&it.world, 1);
    assert_int_equal(put(&it, "sip:1@h", 0), SIP_ENOMEM);
    world_fail(&it.world, 1);
    assert_int_equal(dum__binding_update_clear(&it.update, SIP_STR("call"), 5), SIP_ENOMEM);
    dum__binding_update_finish(&it.update);
    assert_string_equal(world_contacts(it.set, it.text), "sip:1@h ");
    plan_close(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(added_refreshed_removed),
        cmocka_unit_test(out_of_order_is_refused),
        cmocka_unit_test(the_last_of_the_same_counts),
        cmocka_unit_test(equality_is_not_transitive),
        cmocka_unit_test(all_of_them),
        cmocka_unit_test(lost_ones_are_dropped),
        cmocka_unit_test(undone),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
