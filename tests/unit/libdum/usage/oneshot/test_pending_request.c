#include "usage/oneshot/pending_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/sim_agent.h"

/* A manager that keeps every MESSAGE for later, and who sends them. */
typedef struct world {
    sip_sim *sim;
    dum_manager *dum;
    sim_raw raw;
    dum_request *request; /* the last */
    unsigned messages;
} world;

static void on_message(dum_manager *dum, dum_request *message, void *user_data)
{
    world *it = user_data;

    assert_ptr_equal(dum_request_manager(message), dum);
    it->messages++;
    it->request = message;
}

static const dum_pager_handler handler = {.on_message = on_message};

static void open_world(world *it)
{
    const sip_sim_config net = {.seed = 1, .delay_ms = 10};
    sip_stack *stack;

    *it = (world){.sim = NULL};
    assert_int_equal(sip_sim_create(&net, &it->sim), 0);
    assert_int_equal(sip_sim_add_host(it->sim, "ua", NULL, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &it->dum), 0);
    assert_int_equal(dum_manager_set_pager_handler(it->dum, &handler, it), 0);
    sim_raw_init(&it->raw, it->sim, "raw");
}

static void close_world(world *it)
{
    sip_sim_run(it->sim, 70000);
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
    sim_raw_finish(&it->raw);
    sip_sim_destroy(it->sim);
}

/* A MESSAGE that is not answered yet. */
static dum_id ask(world *it)
{
    assert_int_equal(sim_raw_ask(&it->raw, "MESSAGE", "sip:ua", NULL, NULL), 0);
    assert_ptr_equal(dum_request_find(it->dum, dum_request_id(it->request)), it->request);
    return dum_request_id(it->request);
}

static void answered_once(void **state)
{
    dum_id id;
    world it;

    (void)state;
    open_world(&it);
    id = ask(&it);
    assert_int_equal(sip_msg_method(dum_request_msg(it.request)), SIP_METHOD_MESSAGE);
    assert_int_equal(dum_request_respond(it.request, 199, NULL), SIP_EINVAL);
    assert_int_equal(dum_request_respond(it.request, 700, NULL), SIP_EINVAL);
    assert_int_equal(dum_request_respond(it.request, 202, NULL), 0);
    /* Until the end of the turn it can be asked, but says no more. */
    assert_null(dum_request_find(it.dum, id));
    assert_null(dum_request_msg(it.request));
    assert_int_equal(dum_request_id(it.request), id);
    assert_int_equal(dum_request_respond(it.request, 202, NULL), SIP_ESTATE);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.raw.status, 202);
    close_world(&it);
}

static void each_on_its_own(void **state)
{
    dum_id first, second;
    world it;

    (void)state;
    open_world(&it);
    first = ask(&it);
    second = ask(&it);
    assert_int_not_equal(first, second);
    assert_int_equal(dum_request_respond(dum_request_find(it.dum, first), 200, NULL), 0);
    assert_null(dum_request_find(it.dum, first));
    assert_non_null(dum_request_find(it.dum, second));
    assert_int_equal(dum_request_respond(dum_request_find(it.dum, second), 486, NULL), 0);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.raw.status, 486);
    close_world(&it);
}

/* The answer is due before the sender gives up (Timer F, 32 s): 30 s from when it came. */
static void answered_for_the_application(void **state)
{
    dum_id id;
    world it;

    (void)state;
    open_world(&it);
    id = ask(&it);
    sip_sim_run(it.sim, 29000);
    assert_non_null(dum_request_find(it.dum, id));
    sip_sim_run(it.sim, 1000);
    assert_null(dum_request_find(it.dum, id));
    assert_int_equal(it.raw.status, 500);
    close_world(&it);
}

static void destroyed_with_the_stack(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    ask(&it);
    sim_raw_finish(&it.raw);
    sip_sim_destroy(it.sim);
    assert_int_equal(it.messages, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answered_once),
        cmocka_unit_test(each_on_its_own),
        cmocka_unit_test(answered_for_the_application),
        cmocka_unit_test(destroyed_with_the_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
