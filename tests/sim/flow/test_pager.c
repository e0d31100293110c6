/* MESSAGE in pager mode (RFC 3428), both roles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "couple.h"
#include "support/sim_agent.h"

struct world {
    couple two;
    /* what happened */
    unsigned messages, delivered, terminated;
    char text[100];
    dum_why why;
    int status;
    int answer;     /* bob's; 0: he waits */
    dum_id waiting; /* the request without an answer */
    int late;       /* what answering a second time gave */
};

static void on_message(dum_manager *dum, dum_request *message, void *user_data)
{
    struct world *world = user_data;
    const sip_body *body = sip_msg_body(dum_request_msg(message));

    assert_ptr_equal(dum_request_manager(message), dum);
    assert_non_null(body);
    world->messages++;
    snprintf(world->text, sizeof world->text, SIP_FMT "|" SIP_FMT, SIP_ARG(body->type),
             SIP_ARG(body->data));
    world->waiting = dum_request_id(message);
    if (world->answer != 0) {
        assert_int_equal(dum_request_respond(message, 100, NULL), SIP_EINVAL);
        assert_int_equal(dum_request_respond(message, world->answer, NULL), 0);
        assert_null(dum_request_msg(message));
        world->late = dum_request_respond(message, world->answer, NULL);
    }
}

static void on_delivered(dum_pager *pager, const sip_msg *response, void *user_data)
{
    struct world *world = user_data;

    assert_non_null(dum_pager_data(pager));
    assert_int_equal(sip_msg_status(response) / 100, 2);
    assert_int_equal(world->terminated, 0);
    world->delivered++;
}

static void on_terminated(dum_pager *pager, const dum_cause *cause, void *user_data)
{
    struct world *world = user_data;

    assert_int_not_equal(dum_pager_id(pager), 0);
    assert_true(cause->text.len > 0);
    world->terminated++;
    world->why = cause->why;
    world->status = cause->status;
}

static const dum_pager_handler sender = {
    .data_bytes = 8, .on_delivered = on_delivered, .on_terminated = on_terminated};
static const dum_pager_handler receiver = {.on_message = on_message};

static void world_init(struct world *world, const dum_pager_handler *bobs)
{
    memset(world, 0, sizeof *world);
    world->answer = 200;
    couple_init(&world->two, "\"Al\" <sip:alice@alice>");
    assert_int_equal(dum_manager_set_pager_handler(world->two.alice, &sender, world), 0);
    if (bobs != NULL) {
        assert_int_equal(dum_manager_set_pager_handler(world->two.bob, bobs, world), 0);
    }
}

static void world_finish(struct world *world)
{
    couple_finish(&world->two);
}

static int send_text(struct world *world, const char *text)
{
    dum_pager_config config = {.to = "sip:bob@bob", .text = text};

    return dum_pager_create(world->two.profile, &config, NULL);
}

static void delivered(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    assert_int_equal(send_text(&world, "hello, world"), 0);
    assert_int_equal(dum_manager_usages(world.two.alice), 1);
    sip_sim_run(world.two.sim, 1000);
    assert_null(sip_sim_ladder_diff(world.two.sim, 0, "alice -> bob MESSAGE\nalice <- bob 200\n"));
    assert_string_equal(world.text, "text/plain|hello, world");
    assert_int_equal(world.delivered, 1);
    assert_int_equal(world.terminated, 1);
    assert_int_equal(world.why, DUM_WHY_LOCAL);
    assert_int_equal(world.late, SIP_ESTATE);
    assert_null(dum_request_find(world.two.bob, world.waiting));
    assert_int_equal(dum_manager_usages(world.two.alice), 0);
    world_finish(&world);
}

static void a_body_of_another_type(void **state)
{
    sip_body body = {.type = SIP_STR("application/x-thing"), .data = SIP_STR("<thing/>")};
    dum_pager_config config = {.to = "Bob <sip:bob@bob>", .body = &body};
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    world.answer = 202;
    assert_int_equal(dum_pager_create(world.two.profile, &config, NULL), 0);
    sip_sim_run(world.two.sim, 1000);
    assert_string_equal(world.text, "application/x-thing|<thing/>");
    assert_int_equal(world.delivered, 1);
    world_finish(&world);
}

