/* MESSAGE, OPTIONS and another request, challenged, in which every allocation fails once, on either
 * side: nothing crashes, nothing leaks, and whoever began a request hears of its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/sim_agent.h"

typedef enum kind {
    TEXT,
    OPTIONS,
    NOTIFY
} kind;

typedef struct world {
    sip_sim *sim;
    fail_alloc fails;
    dum_manager *alice, *bob;
    dum_profile *profile;
    unsigned begun, ended, delivered, responses, asked;
    int status; /* at the end */
} world;

/* ---- alice asks */

static void on_delivered(dum_pager *pager, const sip_msg *response, void *user_data)
{
    world *it = user_data;

    (void)pager;
    assert_int_equal(sip_msg_status(response), 202);
    it->delivered++;
}

static void note_end(world *it, const dum_cause *cause)
{
    assert_true(cause->text.len > 0);
    it->ended++;
    it->status = cause->status;
}

static void on_pager_terminated(dum_pager *pager, const dum_cause *cause, void *user_data)
{
    (void)pager;
    note_end(user_data, cause);
}

static void on_response(dum_out_of_dialog *ood, const sip_msg *response, void *user_data)
{
    (void)ood;
    assert_true(sip_msg_status(response) >= 200);
    ((world *)user_data)->responses++;
}

static void on_terminated(dum_out_of_dialog *ood, const dum_cause *cause, void *user_data)
{
    (void)ood;
    note_end(user_data, cause);
}

static const dum_pager_handler sender = {.on_delivered = on_delivered,
                                         .on_terminated = on_pager_terminated};
static const dum_out_of_dialog_handler asker = {.on_response = on_response,
                                                .on_terminated = on_terminated};

static int open_alice(world *it, const sip_allocator *allocator)
{
    const sip_stack_config config = {.allocator = allocator};
    const dum_profile_config profile = {.aor = "sip:alice@home", .password = "secret"};
    sip_stack *stack;
    int err = sip_sim_add_host(it->sim, "alice", &config, &stack);

    if (err == 0) {
        err = dum_manager_create(stack, NULL, &it->alice);
    }
    if (err == 0) {
        err = dum_profile_create(it->alice, &profile, &it->profile);
    }
    if (err == 0) {
        err = dum_manager_set_pager_handler(it->alice, &sender, it);
    }
    return err != 0 ? err : dum_manager_set_out_of_dialog_handler(it->alice, &asker, it);
}

/* ---- bob answers */

static void on_request(dum_manager *dum, dum_request *request, void *user_data)
{
    world *it = user_data;

    (void)dum;
    it->asked++;
    assert_int_equal(dum_request_respond(request, 202, NULL), 0);
}

static const dum_pager_handler receiver = {.on_message = on_request};
static const dum_out_of_dialog_handler answerer = {.on_request = on_request};
static const dum_server_auth_handler passwords = {.find_a1 = sim_find_a1};

static int open_bob(world *it, const sip_allocator *allocator, bool answers)
{
    const sip_stack_config config = {.allocator = allocator};
    const dum_server_auth_config auth = {.realm = "home"};
    sip_stack *stack;
    int err = sip_sim_add_host(it->sim, "bob", &config, &stack);

    if (err == 0) {
        err = dum_manager_create(stack, NULL, &it->bob);
    }
    if (err == 0) {
        err = dum_manager_set_server_auth(it->bob, &auth, &passwords, NULL);
    }
    if (err == 0) {
        err = dum_manager_set_pager_handler(it->bob, &receiver, it);
    }
    return err != 0 || !answers ? err
                                : dum_manager_set_out_of_dialog_handler(it->bob, &answerer, it);
}

/* ---- the sweep */

static int ask(world *it, kind what)
{
    const dum_pager_config text = {.to = "sip:bob@bob", .text = "hello"};
    const dum_out_of_dialog_config options = {.to = "sip:bob@bob"},
                                   notify = {.to = "sip:bob@bob", .method = "NOTIFY"};

    if (what == TEXT) {
        return dum_pager_create(it->profile, &text, NULL);
    }
    return dum_out_of_dialog_create(it->profile, what == OPTIONS ? &options : &notify, NULL);
}

static void play(world *it, kind what)
{
    int err = ask(it, what);

    assert_true(err == 0 || (it->fails.failed && err == SIP_ENOMEM));
    it->begun = err == 0 ? 1 : 0;
    sip_sim_run(it->sim, 40000);
    assert_int_equal(it->ended, it->begun);
    assert_true(it->asked <= 1);
    if (!it->fails.failed) {
        assert_int_equal(it->status / 100, 2);
        assert_int_equal(it->delivered + it->responses, 1);
    }
    assert_int_equal(sip_sim_settle(it->sim, 300000), 0);
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
}

static bool fail_at(size_t n, kind what, bool at_bob)
{
    const sip_sim_config net = {.seed = n, .delay_ms = 5};
    world it = {.begun = 0};
    bool opened;

    fail_alloc_init(&it.fails, n);
    assert_int_equal(sip_sim_create(&net, &it.sim), 0);
    opened = open_alice(&it, at_bob ? NULL : &it.fails.allocator) == 0 &&
             open_bob(&it, at_bob ? &it.fails.allocator : NULL, what == NOTIFY) == 0;
    assert_true(opened || it.fails.failed);
    if (opened) {
        play(&it, what);
    }
    sip_sim_destroy(it.sim);
    assert_int_equal(it.begun, it.ended);
    assert_int_equal(it.fails.live, 0);
    return it.fails.failed;
}

static void sweep(kind what)
{
    for (int side = 0; side < 2; side++) {
        size_t n = 0;

        while (fail_at(++n, what, side == 1)) {
        }
        assert_true(n > 20);
    }
}

static void a_message(void **state)
{
    (void)state;
    sweep(TEXT);
}

static void options(void **state)
{
    (void)state;
    sweep(OPTIONS);
}

static void another_request(void **state)
{
    (void)state;
    sweep(NOTIFY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message),
        cmocka_unit_test(options),
        cmocka_unit_test(another_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
