#include "../transaction/tx_world.h"

#include "stack/tu_selector.h"

static void test_nothing(void)
{
}

static const char *const home[] = {"home.example", "192.0.2.1", NULL};
static const char *const registrar[] = {"REGISTER", "PUBLISH", NULL};

static bool fits(const sip_tu_config *config, const char *method, const char *uri)
{
    sip_msg *msg = world_request(method, uri);
    bool result = sip__tu_selector_fits(config, msg);

    (void)sip_msg_unref(msg);
    return result;
}

static void test_fits(void **state)
{
    const sip_tu_config any = {0};
    const sip_tu_config by_host = {.domains = home};
    const sip_tu_config by_both = {.domains = home, .methods = registrar};

    (void)state;
    assert_true(fits(&any, "INVITE", "sip:a@h"));
    assert_true(fits(&by_host, "INVITE", "sip:a@HOME.example:5070"));
    assert_true(fits(&by_host, "INVITE", "sip:a@192.0.2.1"));
    assert_false(fits(&by_host, "INVITE", "sip:a@other.example"));
    assert_false(fits(&by_host, "INVITE", "tel:+1"));
    assert_true(fits(&by_both, "REGISTER", "sip:home.example"));
    assert_true(fits(&by_both, "PUBLISH", "sip:a@home.example"));
    assert_false(fits(&by_both, "register", "sip:home.example"));
    assert_false(fits(&by_both, "INVITE", "sip:a@home.example"));
    assert_false(fits(&by_both, "REGISTER", "sip:other.example"));
}

static bool fits_event(const sip_tu_config *config, const char *event)
{
    sip_build *build = sip_build_request(NULL, SIP_STR("SUBSCRIBE"), SIP_STR("sip:a@h"));
    sip_msg *msg = NULL;
    bool result;

    if (event != NULL) {
        sip_build_header(build, SIP_HEADER_EVENT, sip_str_of(event));
    }
    assert_int_equal(sip_build_finish(build, &msg), 0);
    result = sip__tu_selector_fits(config, msg);
    (void)sip_msg_unref(msg);
    return result;
}

static bool is_long(const sip_msg *request, void *least)
{
    return sip_msg_request_uri_text(request).len >= *(const size_t *)least;
}

static void test_further_selectors(void **state)
{
    static const char *const phones[] = {"tel", "SIPS", NULL};
    static const char *const presence[] = {"presence", "presence.winfo", NULL};
    size_t least = 10;
    const sip_tu_config by_scheme = {.schemes = phones};
    const sip_tu_config by_event = {.events = presence};
    const sip_tu_config by_function = {.takes = is_long, .takes_data = &least};

    (void)state;
    assert_true(fits(&by_scheme, "INVITE", "TEL:+1"));
    assert_true(fits(&by_scheme, "INVITE", "sips:a@h"));
    assert_false(fits(&by_scheme, "INVITE", "sip:a@h"));
    assert_true(fits_event(&by_event, "presence;id=3"));
    assert_true(fits_event(&by_event, "presence.winfo"));
    assert_false(fits_event(&by_event, "Presence"));
    assert_false(fits_event(&by_event, "dialog"));
    assert_false(fits_event(&by_event, NULL));
    assert_true(fits(&by_function, "INVITE", "sip:alice@h"));
    assert_false(fits(&by_function, "INVITE", "sip:a@h"));
}

static void test_first_made_wins(void **state)
{
    const sip_tu_handler handler = {0};
    const sip_tu_config narrow = {.methods = registrar};
    sip_msg *reg = world_request("REGISTER", "sip:home.example");
    sip_tu *first, *second;
    tx_world world;

    (void)state;
    world_init(&world); /* its TU takes everything */
    assert_int_equal(sip_tu_create(world.stack, &narrow, &handler, NULL, &first), 0);
    assert_int_equal(sip_tu_create(world.stack, NULL, &handler, NULL, &second), 0);
    assert_ptr_equal(sip__tu_selector_find(&world.stack->workers->tus, reg), world.tu);
    sip_list_remove(&world.tu->link);
    assert_ptr_equal(sip__tu_selector_find(&world.stack->workers->tus, reg), first);
    assert_null(sip__tu_selector_find_stray(&world.stack->workers->tus));
    sip_list_append(&world.stack->workers->tus, &world.tu->link);
    assert_ptr_equal(sip__tu_selector_find_stray(&world.stack->workers->tus), world.tu);
    (void)sip_msg_unref(reg);
    world_finish(&world);
}

static void test_nobody(void **state)
{
    sip_msg *msg = world_request("INVITE", "sip:a@h");
    sip_list none;

    (void)state;
    sip_list_init(&none);
    assert_null(sip__tu_selector_find(&none, msg));
    assert_null(sip__tu_selector_find_stray(&none));
    (void)sip_msg_unref(msg);
}

static void test_create(void **state)
{
    struct {
        sip_tu_handler known;
        void (*unknown)(void);
    } longer = {.unknown = NULL};
    const sip_tu_config elsewhere = {.worker = 1};
    tx_world world;
    sip_tu *tu = NULL;

    (void)state;
    world_init(&world);
    assert_int_equal(sip_tu_create(world.stack, &elsewhere, &longer.known, NULL, &tu), SIP_EINVAL);
    assert_int_equal(sip_tu_create(NULL, NULL, &longer.known, NULL, &tu), SIP_EINVAL);
    assert_int_equal(sip_tu_create(world.stack, NULL, NULL, NULL, &tu), SIP_EINVAL);
    assert_null(tu);
    assert_int_equal(
        sip_tu_create_sized(world.stack, NULL, 0, &longer.known, sizeof(longer), NULL, &tu), 0);
    assert_ptr_equal(sip_tu_stack(tu), world.stack);
    assert_ptr_equal(sip_tu_worker(tu), sip_stack_worker(world.stack, 0));
    assert_null(sip_tu_stack(NULL));
    assert_null(sip_tu_worker(NULL));
    sip_tu_stopped(NULL);
    longer.unknown = test_nothing;
    assert_int_equal(
        sip_tu_create_sized(world.stack, NULL, 0, &longer.known, sizeof(longer), NULL, &tu),
        SIP_EINVAL);
    world.memory.fail_at = world.memory.calls + 1;
    assert_int_equal(sip_tu_create(world.stack, NULL, &longer.known, NULL, NULL), SIP_ENOMEM);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_further_selectors),
        cmocka_unit_test(test_first_made_wins),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_create),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