static void refused(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    world.answer = 486;
    assert_int_equal(send_text(&world, "hello"), 0);
    sip_sim_run(world.two.sim, 1000);
    assert_int_equal(world.delivered, 0);
    assert_int_equal(world.terminated, 1);
    assert_int_equal(world.why, DUM_WHY_REJECTED);
    assert_int_equal(world.status, 486);
    world_finish(&world);
}

static void nobody_takes_messages(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    assert_int_equal(send_text(&world, "hello"), 0);
    sip_sim_run(world.two.sim, 1000);
    assert_int_equal(world.status, 405);
    world_finish(&world);
}

static void no_answer(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    sip_sim_set_cut(world.two.sim, "bob", true);
    assert_int_equal(send_text(&world, "hello"), 0);
    sip_sim_run(world.two.sim, 40000);
    assert_int_equal(world.terminated, 1);
    assert_int_equal(world.why, DUM_WHY_TIMEOUT);
    assert_int_equal(world.status, 408);
    world_finish(&world);
}

static void answered_later(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    world.answer = 0;
    assert_int_equal(send_text(&world, "hello"), 0);
    sip_sim_run(world.two.sim, 20000);
    assert_int_equal(world.messages, 1);
    assert_int_equal(world.terminated, 0);
    assert_int_equal(dum_request_respond(dum_request_find(world.two.bob, world.waiting), 200, NULL),
                     0);
    sip_sim_run(world.two.sim, 10000);
    assert_int_equal(world.delivered, 1);
    assert_null(dum_request_find(world.two.bob, world.waiting));
    world_finish(&world);
}

static void never_answered(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    world.answer = 0;
    assert_int_equal(send_text(&world, "hello"), 0);
    sip_sim_run(world.two.sim, 31000);
    assert_int_equal(world.status, 500);
    assert_int_equal(dum_request_respond(dum_request_find(world.two.bob, world.waiting), 200, NULL),
                     SIP_EINVAL);
    world_finish(&world);
}

static void too_big_and_wrong(void **state)
{
    dum_pager_config none = {.to = "sip:bob@bob"}, nowhere = {.to = "mailto:bob@bob", .text = "x"};
    char text[1400];
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(send_text(&world, text), SIP_ETOOBIG);
    text[700] = '\0';
    assert_int_equal(send_text(&world, text), 0);
    assert_int_equal(dum_pager_create(world.two.profile, &none, NULL), SIP_EINVAL);
    assert_int_equal(dum_pager_create(world.two.profile, &nowhere, NULL), SIP_EINVAL);
    assert_int_equal(dum_pager_create(NULL, &none, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_set_pager_handler(world.two.bob, &receiver, NULL), SIP_ESTATE);
    assert_int_equal(dum_manager_set_pager_handler(NULL, &receiver, NULL), SIP_EINVAL);
    assert_null(dum_pager_data(NULL));
    assert_int_equal(dum_pager_id(NULL), 0);
    sip_sim_run(world.two.sim, 1000);
    assert_int_equal(world.terminated, 1);
    world_finish(&world);
}

/* Both ends vanish with a message between them. */
static void destroyed_under_way(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    world.answer = 0;
    assert_int_equal(send_text(&world, "hello"), 0);
    sip_sim_run(world.two.sim, 1000);
    assert_int_equal(world.messages, 1);
    sip_sim_destroy(world.two.sim);
    assert_int_equal(world.terminated, 1);
    assert_int_equal(world.why, DUM_WHY_SHUTDOWN);

    world_init(&world, &receiver);
    assert_int_equal(send_text(&world, "hello"), 0);
    sip_stack_stop(world.two.alice_stack); /* the answer is awaited first */
    sip_sim_run(world.two.sim, 1000);
    assert_int_equal(world.delivered, 1);
    assert_int_equal(send_text(&world, "too late"), SIP_EBUSY);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delivered),
        cmocka_unit_test(a_body_of_another_type),
        cmocka_unit_test(refused),
        cmocka_unit_test(nobody_takes_messages),
        cmocka_unit_test(no_answer),
        cmocka_unit_test(answered_later),
        cmocka_unit_test(never_answered),
        cmocka_unit_test(too_big_and_wrong),
        cmocka_unit_test(destroyed_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
